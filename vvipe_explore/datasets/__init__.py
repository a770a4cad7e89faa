"""Poses and keypoints from files, one module a source.

Motion capture comes as a Motion (motion.py), a detector's keypoints as Detections (detections/reader.py).
"""

import importlib
from typing import TYPE_CHECKING

import numpy as np

from .detections.reader import Choice, Detections, read_detections
from .motion import Motion
from .registry import fetch

if TYPE_CHECKING:
    from . import activities as activities
    from . import asfamc as asfamc
    from . import bvh as bvh
    from . import cmu as cmu
    from . import exercises as exercises
    from . import frame_keys as frame_keys
    from . import h36m as h36m
    from . import mpi_inf_3dhp as mpi_inf_3dhp
    from . import pose2sim as pose2sim
    from . import synthetic as synthetic
    from . import ui_prmd as ui_prmd
    from .bvh import read_bvh
    from .motion_reader import read_motion

__all__ = ["Choice", "Detections", "Motion", "fetch", "load", "read_bvh", "read_detections", "read_motion", "split"]

_MODULES = (
    "activities", "asfamc", "bvh", "cmu", "exercises", "frame_keys", "h36m", "mpi_inf_3dhp", "pose2sim", "synthetic",
    "ui_prmd",
)  # fmt: skip


def __getattr__(name: str):
    # Imported when first used, so that reading detections needs no torch.
    if name in ("read_bvh", "read_motion"):
        module = importlib.import_module(".bvh" if name == "read_bvh" else ".motion_reader", __name__)
        return getattr(module, name)
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


SOURCES = {
    "synthetic": "synthetic", "exercises": "exercises", "cmu": "cmu", "cmu-asfamc": "asfamc", "ui-prmd": "ui_prmd",
    "h36m": "h36m", "mpi_inf_3dhp": "mpi_inf_3dhp",
}  # fmt: skip
"""The data sets that load knows, and the module that reads each."""


def load(name: str, root=None) -> Motion:
    """Load a data set by name: "synthetic" and "exercises" come with the package; SOURCES has the others.

    root: the data set's folder, or the one that holds it; None: VVIPE_DATA, then the download folder. "h36m" and
    "mpi_inf_3dhp" need a licence of your own (see their modules). Raises ValueError for an unknown name or missing
    data, FileNotFoundError for a missing file of h36m or mpi_inf_3dhp.
    """
    if name not in SOURCES:
        names = ", ".join(f'"{known}"' for known in SOURCES)
        raise ValueError(
            f"unknown data set {name!r}; expected one of {names}. "
            "For files of your own use datasets.read_motion(path)."
        )
    source = importlib.import_module(f".{SOURCES[name]}", __name__)
    return source.load() if name in ("synthetic", "exercises") else source.load(root)


def split(motion: Motion):
    """Split rows: {"train": rows, "validation": rows, "test": rows}, by the protocol for CMU, Human3.6M and UI-PRMD.

    Other data with three subjects or more: the last subject is the test, every fifth sequence of the others the
    validation. With fewer subjects, every fifth sequence is the test and the one after it the validation. A part that
    would be empty gets all rows.
    """
    from . import cmu, h36m, ui_prmd

    if h36m.is_h36m(motion):
        return h36m.split(motion)
    if set(motion.sequence) <= set(cmu.index("cmu_actions")) and 14 in motion.subject:
        return cmu.split(motion)
    if ui_prmd.is_ui_prmd(motion) and set(ui_prmd.PEOPLE["test"]) & set(motion.subject):
        return ui_prmd.split(motion)
    sequences = {s: i for i, s in enumerate(dict.fromkeys(motion.sequence))}
    order = np.array([sequences[s] for s in motion.sequence])
    if len(np.unique(motion.subject)) >= 3:
        test = motion.subject == motion.subject.max()
        validation = ~test & (order % 5 == 4)
    else:
        test, validation = order % 5 == 3, order % 5 == 4
    rows = {"train": ~test & ~validation, "validation": validation, "test": test}
    return {name: np.flatnonzero(mask) if mask.any() else np.arange(len(motion)) for name, mask in rows.items()}
