"""Smooth embeddings over time: the frames before and after a frame say something about it.

All functions take embeddings z (frames, d) and a weight (frames): the inverse variance of a frame's error, in any unit.
A weight of 0 marks a frame in which the person was not seen; its z is not read. They give z (frames, d) without gaps.
"""

from dataclasses import dataclass

import numpy as np

CUTOFF, OUTLIER, TRUST = 3.0, 1.0, 2.0
"""Hz, median distances, power of the share seen; benchmarks/smoothing.py chose them on CMU's validation split."""


@dataclass(frozen=True)
class Smoothing:
    """How to smooth: method "kalman", "gaussian" or "none".

    cutoff: motion of this many Hz is halved, faster motion shrinks more. outlier (kalman only): a frame at this many
    times the median distance from the smooth path weighs half as much as a frame on the path, a farther one less; inf
    weighs all alike. trust: a frame's weight is the mean confidence of its keypoints, to this power.
    """

    method: str = "kalman"
    cutoff: float = CUTOFF
    outlier: float = OUTLIER
    trust: float = TRUST

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"expected a smoothing method of {', '.join(METHODS)}, got {self.method!r}.")
        if not (self.cutoff > 0 and self.outlier > 0 and self.trust >= 0):
            raise ValueError(f"expected cutoff and outlier above 0, and trust of at least 0, got {self}.")

    def weights(self, confidence: np.ndarray) -> np.ndarray:
        """Give each frame's weight, in [0, 1], from its keypoints' confidence (frames, joints)."""
        return confidence.clip(0, 1).mean(-1) ** self.trust

    def apply(self, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
        """Smooth z (frames, d) at fps frames a second. Raises ValueError if all weights or fps are not above 0."""
        z, weight = np.asarray(z, np.float64), np.asarray(weight, np.float64)
        if not (np.isfinite(fps) and fps > 0):
            raise ValueError(f"expected fps above 0, got {fps:g}; give the number of frames a second.")
        if not (weight > 0).any():
            raise ValueError(f"expected a weight above 0, got none in {len(z)} frames: there is nothing to smooth.")
        z = np.where(weight[:, None] > 0, z, 0.0)
        return METHODS[self.method](self, z, weight, fps)


def whittaker(z: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """Minimise sum weight |x - z|^2 + stiffness sum |x[t-1] - 2 x[t] + x[t+1]|^2 over x (frames, d).

    This is a Kalman smoother whose state is place and velocity, and whose velocity is changed by noise: forwards and
    backwards in one banded solve. Whittaker (1923), Rauch, Tung and Striebel (1965).
    """
    from .._banded import solve_pentadiagonal

    if len(z) < 3 or np.count_nonzero(weight) < 2:
        return _interpolate(z, weight > 0)
    band = np.zeros((3, len(z)))  # upper form: band[2] is the diagonal, band[1] and band[0] are those above it
    band[2, :-2] += 1
    band[2, 1:-1] += 4
    band[2, 2:] += 1
    band[1, 1:-1] -= 2
    band[1, 2:] -= 2
    band[0, 2:] += 1
    band *= stiffness
    band[2] += weight
    return solve_pentadiagonal(band, weight[:, None] * z)


def _kalman(how: Smoothing, z: np.ndarray, weight: np.ndarray, fps: float, rounds: int = 6) -> np.ndarray:
    # Of a motion of w radians a frame, 1 / (1 + stiffness w^4) passes: a half at w = 2 pi cutoff / fps.
    stiffness, seen = (fps / (2 * np.pi * how.cutoff)) ** 4, weight > 0
    smooth = whittaker(z, weight, stiffness)
    if not np.isfinite(how.outlier) or seen.sum() < 5:
        return smooth
    for _ in range(rounds):  # Student's t by reweighting: a detector's errors have heavier tails than a Gaussian
        distance = np.linalg.norm(z - smooth, axis=-1)
        scale = how.outlier * max(float(np.median(distance[seen])), 1e-12)
        smooth = whittaker(z, weight * 2 / (1 + (distance / scale) ** 2), stiffness)
    return smooth


def _gaussian(how: Smoothing, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    """Average the frames near by. Where none of them was seen, interpolate between the nearest that were."""
    sigma = fps * np.sqrt(2 * np.log(2)) / (2 * np.pi * how.cutoff)  # in frames; a half passes at the cutoff
    total = _blur(weight, sigma)
    near = total > 1e-9 * weight.max()
    summed = np.stack([_blur(weight * column, sigma) for column in z.T], -1)
    return _interpolate(summed / np.where(near, total, 1)[:, None], near)


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    """Average values (frames) with Gaussian weights, out to four standard deviations; beyond the ends is 0."""
    radius = int(4 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return np.convolve(values, bell / bell.sum())[radius : radius + len(values)]


def _interpolate(z: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Fill the frames between known ones along straight lines, and those at the ends with the nearest known one."""
    at = np.flatnonzero(known)
    return np.stack([np.interp(np.arange(len(z)), at, column[at]) for column in z.T], -1)


METHODS = {
    "kalman": _kalman,
    "gaussian": _gaussian,
    "none": lambda how, z, weight, fps: _interpolate(z, weight > 0),
}
