"""Fit lifted bodies to their keypoints, each frame alone: the 2D encoder proposes, the picture corrects.

The encoder says where a pose's mu lies, and how unsure it is in each dimension. The body decoded there does not quite
cover its keypoints, least of all where a person or a detector differs from those trained on; a body a little beside it
does. For each frame, one weighted Gauss-Newton step over mu, and over the turn, size and place of the body before the
camera, lessens

    |(mu - mu0) / deviation|^2 + sum over joints of (NU + 2) log(1 + |r|^2 / NU)

r: from the keypoint to the joint in the picture, times the keypoint's confidence, over TRUST NOISE. The first part is
the encoder's Gaussian. The second, of Student's t, forgives a joint that was misplaced. The encoder has seen the
keypoints already, so TRUST is well above 1: on people not trained on, the step takes 2 to 3 mm from the error with
exact keypoints, and adds none with the protocol's errors (benchmarks/smoothing.py).
"""

import numpy as np
import torch
from torch import Tensor

from ..keypoints import centre_and_scale
from ..training.detector_errors import NOISE
from ..training.turns import from_vectors
from .facing import facing

TRUST = 3.0
"""A keypoint's deviation is so many times the protocol's NOISE, in units of the keypoints' root-mean-square radius."""
NU = 3.0
DISTANCE = 4.0
"""Metres of a standard body from its middle to the camera; what is nearer looks larger."""
NUDGE = 0.05
"""By which slopes are measured, in deviations, radians, and parts of the size."""
ROWS = 256
"""Frames at a time."""


@torch.no_grad()
def fitted(model, z: np.ndarray, log_var: np.ndarray, keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Move embeddings z (n, d) so that their bodies fit keypoints (n, 13, 2), pixels, with confidence (n, 13).

    log_var (n, d): of mu, as certainty.predicted gives it. A frame stays as it is where the step makes the fit worse.
    """
    from tqdm.auto import tqdm

    metric = model.metric.double().cpu()
    mu = torch.from_numpy(z) @ torch.linalg.inv(metric).T
    deviation = torch.from_numpy(np.exp(log_var / 2))
    sure = torch.from_numpy(confidence)
    picture = centre_and_scale(torch.from_numpy(keypoints), sure)[0][..., :2] * torch.tensor([1.0, -1.0])  # y up
    weight = sure / (TRUST * NOISE)
    rotation = torch.from_numpy(facing(model.decode(z.astype(np.float32)), keypoints, confidence))
    rows = [part.to(model.latent_mean) for part in (mu, deviation, picture, weight[..., None], rotation)]
    parts = list(zip(*(part.split(ROWS) for part in rows), strict=True))
    bar = tqdm(parts, desc="fitting bodies", unit="frame", unit_scale=ROWS, delay=2, leave=False)
    step = torch.cat([_step(model.vae.decode, *part) for part in bar])
    return ((mu + deviation * step.cpu()) @ metric.T).numpy()


def _step(decode, mu: Tensor, deviation: Tensor, picture: Tensor, weight: Tensor, rotation: Tensor) -> Tensor:
    """Give the step of mu (n, d), in deviations; 0 where it would make the fit worse."""
    size = _size(_project(decode(mu), rotation), picture, weight)

    def residuals(x):  # (p, n, d + 6) -> (p, n, 13, 2)
        change, turn, zoom, shift = x.split((mu.shape[1], 3, 1, 2), dim=-1)
        seen = _project(decode(mu + deviation * change), rotation @ from_vectors(turn))
        return weight * ((size * zoom.exp())[..., None] * seen + shift[..., None, :] - picture)

    still = torch.zeros(len(mu), mu.shape[1] + 6).to(mu)
    nudges = NUDGE * torch.eye(still.shape[1]).to(mu)
    r = residuals(still)
    slopes = (residuals(still + nudges[:, None]) - r) / NUDGE  # (d + 6, n, 13, 2)
    believed = (NU + 2) / (NU + r.square().sum(-1, keepdim=True))
    prior = torch.cat([torch.ones(mu.shape[1]), torch.full((6,), 1e-3)]).to(mu)  # how the body stands is nearly free
    matrix = torch.einsum("pnjc,qnjc->npq", believed * slopes, slopes) + prior.diag()
    x = -torch.linalg.solve(matrix, torch.einsum("pnjc,njc->np", slopes, believed * r))
    step = x[:, : mu.shape[1]]
    better = step.square().sum(-1) + _unlikely(residuals(x)) < _unlikely(r)
    return torch.where(better[:, None], step, 0)


def _unlikely(r: Tensor) -> Tensor:
    """Give the sum over joints (n,) of Student's t, for residuals r (n, 13, 2)."""
    return (NU + 2) * (r.square().sum(-1) / NU).log1p().sum(-1)


def _project(poses: Tensor, rotation: Tensor) -> Tensor:
    """Project poses (..., 13, 3), turned by rotation (..., 3, 3) as in facing, about their means: x right, y up."""
    turned = (poses - poses.mean(-2, keepdim=True)) @ rotation
    return turned[..., :2] * DISTANCE / (DISTANCE - turned[..., 2:])


def _size(seen: Tensor, picture: Tensor, weight: Tensor) -> Tensor:
    """Give the factor (n, 1) by which projected bodies best cover the picture."""
    square = weight.square()
    size = (square * seen * picture).sum((1, 2)) / (square * seen.square()).sum((1, 2)).clamp_min(1e-12)
    return size.clamp_min(1e-3)[:, None]
