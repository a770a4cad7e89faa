"""Joints, bones, and conversion between skeletons by joint name.

The paper's skeleton has 13 joints, in COCO's order without eyes and ears. Every skeleton is a list of joint names.
`DERIVED` says how to derive a joint that a skeleton lacks, for example the nose as the point between the eyes.
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

# How to derive a joint that a skeleton lacks. Each tuple is one way: the joint is the mean of the joints in it.
# The first tuple whose joints the skeleton has is used.
DERIVED = {
    "nose": (("left_eye", "right_eye"), ("chin", "forehead"), ("head",), ("upper_neck", "head_top"), ("head_top",)),
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
    """Give pairs of joint names as pairs of indices into joint_names; skip pairs that joint_names lacks."""
    place = {name: i for i, name in enumerate(joint_names)}
    return [(place[a], place[b]) for a, b in pairs if a in place and b in place]


BONE_INDICES = indices(PAPER_13)
"""The 12 bones whose lengths add up to a body's size: 8 limb bones, hip line, shoulder line, two flanks."""

LIMB_PAIRS = {"arms": ((3, 4), (5, 6)), "legs": ((9, 10), (11, 12))}
"""The (left, right) joints that a detector swaps together: elbows and wrists, knees and ankles (PAPER_13 indices)."""


def mirror_name(name: str) -> str:
    """Swap left and right in a joint's name."""
    if name.startswith("left_"):
        return "right_" + name[5:]
    return "left_" + name[6:] if name.startswith("right_") else name


MIRROR = tuple(PAPER_13.index(mirror_name(name)) for name in PAPER_13)


@arrays(points=any_floats)
def mirror(points: Tensor):
    """Reflect 3D poses or 2D keypoints of PAPER_13: x changes sign, and left and right joints change places.

    points: (..., 13, 2 or 3). Mirroring twice gives the input back.
    """
    if points.ndim < 2 or points.shape[-2] != 13:
        raise ValueError(f"expected points (..., 13, 2 or 3) of skeleton.PAPER_13, got shape {tuple(points.shape)}.")
    sign = torch.ones(points.shape[-1], dtype=points.dtype, device=points.device)
    sign[0] = -1
    return points[..., list(MIRROR), :] * sign


def derived_joints(source: str | Sequence[str], target: str | Sequence[str]) -> list[list[int]]:
    """Give, for each joint of target, the indices of the joints of source whose mean it is.

    One index where source has the joint, several where DERIVED makes it. Raises ValueError if it can be neither.
    """
    source, target = names_of(source), names_of(target)
    place = {name: i for i, name in enumerate(source)}
    ways = {joint: [(joint,), *DERIVED.get(joint, ())] for joint in target}
    parts = [next((way for way in ways[joint] if place.keys() >= set(way)), ()) for joint in target]
    missing = [joint for joint, way in zip(target, parts, strict=True) if not way]
    if missing:
        raise ValueError(
            f"expected {', '.join(missing)} in the source skeleton, or joints to derive them from, got "
            f"{', '.join(source[:40])}; if they are there under other names, pass source as a list with the names of "
            "skeleton.PAPER_13. A skeleton without them can't be converted."
        )
    return [[place[part] for part in way] for way in parts]


def derivable(source: str | Sequence[str], target: str | Sequence[str] = "paper_13") -> list[str]:
    """Give those joints of target that source has, or that DERIVED makes of its joints."""
    there = set(names_of(source))

    def is_there(joint: str) -> bool:
        return joint in there or any(set(way) <= there for way in DERIVED.get(joint, ()))

    return [joint for joint in names_of(target) if is_there(joint)]


@arrays(points=lambda value, name: value)
def convert(points: Tensor, source: str | Sequence[str], target: str | Sequence[str] = "paper_13"):
    """Convert points (..., joints, dims) from one skeleton to another, by joint name.

    source and target: a name in SKELETONS, or a list of joint names. dims is 3 for poses, 2 for keypoints.
    A joint that the source lacks is derived as the mean of others (DERIVED). For confidence use convert_confidence.
    Raises ValueError if points do not have source's number of joints, or if a joint cannot be derived.
    """
    names = names_of(source)
    if points.ndim < 2 or points.shape[-2] != len(names):
        raise ValueError(
            f"expected points (..., {len(names)}, dims), since the source skeleton has {len(names)} joints; "
            f"got shape {tuple(points.shape)}."
        )
    return torch.stack([points[..., places, :].mean(-2) for places in derived_joints(names, target)], dim=-2)


@arrays(confidence=any_floats)
def convert_confidence(
    confidence: Tensor, source: str | Sequence[str], target: str | Sequence[str] = "paper_13"
):
    """Convert confidence (..., joints) from one skeleton to another; a derived joint gets the lowest of its parts."""
    names = names_of(source)
    if confidence.ndim < 1 or confidence.shape[-1] != len(names):
        raise ValueError(
            f"expected confidence (..., {len(names)}), since the source skeleton has {len(names)} joints; "
            f"got shape {tuple(confidence.shape)}."
        )
    return torch.stack([confidence[..., places].amin(-1) for places in derived_joints(names, target)], dim=-1)


@arrays(poses=poses_13)
def bone_lengths(poses: Tensor):
    """Measure the 12 BONES of poses (..., 13, 3): (..., 12), in the poses' unit."""
    first, second = zip(*BONE_INDICES, strict=True)
    return (poses[..., list(first), :] - poses[..., list(second), :]).norm(dim=-1)


def mid_hip(points: Tensor) -> Tensor:
    """Give the point midway between the hips: (..., 13, dims) -> (..., dims)."""
    return (points[..., 7, :] + points[..., 8, :]) / 2


def mid_shoulder(points: Tensor) -> Tensor:
    """Give the point midway between the shoulders: (..., 13, dims) -> (..., dims)."""
    return (points[..., 1, :] + points[..., 2, :]) / 2


def torso_length(points: Tensor) -> Tensor:
    """Measure from mid-hip to mid-shoulder: (..., 13, dims) -> (...), in the points' unit."""
    return (mid_shoulder(points) - mid_hip(points)).norm(dim=-1)
