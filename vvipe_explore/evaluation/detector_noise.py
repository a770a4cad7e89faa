"""How large a detector's errors are: real detections beside the projected truth, measured as the protocol assumes them.

A residual is a detection minus the exact keypoint, over the torso's length in the picture (keypoints.detector_errors
has the same unit), after one shift a camera is removed: that is the calibration's error, not the detector's.

Where the truth was triangulated from the same detections, it has followed them a little: with four cameras about
sqrt(5 / 8) of independent noise is left in the residuals. What a detector does wrong in all cameras alike is not seen.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float

from ..skeleton import LIMB_PAIRS, PAPER_13, torso_length
from ..training import detector_errors

ROBUST = 1.4826
"""A Gaussian's standard deviation over the median of its absolute values."""
THROWN = 0.15
"""A joint further off than this, in torso lengths, counts as thrown: more than three times any assumed spread."""

Points = Float[np.ndarray, "frames 13 2"]


@dataclass(frozen=True)
class CameraErrors:
    """One camera's errors. residuals (n, 13, 2): torso lengths, x right and y down, NaN where missing, shift removed.

    shift (2,): what was removed, in torso lengths. missing (n, 13). swapped and tellable (n, limbs): the frames in
    which arms or legs are exchanged left to right, and those in which one could tell.
    """

    residuals: Points
    shift: Float[np.ndarray, "2"]
    missing: Bool[np.ndarray, "frames 13"]
    swapped: Bool[np.ndarray, "frames limbs"]
    tellable: Bool[np.ndarray, "frames limbs"]


@dataclass(frozen=True)
class Measured:
    """What summary gives; spreads are standard deviations a joint and axis, in torso lengths.

    spread (13,): robust, all cameras together; NaN for a joint never detected. steady (13,): the same after each
    joint's own place in each camera is removed too. thrown: the share of joints further than THROWN from that place,
    an exchange that one could not tell among them.
    missing, swapped: shares in [0, 1]; swapped of the frames in which one could tell, NaN if none.
    missing_by_camera {camera: (13,)}. run: mean length of a gap in frames; run_if_independent: what it would be
    if joints went missing by themselves. persistence: correlation of a joint's residual from frame to frame.
    """

    spread: Float[np.ndarray, "13"]
    steady: Float[np.ndarray, "13"]
    shift: dict[str, np.ndarray]
    thrown: float
    missing: float
    missing_by_camera: dict[str, np.ndarray]
    run: float
    run_if_independent: float
    swapped: dict[str, float]
    persistence: float


def compare(exact: np.ndarray, detected: np.ndarray, confidence: np.ndarray) -> CameraErrors:
    """Measure one camera's detections (n, 13, 2) against the exact keypoints of the same frames, both in pixels.

    confidence (n, 13): 0 is missing, and a missing joint's coordinates are not read. Raises ValueError if shapes
    differ, the exact keypoints are not finite, or no joint was detected at all.
    """
    exact, detected = np.asarray(exact, float), np.asarray(detected, float)
    missing = np.asarray(confidence) <= 0
    _check(exact, detected, missing)
    off = (np.where(missing[..., None], 0.0, detected) - exact) / _unit(exact)
    off[missing] = np.nan
    shift = _median(off, (0, 1))
    moved = exact + (off - shift) * _unit(exact)
    pairs = [_swapped(exact, moved, missing, limb) for limb in LIMB_PAIRS.values()]
    swapped, tellable = (np.stack(columns, 1) for columns in zip(*pairs, strict=True))
    return CameraErrors(off - shift, shift, missing, swapped, tellable)


def _check(exact: np.ndarray, detected: np.ndarray, missing: np.ndarray) -> None:
    if exact.shape[1:] != (13, 2) or detected.shape != exact.shape or missing.shape != exact.shape[:2]:
        raise ValueError(
            f"exact has shape {exact.shape}, detected {detected.shape} and confidence {missing.shape}; (n, 13, 2) "
            'twice and (n, 13) were wanted. Bring both to one skeleton with skeleton.convert(..., "paper_13").'
        )
    if missing.all():
        raise ValueError(f"in none of the {len(missing)} frames was a joint detected, so there is nothing to measure.")
    if not np.isfinite(exact).all() or not np.isfinite(detected[~missing]).all():
        raise ValueError(
            "some exact or detected keypoints are NaN or infinite; finite numbers were wanted. Drop frames without "
            "a triangulation, and set the confidence of missing detections to 0."
        )


