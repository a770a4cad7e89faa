"""Read keypoints that lie in arrays: an .npz of numpy."""

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .reading import Reading
from .rows import MAX_POINTS
from .sources import opened_zip


def read_arrays(path: Path) -> Reading:
    """Read an .npz of keypoints: see read_npz. Rows hold frame numbers in place of pictures."""
    found = read_npz(path)
    n, joints, _ = found["keypoints"].shape
    reading = Reading(None, path.stat().st_size)
    frame = np.arange(n) if found["frame"] is None else found["frame"].astype(np.int64)
    confidence = np.ones((n, joints), np.float32) if found["confidence"] is None else found["confidence"]
    reading.rows.add_block(found["keypoints"], confidence, frame, found["person"])
    reading.numbered, reading.n_numbered, reading.about.counted = True, int(frame.max(initial=-1)) + 1, True
    if found["joint_names"] is not None:
        reading.skeletons.append(found["joint_names"].tolist())
    return reading


def read_npz(path: Path) -> dict[str, Any]:
    """Read keypoints, confidence, joint_names, frame and person, checked; None for what is not there.

    Sizes are checked before anything is read, and pickled objects refused. Raises ValueError naming the file.
    """
    names = ("keypoints", "confidence", "joint_names", "frame", "person")
    with opened_zip(path) as archive:
        members = archive.namelist()
        try:
            found = {name: _read_npy(archive, f"{name}.npy") if f"{name}.npy" in members else None for name in names}
        except (ValueError, TypeError, SyntaxError, KeyError, MemoryError) as error:
            raise ValueError(f"{path}: not an .npz of detections ({str(error)[:200]}).") from None
    points = found["keypoints"]
    if points is None or points.ndim != 3 or points.shape[2] != 2 or not 0 < points.shape[1] <= MAX_POINTS:
        got = "nothing" if points is None else f"the shape {points.shape}"
        raise ValueError(f"{path}: expected keypoints of the shape (people, joints, 2), got {got}.")
    n, joints, _ = points.shape
    for name, kinds, what, shape in (
        ("keypoints", "fiu", "numbers", points.shape),
        ("confidence", "fiu", "numbers", (n, joints)),
        ("joint_names", "U", "texts", (joints,)),
        ("frame", "iu", "whole numbers from 0 to below 2^62", (n,)),
        ("person", "iu", "whole numbers from 0 to below 2^62", (n,)),
    ):
        array = found[name]
        if array is None:
            continue
        if array.shape != shape or array.dtype.kind not in kinds:
            got = f"{array.dtype} of the shape {array.shape}"
            raise ValueError(f"{path}: expected {name} to be {what} of the shape {shape}, got {got}.")
        if kinds == "iu" and len(array) and not 0 <= int(array.min()) <= int(array.max()) < 2**62:
            raise ValueError(f"{path}: expected {name} to be {what}, got {array.min()} to {array.max()}.")
    return found


def _read_npy(archive: zipfile.ZipFile, member: str) -> np.ndarray:
    size = archive.getinfo(member).file_size
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in read_header:
            raise ValueError(f"{member}: expected the .npy format 1.0 or 2.0, got {version}")
        shape, _, dtype = read_header[version](file)
    if dtype.hasobject:
        raise ValueError(f"{member}: expected numbers, got Python objects, which could run code")
    if dtype.kind not in "fiuU" or dtype.itemsize > 1024 or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"{member} announces {dtype} of shape {str(shape)[:80]}, but has {size:,} bytes")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)
