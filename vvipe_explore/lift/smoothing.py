"""Smooth embeddings over time: the frames before and after a frame say something about it.

All functions take embeddings z (frames, d) and a weight (frames): one over the variance of a frame's error, the squared
distance of z from the truth. A weight of 0 marks a frame in which the person was not seen; its z is not read. They give
z (frames, d) without gaps.

How strongly to smooth, the frames say themselves: each is predicted from the others, as if it had not been seen. The
strength that predicts well about a moment is right there. A slow motion under a detector's noise is predicted best by a
stiff path. A fast motion, or exact data, is predicted best by its nearest neighbours, and is hardly touched. What the
constants do to the error is measured by benchmarks/smoothing.py; they were chosen on made motion and on validation.
"""

from dataclasses import dataclass

import numpy as np

PERIODS = tuple(1.5 * 1.6**k for k in range(8))
"""The strengths tried: a motion of so many frames a cycle is halved, a faster one shrinks more."""
APART = 0.08
"""Seconds, at most, between a frame and the nearest ones that predict it: a detector's errors last, and frames at once
after each other share them. With 0.1 very fast motion is lost."""
NEAR = 0.25
"""The power of the success at predicting a frame from the frames next to it too, beside 1 - NEAR for those APART: very
fast motion without errors can be predicted from no others."""
WINDOW = 5.0
"""Frames, the deviation of a bell, over which a strength's success is averaged."""
SHARPNESS = 30
"""The power of the success by which the strengths share in the result."""
OUTLIER = 0.1
"""Smoothing.outlier."""
METHODS = ("kalman", "none")


@dataclass(frozen=True)
class Smoothing:
    """How to smooth: method "kalman" or "none", which fills gaps along straight lines.

    cutoff: motion of this many Hz is halved, faster motion shrinks more; None finds a strength for every moment.
    outlier: a frame whose squared distance from the smooth path is this part of its variance weighs half as much as a
    frame on the path, a farther one less; inf weighs both alike. benchmarks/smoothing.py measures what each part does.
    """

    method: str = "kalman"
    cutoff: float | None = None
    outlier: float = OUTLIER

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"expected a smoothing method of {', '.join(METHODS)}, got {self.method!r}.")
        if not ((self.cutoff is None or self.cutoff > 0) and self.outlier > 0):
            raise ValueError(f"expected cutoff and outlier above 0, got {self}.")

    def apply(self, z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
        """Smooth z (frames, d) at fps frames a second. Raises ValueError if all weights or fps are not above 0."""
        z, weight = np.asarray(z, np.float64), np.asarray(weight, np.float64)
        if not (np.isfinite(fps) and fps > 0):
            raise ValueError(f"expected fps above 0, got {fps:g}; give the number of frames a second.")
        if not (weight > 0).any():
            raise ValueError(f"expected a weight above 0, got none in {len(z)} frames: there is nothing to smooth.")
        z = np.where(weight[:, None] > 0, z, 0.0)
        if self.method == "none" or np.count_nonzero(weight) < 5:
            return interpolate(z, weight > 0)
        return self._without_outliers(z, weight, fps)

    def _without_outliers(self, z: np.ndarray, weight: np.ndarray, fps: float, rounds: int = 3) -> np.ndarray:
        """Smooth, and again with less weight on what is far from the path: errors have heavier tails than a Gaussian.

        A frame is far by its own variance, not by that of the others, so that fast motion in exact data is not.
        """
        smooth, now = z, weight
        for _ in range(rounds):
            level = now / now[now > 0].mean()
            if self.cutoff is None:
                smooth = _followed(z, level, fps)
            else:
                smooth = whittaker(z, level, stiffness(fps / self.cutoff))
            now = weight / (1 + weight * np.square(z - smooth).sum(-1) / self.outlier)
        return smooth


def stiffness(period: float) -> float:
    """Give the stiffness at which half passes of a motion of period frames, where all frames weigh 1.

    Of a motion of w radians a frame, 1 / (1 + stiffness w^4) passes.
    """
    return (period / (2 * np.pi)) ** 4


def whittaker(z: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """Minimise sum weight |x - z|^2 + stiffness sum |x[t-1] - 2 x[t] + x[t+1]|^2 over x (frames, d).

    This is a Kalman smoother whose state is place and velocity, and whose velocity is changed by noise: forwards and
    backwards in one banded solve. Whittaker (1923), Rauch, Tung and Striebel (1965).
    """
    if len(z) < 3 or np.count_nonzero(weight) < 2:
        return interpolate(z, weight > 0)
    return _solve(z, weight, stiffness)[0]


def prepare() -> None:
    """Compile what smoothing needs: about a second the first time on a machine, so that it is in nobody's rate."""
    whittaker(np.zeros((3, 1)), np.ones(3), 1.0)


def left_out(z: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """Give each frame's squared distance (frames) from whittaker's path through the others.

    0 where the frame has no weight, or fewer than two others have. Leaving out frame t moves the path at t away from
    z[t] to (z[t] - x[t]) / (1 - weight[t] inverse[t, t]), as in generalised cross-validation (Craven and Wahba, 1979).
    """
    if np.count_nonzero(weight) < 3:
        return np.zeros(len(z))
    smooth, inverse = _solve(z, weight, stiffness)
    return np.where(weight > 0, np.square((z - smooth) / (1 - weight * inverse)[:, None]).sum(-1), 0.0)


def _solve(z: np.ndarray, weight: np.ndarray, stiffness: float) -> tuple[np.ndarray, np.ndarray]:
    from .._banded import solve_pentadiagonal

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


def _followed(z: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    """Mix the paths of all strengths, at each moment by how well each predicts the frames about it from the others."""
    usual = len(z) / np.count_nonzero(weight)  # frames from one that was seen to the next
    apart = int(np.clip(APART * fps / usual, 1, 30))
    periods = np.array(PERIODS) * usual * apart
    far, near = (_missed(z, weight, periods, step, WINDOW * usual * apart) for step in (apart, 1))
    missed = far ** (1 - NEAR) * near**NEAR
    share = (missed / missed.min(0)) ** -SHARPNESS
    share /= share.sum(0)
    smooth = np.zeros_like(z)
    for part, period in zip(share, periods, strict=True):
        smooth += part[:, None] * whittaker(z, weight, stiffness(period))
    return smooth


def _missed(z: np.ndarray, weight: np.ndarray, periods: np.ndarray, apart: int, width: float) -> np.ndarray:
    """Give by how much each strength misses the frames about each (periods, frames), from those apart frames away."""
    missed = np.zeros((len(periods), len(z)))
    for row, period in zip(missed, periods, strict=True):
        for phase in range(apart):
            part = slice(phase, None, apart)
            row[part] = weight[part] * left_out(z[part], weight[part], stiffness(period / apart))
    missed = np.stack([_blur(row, width) for row in missed])
    return missed + 1e-6 * missed.mean(1, keepdims=True) + np.finfo(float).tiny  # far from all seen: as elsewhere


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    """Average values (frames) with Gaussian weights, out to four standard deviations; beyond the ends is 0."""
    radius = int(4 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return np.convolve(values, bell / bell.sum())[radius : radius + len(values)]


def interpolate(z: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Fill the frames between known ones along straight lines, and those at the ends with the nearest known one."""
    at = np.flatnonzero(known)
    return np.stack([np.interp(np.arange(len(z)), at, column[at]) for column in z.T], -1)
