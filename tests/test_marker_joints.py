"""Joint centres from markers: bodies made by hand, with markers placed around joints that are known."""

import numpy as np
import pytest

from vvipe_explore.datasets import marker_joints
from vvipe_explore.datasets.marker_joints import ANKLE, ELBOW, KNEE, NEEDED, SHOULDER_DOWN, fit, hinge, joint_centres
from vvipe_explore.skeleton import PAPER_13

THIGH, SHANK, UPPER_ARM, FOREARM = 420.0, 400.0, 290.0, 250.0
WIDTH, DEPTH = 240.0, 160.0
HIP = np.array([0.33 * WIDTH + 7.3, -0.30 * WIDTH - 10.9, -0.24 * DEPTH - 9.9])
"""Outward, up and forward of the middle of the ASIS, by hand from Harrington et al."""

# Axes of the bodies here: x forward, y to the left, z up.


def test_hips_by_hand():
    """PW 240 and PD 160: 48.3 back, 82.9 down, 86.5 to each side."""
    asis, psis = np.array([[0.0, 120, 1000]]), np.array([[-160.0, 50, 1000]])
    mirror = np.array([1, -1, 1])
    (left, right), _ = marker_joints.hips(asis, asis * mirror, psis, psis * mirror)
    assert left[0] == pytest.approx([-48.3, 86.5, 917.1])
    assert right[0] == pytest.approx([-48.3, -86.5, 917.1])


@pytest.mark.parametrize("side", [1, -1])
def test_a_bent_hinge_by_hand(side):
    """A left arm with the forearm forward: the elbow lies 40 to the right of its marker. The right arm is mirrored."""
    marker, shoulder, wrist = np.array([0.0, 40 * side, 0]), np.array([0.0, 0, 300]), np.array([250.0, 0, 0])
    centre = hinge(marker, shoulder, wrist, np.array([40.0]), side)
    assert centre == pytest.approx([0, 0, 0], abs=1e-9)
    assert hinge(marker, shoulder, wrist, np.array([40.0]), -side)[1] * side > 1   # the wrong way


def test_a_straight_hinge_is_on_the_line():
    shoulder, wrist, offset = np.array([0.0, 0, 300]), np.array([0, 0, -250.0]), np.array([40.0])
    for marker in ([0.0, 30, 10], [0.0, 0, 10]):
        for turn in (1, -1):
            assert hinge(np.array(marker), shoulder, wrist, offset, turn) == pytest.approx([0, 0, 10], abs=1e-9)


def turns(rng, n, degrees):
    """Rotations (n, 3, 3) about random axes by up to so many degrees."""
    axis = rng.normal(size=(n, 3))
    x, y, z = (axis / np.linalg.norm(axis, axis=1, keepdims=True)).T
    angle = np.radians(rng.uniform(-degrees, degrees, n))[:, None, None]
    k = np.stack([0 * x, -z, y, z, 0 * x, -x, -y, x, 0 * x], 1).reshape(n, 3, 3)
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def walk(rng, n=300, hip_off=(0, 0, 0), knee_up=0.0):
    """Joints {name: (n, 3)} of a body that moves, and markers around them {name: (n, 3)}, millimetres.

    Knees and elbows are bent by 25 to 100 degrees. hip_off: how far (outward, up, forward) the hips lie from where the
    regression says. knee_up: how far above its place, along the thigh, the knee's marker stands.
    """
    pelvis, chest, place = turns(rng, n, 40), turns(rng, n, 40), rng.normal(0, 300, (n, 3))
    joints, markers = {}, {}

    def at(frame, x, y, z, origin=place):
        return origin + frame @ np.array([x, y, z], dtype=float)

    neck = at(pelvis, 0, 0, 450)
    for name, x in (("C7", -60), ("CLAV", 60)):
        markers[name] = at(chest, x, 0, 0, neck)
    for side, letter, s in (("left", "L", 1), ("right", "R", -1)):
        markers |= {f"{letter}ASI": at(pelvis, 0, s * WIDTH / 2, 0), f"{letter}PSI": at(pelvis, -DEPTH, s * 45, 0)}
        outward, up, forward = HIP + hip_off
        hip, leg = at(pelvis, forward, s * outward, up), pelvis @ turns(rng, n, 70)
        shoulder, arm = at(chest, 0, s * 180, -40, neck), chest @ turns(rng, n, 120)
        knee, ankle = limb(rng, hip, leg, THIGH, SHANK, -1)
        elbow, wrist = limb(rng, shoulder, arm, UPPER_ARM, FOREARM, 1)
        shank, forearm = SHANK / np.sqrt(1 - (KNEE - ANKLE) ** 2), FOREARM / np.sqrt(1 - ELBOW**2)
        around = {
            "KNE": at(leg, 0, s * KNEE * shank, knee_up, knee), "ANK": at(leg, 0, s * ANKLE * shank, 0, ankle),
            "ELB": at(arm, 0, s * ELBOW * forearm, 0, elbow), "SHO": at(chest, 0, 0, SHOULDER_DOWN * forearm, shoulder),
            "WRA": at(arm, 20, 5, 25, wrist), "WRB": at(arm, -20, -5, -25, wrist),
            "FHD": at(chest, 90, s * 60, 180, neck), "BHD": at(chest, -90, s * 60, 180, neck),
        }  # fmt: skip
        markers |= {letter + name: marker for name, marker in around.items()}
        both = {"hip": hip, "knee": knee, "ankle": ankle, "shoulder": shoulder, "elbow": elbow, "wrist": wrist}
        joints |= {f"{side}_{name}": joint for name, joint in both.items()}
    return joints, markers


