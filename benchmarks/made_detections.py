"""Files of every format of detections, whole, damaged and hostile, for fuzz_readers.py."""

import io
import json
import pickle
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

ODD = (
    None, True, False, "", "x", "12", "\ud800", [], {}, [[]], [1], {"a": 1}, -1, 0, 1e300, -1e300, 10**30, 10**400,
    float("nan"), float("inf"), -float("inf"), 1e-300, 10**12, 2**63, -(2**63), 0.5, "0001.jpg", "a" * 2000,
    [[1, 2]], [[1, 2, 3], None], {"x": 1, "y": 2}, {"x": [1], "y": []}, {"keypoints": [1, 2]}, [[[[[[[[1]]]]]]]],
)  # fmt: skip
RAW = (
    b"NaN", b"1e400", b"-", b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"1" * 5000, b"\xff", b"\x00", b"\xef\xbb\xbf",
    b"\\u12", b'"', b",", b"]", b"}", b"[[],", b"1e5,", b"  " * 2000, b"\xff\xfe[\x00", b"null", b"-Infinity",
    b"\n", b"\r", b"\t\t\t", b";", b"x,y\n", b"1e999", b"0x1p3", b"\n\n\n", b"inf,", b'"a,\n', b"scorer,", b"},\n{",
)  # fmt: skip
WORDS = (
    "image_id", "keypoints", "people", "bodies", "joints", "pose_keypoints_2d", "pose_keypoints", "annotations",
    "images", "categories", "id", "file_name", "iscrowd", "num_keypoints", "score", "idx", "box", "person_id",
    "category_id", "version", "info", "1.jpg", "track_id", "frame", "frame_id", "landmarks", "pose_landmarks",
    "landmark", "instances", "instance_info", "meta_info", "keypoint_id2name", "keypoint_scores", "predictions",
    "poses", "part", "position", "x", "y", "z", "name", "visibility", "visible", "timestamp_ms", "joints_vis",
    "image", "width", "height", "fps", "frames", "data", "scores", "worldLandmarks", "joint_names", "canvas_width",
    "nose", "left_hip",
)  # fmt: skip
COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip


