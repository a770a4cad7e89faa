"""What a motion file leaves out: which way is up, how long a unit is, and where the nose is.

All of it is read from the body, (n, 13, 3) with the joints of skeleton.PAPER_13 in the file's axes and unit.
"""

from dataclasses import dataclass

import numpy as np

from .._joint_names import PAPER_13

AXES = {"x": (0, 1), "y": (1, 1), "z": (2, 1), "-x": (0, -1), "-y": (1, -1), "-z": (2, -1)}
_TURNS = {
    "y": ((0, 1, 2), (1, 1, 1)), "-y": ((0, 1, 2), (1, -1, -1)), "z": ((0, 2, 1), (1, 1, -1)),
    "-z": ((0, 2, 1), (1, -1, 1)), "x": ((1, 0, 2), (-1, 1, 1)), "-x": ((1, 0, 2), (1, -1, 1)),
}  # fmt: skip
"""For each axis that may be up: where x, y and z come from after the turn that makes it +y, and their signs."""

UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "cmu": 0.0254 / 0.45}
"""Metres of the units that files are written in; cmu: Carnegie Mellon's, an inch over 0.45."""
LIMBS = 1.38
"""Metres of an upper arm, a forearm, a thigh and a shank of an adult 1.7 m high, together."""
_NEAR = {"m": (0.5, 1.6), "cm": (0.5, 1.6), "mm": (0.5, 1.6), "in": (0.7, 1.35), "cmu": (0.7, 1.35)}
"""How many times LIMBS a body's limbs may be for a unit to be believed: children to giants, where no other is near."""

NOSE = {"head": (0.08, 0.1), "ear": (0.0, 0.1), "top": (-0.12, 0.1), "neck": (0.16, 0.1)}
"""The nose from what stands for it: up and forward, metres of a body whose limbs are LIMBS."""

_SHOULDERS, _HIPS, _KNEES, _ANKLES = [1, 2], [7, 8], [9, 10], [11, 12]
_BONES = ([1, 2, 3, 4, 7, 8, 9, 10], [3, 4, 5, 6, 9, 10, 11, 12])
_MOST_LOOKED_AT = 2000


