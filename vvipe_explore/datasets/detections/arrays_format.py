"""Read keypoints that lie in numpy's arrays: .npy and .npz.

The last axis is x, y; x, y, confidence; or x, y, z, visibility. Before it come joints, before them people, or frames
and people; a single frame and numbers in a row are read too. No code in a file is run.
"""

import math
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .reading import USUAL, Reading
from .rows import MAX_POINTS
from .sources import opened_zip

_KEYS = {
    "keypoints": ("keypoints", "kpts", "kps", "keypoints_2d", "keypoints2d", "kp2d", "kpts2d", "joints2d", "joints_2d",
                  "pose2d", "poses2d", "poses_2d", "pose_2d", "joints", "points", "landmarks", "keypoint", "data",
                  "arr_0"),
    "confidence": ("confidence", "scores", "keypoint_scores", "conf", "confidences", "keypoints_scores", "visibility",
                   "kpts_scores", "keypoint_score", "score"),
    "joint_names": ("joint_names", "keypoint_names", "names", "node_names", "landmark_names", "bodyparts"),
    "frame": ("frame", "frames", "frame_ids", "frame_id", "frame_idx", "frame_index"),
    "person": ("person", "track", "track_id", "track_ids", "person_id", "person_ids", "ids"),
    "fps": ("fps", "frame_rate"), "size": ("size", "image_size", "resolution", "wh"),
    "width": ("width", "image_width"), "height": ("height", "image_height"),
}  # fmt: skip
"""What is read of an .npz, and the names that it may have there."""
_CHUNK = 2**15


def read_npz(reading: Reading, path: Path) -> None:
    """Read an .npz: keypoints, and where it has them confidence, joint_names, frame, person, fps, size.

    Sizes are checked before anything is read. Raises ValueError naming the file.
    """
    with opened_zip(path) as archive:
        members = [name.removesuffix(".npy") for name in archive.namelist()]
        there = {key: next((name for name in names if name in members), None) for key, names in _KEYS.items()}
        if {"boxes", "segments", "keypoints", "metadata"} <= set(members):
            raise ValueError(
                f"{path}: expected numbers, got Detectron's lists, as VideoPose3D's infer_video.py saves them; make "
                "its 2D file of them: python prepare_data_2d_custom.py -i FOLDER -o NAME."
            )
        if there["keypoints"] is None and len(members) == 1:
            there["keypoints"] = members[0]
        try:
            found = {key: _read_npy(archive, f"{name}.npy") for key, name in there.items() if name is not None}
        except (ValueError, TypeError, SyntaxError, KeyError, MemoryError) as error:
            raise ValueError(f"{path}: not an .npz of detections ({str(error)[:200]}).") from None
    if "keypoints" not in found:
        raise ValueError(
            f"{path}: expected keypoints of the shape (people, joints, 2), got an .npz with "
            f"{', '.join(members)[:200] or 'nothing'}; {_instead(members)}."
        )
    add_arrays(reading, str(path), found)


def _instead(members: list[str]) -> str:
    if {"poses", "betas", "trans", "gender"} & set(members) and "trans" in members:
        return "these are SMPL parameters (AMASS), a body in motion: see read_motion and docs/formats.md"
    if "positions" in members or "positions_3d" in members:
        return "these are positions in 3D: give them to read_motion"
    return "save the 2D keypoints under that name"


def read_npy(reading: Reading, path: Path) -> None:
    """Read an .npy of keypoints. Raises ValueError naming the file."""
    try:
        with open(path, "rb") as file:
            shape, dtype, size = *_header(file, path.name), path.stat().st_size
        _check_header(path.name, shape, dtype, size)
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, TypeError, SyntaxError, EOFError) as error:
        raise ValueError(f"{path}: not an .npy of detections ({str(error)[:200]}).") from None
    add_arrays(reading, str(path), {"keypoints": array})