class Trap:
    """An object that makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def number(rng: random.Random) -> float:
    return rng.choice((rng.random(), rng.uniform(0, 1000), 0, 1, 500.25))


def flat(rng: random.Random, joints: int, per: int = 3) -> list[float]:
    return [number(rng) for _ in range(per * joints)]


def lists(rng, joints: int, per: int = 2) -> list[list[float]]:
    return [flat(rng, 1, per) for _ in range(joints)]


# --- JSON ---


def entries(rng, joints=17, count=6):
    made = []
    for i in range(count):
        entry = {"image_id": rng.choice((f"{i // 2}.jpg", i // 2)), "category_id": 1, "keypoints": flat(rng, joints)}
        extra = {"score": rng.random() * 3, "box": flat(rng, 2)[:4], "idx": rng.choice((i, [i], [[i], 2], 1.0))}
        made.append(entry | {key: value for key, value in extra.items() if rng.random() < 0.8})
    return made


def ground_truth(rng):
    names = [f"joint_{i}" for i in range(17)]
    return {
        "info": {}, "licenses": [],
        "images": [{"id": i, "file_name": f"{i:04d}.jpg", "width": 640, "height": rng.choice((480, None))}
                   for i in range(4)],
        "annotations": [{"image_id": i % 4, "keypoints": flat(rng, 17, rng.choice((2, 3))), "iscrowd": i == 5}
                        for i in range(6)],
        "categories": [{"id": 1, "keypoints": names}],
    }  # fmt: skip


def openpose(rng, joints=25):
    people = [{"person_id": [-1], "pose_keypoints_2d": flat(rng, rng.choice((joints, joints, 0)))} for _ in range(3)]
    return {"version": 1.3, "people": people}


def by_picture(rng):
    key, points = rng.choice((("bodies", "joints"), ("people", "pose_keypoints_2d")))
    return {f"{i}.jpg": {"version": "AlphaPose v0.3", key: [{points: flat(rng, 18)}] * i} for i in range(3)}


def mediapipe(rng):
    def landmarks():
        return [{"x": rng.random(), "y": rng.random(), "z": -0.1, "visibility": rng.random()} for _ in range(33)]

    form = rng.choice(("landmarks", "pose_landmarks", "landmark", "several", "lists", "names"))
    frames = []
    for t in range(4):
        time = rng.choice(({"frame": t}, {"timestamp_ms": 40 * t}, {}, {"frame": t, "time": t / 25}))
        value = {"several": [landmarks()], "names": dict(zip(map(str, range(33)), landmarks(), strict=True))}
        points = value.get(form, lists(rng, 33, rng.choice((3, 4))) if form == "lists" else landmarks())
        frames.append(time | {form if form.endswith(("marks", "mark")) else "landmarks": points})
    return rng.choice((frames, {"fps": 25, "width": 640, "height": 480, "frames": frames}))


def mmpose(rng):
    def frame(t):
        instance = {"keypoints": lists(rng, 17), "keypoint_scores": flat(rng, 17, 1), "bbox": [flat(rng, 1)]}
        return {"frame_id": t, "instances": [instance] * rng.randrange(3)}

    frames = [frame(t) for t in range(3)]
    names = {str(i): name for i, name in enumerate(COCO)}
    whole = {"meta_info": {"keypoint_id2name": names}, "instance_info": frames}
    return rng.choice((frames, whole, frames[0]["instances"]))


def movenet(rng):
    def pose():
        points = []
        for name in rng.sample(COCO, rng.choice((17, 17, 12))):
            place = {"x": number(rng), "y": number(rng)}
            point = rng.choice(({"part": name, "position": place}, {"name": name} | place))
            points.append({"score": rng.random()} | point)
        return {"score": 0.9, "keypoints": points}

    return rng.choice(([pose() for _ in range(3)], [[pose()], [], [pose(), pose()]], pose()))


def ultralytics(rng):
    x, y, v = flat(rng, 17, 1), flat(rng, 17, 1), flat(rng, 17, 1)
    person = {"name": "person", "confidence": 0.9, "box": {"x1": 1.0}, "keypoints": {"x": x, "y": y, "visible": v}}
    text = json.dumps([person])
    return rng.choice(([person, person | {"track_id": 2}], [[person], [person]], [text, text], text,
                       [{"frame": 1, "orig_shape": [4, 5], "keypoints": [lists(rng, 17)]}]))  # fmt: skip


def pifpaf(rng) -> str:
    person = {"keypoints": flat(rng, 17), "bbox": flat(rng, 1), "score": 0.7, "category_id": 1}
    return "\n".join(json.dumps({"frame": t, "predictions": [person] * rng.randrange(3)}) for t in range(4))


def nested(rng):
    return rng.choice((
        [lists(rng, 17, rng.choice((2, 3))) for _ in range(3)], [[lists(rng, 17)] for _ in range(3)], lists(rng, 17),
        [flat(rng, 17) for _ in range(3)], {str(t): lists(rng, 17) for t in range(3)}, flat(rng, 17),
        [{name: flat(rng, 1) for name in COCO} for _ in range(3)],
        [{f"{name}_{word}": number(rng) for name in COCO for word in "xy"} for _ in range(3)],
        {"v.mp4": [{"frame": t, "landmarks": lists(rng, 33)} for t in range(3)]},
        {str(person): {str(t): {"keypoints": flat(rng, 17)} for t in range(3)} for person in range(2)},
        [{"frame": t, "x": flat(rng, 17, 1), "y": flat(rng, 17, 1)} for t in range(3)],
        {name: lists(rng, 3) for name in COCO}, {f"{name}_{word}": flat(rng, 3, 1) for name in COCO for word in "xy"},
        [[[lists(rng, 17, 3)]]] * 3,
        [{"bodies": {"candidate": lists(rng, 36), "subset": [[rng.randrange(-1, 37) for _ in range(20)]] * 2}}] * 3,
    ))  # fmt: skip


def mpii(rng):
    return [{"joints_vis": [1] * 16, "joints": lists(rng, 16), "image": f"{t}.jpg", "scale": 4.0} for t in range(3)]


JSONS: dict[str, Callable] = {
    "alphapose_17": entries, "alphapose_26": lambda rng: entries(rng, 26), "coco": ground_truth, "openpose": openpose,
    "alphapose_136": lambda rng: entries(rng, 136, 2), "coco_18": lambda rng: openpose(rng, 18), "pictures": by_picture,
    "openpose_list": lambda rng: [openpose(rng, 18) | {"canvas_width": 640, "canvas_height": 480} for _ in range(3)],
    "mediapipe": mediapipe, "mmpose": mmpose, "movenet": movenet, "ultralytics": ultralytics, "pifpaf": pifpaf,
    "nested": nested, "mpii": mpii,
}  # fmt: skip


def replaced(rng, value):
    """Replace or remove some part of a JSON value."""
    if isinstance(value, (list, dict)) and value and rng.random() < 0.9:
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        value = value.copy()
        if rng.random() < 0.15:
            del value[key]
        else:
            value[key] = replaced(rng, value[key])
        return value
    return rng.choice(ODD)


def changed(rng, value) -> str:
    for _ in range(rng.randrange(1, 4)):
        value = replaced(rng, value)
    return json.dumps(value)


def random_json(rng, depth=0):
    """Make a random JSON value of the words that the formats use."""
    kind = rng.random()
    if depth > 4 or kind < 0.2:
        joints = rng.choice((0, 1, 13, 17, 18, 25, 26, 33))
        return rng.choice((*ODD, flat(rng, joints), lists(rng, joints), lists(rng, joints, 3)))
    if kind < 0.5:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(WORDS): random_json(rng, depth + 1) for _ in range(rng.randrange(6))}


def json_file(kind: str, rng: random.Random) -> bytes:
    valid = JSONS[kind](rng)
    text = valid if isinstance(valid, str) else json.dumps(valid)
    if rng.random() < 0.1:
        return text.encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "utf-32")))
    if rng.random() < 0.5 and not isinstance(valid, str):
        return changed(rng, valid).encode()
    return damaged(rng, text.encode())


# --- tables ---


def rows_of(rng, rows: list[list]) -> bytes:
    """Join the cells of rows, some of them replaced."""
    odd = ("", "nan", "x", "1e999", "-1", "9" * 400, "0.5.5", '"', "12", "nose_x", " ")
    for _ in range(rng.choice((0, 0, 1, 3))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(odd)
    mark = rng.choice((",", ",", ";", "\t"))
    return "\n".join(mark.join(map(str, row)) for row in rows).encode()


def wide(rng) -> bytes:
    words = rng.choice((("x", "y"), ("x", "y", "conf"), ("x", "y", "z", "visibility")))
    form = rng.choice(("{0}_{1}", "{0}.{1}", "{1}_{0}", "image/object/part/{0}/center/{1}", "{2}_{1}", "{1}{2}"))
    names = COCO[: rng.choice((17, 17, 8, 3))]
    header = [form.format(name, word, i) for i, name in enumerate(names) for word in words]
    first = rng.choice(([], ["frame"], ["image"], ["time"], ["frame", "person"], ["timestamp_ms", "track_id", "score"]))
    rows = [[*(t for _ in first), *flat(rng, len(names), len(words))] for t in range(4)]
    if rng.random() < 0.2:
        names_alone = [name for name in names for _ in words]
        return rows_of(rng, [[*first, *names_alone], [*("" for _ in first), *words * len(names)], *rows])
    return rows_of(rng, [[*first, *header], *rows])


def long(rng) -> bytes:
    header = ["frame", rng.choice(("landmark", "joint", "name", "id")), "x", "y", "visibility"]
    first = rng.random() < 0.8
    rows = [[t, rng.choice((name, i)), *flat(rng, 1)] for t in range(3) for i, name in enumerate(COCO)]
    return rows_of(rng, [row if first else row[1:] for row in [header, *rows]])


def numbers(rng) -> bytes:
    joints, per, lead = rng.choice((13, 17, 25, 33)), rng.choice((2, 3, 4)), rng.choice((0, 1, 2))
    return rows_of(rng, [[*[t] * lead, *flat(rng, joints, per)] for t in range(4)])


def deeplabcut(rng) -> bytes:
    words, who = ("x", "y", "likelihood")[: rng.choice((2, 3))], rng.choice(([""], ["a", "b"]))
    columns = [(w, name, word) for w in who for name in COCO for word in words]
    rows = [["scorer", *["s"] * len(columns)], ["bodyparts", *[n for _, n, _ in columns]],
            ["coords", *[c for _, _, c in columns]]]  # fmt: skip
    if len(who) > 1:
        rows.insert(1, ["individuals", *[w for w, _, _ in columns]])
    return rows_of(rng, rows + [[rng.choice((t, f"a/b/{t}.png")), *flat(rng, len(columns), 1)] for t in range(3)])


def cells(rng) -> bytes:
    person = rng.choice((lists(rng, 17), {"x": flat(rng, 17, 1), "y": flat(rng, 17, 1)}, None))
    return "\n".join(["frame;keypoints", *(f"{t};{person}" for t in range(3))]).encode()


def trc(rng) -> bytes:
    names = ("Hip", "RHip", "RKnee", "LHip", "LKnee", "Neck", "Nose", "RShoulder", "LShoulder", "RWrist", "LWrist")
    head = "PathFileType\t4\nDataRate\tNumFrames\n30\t3\nFrame#\tTime\t" + "\t\t\t".join(names) + "\n\t\t"
    head += "\t".join(f"{axis}{i + 1}" for i in range(len(names)) for axis in "XYZ") + "\n"
    depth = rng.choice((0, 0, 0, 0.1))
    rows = [[t, t / 30, *(v for _ in names for v in (number(rng), number(rng), depth))] for t in range(3)]
    return (head + "\n".join("\t".join(map(str, row)) for row in rows)).encode()


def labels(rng) -> bytes:
    box = (0, 0.5, 0.5, 0.2, 0.3)
    rows = [[*box, *flat(rng, 17, 3), *flat(rng, 1, rng.randrange(3))] for _ in range(rng.randrange(4))]
    return "\n".join(" ".join(map(str, row)) for row in rows).encode()


# --- archives and arrays ---


def zipped(rng, trap: Path) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", rng.choice((zipfile.ZIP_DEFLATED, 0))) as archive:
        warnings.simplefilter("ignore")
        for i in range(3):
            if rng.random() < 0.2:
                archive.writestr(rng.choice((f"{i}.txt", f"a/{i}.txt")), labels(rng))
                continue
            name = rng.choice((f"{i}.json", f"a/{i}.json", f"../{i}.json", f"{trap}.json", "0.json"))
            archive.writestr(name, changed(rng, openpose(rng)) if rng.random() < 0.3 else json.dumps(openpose(rng)))
    return file.getvalue()


def arrays(rng, trap: Path) -> bytes:
    file, n = io.BytesIO(), rng.randrange(4)
    parts = {"keypoints": np.ones((n, 13, 2)), "confidence": np.ones((n, 13), np.float32), "frame": np.arange(n)}
    odd = (np.array([Trap(trap)], object), np.ones(3), np.array("x"), np.full((n, 13, 2), np.nan), np.arange(n) - 1,
           np.ones((n, 1, 17, 3)), np.ones((n, 33, 4)), np.ones((n, 51)), np.ones((n, 13), bool),
           np.array([b"a", b"\xff"] * 6 + [b"c"]))  # fmt: skip
    if rng.random() < 0.6:
        parts[rng.choice((*parts, "joint_names", "person", "scores", "fps", "size"))] = rng.choice(odd)
    rng.choice((np.savez, np.savez_compressed))(file, **parts)
    return file.getvalue()


def videopose3d(rng, trap: Path) -> bytes:
    file, n = io.BytesIO(), rng.randrange(4)
    camera = rng.choice((np.ones((n, 17, 2), "f4"), np.ones((n, 17, 2)), np.ones(3), Trap(trap), [1, 2], None, "x"))
    positions = rng.choice(({"v": {"custom": [camera]}}, {"v": {"custom": camera}}, {"v": camera}, {"v": {}, "w": []}))
    about = {"layout_name": rng.choice(("coco", "h36m")), "video_metadata": {"v": rng.choice(({"w": 64, "h": 48}, 1))}}
    np.savez(file, positions_2d=np.array(positions, object), metadata=np.array(rng.choice((about, Trap(trap))), object))
    return file.getvalue()


def npy(rng, trap: Path) -> bytes:
    file, shapes = io.BytesIO(), ((3, 17, 2), (3, 17, 3), (3, 2, 17, 3), (17, 2), (3, 51), (0, 17, 2), (3, 0, 2))
    array = np.ones(rng.choice((*shapes, (3, 1, 1, 17, 3))), rng.choice(("f4", "f8", "i2", "u1")))
    if rng.random() < 0.1:
        array = np.array([Trap(trap)], object)
    np.save(file, array)
    return file.getvalue()


def damaged(rng, data: bytes) -> bytes:
    """Cut, repeat, insert or overwrite bytes, one to four times."""
    for _ in range(rng.randrange(1, 5)):
        a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        near = min(b, a + rng.randrange(1, 40))
        head, tail = data[:a], data[a:]
        data = rng.choice((
            head, head + data[near:], data[:b] + tail, head + rng.choice(RAW) + tail,
            head + rng.randbytes(3) + tail[3:],
        ))  # fmt: skip
    return data


def half_damaged(make) -> Callable[[random.Random, Path], bytes]:
    """Give a maker of files of which half are damaged."""

    def made(rng, *trap) -> bytes:
        data = make(rng, *trap)
        return data if rng.random() < 0.5 else damaged(rng, data)

    return made


TEXTS = {
    "wide": wide, "long": long, "numbers": numbers, "deeplabcut": deeplabcut, "cells": cells, "trc": trc,
    "labels": labels,
}  # fmt: skip
ARCHIVES = {"zip": zipped, "npz": arrays, "videopose3d": videopose3d, "npy": npy}
KINDS: dict[str, Callable[[random.Random, Path], bytes]] = {
    **{kind: lambda rng, trap, kind=kind: json_file(kind, rng) for kind in JSONS},
    **{kind: lambda rng, trap, make=make: half_damaged(make)(rng) for kind, make in TEXTS.items()},
    **{kind: half_damaged(make) for kind, make in ARCHIVES.items()},
    "random": lambda rng, trap: json.dumps(random_json(rng)).encode("utf-8", "surrogatepass"),
    "pickle": lambda rng, trap: pickle.dumps([Trap(trap)]),
}
"""Makers of one input of each kind, from a generator and a path that no file may make."""
