"""Rotations of many bodies at once."""

import torch
from jaxtyping import Float
from torch import Tensor


def about(axis: str, degrees: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch 3 3"]:
    """Give the matrices that turn column vectors about the axis "x", "y" or "z", by the right-hand rule."""
    angle = torch.deg2rad(degrees)
    i = "xyz".index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    made = torch.zeros(*angle.shape, 3, 3)
    made[..., i, i] = 1
    made[..., j, j] = made[..., k, k] = angle.cos()
    made[..., j, k], made[..., k, j] = -angle.sin(), angle.sin()
    return made


def from_vectors(vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3 3"]:
    """Turn rotation vectors (axis times angle in radians) into matrices."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))
    return torch.linalg.matrix_exp(cross)