def add_arrays(reading: Reading, name: str, found: dict[str, Any]) -> None:
    """Add what the arrays of a file hold to reading; rows hold frame numbers in place of pictures."""
    if found["keypoints"].ndim == 4 and _are_people_first(found["keypoints"]):
        found = _frames_first(found)
    for key in ("joint_names", "confidence"):
        if key in found:
            found[key] = _as_usual(found[key])
    points, per_frame = _people_last(name, found["keypoints"], reading.rows.counts)
    n, joints = points.shape[:2]
    shapes = {
        "confidence": ("fiu", "numbers", (n, joints)), "joint_names": ("U", "texts", (joints,)),
        "frame": ("iu", "whole numbers from 0 to below 2^62", (n // per_frame,)),
        "person": ("iu", "whole numbers from 0 to below 2^62", (n,)),
    }  # fmt: skip
    for key, (kinds, what, shape) in shapes.items():
        if key in found:
            found[key] = _checked(name, key, found[key], kinds, what, shape, per_frame)
    frame = found.get("frame", np.arange(n // per_frame)).astype(np.int64)
    depth = points.shape[2] == 3 and "confidence" not in found and _is_depth(name, points)
    if "joint_names" in found:
        reading.skeletons.append([text[:80] for text in found["joint_names"].tolist()])
    for start in range(0, n, _CHUNK):
        rows = slice(start, min(start + _CHUNK, n))
        part = np.asarray(points[rows])
        sure = _confidence(part, None if depth else found.get("confidence"), rows, depth)
        numbers = frame[np.arange(rows.start, rows.stop) // per_frame]
        reading.rows.add_block(part[..., :2], sure, numbers, found["person"][rows] if "person" in found else None)
    if not n:
        reading.rows.add_block(np.zeros((0, joints, 2)), np.zeros((0, joints)), frame)
    reading.numbered, reading.n_numbered, reading.about.counted = True, int(frame.max(initial=-1)) + 1, True
    _note(reading, found)


def _as_usual(array: np.ndarray) -> np.ndarray:
    """Give bytes as text, and truth values as 0 and 1."""
    if array.dtype.kind == "S":
        return np.array([text.decode("utf-8", "replace") for text in array.ravel().tolist()], "U").reshape(array.shape)
    return array.astype(np.float32) if array.dtype.kind == "b" else array


def _note(reading: Reading, found: dict) -> None:
    """Note the frames a second and the size, as far as they are single numbers."""

    def single(key, i=0):
        value = found.get(key)
        return float(value.ravel()[i]) if value is not None and value.size > i and value.dtype.kind in "fiu" else None

    fps = single("fps")
    reading.about.fps = fps if fps is not None and 0 < fps < 1e6 else None
    sides = ("width", 0), ("height", 0)
    if "size" in found and found["size"].size == 2:
        sides = ("size", 0), ("size", 1)
    reading.about.add_size(0, *(single(*side) for side in sides))


def _people_last(name: str, points: np.ndarray, counts) -> tuple[np.ndarray, int]:
    """Give points as (people, joints, 2 to 4) and the number of people a frame has in it."""
    shape = points.shape
    usual = counts or USUAL
    if points.dtype.kind not in "fiu":
        raise ValueError(f"{name}: expected keypoints to be numbers, got {points.dtype}.")
    if points.ndim == 5 and shape[1:3] == (1, 1) and shape[4] == 3:  # MoveNet in TensorFlow: y, x, score
        return points[:, 0, 0][..., [1, 0, 2]], 1
    if points.ndim == 2 and 2 <= shape[1] <= 4 and shape[0] in usual:
        points = points[None]
    elif points.ndim == 2:
        per = next((per for per in (3, 2, 4) if shape[1] % per == 0 and shape[1] // per in usual), None)
        points = points if per is None else points.reshape(shape[0], shape[1] // per, per)
    elif points.ndim == 3 and shape[2] > 4 and shape[1] in (2, 3):
        points = points.transpose(0, 2, 1)
    people = 1
    if points.ndim == 4:
        people = points.shape[1]
        points = points.reshape(-1, *shape[2:])
    if points.ndim != 3 or not 2 <= points.shape[2] <= 4 or not 0 < points.shape[1] <= MAX_POINTS or not people:
        raise ValueError(
            f"{name}: expected keypoints of the shape (people, joints, 2), (frames, people, joints, 2), or with 3 for "
            f"x, y, confidence, got the shape {shape}."
        )
    return points, people


def _are_people_first(points: np.ndarray) -> bool:
    """Whether arrays (a, b, joints, 2 to 4) are people and their frames: b more, each body near the one before."""
    if not 0 < points.shape[0] < points.shape[1]:
        return False
    some = np.array(points[:, :2000, :, :2], np.float64)
    some[(some == 0).all(axis=-1)] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of bodies without a point
        middle = np.nanmean(some, axis=2)
        step = np.nanmedian(np.linalg.norm(np.diff(middle, axis=1), axis=-1))
        spread = np.nanmedian(np.linalg.norm(some - middle[:, :, None], axis=-1))
    return bool(step < 0.5 * spread)


def _frames_first(found: dict[str, Any]) -> dict[str, Any]:
    """Put frames before people in arrays that have people first; each person is a track."""
    people, frames = found["keypoints"].shape[:2]
    turned = {
        key: array.swapaxes(0, 1) if array.ndim > 1 and array.shape[:2] == (people, frames) else array
        for key, array in found.items()
    }
    return {"person": np.tile(np.arange(people), frames), **turned}


def _checked(name: str, key: str, array: np.ndarray, kinds: str, what: str, shape, people: int) -> np.ndarray:
    """Give an array in the shape that is expected. Raises ValueError naming the file and the array."""
    several = people > 1 or key == "confidence"
    if array.dtype.kind in kinds and several and array.size == math.prod(shape) and array.ndim > len(shape):
        array = array.reshape(shape)  # (frames, people, ...) as the keypoints
    if array.shape != shape or array.dtype.kind not in kinds:
        got = f"{array.dtype} of the shape {array.shape}"
        raise ValueError(f"{name}: expected {key} to be {what} of the shape {shape}, got {got}.")
    if kinds == "iu" and len(array) and not 0 <= int(array.min()) <= int(array.max()) < 2**62:
        raise ValueError(f"{name}: expected {key} to be {what}, got {array.min()} to {array.max()}.")
    return array


def _is_depth(name: str, points: np.ndarray) -> bool:
    """Whether the third number is BlazePose's depth. Raises ValueError where it is another depth: a body in 3D."""
    some = np.asarray(points[:: max(1, len(points) // 2000), :, 2], np.float64)
    some = some[np.isfinite(some) & (some != 0)]
    if not some.size or (some < 0).mean() < 0.05:
        return False
    if points.shape[1] != 33:
        raise ValueError(
            f"{name}: expected x, y, confidence of each joint, got a third number that is below 0 in "
            f"{100 * (some < 0).mean():.0f} %, as in 3D; save x, y and confidence (motion in 3D goes to read_motion)."
        )
    return True


def _confidence(part: np.ndarray, given, rows: slice, depth: bool) -> np.ndarray:
    if given is not None:
        return given[rows]
    if part.shape[2] == 4 or part.shape[2] == 3 and not depth:
        return part[..., -1]
    return (part[..., :2] != 0).any(axis=-1).astype(np.float32)  # a point at exactly 0, 0 is missing


def _read_npy(archive: zipfile.ZipFile, member: str) -> np.ndarray:
    size = archive.getinfo(member).file_size
    with archive.open(member) as file:
        _check_header(member, *_header(file, member), size)
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _header(file, member: str) -> tuple[tuple[int, ...], np.dtype]:
    """Read an array's shape and type. Raises ValueError, whatever numpy's parser makes of a damaged header."""
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy reads the header as a Python literal, which may warn
            version = np.lib.format.read_magic(file)
            shape, _, dtype = read_header[version](file)
    except KeyError:
        raise ValueError(f"{member}: expected the .npy format 1.0 or 2.0, got another") from None
    except Exception as error:  # a tokenizer's and a parser's errors among them
        raise ValueError(f"{member}: expected an array's header, got a damaged one ({str(error)[:80]})") from None
    return shape, dtype


def _check_header(member: str, shape: tuple[int, ...], dtype: np.dtype, size: int) -> None:
    if dtype.hasobject:
        raise ValueError(
            f"{member}: expected numbers, got Python objects, which could run code; load it where you trust it, and "
            "save np.savez(FILE, keypoints=..., confidence=...), of the shapes (n, k, 2) and (n, k)"
        )
    if dtype.kind not in "biufUS":
        raise ValueError(f"{member}: expected numbers or texts, got {dtype}")
    most = math.prod(max(n, 1) for n in shape) * max(dtype.itemsize, 1)
    if dtype.itemsize > 1024 or min(shape, default=0) < 0 or most > size + 2**20:
        raise ValueError(f"{member} announces {dtype} of shape {str(shape)[:80]}, but has {size:,} bytes")
    if math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"{member} announces {dtype} of shape {str(shape)[:80]}, but has {size:,} bytes")
