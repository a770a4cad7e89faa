"""Read detections: formats by hand, damaged and hostile files, the chosen person, and how little memory it takes."""

import contextlib
import importlib.util
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import vvipe_explore as vv
from vvipe_explore import _joint_names, skeleton
from vvipe_explore.datasets import read_detections
from vvipe_explore.datasets.detections import guess_skeleton, json_stream

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

ROOT = Path(__file__).parents[1]


def points(joints=17, shift=0.0, sure=0.5):
    """x, y, confidence of each joint: joint i at (10 i + 1 + shift, 5 i + 2)."""
    return [v for i in range(joints) for v in (10.0 * i + 1 + shift, 5.0 * i + 2, sure)]


def entry(image_id="0.jpg", joints=17, **more):
    return {"image_id": image_id, "category_id": 1, "keypoints": points(joints), "score": 2.5} | more


def read(tmp_path, value, name="file.json", **options):
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return read_detections(path, **options)


# --- formats ---


def test_alphapose_by_hand(tmp_path):
    rows = [entry("10.jpg"), entry("2.jpg", keypoints=points(shift=7, sure=1.4)), entry("2.jpg")]
    d = read(tmp_path, rows)
    assert d.joint_names == skeleton.COCO_17
    assert d.keypoints.shape == (3, 17, 2)
    assert d.keypoints.dtype == d.confidence.dtype == np.float32
    assert d.frame.tolist() == [2, 2, 10]  # AlphaPose counts from 0: the first two frames show nobody
    assert d.person.tolist() == [0, 1, 0]
    assert d.image == ("2.jpg", "2.jpg", "10.jpg")
    assert d.n_frames == 11
    assert not d.tracked
    assert d.keypoints[0, 3].tolist() == [38, 17]
    assert d.keypoints[1, 3].tolist() == [31, 17]
    assert d.confidence[:, 0].tolist() == [1, 0.5, 0.5]  # above 1 becomes 1
    assert d.score.tolist() == [2.5] * 3


@pytest.mark.parametrize(
    ("joints", "names"),
    [(17, skeleton.COCO_17), (18, skeleton.COCO_18), (26, skeleton.HALPE_26), (136, _joint_names.HALPE_136),
     (133, _joint_names.COCO_133)],
)  # fmt: skip
def test_skeletons_by_number_of_joints(tmp_path, joints, names):
    d = read(tmp_path, [entry(joints=joints)])
    assert d.joint_names == names
    assert len(set(names)) == joints
    got, sure = d.to_paper_13()
    nose = names.index("left_ankle")
    assert got[0, 11].tolist() == [10 * nose + 1, 5 * nose + 2]
    assert sure.shape == (1, 13)


def test_whole_bodies_begin_with_the_body():
    assert _joint_names.HALPE_136[:26] == skeleton.HALPE_26
    assert _joint_names.COCO_133[:17] == skeleton.COCO_17
    assert _joint_names.HALPE_136[26:] == _joint_names.COCO_133[23:]


@pytest.mark.parametrize("wrap", [lambda i: i, str, float, lambda i: [i], lambda i: [[i], [9]], lambda i: [[[i, 4]]]])
def test_tracks_in_all_the_shapes_alphapose_writes(tmp_path, wrap):
    rows = [entry(f"{t}.jpg", idx=wrap(7 + p)) for t in range(3) for p in range(2)]
    d = read(tmp_path, rows)
    assert d.tracked
    assert d.person.tolist() == [7, 8] * 3


@pytest.mark.parametrize("idx", [None, 0, 0.0, [0.0], -1])
def test_tracks_that_tell_nobody_apart_are_ignored(tmp_path, idx):
    rows = [entry(f"{t}.jpg", idx=idx) for t in range(3) for _ in range(2)]
    d = read(tmp_path, rows)
    assert not d.tracked
    assert d.person.tolist() == [0, 1] * 3


def test_image_ids_that_are_numbers(tmp_path):
    with pytest.warns(UserWarning, match=r"file\.json: frame 0 is the picture numbered 1,000,000,000,000\."):
        d = read(tmp_path, [entry(10**12 + 3), entry(10**12), entry(10**12 + 1.0)])
    assert d.frame.tolist() == [0, 1, 3]
    assert (d.n_frames, d.first) == (4, 10**12)
    assert d.image[0] == str(10**12)
    with pytest.warns(UserWarning, match=r"2 pictures are numbered from 1 to 1,000,000,000,000, less than one in 15"):
        far = read(tmp_path, [entry(1), entry(10**12)])  # ids, no frames
    assert far.frame.tolist() == [0, 1]
    assert far.number.tolist() == [1, 10**12]
    assert (far.n_frames, far.video) == (2, False)


