"""Poses and keypoints from files, one module a source.

Motion capture comes as a Motion (motion.py), a detector's keypoints as Detections (detections.py).
"""

import importlib

import numpy as np

from .detections.reader import Choice, Detections, read_detections
from .motion import Motion
from .registry import fetch

__all__ = ["Choice", "Detections", "Motion", "fetch", "load", "read_bvh", "read_detections", "split"]


def __getattr__(name: str):
    # Imported when first used: a reader of detections needs no torch, and then fits where torch does not.
    if name == "read_bvh":
        return importlib.import_module(".bvh", __name__).read_bvh
    if name in ("activities", "bvh", "cmu", "frame_keys", "h36m", "mpi_inf_3dhp", "pose2sim", "synthetic"):
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(name: str, root=None) -> Motion:
    """Load a data set by name: "synthetic" (comes with the package), "cmu", "h36m" or "mpi_inf_3dhp".

    root: the data set's folder, or the one that holds it; None: VVIPE_DATA, then the download folder. The last two need
    a licence of your own (see their modules). Raises ValueError for an unknown name or missing data.
    """
    if name == "synthetic":
        from ..datasets import synthetic

        return synthetic.load()
    if name == "cmu":
        from ..datasets import cmu

        return cmu.load(root)
    if name in ("h36m", "mpi_inf_3dhp"):
        return importlib.import_module(f".{name}", __name__).load(root)
    raise ValueError(
        f'unknown data set {name!r}; "synthetic", "cmu", "h36m" or "mpi_inf_3dhp" was wanted. '
        "For a folder of your own BVH files use datasets.read_bvh(path)."
    )


def split(motion: Motion):
    """Split rows into train, validation and test: by the protocol for CMU and Human3.6M, else by person or sequence.

    Elsewhere: the last subject is the test where there are three or more, and every fifth sequence of the others the
    validation; with fewer subjects, every fifth sequence is the test and the one after it the validation.
    Gives {"train": rows, "validation": rows, "test": rows}; with a single sequence the same rows serve all three.
    """
    from ..datasets import cmu, h36m

    if h36m.is_h36m(motion):
        return h36m.split(motion)
    if set(motion.sequence) <= set(cmu.index("cmu_actions")) and 14 in motion.subject:
        return cmu.split(motion)
    sequences = {s: i for i, s in enumerate(dict.fromkeys(motion.sequence))}
    order = np.array([sequences[s] for s in motion.sequence])
    if len(np.unique(motion.subject)) >= 3:
        test = motion.subject == motion.subject.max()
        validation = ~test & (order % 5 == 4)
    else:
        test, validation = order % 5 == 3, order % 5 == 4
    rows = {"train": ~test & ~validation, "validation": validation, "test": test}
    return {name: np.flatnonzero(mask) if mask.any() else np.arange(len(motion)) for name, mask in rows.items()}
