"""Poses and bodies that were not recorded, made from those that were: limbs of other poses, turned joints, new lengths.

All work on canonical poses (n, 13, 3), joints as in PAPER_13, and take their randomness from a generator.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..skeleton import mid_hip
from .bodies import LIMBS, random_lengths, random_nose, uneven
from .limb_angles import draw_limbs
from .turns import from_vectors


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training pose; all off by default, as in the paper.

    length_spread: the deviation of each segment's length from the recorded one, relative (see bodies.SEGMENTS).
    limb_exchange_prob: the part of the poses that get limbs of other poses.
    human_proportions: the part of the bodies drawn towards bodies.HUMAN lengths.
    joint_jitter_deg: the deviation, in degrees an axis, of random turns at the joints of half of the poses.
    any_body_prob: the part of the bodies with lengths anywhere within bodies.RANGES.
    uneven_m: the deviation, in metres an axis, by which hips and shoulders are misplaced.
    straightened_prob: the part of the poses whose knees and elbows are straighter, or more bent (straighten).
    drawn_limbs_prob: the part of the poses that get limbs drawn from joint angles (limb_angles).
    tilt_deg: the deviation, in degrees an axis, by which whole bodies are tilted where they stand.
    """

    length_spread: float = 0.0
    limb_exchange_prob: float = 0.0
    human_proportions: float = 0.0
    joint_jitter_deg: float = 0.0
    any_body_prob: float = 0.0
    uneven_m: float = 0.0
    straightened_prob: float = 0.0
    drawn_limbs_prob: float = 0.0
    tilt_deg: float = 0.0

    def __bool__(self) -> bool:
        return self != AS_RECORDED


AS_RECORDED = Augmentation()
"""No change."""


