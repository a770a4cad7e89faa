"""Where the bones of an Acclaim skeleton are in each frame: forward kinematics, all frames at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from ._amc import Values
from ._asf import Skeleton
from ._rotations import about

_CHUNK = 2048
_MAX_POINTS = 2**26


def place(skeleton: Skeleton, values: Values, points: Sequence[tuple[str, np.ndarray]]) -> np.ndarray:
    """Place points on bones: (n, points, 3), float64, in file units and the file's axes.

    values: as _amc.read_values gives them. points: a bone or "root", and where the point is from its begin in the rest
    pose's axes, in file units. Raises ValueError above 2**26 places.
    """
    frames = len(values["root"])
    if frames * len(points) > _MAX_POINTS:
        raise ValueError(f"expected at most {_MAX_POINTS:,} places, got {frames * len(points):,}; split the motion.")
    found = np.empty((frames, len(points), 3))
    for start in range(0, frames, _CHUNK):
        rows = slice(start, start + _CHUNK)
        begins, turns = _walk(skeleton, {name: numbers[rows] for name, numbers in values.items()})
        for column, (bone, offset) in enumerate(points):
            found[rows, column] = begins[bone] + turns[bone] @ offset
    return found


def _walk(skeleton: Skeleton, values: Values) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Give where each bone begins (n, 3), and its rotation from rest in global axes (n, 3, 3).

    A bone turns in the frame of its axis C: rotation = parent's rotation C M C^T, with M of the bone's own angles.
    """
    root = dict(zip(skeleton.root_dofs, values["root"].T, strict=True))
    order = "".join(dof[1] for dof in skeleton.root_dofs if dof[0] == "r")
    preset = rotation(skeleton.root_order, dict(zip("xyz", skeleton.root_axis, strict=True)))
    turns = {"root": rotation(order, {axis: root["r" + axis] for axis in "xyz"}) @ preset}
    begins = {"root": np.stack([root["t" + axis] for axis in "xyz"], axis=-1) + skeleton.root_position}
    ends = dict(begins)
    for name, bone in skeleton.bones.items():
        begins[name], turns[name] = ends[bone.parent], turns[bone.parent]
        if bone.dofs:
            frame = rotation(bone.order, dict(zip("xyz", bone.axis, strict=True)))
            angles = {dof[1]: angle for dof, angle in zip(bone.dofs, values[name].T, strict=True)}
            turns[name] = turns[name] @ frame @ rotation(bone.order, angles) @ frame.T
        ends[name] = begins[name] + turns[name] @ bone.offset
    return begins, turns


def rotation(order: str, degrees: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Give the rotation (..., 3, 3) about fixed axes, the first of order first; degrees: by axis, 0 where absent."""
    turned = np.eye(3)
    for axis in order:
        if axis in degrees:
            turned = about("xyz".index(axis), np.radians(degrees[axis])) @ turned
    return turned