@pytest.mark.parametrize(
    ("names", "frames", "said"),
    [
        (["a_9.jpg", "a_10.jpg", "a_8.jpg"], [1, 2, 0], "frame 0 is the picture numbered 8"),
        (["0009.png", "0012.png"], [0, 3], "frame 0 is the picture numbered 9"),
        (["shot1_1080p.png", "shot5_1080p.png"], [0, 4], None),  # the number that changes counts, not the last one
        (["shot3_1080p.png", "shot5_1080p.png"], [3, 5], None),
        (["s1_009.jpg", "s2_001.jpg", "s1_010.jpg"], [0, 2, 1], None),  # two numbers change: rank in natural order
        (["a1_b10.jpg", "a2_b1.jpg", "a1_b9.jpg", "a10_b1.jpg"], [1, 2, 0, 3], None),
        (["walk.jpg", "run12.jpg"], [1, 0], None),
        (["1.jpg", "01.jpg", "2.jpg"], [0, 1, 2], None),
        (["1623456789012345678.jpg", "1623456789012345680.jpg"], [0, 2], "frame 0 is the picture numbered 1,623,"),
        (["1.json"], [0], None),
        (["only"], [0], None),
    ],
)
def test_frames_follow_natural_order(tmp_path, names, frames, said):
    with pytest.warns(UserWarning, match=said) if said else contextlib.nullcontext():
        d = read(tmp_path, [entry(name) for name in names])
    found = dict(zip(d.image, d.frame.tolist(), strict=True))
    assert [found[name] for name in names] == frames


@pytest.mark.parametrize(("key", "joints"), [("people", "pose_keypoints_2d"), ("bodies", "joints")])
def test_alphapose_in_other_detectors_forms(tmp_path, key, joints):
    pictures = {f"{t}.jpg": {"version": "AlphaPose v0.3", key: [{joints: points(18)}] * t} for t in (2, 0, 1)}
    d = read(tmp_path, pictures)
    assert d.joint_names == skeleton.COCO_18
    assert d.frame.tolist() == [1, 2, 2]
    assert d.n_frames == 3
    alone = read(tmp_path, pictures["2.jpg"])  # one picture a file
    assert (len(alone), alone.n_frames, alone.joint_names) == (2, 1, skeleton.COCO_18)


def frame_of(*people, key="pose_keypoints_2d"):
    return {"version": 1.3, "people": [{"person_id": [-1], key: person} for person in people]}


@pytest.mark.parametrize("key", ["pose_keypoints_2d", "pose_keypoints"])
def test_openpose_frame_by_hand(tmp_path, key):
    half = points(18)
    half[3:6] = [0, 0, 0]
    d = read(tmp_path, frame_of(points(18), [], half, [0] * 54, key=key), name="walk_000000000012_keypoints.json")
    assert d.joint_names == skeleton.COCO_18
    assert d.n_frames == 1
    assert d.frame.tolist() == [0, 0]
    assert d.person.tolist() == [0, 1]  # a person without points, or with none seen, is no row
    assert d.confidence[1, :3].tolist() == [0.5, 0, 0.5]
    assert d.image == ("walk_000000000012_keypoints.json",) * 2


def test_openpose_nobody(tmp_path):
    d = read(tmp_path, frame_of())
    assert (len(d), d.n_frames, d.keypoints.shape) == (0, 1, (0, 25, 2))
    assert len(d.followed()) == 0
    assert d.to_paper_13()[0].shape == (0, 13, 2)
    assert len(read(tmp_path, [])) == 0


def write_frames(folder, frames, form="cam_{:012d}_keypoints.json"):
    folder.mkdir()
    for t, frame in frames.items():
        (folder / form.format(t)).write_text(json.dumps(frame))
    return folder


def test_openpose_folder(tmp_path):
    """Frames with nobody count; a missing file leaves a gap; other files and folders are ignored."""
    frames = {5: frame_of(points(18)), 6: frame_of(), 8: frame_of(points(18), points(18)), 10: frame_of()}
    folder = write_frames(tmp_path / "out", frames)
    (folder / "video.mp4").write_bytes(b"\0")
    (folder / "vis.json.txt").write_text("no")
    (folder / ".DS_Store.json").write_text("no")
    d = read_detections(folder)
    assert d.frame.tolist() == [5, 8, 8]
    assert d.n_frames == 11
    assert d.image[0] == "cam_000000000005_keypoints.json"


def test_openpose_tracks(tmp_path):
    frames = {t: {"people": [{"person_id": [i], "pose_keypoints_2d": points(18)} for i in (4, 2)]} for t in range(3)}
    d = read_detections(write_frames(tmp_path / "out", frames))
    assert d.tracked
    assert d.person.tolist() == [4, 2] * 3


def test_zip_of_frames_is_read_in_memory(tmp_path):
    path = tmp_path / "frames.bin"  # recognised by what it holds
    with zipfile.ZipFile(path, "w") as archive:
        for t in (10, 9):
            archive.writestr(f"../../{t}.json", json.dumps(frame_of(points(18))))
        archive.writestr("__MACOSX/._9.json", b"\0")
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.warns(UserWarning, match="frame 0 is the picture numbered 9"):
        d = read_detections(path)
    assert d.image == ("9.json", "10.json")
    assert sorted(tmp_path.parent.rglob("*")) == before


