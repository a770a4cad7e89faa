"""What the caller of the door for motion knows better than the file, checked."""

import math
import reprlib
from dataclasses import dataclass

import numpy as np

from .body_frame import AXES
from .joint_maps import Checked, read_joint_map
from .motion_files.table import axis_of, metres_of


@dataclass(frozen=True)
class Wishes:
    """What the caller says; None where the file, or the body in it, tells.

    joints: the names of the joints. unit: metres. up: an axis. fps, rate: frames a second, of the file and wanted.
    every: one of so many frames is taken. folder: the map is for those files of a folder that have its names.
    """

    joints: Checked | None = None
    unit: float | None = None
    up: str | None = None
    fps: float | None = None
    rate: float | None = None
    every: int = 1
    folder: bool = False


def checked_wishes(joints=None, unit=None, up=None, fps=None, rate=None) -> Wishes:
    """Check what the caller says. Raises ValueError naming the argument that cannot be."""
    return Wishes(
        read_joint_map(joints), _metres(unit), _axis(up), _positive("fps", fps, "frames a second, such as 120"),
        _positive("rate", rate, "frames a second, such as 30"),
    )  # fmt: skip


def _metres(unit) -> float | None:
    if isinstance(unit, str) and (metres := metres_of(unit)):
        return metres
    return _positive("unit", unit, 'metres a unit, such as 0.01, or "m", "cm", "mm", "in" or "ft"')


def _axis(up) -> str | None:
    if up is None:
        return None
    axis = axis_of(up) if isinstance(up, str) else None
    if axis is None:
        raise ValueError(f"expected up= as one of {', '.join(AXES)}, got {reprlib.repr(up)}; give the file's axis.")
    return axis


def _positive(name: str, value, what: str) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value <= 0:
        raise ValueError(f"expected {name}= as {what}, got {reprlib.repr(value)}; give that, or leave it out.")
    return float(value)
