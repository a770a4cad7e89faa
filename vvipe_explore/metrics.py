"""Errors between poses: MPJPE, PA-MPJPE (after a similarity alignment), NP-MPJPE (divided by torso length)."""

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import arrays, joints_3d, poses_13
from .alignment import kabsch
from .skeleton import torso_length

HIT_THRESHOLD = 0.1
"""A retrieved pose is a hit if its NP-MPJPE to the query is below this (Pr-VIPE's protocol)."""


def _same_joints(a: Tensor, b: Tensor) -> None:
    if a.shape[-2:] != b.shape[-2:]:
        raise ValueError(
            f"expected a and b with the same joints, got {a.shape[-2]} in a and {b.shape[-2]} in b; "
            "convert both to one skeleton with skeleton.convert."
        )
    try:
        torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError:
        raise ValueError(
            f"expected shapes that broadcast, got {tuple(a.shape)} for a and {tuple(b.shape)} for b."
        ) from None


@arrays(_same_joints, a=joints_3d, b=joints_3d)
def mpjpe(a: Float[Tensor, "*#batch joints 3"], b: Float[Tensor, "*#batch joints 3"]) -> Float[Tensor, "*batch"]:
    """Measure the mean per-joint position error: the mean distance over joints, one number a pose, in its unit."""
    return (a - b).norm(dim=-1).mean(-1)


@arrays(_same_joints, a=joints_3d, b=joints_3d)
def pa_mpjpe(a: Float[Tensor, "*#batch joints 3"], b: Float[Tensor, "*#batch joints 3"]) -> Float[Tensor, "*batch"]:
    """Measure the MPJPE after a moves onto b by the best rotation, translation and scale; in b's unit.

    Reflections are excluded. Not differentiable. Computed in float64 (see _procrustes); the result has a's dtype.
    Raises ValueError if shapes do not broadcast, or a pose has all joints at one point.
    """
    from ._procrustes import aligned_errors

    a, b = torch.broadcast_tensors(a, b)
    batch, dtype, device = a.shape[:-2], a.dtype, a.device
    source, target = (x.detach().cpu().reshape(-1, *x.shape[-2:]).contiguous().numpy() for x in (a, b))
    errors = torch.empty(len(source), dtype=torch.float64)
    degenerate = aligned_errors(source, target, errors.numpy())
    if degenerate:
        raise ValueError(
            f"expected poses with a size, but {degenerate} of {len(source)} pairs hold a pose with all joints at one "
            "point; drop these frames before pa_mpjpe."
        )
    return errors.reshape(batch).to(device, dtype)


@arrays(_same_joints, a=poses_13, b=poses_13)
def np_mpjpe(a: Float[Tensor, "*#batch 13 3"], b: Float[Tensor, "*#batch 13 3"]) -> Float[Tensor, "*batch"]:
    """Measure the PA-MPJPE of a moved onto b, divided by b's torso length (mid-hip to mid-shoulder); no unit."""
    torso = torso_length(b)
    if (torso == 0).any():
        raise ValueError("expected torsos with a length, got a pose in b whose mid-hip is its mid-shoulder; drop it.")
    return pa_mpjpe(a, b) / torso


def _same_shape(source: Tensor, target: Tensor) -> None:
    if source.shape != target.shape:
        raise ValueError(f"expected equal shapes, got {tuple(source.shape)} and {tuple(target.shape)} for the target.")


@arrays(_same_shape, source=joints_3d, target=joints_3d)
def procrustes_align(
    source: Float[Tensor, "*batch joints 3"],
    target: Float[Tensor, "*batch joints 3"],
    with_scale: bool = True,
) -> Float[Tensor, "*batch joints 3"]:
    """Move source onto target by the least-squares similarity transform, and give the moved source.

    Both have one length unit; the result is in target's frame. Reflections are excluded; with_scale=False gives a
    rigid fit. Differentiable; for the error alone pa_mpjpe is faster. Raises ValueError if shapes differ or a source
    pose has all joints at one point. Umeyama (1991).
    """
    mean = target.mean(-2, keepdim=True)
    a, b = source - source.mean(-2, keepdim=True), target - mean
    size = a.square().sum((-1, -2), keepdim=True)
    if (source == source[..., :1, :]).all(-1).all(-1).any():
        raise ValueError("expected source poses with a size, got one with all joints at one point; drop it.")
    rotated = a @ kabsch(a, b).mT
    scale = (rotated * b).sum((-1, -2), keepdim=True) / size if with_scale else 1.0
    return rotated * scale + mean