def ground_truth():
    visible = points()
    visible[2::3] = [0, 1, 2] + [2] * 14
    return {
        "info": {"year": 2017},
        "annotations": [
            {"id": 1, "image_id": 70, "category_id": 1, "num_keypoints": 16, "iscrowd": 0, "keypoints": visible},
            {"id": 2, "image_id": 8, "category_id": 1, "num_keypoints": 0, "iscrowd": 0, "keypoints": [0] * 51},
            {"id": 3, "image_id": 8, "category_id": 1, "iscrowd": 1, "keypoints": points()},
            {"id": 4, "image_id": 8, "category_id": 3, "bbox": [1, 2, 3, 4]},
            {"id": 5, "image_id": 8, "category_id": 1, "num_keypoints": 17, "keypoints": points(sure=2)},
        ],
        "images": [{"id": i, "file_name": f"{i:06d}.jpg", "width": 640} for i in (70, 8, 9)],
        "categories": [{"id": 1, "name": "person", "keypoints": list(skeleton.COCO_17), "skeleton": [[1, 2]]}],
    }


def test_coco_ground_truth_by_hand(tmp_path):
    with pytest.warns(UserWarning, match="3 pictures are numbered from 8 to 70, less than one in 15"):
        d = read(tmp_path, ground_truth())
    assert d.frame.tolist() == [0, 2]  # all images are listed: frames are places in that list, without gaps
    assert d.n_frames == 3
    assert d.image == ("000008.jpg", "000070.jpg")
    assert d.confidence[1, :4].tolist() == [0, 1, 1, 1]  # visibility 0, 1, 2
    assert d.joint_names == skeleton.COCO_17


def test_coco_names_its_own_joints(tmp_path):
    names = ["head", "left_shoulder", "right_shoulder", "tail"]
    truth = ground_truth() | {"annotations": [{"image_id": 9, "keypoints": points(4)}], "images": [{"id": 9}]}
    truth["categories"][0]["keypoints"] = names
    assert read(tmp_path, truth).joint_names == tuple(names)
    truth["categories"] = []
    with pytest.raises(ValueError, match=r"file\.json: expected 13, .* joints, got 4; pass their names"):
        read(tmp_path, truth)
    assert read(tmp_path, truth, skeleton=names).joint_names == tuple(names)


def test_coco_results(tmp_path):
    rows = [{"image_id": 40, "category_id": 1, "keypoints": points(sure=1), "score": 0.9}] * 2
    d = read(tmp_path, rows)
    assert (d.confidence == 1).all()
    assert d.person.tolist() == [0, 1]


def test_npz(tmp_path):
    path = tmp_path / "lifted.npz"
    keypoints = np.arange(3 * 13 * 2, dtype=float).reshape(3, 13, 2)
    confidence = np.ones((3, 13))
    confidence[1] = 0
    np.savez(path, keypoints=keypoints, confidence=confidence, joint_names=np.array(skeleton.PAPER_13), other=7)
    d = read_detections(path)
    assert d.joint_names == skeleton.PAPER_13
    assert d.frame.tolist() == [0, 2]
    assert d.n_frames == 3
    assert d.keypoints[1] == pytest.approx(keypoints[2])
    assert d.image == ("", "")
    np.savez_compressed(path, keypoints=keypoints, frame=np.array([4, 0, 4]), person=np.array([1, 1, 2]))
    d = read_detections(path)
    assert d.frame.tolist() == [0, 4, 4]
    assert d.person.tolist() == [1, 1, 2]


@pytest.mark.parametrize("far", [np.float16(np.inf), np.float16(np.nan), np.int64(-(2**63)), 1e300, np.uint32(2**31)])
def test_points_that_are_missing_in_an_npz(tmp_path, recwarn, far):
    keypoints = np.ones((1, 13, 2), np.asarray(far).dtype)
    keypoints[0, 1, 0] = far
    np.savez(tmp_path / "file.npz", keypoints=keypoints)
    d = read_detections(tmp_path / "file.npz")
    assert d.confidence[0, :3].tolist() == [1, 0, 1]
    assert d.keypoints[0, :3].tolist() == [[1, 1], [0, 0], [1, 1]]
    assert not recwarn.list


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "file.json"
    path.write_bytes(json.dumps([entry("bild_ü_1.jpg")], ensure_ascii=False).encode(encoding))
    assert read_detections(path).image == ("bild_ü_1.jpg",)


def test_any_size_of_piece_gives_the_same(tmp_path, monkeypatch):
    text = json.dumps([entry(f"{i}_é.jpg", idx=i) for i in range(3)], indent=1, ensure_ascii=False)
    whole = read(tmp_path, text)
    for size in (4, 5, 7, 64):
        monkeypatch.setattr(json_stream, "CHUNK", size)
        pieces = read(tmp_path, text)
        assert (pieces.keypoints == whole.keypoints).all()
        assert pieces.image == whole.image


@pytest.mark.parametrize("size", range(4, 16))
def test_numbers_cut_between_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(json_stream, "CHUNK", size)
    text = '{"version": 1.25, "fps": 1e+5, "n": -12.5E-3, "people": [{"joints": []}], "more": [1.5, 2e-1, 30]}'
    assert read(tmp_path, text).n_frames == 1


