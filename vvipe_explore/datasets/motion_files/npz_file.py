"""npz: the arrays positions, joint_names and fps, as numpy saves them; no code in a file is run."""

import io
import warnings
import zipfile
from pathlib import Path
from typing import cast

import numpy as np

from .._checked_file import checked_file, refusing_damage
from .._npz import FREE, RATIO, _check_directory
from .._pickles import Array, ArrayUnpickler
from ..raw_motion import RawMotion
from .kinds import NPZ, SMPL, NotMotion
from .table import axis_of, metres_of, points

MAX_BYTES = 2**30
_WANTED = "an npz with positions (frames, joints, 3), joint_names and fps"
_KEYS = {
    "positions": (
        "positions", "poses", "joints", "joint_positions", "joints_3d", "joints3d", "poses_3d", "positions_3d",
        "keypoints_3d", "body_positions", "global_positions", "xyz",
    ),
    "names": ("joint_names", "names", "joints_names", "labels", "body_names", "keypoint_names"),
    "fps": ("fps", "frame_rate", "framerate"), "unit": ("unit", "units"), "up": ("up",),
}  # fmt: skip
"""What an array's name may be; the first that is there is taken."""
_SMPL_WORDS = {
    "poses", "trans", "betas", "root_orient", "pose_body", "smpl_poses", "thetas", "global_orient", "body_pose",
}  # fmt: skip


def read_npz_file(path) -> list[RawMotion]:
    """Read positions with their joints' names; fps, unit ("m", "mm" or metres) and up ("y") where they are there.

    poses (frames, joints, 3), as vvipe lift writes them, are positions too. Memory: at most 50 MB and 40 times the
    file's size. Raises ValueError naming the file, NotMotion for 2D keypoints, FileNotFoundError.
    """
    path = checked_file(path, _WANTED, MAX_BYTES)
    with refusing_damage(path, _WANTED, f"save it again with {NPZ}"):
        keys = _keys(path)
    chosen = {role: next((word for word in words if word in keys), "") for role, words in _KEYS.items()}
    _refuse_others(path, keys, chosen)
    with refusing_damage(path, _WANTED, f"save it again with {NPZ}"):
        arrays = _read(path, {role: key for role, key in chosen.items() if key})
        positions = arrays.get("positions")
        if isinstance(positions, np.ndarray) and 4 * positions.size > FREE + RATIO * path.stat().st_size:
            raise ValueError("its positions unpack to far more than the file's size")
        motion = _checked(positions, arrays.get("names"))
        fps = _number(arrays.get("fps"))
        metres = _metres(arrays.get("unit"))
        up = axis_of(_text(arrays.get("up")))
    found, joint_names = motion
    return points(path, found, joint_names, fps, metres, up=up)


def _refuse_others(path: Path, keys: list[str], chosen: dict[str, str]) -> None:
    """Refuse what is known to be something else, by its name."""
    if chosen["positions"] == "positions" or chosen["positions"] and chosen["names"]:
        return
    got = ", ".join(keys)[:120]
    if len(set(keys) & _SMPL_WORDS) > 1:
        raise ValueError(f"{path}: expected {_WANTED}, got SMPL parameters such as AMASS ({got}); {SMPL}.")
    if "positions_3d" in keys:
        remedy = 'read it with datasets.load("h36m")'
        raise NotMotion(f"{path}: expected {_WANTED}, got Human3.6M as VideoPose3D has it; {remedy}.")
    if set(keys) & {"positions_2d", "keypoints", "scores"}:
        raise NotMotion(f"{path}: expected {_WANTED}, got 2D keypoints ({got}); read them with read_detections.")
    raise ValueError(f"{path}: expected {_WANTED}, got {got or 'no arrays'}; save it with {NPZ}.")


def _keys(path: Path) -> list[str]:
    _check_directory(path, path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


def _read(path: Path, keys: dict[str, str]) -> dict[str, np.ndarray | list]:
    """Read arrays of an archive, by role; what they unpack to is bounded by the file's size."""
    budget = FREE + RATIO * path.stat().st_size
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for role, key in keys.items():
            info = archive.getinfo(f"{key}.npy")
            budget -= info.file_size
            if budget < 0:
                raise ValueError(f"its {key} unpacks to far more than the file's size")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("its compression is not one that numpy uses")
            with archive.open(info) as packed, io.BufferedReader(cast(io.RawIOBase, packed)) as stream:
                arrays[role] = _read_array(stream, info.file_size, key)
    return arrays


def _read_array(stream, size: int, key: str) -> np.ndarray | list:
    """Read one .npy: numbers or texts; a list of texts that was pickled is read without running anything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        version = np.lib.format.read_magic(stream)
        readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in readers:
            raise ValueError(f"its {key} has a header of another version than 1.0 or 2.0")
        shape, fortran, dtype = readers[version](stream)
    if dtype == np.dtype(object):
        array = ArrayUnpickler(stream, size).load()
        return list(array.items) if type(array) is Array and array.items is not None else []
    if dtype.kind not in "fiubUS" or dtype.hasobject:
        raise ValueError(f"its {key} is an array of {dtype}")
    data = stream.read(size + 1)
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    if count < 0 or len(data) != count * dtype.itemsize:
        raise ValueError(f"its {key} of shape {shape} has {len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _checked(positions, names) -> tuple[np.ndarray, list[str]]:
    """Give positions as float64, and as many names."""
    if not isinstance(positions, np.ndarray) or positions.dtype.kind not in "fiu":
        raise ValueError("positions is no array of numbers")
    if positions.ndim != 3 or positions.shape[2] != 3 or not positions.size:
        raise ValueError(f"expected positions of shape (frames, joints, 3), got {positions.shape}")
    if names is None:
        raise ValueError(f"it has positions of {positions.shape[1]} joints, but no joint_names")
    texts = [_text(name) for name in (names.ravel() if isinstance(names, np.ndarray) else names)]
    if len(texts) != positions.shape[1]:
        raise ValueError(f"it has {positions.shape[1]} joints and {len(texts)} joint_names")
    with np.errstate(all="ignore"):
        found = np.array(positions, np.float64)
    found[~np.isfinite(found)] = np.nan
    return found, texts


def _text(value) -> str:
    value = value.ravel()[0] if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _number(value) -> float | None:
    """Give a number above 0; None for anything else."""
    if not isinstance(value, np.ndarray) or value.size != 1 or value.dtype.kind not in "fiu":
        return None
    number = float(value.ravel()[0])
    return number if 0 < number < 1e6 else None


def _metres(value) -> float | None:
    return metres_of(_text(value)) or _number(value)
