"""How sure is a lifted person: how far may each joint be off, and which frames should not be believed?

The 2D encoder predicts a variance for each dimension of mu, which lies before the learned metric. There, the errors are
taken as independent; after the metric they are far from it, and samples by their variances alone are no bodies.
"""

import json
from typing import Any

import numpy as np
import torch

from ..models.storage import WEIGHTS
from .facing import misfit
from .smoothing import interpolate

SAMPLES = 32
CALIBRATION = WEIGHTS / "certainty.json"
"""What `python benchmarks/certainty.py --calibrate` measured for the shipped weights that it names, for detections."""
GROWTH = 3.5
"""By how much the radius grows for each second between a filled frame and the nearest one that was seen, relative: in a
gap of 0.5 s by half in the mean, as the error does (benchmarks/smoothing.py)."""
UNPREDICTED = 0.05
"""The variance of a frame's error, over that of the embeddings, where the model predicts none."""
FEWEST = 9
"""Keypoints below which a frame's error is more than one and a half times what it is with 13."""
MISFIT = 0.2
"""Of the keypoints' size: held-out poses with a detector's errors stay below it in 98 of 100 frames, points at random
and joints in the wrong order in 1 of 500."""
FARTHEST = 7.0
"""Deviations of the training embeddings: held-out poses stay below it in 999 of 1000 frames."""
TILT, PITCH, USUAL_TILT, LONG = 100.0, 65.0, 50.0, 25
"""Degrees of the spine against the picture's upright, and out of the picture's plane. One frame is beyond the first two
where a person bends as few do; most frames of a sequence, LONG at least, are beyond the third where the camera is."""


def predicted(model, keypoints, confidence, seen) -> np.ndarray | None:
    """Predict the log of the variance of mu's error (n, d); None where the model can't. Not seen: from its neighbours.

    keypoints (n, 13, 2), confidence (n, 13), seen (n,).
    """
    if model.keypoint_encoder.log_var is None:
        return None
    log_var = np.zeros((len(seen), model.latent_dim))
    log_var[seen] = model.keypoint_log_var(keypoints[seen], confidence[seen], metric=False)
    return interpolate(log_var, seen)


def weights(model, log_var: np.ndarray | None, seen: np.ndarray) -> np.ndarray:
    """Give one over the variance of z's error (n,), 0 where not seen."""
    if log_var is None:
        variance = np.full(len(seen), UNPREDICTED * float(model.latent_factor.square().sum()))
    else:
        variance = np.exp(log_var) @ np.square(model.metric.double().numpy()).sum(0)
    return np.where(seen, 1 / variance, 0.0)


def factors(model, smoothed: bool) -> np.ndarray | None:
    """Give each joint's 90 % radius over the root mean square deviation of its samples (13,); None if not measured.

    smoothed: over time; else each frame alone; fitted in both. They are measured for the weights that CALIBRATION
    names, no others.
    """
    kept = json.loads(CALIBRATION.read_text()) if CALIBRATION.is_file() else {}
    if kept.get("weights") != model.fingerprint():
        return None
    return np.array(kept["factors"]["smoothed" if smoothed else "alone"])


@torch.inference_mode()
def joint_radius(model, z: np.ndarray, log_var, seen: np.ndarray, fps: float, factor=None) -> np.ndarray:
    """Give the radius (n, 13), metres of the canonical pose, within which the true joint lies nine times in ten.

    z (n, d): NaN where missing, and so is the radius. log_var: as predicted gives it. factor: as factors gives it;
    None: 1, and nine in ten is not promised. The deviations of SAMPLES poses, sampled before the metric about z and
    decoded, times factor.
    """
    radius = np.full((len(z), 13), np.nan, np.float32)
    there = np.isfinite(z).all(-1)
    if log_var is None:
        return radius
    centre, deviation = torch.from_numpy(z[there]), torch.from_numpy(np.exp(log_var[there] / 2)).float()
    squared, decoded = torch.zeros(len(centre), 13), model.decode(centre)
    for eps in torch.randn(SAMPLES, z.shape[1], generator=torch.Generator().manual_seed(0)):
        squared += (model.decode(centre + (eps * deviation) @ model.metric.T) - decoded).square().sum(-1)
    away = _to_nearest(seen)[there, None] / fps
    radius[there] = (squared / SAMPLES).sqrt().numpy() * (1 + GROWTH * away) * (1 if factor is None else factor)
    return radius


def _to_nearest(seen: np.ndarray) -> np.ndarray:
    """Count the frames (n,) from each to the nearest one that was seen."""
    at = np.arange(len(seen))
    before = np.maximum.accumulate(np.where(seen, at, -np.inf))
    after = np.minimum.accumulate(np.where(seen, at, np.inf)[::-1])[::-1]
    return np.minimum(at - before, after - at)


def doubts(model, lifted) -> tuple[str, ...]:
    """Say for each frame why its pose should not be believed; "" where nothing speaks against it, or it has none.

    lifted: a sequence.Lifted of arrays.
    """
    seen, there = lifted.seen, lifted.there
    count, off = (lifted.confidence > 0).sum(1), np.zeros(len(seen))
    off[seen] = misfit(*(a[seen] for a in (lifted.poses, lifted.keypoints, lifted.confidence, lifted.rotation)))
    up = lifted.rotation[:, 1].clip(-1, 1)
    tilt, pitch = np.degrees(np.arccos(up[:, 1])), np.degrees(np.arcsin(np.abs(up[:, 2])))
    usual = np.median(tilt[seen])
    leaning = there & (seen.sum() >= LONG) & (usual > USUAL_TILT)
    reasons: list[tuple[str, Any]] = [
        ("only {count} of 13 keypoints were found", count < FEWEST),
        ("the body does not cover its keypoints", off > MISFIT),
        ("the body leans by {tilt:.0f} degrees in the picture, as few do that were trained on", tilt > TILT),
        ("the camera looks along the body, {pitch:.0f} degrees off", pitch > PITCH),
        (f"most frames lean by {usual:.0f} degrees; is the picture turned, or the camera high?", leaning),
        ("the pose is unlike all that were trained on", _distance(model, lifted.z) > FARTHEST),
    ]
    words = [""] * len(seen)
    for text, holds in reasons:
        for k in np.flatnonzero(holds & there):
            said = text.format(count=count[k], tilt=tilt[k], pitch=pitch[k])
            words[k] = f"{words[k]}; {said}" if words[k] else said
    return tuple(words)


def _distance(model, z: np.ndarray) -> np.ndarray:
    """Give each z's distance (n,) from the mean of the training embeddings, in their deviations."""
    factor, mean = model.latent_factor.double().numpy(), model.latent_mean.double().numpy()
    return np.linalg.norm(np.linalg.solve(factor, (z - mean).T), axis=0)
