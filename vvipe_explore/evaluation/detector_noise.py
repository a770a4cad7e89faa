"""The size of a detector's errors: real detections beside the exact keypoints, in the terms of the protocol.

A residual is a detected minus an exact keypoint, in torso lengths (the torso's length in the picture, as in
training.detector_errors). One shift for each camera is removed, because it is an error of the calibration.

Exact keypoints that were triangulated from the same detections follow them a little: with four cameras the residuals
keep about sqrt(5 / 8) of independent noise. An error that all cameras share does not show.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float

from .._extras import missing
from ..skeleton import LIMB_PAIRS, MIRROR, PAPER_13, torso_length
from ..training import detector_errors
from .markdown import markdown_table

ROBUST = 1.4826
"""A Gaussian's standard deviation over the median of its absolute values."""
OUTLIER_DISTANCE = 0.15
"""Torso lengths beyond which a joint counts as an outlier: more than three times any assumed spread."""
_LIMBS = {limb: [side for pair in pairs for side in pair] for limb, pairs in LIMB_PAIRS.items()}

Points = Float[np.ndarray, "frames 13 2"]


@dataclass(frozen=True)
class CameraErrors:
    """One camera's errors. residuals (n, 13, 2): torso lengths, x right and y down, NaN where missing, shift removed.

    shift (2,): what was removed, in torso lengths. missing (n, 13). decidable (n, limbs): the frames in which a swap of
    the arms or legs, left to right, would show; swapped (n, limbs): those in which it does.
    """

    residuals: Points
    shift: Float[np.ndarray, "2"]
    missing: Bool[np.ndarray, "frames 13"]
    swapped: Bool[np.ndarray, "frames limbs"]
    decidable: Bool[np.ndarray, "frames limbs"]


@dataclass(frozen=True)
class Summary:
    """The errors of all cameras; spreads are robust standard deviations of each joint on an axis, in torso lengths.

    spread (13,): NaN for a joint that was never detected. spread_without_bias (13,): the same after the median residual
    of each joint in each camera, its bias, is removed. outliers: the share of joints beyond OUTLIER_DISTANCE without
    bias; swaps that do not show are among them. missing: the share of joints. swapped: the share of the decidable
    frames for each limb, NaN if there are none. gap: the mean number of frames that a joint stays missing;
    gap_if_independent: the same if each frame were independent. autocorrelation: the rank correlation of residuals
    from frame to frame.
    """

    spread: Float[np.ndarray, "13"]
    spread_without_bias: Float[np.ndarray, "13"]
    outliers: float
    missing: float
    gap: float
    gap_if_independent: float
    swapped: dict[str, float]
    autocorrelation: float


def camera_errors(exact: np.ndarray, detected: np.ndarray, confidence: np.ndarray) -> CameraErrors:
    """Measure one camera's detected keypoints (n, 13, 2) against the exact ones of the same frames, both in pixels.

    confidence (n, 13): 0 is missing, and a missing joint's coordinates are not read. Raises ValueError if shapes
    differ, a keypoint that is read is not finite, or no joint was detected at all.
    """
    exact, detected = np.asarray(exact, float), np.asarray(detected, float)
    missing = np.asarray(confidence) <= 0
    _check(exact, detected, missing)
    unit = _unit(exact)
    off = (np.where(missing[..., None], 0.0, detected) - exact) / unit
    off[missing] = np.nan
    shift = _median(off, (0, 1))
    off = off - shift
    limbs = [_swaps(exact / unit, off, limb) for limb in _LIMBS.values()]
    swapped, decidable = (np.stack(columns, 1) for columns in zip(*limbs, strict=True))
    return CameraErrors(off, shift, missing, swapped, decidable)


