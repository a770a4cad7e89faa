"""Motion capture as Acclaim's ASF/AMC: each person on a skeleton of their own.

A joint is where its bone begins; a forearm is the bones radius and wrist, so the wrist is where the hand begins. The
sample of Carnegie Mellon's subjects 01 to 03 is the motion of load("cmu"), on the people's own bodies.

The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with funding from NSF
EIA-0196217. Free for all uses; not to be resold, even converted.
"""

import dataclasses

import numpy as np

from .. import skeleton as skeletons
from ._amc import MAX_BYTES, Values, read_values
from ._asf import INCH, Skeleton, find_asf, read_asf
from ._checked_file import checked_file
from ._kinematics import place
from .joint_maps import JointMap
from .motion import Motion
from .motion_reader import as_motion
from .registry import data_folder, index

__all__ = ["BONES", "NOSE", "find_asf", "load", "read_amc", "read_asf", "read_file"]

EVERY = 4
"""120 frames a second become 30, as in cmu."""

_NAMES = {
    "shoulder": "humerus", "elbow": "radius", "wrist": "hand", "hip": "femur", "knee": "tibia", "ankle": "foot",
}  # fmt: skip
BONES: dict[str, tuple[str, ...]] = {
    joint: ("head",) if joint == "nose" else (joint[0] + _NAMES[joint.split("_")[1]],)
    for joint in skeletons.PAPER_13
}
"""The bone at whose begin each of the 13 joints is; the nose is at NOSE from the begin of the head."""

NOSE = (1.0, 1.1)
"""The nose, in lengths of the head bone up the body and forward from that bone's begin, both at rest.

An .asf has no face. This is where the BVH's nose (the midpoint of the eyes) is seen from the head of the same person in
the same frame, with both bodies at one torso length: the median over the 15 trials that both formats have is (1.01,
1.13). That is 9 to 10 cm up and 10 to 11 cm forward.
"""


