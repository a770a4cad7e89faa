"""Where in a picture a person is: a box around keypoints, and a window that follows the person without a jump.

A box is (x, y, width, height) in pixels, x right and y down.
"""

import numpy as np

MARGIN = 0.2
"""Of the keypoints' longer side, left free around them: hands, feet and the head's top lie outside of them."""
SECONDS = 1.0
"""The window's sides are means over this time, of what they must hold within this time."""
NARROWEST, WIDEST = 0.6, 1.6
"""The window's width by its height."""
WHOLE = 0.6
"""Where the window takes a larger part of the picture than this, the whole picture is shown."""


def boxes(keypoints: np.ndarray, there: np.ndarray, margin: float = MARGIN) -> np.ndarray:
    """Give the box (n, 4) around those keypoints (n, k, 2) that are there (n, k), with a margin; NaN where none is."""
    inside = np.asarray(there, bool)[..., None]
    low, high = np.where(inside, keypoints, np.inf).min(-2), np.where(inside, keypoints, -np.inf).max(-2)
    seen = np.isfinite(low).all(-1)
    box = np.full((len(seen), 4), np.nan)
    edge = margin * np.maximum(high[seen] - low[seen], 1).max(-1, keepdims=True)
    box[seen] = np.concatenate([low[seen] - edge, high[seen] - low[seen] + 2 * edge], -1)
    return box


def fitted(box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Move boxes (n, 4) into a picture of a size (width, height), in whole pixels; cut what is larger than it."""
    whole = np.array(size)
    sides = np.clip(np.ceil(box[:, 2:]), 1, whole)
    corner = np.clip(np.floor(box[:, :2] + (box[:, 2:] - sides) / 2), 0, whole - sides)
    return np.concatenate([corner, sides], -1).astype(int)


def cut(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Cut a box that is fitted into it out of a picture (height, width, 3)."""
    x, y, width, height = box
    return picture[y : y + height, x : x + width]


def window(keypoints: np.ndarray, there: np.ndarray, fps: float, size: tuple[int, int]) -> np.ndarray:
    """Give the part of the picture to show in each frame: boxes (n, 4), which hold the keypoints (n, k, 2) there.

    All have one aspect and move slowly; where the person fills most of the picture, all are the whole picture.
    """
    box = boxes(keypoints, there)
    seen, whole = np.isfinite(box).all(-1), np.array([[0, 0, *size]])
    if not seen.any():
        return np.repeat(whole, len(box), 0)
    at, rows = np.arange(len(box)), np.flatnonzero(seen)
    sides = np.concatenate([box[:, :2], -box[:, :2] - box[:, 2:]], -1)  # left, top, -right, -bottom: all are minima
    sides = np.stack([np.interp(at, rows, side[rows]) for side in sides.T], -1)
    reach = round(fps * SECONDS / 2)
    sides = _around(_around(sides, reach).min(-1), reach).mean(-1)
    box = fitted(_of_one_aspect(sides[:, :2], -sides[:, 2:]), size)
    large = np.median(box[:, 2] * box[:, 3]) > WHOLE * size[0] * size[1]
    return np.repeat(whole, len(box), 0) if large else box


def _around(values: np.ndarray, reach: int) -> np.ndarray:
    """Give the values (n, d) from reach frames before to reach frames after each: (n, d, 2 reach + 1)."""
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)


def _of_one_aspect(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Give boxes (n, 4) around those from low to high (n, 2), as wide by high as they are in the median."""
    sides = np.maximum(high - low, 1)
    aspect = float(np.clip(np.median(sides[:, 0] / sides[:, 1]), NARROWEST, WIDEST))
    width = np.maximum(sides[:, 0], aspect * sides[:, 1])
    sides = np.stack([width, width / aspect], -1)
    return np.concatenate([(low + high - sides) / 2, sides], -1)
