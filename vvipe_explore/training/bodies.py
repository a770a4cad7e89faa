"""Bodies that were not recorded: other segment lengths, another nose, hips and shoulders that are not quite level.

All work on canonical poses (n, 13, 3), joints as in PAPER_13, and take their randomness from a generator. Directions
of limbs stay, so the pose is the same.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ..skeleton import PAPER_13, mid_hip, mid_shoulder

LIMBS = {
    limb: tuple(PAPER_13.index(f"{side}_{joint}") for joint in joints)
    for side in ("left", "right")
    for limb, joints in ((f"{side}_arm", ("shoulder", "elbow", "wrist")), (f"{side}_leg", ("hip", "knee", "ankle")))
}
"""Each limb as the joint that it hangs on, and the two that move with it (places in PAPER_13)."""

SEGMENTS = {
    "hip line": 2.0, "spine": 1.0, "shoulder line": 3.0, "neck": 1.0,
    "upper arm": 1.0, "forearm": 1.0, "thigh": 1.0, "shank": 1.5,
}  # fmt: skip
"""Relative spread of each segment. Skeletons and detectors disagree most about hips and shoulders: the shoulder line of
OpenPose is a third longer than that of a motion capture skeleton."""

HUMAN = {
    "hip line": 0.181, "spine": 0.456, "shoulder line": 0.327, "neck": 0.178,
    "upper arm": 0.294, "forearm": 0.231, "thigh": 0.388, "shank": 0.389,
}  # fmt: skip
"""Human lengths at the size of a canonical body: Drillis and Contini's (1966), as in datasets.synthetic.

The skeletons of motion capture differ: Carnegie Mellon's shoulder line is 30 % shorter, its shank 17 % longer."""

RANGES = {
    "hip line": (0.10, 0.24), "spine": (0.40, 0.58), "shoulder line": (0.22, 0.45), "neck": (0.10, 0.30),
    "upper arm": (0.23, 0.34), "forearm": (0.19, 0.29), "thigh": (0.33, 0.46), "shank": (0.33, 0.46),
}  # fmt: skip
"""Lengths between which the skeletons and detectors that people use lie, at the size of a canonical body."""

NOSE = (0.2, 0.5, 0.7)
"""Metres by which a spread of 1 moves the nose to the left, up and forward. Sources place it at the tip of the nose,
between the eyes, or in the middle of the head."""
NOSE_RANGES = ((-0.02, 0.02), (-0.08, 0.08), (-0.10, 0.10))
"""Metres to the left, up and forward by which any tool's nose may differ from another's."""


def segment_lengths(poses: Float[Tensor, "n 13 3"]) -> Float[Tensor, "8 n"]:
    """Measure the lengths of SEGMENTS in poses, in their unit; a limb's is the mean of left and right."""
    hips, shoulders = mid_hip(poses), mid_shoulder(poses)
    pairs = [(poses[:, 7], poses[:, 8]), (hips, shoulders), (poses[:, 1], poses[:, 2]), (shoulders, poses[:, 0])]
    length = [(a - b).norm(dim=-1) for a, b in pairs]
    for first in (1, 3, 7, 9):
        length.append((poses[:, first : first + 2] - poses[:, first + 2 : first + 4]).norm(dim=-1).mean(-1))
    return torch.stack(length)


def random_lengths(
    poses: Float[Tensor, "n 13 3"],
    spread: float = 0.08,
    generator: torch.Generator | None = None,
    human_proportions: float = 0.0,
    any_body: float = 0.0,
) -> Float[Tensor, "n 13 3"]:
    """Multiply each body's segment lengths by factors of mean 1 and deviation spread x SEGMENTS, alike left and right.

    The mid-hip and all directions stay. human_proportions: the part of the bodies that first get lengths between their
    own and HUMAN. any_body: the part that get lengths anywhere within RANGES, each segment for itself.
    """
    n, like = len(poses), poses.dtype
    relative = torch.tensor(list(SEGMENTS.values()))[:, None]
    factor = 1 + spread * relative * torch.randn(8, n, generator=generator).clamp(-2.5, 2.5)
    if human_proportions:
        way = torch.rand(n, generator=generator) * (torch.rand(n, generator=generator) < human_proportions)
        goal = torch.tensor(list(HUMAN.values()))[:, None]
        factor = factor * (1 + way * (goal / segment_lengths(poses).to(factor) - 1))
    if any_body:
        low, high = torch.tensor(list(RANGES.values())).T[..., None]
        goal = low + (high - low) * torch.rand(8, n, generator=generator)
        taken = torch.rand(n, generator=generator) < any_body
        factor = torch.where(taken, goal / segment_lengths(poses).to(factor), factor)
    return with_lengths(poses, factor.to(like))


def with_lengths(poses: Float[Tensor, "n 13 3"], factor: Float[Tensor, "8 n"]) -> Float[Tensor, "n 13 3"]:
    """Multiply the segments of SEGMENTS by factor; the mid-hip and all directions stay."""
    factor = factor[..., None]
    hips, shoulders = mid_hip(poses), mid_shoulder(poses)
    chest = hips + factor[1] * (shoulders - hips)
    made = torch.empty_like(poses)
    made[:, 0] = chest + factor[3] * (poses[:, 0] - shoulders)
    for limb, (top, middle, end) in LIMBS.items():
        arm = limb.endswith("arm")
        base, line, first, second = (2, shoulders, 4, 5) if arm else (0, hips, 6, 7)
        made[:, top] = (chest if arm else hips) + factor[base] * (poses[:, top] - line)
        made[:, middle] = made[:, top] + factor[first] * (poses[:, middle] - poses[:, top])
        made[:, end] = made[:, middle] + factor[second] * (poses[:, end] - poses[:, middle])
    return made


def random_nose(
    canonical: Float[Tensor, "n 13 3"],
    spread: float = 0.08,
    generator: torch.Generator | None = None,
    any_body: float = 0.0,
) -> Float[Tensor, "n 13 3"]:
    """Move the nose on the head: standard deviation spread x NOSE; in a part (any_body) evenly within NOSE_RANGES."""
    n, moved = len(canonical), canonical.clone()
    offset = spread * torch.randn(n, 3, generator=generator).clamp(-2.5, 2.5) * torch.tensor(NOSE)
    if any_body:
        low, high = torch.tensor(NOSE_RANGES).T
        anywhere = low + (high - low) * torch.rand(n, 3, generator=generator)
        offset = torch.where(torch.rand(n, 1, generator=generator) < any_body, anywhere, offset)
    moved[:, 0] += offset.to(canonical)
    return moved


def uneven(
    canonical: Float[Tensor, "n 13 3"], deviation: float, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Move each hip and each shoulder by noise (standard deviation in metres an axis); the rest stays.

    So hips and shoulders are not quite level and the two sides differ, as markers and detectors place them.
    """
    moved, places = canonical.clone(), [1, 2, 7, 8]
    moved[:, places] += deviation * torch.randn(len(moved), 4, 3, generator=generator).clamp(-2.5, 2.5).to(canonical)
    return moved