def read_amc(path, skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Read a motion on its skeleton: where each bone begins (n, bones, 3), in metres, +y up, and the frames' numbers.

    The bones are in the order of skeleton.bones. Raises ValueError naming file and line, FileNotFoundError.
    """
    frames, values = read_values(path, skeleton)
    return place(skeleton, values, [(name, np.zeros(3)) for name in skeleton.bones]) * skeleton.metres, frames


def read_file(
    path, asf_path=None, joints: JointMap | None = None, every: int = 1, metres: float | None = None
) -> Motion:
    """Read one .amc on its skeleton, the joints of skeleton.PAPER_13 in metres, +y up.

    asf_path: the skeleton; None finds it beside the motion (find_asf). joints: {joint: the bone (or "root") that begins
    there, or several whose mean is taken}; None takes BONES, and NOSE. every: take frames [::every]. metres: metres per
    file unit; None takes the file's, and guesses from the body's size where that gives no body. 14_04.amc gives subject
    14 and sequence "14_04"; without a number, subject 0. Raises ValueError naming the file, FileNotFoundError if there
    is none.
    """
    path = checked_file(path, "an Acclaim motion (.amc)", MAX_BYTES)
    skeleton = read_asf(find_asf(path, "copy it there, or pass asf_path=") if asf_path is None else asf_path)
    parts = _parts(skeleton, joints)
    frames, values = read_values(path, skeleton)
    frames, values = frames[::every], {name: numbers[::every] for name, numbers in values.items()}
    with np.errstate(all="ignore"):
        poses = _poses(skeleton, values, parts, with_face=joints is None)
        poses = (poses * (_metres(skeleton, poses) if metres is None else metres)).astype(np.float32)
    if not np.isfinite(poses).all():
        raise ValueError(f"{path}: expected a body of a few metres, got places that overflow; export the files again.")
    return as_motion(path, poses, frames, parts)


def load(root=None) -> Motion:
    """Read Carnegie Mellon's sample on own skeletons, 30 frames a second: metres, +y up, the joints of PAPER_13.

    Frame i of an .amc is frame i of the .bvh, whose frame 0 is a T-pose, and the same frames are taken: row k of a
    sequence is the moment of row k of load("cmu"). Row 0 is a blend with the T-pose there, and motion here.
    root: the folder, or the one that holds it as cmu-asfamc; None: VVIPE_DATA, then the download folder. action: the
    trial's description in the collection's index; the sequence where the registry has none.
    """
    folder = data_folder("cmu-asfamc", root)
    files = sorted(folder.glob("*/*.amc"))
    if not files:
        raise ValueError(f"expected NN/NN_TT.amc files in {folder}, got none; copy them there.")
    motion = Motion.join([read_file(file, every=EVERY) for file in files])
    described = index("cmu_actions")
    return dataclasses.replace(motion, action=np.array([described.get(s, s) for s in motion.sequence]))


def _parts(skeleton: Skeleton, joints: JointMap | None) -> dict[str, tuple[str, ...]]:
    """Give the bones of each joint, in lower case; raise ValueError that lists the bones where one is missing."""
    chosen = {joint: (p,) if isinstance(p, str) else tuple(p) for joint, p in (joints or BONES).items()}
    chosen = {joint: tuple(name.lower() for name in names) for joint, names in chosen.items()}
    missing = sorted({name for names in chosen.values() for name in names} - {"root", *skeleton.bones})
    if missing:
        raise ValueError(
            f"{skeleton.path}: expected the bones {', '.join(missing)}, got {', '.join(list(skeleton.bones)[:60])}; "
            'pass joints={"nose": "head", "left_shoulder": "lhumerus", ...} with one entry for each of '
            "skeleton.PAPER_13."
        )
    ours = [j for j in skeletons.PAPER_13 if j in chosen] + [j for j in chosen if j not in skeletons.PAPER_13]
    return {joint: chosen[joint] for joint in ours}


def _poses(skeleton: Skeleton, values: Values, parts: dict[str, tuple[str, ...]], with_face: bool) -> np.ndarray:
    """Give the joints (n, joints, 3) in file units, each the mean of its bones' begins."""
    points, columns = [], []
    for joint, names in parts.items():
        offset = _nose(skeleton) if joint == "nose" and with_face else np.zeros(3)
        columns.append(range(len(points), len(points) + len(names)))
        points += [(name, offset) for name in names]
    placed = place(skeleton, values, points)
    return np.stack([placed[:, column].mean(1) for column in columns], axis=1)


def _nose(skeleton: Skeleton) -> np.ndarray:
    """Give the nose from the begin of the head at rest, in file units; see NOSE."""
    names = ("lfemur", "rfemur", "lhumerus", "rhumerus")
    rest = {name: np.zeros((1, len(dofs))) for name, dofs in skeleton.dofs().items()}
    hips_and_shoulders = place(skeleton, rest, [(name, np.zeros(3)) for name in names])[0]
    left_hip, right_hip, left_shoulder, right_shoulder = hips_and_shoulders
    up = left_shoulder + right_shoulder - left_hip - right_hip
    forward = np.cross(left_hip - right_hip, up)
    for direction in (up, forward):
        direction /= np.linalg.norm(direction) or 1.0
    return float(np.linalg.norm(skeleton.bones["head"].offset)) * (NOSE[0] * up + NOSE[1] * forward)


def _metres(skeleton: Skeleton, poses: np.ndarray) -> float:
    """Give the metres of a file unit: the file's if these poses (n, joints, 3) then span 0.4 to 3 m, else a guess."""
    span = float(np.median(np.ptp(poses, axis=1).max(-1)))
    if 0.4 <= span * skeleton.metres <= 3 or span == 0:
        return skeleton.metres
    return next((unit for unit in (1.0, 0.01, 0.001, INCH) if 0.8 <= span * unit <= 2.6), 1.7 / span)