# --- 25 joints ---


def standing(body, names, mirrored=False):
    """The standing person of conftest with face, feet and middle, in pixels: (25, 2) in the order of names."""
    place = dict(zip(skeleton.PAPER_13, body.numpy(), strict=True))
    place |= {"neck": (0, 1.52, 0), "pelvis": (0, 1, 0), "head_top": (0, 1.85, 0)}
    for side, sign in (("left_", 1), ("right_", -1)):
        place |= {f"{side}eye": (0.03 * sign, 1.74, 0.1), f"{side}ear": (0.08 * sign, 1.72, 0)}
        place |= {f"{side}big_toe": (0.12 * sign, 0, 0.2), f"{side}small_toe": (0.16 * sign, 0, 0.18)}
        place |= {f"{side}heel": (0.1 * sign, 0.03, -0.05)}
    world = np.array([place[name] for name in names])
    return np.stack([(-1 if mirrored else 1) * 200 * (world[:, 0] + 0.3 * world[:, 2]), -200 * world[:, 1]], -1) + 500


def flat(xy, sure=0.9):
    return np.concatenate([xy, np.full((len(xy), 1), sure)], 1).ravel().tolist()


@pytest.mark.parametrize(("word", "names"), [("body_25", skeleton.BODY_25), ("body_25b", skeleton.BODY_25B)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_25_joints_are_told_apart(tmp_path, recwarn, body, word, names, mirrored):
    other = {"body_25": "body_25b", "body_25b": "body_25"}[word]
    frame = frame_of(flat(standing(body, names, mirrored)))
    assert read(tmp_path, frame).joint_names == names
    assert read(tmp_path, frame, skeleton=word).joint_names == names
    with pytest.raises(ValueError, match=rf'file.json: skeleton="{other}" was given, .* bodies look like "{word}"'):
        read(tmp_path, frame, skeleton=other)
    wrong = list(skeleton.SKELETONS[other])  # a list of names is not questioned
    assert read(tmp_path, frame, skeleton=wrong).joint_names == tuple(wrong)
    assert not recwarn.list


def test_25_joints_that_cannot_be_told_apart_give_a_warning(tmp_path, recwarn):
    few = [0.0] * 75
    few[:6] = [100, 100, 0.9, 120, 130, 0.9]
    with pytest.warns(UserWarning, match=r'file\.json: 25 joints are "body_25" or "body_25b".* are read as "body_25"'):
        d = read(tmp_path, frame_of(few))
    assert d.joint_names == skeleton.BODY_25
    recwarn.clear()
    assert read(tmp_path, frame_of(few), skeleton="body_25b").joint_names == skeleton.BODY_25B
    assert not recwarn.list


def test_the_skeleton_of_each_real_body_alone_is_guessed_in_both_orders(real_data):
    folders = sorted((real_data / "pose2sim-single").glob("*/openpose/cam0*"))
    if not folders:
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    bodies, orders = 0, (skeleton.BODY_25, skeleton.BODY_25B)
    for folder in folders:
        d = read_detections(folder)
        assert d.joint_names == skeleton.BODY_25B
        moved = skeleton.convert(d.keypoints, "body_25b", "body_25")
        sure = skeleton.convert_confidence(d.confidence, "body_25b", "body_25")
        for i in range(len(d)):
            row = slice(i, i + 1)
            assert guess_skeleton.evidence(d.keypoints[row], d.confidence[row], *orders) > guess_skeleton.CERTAIN
            assert guess_skeleton.evidence(moved[row], sure[row], *orders) < -guess_skeleton.CERTAIN
        bodies += len(d)
    assert bodies == 649


def test_a_skeleton_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"file\.json: entry 0 .*expected 25 joints, got 17;"):
        read(tmp_path, [entry()], skeleton="body_25")
    with pytest.raises(ValueError, match="unknown skeleton 'boddy'"):
        read(tmp_path, [entry()], skeleton="boddy")
    with pytest.raises(ValueError, match="expected each joint's name only once, got nose, nose"):
        read(tmp_path, [entry()], skeleton=["nose"] * 17)


# --- what is missing, damaged or hostile ---


@pytest.mark.parametrize(
    "point",
    ["NaN, 2, 0.5", "1, Infinity, 0.5", "1, 2, NaN", "1, 2, -0.3", "1, 2, 0", "1, 2, -Infinity", "1e400, 2, 1",
     "null, null, null", "1e7, 2, 0.5", "1, 2, Infinity", "1" + "0" * 300 + ", 2, 0.5"],
)  # fmt: skip
def test_points_that_are_missing(tmp_path, point):
    text = json.dumps([entry()]).replace("11.0, 7.0, 0.5", point)
    d = read(tmp_path, text)
    assert d.confidence[0, :3].tolist() == [0.5, 0, 0.5]
    assert d.keypoints[0, 1].tolist() == [0, 0]


def test_people_without_points_give_a_warning(tmp_path):
    with pytest.warns(UserWarning, match=r"file\.json: all 1 people have no joint of confidence above 0"):
        assert len(read(tmp_path, [entry(keypoints=[0.0] * 51)])) == 0
    with pytest.raises(ValueError, match=r"file\.json: the confidences of all 2 people are 0.*or 1 where"):
        read(tmp_path, [entry(keypoints=points(sure=sure)) for sure in (-1, 0)])


ENTRY = json.dumps(entry())
BAD = {
    "empty": ("", r"expected \[ or \{, got the end of the file"),
    "spaces": ("  \n ", r"expected \[ or \{, got the end of the file"),
    "word": ("hello", r"expected JSON with \[ or \{ here, got 'h'"),
    "number": ("12", r"expected JSON with \[ or \{ here, got '1'"),
    "cut": (f"[{ENTRY}, " + ENTRY[:200], r"entry|not valid JSON.*near byte [\d,]+"),
    "more after the end": (f"[{ENTRY}] {{}}", r"line 1 .*expected an object with image_id .*got an empty object"),
    "two lists": (f"[{ENTRY}] 1", r"expected the end of the file after its JSON, got more text"),
    "comma": (f"[{ENTRY},]", r"not valid JSON.*near byte"),
    "mixed joints": (json.dumps([entry(), entry(joints=26)]), r"entry 1 .*expected 17 joints as before, got 26"),
    "odd count": (json.dumps([entry(keypoints=[1.0] * 49)]), r"entry 0 .*expected x, y, confidence, .*got 49 numbers"),
    "unknown count": (json.dumps([entry(joints=12)]), r"entry 0 .*expected 13, .* joints, got 12"),
    "text": (json.dumps([entry(), entry(keypoints=["1.5"] * 51)]), r"entry 1 .*expected numbers .*got '1.5' at place"),
    "boolean": (json.dumps([entry(keypoints=[1, True, 1] * 17)]), r"entry 0 .*expected numbers .*got True at place 1"),
    "lists of points": (json.dumps([entry(keypoints=[[1, 2, 3]] * 51)]), r"entry 0 .*expected 13, .* joints, got 51"),
    "points in 3D": (json.dumps([{"keypoints": [[1, 2, 3]] * 17, "keypoint_scores": [1] * 17}]), r"got x, y, z beside"),
    "an entry that is text": ('["a"]', r"entry 0 .*expected an object .*got 'a'"),
    "no points": (json.dumps([{"image_id": "1.jpg"}]), r"entry 0 .*image_id and .*got an object with 'image_id'"),
    "picture true": (json.dumps([entry(True)]), r"entry 0 .*expected a picture's name .*got True"),
    "picture list": (json.dumps([entry([1])]), r"entry 0 .*expected a picture's name .*got a list"),
    "long name": (json.dumps([entry("a" * 5000)]), r"entry 0 .*name of at most 1,024 characters, got 5,000"),
    "idx text": (json.dumps([entry(idx="seven")]), r"entry 0 .*a whole number .*as idx, got 'seven'"),
    "idx huge": (json.dumps([entry(idx=10**30)]), r"entry 0 .*a whole number below 2\^62 as idx, got 10{30}"),
    "score text": (json.dumps([entry(score="high")]), r"entry 0 .*a number as score, got 'high'"),
    "digits": (f'[{{"image_id": {"9" * 10**5}}}]', r"a number that cannot be read.*near byte"),
    "many digits": (json.dumps([entry(keypoints=[10**400] * 51)]), r"entry 0 .*numbers of at most 300 digits"),
    "deep": ("[" * 10**5, r"nested too deeply.*near byte"),
    "deep objects": ('{"a":' * 10**5, r"nested too deeply.*near byte"),
    "deep people": ('{"people": ' + "[" * 10**5, r"nested too deeply"),
    "no keys": ("{}", r"expected keypoints of AlphaPose, .*got an empty object"),
    "other keys": ('{"fps": 3, "scenes": []}', r"OpenPose, .*got an object with 'fps', 'scenes'"),
    "people 3": ('{"people": 3}', r"got an object with 'people'"),
    "person 3": ('{"people": [3]}', r"person 0 .*expected an object .*got 3"),
    "person without points": ('{"people": [{"hair": []}]}', r"person 0 .*got an object with 'hair'"),
    "picture's people": ('{"1.jpg": {"people": 3}}', r"got an object with '1.jpg'"),
    "control character": ('[{"image_id": "a\nb"}]', r"not valid JSON: Invalid control character"),
    "instances": (json.dumps({"annotations": [{"image_id": 1, "bbox": []}]}), r"annotations with keypoints, got none"),
    "a lost image": (json.dumps(ground_truth() | {"images": []}), r"each annotation's image_id .*got '\d+'"),
    "image without id": ('{"images": [{"a": 1}]}', r"image 0 .*got an object with 'a'"),
    "long value": ('{"info": "' + "a" * 3 * 10**6 + '"}', r"values of at most 1,048,576 characters, got a longer one"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named(tmp_path, case):
    text, message = BAD[case]
    with pytest.raises(ValueError, match=rf"file\.json: (.|\n)*({message})"):
        read(tmp_path, text)


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"[\xff]", b"\x80\x04K\x01.", '["ü"]'.encode("latin-1"), b"\0" * 9])
def test_bytes_that_are_no_text_are_named(tmp_path, data):
    (tmp_path / "file.json").write_bytes(data)
    with pytest.raises(ValueError, match=r"file\.json: .*(near byte|got a pickle)"):
        read_detections(tmp_path / "file.json")


def test_a_file_cut_anywhere_is_refused(tmp_path):
    for value in ([entry(), entry("1.jpg", idx=[1], joints=17)], frame_of(points(18)), ground_truth()):
        text = json.dumps(value)
        for end in range(0, len(text) - 1, 13):
            with pytest.raises(ValueError, match=r"file\.json: "):
                read(tmp_path, text[:end])


def test_errors_say_where(tmp_path):
    text = "[" + ", ".join([ENTRY] * 1000) + "]"
    place = text.index('"score"', 400 * len(ENTRY))
    with pytest.raises(ValueError, match=r"file\.json: not valid JSON.*near byte ([\d,]+)") as caught:
        read(tmp_path, text[:place] + "}" + text[place:])
    near = int(str(caught.value).rsplit("byte ", 1)[1].rstrip(").").replace(",", ""))
    assert abs(near - place) < 3


def test_paths_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file or folder .*gone"):
        read_detections(tmp_path / "gone")
    with pytest.raises(ValueError, match=r"holds no \.json file"):
        read_detections(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ValueError, match=r"pipe\.json: expected a file or a folder, got a device or a pipe"):
        read_detections(tmp_path / "pipe.json")
    with pytest.raises(ValueError, match=r"pipe\.json is no regular file"):
        read_detections(tmp_path)
    with pytest.raises(ValueError, match="cannot be read"):
        read_detections("a\0b")


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    path = tmp_path / "secret.json"
    path.write_text("[]")
    path.chmod(0)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    if os.access(path, os.R_OK):  # root may read all, so the refusal is simulated
        monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ValueError, match=r"secret\.json cannot be read \(Permission denied\)"):
        read_detections(path)


