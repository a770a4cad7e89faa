"""The canonical frame: every pose turned, centred and scaled to one standard body frame (the paper's section 3.1).

Frame: origin mid-hip, +x to the person's left, +y up the spine, +z forward (right-handed).
    canonical = (p - translation) R^T / scale          (p and canonical are row vectors)
R is the Kabsch fit of hips and mid-shoulder to a template torso; the scale makes the sum of 12 lengths that of
one standard body, so a body keeps its size when it crouches.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import Array, any_floats, arrays, poses_13
from .skeleton import bone_lengths, mid_hip, mid_shoulder

TEMPLATE_HIP_WIDTH = 0.17556
TEMPLATE_SPINE = 0.47203
STANDARD_SIZE = 4.03326
"""Metres of the CMU skeleton's rest pose: hip to hip, mid-hip to mid-shoulder, and the sum of 12 bone lengths."""


@dataclass(frozen=True)
class Canonical:
    """Poses in the canonical frame, with the rotation, translation and scale that restore() needs.

    poses (..., 13, 3): canonical, in metres of one standard body. rotation (..., 3, 3): world to canonical, so its
    rows are the person's left, up and forward in world axes. translation (..., 3): the mid-hip. scale (...): world
    units per canonical unit, the person's size.
    """

    poses: Float[Array, "*batch 13 3"]
    rotation: Float[Array, "*batch 3 3"]
    translation: Float[Array, "*batch 3"]
    scale: Float[Array, "*batch"]

    def restore(self):
        """Give the poses in the frame and size that canonicalise was given, as the same kind of array."""
        return restore(self.poses, self.rotation, self.translation, self.scale)


@arrays(poses=poses_13, rotation=any_floats, translation=any_floats, scale=any_floats)
def restore(poses, rotation, translation, scale):
    """Invert canonicalise: move canonical poses (..., 13, 3) back to the frame they came from."""
    return poses * scale[..., None, None] @ rotation + translation[..., None, :]


def kabsch(source: Float[Tensor, "*batch points 3"], target: Float[Tensor, "*#batch points 3"]):
    """Find the rotation R (..., 3, 3), det +1, that minimises the sum over points of |R source - target|^2.

    The rotation is about the origin; centre both first to rotate about their means. Kabsch (1976): with the
    covariance sum target source^T = U S V^T, R = U diag(1, 1, det(U V^T)) V^T.
    """
    covariance = target.mT @ source
    u, _, vh = torch.linalg.svd(covariance)
    # U V^T may be a reflection; flipping the axis of the smallest singular value gives the best rotation.
    flip = torch.linalg.det(u @ vh).sign()
    u = torch.cat([u[..., :2], u[..., 2:] * flip[..., None, None]], dim=-1)
    return u @ vh


def template(like: Tensor) -> Float[Tensor, "3 3"]:
    """Give the template torso: left hip, right hip and mid-shoulder as rows, mid-hip at the origin."""
    w, s = TEMPLATE_HIP_WIDTH, TEMPLATE_SPINE
    return torch.tensor([[w / 2, 0, 0], [-w / 2, 0, 0], [0, s, 0]], dtype=like.dtype, device=like.device)


def torso_points(poses: Float[Tensor, "*batch 13 3"]) -> Float[Tensor, "*batch 3 3"]:
    """Give the points that the template is fitted to: left hip, right hip, mid-shoulder, relative to the mid-hip."""
    origin = mid_hip(poses)
    return torch.stack([poses[..., 7, :], poses[..., 8, :], mid_shoulder(poses)], dim=-2) - origin[..., None, :]


@arrays(poses=poses_13)
def canonicalise(poses: Float[Tensor, "*batch 13 3"]) -> Canonical:
    """Turn, centre and scale poses (..., 13, 3), in any frame and any unit, to the canonical frame.

    Raises ValueError if a pose has all joints at one point, or if its hips and spine lie on one line, because then
    the direction it faces is undefined. Source: V-VIPE, section 3.1; template and scale are this project's.
    """
    check_torso(poses)
    translation = mid_hip(poses)
    rotation = kabsch(torso_points(poses), template(poses))
    scale = bone_lengths(poses).sum(-1) / STANDARD_SIZE
    canonical = (poses - translation[..., None, :]) @ rotation.mT / scale[..., None, None]
    return Canonical(canonical, rotation, translation, scale)


def check_torso(poses: Tensor) -> None:
    """Raise canonicalise's ValueError if one of the poses (..., 13, 3) has no canonical frame."""
    torso = torso_points(poses)
    hip, spine = torso[..., 0, :], torso[..., 2, :]
    size = (poses - poses[..., :1, :]).abs().amax((-1, -2))
    lengths = hip.norm(dim=-1) * spine.norm(dim=-1)
    sine = torch.linalg.cross(hip, spine).norm(dim=-1) / lengths.clamp_min(torch.finfo(poses.dtype).tiny)
    flat = (lengths <= (1e-4 * size) ** 2) | (sine < 1e-3)
    for bad, expected, got in (
        (size == 0, "poses with a size", "all 13 joints at one point"),
        (flat, "poses whose facing direction is defined", "hips and spine on one line (or of no length)"),
    ):
        if bad.any():
            first = tuple(bad.nonzero()[0].tolist())
            raise ValueError(
                f"expected {expected}, but {int(bad.sum())} of {bad.numel()} poses have {got}, the first at index "
                f"{first}; drop these frames, or check what filled them (zeros of a failed detection, joints mixed up)."
            )


@arrays(rotation=any_floats)
def heading(rotation: Float[Tensor, "*batch 3 3"]) -> Float[Tensor, "*batch"]:
    """Give the azimuth that the person faces, in degrees: 0 is along world +z, 90 along +x."""
    forward = rotation[..., 2, :]
    return torch.rad2deg(torch.atan2(forward[..., 0], forward[..., 2]))
