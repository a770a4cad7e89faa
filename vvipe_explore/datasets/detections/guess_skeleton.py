"""Name the joints of a file: by the names in it, by their number, and where several orders have it, by geometry.

BODY_25 and BODY_25B both have 25 joints, COCO and Human3.6M both 17, in different orders. With the right names a
body's bones are short; with the wrong ones they join a face to a foot. So each body's mean bone length, over its
spread, is measured under each. On 649 real detections of 25 joints, each alone, this was right for all, in both orders
(benchmarks/read_detections.py skeletons).
"""

import warnings

import numpy as np

from ..._joint_names import COCO_133, SKELETONS, WHOLE_BODY
from .joint_words import given_skeleton, joint_names

_KNOWN = SKELETONS | WHOLE_BODY | {"coco_23": COCO_133[:23]}
BY_COUNT = {
    13: ("paper_13",), 14: ("crowdpose_14", "lsp_14", "aic_14"), 15: ("mpi_15",), 16: ("mpii_16", "h36m_16"),
    17: ("coco_17", "h36m_17"), 18: ("coco_18",), 19: ("body_19",), 23: ("coco_23",), 25: ("body_25", "body_25b"),
    26: ("halpe_26",), 28: ("mpi_28",), 33: ("blazepose_33",), 133: ("coco_133",), 135: ("body_135",),
    136: ("halpe_136",),
}  # fmt: skip
"""The skeletons of each number of joints; the first is the usual one."""
_SIDE_BONES = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"),
    ("ankle", "heel"), ("ankle", "big_toe"), ("eye", "ear"),
)  # fmt: skip
_MIDDLE_BONES = (
    ("nose", "eye"), ("neck", "shoulder"), ("thorax", "shoulder"), ("pelvis", "hip"),
)  # fmt: skip
_BONES = (
    *((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in _SIDE_BONES),
    *((middle, f"{side}_{b}") for side in ("left", "right") for middle, b in _MIDDLE_BONES),
    ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"), ("neck", "nose"), ("neck", "head_top"),
    ("thorax", "nose"), ("thorax", "upper_neck"), ("upper_neck", "head_top"), ("nose", "head_top"),
    ("spine", "pelvis"), ("spine", "thorax"),
)  # fmt: skip
CERTAIN = 0.12
"""Evidence (a sum of log ratios over bodies) above which there is no doubt; the weakest real body alone has 0.147."""


def _mean_bone(keypoints: np.ndarray, seen: np.ndarray, names) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean length of the bones seen, over the body's spread, and their number: (n,) each.

    Two bones as long as the spread itself are added, so that one lucky bone decides nothing. A body whose joints are
    all at one point has no bones.
    """
    place = {name: i for i, name in enumerate(names)}
    first, second = np.array([(place[a], place[b]) for a, b in _BONES if a in place and b in place]).T
    count = seen.sum(axis=1)[:, None]
    from_centre = keypoints - (keypoints * seen[..., None]).sum(axis=1, keepdims=True) / count[..., None]
    spread = np.sqrt((np.square(from_centre).sum(axis=-1) * seen).sum(axis=1) / count[:, 0])
    length = np.linalg.norm(keypoints[:, first] - keypoints[:, second], axis=-1) / np.maximum(spread, 1e-6)[:, None]
    both = seen[:, first] & seen[:, second] & (spread > 0)[:, None]
    bones = both.sum(axis=1)
    return ((length * both).sum(axis=1) + 2) / (bones + 2), bones


def evidence(keypoints, confidence, usual, other) -> float:
    """Sum the evidence of bodies (n, k, 2) for the k names of other (above 0) or of usual (below 0), as log ratios.

    At most 2,000 bodies are measured; each adds at most 1. Bodies of fewer than 3 bones, or of no human build, add 0.
    """
    rows = np.linspace(0, len(keypoints) - 1, min(len(keypoints), 2000)).astype(int)
    rows = rows[(confidence[rows] > 0).sum(axis=1) >= 4]
    keypoints, seen = keypoints[rows].astype(np.float64), confidence[rows] > 0
    old, old_bones = _mean_bone(keypoints, seen, usual)
    new, new_bones = _mean_bone(keypoints, seen, other)
    human = (np.minimum(old, new) < 0.8) & (np.where(new < old, new_bones, old_bones) >= 3)
    return float(np.log(old[human] / new[human]).clip(-1, 1).sum())


def name_joints(name: str, keypoints, confidence, given, skeletons) -> tuple[str, ...]:
    """Name the joints.

    name: the file, for messages. given: what the caller passed as skeleton. skeletons: lists of joint
    names that the file holds. Raises ValueError if the number of joints is no known skeleton's, or not given's, or if
    given is a skeleton's name and the bodies are clearly another's. Warns where there is doubt.
    """
    count = keypoints.shape[1]
    named = [names for names in skeletons if len(names) == count]
    word, names = str(given).lower().replace("-", "_"), given_skeleton(given)
    if names is not None:
        pass
    elif named:
        names = joint_names(named[0])
    elif count in BY_COUNT:
        return _by_geometry(name, keypoints, confidence, BY_COUNT[count])
    else:
        known = ", ".join(map(str, BY_COUNT))
        raise ValueError(
            f"{name}: expected {known} joints, got {count}; pass their names as skeleton=[...], or --skeleton FILE, a "
            "JSON list of them."
        )
    if len(names) != count:
        raise ValueError(f"{name}: expected the {len(names)} joints of skeleton=..., got {count}.")
    if len(set(names)) != count:
        raise ValueError(f"{name}: expected each joint's name only once, got {', '.join(names)[:200]}.")
    if word in BY_COUNT.get(count, ()):
        _question(name, keypoints, confidence, word, BY_COUNT[count])
    return names


def _by_geometry(name: str, keypoints, confidence, words) -> tuple[str, ...]:
    """Choose among the skeletons of one number of joints; warn of doubt, and where it is not the usual one."""
    usual, *others = words
    if not others or not len(keypoints):
        return _KNOWN[usual]
    found = {word: evidence(keypoints, confidence, _KNOWN[usual], _KNOWN[word]) for word in others}
    best = max(found, key=lambda word: found[word])
    likely, count = best if found[best] > CERTAIN else usual, len(_KNOWN[usual])
    if count == 25:
        if abs(found[best]) < CERTAIN:  # only these two orders are about as common as one another
            warnings.warn(
                f'{name}: 25 joints are "{usual}" or "{best}", and its bodies show too little to tell which; they are '
                f'read as "{likely}". Say which: skeleton="{usual}", or --skeleton {usual} on the command line.',
                stacklevel=6,
            )
    elif likely != usual:
        warnings.warn(
            f'{name}: {count} joints without names are mostly "{usual}", but these bodies stand in the order of '
            f'"{likely}" and are read so. Pass skeleton="{likely}" (--skeleton {likely}) to say it.',
            stacklevel=6,
        )
    return _KNOWN[likely]


def _question(name: str, keypoints, confidence, given: str, words) -> None:
    """Refuse a skeleton's name, or warn of it, if the bodies are another's of the same number of joints."""
    found = {w: evidence(keypoints, confidence, _KNOWN[given], _KNOWN[w]) for w in words if w != given}
    likely = max(found, key=lambda word: found[word], default=given)
    if not len(keypoints) or found.get(likely, 0) <= 0:
        return
    problem = f'{name}: skeleton="{given}" was given, but its bodies look like "{likely}".'
    if found[likely] >= 2 * CERTAIN:
        raise ValueError(
            f"{problem} Leave skeleton out; or, if you are sure, pass a list of joint names, which is not questioned: "
            f'skeleton=list(vv.skeleton.SKELETONS["{given}"]).'
        )
    warnings.warn(f'{problem} They are read as "{given}".', stacklevel=6)
