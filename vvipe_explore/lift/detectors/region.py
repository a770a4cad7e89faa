"""A turned square of a picture, in which a person stands upright: made of two points, cut out, and left again."""

from dataclasses import dataclass

import numpy as np

MARGIN = 1.25
"""The square's side over the diameter of the circle around the body."""
PART = 1 / 3
"""A part's side over the picture's longer side."""
NEAR = 0.1
"""Regions whose middles are less than this part of the larger one's side apart hold one person."""


@dataclass(frozen=True)
class Region:
    """A square: middle x, y and side in pixels; angle in radians by which it is turned clockwise.

    Places in it are parts of its side: (0, 0) is its upper left corner, (1, 1) its lower right one.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    @classmethod
    def around(cls, hips: np.ndarray, top: np.ndarray) -> "Region":
        """Give the region of a person with the hips at hips (2,) and top (2,) above them on the body's circle."""
        right, down = np.asarray(top, float) - hips
        side = 2 * MARGIN * float(np.hypot(right, down))
        return cls(float(hips[0]), float(hips[1]), side, float(np.arctan2(right, -down)))

    @classmethod
    def whole(cls, width: int, height: int) -> "Region":
        """Give the smallest upright region that holds a picture."""
        return cls(width / 2, height / 2, max(width, height))

    @classmethod
    def parts(cls, width: int, height: int) -> list["Region"]:
        """Give upright regions that cover a picture, half of each over the next one."""
        side = PART * max(width, height)
        x, y = (_middles(length, side) for length in (width, height))
        return [cls(float(a), float(b), side) for b in y for a in x]

    @property
    def axes(self) -> np.ndarray:
        """Where its right and its down point in the picture, as rows, each as long as its side: (2, 2)."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        return self.side * np.array([[c, s], [-s, c]])

    def is_sound(self, width: int, height: int) -> bool:
        """Whether it may hold a person of a picture: finite, its middle in the picture, no speck and no giant."""
        inside = -1 <= self.x <= width + 1 and -1 <= self.y <= height + 1
        return bool(inside and np.isfinite(self.angle) and 8 <= self.side <= 8 * max(width, height))

    def meets(self, other: "Region") -> bool:
        """Whether it is about the same person as other: their middles are near, and their sizes alike."""
        size = max(self.side, other.side)
        near = np.hypot(self.x - other.x, self.y - other.y) < NEAR * size
        return bool(near and min(self.side, other.side) > size / 2)

    def holds(self, points: np.ndarray, width: int, height: int) -> bool:
        """Whether nine of ten points (n, 2), in pixels, lie in the picture and in this upright part of it.

        A tenth of its side is added to the part.
        """
        points = np.asarray(points)
        near = np.abs(points - [self.x, self.y]).max(-1) <= 0.6 * self.side
        return bool((near & (points >= 0).all(-1) & (points <= [width, height]).all(-1)).mean() >= 0.9)

    def to_picture(self, places: np.ndarray) -> np.ndarray:
        """Turn places in the region (..., 2) into pixels of the picture."""
        return (np.asarray(places) - 0.5) @ self.axes + [self.x, self.y]

    def cut(self, picture: np.ndarray, size: int) -> np.ndarray:
        """Cut the region out of a picture (height, width, 3) as (size, size, 3), uint8; black outside of the picture.

        Where it shrinks by two or more, pixels are averaged first; then between the nearest four.
        """
        from PIL import Image

        corners = self.to_picture(np.array([(0, 0), (1, 0), (0, 1), (1, 1)]))
        edge = np.array(picture.shape[1::-1])
        low = np.floor(corners.min(0) - 1).clip(0, edge).astype(int)
        high = np.ceil(corners.max(0) + 1).clip(0, edge).astype(int)
        if (high <= low).any():
            return np.zeros((size, size, 3), np.uint8)
        part = Image.fromarray(np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]]))
        times = max(1, int(self.side / size))
        part = part.reduce(times) if times > 1 else part
        (a, d), (b, e) = self.axes / size / times  # a step to the right and one down, in pixels of part
        c, f = (corners[0] - low) / times
        turned = part.transform((size, size), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR)
        return np.asarray(turned)


def _middles(length: float, side: float) -> np.ndarray:
    """Give where squares of a side lie along a length: their middles, at most half a side apart, one if it is short."""
    steps = max(0, int(np.ceil((length - side) / (side / 2))))
    return np.linspace(side / 2, length - side / 2, steps + 1) if steps else np.array([length / 2])
