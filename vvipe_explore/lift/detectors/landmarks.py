"""Find one person's 33 points in a region: what BlazePose's landmark networks say, decoded.

The network looks at 256 x 256 pixels. It gives 39 points of five numbers: x, y and depth in pixels, and the logits of
being seen and of lying in the picture; a map of 64 x 64 logits for each point; and how sure it is of a person at all.
Points 33 and 34 are the middle of the hips and a point above on the circle around the body, for the next frame.
"""

from dataclasses import dataclass

import numpy as np

SIDE, POINTS, NEXT = 256, 33, (33, 34)
OUTPUTS = ("Identity", "Identity_1", "Identity_3")
"""The networks' names of the points, of how sure it is, and of the maps."""
MIN_PRESENCE = 0.5
WINDOW, MIN_PEAK = 7, 0.5
"""Cells of a map's window around a point, and the chance of a cell in it from which the map is believed."""


@dataclass(frozen=True)
class Landmarks:
    """One person in a region. places (39, 2): parts of the region. confidence (33,), presence: in [0, 1].

    Confidence: the chance of being seen, or the map's highest chance where that is higher and the map is believed. So
    a joint counts that is hidden behind the body, but clearly placed; most that are hidden behind a thing don't.
    """

    places: np.ndarray
    confidence: np.ndarray
    presence: float


def decode(raw: np.ndarray, presence: float, maps: np.ndarray) -> Landmarks:
    """Decode the network's outputs: raw (195,), presence in [0, 1], maps (64, 64, 39)."""
    if raw.shape != (195,) or maps.shape != (64, 64, 39):
        raise ValueError(f"expected (195,) and (64, 64, 39) numbers of the network, got {raw.shape} and {maps.shape}.")
    raw = raw.reshape(39, 5).astype(np.float64)
    places, peak = refine(raw[:, :2] / SIDE, maps)
    visible = _chance(raw[:POINTS, 3])
    confidence = np.maximum(visible, np.where(peak >= MIN_PEAK, peak, 0)[:POINTS])
    return Landmarks(places, confidence, presence)


def refine(places: np.ndarray, maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Move each place (n, 2) to the mean of the chances in its map (h, w, n) around it, where one of them is high.

    Gives the places, and the highest chance around each (n,).
    """
    height, width, n = maps.shape
    reach = np.arange(WINDOW) - WINDOW // 2
    cell = np.floor(places * [width, height]).astype(int)
    rows, columns = cell[:, 1, None] + reach, cell[:, 0, None] + reach  # (n, WINDOW)
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    at = rows.clip(0, height - 1)[:, :, None], columns.clip(0, width - 1)[:, None, :], np.arange(n)[:, None, None]
    chance = np.where(inside, _chance(maps[at].astype(np.float64)), 0)
    total = np.maximum(chance.sum((1, 2)), 1e-12)
    mean = np.stack([(chance.sum(1) * columns).sum(1) / width, (chance.sum(2) * rows).sum(1) / height], 1)
    peak = chance.max((1, 2))
    return np.where(peak[:, None] >= MIN_PEAK, mean / total[:, None], places), peak


def _chance(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits.clip(-100, 100)))
