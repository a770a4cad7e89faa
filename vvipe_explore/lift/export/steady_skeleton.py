"""A skeleton of steady lengths that turns its joints, fitted to the 13 joints over time.

Animation files have bones of one length, and rotations. The lengths are the medians over time; the rotations point each
bone as it points in the pose. At rest the figure stands upright in a T: arms out along x, palms to the ground, legs
down, +z forward.
"""

from dataclasses import dataclass, replace

import numpy as np

from ...skeleton import PAPER_13
from .hinges import steady_hinges
from .rotations import axes, smallest_turn, unit

PARENTS = {
    "Hips": "", "Spine": "Hips", "Chest": "Spine", "Neck": "Chest", "Head": "Neck", "Nose": "Head",
    "LeftArm": "Chest", "LeftForeArm": "LeftArm", "LeftHand": "LeftForeArm",
    "RightArm": "Chest", "RightForeArm": "RightArm", "RightHand": "RightForeArm",
    "LeftUpLeg": "Hips", "LeftLeg": "LeftUpLeg", "LeftFoot": "LeftLeg",
    "RightUpLeg": "Hips", "RightLeg": "RightUpLeg", "RightFoot": "RightLeg",
}  # fmt: skip
"""Each joint's parent, parents first."""
NAMES = tuple(PARENTS)
JOINT_OF = dict(zip(PAPER_13, (
    "Nose", "LeftArm", "RightArm", "LeftForeArm", "RightForeArm", "LeftHand", "RightHand",
    "LeftUpLeg", "RightUpLeg", "LeftLeg", "RightLeg", "LeftFoot", "RightFoot",
), strict=True))  # fmt: skip
"""The joint at which each of the 13 is."""


@dataclass(frozen=True)
class Limb:
    """A bone and the one below it. rest: where they point at rest; hinge: what bends the lower one forward there.

    A neck has no lower bone: its hinge is square to the chest's up and to where the nose is.
    """

    upper: str
    parent: str
    points: tuple[str, ...]
    rest: tuple[float, float, float]
    hinge: tuple[float, float, float]
    lower: str = ""


