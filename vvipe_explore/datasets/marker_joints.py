"""Joint centres from markers on the skin: the 13 joints from the names of Vicon's full-body (Plug-in Gait) marker set.

All lengths are in millimetres, in any right-handed axes: turning the markers turns the joints.

Sources. Hips: Harrington et al. (2007), Prediction of the hip joint centre in adults, children, and patients with
cerebral palsy, Journal of Biomechanics 40(3): regressions on the pelvis' width and depth. Breadths of the knee,
ankle and elbow: averages of men and women in Gordon et al. (1989), Anthropometric Survey of U.S. Army Personnel; each
is scaled by a length of the same limb, and half of it, with a marker's radius, leads from the marker to the centre.
"""

from collections.abc import Mapping

import numpy as np

from .._joint_names import PAPER_13

NEEDED = (
    "LFHD", "RFHD", "LBHD", "RBHD", "C7", "CLAV", "LSHO", "RSHO", "LELB", "RELB", "LWRA", "LWRB", "RWRA", "RWRB",
    "LASI", "RASI", "LPSI", "RPSI", "LKNE", "RKNE", "LANK", "RANK",
)  # fmt: skip
"""The markers that joint_centres uses."""

KNEE, ANKLE, ELBOW = 0.135, 0.105, 0.16
"""From a marker to the joint's centre: fractions of the shank (knee to ankle marker) or forearm (elbow to wrist)."""
KNEE_DOWN = 0.09
"""How far the knee's axis lies below its marker, as a fraction of the shank."""
SHOULDER_DOWN = 0.1
NOSE_FORWARD, NOSE_DOWN = 0.3, 0.35
"""From the middle of the front head markers, as fractions of the head's length between front and back markers."""


def _length(vectors):
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def _unit(vectors):
    return vectors / np.maximum(_length(vectors), 1e-9)


def _frame(left, forward):
    """Give unit vectors left, up, forward: left as it comes, forward made square to it."""
    left = _unit(left)
    up = _unit(np.cross(forward, left))
    return left, up, np.cross(left, up)


def hips(left_front, right_front, left_back, right_back):
    """Give the centres of the left and the right hip (n, 3) from the ASIS (front) and PSIS (back) markers.

    Harrington et al. (2007): from the middle of the ASIS, with the pelvis' depth PD and width PW, -0.24 PD - 9.9
    forward, -0.30 PW - 10.9 up, 0.33 PW + 7.3 outward.
    """
    front, back = (left_front + right_front) / 2, (left_back + right_back) / 2
    width, depth = _length(left_front - right_front), _length(front - back)
    left, up, forward = _frame(left_front - right_front, front - back)
    middle = front - (0.24 * depth + 9.9) * forward - (0.30 * width + 10.9) * up
    outward = (0.33 * width + 7.3) * left
    return middle + outward, middle - outward


def hinge(marker, start, end, offset, turn):
    """Give the centre (n, 3) of a hinge, such as the elbow, from a marker at the side of it.

    start, end: the centres of the joints before and after it. offset (n, 1): from the marker to the centre. turn: +1
    where the way inward is (centre - start) x (end - centre), -1 where it is the opposite.

    The way inward is square to both bones. So the centre lies on the circle about the marker's foot on the line from
    start to end, of which marker and foot are a diameter. Where the marker is nearer to the line than the offset, the
    limb is straight: the centre is the foot.
    """
    line = _unit(end - start)
    foot = start + np.sum((marker - start) * line, axis=-1, keepdims=True) * line
    distance = _length(foot - marker)
    toward = (foot - marker) / np.maximum(distance, 1e-9)
    cosine = np.minimum(offset / np.maximum(distance, 1e-9), 1)
    sine = np.sqrt(1 - cosine**2)
    return marker + np.minimum(offset, distance) * (cosine * toward + turn * sine * np.cross(line, toward))


def _leg(hip, knee_marker, ankle_marker, turn):
    """Give the centres of knee and ankle: both lie inward along one axis, so the knee is found again from the ankle."""
    shank = _length(knee_marker - ankle_marker)
    knee_marker = knee_marker + KNEE_DOWN * shank * _unit(knee_marker - hip)
    knee, ankle = knee_marker, ankle_marker
    for _ in range(4):
        knee = hinge(knee_marker, hip, ankle, KNEE * shank, turn)
        inward = knee - knee_marker
        along = _unit(ankle_marker - knee_marker)
        inward = _unit(inward - np.sum(inward * along, axis=-1, keepdims=True) * along)
        ankle = ankle_marker + ANKLE * shank * inward
    return knee, ankle


def _arm(shoulder, elbow_marker, wrist, turn):
    return hinge(elbow_marker, shoulder, wrist, ELBOW * _length(elbow_marker - wrist), turn)


def _nose(left_front, right_front, left_back, right_back):
    front, back = (left_front + right_front) / 2, (left_back + right_back) / 2
    _, up, forward = _frame(left_front - right_front, front - back)
    return front + _length(front - back) * (NOSE_FORWARD * forward - NOSE_DOWN * up)


def joint_centres(markers: Mapping[str, np.ndarray]) -> np.ndarray:
    """Give the joints of skeleton.PAPER_13, (n, 13, 3), from markers {name: (n, 3)}: millimetres, in the same axes.

    markers: those in NEEDED. Raises ValueError if one of them is not there.
    """
    missing = [name for name in NEEDED if name not in markers]
    if missing:
        raise ValueError(f"expected the markers {', '.join(NEEDED)}; got none named {', '.join(missing)}.")
    m = {name: np.asarray(markers[name], dtype=np.float64) for name in NEEDED}
    joints = {"nose": _nose(m["LFHD"], m["RFHD"], m["LBHD"], m["RBHD"])}
    left_hip, right_hip = hips(m["LASI"], m["RASI"], m["LPSI"], m["RPSI"])
    neck, pelvis = (m["C7"] + m["CLAV"]) / 2, (left_hip + right_hip) / 2
    down = SHOULDER_DOWN * (pelvis - neck)
    for side, letter, hip, turn in (("left", "L", left_hip, 1), ("right", "R", right_hip, -1)):
        shoulder, wrist = m[f"{letter}SHO"] + down, (m[f"{letter}WRA"] + m[f"{letter}WRB"]) / 2
        elbow = _arm(shoulder, m[f"{letter}ELB"], wrist, turn)
        knee, ankle = _leg(hip, m[f"{letter}KNE"], m[f"{letter}ANK"], -turn)
        limbs = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip, "knee": knee, "ankle": ankle}
        joints |= {f"{side}_{name}": centre for name, centre in limbs.items()}
    return np.stack([joints[name] for name in PAPER_13], axis=1)
