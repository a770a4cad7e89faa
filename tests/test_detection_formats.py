"""Every format of detections: each is written here as its tool writes it, and read back within a pixel.

One person of COCO's 17 joints walks through FRAMES frames. A format's writer gives what read_detections is called with;
the 13 joints that come back must lie where they were put.
"""

import contextlib
import csv
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vvipe_explore import _joint_names, skeleton
from vvipe_explore.datasets import read_detections
from vvipe_explore.datasets.detections import guess_skeleton, table
from vvipe_explore.datasets.detections.joint_words import given_skeleton, joint_name, joint_names

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

FRAMES, WIDTH, HEIGHT = 6, 1280, 720
COCO = skeleton.COCO_17
_STANDING = {
    "nose": (600, 120), "left_eye": (607, 112), "right_eye": (593, 112), "left_ear": (618, 118),
    "right_ear": (582, 118), "left_shoulder": (640, 190), "right_shoulder": (560, 188), "left_elbow": (655, 270),
    "right_elbow": (540, 268), "left_wrist": (648, 340), "right_wrist": (556, 338), "left_hip": (622, 350),
    "right_hip": (578, 350), "left_knee": (630, 455), "right_knee": (572, 450), "left_ankle": (636, 560),
    "right_ankle": (560, 552),
}  # fmt: skip
POINTS = np.array([_STANDING[name] for name in COCO], float)[None] + 4.0 * np.arange(FRAMES)[:, None, None]
SURE = 0.5 + 0.4 * np.sin(np.arange(FRAMES)[:, None] + np.arange(17)) ** 2


def place(points, name):
    """Points (frames, 2) of a joint of any skeleton, made of COCO's."""
    if name in COCO:
        return points[:, COCO.index(name)]
    side = name.split("_")[0]
    both = {"neck": "shoulder", "thorax": "shoulder", "head_bottom": "shoulder", "chest": "hip", "pelvis": "hip"}
    if name in both:
        return (place(points, f"left_{both[name]}") + place(points, f"right_{both[name]}")) / 2
    if name in ("head_top", "upper_neck", "spine"):
        up, from_ = {"head_top": (-40, "nose"), "upper_neck": (30, "nose"), "spine": (-80, "pelvis")}[name]
        return place(points, from_) + (0, up)
    near = {"eye": "eye", "mouth": "nose", "pinky": "wrist", "index": "wrist", "thumb": "wrist", "finger": "wrist",
            "heel": "ankle", "foot": "ankle", "big": "ankle", "small": "ankle"}  # fmt: skip
    part = near.get(name.split("_")[1]) if side in ("left", "right") else None
    joint = "nose" if part in (None, "nose") else f"{side}_{part}"
    return points[:, COCO.index(joint)] + (3, 6)


def of_skeleton(names, points=POINTS):
    """The person's points (frames, len(names), 2) in another skeleton."""
    return np.stack([place(points, name) for name in names], axis=1)


def flat(xy, sure=None):
    """x, y, confidence of each joint in a row."""
    sure = np.full(len(xy), 0.9) if sure is None else sure
    return np.column_stack([xy, sure]).ravel().tolist()


def write(path, value):
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def write_each(folder, values, name="v_{:06d}.json"):
    folder.mkdir()
    for t, value in enumerate(values):
        write(folder / name.format(t), value)
    return folder


def check(d, names=skeleton.PAPER_13, without_nose=False):
    """Assert that d holds the person, in every frame, and names the joints."""
    assert d.frame.tolist() == list(range(FRAMES))
    assert d.n_frames == FRAMES
    got, sure = d.to_paper_13()
    for joint in skeleton.PAPER_13[without_nose:]:
        i = skeleton.PAPER_13.index(joint)
        if joint in names:
            assert (sure[:, i] > 0).all(), joint
            assert got[:, i] == pytest.approx(place(POINTS, joint), abs=1), joint
        else:
            assert (sure[:, i] == 0).all(), joint


# --- JSON ---


def landmarks(t, names=skeleton.SKELETONS["blazepose_33"], scale=(WIDTH, HEIGHT)):
    points = of_skeleton(names)[t] / scale
    return [{"x": x, "y": y, "z": -0.1, "visibility": 0.9, "presence": 0.99} for x, y in points.tolist()]


def people(t, key="pose_keypoints_2d", names=skeleton.BODY_25, more=None):
    person = {"person_id": [-1], key: flat(of_skeleton(names)[t]), "hand_left_keypoints_2d": []}
    return {"people": [person]} | (more or {})


def instance(t):
    return {"keypoints": POINTS[t].tolist(), "keypoint_scores": SURE[t].tolist(), "bbox": [[1, 2, 3, 4]],
            "bbox_score": 0.8}  # fmt: skip


def movenet(t, camel=False):
    names = [name.split("_")[0] + "".join(word.title() for word in name.split("_")[1:]) for name in COCO]
    if camel:
        points = [{"part": n, "position": {"x": x, "y": y}, "score": 0.8}
                  for n, (x, y) in zip(names, POINTS[t].tolist(), strict=True)]  # fmt: skip
    else:
        points = [{"name": n, "x": x, "y": y, "score": 0.8} for n, (x, y) in zip(COCO, POINTS[t].tolist(), strict=True)]
    return {"score": 0.9, "keypoints": points}