def augment(
    canonical: Float[Tensor, "n 13 3"], augmentation: Augmentation, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Change a batch of canonical poses as augmentation says: first the pose, then the body.

    The result is no longer canonical: canonicalise it again.
    """
    return other_body(other_pose(canonical, augmentation, generator), augmentation, generator)


def other_pose(
    canonical: Float[Tensor, "n 13 3"], augmentation: Augmentation, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Change the poses alone: limbs exchanged, drawn or straightened, and joints turned. The mid-hip stays."""
    a = augmentation
    if a.limb_exchange_prob:
        canonical = exchange_limbs(canonical, canonical.roll(1, 0), a.limb_exchange_prob, generator)
    if a.drawn_limbs_prob:
        canonical = draw_limbs(canonical, chosen_limbs(len(canonical), a.drawn_limbs_prob, generator), generator)
    if a.straightened_prob:
        canonical = straighten(canonical, a.straightened_prob, generator)
    if a.joint_jitter_deg:
        canonical = jitter_joints(canonical, a.joint_jitter_deg, generator=generator)
    return canonical


def other_body(
    canonical: Float[Tensor, "n 13 3"], augmentation: Augmentation, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Change the bodies alone: other lengths, another nose, hips and shoulders that are not level."""
    a = augmentation
    if a.length_spread or a.human_proportions or a.any_body_prob:
        canonical = random_lengths(canonical, a.length_spread, generator, a.human_proportions, a.any_body_prob)
        canonical = random_nose(canonical, a.length_spread, generator, a.any_body_prob)
    return uneven(canonical, a.uneven_m, generator) if a.uneven_m else canonical


def exchange_limbs(
    canonical: Float[Tensor, "n 13 3"],
    donors: Float[Tensor, "n 13 3"],
    probability: float = 0.5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n 13 3"]:
    """Give a part (probability) of the poses limbs of donors, row by row: both arms, both legs, or single limbs.

    canonical and donors: canonical poses.
    """
    made, take = canonical, chosen_limbs(len(canonical), probability, generator)
    for limb in LIMBS:
        made = torch.where(take[limb][..., None], with_limb(made, donors, limb), made)
    return made


def with_limb(
    canonical: Float[Tensor, "n 13 3"], donors: Float[Tensor, "n 13 3"], limb: str
) -> Float[Tensor, "n 13 3"]:
    """Give canonical poses one limb of donors, row by row; it keeps its direction and moves to its shoulder or hip."""
    top, *others = LIMBS[limb]
    made = canonical.clone()
    made[:, others] = canonical[:, [top]] + donors[:, others] - donors[:, [top]]
    return made


def chosen_limbs(n: int, probability: float, generator: torch.Generator | None = None) -> dict[str, Tensor]:
    """Choose limbs in a part (probability) of n poses: both arms, both legs, or single limbs. {limb: (n, 1) bool}."""
    use = torch.rand(n, 1, generator=generator) < probability
    arms, legs, single = (torch.rand(n, 1, generator=generator) < 0.5 for _ in range(3))
    alone = torch.randint(4, (n, 1), generator=generator)
    together = [arms if limb.endswith("arm") else legs for limb in LIMBS]
    return {limb: use & torch.where(single, alone == k, together[k]) for k, limb in enumerate(LIMBS)}


STRAIGHTER = {"leg": (-10.0, 45.0), "arm": (-10.0, 30.0)}
"""Degrees taken off a bend. Knees of Carnegie Mellon's skeletons are bent by 14 degrees or more even where the person
stands straight; those of marker sets and of detectors are not."""


def straighten(
    canonical: Float[Tensor, "n 13 3"], probability: float = 0.5, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Take degrees within STRAIGHTER off the bends of knees and elbows in a part (probability) of the poses.

    Left and right alike. The ankle stays in its direction from the hip, the wrist in its from the shoulder, and the
    limb in its plane; lengths stay. No bend goes below 0.
    """
    n, made = len(canonical), canonical.clone()
    off = {}
    for kind, (low, high) in STRAIGHTER.items():
        degrees = low + (high - low) * torch.rand(n, 1, generator=generator)
        off[kind] = torch.deg2rad(degrees) * (torch.rand(n, 1, generator=generator) < probability)
    for limb, (top, middle, end) in LIMBS.items():
        upper, lower = canonical[:, middle] - canonical[:, top], canonical[:, end] - canonical[:, middle]
        a, b = upper.norm(dim=-1, keepdim=True), lower.norm(dim=-1, keepdim=True)
        line = torch.nn.functional.normalize(upper + lower, dim=-1)
        across = torch.nn.functional.normalize(upper - (upper * line).sum(-1, keepdim=True) * line, dim=-1)
        bend = ((upper * lower).sum(-1, keepdim=True) / (a * b)).clamp(-1, 1).acos()
        bend = (bend - off[limb.split("_")[1]].to(bend)).clamp(0, 2.6)
        far = (a**2 + b**2 + 2 * a * b * bend.cos()).sqrt()
        along = (a**2 + far**2 - b**2) / (2 * far)
        made[:, middle] = made[:, top] + along * line + (a**2 - along**2).clamp_min(0).sqrt() * across
        made[:, end] = made[:, top] + far * line
    return made


def tilt(bodies: Float[Tensor, "n 13 3"], degrees: float, generator: torch.Generator | None = None) -> Tensor:
    """Turn whole bodies (n, 13, 3) about the mid-hip by a rotation vector of standard deviation degrees an axis."""
    angles = torch.deg2rad(torch.tensor(degrees)) * torch.randn(len(bodies), 3, generator=generator)
    made = bodies.clone()
    _turn(made, list(range(13)), mid_hip(made), from_vectors(angles.to(bodies)))
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
    turns = iter(from_vectors(angles.to(canonical)))
    _turn(made, list(range(7)), mid_hip(made), next(turns))
    for top, middle, end in LIMBS.values():
        _turn(made, [middle, end], made[:, top], next(turns))
        _turn(made, [end], made[:, middle], next(turns))
    return made


def _turn(poses: Tensor, joints: list[int], about: Tensor, rotation: Float[Tensor, "n 3 3"]) -> None:
    poses[:, joints] = (poses[:, joints] - about[:, None]) @ rotation.mT + about[:, None]
