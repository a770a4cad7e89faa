"""Joint centres from markers on the skin: the 13 joints from the names of Vicon's full-body (Plug-in Gait) marker set.

All lengths are in millimetres, in any right-handed axes: turning the markers turns the joints. Three steps:

- Regression. Hips from the pelvis' width and depth; every other joint inward from its marker by half its breadth.
- Fit. Hips and shoulders lie deep, and nobody places markers to the centimetre. So fit() moves hips and shoulders,
  within the frames of pelvis and chest, to where thigh and upper arm change least in length, and the knees along the
  thigh to where the shank does. A weight holds them near the regression.
- Joints. With what fit() found, every frame is computed by itself. No length is forced.

Sources. Hips: Harrington et al. (2007), Prediction of the hip joint centre in adults, children, and patients with
cerebral palsy, Journal of Biomechanics 40(3). Breadths of knee, ankle and elbow: means of men and women in Gordon et
al. (1989), Anthropometric Survey of U.S. Army Personnel; half of each and a marker's radius lead from the marker to
the centre. Joints that change a length least: Gamage and Lasenby (2002), New least squares solutions for estimating
the average centre of rotation and the axis of rotation, Journal of Biomechanics 35(1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .._joint_names import PAPER_13

NEEDED = (
    "LFHD", "RFHD", "LBHD", "RBHD", "C7", "CLAV", "LSHO", "RSHO", "LELB", "RELB", "LWRA", "LWRB", "RWRA", "RWRB",
    "LASI", "RASI", "LPSI", "RPSI", "LKNE", "RKNE", "LANK", "RANK",
)  # fmt: skip
"""The markers that joint_centres uses."""

KNEE, ANKLE = 0.135, 0.105
"""From a marker inward to the joint, as fractions of the shank, knee to ankle marker."""
ELBOW, SHOULDER_DOWN = 0.16, 0.17
"""Inward from the elbow's marker, down from the shoulder's, as fractions of the forearm, elbow marker to wrist."""
NOSE_FORWARD, NOSE_DOWN = 0.2, 0.35
"""From the middle of the front head markers, as fractions of the length between front and back ones; ours, about 3 cm
and 5 cm: the bridge of the nose, if the front markers are on the temples."""

STIFFNESS = 0.003
"""How fit() weighs 1 mm^2 of a joint's distance from the regression against 1 mm^2 of variance of a bone's length."""

Markers = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Placement:
    """How far from the regression a person's joints lie, in millimetres.

    hip, shoulder (3,): outward, up, forward. knee (1,): away from the hip.
    """

    hip: np.ndarray = field(default_factory=lambda: np.zeros(3))
    shoulder: np.ndarray = field(default_factory=lambda: np.zeros(3))
    knee: np.ndarray = field(default_factory=lambda: np.zeros(1))


def _length(vectors):
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def _unit(vectors):
    return vectors / np.maximum(_length(vectors), 1e-9)


def _frames(left, forward):
    """Give the axes outward, up, forward of both sides, (2, n, 3, 3): left as it comes, forward made square to it."""
    left = _unit(left)
    up = _unit(np.cross(forward, left))
    forward = np.cross(left, up)
    return np.stack([np.stack([left, up, forward], 1), np.stack([-left, up, forward], 1)])


def _moved(points, frames, by):
    """Move points (2, n, 3) by (..., k), as (outward, up, forward), along frames (2, n, k, 3)."""
    return points + np.einsum("...k,...kx->...x", by, frames)


def hips(left_front, right_front, left_back, right_back):
    """Give the hips (2, n, 3), left and right, and the pelvis' axes, from the ASIS (front) and PSIS (back) markers.

    Harrington et al. (2007): from the middle of the ASIS, with the pelvis' depth PD and width PW, -0.24 PD - 9.9
    forward, -0.30 PW - 10.9 up, 0.33 PW + 7.3 outward.
    """
    front, back = (left_front + right_front) / 2, (left_back + right_back) / 2
    width, depth = _length(left_front - right_front), _length(front - back)
    frames = _frames(left_front - right_front, front - back)
    by = np.concatenate([0.33 * width + 7.3, -0.30 * width - 10.9, -0.24 * depth - 9.9], axis=-1)
    return _moved(front, frames, by), frames


def hinge(marker, start, end, offset, turn):
    """Give the centre (..., 3) of a hinge, such as the elbow, from a marker at the side of it.

    start, end: the joints before and after it. offset (..., 1): from the marker to the centre. turn: +1 where the way
    inward is (centre - start) x (end - centre), -1 where it is the opposite.

    The way inward is square to both bones. So the centre lies on a circle that has the marker and the marker's foot on
    the line from start to end as a diameter. Where the marker is nearer to the line than the offset, the limb is
    straight, and the centre is the foot.
    """
    line = _unit(end - start)
    foot = start + np.sum((marker - start) * line, axis=-1, keepdims=True) * line
    distance = np.maximum(_length(foot - marker), 1e-9)
    toward = (foot - marker) / distance
    cosine = np.minimum(offset / distance, 1)
    sine = np.sqrt(1 - cosine**2)
    return marker + np.minimum(offset, distance) * (cosine * toward + turn * sine * np.cross(line, toward))


def _legs(hip, knee_marker, ankle_marker, turn):
    """Give knees and ankles. Both lie inward along one axis, so the knee is found again when the ankle has moved."""
    shank = _length(knee_marker - ankle_marker)
    knee = ankle = ankle_marker
    for _ in range(4):
        knee = hinge(knee_marker, hip, ankle, KNEE * shank, turn)
        ankle = ankle_marker + ANKLE * shank * _unit(knee - knee_marker)
    return knee, ankle


def _shoulders(m, both):
    """Give the shoulders by breadth alone and the chest's axes."""
    frames = _frames(m["LSHO"] - m["RSHO"], m["CLAV"] - m["C7"])
    down = SHOULDER_DOWN * _length(both["ELB"] - both["wrist"])
    return both["SHO"] - down * frames[:, :, 1], frames


