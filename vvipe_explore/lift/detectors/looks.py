"""Tell people apart by the colours of their clothes, where their places don't tell."""

import numpy as np

from ..._joint_names import BLAZEPOSE_33

ALIKE = 0.2
"""Two looks that differ by less may be one person's: one who walks from light to shade changes by this much."""
_PARTS = (
    (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")),
    (("left_hip",), ("left_knee",)), (("right_hip",), ("right_knee",)),
    (("left_knee",), ("left_ankle",)), (("right_knee",), ("right_ankle",)),
    (("left_shoulder",), ("left_elbow",)), (("right_shoulder",), ("right_elbow",)),
)  # fmt: skip
_ENDS = np.array([[[BLAZEPOSE_33.index(end[0]), BLAZEPOSE_33.index(end[-1])] for end in part] for part in _PARTS])
_ALONG = np.linspace(0.15, 0.85, 8)[:, None]


def look_of(cut: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Give a person's look (7, 3): the mean colour, in [0, 1], along the torso, thighs, shins and upper arms.

    cut (s, s, 3): the person's region, uint8. places (33 or more, 2): BlazePose's points, parts of it.
    """
    size, ends = len(cut), places[_ENDS].mean(2)
    lines = (1 - _ALONG) * ends[:, None, 0] + _ALONG * ends[:, None, 1]
    x, y = np.moveaxis((lines * size).astype(int).clip(0, size - 1), -1, 0)
    return (np.median(cut[y, x], axis=1) / 255).round(3)


def differ(a: np.ndarray, b: np.ndarray) -> float:
    """Give by how much two looks differ: the median over the parts of the body of the distance of their colours."""
    return float(np.median(np.linalg.norm(a - b, axis=-1)))
