"""Find people in a whole picture: what BlazePose's detection network says, decoded.

The network looks at 224 x 224 pixels through 2,254 anchors, points of three grids. At each it gives a score and 12
numbers: the middle and the size of the face's box, and four points, measured from the anchor in pixels. Of the points
the first is the middle of the hips; the second lies above it on the circle around the whole body.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE = 224
GRIDS = ((28, 2), (14, 2), (7, 6))
"""Cells along a side, and anchors in each cell: strides of 8, 16 and three times 32 pixels, two anchors each."""
MIN_SCORE = 0.2
"""Beside a larger person, the score of a real one falls to this; the landmark network tells who is none."""
OVERLAP = 0.3
"""Boxes that share more than this part of their union are one person's."""


@dataclass(frozen=True)
class Box:
    """A person in a picture: score in [0, 1]; hips (2,), and top (2,) on the circle around the body, parts of it."""

    score: float
    hips: np.ndarray
    top: np.ndarray


@cache
def anchors() -> np.ndarray:
    """Give the middle of each anchor (2254, 2), x and y as parts of the picture, in the network's order."""
    grids = []
    for cells, each in GRIDS:
        y, x = np.divmod(np.arange(cells * cells), cells)
        grids.append(np.repeat((np.stack([x, y], 1) + 0.5) / cells, each, axis=0))
    return np.concatenate(grids)


def decode(raw: np.ndarray, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give boxes (n, 4) left, top, right, bottom, points (n, 4, 2), both parts of the picture, and scores (n,).

    raw (2254, 12) and logits (2254,): the network's outputs. Anchors below MIN_SCORE are left out; best first.
    """
    if raw.shape != (len(anchors()), 12) or logits.shape != (len(anchors()),):
        raise ValueError(f"expected (2254, 12) and (2254,) numbers of the network, got {raw.shape} and {logits.shape}.")
    score = 1 / (1 + np.exp(-logits.astype(np.float64).clip(-100, 100)))
    best = np.argsort(-score, kind="stable")
    best = best[score[best] >= MIN_SCORE]
    middle, half = raw[best, :2] / SIDE + anchors()[best], raw[best, 2:4] / SIDE / 2
    points = raw[best, 4:].reshape(-1, 4, 2) / SIDE + anchors()[best, None]
    return np.concatenate([middle - half, middle + half], 1), points, score[best]


def merge(boxes: np.ndarray, points: np.ndarray, scores: np.ndarray) -> list[Box]:
    """Make one person of boxes that overlap: the mean, weighted by the scores; what decode gives goes in."""
    people, left = [], np.arange(len(boxes))
    while len(left):
        same = _overlap(boxes[left[0]], boxes[left]) > OVERLAP
        same[0] = True  # a box without area overlaps nothing, not even itself
        group, left = left[same], left[~same]
        mean = np.average(points[group], axis=0, weights=scores[group])
        people.append(Box(float(scores[group[0]]), mean[0], mean[1]))
    return people


def _overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Give the area that box (4,) shares with each of boxes (n, 4), as a part of their union."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = (high - low).clip(0).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).clip(0).prod(1)
    union = area + (box[2:] - box[:2]).clip(0).prod() - shared
    return shared / np.maximum(union, 1e-12)