def _nose(m):
    front, back = (m["LFHD"] + m["RFHD"]) / 2, (m["LBHD"] + m["RBHD"]) / 2
    _, up, forward = np.moveaxis(_frames(m["LFHD"] - m["RFHD"], front - back)[0], 1, 0)
    return front + _length(front - back) * (NOSE_FORWARD * forward - NOSE_DOWN * up)


def _checked(markers: Markers) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Give the needed markers (n, 3) by name, and those of the limbs of both sides, (2, n, 3), by name without side."""
    missing = [name for name in NEEDED if name not in markers]
    if missing:
        raise ValueError(f"expected the markers {', '.join(NEEDED)}; got none named {', '.join(missing)}.")
    m = {name: np.asarray(markers[name], dtype=np.float64) for name in NEEDED}
    both = {name: np.stack([m["L" + name], m["R" + name]]) for name in ("SHO", "ELB", "WRA", "WRB", "KNE", "ANK")}
    return m, both | {"wrist": (both["WRA"] + both["WRB"]) / 2}


def fit(markers: Markers, starts, start: Placement | None = None) -> Placement:
    """Find where the hips, shoulders and knees of one person lie, from frames in which they move.

    markers: as for joint_centres, from one placing of the markers. starts: the first frame of each recording, from 0
    on; a length may differ from one recording to the next. start: the placement to stay near; None: the regression.
    Where a joint hardly moves it stays at start.
    """
    m, both = _checked(markers)
    start = start or Placement()
    joints, pelvis = hips(m["LASI"], m["RASI"], m["LPSI"], m["RPSI"])
    hip = _fitted(joints, pelvis, both["KNE"], starts, start.hip)
    shoulder = _fitted(*_shoulders(m, both), both["ELB"], starts, start.shoulder)
    thigh = _unit(both["KNE"] - _moved(joints, pelvis, hip))
    knee = _fitted(both["KNE"], thigh[:, :, None], both["ANK"], starts, start.knee)
    return Placement(hip, shoulder, knee)


def _fitted(joints, frames, ends, starts, start):
    """Find the move of joints (2, n, 3) along frames (2, n, k, 3) at which their distances from ends vary least: (k,).

    Gauss-Newton on the mean over frames of (length - the recording's mean)^2 + STIFFNESS |move - start|^2.
    """
    move = start
    for _ in range(8):
        bones = ends - _moved(joints, frames, move)
        slopes = -np.einsum("snx,snkx->snk", _unit(bones), frames)
        residual, slopes = _centred(_length(bones), starts)[..., 0], _centred(slopes, starts)
        n = residual.size
        normal = np.einsum("snk,snl->kl", slopes, slopes) / n + STIFFNESS * np.eye(len(move))
        move = move - np.linalg.solve(normal, np.einsum("snk,sn->k", slopes, residual) / n + STIFFNESS * (move - start))
    return move


def _centred(values, starts):
    """Subtract each recording's mean from values (2, n, k)."""
    counts = np.diff([*starts, values.shape[1]])
    means = np.add.reduceat(values, starts, axis=1) / counts[:, None]
    return values - np.repeat(means, counts, axis=1)


def joint_centres(markers: Markers, placement: Placement | None = None) -> np.ndarray:
    """Give the joints of skeleton.PAPER_13, (n, 13, 3), from markers {name: (n, 3)}: millimetres, in the same axes.

    markers: those in NEEDED. placement: what fit() found for the person; None: the regression as it stands.
    Raises ValueError if a marker is not there.
    """
    m, both = _checked(markers)
    placement = placement or Placement()
    hip = _moved(*hips(m["LASI"], m["RASI"], m["LPSI"], m["RPSI"]), placement.hip)
    shoulder = _moved(*_shoulders(m, both), placement.shoulder)
    left = np.array([1.0, -1.0])[:, None, None]
    knee = both["KNE"] + placement.knee * _unit(both["KNE"] - hip)
    knee, ankle = _legs(hip, knee, both["ANK"], -left)
    elbow = hinge(both["ELB"], shoulder, both["wrist"], ELBOW * _length(both["ELB"] - both["wrist"]), left)
    pairs = {"shoulder": shoulder, "elbow": elbow, "wrist": both["wrist"], "hip": hip, "knee": knee, "ankle": ankle}
    joints = {f"{side}_{name}": pair[i] for name, pair in pairs.items() for i, side in enumerate(("left", "right"))}
    joints["nose"] = _nose(m)
    return np.stack([joints[name] for name in PAPER_13], axis=1)