def _unit(exact: Points) -> Float[np.ndarray, "frames 1 1"]:
    """Pixels a torso: its length in the picture, at least a quarter of the keypoints' height (as detector_errors)."""
    torso = torso_length(torch.from_numpy(exact)).numpy()
    return np.maximum(torso, np.ptp(exact[..., 1], axis=1) / 4)[:, None, None]


def _swapped(exact: Points, moved: Points, missing, limb) -> tuple[np.ndarray, np.ndarray]:
    """In which frames both sides of a limb are exchanged, and in which one can tell.

    One can tell where two or more of the four joints were detected and each lies, in truth, over 2 THROWN from its
    twin; exchanged are they where each is nearer to its twin's place, and all together less than half as far off.
    """
    joints = [side for pair in limb for side in pair]
    twins = [side for pair in limb for side in reversed(pair)]
    there = ~missing[:, joints]
    apart = np.linalg.norm(exact[:, joints] - exact[:, twins], axis=-1)
    own, other = (np.linalg.norm(moved[:, joints] - exact[:, place], axis=-1) for place in (joints, twins))
    own, other = np.where(there, own, 0.0), np.where(there, other, 0.0)
    far = (apart > 2 * THROWN * _unit(exact)[..., 0]) | ~there
    tellable = far.all(1) & (there.sum(1) >= 2)
    nearer = ((other < own) | ~there).all(1)
    return tellable & nearer & (other.sum(1) < own.sum(1) / 2), tellable


def residuals(recording) -> dict[str, CameraErrors]:
    """Measure each camera of a calibrated recording (datasets.pose2sim) against its projected triangulation."""
    from ..datasets.pose2sim import project

    return {
        name: compare(project(recording.poses, recording.cameras[name]), points, recording.confidence[name])
        for name, points in recording.keypoints.items()
    }


def summary(errors: dict[str, CameraErrors]) -> Measured:
    """Put the cameras together to the figures that the protocol assumes, and those it is silent about."""
    if not errors:
        raise ValueError("no camera was given; pass what residuals(recording) gives.")
    # exchanged limbs are counted as such: they are no noise
    clean = {name: _without_swaps(camera) for name, camera in errors.items()}
    steady = {name: off - _median(off, 0) for name, off in clean.items()}
    gaps = np.concatenate([runs(joint) for camera in errors.values() for joint in camera.missing.T])
    missing = float(np.concatenate([camera.missing for camera in errors.values()]).mean())
    at_rest = np.concatenate(list(steady.values()))
    distance = np.linalg.norm(at_rest, axis=-1)
    return Measured(
        spread=robust_spread(np.concatenate(list(clean.values()))),
        steady=robust_spread(at_rest),
        shift={name: camera.shift for name, camera in errors.items()},
        thrown=float((distance[np.isfinite(distance)] > THROWN).mean()),
        missing=missing,
        missing_by_camera={name: camera.missing.mean(0) for name, camera in errors.items()},
        run=float(gaps.mean()) if len(gaps) else 0.0,
        run_if_independent=1 / (1 - missing) if missing < 1 else float("nan"),
        swapped=_swap_shares(errors),
        persistence=_persistence(list(steady.values())),
    )


def _without_swaps(camera: CameraErrors) -> Points:
    off = camera.residuals.copy()
    for swapped, limb in zip(camera.swapped.T, LIMB_PAIRS.values(), strict=True):
        off[np.ix_(swapped, [side for pair in limb for side in pair])] = np.nan
    return off