def some_frames(points: np.ndarray) -> np.ndarray:
    """Give at most 2,000 of the frames in which all joints were seen, evenly taken."""
    whole = points[np.isfinite(points).all((1, 2))]
    return whole[:: max(1, len(whole) // _MOST_LOOKED_AT)]


def limb_length(points: np.ndarray) -> float:
    """Measure an upper arm, a forearm, a thigh and a shank, the mean of both sides, in the median frame."""
    upper, lower = _BONES
    return float(np.median(np.linalg.norm(points[:, lower] - points[:, upper], axis=-1).sum(-1) / 2))


def bones_of_no_length(points: np.ndarray) -> str:
    """Say which limbs have two joints at one place, and whether the shoulders have; "" where none has."""
    pairs = [(1, 2), *zip(*_BONES, strict=True)]
    lengths = np.median(np.linalg.norm(np.stack([points[:, a] - points[:, b] for a, b in pairs]), axis=-1), axis=1)
    flat = [f"{PAPER_13[a]} and {PAPER_13[b]}" for (a, b), length in zip(pairs, lengths, strict=True)
            if length < 0.01 * lengths.max()]  # fmt: skip
    return f"{', '.join(flat)} are at one place; name other joints with joints= if that is wrong" if flat else ""


def is_crossed(points: np.ndarray) -> bool:
    """Say whether the left shoulder is on the side of the right hip in most frames: one limb pair is exchanged."""
    shoulders, hips = points[:, 1] - points[:, 2], points[:, 7] - points[:, 8]
    return bool(np.mean((_unit(shoulders) * _unit(hips)).sum(-1) < -0.3) > 0.6)


def bends_backward(points: np.ndarray) -> bool:
    """Say whether nearly all knees that are bent bend backward, as in a file whose left and right are exchanged."""
    hips, knees, ankles = points[:, _HIPS], points[:, _KNEES], points[:, _ANKLES]
    thigh, shank = _unit(knees - hips), _unit(ankles - knees)
    bent = (thigh * shank).sum(-1) < np.cos(np.radians(30))
    ahead = ((knees - (hips + ankles) / 2) * torso(points)[2][:, None]).sum(-1)
    return bool(bent.any(1).mean() > 0.1 and np.mean(ahead[bent] < 0) > 0.9)


def find_unit(points: np.ndarray, said: float | None) -> tuple[float, str]:
    """Find the metres of a unit by the limbs, which posture does not change; and a note where that is no usual unit.

    said: what the file says of its unit, believed where it makes a body.
    """
    length = limb_length(points)
    if said is not None and 0.4 <= length * said / LIMBS <= 2:
        return said, ""
    if not np.isfinite(length) or length <= 0:
        raise ValueError("expected limbs of some length, got joints at one place; export the file again.")
    but = f"the file says {said:g} m a unit, which makes no body; " if said is not None else ""
    for name, (low, high) in _NEAR.items():
        if low <= length * UNITS[name] / LIMBS <= high:
            return UNITS[name], f"{but}{name} is taken" if but else ""
    unit = LIMBS / length
    return unit, f"{but}no usual unit makes the limbs a person's; taken as {unit:.4g} m a unit, an adult; pass unit="


def find_up(rest: np.ndarray | None, points: np.ndarray, said: str | None) -> tuple[str, str]:
    """Find which of the file's axes is up, and a note where that is not +y, or not sure.

    rest (13, 3): the rest pose, believed first, where it stands; said: what the file says, believed instead. points:
    the motion. Where the two disagree, +y is kept if either is +y, and the first is taken if none is.
    """
    moving, share = _up_of_most(points)
    who = "the rest pose stands along" if said is None else "the file says that up is"
    if said is None and rest is not None:
        said = _up_of_standing(rest)
    if said is None and moving is None:
        return "y", "which way is up could not be told, as most frames are lying or bent; taken as y; pass up="
    up = said or moving or "y"
    if said is None or moving is None or said == moving:
        return up, "" if up == "y" else f"turned, so that y is up; in the file {up} is up"
    up = "y" if "y" in (said, moving) else said
    turned = "" if up == "y" else ", and turned to y"
    over = AXES[moving] == (AXES[up][0], -AXES[up][1])
    motion = "the head is below the feet" if over else f"the body stands along {moving}"
    return up, (
        f"{who} {said}, but in {share:.0%} of the frames {motion}; "
        f"{up} is taken as up{turned}; pass up= if that is wrong"
    )


def _up_of_standing(pose: np.ndarray) -> str | None:
    """Give the axis along which a pose (13, 3) stands; None where it does not stand along one."""
    spine, legs = _spine_and_legs(pose[None])
    whole = (spine + legs)[0]
    lengths = np.linalg.norm(spine), np.linalg.norm(legs), np.linalg.norm(whole)
    if min(lengths) <= 0 or float((spine * legs).sum()) < 0.7 * lengths[0] * lengths[1]:
        return None
    along = {name: sign * whole[axis] / lengths[2] for name, (axis, sign) in AXES.items()}
    name = max(along, key=lambda name: along[name])
    return name if along[name] > 0.85 else None


def _up_of_most(points: np.ndarray) -> tuple[str | None, float]:
    """Give the axis along which most frames have the head above the hips and the feet below, and their share."""
    if not len(points):
        return None, 0.0
    spine, legs = _spine_and_legs(points)
    height, reach = np.linalg.norm(spine, axis=-1), np.linalg.norm(legs, axis=-1)
    shares = {
        name: float(np.mean((sign * spine[:, axis] > 0.5 * height) & (sign * legs[:, axis] > 0.1 * reach)))
        for name, (axis, sign) in AXES.items()
    }
    name = max(shares, key=lambda name: shares[name])
    return (name, shares[name]) if shares[name] > 0.5 else (None, shares[name])


def _spine_and_legs(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give mid-hip to mid-shoulder and mid-ankle to mid-hip, (n, 3)."""
    hips = points[:, _HIPS].mean(1)
    return points[:, _SHOULDERS].mean(1) - hips, hips - points[:, _ANKLES].mean(1)


def turn_up(points: np.ndarray, up: str) -> np.ndarray:
    """Turn points (..., 3) so that the axis up becomes +y."""
    order, signs = _TURNS[up]
    return points if up == "y" else points[..., list(order)] * np.array(signs, points.dtype)


@dataclass(frozen=True)
class Head:
    """What stands for the nose: face, a part of NOSE, and its places (n, 3); turns (n, 3, 3) from rest, or None."""

    face: str
    places: np.ndarray
    turns: np.ndarray | None


def place_nose(head: Head, points: np.ndarray, rest: np.ndarray | None, up: str) -> np.ndarray:
    """Put the nose (n, 3) in front of what stands for it, by what a head is deep, turning as the head does.

    points (n, 13, 3): the body; their nose is not looked at. rest (13, 3): the rest pose, if there is one. A body that
    stands has its nose in front of the plane of shoulders and spine.
    """
    size = limb_length(some_frames(points)) / LIMBS
    _, spine, forward = torso(points)
    up_by, forward_by = (size * by for by in NOSE[head.face])
    axis, sign = AXES[up]
    standing = sign * spine[:, axis] > 0.7
    shoulders = points[:, _SHOULDERS].mean(1)
    nose = head.places + up_by * spine + forward_by * forward
    ways = None if head.turns is None else _head_axes(head.turns, spine, forward, rest)
    if head.turns is not None and ways is not None:
        turned = head.places + head.turns @ (up_by * ways[0] + forward_by * ways[1])
        ahead = ((turned - shoulders) * forward).sum(-1)[standing if standing.any() else slice(None)]
        if np.count_nonzero(ahead > 0) > len(ahead) / 2:
            nose = turned
    behind = np.minimum(((nose - shoulders) * forward).sum(-1) - 0.02 * size, 0) * standing
    return nose - behind[:, None] * forward


def torso(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the directions left, up the spine and forward of bodies (n, 13, 3), of length 1 (0 where there is none)."""
    left = _unit(points[:, 1] - points[:, 2]) + _unit(points[:, 7] - points[:, 8])
    spine = _unit(_spine_and_legs(points)[0])
    forward = _unit(np.cross(left, spine))
    return np.cross(spine, forward), spine, forward


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _head_axes(turns, spine, forward, rest: np.ndarray | None) -> tuple[np.ndarray, np.ndarray] | None:
    """Give the head's up and forward (3,) at rest: of a rest pose that stands, else those of the torso on average."""
    up = None if rest is None else _up_of_standing(rest)
    if rest is not None and up is not None:
        axis, sign = AXES[up]
        spine = sign * np.eye(3)[axis]
        return spine, _unit(np.cross(torso(rest[None])[0][0], spine))
    whole = np.isfinite(turns).all((1, 2)) & np.isfinite(spine).all(1)
    if not whole.any():
        return None
    mean = [np.einsum("nij,ni->j", turns[whole], way[whole]) / whole.sum() for way in (spine, forward)]
    if min(np.linalg.norm(way) for way in mean) < 0.7:
        return None
    ahead = _unit(mean[1] - mean[0] * (mean[1] @ mean[0]) / (mean[0] @ mean[0]))
    return _unit(mean[0]), ahead


def is_face(nose: np.ndarray, points: np.ndarray) -> bool:
    """Say whether points (n, 3) lie in front of the shoulders as a face does, and not at the head's joint."""
    size = limb_length(points) / LIMBS
    ahead = ((nose - points[:, _SHOULDERS].mean(1)) * torso(points)[2]).sum(-1)
    return bool(np.median(ahead) > 0.05 * size)


def faces_somewhere(points: np.ndarray) -> np.ndarray:
    """Say in which frames (n,) the hips have a width and do not lie on one line with the spine."""
    hip, spine = points[:, 7] - points[:, 8], _spine_and_legs(points)[0]
    width, height = np.linalg.norm(hip, axis=-1), np.linalg.norm(spine, axis=-1)
    area = np.linalg.norm(np.cross(hip, spine), axis=-1)
    size = np.abs(points - points[:, :1]).max((1, 2))
    return (width > 0.005 * size) & (height > 0.02 * size) & (area > 0.01 * width * height)
