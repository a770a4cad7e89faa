"""Find which way a lifted person stands before the camera, and how well the body then covers its keypoints."""

import numpy as np
import torch
from torch import Tensor

from ..alignment import kabsch


def facing(poses, keypoints, confidence, starts: int = 8, rounds: int = 15) -> np.ndarray:
    """Find the rotation (n, 3, 3) in which canonical poses, seen from far away, best cover their keypoints.

    Rows are the person's left, up and forward in the room's axes: x right, y up, z to the camera. So poses @ rotation
    stands as in the picture. A picture has no depth; each round takes it from the pose as turned in the round before.
    The best of several starting headings is kept. Scaled orthography: perspective is left out.
    """
    poses, picture = _about_their_means(poses, keypoints, confidence)
    found = [_fit(poses, picture, 2 * np.pi * k / starts, rounds) for k in range(starts)]
    rotations, left = (torch.stack(values) for values in zip(*found, strict=True))
    return rotations[left.argmin(0), torch.arange(len(poses))].numpy()


def misfit(poses, keypoints, confidence, rotation) -> np.ndarray:
    """Measure how badly canonical poses, turned by rotation (n, 3, 3), cover their keypoints: (n,).

    The root mean square of what is left, in units of the keypoints' own about their mean: 0.05 is usual, 1 is nothing.
    """
    poses, picture = _about_their_means(poses, keypoints, confidence)
    turned = poses @ torch.from_numpy(np.asarray(rotation, np.float64))
    left = scale(turned, picture) * turned[..., :2] - picture
    return (left.square().sum((1, 2)) / picture.square().sum((1, 2))).sqrt().numpy()


def _about_their_means(poses, keypoints, confidence) -> tuple[Tensor, Tensor]:
    """Give poses (n, 13, 3) and their picture (n, 13, 2), y up, without their means; 0 where a joint is missing."""
    poses, there = (torch.from_numpy(np.asarray(a, np.float64)) for a in (poses, confidence > 0))
    there = there[..., None]
    count = there.sum(1, keepdim=True)
    picture = torch.from_numpy(np.asarray(keypoints, np.float64)) * torch.tensor([1.0, -1.0], dtype=torch.float64)
    poses, picture = (there * (x - (there * x).sum(1, keepdim=True) / count) for x in (poses, picture))
    return poses, picture


def _fit(poses: Tensor, picture: Tensor, heading: float, rounds: int) -> tuple[Tensor, Tensor]:
    """Give the rotation (n, 3, 3) found from one heading, rows as in facing, and its squared misfit (n,)."""
    c, s = np.cos(heading), np.sin(heading)
    rotation = torch.tensor([[c, 0, -s], [0, 1, 0], [s, 0, c]], dtype=torch.float64).expand(len(poses), 3, 3)
    for _ in range(rounds):
        turned = poses @ rotation
        depth = scale(turned, picture).clamp_min(1e-12) * turned[..., 2:]
        rotation = kabsch(poses, torch.cat([picture, depth], -1)).mT
    turned = poses @ rotation
    return rotation, (scale(turned, picture) * turned[..., :2] - picture).square().sum((1, 2))


def scale(poses: Tensor, picture: Tensor) -> Tensor:
    """Give the scale (n, 1, 1) at which poses (n, 13, 2 or 3), seen along z, best cover their picture (n, 13, 2)."""
    flat = poses[..., :2]
    found = (flat * picture).sum((1, 2)) / flat.square().sum((1, 2)).clamp_min(1e-12)
    return found[:, None, None]