def _median(values: np.ndarray, axis) -> np.ndarray:
    """The median of what is there; NaN, without a warning, for a joint that was never there."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        return np.nanmedian(values, axis=axis)


def robust_spread(off: Points) -> Float[np.ndarray, "13"]:
    """Robust standard deviation about 0 a joint and axis: a few frames in which all is wrong do not decide it."""
    return ROBUST * _median(np.abs(off), (0, 2))


def runs(missing: Bool[np.ndarray, " frames"]) -> np.ndarray:
    """Lengths in frames of the gaps in which a joint is missing, in order of time."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(int), [0]])))
    return edges[1::2] - edges[::2]


def _swap_shares(errors: dict[str, CameraErrors]) -> dict[str, float]:
    found = np.concatenate([camera.swapped for camera in errors.values()]).sum(0)
    told = np.concatenate([camera.tellable for camera in errors.values()]).sum(0)
    return {limb: float(f / t) if t else float("nan") for limb, f, t in zip(LIMB_PAIRS, found, told, strict=True)}


def _persistence(off: list[Points]) -> float:
    """Rank correlation of the residual of one frame with that of the next, over all joints, axes and cameras."""
    from scipy.stats import spearmanr

    now, then = (np.concatenate([x[part].ravel() for x in off]) for part in (slice(None, -1), slice(1, None)))
    both = np.isfinite(now) & np.isfinite(then)
    return float(spearmanr(now[both], then[both])[0]) if both.sum() > 2 else float("nan")


def as_table(measured: Measured) -> str:
    """A Markdown table: the protocol's assumed figures beside the measured ones."""
    swap = 2 * detector_errors.SWAP_PROBABILITY * (1 - detector_errors.SWAP_PROBABILITY)
    thrown = _assumed_thrown()
    lines = ["| | assumed | measured |", "|---|---|---|"]
    for joint, sd, real in zip(PAPER_13, detector_errors.NOISE.tolist(), measured.spread, strict=True):
        lines.append(f"| {joint}, spread (torso) | {sd:.3f} | {real:.3f} |")
    lines.append(f"| thrown, over {THROWN} torso (%) | {100 * thrown:.1f} | {100 * measured.thrown:.1f} |")
    lines.append(f"| missing (%) | {100 * detector_errors.MISSING_PROBABILITY:.1f} | {100 * measured.missing:.1f} |")
    independent = 1 / (1 - detector_errors.MISSING_PROBABILITY)
    lines.append(f"| mean gap (frames) | {independent:.1f} | {measured.run:.1f} |")
    for limb, share in measured.swapped.items():
        lines.append(f"| {limb} swapped (%) | {100 * swap:.1f} | {100 * share:.1f} |")
    lines.append(f"| correlation with the next frame | 0.00 | {measured.persistence:.2f} |")
    return "\n".join(lines)


def _assumed_thrown() -> float:
    """The part of joints that the protocol's noise puts beyond THROWN: of a 2D Gaussian, exp(-r^2 / (2 sd^2))."""
    sd = np.asarray(detector_errors.NOISE)
    beyond = [np.exp(-(THROWN**2) / (2 * s**2)) for s in (sd, np.hypot(sd, detector_errors.OUTLIER_NOISE))]
    p = detector_errors.OUTLIER_PROBABILITY
    return float(((1 - p) * beyond[0] + p * beyond[1]).mean())


def plot_spread(measured: Measured, ax=None):
    """Draw the measured spread of each joint beside the assumed one; gives ax."""
    import matplotlib.pyplot as plt

    from ..plots import FAINT, LEFT

    ax = ax if ax is not None else plt.subplots(figsize=(8.4, 2.9))[1]
    place = np.arange(13)
    ax.bar(place - 0.2, detector_errors.NOISE.tolist(), 0.38, color=FAINT, label="assumed (keypoints.NOISE)")
    ax.bar(place + 0.2, measured.spread, 0.38, color=LEFT, label="measured")
    ax.plot(place + 0.2, measured.steady, "k_", ms=11, mew=2, label="measured, each joint about its own place")
    ax.set(xticks=place, ylabel="spread (torso lengths)")
    ax.set_xticklabels([name.replace("_", "\n") for name in PAPER_13], fontsize=8)
    ax.legend(fontsize=8)
    return ax
