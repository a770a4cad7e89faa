"""Smoothing embeddings over time: what a body did between two frames says something about each of them.

All functions take embeddings z (frames, d) with a weight (frames) each, 0 where nothing was seen (z is then not
read), and give z (frames, d) without gaps. A weight is the inverse variance of a frame's error, in any unit.
"""

from dataclasses import dataclass

import numpy as np

CUTOFF, OUTLIER, TRUST = 3.0, 1.0, 2.0
"""Chosen on CMU's validation split by benchmarks/smoothing.py: Hz, median errors, power of the share seen."""


@dataclass(frozen=True)
class Smoothing:
    """How to smooth: method "kalman", "gaussian" or "none".

    cutoff: Hz, motion faster than this is halved or less. outlier: frames farther from the smooth path than so many
    times the median are trusted less, inf trusts all alike (kalman only). trust: a frame's weight is the share of its
    keypoints that were seen, times their confidence, to this power.
    """

    method: str = "kalman"
    cutoff: float = CUTOFF
    outlier: float = OUTLIER
    trust: float = TRUST

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"the smoothing {self.method!r} is unknown; {', '.join(METHODS)} were wanted.")
        if not (self.cutoff > 0 and self.outlier > 0 and self.trust >= 0):
            raise ValueError(f"{self}: cutoff and outlier above 0, and trust of at least 0, were wanted.")

    def weights(self, confidence: np.ndarray) -> np.ndarray:
        """How far each frame is trusted, from its keypoints' confidence (frames, joints): numbers in [0, 1]."""
        return confidence.clip(0, 1).mean(-1) ** self.trust

    def apply(self, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
        """Smooth z (frames, d), fps frames a second. Raises ValueError if no frame was seen or fps is not above 0."""
        z, weight = np.asarray(z, np.float64), np.asarray(weight, np.float64)
        if not (np.isfinite(fps) and fps > 0):
            raise ValueError(f"fps is {fps}; the frames a second, a number above 0, was wanted.")
        if not (weight > 0).any():
            raise ValueError("no frame was seen, so there is nothing to smooth.")
        z = np.where(weight[:, None] > 0, z, 0.0)
        return METHODS[self.method](self, z, weight, fps)


def whittaker(z: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """Minimise sum weight |x - z|^2 + stiffness sum |x[t-1] - 2 x[t] + x[t+1]|^2 over x (frames, d).

    The smoother of a Kalman filter whose state is place and velocity, its velocity changed by noise: forwards and
    backwards in one banded solve. Whittaker (1923), Rauch, Tung and Striebel (1965).
    """
    from scipy.linalg import solveh_banded

    n = len(z)
    if n < 3 or np.count_nonzero(weight) < 2:
        return np.stack([np.interp(np.arange(n), np.flatnonzero(weight), c[weight > 0]) for c in z.T], -1)
    band = np.zeros((3, n))  # upper form: band[2] the diagonal, band[1] and band[0] those beside it
    for offsets, value in (((0,), 1), ((1,), 4), ((2,), 1)):
        band[2, offsets[0] : n - 2 + offsets[0]] += value
    band[1, 1 : n - 1] -= 2
    band[1, 2:] -= 2
    band[0, 2:] += 1
    band *= stiffness
    band[2] += weight
    return solveh_banded(band, weight[:, None] * z)


def _stiffness(cutoff: float, fps: float) -> float:
    # The smoother passes 1 / (1 + stiffness w^4) of a motion of w radians a frame: a half at w = 2 pi cutoff / fps.
    return (fps / (2 * np.pi * cutoff)) ** 4


def _kalman(how: Smoothing, z: np.ndarray, weight: np.ndarray, fps: float, rounds: int = 6) -> np.ndarray:
    stiffness, seen, trusted = _stiffness(how.cutoff, fps), weight > 0, weight
    smooth = whittaker(z, trusted, stiffness)
    if not np.isfinite(how.outlier) or seen.sum() < 5:
        return smooth
    for _ in range(rounds):  # Student's t by reweighting: a detector's errors have heavier tails than a Gaussian
        away = np.linalg.norm(z - smooth, axis=-1)
        scale = how.outlier * max(float(np.median(away[seen])), 1e-12)
        trusted = weight * 2 / (1 + (away / scale) ** 2)
        smooth = whittaker(z, trusted, stiffness)
    return smooth


def _gaussian(how: Smoothing, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    """The mean of the frames near by, those seen alone. Where none is near, the straight line between those seen."""
    from scipy.ndimage import gaussian_filter1d

    sigma = fps * np.sqrt(2 * np.log(2)) / (2 * np.pi * how.cutoff)  # in frames; a half passes at the cutoff
    total = gaussian_filter1d(weight, sigma, axis=0, mode="constant", truncate=4)
    near = total > 1e-9 * weight.max()
    summed = gaussian_filter1d(weight[:, None] * z, sigma, axis=0, mode="constant", truncate=4)
    return _straight(summed / np.where(near, total, 1)[:, None], near)


def _straight(z: np.ndarray, seen: np.ndarray) -> np.ndarray:
    at = np.flatnonzero(seen)
    return np.stack([np.interp(np.arange(len(z)), at, column[at]) for column in z.T], -1)


def _none(how: Smoothing, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    return _straight(z, weight > 0)


METHODS = {"kalman": _kalman, "gaussian": _gaussian, "none": _none}