def test_links_are_followed_for_reading(tmp_path):
    """DVC and git-annex keep files elsewhere and link to them."""
    folder = write_frames(tmp_path / "out", {0: frame_of(points(18))})
    (folder / "cam_000000000001_keypoints.json").symlink_to(next(folder.iterdir()).name)
    assert len(read_detections(folder)) == 2
    (tmp_path / "stored").write_text(json.dumps(frame_of(points(18))))
    (folder / "cam_000000000002_keypoints.json").symlink_to("../stored")
    assert len(read_detections(folder)) == 3
    (tmp_path / "linked").symlink_to(folder)
    assert len(read_detections(tmp_path / "linked")) == 3


def test_links_to_nothing_and_to_devices_are_refused(tmp_path):
    folder = write_frames(tmp_path / "out", {0: frame_of(points(18))})
    link = folder / "cam_000000000001_keypoints.json"
    link.symlink_to("../annex/abc")
    with pytest.raises(FileNotFoundError, match=r"01_keypoints\.json is a link to \.\./annex/abc, which is not there"):
        read_detections(folder)
    with pytest.raises(FileNotFoundError, match="is a link to .*, which is not there; fetch it"):
        read_detections(link)
    link.unlink()
    link.symlink_to("/dev/zero")
    with pytest.raises(ValueError, match=r"01_keypoints\.json is no regular file"):
        read_detections(folder)