def ultralytics(t, size=(1, 1)):
    x, y = (POINTS[t] / size).T.tolist()
    return {"name": "person", "class": 0, "confidence": 0.9, "box": {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
            "keypoints": {"x": x, "y": y, "visible": SURE[t].tolist()}}  # fmt: skip


def pifpaf(t):
    return {"keypoints": flat(POINTS[t]), "bbox": [1, 2, 3, 4], "score": 0.7, "category_id": 1}


def mpii(t):
    return {"joints_vis": [1] * 16, "joints": of_skeleton(skeleton.SKELETONS["mpii_16"])[t].tolist(), "scale": 4.0,
            "image": f"{t:06d}.jpg", "center": [600.0, 300.0]}  # fmt: skip


def posetrack():
    names, ids = skeleton.SKELETONS["posetrack_17"], [10000010000 + t for t in range(FRAMES)]
    return {
        "images": [{"id": i, "file_name": f"images/val/000001/{t:06d}.jpg", "frame_id": i} for t, i in enumerate(ids)],
        "annotations": [{"image_id": i, "track_id": 3, "keypoints": flat(of_skeleton(names)[t]), "scores": [0.9] * 17}
                        for t, i in enumerate(ids)],
        "categories": [{"id": 1, "name": "person", "keypoints": list(names)}],
    }  # fmt: skip


ALL = range(FRAMES)
BLAZE = list(skeleton.SKELETONS["blazepose_33"])
WITH_SIZE = {"size": (WIDTH, HEIGHT)}
CANVAS = {"canvas_width": WIDTH, "canvas_height": HEIGHT}


def named(t, make):
    """make(x, y) of each joint, by its name."""
    return {name: make(x, y) for name, (x, y) in zip(COCO, POINTS[t].tolist(), strict=True)}


VISION = [f"{name}_joint" for name in COCO]
for bone, joint in (("forearm", "elbow"), ("hand", "wrist"), ("upLeg", "hip"), ("leg", "knee"), ("foot", "ankle"),
                    ("shoulder_1", "shoulder")):  # fmt: skip
    VISION = [name.replace(joint, bone) for name in VISION]


def by_name(t):
    return dict(zip(map(str.upper, BLAZE), landmarks(t), strict=True))


JSONS = {
    "MediaPipe, frames with landmarks": ([{"frame": t, "landmarks": landmarks(t)} for t in ALL], WITH_SIZE),
    "MediaPipe, lists of landmarks": ([landmarks(t) for t in ALL], WITH_SIZE),
    "MediaPipe, several poses": ([{"landmarks": [landmarks(t)], "worldLandmarks": [landmarks(t)]} for t in ALL],
                                 WITH_SIZE),
    "MediaPipe, MessageToDict": ([{"pose_landmarks": {"landmark": landmarks(t)}} for t in ALL], WITH_SIZE),
    "MediaPipe, frames by name": ({f"frame_{t}": landmarks(t) for t in ALL}, WITH_SIZE),
    "MediaPipe, landmarks by name": ([{"frame": t, "landmarks": by_name(t)} for t in ALL], WITH_SIZE),
    "MediaPipe, times": ([{"timestamp_ms": 40 * t, "landmarks": landmarks(t)} for t in ALL], WITH_SIZE),
    "MediaPipe, x, y, z, visibility": ([{"frame": t, "landmarks": [[*p.values()][:4] for p in landmarks(t)]}
                                        for t in ALL], WITH_SIZE),
    "MediaPipe, x, y, z": ([[[*p.values()][:3] for p in landmarks(t)] for t in ALL], WITH_SIZE),
    "MediaPipe, with its size": ({"width": WIDTH, "height": HEIGHT, "fps": 25,
                                  "frames": [{"frame": t, "landmarks": landmarks(t)} for t in ALL]}, {}),
    "MMPose, a video": ([{"frame_id": t, "instances": [instance(t)]} for t in ALL], {}),
    "MMPose, instance_info": ({"meta_info": {"keypoint_id2name": {str(i): n for i, n in enumerate(COCO)}},
                               "instance_info": [{"frame_id": t + 1, "instances": [instance(t)]} for t in ALL]}, {}),
    "MMPose, predictions": ({"predictions": [[instance(t)] for t in ALL], "visualization": []}, {}),
    "list of OpenPose's frames": ([people(t, names=skeleton.COCO_18, more=CANVAS) for t in ALL], {}),
    "DWPose, candidate and subset": ([{"bodies": {"candidate": (of_skeleton(skeleton.COCO_18)[t] / (WIDTH, HEIGHT))
                                                 .tolist(), "subset": [[*range(18), 0.9, 18]]}} for t in ALL],
                                     WITH_SIZE),
    "MoveNet in TensorFlow": ([[[np.column_stack([POINTS[t][:, ::-1], SURE[t]]).tolist()]] for t in ALL], {}),
    "lists of each joint": ({name: POINTS[:, i].tolist() for i, name in enumerate(COCO)}, {}),
    "lists of each column": ({f"{n}_{c}": POINTS[:, i, k].tolist() for i, n in enumerate(COCO)
                              for k, c in enumerate("xy")}, {}),
    "PoseNet, a pose a frame": ([movenet(t, camel=True) for t in ALL], {}),
    "MoveNet, poses a frame": ([[movenet(t)] for t in ALL], {}),
    "MoveNet in an object": ({"frames": [{"timestamp": t / 30, "poses": [movenet(t)]} for t in ALL]}, {}),
    "Ultralytics, a list a frame": ([[ultralytics(t)] for t in ALL], {}),
    "Ultralytics, texts of JSON": ([json.dumps([ultralytics(t)]) for t in ALL], {}),
    "Ultralytics, a text of a line": ("\n".join(json.dumps([ultralytics(t)]) for t in ALL), {}),
    "Ultralytics, all of it a text": (json.dumps(json.dumps([[ultralytics(t)] for t in ALL])), {}),
    "Ultralytics, frames": ([{"frame": t, "orig_shape": [HEIGHT, WIDTH], "keypoints": [POINTS[t].tolist()]}
                             for t in ALL], {}),
    "PifPaf, a line a frame": ("\n".join(json.dumps({"frame": t + 1, "predictions": [pifpaf(t)]}) for t in ALL), {}),
    "lists of x, y, confidence": (np.dstack([POINTS, SURE]).tolist(), {}),
    "lists of x, y": (POINTS.tolist(), {}),
    "lists of people": ([[person] for person in POINTS.tolist()], {}),
    "lists of numbers": (POINTS.reshape(FRAMES, -1).tolist(), {}),
    "frames by number": ({str(t): np.column_stack([POINTS[t], SURE[t]]).tolist() for t in ALL}, {}),
    "joints by name": ([{"frame": t} | named(t, lambda x, y: [x, y, 0.9]) for t in ALL], {}),
    "keypoints by name": ({"fps": 30, "data": [{"frame": t, "keypoints": named(t, lambda x, y: {"x": x, "y": y})}
                                               for t in ALL]}, {}),
    "rows of a table": ([{"frame": t} | {f"{n}_{c}": v for n, xy in named(t, lambda x, y: {"x": x, "y": y}).items()
                                         for c, v in xy.items()} for t in ALL], {}),
    "lists x and y": ([{"frame": t, "x": POINTS[t, :, 0].tolist(), "y": POINTS[t, :, 1].tolist()} for t in ALL], {}),
    "Ultralytics, xy and conf": ([{"frame": t, "keypoints": {"xy": [POINTS[t].tolist()], "conf": [SURE[t].tolist()]}}
                                  for t in ALL], {}),
    "frames in an object": ({"keypoints": {str(t): POINTS[t].tolist() for t in ALL}}, {}),
    "people by number": ([{"frame": t, "people": {"7": {"keypoints": flat(POINTS[t])}}} for t in ALL], {}),
    "frames of each person": ({"1": {str(t): {"keypoints": flat(POINTS[t]), "scores": 0.9} for t in ALL}}, {}),
    "a video's frames": ({"v.mp4": [{"frame": t, "landmarks": landmarks(t)} for t in ALL]}, WITH_SIZE),
    "a video's lists": ({"v.mp4": POINTS.tolist()}, {}),
    "MediaPipe Tasks": ([{"timestamp_ms": 40 * t, "result": {"landmarks": [landmarks(t)]}} for t in ALL], WITH_SIZE),
    "Apple's Vision": ([{"frame": t, "joints": dict(zip(VISION, POINTS[t].tolist(), strict=True))} for t in ALL], {}),
    "MPII": ([mpii(t) for t in ALL], {}),
    "PoseTrack": (posetrack(), {}),
    "COCO, two numbers a joint": ({"images": [{"id": t, "file_name": f"{t}.jpg"} for t in ALL],
                                   "annotations": [{"image_id": t, "keypoints": POINTS[t].ravel().tolist()}
                                                   for t in ALL],
                                   "categories": [{"id": 1, "keypoints": list(COCO)}]}, {}),
    "AlphaPose, lists of points": ([{"image_id": f"{t}.jpg", "keypoints": POINTS[t].tolist(), "score": 2.5}
                                    for t in ALL], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", JSONS)
def test_json(tmp_path, case):
    value, options = JSONS[case]
    d = read_detections(write(tmp_path / "v.json", value), **options)
    check(d, without_nose=case == "MPII")


FOLDERS = {
    "MMPose, a picture a file": ([[instance(t)] for t in ALL], "{:06d}.json"),
    "PifPaf, a picture a file": ([[pifpaf(t)] for t in ALL], "{}.jpg.predictions.json"),
    "Ultralytics, a picture a file": ([[ultralytics(t)] for t in ALL], "{}.json"),
    "MediaPipe, a frame a file": ([{"landmarks": landmarks(t)} for t in ALL], "{}.json"),
    "one person a file": ([movenet(t) for t in ALL], "{}.json"),
    "OpenPose 1.0": ([people(t, "pose_keypoints", skeleton.COCO_18) for t in ALL], "v_{:012d}_keypoints.json"),
    "BODY_135": ([people(t, names=_joint_names.BODY_135) for t in ALL], "v_{:012d}_keypoints.json"),
    "BODY_19": ([people(t, names=skeleton.SKELETONS["body_19"]) for t in ALL], "v_{:012d}_keypoints.json"),
    "26 joints": ([people(t, names=skeleton.HALPE_26) for t in ALL], "v_{:06d}.json"),
    "33 joints": ([people(t, names=BLAZE) for t in ALL], "v_{:06d}.json"),
    "MPI of OpenPose": ([people(t, names=skeleton.SKELETONS["mpi_15"]) for t in ALL], "v_{:06d}.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDERS)
def test_a_frame_a_file(tmp_path, case):
    values, name = FOLDERS[case]
    options = WITH_SIZE if "MediaPipe" in case else {}
    d = read_detections(write_each(tmp_path / "out", values, name), **options)
    check(d, without_nose=case == "MPI of OpenPose")
    with zipfile.ZipFile(tmp_path / "v.zip", "w") as archive:
        for path in sorted((tmp_path / "out").iterdir()):
            archive.write(path, path.name)
    assert np.array_equal(read_detections(tmp_path / "v.zip", **options).keypoints, d.keypoints)


def test_people_of_a_list_stand_in_one_frame_unless_each_is_near_the_one_before(tmp_path):
    far = [{"keypoints": flat(POINTS[0] + (300 * i, 0))} for i in range(3)]
    d = read_detections(write(tmp_path / "v.json", far))
    assert (d.n_frames, d.person.tolist()) == (1, [0, 1, 2])
    near = read_detections(write(tmp_path / "v.json", [{"keypoints": flat(POINTS[t])} for t in ALL]))
    assert near.n_frames == FRAMES


def test_frames_with_nobody_count(tmp_path):
    nobody = [{"landmarks": []}, {"landmarks": None}, None, []]
    values = [{"landmarks": landmarks(0)}, *nobody, {"landmarks": landmarks(4)}]
    d = read_detections(write(tmp_path / "v.json", values), **WITH_SIZE)
    assert d.frame.tolist() == [0, 5]


def test_points_that_some_frames_lack_are_missing_there(tmp_path):
    """PoseNet's filter leaves points out: each frame has other names, in another order."""
    poses = [movenet(t) for t in ALL]
    for t, pose in enumerate(poses):
        del pose["keypoints"][t + 5 : t + 8]
        pose["keypoints"] = pose["keypoints"][::-1] if t % 2 else pose["keypoints"]
    d = read_detections(write(tmp_path / "v.json", [{"frame": t, **pose} for t, pose in enumerate(poses)]))
    assert d.joint_names == COCO
    for t in ALL:
        assert np.flatnonzero(d.confidence[t] == 0).tolist() == [t + 5, t + 6, t + 7]
        there = d.confidence[t] > 0
        assert d.keypoints[t, there] == pytest.approx(POINTS[t, there], abs=1e-3)


def test_sizes_and_rates_that_a_file_says(tmp_path):
    frames = [{"frame": t, "timestamp_ms": 40 * t, "landmarks": landmarks(t)} for t in ALL]
    value = {"video": {"width": WIDTH, "height": HEIGHT}, "frames": frames}
    d = read_detections(write(tmp_path / "v.json", value))
    check(d)
    assert d.fps == pytest.approx(25)


JSON_REFUSALS = {
    "only world landmarks": ([{"worldLandmarks": [landmarks(0)]}], "expected 2D keypoints, got only ones in 3D"),
    "a body in 3D": ([{"frame_id": 0, "instances": [instance(0) | {"keypoints": [[1.0, 2.0, 0.5]] * 17}]}],
                     "got x, y, z beside"),
    "too few names": ([{"keypoints": [{"name": "snout", "x": 1, "y": 2}]}], "at least 6 of the joints .*got snout"),
    "a hand": ([{"frame": 0, "landmarks": landmarks(0)[:21]}], r"joints, got 21 \(a hand\); .*--skeleton FILE"),
    "a score too few": ([{"keypoints": POINTS[0].tolist(), "keypoint_scores": [1, 2]}], "a score for each of 17"),
    "text": ([{"keypoints": [["a", 2]] * 17}], "expected numbers|expected an object"),
    "boxes": ([[{"name": "person", "box": {"x1": 1.0}}]], "boxes without keypoints; use a model for"),
    "a text of no JSON": (["{'a': 1}"], "entry 0 .*expected JSON in the text, got"),
    "a text within a text": (json.dumps(json.dumps("[1]")), "expected JSON with"),
    "candidates that are no points": ([{"candidate": [1, 2], "subset": [[0] * 20]}], "expected an object"),
    "camera": ({"fx": 1000, "fy": 1000}, "expected keypoints of AlphaPose.*'fx', 'fy'"),
    "a frame that is no number": ({"anything": [{"frame_id": True, "keypoints": POINTS[0].tolist()}]},
                                  "entry of 'anything' 0 .*expected a frame's number or name as frame_id, got True"),
    "a curve": ([{"frame": 0, "value": 3}], "line 0|entry 0 .*expected an object .*'frame', 'value'"),
}  # fmt: skip


@pytest.mark.parametrize("case", JSON_REFUSALS)
def test_json_that_is_refused(tmp_path, case):
    value, message = JSON_REFUSALS[case]
    with pytest.raises(ValueError, match=rf"v\.json: (.|\n)*({message})"):
        read_detections(write(tmp_path / "v.json", value))


# --- tables ---


def table_of(header, rows, separator=",", comma=False):
    lines = [[*map(str, row)] for row in (header, *rows) if row is not None]
    if comma:
        lines = [[cell.replace(".", ",") for cell in line] for line in lines]
    return "\n".join(separator.join(line) for line in lines) + "\n"


def wide_table(form="{}_{}", words=("x", "y", "conf"), names=COCO, points=POINTS, first=("frame",), **options):
    header = [*first, *(form.format(name, word) for name in names for word in words)]

    def cell(t, i, word):
        return {"x": points[t, i, 0], "y": points[t, i, 1], "z": -0.1}.get(word.lower(), 0.75)

    rows = [[*[t] * bool(first), *(cell(t, i, word) for i in range(len(names)) for word in words)] for t in ALL]
    return table_of(header, rows, **options)


def with_column(name, cells, text):
    """A table with one more column before the others."""
    return "\n".join(f"{cell},{line}" for cell, line in zip([name, *cells], text.splitlines(), strict=True)) + "\n"


def long_table(by_joint=False, number=False, header=("frame", "landmark", "x", "y", "visibility")):
    names, points = BLAZE, of_skeleton(BLAZE) / (WIDTH, HEIGHT)
    rows = [[t, i if number else names[i].upper(), *points[t, i], 0.9] for t in ALL for i in range(33)]
    return table_of(header, sorted(rows, key=lambda row: str(row[1])) if by_joint else rows)


def deeplabcut(likelihood=True, pictures=False, individuals=()):
    names = [f"{name.split('_')[-1]}{name[0].upper()}" if "_" in name else name for name in COCO]
    words, who = ("x", "y", "likelihood")[: 2 + likelihood], individuals or ("",)
    columns = [(w, n, c) for w in who for n in names for c in words]
    rows = [["scorer", *["DLC_resnet50"] * len(columns)],
            ["individuals", *[w for w, _, _ in columns]] if individuals else None,
            ["bodyparts", *[n for _, n, _ in columns]], ["coords", *[c for _, _, c in columns]]]  # fmt: skip
    for t in ALL:
        each = [[*POINTS[t, i], 0.9][: len(words)] for i in range(17)]
        other = [[""] * len(words)] * 17 if individuals else []
        rows.append([f"labeled-data/v/img{t:03d}.png" if pictures else t, *np.ravel(each), *np.ravel(other)])
    return table_of(None, rows)


NUMBERS = np.dstack([POINTS, SURE]).reshape(FRAMES, -1)
PRVIPE = ["image/width", "image/height",
          *(f"image/object/part/{'NOSE_TIP' if n == 'nose' else n.upper()}/{c}" for n in skeleton.PAPER_13
            for c in ("center/x", "center/y", "score"))]  # fmt: skip
SHORT = ["Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist",
         "LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle"]  # fmt: skip
PARTS = of_skeleton(BLAZE) / (WIDTH, HEIGHT)
HOLISTIC = np.concatenate([PARTS, np.full((FRAMES, 468, 2), 0.5)], axis=1)
HOLISTIC_NAMES = [*(f"Pose_{i}" for i in range(33)), *(f"Face_{i}" for i in range(468))]
PARTS_13 = np.dstack([of_skeleton(skeleton.PAPER_13) / (WIDTH, HEIGHT), np.full((FRAMES, 13), 0.9)]).reshape(FRAMES, -1)
TABLES = {
    "wide": (wide_table(), {}),
    "wide, no confidence": (wide_table(words=("x", "y")), {}),
    "wide, semicolons and decimal commas": (wide_table(separator=";", comma=True), {}),
    "wide, tabs": (wide_table(separator="\t"), {}),
    "wide, points": (wide_table("{}.{}", ("x", "y", "score"), first=("frame_idx",)), {}),
    "wide, capitals": (wide_table("{}_{}", ("X", "Y", "C"), [n.upper() for n in COCO]), {}),
    "wide, coordinate first": (wide_table("{1}_{0}"), {}),
    "wide, camel case": (wide_table("{}{}", ("X", "Y"), SHORT), {}),
    "wide, no frame": (wide_table(first=()), {}),
    "wide, pictures": (wide_table(first=("image",)).replace("\n", "\nimg_").rstrip("img_").rstrip("_"), {}),
    "wide, an index without a name": (wide_table(first=("",)), {}),
    "wide, six joints": (wide_table(names=COCO[5:11], points=POINTS[:, 5:11]), {"names": COCO[5:11]}),
    "MediaPipe, wide by name": (wide_table("{}_{}", ("x", "y", "z", "visibility"), BLAZE, PARTS), WITH_SIZE),
    "MediaPipe, x1 y1 z1 v1": (wide_table("{1}{0}", ("x", "y", "z", "v"), range(1, 34), PARTS, ()), WITH_SIZE),
    "MediaPipe, wide by number": (wide_table("landmark_{}_{}", ("x", "y", "z", "visibility"), range(33), PARTS),
                                  WITH_SIZE),
    "MediaPipe, some landmarks": (wide_table("{1}{0}", ("x", "y", "z", "v"), range(11, 29), PARTS[:, 11:29]),
                                  WITH_SIZE | {"names": BLAZE[11:29]}),
    "MediaPipe, Holistic": (wide_table("{1}{0}", ("x", "y", "z", "v"), range(1, 502), HOLISTIC, ()), WITH_SIZE),
    "MediaPipe, Holistic by name": (wide_table("{}_{}", ("x", "y", "z", "visibility"), HOLISTIC_NAMES, HOLISTIC),
                                    WITH_SIZE),
    "MediaPipe, long": (long_table(), WITH_SIZE),
    "MediaPipe, long by number": (long_table(number=True), WITH_SIZE),
    "MediaPipe, long by joint": (long_table(by_joint=True), WITH_SIZE),
    "numbers alone": (table_of(None, NUMBERS), {}),
    "numbers behind a frame": (table_of(None, np.column_stack([np.arange(FRAMES), NUMBERS])), {}),
    "numbers, x and y": (table_of(None, POINTS.reshape(FRAMES, -1)), {}),
    "MediaPipe, numbers alone": (table_of(None, np.dstack([PARTS, np.full((FRAMES, 33), -0.2)]).reshape(FRAMES, -1)),
                                 WITH_SIZE),
    "numbers under numbers": (table_of(["", *range(51)], np.column_stack([np.arange(FRAMES), NUMBERS])), {}),
    "DeepLabCut": (deeplabcut(), {}),
    "DeepLabCut, labelled pictures": (deeplabcut(likelihood=False, pictures=True), {}),
    "DeepLabCut, several animals": (deeplabcut(individuals=("ind1", "ind2")), {}),
    "two rows of names": (table_of(["", *(n for n in COCO for _ in "xyc")], [["", *["x", "y", "conf"] * 17],
                          *([t, *NUMBERS[t]] for t in ALL)]), {}),
    "of one video": (with_column("video", "aaaaaa", wide_table()), {}),
    "a remark first": ("# from a tool of ours\n" + wide_table(), {}),
    "Pr-VIPE": (table_of(PRVIPE, [[WIDTH, HEIGHT, *PARTS_13[t]] for t in ALL]), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_tables(tmp_path, case):
    text, options = TABLES[case]
    names = options.get("names", skeleton.PAPER_13)
    d = read_detections(write(tmp_path / "k.csv", text), **{k: v for k, v in options.items() if k != "names"})
    check(d, names)


def test_a_cell_with_all_keypoints(tmp_path):
    with open(tmp_path / "k.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["frame", "keypoints"], *([t, str(POINTS[t].tolist())] for t in ALL)])
    check(read_detections(tmp_path / "k.csv"))


def test_a_cell_with_one_joint_s_numbers(tmp_path):
    rows = [[t, *(f"({x}, {y}, 0.9)" for x, y in POINTS[t].tolist())] for t in ALL]
    with open(tmp_path / "k.csv", "w", newline="") as file:
        csv.writer(file).writerows([["frame", *map(str.upper, COCO)], *rows])
    check(read_detections(tmp_path / "k.csv"))


def test_a_table_of_several_people_with_blanks_and_times(tmp_path):
    lines = wide_table(first=("time", "person")).splitlines()
    lines = [lines[0], *(f"{t / 50},{p}" + line[1:] for t, line in enumerate(lines[1:]) for p in ("anna", "ben"))]
    lines[3] = ",".join(["0.02", "anna", *["nan"] * 6, *lines[3].split(",")[8:]])
    d = read_detections(write(tmp_path / "k.csv", "\ufeff" + "\r\n".join(lines)))
    assert d.frame.tolist() == [t for t in ALL for _ in range(2)]
    assert d.tracked
    assert d.fps == pytest.approx(50)
    assert d.confidence[2, :4].tolist() == [0, 0, 0.75, 0.75]


def test_tables_in_other_encodings(tmp_path):
    (tmp_path / "k.csv").write_bytes(wide_table().encode("utf-16"))
    check(read_detections(tmp_path / "k.csv"))
    (tmp_path / "k.txt").write_bytes(wide_table(separator=" ").encode("latin-1"))
    check(read_detections(tmp_path / "k.txt"))


TABLE_REFUSALS = {
    "motion in 3D": (wide_table(words=("x", "y", "z")), r"line 1: .* motion in 3D; give it to read_motion"),
    "no points": ("a,b,c\n1,2,3\n", r"line 1: expected columns of keypoints, got 'a, b, c'; a CSV has a row a person"),
    "only a header": (wide_table().splitlines()[0] + "\n", "expected rows of numbers below the header, got none"),
    "a word": (wide_table().replace("0.75", "much", 1), r"line 2: expected a number, got 'much'"),
    "a short row": (wide_table() + "9,1\n", r"line 8: expected at least \d+ columns as above, got 2"),
    "too few numbers": ("1,2,3,4\n1,2,3,4\n", "numbers of 13, .* joints, got 4 columns without names"),
    "a long line": (wide_table() + "1" * (table.MAX_LINE + 9), "line 8: .*lines of at most 1,048,576 characters"),
    "DeepLabCut without parts": ("scorer,a\ncoords,x\n", "rows scorer, bodyparts and coords"),
    "two videos": (with_column("video", "aaabbb", wide_table()),
                   "line 5: expected rows of one video or camera, got 'a' and 'b'; give each a file"),
    "two cameras, a row a point": (with_column("camera", [1, 2] * (33 * FRAMES // 2), long_table()),
                                   "line 3: expected rows of one video or camera, got '1' and '2'"),
    "many joints": (wide_table(names=[f"j{i}q_" for i in range(600)], points=np.ones((FRAMES, 600, 2))),
                    "at most 512 joints"),
    "many names": ("joint,x,y\n" + "".join(f"j{i}q,1,1\n" for i in range(600)), "at most 512 joints"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE_REFUSALS)
def test_tables_that_are_refused(tmp_path, case):
    text, message = TABLE_REFUSALS[case]
    with pytest.raises(ValueError, match=rf"k\.csv(.|\n)*{message}"):
        read_detections(write(tmp_path / "k.csv", text))


# --- arrays ---


BOTH = np.dstack([POINTS, SURE])
ARRAYS = {
    "people, joints, 2": POINTS, "people, joints, 3": BOTH, "float32": BOTH.astype("f4"),
    "whole numbers": POINTS.astype(int),
    "people, joints, 4": np.dstack([of_skeleton(BLAZE), np.full((FRAMES, 33, 2), 0.5)]),
    "frames, people, joints, 2": np.stack([POINTS, np.full_like(POINTS, np.nan)], axis=1),
    "frames, people, joints, 3": np.stack([BOTH, np.zeros_like(BOTH)], axis=1),
    "people, frames, joints, 2": POINTS[None],
    "numbers in a row": POINTS.reshape(FRAMES, -1), "coordinates first": POINTS.transpose(0, 2, 1),
    "MoveNet of TensorFlow": BOTH[:, None, None][..., [1, 0, 2]], "paper_13": of_skeleton(skeleton.PAPER_13),
}  # fmt: skip


@pytest.mark.parametrize("case", ARRAYS)
def test_arrays(tmp_path, case):
    np.save(tmp_path / "k.npy", ARRAYS[case])
    check(read_detections(tmp_path / "k.npy"))
    np.savez_compressed(tmp_path / "k.npz", kpts=ARRAYS[case])
    check(read_detections(tmp_path / "k.npz"))


def test_one_frame_in_an_array(tmp_path):
    np.save(tmp_path / "k.npy", POINTS[0])
    assert read_detections(tmp_path / "k.npy").keypoints[0] == pytest.approx(POINTS[0])


def test_what_else_an_npz_may_hold(tmp_path):
    scores = SURE[:, None]
    np.savez(tmp_path / "k.npz", keypoints=POINTS[:, None] / (WIDTH, HEIGHT), scores=scores, joint_names=np.array(COCO),
             fps=50.0, image_size=np.array([WIDTH, HEIGHT]))  # fmt: skip
    d = read_detections(tmp_path / "k.npz")
    check(d)
    assert d.fps == 50
    assert d.confidence == pytest.approx(SURE)
    np.savez(tmp_path / "k.npz", keypoints=POINTS[:, ::-1], joint_names=np.array(COCO[::-1], "S20"),
             visibility=np.arange(17 * FRAMES).reshape(FRAMES, 17) != 15)  # fmt: skip
    d = read_detections(tmp_path / "k.npz")
    check(d)
    assert d.confidence.min() == d.confidence[0, 15] == 0  # left_eye


def videopose3d(path, videos, **about):
    positions = {video: {"custom": [points.astype("f4")]} for video, points in videos.items()}
    metadata = {"layout_name": "coco", "num_joints": 17, "keypoints_symmetry": [[1, 3], [2, 4]],
                "video_metadata": {video: {"w": WIDTH, "h": HEIGHT} for video in videos}} | about  # fmt: skip
    np.savez_compressed(path, positions_2d=np.array(positions, object), metadata=np.array(metadata, object))
    return path


def test_videopose3d(tmp_path):
    check(read_detections(videopose3d(tmp_path / "data_2d_custom_v.npz", {"v.mp4": POINTS})))
    shares = read_detections(videopose3d(tmp_path / "k.npz", {"v.mp4": POINTS / (WIDTH, HEIGHT)}))
    check(shares)
    order = of_skeleton(skeleton.H36M_17)
    named = read_detections(videopose3d(tmp_path / "k.npz", {"v.mp4": order}, layout_name="h36m"))
    assert named.joint_names == skeleton.H36M_17
    with pytest.raises(ValueError, match=r"k\.npz: expected one video in .*positions_2d, got 2 \(a custom, b"):
        read_detections(videopose3d(tmp_path / "k.npz", {"a": POINTS, "b": POINTS}))


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_no_code_of_a_dictionary_is_run(tmp_path):
    trap = tmp_path / "trap"
    for where in ("positions_2d", "metadata"):
        both = {"positions_2d": {"v": {"custom": [POINTS]}}, "metadata": {}} | {where: {"v": Trap(trap)}}
        np.savez(tmp_path / "k.npz", **{key: np.array(value, object) for key, value in both.items()})
        if where == "positions_2d":
            with pytest.raises(ValueError, match=r"k\.npz: .*VideoPose3D"):
                read_detections(tmp_path / "k.npz")
        else:
            read_detections(tmp_path / "k.npz")
    np.save(tmp_path / "k.npy", np.array([Trap(trap)], object))
    with pytest.raises(ValueError, match=r"k\.npy: .*Python objects, which could run code; .* save np\.savez"):
        read_detections(tmp_path / "k.npy")
    lists = {key: np.array([Trap(trap)], object) for key in ("boxes", "segments", "keypoints", "metadata")}
    np.savez(tmp_path / "k.npz", **lists)
    with pytest.raises(ValueError, match=r"k\.npz: .*infer_video.*prepare_data_2d_custom\.py -i FOLDER -o NAME"):
        read_detections(tmp_path / "k.npz")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((3, 7, 2)), "joints, got 7"),
        (np.dstack([POINTS, -SURE]), "third number that is below 0 in 100 %, as in 3D"),
        (np.array(["a"]), "numbers, got <U1"),
        (np.array(["2024"], "M8[D]"), r"expected numbers or texts, got datetime64\[D\]"),
        (np.ones((2, 3, 4, 5, 6)), r"the shape \(2, 3, 4, 5, 6\)"),
        (np.ones(3), r"the shape \(3,\)"),
    ],
)
def test_arrays_that_are_refused(tmp_path, array, message):
    np.save(tmp_path / "k.npy", array)
    with pytest.raises(ValueError, match=rf"k\.npy: .*{message}"):
        read_detections(tmp_path / "k.npy")


# --- labels and .trc ---


def labels(t, visible=True, more=()):
    points = POINTS[t] / (WIDTH, HEIGHT)
    each = np.column_stack([points, SURE[t]]) if visible else points
    return " ".join(f"{number:.6f}" for number in (0, 0.5, 0.5, 0.2, 0.5, *each.ravel(), *more)) + "\n"


@pytest.mark.parametrize("options", [{}, {"visible": False}, {"more": (0.9,)}, {"more": (0.9, 3)}])
def test_yolo_s_labels(tmp_path, options):
    folder = write_each(tmp_path / "labels", [labels(t, **options) for t in ALL], "v_{}.txt")
    write(folder / "classes.txt", "person\n")
    d = read_detections(folder, **WITH_SIZE)
    check(d)
    assert d.score[0] == pytest.approx(0.9) or "more" not in options
    assert d.tracked == (len(options.get("more", ())) == 2)
    with pytest.raises(ValueError, match=r"labels: .*YOLO labels.*--size 1920x1080"):
        read_detections(folder)
    with zipfile.ZipFile(tmp_path / "v.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"labels/{path.name}")
    assert np.array_equal(read_detections(tmp_path / "v.zip", **WITH_SIZE).keypoints, d.keypoints)
    one = read_detections(folder / "v_0.txt", **WITH_SIZE)
    assert one.keypoints[0] == pytest.approx(POINTS[0], abs=0.01)


def test_yolo_s_labels_that_are_refused(tmp_path):
    folder = write_each(tmp_path / "labels", [labels(0), "0 0.5 0.5 0.1 0.1\n"], "v_{}.txt")
    with pytest.raises(ValueError, match=r"v_1\.txt, line 1: .* boxes without joints; use a -pose model"):
        read_detections(folder, **WITH_SIZE)
    write(folder / "v_1.txt", "0 0.5 0.5 0.1 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8\n")
    with pytest.raises(ValueError, match=r"v_1\.txt, line 1: .*13, .* joints, .* got 7 numbers"):
        read_detections(folder, **WITH_SIZE)
    write(folder / "v_1.txt", "to do: buy milk\n")
    with pytest.raises(ValueError, match=r"v_1\.txt, line 1: expected numbers"):
        read_detections(folder, **WITH_SIZE)


SPORTS2D = ("Hip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "Neck", "Head", "Nose", "RShoulder", "RElbow",
            "RWrist", "LShoulder", "LElbow", "LWrist")  # fmt: skip


def trc(points, depth=0.0, names=SPORTS2D):
    head = "PathFileType\t4\t(X/Y/Z)\tv.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n"
    head += f"60\t60\t{FRAMES}\t{len(names)}\tm\n"
    head += "Frame#\tTime\t" + "\t\t\t".join(names) + "\n\t\t"
    head += "\t".join(f"{axis}{i + 1}" for i in range(len(names)) for axis in "XYZ") + "\n"
    rows = [[t, t / 60, *(v for x, y in points[t] for v in (x, y, depth))] for t in ALL]
    return head + "\n".join("\t".join(map(str, row)) for row in rows) + "\n"


def test_sports2d_s_trc(tmp_path):
    points = of_skeleton(["head_top" if name == "head" else name for name in joint_names(SPORTS2D)])
    d = read_detections(write(tmp_path / "v_px_person00.trc", trc(points)))
    check(d)
    assert d.fps == pytest.approx(60)
    with pytest.raises(ValueError, match=r"v\.trc: .*got points in space; give it to read_motion"):
        read_detections(write(tmp_path / "v.trc", trc(points, 0.5)))
    with pytest.raises(ValueError, match=r"v\.trc: .*got one in metres; give the one with _px"):
        read_detections(write(tmp_path / "v.trc", trc(points / 500)))


# --- names and orders ---


@pytest.mark.parametrize(
    ("raw", "name"),
    [("leftShoulder", "left_shoulder"), ("LShoulder", "left_shoulder"), ("l_sho", "left_shoulder"),
     ("SHOULDER_LEFT", "left_shoulder"), ("shoulder.L", "left_shoulder"), ("Left Shoulder", "left_shoulder"),
     ("lefthip", "left_hip"), ("RHip", "right_hip"), ("hip_l", "left_hip"), ("Hip", "pelvis"), ("MidHip", "pelvis"),
     ("NOSE_TIP", "nose"), ("RBigToe", "right_big_toe"),
     ("rightEyeInner", "right_eye_inner"), ("mouth_left", "left_mouth"), ("R_Ear", "right_ear"),
     ("rank", "right_ankle"),
     ("top_head", "head_top"), ("landmark", "landmark"), ("tail base", "tail base"), ("leg", "leg"), ("", "")],
)  # fmt: skip
def test_names_in_any_style(raw, name):
    assert joint_name(raw) == name


@pytest.mark.parametrize("word", [*skeleton.SKELETONS, *_joint_names.WHOLE_BODY])
def test_our_own_names_stay(word):
    names = skeleton.names_of(word)
    assert joint_names(names) == names


def test_names_that_would_be_one_stay_apart_and_sides_by_number_are_named():
    assert joint_names(["LHip", "Left Hip", "nose"]) == ("left_hip", "Left Hip", "nose")
    parts = ("ankle1", "hip1", "hip2", "shoulder1", "shoulder2", "chin")
    assert joint_names(parts)[:3] == ("right_ankle", "right_hip", "left_hip")


@pytest.mark.parametrize("word", [word for words in guess_skeleton.BY_COUNT.values() if words[1:] for word in words])
def test_orders_of_one_number_are_told_apart_by_the_bodies(tmp_path, word):
    names = skeleton.SKELETONS[word]
    usual = word == guess_skeleton.BY_COUNT[len(names)][0] or len(names) == 25
    with contextlib.nullcontext() if usual else pytest.warns(UserWarning, match=f'in the order of "{word}"'):
        d = read_detections(write(tmp_path / "v.json", of_skeleton(names).tolist()))
    assert d.joint_names == names


def test_human36m_s_order_is_said_and_may_be_given(tmp_path, recwarn):
    path = write(tmp_path / "v.json", of_skeleton(skeleton.H36M_17).tolist())
    with pytest.warns(UserWarning, match='17 joints without names are mostly "coco_17", .* the order of "h36m_17"'):
        read_detections(path)
    recwarn.clear()
    check(read_detections(path, skeleton="h36m_17"))
    assert not recwarn.list
    with pytest.raises(ValueError, match='skeleton="coco_17" was given, but its bodies look like "h36m_17"'):
        read_detections(path, skeleton="coco_17")


def test_a_skeleton_may_be_a_list_in_json_or_a_file(tmp_path):
    names = list(skeleton.H36M_17)
    path = write(tmp_path / "v.json", of_skeleton(names).tolist())
    (tmp_path / "names.txt").write_text("\n".join(names))
    write(tmp_path / "names.json", names)
    write(tmp_path / "numbers.json", {name: i for i, name in enumerate(names)})
    files = [tmp_path / "names.txt", tmp_path / "numbers.json", str(tmp_path / "names.json")]
    for given in (names, json.dumps(names), *files):
        check(read_detections(path, skeleton=given))
    for given, message in (
        ("[1, 2]", "expected a JSON list such as"), ("[", "expected a JSON list such as"),
        (str(tmp_path / "gone.json"), "there is no file .*gone.json of joint names"),
        ("boddy", "unknown skeleton 'boddy'"),
    ):  # fmt: skip
        with pytest.raises((ValueError, FileNotFoundError), match=message):
            given_skeleton(given)


def test_a_file_of_few_joints_asks_for_their_names(tmp_path):
    text = deeplabcut().replace("ankle", "paw").replace("knee", "stifle").replace("hip", "rump")
    text = text.replace("wrist", "hoof").replace("elbow", "elb0w").replace("shoulder", "withers")
    d = read_detections(write(tmp_path / "k.csv", text))
    with pytest.raises(ValueError, match=r"at least 6 of the joints .*, got nose; the file's joints are .*hoofL") as e:
        d.to_paper_13()
    assert str(e.value).startswith(f"{tmp_path / 'k.csv'}: expected at least 6")
    assert str(e.value).endswith("skeleton=[...], on the command line --skeleton FILE, a JSON list of them.")
    with pytest.raises(ValueError, match=r"k\.csv: expected at least 6"):  # a person's rows know their file too
        d.followed().to_paper_13()
    check(read_detections(tmp_path / "k.csv", skeleton=list(COCO)))


# --- what is none ---


OTHERS = {
    "v.mp4": (b"\0\0\0 ftypisom", "a video; vvipe lift finds its people itself"),
    "v.png": (b"\x89PNG\r\n\x1a\n", "a picture; vvipe lift"),
    "k.h5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file .*export CSV"),
    "k.pkl": (pickle.dumps([1, 2]), "a pickle, which can run code"),
    "k.json.gz": (b"\x1f\x8b\x08\0", "a gzip archive; unpack it"),
    "k.mat": (b"MATLAB 5.0 MAT-file", "a MATLAB file"),
    "k.yml": (b"%YAML:1.0\n---\n", r"a YAML file; write JSON instead \(OpenPose: --write_json"),
    "cvat.xml": (b"<?xml version='1.0'?>\n<annotations>", "an XML file of CVAT; export COCO Keypoints"),
    "m.bvh": (b"HIERARCHY\nROOT Hips\n", "a BVH file; it goes to read_motion"),
    "m.c3d": (b"\x02P\x10\0", "a C3D file; it goes to read_motion"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_kinds_are_named(tmp_path, name):
    data, message = OTHERS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"{name}: expected detections .*{message}"):
        read_detections(tmp_path / name)


def test_folders_without_detections_say_where_they_are(tmp_path):
    with pytest.raises(ValueError, match=r"holds no \.json file; OpenPose writes one a frame, Ultralytics a \.txt"):
        read_detections(tmp_path)
    for camera in ("cam02", "cam10"):
        write_each(tmp_path / camera, [people(t) for t in range(2)])
    with pytest.raises(ValueError, match=r"holds no \.json file, but its folders do: cam02, cam10; give one of them"):
        read_detections(tmp_path)
    (tmp_path / "only").mkdir()
    write(tmp_path / "only" / "k.csv", wide_table())
    with pytest.raises(ValueError, match=r"holds no \.json file; give a file in it by itself, such as .*k\.csv"):
        read_detections(tmp_path / "only")


def test_a_stray_file_in_a_folder_is_named(tmp_path):
    folder = write_each(tmp_path / "out", [people(t) for t in ALL])
    write(folder / "camera_parameters.json", {"fx": 1000, "fy": 1000})
    with pytest.raises(ValueError, match=r"camera_parameters\.json: expected keypoints"):
        read_detections(folder)


def test_a_row_of_lists_that_ends_early_shows_nobody(tmp_path):
    """Cells hold a list each; the second row has its frame alone, the third has one joint that is no list."""
    joints = ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee")
    full = ",".join(['"[10, 20]"'] * 6)
    lines = [",".join(("frame", *joints)), f"0,{full}", "1", f"2,{full}"]
    path = tmp_path / "short.csv"
    path.write_text("\n".join(lines))
    found = read_detections(path)
    assert found.frame.tolist() == [0, 2]
    path.write_text("\n".join([*lines[:2], ",".join(["1", *["7"] * 6])]))
    with pytest.raises(ValueError, match=r"short.csv, line 3: expected lists of numbers in the cells, got '7'"):
        read_detections(path)


def folder_of(path, *texts):
    path.mkdir()
    for i, text in enumerate(texts):
        (path / f"video_{i:012d}_keypoints.json").write_text(text)
    return path


def openpose(shift=0.0, people=1, **more):
    person = {"person_id": [-1], "pose_keypoints_2d": flat(of_skeleton(skeleton.BODY_25)[0] + shift)}
    return json.dumps({"version": 1.3, "people": [person] * people, **more})


def test_a_folder_s_later_files_are_read_as_its_first(tmp_path):
    """What stands beside version and people changes how a file is parsed, not what comes of it."""
    short = folder_of(tmp_path / "short", *(openpose(shift, people=2) for shift in range(4)))
    long = folder_of(tmp_path / "long", *(openpose(shift, people=2, camera="left") for shift in range(4)))
    found, expected = read_detections(short), read_detections(long)
    assert len(found.frame) == 8
    for name in ("frame", "keypoints", "confidence"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (openpose()[:-40], "not valid JSON|end of the file"),
        ('{"version": 1.3, "people": [{"pose_keypoints_2d": [1, "x", 1]}]}', "person 0"),
        ('{"version": 1.3, "people": [7]}', "expected an object with pose_keypoints_2d"),
        ('{"version": 1.3, "people": "nobody"}', "expected keypoints of"),
        (openpose() + "{", "one JSON in a file|end of the file|not valid JSON"),
        ('{"version": ' + "[" * 3000 + "]" * 3000 + ', "people": []}', "nested too deeply"),
    ],
)
def test_a_damaged_later_file_of_a_folder_is_named(tmp_path, text, words):
    folder = folder_of(tmp_path / "folder", openpose(), text, openpose())
    with pytest.raises(ValueError, match=words) as refused:
        read_detections(folder)
    assert "video_000000000001_keypoints.json" in str(refused.value)


def test_a_row_of_numbers_that_ends_early_is_named(tmp_path):
    """33 points with three numbers each may hold a depth, which is looked for in the first two rows."""
    path = tmp_path / "short.csv"
    path.write_text(",".join(["1.5"] * 99) + "\n0.5\n")
    with pytest.raises(ValueError, match="short.csv, line 2"):
        read_detections(path)
