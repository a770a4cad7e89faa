"""Bodies and poses that were not recorded, made from those that were: other limb lengths, limbs of other poses.

Both work on 3D poses (n, 13, 3) in any frame and unit, and draw from a generator.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .skeleton import PAPER_13, mid_hip, mid_shoulder

_LIMBS = {
    limb: tuple(PAPER_13.index(f"{side}_{joint}") for joint in joints)
    for side in ("left", "right")
    for limb, joints in ((f"{side}_arm", ("shoulder", "elbow", "wrist")), (f"{side}_leg", ("hip", "knee", "ankle")))
}
"""Each limb as the joint that it hangs on, and the two that move with it (places in PAPER_13)."""


def random_lengths(
    poses: Float[Tensor, "n 13 3"], spread: float = 0.08, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Give each body other segment lengths: factors about 1 with standard deviation spread, the same left and right.

    Segments: hip line, spine, shoulder line, neck, upper arm, forearm, thigh, shank. The mid-hip and all directions
    stay, so the pose is the same.
    """
    factor = 1 + spread * torch.randn(8, len(poses), 1, generator=generator).clamp(-2.5, 2.5).to(poses)
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


def recombine(
    canonical: Float[Tensor, "n 13 3"],
    donors: Float[Tensor, "n 13 3"],
    probability: float = 0.5,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n 13 3"]:
    """Give a part (probability) of the poses limbs of other poses: both arms, both legs, or single limbs.

    canonical and donors: canonical poses, row by row. A limb is taken with its direction about its own joint.
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


def varied(
    canonical: Float[Tensor, "n 13 3"], lengths: float, recombined: float, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """A batch of canonical poses with limbs of one another (the part recombined) and other segment lengths (spread).

    What comes out is about the same mid-hip, but no longer canonical: canonicalise it again.
    """
    if recombined:
        canonical = recombine(canonical, canonical.roll(1, 0), recombined, generator)
    return random_lengths(canonical, lengths, generator) if lengths else canonical
