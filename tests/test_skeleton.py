"""Joints by name: conversion between all pairs of skeletons, mirroring, and the orders of the common detectors."""

import numpy as np
import pytest
import torch

from vvipe_explore import skeleton
from vvipe_explore.skeleton import BODY_25, BODY_25B, DERIVED, PAPER_13, SKELETONS

PLACE = {name: i for i, name in enumerate(PAPER_13)}


def numbered(names):
    """Points (joints, 3) that depend on the joint's name and side only."""
    return torch.tensor([[float(len(n)), float(sum(map(ord, n)) % 97), float(n.startswith("left"))] for n in names])


def test_paper_13_is_coco_without_eyes_and_ears():
    parts = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    coco = ["nose", *(f"{side}_{part}" for part in parts for side in ("left", "right"))]
    assert tuple(coco) == skeleton.COCO_17
    assert tuple(n for n in coco if "eye" not in n and "ear" not in n) == PAPER_13


@pytest.mark.parametrize("name", sorted(SKELETONS))
def test_every_skeleton_has_distinct_joints_on_both_sides(name):
    names = SKELETONS[name]
    assert len(set(names)) == len(names) == int(name.rstrip("b").split("_")[1])
    assert {skeleton.mirror_name(n) for n in names} == set(names)


@pytest.mark.parametrize("source", sorted(SKELETONS))
def test_conversion_by_name_to_every_other(source):
    names = SKELETONS[source]
    place = {name: i for i, name in enumerate(names)}
    points = numbered(names)
    for target in SKELETONS.keys() - {source}:
        ways = {joint: [(joint,), *DERIVED.get(joint, ())] for joint in SKELETONS[target]}
        parts = {joint: next((w for w in some if set(w) <= set(names)), None) for joint, some in ways.items()}
        lacking = [joint for joint, found in parts.items() if found is None]
        if lacking:
            with pytest.raises(ValueError, match=f"expected {', '.join(lacking)} in the source skeleton, or joints to"):
                skeleton.convert(points, source, target)
        else:
            expected = [points[[place[part] for part in found]].mean(0) for found in parts.values()]
            assert torch.equal(skeleton.convert(points, source, target), torch.stack(expected)), target


@pytest.mark.parametrize(
    "source", ["coco_17", "coco_18", "body_19", "body_25", "body_25b", "halpe_26", "h36m_17", "blazepose_33"]
)
def test_skeletons_convert_to_the_paper_s_thirteen(source):
    got = skeleton.convert(numbered(SKELETONS[source])[None, None], source)
    assert got.shape == (1, 1, 13, 3)
    assert torch.equal(got[0, 0], numbered(PAPER_13))


def test_derived_joints_are_means():
    eyes = ["left_eye", "right_eye", *PAPER_13[1:]]
    points = np.zeros((14, 2))
    points[0], points[1] = (2, 10), (4, 20)
    assert skeleton.convert(points, eyes, ["nose"]).tolist() == [[3, 15]]
    points = np.zeros((13, 2))
    points[PLACE["left_hip"]], points[PLACE["right_hip"]] = (1, 0), (3, 8)
    points[PLACE["left_shoulder"]], points[PLACE["right_shoulder"]] = (10, 20), (20, 30)
    made = skeleton.convert(points, "paper_13", ["pelvis", "thorax", "neck", "spine"])
    assert made.tolist() == [[2, 4], [15, 25], [15, 25], [8.5, 14.5]]


def test_a_joint_that_is_there_is_not_derived():
    points = np.array([[5.0, 5.0], [0.0, 0.0], [2.0, 2.0]])
    assert skeleton.convert(points, ["nose", "left_eye", "right_eye"], ["nose"]).tolist() == [[5, 5]]


def test_confidence_of_a_derived_joint_is_the_lowest_of_its_parts():
    confidence = np.full((2, 13), 0.9)
    confidence[0, PLACE["right_hip"]] = 0.2
    got = skeleton.convert_confidence(confidence, "paper_13", ["pelvis", "nose"])
    assert got.tolist() == [[0.2, 0.9], [0.9, 0.9]]


def test_mirror_by_hand():
    pose = torch.arange(39.0).reshape(13, 3)
    got = skeleton.mirror(pose)
    assert got[PLACE["nose"]].tolist() == [0, 1, 2]
    assert got[PLACE["left_wrist"]].tolist() == [-18, 19, 20]
    assert got[PLACE["right_wrist"]].tolist() == [-15, 16, 17]


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mirror_twice_changes_nothing(dims, dtype, rng):
    points = torch.randn(4, 5, 13, dims, generator=rng).to(dtype)
    once = skeleton.mirror(points)
    assert once.dtype == dtype
    assert not torch.equal(once, points)
    assert torch.equal(skeleton.mirror(once), points)


def test_mirror_names():
    assert [skeleton.mirror_name(n) for n in ("left_hip", "right_big_toe", "nose", "leftover")] == [
        "right_hip", "left_big_toe", "nose", "leftover",
    ]  # fmt: skip
    assert sorted(skeleton.MIRROR) == list(range(13))
    assert all(skeleton.MIRROR[i] == i + (1 if i % 2 else -1) for i in range(1, 13))


def test_bones_are_symmetric_and_twelve():
    bones = {frozenset(b) for b in skeleton.BONES}
    assert len(bones) == 12
    assert {frozenset(map(skeleton.mirror_name, b)) for b in skeleton.BONES} == bones


