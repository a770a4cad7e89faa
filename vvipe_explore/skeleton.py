"""Joints, bones, and conversion between skeletons by joint name.

The paper's skeleton has 13 joints, in COCO's order without eyes and ears. Every other skeleton is a list of
joint names; a joint that the source lacks may be made from others (`DERIVED`), as the nose between the eyes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ._arrays import any_floats, arrays, poses_13
from ._joint_names import (  # noqa: F401
    BODY_25,
    BODY_25B,
    COCO_17,
    COCO_18,
    COCO_133,
    H36M_17,
    HALPE_26,
    HALPE_136,
    MPI_28,
    PAPER_13,
    SKELETONS,
    names_of,
)

# A joint that a skeleton lacks, as the mean of others: the first places whose joints are all there is taken.
DERIVED = {
    "nose": (("left_eye", "right_eye"), ("head",), ("head_top",)),
    "neck": (("left_shoulder", "right_shoulder"),),
    "thorax": (("left_shoulder", "right_shoulder"),),
    "pelvis": (("left_hip", "right_hip"),),
    "spine": (("left_shoulder", "right_shoulder", "left_hip", "right_hip"),),
}

BONES = (
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
    ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
    ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"),
    ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"),
)  # fmt: skip


def indices(joint_names: Sequence[str], pairs: Sequence[tuple[str, str]] = BONES) -> list[tuple[int, int]]:
    """Give pairs of names as pairs of places in joint_names; pairs not wholly there are left out."""
    place = {name: i for i, name in enumerate(joint_names)}
    return [(place[a], place[b]) for a, b in pairs if a in place and b in place]


BONE_INDICES = indices(PAPER_13)
"""The 12 lengths whose sum is a body's size: 8 limb bones, hip line, shoulder line, two flanks."""

LIMB_PAIRS = {"arms": ((3, 4), (5, 6)), "legs": ((9, 10), (11, 12))}
"""What a detector swaps left to right: elbows with wrists, knees with ankles (places in PAPER_13)."""


def mirror_name(name: str) -> str:
    """Swap left and right in a joint's name."""
    if name.startswith("left_"):
        return "right_" + name[5:]
    return "left_" + name[6:] if name.startswith("right_") else name


MIRROR = tuple(PAPER_13.index(mirror_name(name)) for name in PAPER_13)


@arrays(points=any_floats)
def mirror(points):
    """Reflect 3D poses or 2D keypoints of PAPER_13 left to right: x changes sign, and left joints become right.

    points: (..., 13, 2 or 3). Mirroring twice gives the input back.
    """
    if points.ndim < 2 or points.shape[-2] != 13:
        raise ValueError(f"points have shape {tuple(points.shape)}; (..., 13, 2 or 3) of skeleton.PAPER_13 was wanted.")
    sign = torch.ones(points.shape[-1], dtype=points.dtype, device=points.device)
    sign[0] = -1
    return points[..., list(MIRROR), :] * sign


def _derived(joint: str, place: dict[str, int]) -> list[int] | None:
    if joint in place:
        return [place[joint]]
    for parts in DERIVED.get(joint, ()):
        if all(part in place for part in parts):
            return [place[part] for part in parts]
    return None


def derived_joints(source: str | Sequence[str], target: str | Sequence[str]) -> list[list[int]]:
    """Say, for each joint of target, which joints of source it is the mean of. Raises ValueError if one has none."""
    source, target = names_of(source), names_of(target)
    place = {name: i for i, name in enumerate(source)}
    found = [_derived(joint, place) for joint in target]
    missing = [joint for joint, places in zip(target, found, strict=True) if places is None]
    if missing:
        raise ValueError(
            f"the source skeleton has no {', '.join(missing)}, and nothing to make it from; it has: "
            f"{', '.join(source[:40])}. Rename its joints to the names in skeleton.PAPER_13 (a list of names will do)."
        )
    return found


@arrays(points=lambda value, name: value)
def convert(points, source: str | Sequence[str], target: str | Sequence[str] = "paper_13"):
    """Bring points (..., joints, dims) from one skeleton to another, joint by joint, by name.

    source and target: a name in SKELETONS, or a list of joint names. dims is free: 3 for poses, 2 for keypoints.
    A joint that the source lacks is the mean of others (DERIVED). For confidence see convert_confidence.
    Raises ValueError if the number of joints is not source's, or a joint cannot be made.
    """
    names = names_of(source)
    if points.ndim < 2 or points.shape[-2] != len(names):
        raise ValueError(
            f"points have shape {tuple(points.shape)}, but the source skeleton has {len(names)} joints: "
            f"(..., {len(names)}, dims) was wanted."
        )
    return torch.stack([points[..., places, :].mean(-2) for places in derived_joints(names, target)], dim=-2)


@arrays(confidence=any_floats)
def convert_confidence(confidence, source: str | Sequence[str], target: str | Sequence[str] = "paper_13"):
    """Bring confidence (..., joints) from one skeleton to another: a made joint is as sure as its least sure part."""
    names = names_of(source)
    if confidence.ndim < 1 or confidence.shape[-1] != len(names):
        raise ValueError(
            f"confidence has shape {tuple(confidence.shape)}, but the source skeleton has {len(names)} joints."
        )
    return torch.stack([confidence[..., places].amin(-1) for places in derived_joints(names, target)], dim=-1)


@arrays(poses=poses_13)
def bone_lengths(poses):
    """Measure the 12 lengths of BONES in poses (..., 13, 3), in the poses' unit: (..., 12)."""
    first, second = zip(*BONE_INDICES, strict=True)
    return (poses[..., list(first), :] - poses[..., list(second), :]).norm(dim=-1)


def mid_hip(points: Tensor) -> Tensor:
    """The point between the hips: (..., 13, dims) -> (..., dims)."""
    return (points[..., 7, :] + points[..., 8, :]) / 2


def mid_shoulder(points: Tensor) -> Tensor:
    """The point between the shoulders: (..., 13, dims) -> (..., dims)."""
    return (points[..., 1, :] + points[..., 2, :]) / 2


def torso_length(points: Tensor) -> Tensor:
    """Distance from mid-hip to mid-shoulder: (..., 13, dims) -> (...), in the points' unit."""
    return (mid_shoulder(points) - mid_hip(points)).norm(dim=-1)
