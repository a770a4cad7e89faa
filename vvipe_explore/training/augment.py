"""Bodies and poses that were not recorded, made from those that were: other segment lengths, limbs of other poses.

All work on 3D poses (n, 13, 3), joints as in PAPER_13, and take their randomness from a generator.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..skeleton import PAPER_13, mid_hip, mid_shoulder


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training pose; all off by default, as in the paper.

    length_spread: the deviation of each segment's length from the recorded one, relative (see SEGMENTS).
    limb_exchange_prob: the part of the poses that get limbs of other poses.
    human_proportions: the part of the bodies drawn towards HUMAN lengths.
    joint_jitter_deg: the deviation, in degrees an axis, of random turns at the joints of half of the poses.
    """

    length_spread: float = 0.0
    limb_exchange_prob: float = 0.0
    human_proportions: float = 0.0
    joint_jitter_deg: float = 0.0

    def __bool__(self) -> bool:
        return self != AS_RECORDED


AS_RECORDED = Augmentation()
"""No change."""


_LIMBS = {
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

NOSE = (0.2, 0.5, 0.7)
"""Metres by which a spread of 1 moves the nose to the left, up and forward. Sources place it at the tip of the nose,
between the eyes, or in the middle of the head."""


def augment(
    canonical: Float[Tensor, "n 13 3"], augmentation: Augmentation, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Change a batch of canonical poses as augmentation says.

    The mid-hip stays; the result is no longer canonical: canonicalise it again.
    """
    a = augmentation
    if a.limb_exchange_prob:
        canonical = exchange_limbs(canonical, canonical.roll(1, 0), a.limb_exchange_prob, generator)
    if a.joint_jitter_deg:
        canonical = jitter_joints(canonical, a.joint_jitter_deg, generator=generator)
    if a.length_spread or a.human_proportions:
        canonical = random_lengths(canonical, a.length_spread, generator, a.human_proportions)
        canonical = random_nose(canonical, a.length_spread, generator)
    return canonical


def random_nose(
    canonical: Float[Tensor, "n 13 3"], spread: float = 0.08, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Move the nose of canonical poses on the head: standard deviation spread x NOSE, metres."""
    moved = canonical.clone()
    offset = torch.randn(len(canonical), 3, generator=generator).clamp(-2.5, 2.5) * torch.tensor(NOSE)
    moved[:, 0] += spread * offset.to(canonical)
    return moved


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
) -> Float[Tensor, "n 13 3"]:
    """Multiply each body's segment lengths by factors of mean 1 and deviation spread x SEGMENTS, alike left and right.

    The mid-hip and all directions stay, so the pose is the same. human_proportions: the part of the bodies that first
    get lengths between their own and HUMAN (canonical poses only).
    """
    relative = torch.tensor(list(SEGMENTS.values()))[:, None, None]
    factor = 1 + spread * (relative * torch.randn(8, len(poses), 1, generator=generator).clamp(-2.5, 2.5)).to(poses)
    if human_proportions:
        way = torch.rand(len(poses), generator=generator)
        way = way * (torch.rand(len(poses), generator=generator) < human_proportions)
        goal = torch.tensor(list(HUMAN.values())).to(poses)[:, None]
        factor = factor * (1 + way.to(poses) * (goal / segment_lengths(poses) - 1))[..., None]
    hips, shoulders = mid_hip(poses), mid_shoulder(poses)
    chest = hips + factor[1] * (shoulders - hips)
    made = torch.empty_like(poses)
    made[:, 0] = chest + factor[3] * (poses[:, 0] - shoulders)
    for limb, (top, middle, end) in _LIMBS.items():
        arm = limb.endswith("arm")
        base, line, first, second = (2, shoulders, 4, 5) if arm else (0, hips, 6, 7)
        made[:, top] = (chest if arm else hips) + factor[base] * (poses[:, top] - line)
        made[:, middle] = made[:, top] + factor[first] * (poses[:, middle] - poses[:, top])
        made[:, end] = made[:, middle] + factor[second] * (poses[:, end] - poses[:, middle])
    return made


def exchange_limbs(
    canonical: Float[Tensor, "n 13 3"],
    donors: Float[Tensor, "n 13 3"],
    probability: float = 0.5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n 13 3"]:
    """Give a part (probability) of the poses limbs of donors, row by row: both arms, both legs, or single limbs.

    canonical and donors: canonical poses. A limb keeps its direction and moves to its new shoulder or hip.
    """
    n = len(canonical)
    made = canonical.clone()
    use = torch.rand(n, 1, generator=generator) < probability
    arms, legs, single = (torch.rand(n, 1, generator=generator) < 0.5 for _ in range(3))
    alone = torch.randint(4, (n, 1), generator=generator)
    for place, (limb, (top, middle, end)) in enumerate(_LIMBS.items()):
        together = arms if limb.endswith("arm") else legs
        take = use & torch.where(single, alone == place, together)
        for joint in (middle, end):
            moved = canonical[:, top] + donors[:, joint] - donors[:, top]
            made[:, joint] = torch.where(take, moved, canonical[:, joint])
    return made


def jitter_joints(
    canonical: Float[Tensor, "n 13 3"],
    degrees: float,
    probability: float = 0.5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n 13 3"]:
    """Turn a part (probability) of the poses at their joints by random rotations; lengths stay.

    The upper body turns about the mid-hip, then every limb about its first joint and its lower half about the second,
    each by a rotation vector of standard deviation degrees an axis.
    """
    n = len(canonical)
    made = canonical.clone()
    angles = torch.deg2rad(torch.tensor(degrees)) * torch.randn(9, n, 3, generator=generator)
    angles = angles * (torch.rand(n, 1, generator=generator) < probability)
    turns = iter(_rotations(angles.to(canonical)))
    _turn(made, list(range(7)), mid_hip(made), next(turns))
    for top, middle, end in _LIMBS.values():
        _turn(made, [middle, end], made[:, top], next(turns))
        _turn(made, [end], made[:, middle], next(turns))
    return made


def _turn(poses: Tensor, joints: list[int], about: Tensor, rotation: Float[Tensor, "n 3 3"]) -> None:
    poses[:, joints] = (poses[:, joints] - about[:, None]) @ rotation.mT + about[:, None]


def _rotations(vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3 3"]:
    """Turn rotation vectors (axis times angle in radians) into matrices."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))
    return torch.linalg.matrix_exp(cross)