def test_a_damaged_frame_in_a_folder_is_named(tmp_path):
    folder = write_frames(tmp_path / "out", {t: frame_of(points(18)) for t in range(3)}, "{}.json")
    (folder / "1.json").write_text('{"people": [')
    with pytest.raises(ValueError, match=r"out/1\.json: not valid JSON"):
        read_detections(folder)
    (folder / "1.json").write_text(json.dumps([entry()]))
    with pytest.raises(ValueError, match=r"out/1\.json: .*(one of several files|expected 18 joints as before, got 17)"):
        read_detections(folder)


def write_zip(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_bad_zips_are_named(tmp_path):
    path = tmp_path / "file.zip"
    good = json.dumps(frame_of(points(18)))
    for members, message in (
        ({"a.csv": "x"}, r"expected a zip with \.json files, got none"),
        ({"a.txt": "x"}, r"'a\.txt', line 1: expected numbers \(YOLO labels: class, box, joints\), got 'x'"),
        ({"a/1.json": good, "b/1.json": good}, r"got \.json files in several folders"),
        ({"1.json": good, "2.json": "{"}, r"'2\.json': "),
        ({"1" * 2000 + ".json": good}, "name of at most 1,024 characters, got 2,005"),
        ({"1.json": b'{"people": []' + b" " * 10**8 + b"}"}, "unfolds to 95 MB"),
    ):
        write_zip(path, members)
        with pytest.raises(ValueError, match=rf"file\.zip: .*{message}"):
            read_detections(path)
    write_zip(path, {"1.json": good}, zipfile.ZIP_STORED)
    data = path.read_bytes()
    for spoilt in (data[:60], data[:-5], data.replace(b'"people"', b'"poeple"')):
        path.write_bytes(spoilt)
        with pytest.raises(ValueError, match=r"file\.zip: a damaged or encrypted archive"):
            read_detections(path)


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_no_code_of_a_file_is_run(tmp_path):
    trap = tmp_path / "trap"
    objects = np.array([Trap(trap)], dtype=object)
    np.savez(tmp_path / "file.npz", keypoints=objects)
    with pytest.raises(ValueError, match=r"file\.npz: .*keypoints\.npy: expected numbers, got Python objects"):
        read_detections(tmp_path / "file.npz")
    np.savez(tmp_path / "file.npz", keypoints=np.ones((1, 13, 2)), joint_names=objects)
    with pytest.raises(ValueError, match=r"file\.npz: .*joint_names\.npy: expected numbers, got Python objects"):
        read_detections(tmp_path / "file.npz")
    (tmp_path / "file.pkl").write_bytes(pickle.dumps(Trap(trap)))
    with pytest.raises(ValueError, match=r"file\.pkl: "):
        read_detections(tmp_path / "file.pkl")
    assert not trap.exists()


def test_bad_npz_are_named(tmp_path):
    path = tmp_path / "file.npz"
    fine = np.ones((2, 13, 2))
    for arrays, message in (
        ({"words": np.array(["a"])}, "expected .*keypoints"),
        ({"keypoints": fine[0, 0]}, r"expected keypoints of the shape .*got the shape \(2,\)"),
        ({"keypoints": fine, "confidence": np.ones((2, 12))}, r"confidence .*\(2, 13\), got .*\(2, 12\)"),
        ({"keypoints": fine, "frame": np.array([0.5, 1])}, "expected frame to be whole numbers .*got float64"),
        ({"keypoints": fine, "frame": np.array([-1, 1])}, "expected frame to be whole numbers .*got -1 to 1"),
        ({"keypoints": fine, "joint_names": np.arange(13)}, "expected joint_names to be texts .*got int64"),
        ({"keypoints": fine[:, :12]}, "expected 13, .* joints, got 12"),
        ({"keypoints": fine.astype("U")}, "expected keypoints to be numbers, got <U"),
    ):
        np.savez(path, **arrays)
        with pytest.raises(ValueError, match=rf"file\.npz: .*{message}"):
            read_detections(path)
    np.savez(path, keypoints=fine)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"(2, 13, 2)", b"(9**9,13,2)"[:10]))
    with pytest.raises(ValueError, match=r"file\.npz: "):
        read_detections(path)
    np.savez_compressed(path, keypoints=np.zeros((10**5, 13, 2)))
    with pytest.raises(ValueError, match=r"file\.npz: unfolds to 19 MB"):
        read_detections(path)