def limb(rng, start, frame, first, second, forward):
    """The middle and the end of a limb that hangs down in a frame and is bent forward (1) or back (-1)."""
    bend = np.radians(rng.uniform(25, 100, len(start)))
    middle = start + frame @ np.array([0, 0, -first])
    lower = np.stack([forward * np.sin(bend), 0 * bend, -np.cos(bend)], axis=1) * second
    return middle, middle + (frame @ lower[..., None])[..., 0]


def errors(joints, found):
    """Distances (n, 12), millimetres, of all joints but the nose."""
    return np.stack([np.linalg.norm(found[:, PAPER_13.index(name)] - at, axis=1) for name, at in joints.items()], 1)


@pytest.fixture
def numbers():
    return np.random.default_rng(0)


def test_joints_come_out_to_a_tenth_of_a_millimetre(numbers):
    joints, markers = walk(numbers)
    assert set(markers) == set(NEEDED)
    assert errors(joints, joint_centres(markers)).max() < 0.1


def test_the_fit_finds_hips_and_knees_that_lie_elsewhere(numbers):
    """Hips 36 mm from the regression, knees' markers 40 mm too high: fitted to 8 mm, and bones keep their lengths."""
    joints, markers = walk(numbers, hip_off=(10, -30, 15), knee_up=40)
    placement = fit(markers, [0, 100, 200])
    assert placement.hip == pytest.approx([10, -30, 15], abs=4)
    assert placement.shoulder == pytest.approx([0, 0, 0], abs=2)
    assert placement.knee == pytest.approx([40], abs=2)
    before, after = errors(joints, joint_centres(markers)), errors(joints, joint_centres(markers, placement))
    assert before.max() > 30
    assert after.max() < 8
    assert spread(joint_centres(markers)) > 0.025
    assert spread(joint_centres(markers, placement)) < 0.005


def spread(found):
    """The largest spread of a leg's bones: standard deviation over mean."""
    ends = [("hip", "knee"), ("knee", "ankle")]
    bones = [found[:, PAPER_13.index(f"left_{a}")] - found[:, PAPER_13.index(f"left_{b}")] for a, b in ends]
    return max(np.linalg.norm(bone, axis=1).std() / np.linalg.norm(bone, axis=1).mean() for bone in bones)


def test_a_body_that_stands_still_stays_at_the_start(numbers):
    _, markers = walk(numbers, n=1, hip_off=(10, -30, 15))
    still = {name: np.repeat(place, 50, axis=0) for name, place in markers.items()}
    assert all(np.allclose(each, 0, atol=1e-6) for each in vars(fit(still, [0])).values())
    start = marker_joints.Placement(hip=np.array([1.0, 2, 3]))
    assert fit(still, [0, 25], start).hip == pytest.approx([1, 2, 3])


def test_turning_the_body_turns_the_joints(numbers):
    _, markers = walk(numbers, n=40, hip_off=(5, -20, 5))
    turn = turns(numbers, 1, 180)[0]
    turned = {name: place @ turn.T + [100, -2000, 30] for name, place in markers.items()}
    placement, same = fit(markers, [0]), fit(turned, [0])
    assert np.allclose(same.hip, placement.hip, atol=1e-4)
    expected = joint_centres(markers, placement) @ turn.T + [100, -2000, 30]
    assert np.allclose(joint_centres(turned, same), expected, atol=1e-3)


def test_a_mirrored_body_has_mirrored_joints(numbers):
    _, markers = walk(numbers, n=40)
    other = {"L": "R", "R": "L"}
    mirrored = {other.get(name[0], name[0]) + name[1:]: place * [1, -1, 1] for name, place in markers.items()}
    swap = [PAPER_13.index(n.replace("left", "x").replace("right", "left").replace("x", "right")) for n in PAPER_13]
    assert np.allclose(joint_centres(mirrored), (joint_centres(markers) * [1, -1, 1])[:, swap], atol=1e-6)


def test_the_nose_is_before_and_below_the_front_of_the_head(numbers):
    _, markers = walk(numbers, n=1)
    front, back = ((markers["L" + name] + markers["R" + name]) / 2 for name in ("FHD", "BHD"))
    nose = joint_centres(markers)[:, 0] - front
    forward = (front - back) / 180
    assert (nose * forward).sum() == pytest.approx(0.2 * 180)
    assert np.linalg.norm(nose) == pytest.approx(np.hypot(0.2, 0.35) * 180)


def test_no_frames_give_no_joints():
    assert joint_centres({name: np.empty((0, 3)) for name in NEEDED}).shape == (0, 13, 3)


def test_a_marker_that_is_not_there_is_named(numbers):
    _, markers = walk(numbers, n=1)
    del markers["LASI"]
    with pytest.raises(ValueError, match="expected the markers LFHD, .*; got none named LASI"):
        joint_centres(markers)