LIMBS = (
    Limb("Neck", "Chest", ("nose",), (0, 0.76, 0.65), (1, 0, 0)),
    *(
        Limb(f"{Side}Arm", "Chest", (f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist"), (x, 0, 0), (0, -x, 0),
             f"{Side}ForeArm")
        for side, Side, x in (("left", "Left", 1), ("right", "Right", -1))
    ),
    *(
        Limb(f"{Side}UpLeg", "Hips", (f"{side}_hip", f"{side}_knee", f"{side}_ankle"), (0, -1, 0), (1, 0, 0),
             f"{Side}Leg")
        for side, Side in (("left", "Left"), ("right", "Right"))
    ),
)  # fmt: skip
_UNSURE = 0.05
"""How sure the hinge is that a limb has if it turns from rest the shortest way; a limb bent at a right angle is 1."""
_LOW_SPINE, _NECK, _HEAD = 0.15, 0.05, 0.5
"""Where the spine bends, in torsos above the hips; where the neck begins, in torsos above the shoulders; where the head
turns, from there to the height of the nose."""


@dataclass(frozen=True)
class Figure:
    """offsets (j, 3): each joint from its parent at rest, metres. root (n, 3): where Hips is. turns (n, j, 3, 3): each
    joint's rotation from rest, in the world's axes. ends: where the last bones end, from their joint, at rest.
    """

    offsets: np.ndarray
    root: np.ndarray
    turns: np.ndarray
    ends: dict[str, tuple[float, float, float]]

    def local(self) -> np.ndarray:
        """Give each joint's rotation in its parent's axes: (n, j, 3, 3)."""
        local = self.turns.copy()
        for joint, parent in _above():
            local[:, joint] = self.turns[:, parent].mT @ self.turns[:, joint]
        return local

    def places(self) -> np.ndarray:
        """Give where the joints are: (n, j, 3)."""
        places = np.repeat(self.root[:, None], len(NAMES), axis=1)
        for joint, parent in _above():
            places[:, joint] = places[:, parent] + self.turns[:, parent] @ self.offsets[joint]
        return places

    def bodies(self) -> np.ndarray:
        """Give the 13 joints (n, 13, 3)."""
        return self.places()[:, [NAMES.index(joint) for joint in JOINT_OF.values()]]

    def rest(self) -> np.ndarray:
        """Give where the joints are at rest, Hips at 0: (j, 3)."""
        rest = np.zeros((len(NAMES), 3))
        for joint, parent in _above():
            rest[joint] = rest[parent] + self.offsets[joint]
        return rest


def _above() -> list[tuple[int, int]]:
    return [(NAMES.index(joint), NAMES.index(parent)) for joint, parent in PARENTS.items() if parent]


def fit(poses: np.ndarray, fps: float) -> Figure:
    """Fit the figure to poses (n, 13, 3), metres, +y up, of skeleton.PAPER_13.

    The root is placed so that the lowest joint is as high as in the pose, and the joints are nearest along x and z.
    Bones without a length go on as the bone above; hips without a width have the shoulders' direction.
    """
    points = {name: poses[:, i] for i, name in enumerate(PAPER_13)}
    turns, offsets, bases = _torso(points)
    _turn_limbs(points, bases, turns, offsets, fps)
    for joint in ("Head", "Nose", "LeftHand", "RightHand", "LeftFoot", "RightFoot"):
        turns[joint] = turns[PARENTS[joint]]
    size = float(offsets["Spine"][1] + offsets["Chest"][1]) / 0.5
    lengths = np.stack([offsets[name] for name in NAMES])
    figure = Figure(lengths, np.zeros((len(poses), 3)), np.stack([turns[name] for name in NAMES], 1), _ends(size))
    bodies = figure.bodies()
    root = (poses - bodies).mean(1)
    root[:, 1] = poses[..., 1].min(1) - bodies[..., 1].min(1)
    return replace(figure, root=root)


def _torso(points: dict) -> tuple[dict, dict, dict]:
    """Turn Hips, Spine and Chest; give turns, offsets, and where the neck begins."""
    hips, shoulders = (points[f"left_{joint}"] - points[f"right_{joint}"] for joint in ("hip", "shoulder"))
    low, high = ((points[f"left_{joint}"] + points[f"right_{joint}"]) / 2 for joint in ("hip", "shoulder"))
    trunk = _length(high - low)
    up = unit(high - low, np.array([0.0, 1.0, 0.0]))
    turns = {"Hips": _upright(hips, up, _upright(shoulders, up, np.eye(3)))}
    bend = low + turns["Hips"] @ [0, _LOW_SPINE * trunk, 0]
    spine = unit(high - bend, turns["Hips"][..., 1])
    turns["Spine"] = smallest_turn(turns["Hips"][..., 1], spine, turns["Hips"][..., 0]) @ turns["Hips"]
    turns["Chest"] = _upright(shoulders, spine, turns["Spine"])
    half_hips, half_shoulders = _length(hips) / 2, _length(shoulders) / 2
    offsets = {
        "Hips": np.zeros(3), "Spine": np.array([0, _LOW_SPINE * trunk, 0]),
        "Chest": np.array([0, _length(high - bend), 0]), "Neck": np.array([0, _NECK * trunk, 0]),
        "LeftArm": np.array([half_shoulders, 0, 0]), "RightArm": np.array([-half_shoulders, 0, 0]),
        "LeftUpLeg": np.array([half_hips, 0, 0]), "RightUpLeg": np.array([-half_hips, 0, 0]),
    }  # fmt: skip
    return turns, offsets, {"Neck": high + turns["Chest"] @ offsets["Neck"]}


def _upright(across: np.ndarray, up: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Give rotations (n, 3, 3) that take x to across, and y as near to up as that allows; otherwise where none does."""
    x = unit(across)
    y = up - (up * x).sum(-1, keepdims=True) * x
    known = (np.linalg.norm(x, axis=-1) > 0.5) & (np.linalg.norm(y, axis=-1) > 0.01)
    return np.where(known[:, None, None], axes(x, unit(y)), otherwise)


def _turn_limbs(points: dict, bases: dict, turns: dict, offsets: dict, fps: float) -> None:
    """Turn the limbs, all at once; add their turns and the offsets of the joints at their ends."""
    above = np.stack([turns[limb.parent] for limb in LIMBS], 1)
    bones = np.stack([_bones(limb, points, bases) for limb in LIMBS], 1)
    upper, lower = _turns_of(bones @ above, fps)
    for i, limb in enumerate(LIMBS):
        turns[limb.upper] = above[:, i] @ upper[:, i]
        rest, first, second = unit(np.array(limb.rest, float)), _length(bones[:, i, 0]), _length(bones[:, i, 1])
        if limb.lower:
            turns[limb.lower] = above[:, i] @ lower[:, i]
            end = limb.lower.replace("ForeArm", "Hand").replace("Leg", "Foot")
            offsets |= {limb.lower: rest * first, end: rest * second}
        else:
            offsets["Head"] = np.array([0, _HEAD * rest[1] * first, 0])
            offsets["Nose"] = rest * first - offsets["Head"]


def _turns_of(bones: np.ndarray, fps: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the rotations (n, limbs, 3, 3) of upper and lower bones from rest; bones (n, limbs, 2, 3), parent's axes."""
    rest, hinge = (np.array([getattr(limb, name) for limb in LIMBS], float) for name in ("rest", "hinge"))
    rest = unit(rest)
    along = unit(bones[..., 0, :], rest)
    below = unit(bones[..., 1, :], along)
    usual = np.einsum("nlij,lj->nli", smallest_turn(rest, along, hinge), hinge)
    unsure = _UNSURE * (1 + (rest * along).sum(-1)) / 2
    bent = np.cross(along, below)
    neck = along[:, 0]
    bent[:, 0] = np.where(neck[:, 2:] > 0, np.cross([0.0, 1.0, 0.0], neck), 0)
    sure = np.linalg.norm(bent, axis=-1)
    hinges = steady_hinges(along, bent * sure[..., None] + usual * unsure[..., None], sure**2 + unsure, fps)
    upper = axes(along, hinges) @ axes(rest, hinge).mT
    return upper, smallest_turn(along, below, hinges) @ upper


def _bones(limb: Limb, points: dict, bases: dict) -> np.ndarray:
    """Give a limb's upper and lower bone (n, 2, 3)."""
    joints = [bases[limb.upper]] if limb.upper in bases else []
    joints += [points[name] for name in limb.points]
    if not limb.lower:
        joints.append(joints[-1])
    return np.stack([joints[1] - joints[0], joints[2] - joints[1]], 1)


def _length(bones: np.ndarray) -> float:
    return float(np.median(np.linalg.norm(bones, axis=-1)))


def _ends(size: float) -> dict[str, tuple[float, float, float]]:
    """Give where nose, hands and feet end, for a body of size 1 with a torso of half a metre."""
    return {
        "Nose": (0.0, 0.0, 0.03 * size),
        "LeftHand": (0.17 * size, 0.0, 0.0), "RightHand": (-0.17 * size, 0.0, 0.0),
        "LeftFoot": (0.0, -0.05 * size, 0.16 * size), "RightFoot": (0.0, -0.05 * size, 0.16 * size),
    }  # fmt: skip
