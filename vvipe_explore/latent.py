"""Moving in the embedding: straight and spherical paths between two embeddings."""

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import any_floats, arrays


def _two_embeddings(z0: Tensor, z1: Tensor) -> None:
    if z0.ndim != 1 or z0.shape != z1.shape:
        shapes = f"z0 has shape {tuple(z0.shape)} and z1 {tuple(z1.shape)}"
        raise ValueError(f"{shapes}; two single embeddings (d) were wanted.")


@arrays(_two_embeddings, z0=any_floats, z1=any_floats)
def interpolate(
    z0: Float[Tensor, " d"], z1: Float[Tensor, " d"], steps: int = 5, spherical: bool = False
) -> Float[Tensor, "steps d"]:
    """A path of steps embeddings from z0 (first) to z1 (last): straight, or along the great circle about 0.

    spherical: direction and length change evenly, apart; where z0 and z1 point the same or opposite ways it is
    the straight path. Raises ValueError if widths differ or steps is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}; at least 2 were wanted, the two ends.")
    t = torch.linspace(0, 1, steps, dtype=z0.dtype, device=z0.device)[:, None]
    straight = (1 - t) * z0 + t * z1
    r0, r1 = z0.norm(), z1.norm()
    if not spherical or r0 == 0 or r1 == 0:
        return straight
    angle = torch.arccos(((z0 / r0) @ (z1 / r1)).clamp(-1, 1))
    if angle.sin() < 1e-4:
        return straight
    direction = torch.sin((1 - t) * angle) * z0 / r0 + torch.sin(t * angle) * z1 / r1
    return direction / angle.sin() * ((1 - t) * r0 + t * r1)
