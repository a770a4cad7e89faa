"""Fit lifted bodies to their keypoints, each frame alone, starting from what the 2D encoder says.

The encoder says where a pose's mu lies, and how unsure it is in each dimension. The body decoded there does not quite
cover its keypoints, least of all where a person or a detector differs from those trained on; a body a little beside it
covers them better. For each frame, one weighted Gauss-Newton step over mu, and over the turn, size and place of the
body before the camera, lessens

    |(mu - mu0) / deviation|^2 + sum over joints of (NU + 2) log(1 + |r|^2 / NU)

mu0, deviation: the encoder's Gaussian. r: from the keypoint to the joint in the picture, times the keypoint's
confidence, divided by TRUST x NOISE. The logarithm, of Student's t, forgives a joint that was misplaced. The encoder
has seen the keypoints already, so TRUST is well above 1. benchmarks/smoothing.py measures what the step does.
"""

import numpy as np
import torch
from torch import Tensor

from .._arrays import in_chunks
from ..keypoints import centre_and_scale
from ..training.detector_errors import NOISE
from ..training.turns import from_vectors
from .facing import facing, scale

TRUST = 3.0
"""A keypoint's deviation is so many times the protocol's NOISE. Both are in units of the keypoints' root-mean-square
distance from their mean, which is near the torso's length."""
NU = 3.0
"""Degrees of freedom of Student's t: the fewer, the more is forgiven."""
DISTANCE = 4.0
"""Metres from the camera to the middle of a standard body, assumed; what is nearer looks larger."""
NUDGE = 0.05
"""By which slopes are measured: of mu in deviations, of the turn in radians, of the size's logarithm, and of the place
in the keypoints' unit."""
ROWS = 256
"""Frames at a time."""


@torch.no_grad()
def fitted(model, keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Embed keypoints (n, 13, 2), pixels, so that the bodies fit them: z (n, d).

    confidence (n, 13): in [0, 1]; what is 0 is left out. Where the step would make the fit worse, z is the encoder's.
    The model's 2D encoder must predict log_var.
    """
    from tqdm.auto import tqdm

    sure = torch.from_numpy(np.asarray(confidence, np.float64))
    points = torch.where(sure[..., None] > 0, torch.from_numpy(np.asarray(keypoints, np.float64)), 0.0)
    mu, log_var = model.keypoint_encoder.both(model.features(points, sure))
    poses = model.vae.decode(mu).cpu().numpy()
    picture = centre_and_scale(points, sure)[0][..., :2] * torch.tensor([1.0, -1.0])  # y up
    weight = sure / (TRUST * NOISE)
    rotation = torch.from_numpy(facing(poses, points.numpy(), sure.numpy()))
    data = [part.to(mu) for part in (mu, (log_var / 2).exp(), picture, weight[..., None], rotation)]
    with tqdm(total=len(mu), desc="fitting bodies", unit="frame", delay=2, leave=False) as bar:

        def step(*part):
            bar.update(len(part[0]))
            return _step(model.vae.decode, *part)

        moved = in_chunks(step, mu.shape[:1], *data, rows=ROWS)
    z = (mu.double() + moved.double()) @ model.metric.double().T
    return z.cpu().numpy()


def _step(decode, mu: Tensor, deviation: Tensor, picture: Tensor, weight: Tensor, rotation: Tensor) -> Tensor:
    """Give the step of mu (n, d); 0 where it would make the fit worse.

    picture (n, 13, 2): in the keypoints' unit about their mean, y up. weight (n, 13, 1): one over it, 0 where missing.
    rotation (n, 3, 3): as in facing, of the body decoded from mu.
    """
    n, d = mu.shape
    there, pose, camera = weight > 0, decode(mu), torch.zeros(n, 6).to(mu)
    size = scale(weight * _project(pose, rotation, there), weight * picture).clamp_min(1e-3)

    def residuals(pose, camera):  # (*p, n, 13, 3), (*p, n, 6) -> (*p, n, 13, 2)
        turn, zoom, shift = camera.split((3, 1, 2), dim=-1)
        seen = _project(pose, rotation @ from_vectors(turn), there)
        return weight * (size * zoom.exp()[..., None] * seen + shift[..., None, :] - picture)

    nudge, nudge_camera = (NUDGE * torch.eye(k).to(mu)[:, None] for k in (d, 6))
    r = residuals(pose, camera)
    nudged = residuals(decode(mu + deviation * nudge), camera), residuals(pose, camera + nudge_camera)
    slopes = (torch.cat(nudged) - r) / NUDGE  # (d + 6, n, 13, 2)
    believed = (NU + 2) / (NU + r.square().sum(-1, keepdim=True))
    prior = torch.cat([torch.ones(d), torch.full((6,), 1e-3)]).to(mu)  # how the body stands is nearly free
    matrix = torch.einsum("pnjc,qnjc->npq", believed * slopes, slopes) + prior.diag()
    x = -torch.linalg.solve(matrix, torch.einsum("pnjc,njc->np", slopes, believed * r))
    change, camera = x.split((d, 6), dim=-1)
    left = residuals(decode(mu + deviation * change), camera)
    better = change.square().sum(-1) + _unlikely(left) < _unlikely(r)
    return torch.where(better[:, None], deviation * change, 0)


def _unlikely(r: Tensor) -> Tensor:
    """Give the sum over joints (n,) of Student's t, for residuals r (n, 13, 2)."""
    return (NU + 2) * (r.square().sum(-1) / NU).log1p().sum(-1)


def _project(poses: Tensor, rotation: Tensor, there: Tensor) -> Tensor:
    """Project poses (..., 13, 3), turned by rotation (..., 3, 3) as in facing: x right, y up (..., 13, 2).

    About the mean of the joints that are there (n, 13, 1), as the keypoints are.
    """
    middle = (there * poses).sum(-2, keepdim=True) / there.sum(-2, keepdim=True)
    turned = (poses - middle) @ rotation
    return turned[..., :2] * DISTANCE / (DISTANCE - turned[..., 2:])
