"""Anyone's motion capture as BVH: read_motion for .bvh files, by the name that it has had."""

import dataclasses

from .joint_maps import JointMap
from .motion import Motion
from .motion_reader import read_path
from .motion_wishes import checked_wishes

__all__ = ["JointMap", "read_bvh"]


def read_bvh(
    path,
    joints: JointMap | str | None = None,
    every: int = 1,
    metres: float | str | None = None,
    errors: str = "raise",
    up: str | None = None,
    fps: float | None = None,
    rate: float | None = None,
) -> Motion:
    """Read motion capture from a BVH file, or from all BVH files below a folder; links are followed.

    As read_motion, which also reads other formats: metres is its unit, and every takes each file's frames [1:][::every]
    (frame 0 is a rest pose in most collections), where rate goes by the clock. Raises ValueError naming the file and
    what is wrong with it, FileNotFoundError for a link to nothing.
    """
    if isinstance(every, bool) or not isinstance(every, int) or every < 1:
        raise ValueError(f"expected every= as a whole number of frames, 1 or more, got {every!r}; give that.")
    wishes = checked_wishes(joints, metres, up, fps, rate)
    return read_path(path, dataclasses.replace(wishes, every=every), errors, (".bvh",))