def test_bone_lengths_by_hand(body):
    lengths = skeleton.bone_lengths(body)
    assert lengths[8] == pytest.approx(0.2)   # hip line
    assert lengths[9] == pytest.approx(0.4)   # shoulder line
    assert lengths[10] == lengths[11] == pytest.approx(np.hypot(0.1, 0.5))   # flanks
    assert lengths[1] == pytest.approx(np.hypot(0.2, 0.1))   # left forearm
    assert skeleton.torso_length(body) == pytest.approx(0.5)
    assert skeleton.mid_hip(body).tolist() == [0, 1, 0]


def test_indices_leave_out_bones_that_are_not_there():
    assert skeleton.indices(["left_hip", "nose", "right_hip"]) == [(0, 2)]


def test_kind_follows_the_input(rng):
    points = torch.randn(3, 17, 2, generator=rng)
    from_numpy, from_torch = skeleton.convert(points.numpy(), "coco_17"), skeleton.convert(points, "coco_17")
    assert isinstance(from_numpy, np.ndarray)
    assert isinstance(from_torch, torch.Tensor)
    assert np.array_equal(from_numpy, from_torch.numpy())
    assert skeleton.convert(np.zeros((0, 17, 2)), "coco_17").shape == (0, 13, 2)
    assert skeleton.mirror(np.zeros((0, 13, 3))).shape == (0, 13, 3)


def test_missing_values_pass_through_conversion():
    points = np.zeros((17, 2))
    points[5] = np.nan
    got = skeleton.convert(points, "coco_17")
    assert np.isnan(got[PLACE["left_shoulder"]]).all()
    assert np.isfinite(np.delete(got, PLACE["left_shoulder"], 0)).all()


def test_names_are_forgiving_about_case_and_hyphens():
    assert skeleton.names_of("COCO-17") == skeleton.COCO_17
    assert skeleton.names_of(["a", "b"]) == ("a", "b")


def test_errors():
    with pytest.raises(ValueError, match="unknown skeleton 'coco_16'; expected one of aic_14, .*coco_17"):
        skeleton.convert(np.zeros((16, 2)), "coco_16")
    with pytest.raises(ValueError, match=r"the source skeleton has 17 joints; got shape \(16, 2\)"):
        skeleton.convert(np.zeros((16, 2)), "coco_17")
    with pytest.raises(ValueError, match="expected left_ankle in the source .*, got nose, left_shoulder"):
        skeleton.convert(np.zeros((12, 2)), [n for n in PAPER_13 if n != "left_ankle"])
    with pytest.raises(ValueError, match=r"confidence .* the source skeleton has 17 joints; got shape \(13,\)"):
        skeleton.convert_confidence(np.zeros(13), "coco_17")
    with pytest.raises(ValueError, match=r"points \(..., 13, 2 or 3\) of skeleton.PAPER_13, got shape \(17, 3\)"):
        skeleton.mirror(np.zeros((17, 3)))
    with pytest.raises(ValueError, match="as numbers, got the text 'walk'"):
        skeleton.mirror("walk")


def test_body_25b_is_coco_then_neck_head_and_feet():
    """The order of the real recording's detections, as the data's description gives it."""
    sides = [f"{side}_{part}" for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
             for side in ("left", "right")]  # fmt: skip
    feet = [f"{side}_{part}" for side in ("left", "right") for part in ("big_toe", "small_toe", "heel")]
    assert list(BODY_25B) == ["nose", *sides, "neck", "head_top", *feet]


def test_the_nose_of_mpii_lies_midway_between_neck_and_top_of_the_head():
    points = np.zeros((16, 2))
    points[8], points[9] = (10, 40), (14, 20)
    assert skeleton.convert(points, "mpii_16", ["nose"]).tolist() == [[12, 30]]


def test_blazepose_s_landmarks_have_the_numbers_that_its_documentation_gives():
    names = skeleton.SKELETONS["blazepose_33"]
    places = {0: "nose", 2: "left_eye", 5: "right_eye", 8: "right_ear", 11: "left_shoulder", 16: "right_wrist",
              23: "left_hip", 26: "right_knee", 28: "right_ankle", 32: "right_foot_index"}  # fmt: skip
    assert {i: names[i] for i in places} == places


def test_body_25_is_openpose_s_own_order():
    assert BODY_25.index("neck") == 1
    assert BODY_25.index("pelvis") == 8
    assert BODY_25[2:8] == tuple(f"{s}_{j}" for s in ("right", "left") for j in ("shoulder", "elbow", "wrist"))
    assert BODY_25[9:15] == tuple(f"{s}_{j}" for s in ("right", "left") for j in ("hip", "knee", "ankle"))
    assert BODY_25[19:] == BODY_25B[19:]
    assert set(BODY_25B) - set(BODY_25) == {"head_top"}


def test_real_detections_are_body_25b_and_not_body_25(recording):
    """Both ankles lie below both knees if the columns are read as BODY_25B, and not if they are read as BODY_25."""
    right = np.median(recording.keypoints["cam02"], axis=0)
    columns = np.full((25, 2), np.nan)
    columns[[BODY_25B.index(n) for n in PAPER_13]] = right
    wrong = skeleton.convert(columns, "body_25")
    knees, ankles = ([PLACE[f"{side}_{joint}"] for side in ("left", "right")] for joint in ("knee", "ankle"))
    assert right[PLACE["nose"], 1] < right[PLACE["left_shoulder"], 1] < right[PLACE["left_hip"], 1]
    assert right[ankles, 1].min() > right[knees, 1].max()
    assert np.isfinite(wrong[knees + ankles]).all()
    assert wrong[ankles, 1].min() < wrong[knees, 1].max()
