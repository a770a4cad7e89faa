"""Name the joints of a file: by their number, by COCO's categories, and 25 of them by their geometry.

BODY_25 and BODY_25B both have 25 joints, in different orders. With the right names a body's bones are short; with the
wrong ones they join a face to a foot. So each body's mean bone length, over its spread, is measured under both. On 649
real detections, each alone, this was right for all, in both orders (benchmarks/read_detections.py skeletons).
"""

import warnings

import numpy as np

from ..._joint_names import (
    BODY_25,
    BODY_25B,
    COCO_17,
    COCO_18,
    COCO_133,
    HALPE_26,
    HALPE_136,
    PAPER_13,
    names_of,
)

BY_COUNT = {13: PAPER_13, 17: COCO_17, 18: COCO_18, 25: BODY_25, 26: HALPE_26, 133: COCO_133, 136: HALPE_136}
_SIDE_BONES = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"),
    ("ankle", "heel"), ("ankle", "big_toe"), ("eye", "ear"),
)  # fmt: skip
_BONES = (
    *((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in _SIDE_BONES),
    *((middle, f"{side}_{b}") for side in ("left", "right") for middle, b in (("nose", "eye"), ("neck", "shoulder"))),
    ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"), ("neck", "nose"),
)  # fmt: skip
CERTAIN = 0.15
"""Evidence (a sum of log ratios over bodies) above which there is no doubt; the weakest real body alone has 0.19."""


def _mean_bone(keypoints: np.ndarray, seen: np.ndarray, names) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean length of the bones seen, over the body's spread, and their number: (n,) each.

    Two bones as long as the spread itself are added, so that one lucky bone decides nothing.
    """
    place = {name: i for i, name in enumerate(names)}
    first, second = np.array([(place[a], place[b]) for a, b in _BONES]).T
    count = seen.sum(axis=1)[:, None]
    from_centre = keypoints - (keypoints * seen[..., None]).sum(axis=1, keepdims=True) / count[..., None]
    spread = np.sqrt((np.square(from_centre).sum(axis=-1) * seen).sum(axis=1) / count[:, 0])
    length = np.linalg.norm(keypoints[:, first] - keypoints[:, second], axis=-1) / np.maximum(spread, 1e-6)[:, None]
    both = seen[:, first] & seen[:, second]
    bones = both.sum(axis=1)
    return ((length * both).sum(axis=1) + 2) / (bones + 2), bones


def evidence_for_25b(keypoints, confidence) -> float:
    """Sum the evidence of bodies (n, 25, 2) for BODY_25B (above 0) or for BODY_25 (below 0), as log ratios.

    At most 2,000 bodies are measured; each adds at most 1. Bodies of fewer than 3 bones, or of no human build, add 0.
    """
    rows = np.linspace(0, len(keypoints) - 1, min(len(keypoints), 2000)).astype(int)
    rows = rows[(confidence[rows] > 0).sum(axis=1) >= 4]
    keypoints, seen = keypoints[rows].astype(np.float64), confidence[rows] > 0
    old, old_bones = _mean_bone(keypoints, seen, BODY_25)
    new, new_bones = _mean_bone(keypoints, seen, BODY_25B)
    human = (np.minimum(old, new) < 0.8) & (np.where(new < old, new_bones, old_bones) >= 3)
    return float(np.log(old[human] / new[human]).clip(-1, 1).sum())


def name_joints(name: str, keypoints, confidence, given, skeletons) -> tuple[str, ...]:
    """Name the joints.

    name: the file, for messages. given: a skeleton's name or a list of joint names, or None. skeletons: lists of joint
    names that the file holds. Raises ValueError if the number of joints is no known skeleton's, or not given's, or if
    given is one of the two skeletons of 25 and the bodies are clearly the other's. Warns where there is doubt.
    """
    count = keypoints.shape[1]
    named = [names for names in skeletons if len(names) == count]
    if given is not None:
        names = names_of(given)
    elif named:
        names = tuple(named[0])
    elif count in BY_COUNT:
        names = BY_COUNT[count]
    else:
        known = ", ".join(map(str, BY_COUNT))
        raise ValueError(f"{name}: expected {known} joints, got {count}; pass their names as skeleton=[...].")
    if len(names) != count:
        raise ValueError(f"{name}: expected the {len(names)} joints of skeleton=..., got {count}.")
    if len(set(names)) != count:
        raise ValueError(f"{name}: expected each joint's name only once, got {', '.join(names)[:200]}.")
    guessed = given is None and not named
    if count == 25 and len(keypoints) and (guessed or isinstance(given, str)):
        names = _which_25(name, evidence_for_25b(keypoints, confidence), None if guessed else names)
    return names


def _which_25(name: str, evidence: float, given) -> tuple[str, ...]:
    likely = BODY_25B if evidence > 0 else BODY_25
    word = {BODY_25: "body_25", BODY_25B: "body_25b"}
    if given is None and abs(evidence) < CERTAIN:
        warnings.warn(
            f"{name}: 25 joints are BODY_25 or BODY_25B, and its bodies show too little to tell which; they are "
            f'read as "{word[likely]}". Say which: read_detections(path, skeleton="body_25") or "body_25b".',
            stacklevel=5,
        )
    if given is None or given == likely or evidence == 0 or given not in word:
        return given or likely
    problem = f'{name}: skeleton="{word[given]}" was given, but its bodies look like "{word[likely]}".'
    if abs(evidence) >= 2 * CERTAIN:
        raise ValueError(
            f"{problem} Leave skeleton out; or, if you are sure, pass a list of joint names, which is not questioned: "
            f"skeleton=list(vv.skeleton.{word[given].upper()})."
        )
    warnings.warn(f'{problem} They are read as "{word[given]}".', stacklevel=5)
    return given
