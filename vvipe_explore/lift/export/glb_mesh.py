"""The figure's surface: a capsule along each bone, coloured by side, at rest."""

from dataclasses import dataclass

import numpy as np

from .rotations import unit
from .steady_skeleton import NAMES, Figure

SIDES, RINGS = 16, 5
LEFT, RIGHT, MIDDLE = (0, 114, 178), (213, 94, 0), (150, 150, 150)
"""sRGB; blue, orange and grey, which the colour-blind tell apart."""

CAPSULES: tuple[tuple[str, str, str, float, float], ...] = (
    ("Hips", "LeftUpLeg", "RightUpLeg", 0.085, 0.085), ("Spine", "Spine", "Chest", 0.095, 0.105),
    ("Chest", "LeftArm", "RightArm", 0.06, 0.06), ("Neck", "Neck", "Head", 0.05, 0.05),
    *(
        (f"{side}{joint}", f"{side}{joint}", f"{side}{end}", thick, thin)
        for side in ("Left", "Right")
        for joint, end, thick, thin in (
            ("Arm", "ForeArm", 0.05, 0.04), ("ForeArm", "Hand", 0.04, 0.028),
            ("UpLeg", "Leg", 0.075, 0.052), ("Leg", "Foot", 0.052, 0.036),
        )
    ),
)  # fmt: skip
"""The joint that moves a capsule, the joints from and to which it goes, and its radii there, metres."""
_HEAD = ((0.0, 0.03, -0.1), 0.095)
"""The head's ball: its centre, from the nose, and its radius."""


@dataclass(frozen=True)
class Mesh:
    """places, normals (v, 3), colours (v, 4) 0 to 255, joints (v,): the joint that each follows. faces (f, 3)."""

    places: np.ndarray
    normals: np.ndarray
    colours: np.ndarray
    joints: np.ndarray
    faces: np.ndarray


def mesh_of(figure: Figure) -> Mesh:
    """Build the mesh of a figure at rest; how thick it is goes by the length of its torso."""
    rest = dict(zip(NAMES, figure.rest(), strict=True))
    size = float(np.linalg.norm(rest["Chest"])) / 0.5
    parts = [(joint, rest[a], rest[b], thick, thin) for joint, a, b, thick, thin in CAPSULES]
    centre = rest["Nose"] + size * np.array(_HEAD[0])
    parts.append(("Head", centre - [0, 0.025 * size, 0], centre + [0, 0.025 * size, 0], _HEAD[1], _HEAD[1]))
    radius = {"Nose": 0.02, "LeftHand": 0.028, "RightHand": 0.028, "LeftFoot": 0.034, "RightFoot": 0.034}
    parts += [(name, rest[name], rest[name] + 0.8 * np.array(end), radius[name], radius[name])
              for name, end in figure.ends.items()]  # fmt: skip
    made = [_capsule(start, end, thick * size, thin * size) for _, start, end, thick, thin in parts]
    places, normals = (np.concatenate([part[i] for part in made]) for i in range(2))
    count = len(made[0][0])
    faces = np.concatenate([_faces() + count * i for i in range(len(made))])
    joints = np.repeat([NAMES.index(joint) for joint, *_ in parts], count)
    colours = np.repeat([_linear(joint) for joint, *_ in parts], count, axis=0)
    return Mesh(places, normals, colours, joints, faces)


def _linear(joint: str) -> list[float]:
    """Give a joint's colour as glTF wants that of vertices: linear, with opacity."""
    colour = LEFT if joint.startswith("Left") else RIGHT if joint.startswith("Right") else MIDDLE
    return [*(255 * (np.array(colour) / 255) ** 2.2).round(), 255]


def _capsule(start: np.ndarray, end: np.ndarray, thick: float, thin: float) -> tuple[np.ndarray, np.ndarray]:
    """Give places and normals of a capsule from start to end: rings of a half ball at either end."""
    along = unit(end - start, np.array([0.0, 1.0, 0.0]))
    aside = unit(np.cross(along, np.eye(3)[np.abs(along).argmin()]))
    around = 2 * np.pi * np.arange(SIDES) / SIDES
    circle = np.cos(around)[:, None] * aside + np.sin(around)[:, None] * np.cross(along, aside)
    lift = np.linspace(-np.pi / 2, 0, RINGS)
    lift = np.concatenate([lift, -lift[::-1]])[:, None, None]
    normals = np.cos(lift) * circle + np.sin(lift) * along
    radius = np.repeat([thick, thin], RINGS)[:, None, None]
    middle = np.repeat([start, end], RINGS, axis=0)[:, None]
    return (middle + radius * normals).reshape(-1, 3), normals.reshape(-1, 3)


def _faces() -> np.ndarray:
    """Give the triangles (f, 3) between the rings of a capsule, seen from outside counter-clockwise."""
    ring, side = np.meshgrid(np.arange(2 * RINGS - 1), np.arange(SIDES), indexing="ij")
    low, beside = ring * SIDES + side, ring * SIDES + (side + 1) % SIDES
    corners = [low, beside, beside + SIDES, low, beside + SIDES, low + SIDES]
    return np.stack(corners, -1).reshape(-1, 3)