def _check(exact: np.ndarray, detected: np.ndarray, missing: np.ndarray) -> None:
    if exact.shape[1:] != (13, 2) or detected.shape != exact.shape or missing.shape != exact.shape[:2]:
        raise ValueError(
            f"expected exact (n, 13, 2), detected (n, 13, 2) and confidence (n, 13), got {exact.shape}, "
            f'{detected.shape} and {missing.shape}; convert both with skeleton.convert(..., "paper_13").'
        )
    if missing.all():
        raise ValueError(f"expected a detected joint, got none in {len(missing)} frames; there is nothing to measure.")
    if not np.isfinite(exact).all() or not np.isfinite(detected[~missing]).all():
        raise ValueError(
            "expected finite exact and detected keypoints, got NaN or infinity; drop frames without a triangulation, "
            "and set the confidence of missing detections to 0."
        )


def _unit(exact: Points) -> Float[np.ndarray, "frames 1 1"]:
    """Give the pixels of a torso length: at least a quarter of the keypoints' height, as in detector_errors."""
    torso = torso_length(torch.from_numpy(exact)).numpy()
    return np.maximum(torso, np.ptp(exact[..., 1], axis=1) / 4)[:, None, None]


def _swaps(exact: Points, off: Points, limb: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Find the frames in which a limb's two sides are swapped, and those in which a swap would show; torso lengths.

    A swap would show where at least two of the four joints were detected, and the exact place of each of these is more
    than 2 OUTLIER_DISTANCE from that of its left-right partner. It does show where each is nearer to its partner's
    place than to its own, and all together are less than half as far from it.
    """
    visible = ~np.isnan(off[:, limb, 0])
    to_partner = exact[:, limb] - exact[:, np.take(MIRROR, limb)]
    apart = np.linalg.norm(to_partner, axis=-1)
    own, other = (np.where(visible, np.linalg.norm(x, axis=-1), 0.0) for x in (off[:, limb], off[:, limb] + to_partner))
    decidable = ((apart > 2 * OUTLIER_DISTANCE) | ~visible).all(1) & (visible.sum(1) >= 2)
    nearer = ((other < own) | ~visible).all(1)
    return decidable & nearer & (other.sum(1) < own.sum(1) / 2), decidable


def recording_errors(recording) -> dict[str, CameraErrors]:
    """Measure each camera of a calibrated recording (datasets.pose2sim) against its projected triangulation."""
    from ..datasets.pose2sim import project

    return {
        name: camera_errors(project(recording.poses, recording.cameras[name]), points, recording.confidence[name])
        for name, points in recording.keypoints.items()
    }


def summarise(errors: dict[str, CameraErrors]) -> Summary:
    """Put the cameras' errors together: the figures that the protocol assumes, and those it says nothing about."""
    if not errors:
        raise ValueError("expected at least one camera, got none; pass what recording_errors(recording) gives.")
    # swaps are counted by themselves, not as noise
    clean = [_without_swaps(camera) for camera in errors.values()]
    unbiased = [off - _median(off, 0) for off in clean]
    distance = np.linalg.norm(np.concatenate(unbiased), axis=-1)
    missing = float(np.concatenate([camera.missing for camera in errors.values()]).mean())
    gaps = np.concatenate([gap_lengths(joint) for camera in errors.values() for joint in camera.missing.T])
    swapped = sum(camera.swapped.sum(0) for camera in errors.values())
    decidable = sum(camera.decidable.sum(0) for camera in errors.values())
    return Summary(
        spread=robust_spread(np.concatenate(clean)),
        spread_without_bias=robust_spread(np.concatenate(unbiased)),
        outliers=float((distance[np.isfinite(distance)] > OUTLIER_DISTANCE).mean()),
        missing=missing,
        gap=float(gaps.mean()) if len(gaps) else 0.0,
        gap_if_independent=1 / (1 - missing) if missing < 1 else float("nan"),
        swapped=dict(zip(_LIMBS, (swapped / np.where(decidable, decidable, np.nan)).tolist(), strict=True)),
        autocorrelation=_autocorrelation(unbiased),
    )


def _without_swaps(camera: CameraErrors) -> Points:
    off = camera.residuals.copy()
    for swapped, limb in zip(camera.swapped.T, _LIMBS.values(), strict=True):
        off[np.ix_(swapped, limb)] = np.nan
    return off


def _median(values: np.ndarray, axis) -> np.ndarray:
    """Give the median without NaN, and NaN without a warning where there is nothing else."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        return np.nanmedian(values, axis=axis)


def robust_spread(off: Points) -> Float[np.ndarray, "13"]:
    """Give each joint's robust standard deviation about 0 on an axis: a few outliers hardly change it."""
    return ROBUST * _median(np.abs(off), (0, 2))


def gap_lengths(missing: Bool[np.ndarray, " frames"]) -> np.ndarray:
    """Give the lengths in frames of the gaps in which a joint is missing, in order of time."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(int), [0]])))
    return edges[1::2] - edges[::2]


def _autocorrelation(off: list[Points]) -> float:
    """Give the rank correlation of residuals with those of the next frame, over all joints, axes and cameras."""
    try:
        from scipy.stats import spearmanr
    except ImportError as error:
        raise missing("the rank correlation of residuals", "lab", error) from None
    now, then = (np.concatenate([x[part].ravel() for x in off]) for part in (slice(None, -1), slice(1, None)))
    both = np.isfinite(now) & np.isfinite(then)
    return float(np.asarray(spearmanr(now[both], then[both]))[0]) if both.sum() > 2 else float("nan")


def as_table(summary: Summary) -> str:
    """Write a Markdown table: the protocol's assumed figures beside the measured ones."""
    swap = 2 * detector_errors.SWAP_PROBABILITY * (1 - detector_errors.SWAP_PROBABILITY)
    missing, outliers = detector_errors.MISSING_PROBABILITY, _assumed_outliers()
    spreads, swapped = zip(PAPER_13, detector_errors.NOISE.tolist(), summary.spread, strict=True), summary.swapped
    rows = [
        *(
            (f"{joint}, spread (torso lengths)", f"{assumed:.3f}", f"{spread:.3f}")
            for joint, assumed, spread in spreads
        ),
        (f"outliers, over {OUTLIER_DISTANCE} torso (%)", f"{100 * outliers:.1f}", f"{100 * summary.outliers:.1f}"),
        ("missing (%)", f"{100 * missing:.1f}", f"{100 * summary.missing:.1f}"),
        ("mean gap (frames)", f"{1 / (1 - missing):.1f}", f"{summary.gap:.1f}"),
        *((f"{limb} exchanged (%)", f"{100 * swap:.1f}", f"{100 * share:.1f}") for limb, share in swapped.items()),
        ("correlation with the next frame", "0.00", f"{summary.autocorrelation:.2f}"),
    ]
    return markdown_table(["", "assumed", "measured"], rows)


def _assumed_outliers() -> float:
    """Give the share of joints that the protocol's noise puts beyond OUTLIER_DISTANCE r: exp(-r^2 / (2 sd^2))."""
    sd = np.asarray(detector_errors.NOISE)
    spreads = (sd, np.hypot(sd, detector_errors.OUTLIER_NOISE))
    usual, outlier = (np.exp(-(OUTLIER_DISTANCE**2) / (2 * s**2)) for s in spreads)
    p = detector_errors.OUTLIER_PROBABILITY
    return float(((1 - p) * usual + p * outlier).mean())


def plot_spread(summary: Summary, ax=None):
    """Plot the measured spread of each joint beside the assumed one; gives ax."""
    import matplotlib.pyplot as plt

    from ..plots import FAINT, LEFT

    ax = ax if ax is not None else plt.subplots(figsize=(10, 2.9))[1]
    place = np.arange(13)
    ax.bar(place - 0.2, detector_errors.NOISE.tolist(), 0.38, color=FAINT, label="assumed (detector_errors.NOISE)")
    ax.bar(place + 0.2, summary.spread, 0.38, color=LEFT, label="measured")
    own = "measured, each joint about its own place"
    ax.plot(place + 0.2, summary.spread_without_bias, "k_", ms=11, mew=2, label=own)
    ax.set(xticks=place, xlim=(-0.6, 12.6), ylabel="spread (torso lengths)")
    ax.set_xticklabels([name.replace("_", "\n") for name in PAPER_13], fontsize=10)
    ax.legend(fontsize=10)
    return ax
