"""What is exported: named points over time, checked, with the frames that are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...skeleton import convert

ANKLE = 0.08
"""Metres from the ground to an ankle, and to any other joint that a body lies or leans on."""


@dataclass(frozen=True)
class Points:
    """Points over time: positions (n, k, 3), float64, metres, +y up, NaN where missing.

    names: of the k points. fps: frames a second. title: what the motion is called.
    """

    positions: np.ndarray
    names: tuple[str, ...]
    fps: float
    title: str

    def there(self) -> np.ndarray:
        """Tell which frames (n,) have a body: all of the 13 joints."""
        return np.asarray(np.isfinite(self._bodies()).all(axis=(1, 2)))

    def held(self) -> np.ndarray:
        """Give the 13 joints (n, 13, 3) in every frame: where there is no body, that of the frame before is held.

        The frames before the first body have the first.
        """
        there = self.there()
        last = np.maximum.accumulate(np.where(there, np.arange(len(there)), -1))
        return self._bodies()[np.where(last < 0, there.argmax(), last)]

    def _bodies(self) -> np.ndarray:
        return np.asarray(convert(self.positions, self.names, "paper_13"))


def checked(poses, fps: float, joint_names: Sequence[str], title: str) -> Points:
    """Make Points of poses (n, k, 3), metres, +y up. Raises ValueError saying what is wrong."""
    positions, names = np.asarray(poses, np.float64).copy(), tuple(joint_names)
    if positions.ndim != 3 or positions.shape[1:] != (len(names), 3):
        raise ValueError(
            f"expected poses of shape (frames, {len(names)}, 3), one place for each of joint_names, got "
            f"{positions.shape}; pass the names of your joints as joint_names."
        )
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"expected frames a second above 0, got fps={fps}; pass the motion's, such as 30.")
    positions[~np.isfinite(positions).all(-1)] = np.nan
    points = Points(positions, names, float(fps), title)
    if not points.there().any():
        raise ValueError(f"expected a frame with all 13 joints, got none in {len(positions)}; nobody is there.")
    if np.nanmax(np.abs(positions)) > 1e5:
        raise ValueError("expected a body of a few metres, got places that are 100 km away; give poses in metres.")
    return points


def on_the_ground(poses: np.ndarray) -> np.ndarray:
    """Move each pose (n, k, 3) along y, so that its lowest joint is ANKLE above the ground y = 0.

    This is for poses that have no place of their own, such as lifted ones. A jump is lost.
    """
    moved = np.array(poses, np.float64)
    moved[..., 1] -= moved[..., 1].min(-1, keepdims=True) - ANKLE
    return moved