def test_damaged_files_at_random(tmp_path):
    """Read 300 inputs of benchmarks/fuzz_readers.py: each gives rows or an error that names the file."""
    spec = importlib.util.spec_from_file_location("fuzz_readers", ROOT / "benchmarks" / "fuzz_readers.py")
    fuzz = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzz)
    counts = fuzz.run(300, 7, tmp_path)
    assert sum(counts.values()) == 300
    assert sum(n for (_, outcome), n in counts.items() if outcome == "rows") > 30


# --- memory ---


FRESH = """
import sys, tracemalloc, vvipe_explore as vv
d = vv.datasets.read_detections(sys.argv[1])
assert not {"torch", "scipy", "tqdm", "matplotlib"} & sys.modules.keys()
assert vv.datasets.cmu.EVERY == 4 and callable(vv.datasets.read_bvh)   # these are imported when first used
tracemalloc.start()
d = vv.datasets.read_detections(sys.argv[1])
print(len(d), tracemalloc.get_traced_memory()[1] - 1.5 * (d.keypoints.nbytes + d.confidence.nbytes))
"""


def test_a_large_file_takes_little_more_than_its_rows_and_no_torch(tmp_path):
    """Torch must not be imported: it takes more address space than a gigabyte of detections leaves."""
    path = tmp_path / "large.json"
    numbers = json.dumps(entry(keypoints=[v + 1 / 3 for v in points()]))
    path.write_text("[" + ",".join(numbers.replace("0.jpg", f"{i}.jpg") for i in range(9_000)) + "]")
    assert path.stat().st_size > 8e6
    done = subprocess.run([sys.executable, "-c", FRESH, path], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    rows, beyond = done.stdout.split()
    assert int(rows) == 9_000
    assert float(beyond) < 6e6


def test_large_files_show_a_bar(tmp_path, capsys):
    path = tmp_path / "large.json"
    path.write_text("[" + " " * 2**24 + "]")
    read_detections(path)
    assert "reading large.json: 100%" in capsys.readouterr().err
    read_detections(path, progress=False)
    assert capsys.readouterr().err == ""


# --- one person ---


def person(x, size=100.0, image="0.jpg", **more):
    """A person of 17 joints on a ring of the given size around (x, 300), the shoulders above the hips."""
    angle = np.linspace(0, 6, 17)
    xy = np.stack([x + size * np.cos(angle), 300 - size * np.sin(angle)], -1)
    return entry(image, keypoints=flat(xy), **more)


def chosen_x(d):
    return d.followed().keypoints.mean(axis=1)[:, 0].round().tolist()


def test_the_track_that_is_large_for_long_is_chosen(tmp_path):
    rows = [person(100, 80, f"{t}.jpg", idx=1) for t in range(10)]
    rows += [person(500, 100, f"{t}.jpg", idx=2) for t in range(3, 6)]  # larger, but seen for a moment
    d = read(tmp_path, rows)
    choice = d.choice()
    assert choice.track == 1
    assert choice.why == "track 1, one of 2 tracks: large and long, seen in 10 of 10 frames"
    assert d.person[choice.rows].tolist() == [1] * 10
    other = d.choice(track=2)
    assert d.frame[other.rows].tolist() == [3, 4, 5]
    with pytest.raises(ValueError, match="nobody has the track 9; there are 1, 2"):
        d.choice(track=9)


def test_a_track_twice_in_a_frame_is_taken_once(tmp_path):
    rows = [person(100, 80, f"{t}.jpg", idx=1) for t in range(20)] + [person(300, 90, "4.jpg", idx=1)]
    one = read(tmp_path, rows).followed()
    assert one.frame.tolist() == list(range(20))
    assert one.keypoints[4].mean(axis=0)[0] < 150  # the one who stands where the track stood


def test_without_tracks_the_path_stays_with_one_person(tmp_path):
    """The order of two people changes; a larger person appears in one frame, and nobody in another."""
    rows = []
    for t in (0, 1, 2, 4, 5, 6):
        pair = [person(100 + 5 * t, 80, f"{t}.jpg"), person(600, 70, f"{t}.jpg")]
        rows += pair[::-1] if t % 2 else pair
    rows.append(person(900, 120, "4.jpg"))
    d = read(tmp_path, rows)
    one = d.followed()
    assert one.frame.tolist() == [0, 1, 2, 4, 5, 6]
    start = chosen_x(d)[0]
    assert chosen_x(d) == [start + 5 * t for t in (0, 1, 2, 4, 5, 6)]
    assert d.choice().track is None
    assert "seen in 6 of 7 frames" in d.choice().why


def test_the_person_who_stays_larger_is_chosen_and_never_a_single_point(tmp_path):
    ghost = entry("0.jpg", keypoints=[50.0, 50.0, 0.9] + [0.0] * 48)  # one joint
    same = entry("0.jpg", keypoints=[50.0, 50.0, 0.9] * 17)  # all at one point
    far = [person(100, 30, f"{t}.jpg") for t in range(6)]
    near = [person(700, 90, f"{t}.jpg") for t in range(6)]
    d = read(tmp_path, [ghost, same, *far, *near], skeleton=list(skeleton.COCO_17))
    assert (d.followed().keypoints[..., 0].mean(axis=1) > 500).all()
    assert len(read(tmp_path, [ghost, same]).followed()) == 0


def test_the_chosen_person_is_the_one_who_was_triangulated(real_data, recording):
    """A bystander stands in two of the views; only size and nearness tell who walks."""
    other = []
    for label in ("cam01", "cam02", "cam03", "cam04"):
        d = read_detections(real_data / "pose2sim-single" / "S00_P00_T01_BalancingTrial" / "openpose" / label)
        one = d.followed()
        got, sure = one.to_paper_13()
        assert one.frame.tolist() == list(range(100))
        away = np.abs(got - recording.keypoints[label]).max(axis=-1) * (sure > 0)
        other += [(label, t) for t in np.flatnonzero(away.max(axis=1) > 1e-3)]
    assert other == [("cam01", 37)]  # here the detector listed his arms and his legs as two people


def test_rows_can_be_taken_and_embedded(tmp_path):
    d = read(tmp_path, [person(100 * t, image=f"{t}.jpg", idx=t) for t in range(4)])
    part = d[d.frame >= 2]
    assert len(part) == 2
    assert part.image == ("2.jpg", "3.jpg")
    assert part.n_frames == 4
    assert d[1].frame.tolist() == [1]
    model = vv.load_pretrained(keypoints="exact")
    z = model.embed_keypoints(*d.to_paper_13())
    assert len(z) == 4
    assert np.isfinite(z).all()


def test_the_choice_can_be_seen(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    from vvipe_explore.plots import plot_choice

    rows = [person(100 + t, 80, f"{t}.jpg") for t in range(5)] + [person(600, 60, f"{t}.jpg") for t in range(5)]
    d = read(tmp_path, rows)
    ax = plot_choice(d, d.choice())
    others, chosen = ax.collections[:2]
    assert len(others.get_segments()) == 5
    assert len(chosen.get_segments()) == 5
    assert max(segment[:, 1].max() for segment in chosen.get_segments()) < 300
    assert d.choice().why in ax.get_title()
