"""A body's motion to files that animators and biomechanists open: one door, told by the file's suffix.

    export("walk.bvh", poses, fps=60)       # (n, 13, 3), metres, +y up
    lifted.export("walk.glb")               # a lifted person, standing on the ground

A new format is a writer of Points, and a line in FORMATS.
"""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..._files import atomic_path
from ...skeleton import PAPER_13
from .bvh import write_bvh
from .c3d import needs_ezc3d, write_c3d
from .glb import write_glb
from .level import levelled
from .points import Points, checked, on_the_ground
from .tables import write_csv, write_json, write_npz
from .trc import write_trc

__all__ = ["FORMATS", "check_formats", "export", "levelled", "on_the_ground"]

FORMATS: dict[str, Callable[[Path, Points], None]] = {
    "bvh": write_bvh, "trc": write_trc, "c3d": write_c3d, "glb": write_glb, "csv": write_csv, "npz": write_npz,
    "json": write_json,
}  # fmt: skip
_HELD = ("bvh", "glb")


def check_formats(formats: Sequence[str]) -> None:
    """Raise ValueError if a format is not one of FORMATS, or needs a package that is not here."""
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"expected a format out of {', '.join(FORMATS)}, got {name!r}; choose one of them.")
    if "c3d" in formats:
        needs_ezc3d()


def export(path, poses, fps: float = 30.0, joint_names: Sequence[str] = PAPER_13) -> Path:
    """Write poses (n, joints, 3), metres, +y up, NaN where missing, to a file; its suffix says the format.

    .bvh: joint rotations on a skeleton of steady lengths, metres. .glb: the same as an animated figure. .trc, .c3d: the
    joints as points, millimetres. .csv, .npz, .json: metres. joint_names: those of skeleton.PAPER_13, or others from
    which skeleton.convert makes them. A frame without a body holds the pose before in .bvh and .glb, and is blank in
    the others; a warning says how many. Written whole or not at all; gives the path.
    Raises ValueError for another suffix, for a package that is not here, or if there is no body.
    """
    path = Path(path)
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise ValueError(f"expected a file that ends in one of {known}, got {path.name!r}; choose one of them.")
    check_formats([suffix])
    points = checked(poses, fps, joint_names, path.stem)
    with atomic_path(path) as temporary:
        FORMATS[suffix](Path(temporary), points)
    if lost := int(np.count_nonzero(~points.there())):
        what = "hold the pose before" if suffix in _HELD else "are left blank where joints are missing"
        warnings.warn(f"{path.name}: {lost} of {len(points.positions)} frames have no body, and {what}", stacklevel=2)
    return path
