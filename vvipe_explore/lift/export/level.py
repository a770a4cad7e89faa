"""Find which way is up for a camera that was tilted: a person who stands straight stands upright."""

import numpy as np

from ...skeleton import PAPER_13
from .rotations import smallest_turn, unit

STRAIGHT = np.cos(np.radians(25))
"""A body is straight where trunk, thighs and shins are all within this angle of the line from its ankles up."""
LEAST = 0.1
"""The part of the frames in which it must be straight."""
MOST = np.cos(np.radians(45))
"""Who leans by more than this lies, or hangs."""
_PAIRS = {
    joint: [PAPER_13.index(f"{side}_{joint}") for side in ("left", "right")]
    for joint in ("shoulder", "hip", "knee", "ankle")
}


def levelled(poses: np.ndarray) -> np.ndarray:
    """Turn poses (n, 13, 3), +y up in the camera's room, all alike, so that +y is up where the person stands.

    Up is the median line from ankles to shoulders of the frames in which the body is straight. Poses in which it
    seldom is, as of one who sits, lies or bends, are given as they are.
    """
    poses = np.asarray(poses, np.float64)
    pairs = {joint: poses[:, places] for joint, places in _PAIRS.items()}
    middle = {joint: pair.mean(1) for joint, pair in pairs.items()}
    lines = unit(middle["shoulder"] - middle["ankle"])
    parts = [unit(middle["shoulder"] - middle["hip"])[:, None]]
    parts += [unit(pairs[high] - pairs[low]) for high, low in (("hip", "knee"), ("knee", "ankle"))]
    straight = (np.concatenate(parts, 1) @ lines[..., None] > STRAIGHT).all((1, 2)) & (lines[:, 1] > MOST)
    if straight.sum() < max(1, LEAST * np.isfinite(lines).all(1).sum()):
        return poses
    up = unit(np.median(lines[straight], axis=0))
    return poses @ smallest_turn(up, np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])).T
