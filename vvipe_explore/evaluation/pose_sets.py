"""Sets of poses: are they bodies, and do they cover the real poses? These measures need no model.

Poses are canonical, (n, 13, 3), in metres of one standard body; the results are in mm, degrees or %.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ..metrics import mpjpe
from ..skeleton import BONES, bone_lengths, mirror_name

Poses = Float[Tensor, "_ 13 3"]
NEAR = 0.1
"""Metres, mean over joints, within which a sample covers a pose."""
BACKWARDS = -10.0
"""Degrees beyond which a knee counts as bent backwards."""
RANGE = (0.1, 99.9)
"""Percentiles of the training poses between which an angle counts as seen."""

_SIDES = [(i, BONES.index((mirror_name(a), mirror_name(b)))) for i, (a, b) in enumerate(BONES)
          if a.startswith("left") and b.startswith("left")]  # fmt: skip


def asymmetry(poses: Poses) -> float:
    """Measure by how much the left and right limbs (or flanks) differ in length, in %: mean over pairs and poses."""
    lengths = bone_lengths(poses)
    left, right = (lengths[:, list(side)] for side in zip(*_SIDES, strict=True))
    return 100 * ((left / right).log().abs().mean().exp().item() - 1)


def hinges(poses: Float[Tensor, "n 13 3"]) -> Float[Tensor, "n 4"]:
    """Measure the bend of the left and right elbow and of the left and right knee in degrees, 0 for a straight limb.

    An elbow's is 0 to 180. A knee's is negative if the shin points forward of the thigh, as no knee allows; its sign is
    that of the turn about the body's left-right axis, so legs turned far outward can make it negative too (rare).
    """
    up, middle, low = poses[:, [1, 2, 7, 8]], poses[:, [3, 4, 9, 10]], poses[:, [5, 6, 11, 12]]
    upper, lower = middle - up, low - middle
    cross, along = torch.linalg.cross(upper, lower), (upper * lower).sum(-1)
    turn = torch.cat([cross[:, :2].norm(dim=-1), cross[:, 2:, 0]], 1)
    return torch.rad2deg(torch.atan2(turn, along))


def out_of_range(poses: Poses, train: Poses) -> float:
    """Measure the share of poses (%) with an elbow or knee bent beyond the RANGE of the training poses."""
    edges = np.percentile(hinges(train).detach().numpy(), RANGE, axis=0)
    low, high = torch.from_numpy(edges).to(poses)
    bend = hinges(poses)
    return 100 * ((bend < low) | (bend > high)).any(1).float().mean().item()


def backwards(poses: Poses) -> float:
    """Measure the share of poses (%) in which a knee is bent beyond BACKWARDS."""
    return 100 * (hinges(poses)[:, 2:] < BACKWARDS).any(1).float().mean().item()


def distances(a: Float[Tensor, "n 13 3"], b: Float[Tensor, "m 13 3"]) -> Float[Tensor, "n m"]:
    """Measure the MPJPE in metres of each pose of a to each of b."""
    return sum((torch.cdist(a[:, joint], b[:, joint]) for joint in range(13)), a.new_zeros(())) / 13


def coverage(poses: Poses, by: Poses, within: float = NEAR) -> float:
    """Measure the share of poses (%) with one of the other set nearer than within (metres, MPJPE)."""
    return 100 * (to_nearest(poses, by) < within).float().mean().item()


def to_nearest(poses: Float[Tensor, "n 13 3"], others: Float[Tensor, "m 13 3"]) -> Float[Tensor, " n"]:
    """Measure the MPJPE in metres of each pose to the nearest of others."""
    return torch.cat([distances(part, others).amin(1) for part in poses.split(512)])


def diversity(poses: Poses, generator: torch.Generator | None = None) -> float:
    """Measure the mean MPJPE in mm between a pose and another one."""
    shift = torch.randint(1, len(poses), (len(poses),), generator=generator)
    return 1000 * mpjpe(poses, poses[(torch.arange(len(poses)) + shift) % len(poses)]).mean().item()


def measure_samples(poses: Poses, train: Poses, held_out: Poses, seed: int = 0) -> dict[str, float]:
    """Measure sampled poses, or poses from anywhere, beside training and held-out poses; all are canonical."""
    return {
        "asymmetry": asymmetry(poses), "out_of_range": out_of_range(poses, train), "backwards": backwards(poses),
        "near_real": coverage(poses, train), "coverage": coverage(held_out, poses),
        "diversity": diversity(poses, torch.Generator().manual_seed(seed)),
    }  # fmt: skip
