"""Arms and legs drawn from the joint angles that people can take: squats, lunges and reaches that nobody recorded.

Angles are in degrees, each uniform in its range; a body hangs its limbs straight down at 0. Ranges follow the usual
tables of joint motion in the clinic (American Academy of Orthopaedic Surgeons, 1965), rounded.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .bodies import LIMBS
from .turns import about

LEG = {"flexion": (-20.0, 120.0), "abduction": (-15.0, 45.0), "rotation": (-35.0, 35.0), "bend": (0.0, 135.0)}
"""Thigh forward, thigh outward, turn about the thigh, knee."""
ARM = {"elevation": (0.0, 180.0), "plane": (-40.0, 120.0), "rotation": (-80.0, 80.0), "bend": (0.0, 145.0)}
"""Upper arm up, in the plane at this angle from straight forward to outward, turn about the upper arm, elbow."""


def draw_limbs(
    canonical: Float[Tensor, "n 13 3"], take: dict[str, Tensor], generator: torch.Generator | None = None
) -> Float[Tensor, "n 13 3"]:
    """Give poses (n, 13, 3), canonical, new limbs where take[limb] (n, 1) says so; trunk and lengths stay.

    In half of the poses the left and the right limb take the same angles, as in a squat.
    """
    n, made = len(canonical), canonical.clone()
    alike = torch.rand(n, generator=generator) < 0.5
    for kind, directions in (("arm", _arm), ("leg", _leg)):
        left, other = (torch.stack(directions(n, generator)) for _ in range(2))
        right = torch.where(alike[:, None], left, other) * torch.tensor([-1.0, 1.0, 1.0])
        for side, (upper, lower) in (("left", left), ("right", right)):
            limb = f"{side}_{kind}"
            _hang(made, canonical, LIMBS[limb], upper, lower, take[limb])
    return made


def _hang(made: Tensor, canonical: Tensor, joints, upper: Tensor, lower: Tensor, take: Tensor) -> None:
    """Put a limb's two segments, of the lengths that they have, into the directions (n, 3), where take says so."""
    top, middle, end = joints
    first = (canonical[:, middle] - canonical[:, top]).norm(dim=-1, keepdim=True)
    second = (canonical[:, end] - canonical[:, middle]).norm(dim=-1, keepdim=True)
    knee = canonical[:, top] + first * upper.to(canonical)
    made[:, middle] = torch.where(take, knee, canonical[:, middle])
    made[:, end] = torch.where(take, knee + second * lower.to(canonical), canonical[:, end])


def _draw(ranges: dict, n: int, generator) -> list[Tensor]:
    low, high = torch.tensor(list(ranges.values())).T[..., None]
    return list(low + (high - low) * torch.rand(len(ranges), n, generator=generator))


def _leg(n: int, generator) -> tuple[Tensor, Tensor]:
    """Give the directions (n, 3) of a left thigh and shank: +x is the person's left, +y up, +z forward."""
    flexion, abduction, rotation, bend = _draw(LEG, n, generator)
    hip = about("z", abduction) @ about("x", -flexion) @ about("y", rotation)
    return _down(hip), _down(hip @ about("x", bend))


def _arm(n: int, generator) -> tuple[Tensor, Tensor]:
    """Give the directions (n, 3) of a left upper arm and forearm. At rotation 0 an elbow bends forward."""
    elevation, plane, rotation, bend = _draw(ARM, n, generator)
    shoulder = about("y", plane) @ about("x", -elevation) @ about("y", rotation - plane)
    return _down(shoulder), _down(shoulder @ about("x", -bend))


def _down(rotation: Tensor) -> Tensor:
    """Turn the direction straight down."""
    return -rotation[..., 1]
