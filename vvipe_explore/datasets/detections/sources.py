"""Where detections lie: a file, a folder of one frame each, a .zip of them, an .npz; opened with care, never unpacked.

A zip is known by its first bytes, and an .npz by its members. Links that lead out of a folder, devices, pipes and
archives that unfold to far more than their size are refused.
"""

import contextlib
import math
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from .frame_numbers import natural_key
from .json_stream import JsonStream
from .rows import MAX_PIXEL, MAX_POINTS

UNFOLDS = 10
"""An archive may hold this many times its own size, and 16 MB; real frames of OpenPose are packed to a third."""
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
with contextlib.suppress(ImportError):  # Python may be built without it
    import lzma

    _BAD_ZIP = (*_BAD_ZIP, lzma.LZMAError)


def check_path(path) -> Path:
    """A file or folder that is there. Raises FileNotFoundError, or ValueError if it is a device or a pipe."""
    path = Path(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file or folder {path}.") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{str(path)!r} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError(f"{path} is no file and no folder; a detector's JSON was wanted.")
    return path


def _is_zip(path: Path) -> bool:
    if path.is_dir():
        return False
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@contextlib.contextmanager
def _opened_zip(path: Path):
    try:
        try:
            opened = zipfile.ZipFile(path)
        except ValueError as error:  # a member's name that is no text, a number out of range
            raise zipfile.BadZipFile(str(error)) from None
        with opened as archive:
            total = sum(info.file_size for info in archive.infolist())
            if total > UNFOLDS * path.stat().st_size + 2**24:
                raise ValueError(f"{path}: unfolds to {total >> 20:,} MB; an archive of detections holds far less.")
            yield archive
    except _BAD_ZIP as error:
        raise ValueError(f"{path}: a damaged or encrypted archive ({str(error)[:200] or error!r}).") from None


def is_npz(path: Path) -> bool:
    """Whether path is a zip archive of .npy members."""
    if not _is_zip(path):
        return False
    with _opened_zip(path) as archive:
        return any(name.endswith(".npy") for name in archive.namelist())


class _Sources:
    """The JSON streams of a path, how many and how large; each is opened when its turn comes."""

    def __init__(self, open_each, count: int, size: int):
        self._open_each, self._count, self.size = open_each, count, size

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[JsonStream, str]]:
        return self._open_each()


@contextlib.contextmanager
def json_sources(path: Path, progress: bool):
    """Give the streams of path (a file, a folder, a zip), each with its picture's name, in natural order."""
    with contextlib.ExitStack() as stack:
        if path.is_dir():
            files = _files_of(path)
            total = sum(file.stat().st_size for file in files)
            opened = [(str(file), file.name, partial(open, file, "rb")) for file in files]
        elif _is_zip(path):
            archive = stack.enter_context(_opened_zip(path))
            members = _members_of(path, archive)
            total = sum(info.file_size for info in members)
            opened = [
                (f"{path}: {info.filename[:200]!r}", PurePosixPath(info.filename).name, partial(archive.open, info))
                for info in members
            ]
        else:
            total = path.stat().st_size
            opened = [(str(path), path.name, partial(open, path, "rb"))]
        advance = stack.enter_context(_bar(path, total, progress))

        def each():
            for name, picture, opening in opened:
                with opening() as file:
                    yield JsonStream(file, name, advance), picture

        yield _Sources(each, len(opened), total)


@contextlib.contextmanager
def _bar(path: Path, total: int, progress: bool):
    """A progress bar by bytes for what takes more than a moment."""
    if not progress or total < 2**24:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=f"reading {path.name}", unit="B", unit_scale=True) as bar:
        yield bar.update


def _files_of(folder: Path) -> list[Path]:
    """The .json files directly in folder, in natural order. Raises ValueError if there is none, or one is a trap."""
    inside = folder.resolve()
    files = []
    for entry in os.scandir(folder):
        if not entry.name.lower().endswith(".json") or entry.name.startswith("."):
            continue
        path = folder / entry.name
        if entry.is_symlink() and not path.resolve().is_relative_to(inside):
            raise ValueError(f"{path} is a link that leads out of its folder; put the file itself there.")
        if not entry.is_file():
            raise ValueError(f"{path} is no regular file; remove it.")
        files.append(path)
    if not files:
        raise ValueError(f"the folder {folder} holds no .json file; OpenPose writes one a frame.")
    return sorted(files, key=lambda file: natural_key(file.name))


def _members_of(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The .json members in natural order; their names are never used as paths."""
    members = [
        info for info in archive.infolist()
        if info.filename.lower().endswith(".json") and not PurePosixPath(info.filename).name.startswith(".")
    ]  # fmt: skip
    if not members:
        raise ValueError(f"{path}: a zip without .json files; one a frame was wanted, as OpenPose writes them.")
    if len({PurePosixPath(info.filename).parent for info in members}) > 1:
        raise ValueError(f"{path}: its .json files lie in several folders; one camera's frames were wanted.")
    return sorted(members, key=lambda info: natural_key(info.filename))


def read_npz(path: Path) -> dict[str, np.ndarray | None]:
    """Read keypoints, confidence, joint_names, frame and person, checked; what is not there is None.

    Sizes are checked before anything is read, and pickled objects refused. Raises ValueError naming the file.
    """
    wanted = ("keypoints", "confidence", "joint_names", "frame", "person")
    with _opened_zip(path) as archive:
        there = [name for name in wanted if f"{name}.npy" in archive.namelist()]
        try:
            found = dict.fromkeys(wanted) | {name: _read_npy(archive, f"{name}.npy") for name in there}
        except _BAD_ZIP:
            raise
        except (ValueError, TypeError, SyntaxError, KeyError, MemoryError) as error:
            raise ValueError(f"{path}: not an .npz of detections ({str(error)[:200]}).") from None
    return _checked(path, found)


def _read_npy(archive: zipfile.ZipFile, member: str) -> np.ndarray:
    size = archive.getinfo(member).file_size
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        if version not in read_header:
            raise ValueError(f"{member} is of the format {version}; 1.0 or 2.0 was wanted")
        shape, _, dtype = read_header[version](file)
    if dtype.hasobject:
        raise ValueError(f"{member} holds Python objects, which could run code; numbers were wanted")
    if dtype.kind not in "fiuU" or dtype.itemsize > 1024 or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"{member} announces {dtype} of shape {str(shape)[:80]}, but has {size:,} bytes")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _checked(path: Path, found: dict) -> dict:
    points, sure, names = found["keypoints"], found["confidence"], found["joint_names"]
    if points is None or points.ndim != 3 or points.shape[2] != 2 or not 0 < points.shape[1] <= MAX_POINTS:
        shape = "nothing" if points is None else f"the shape {points.shape}"
        raise ValueError(f"{path}: keypoints has {shape}; (people, joints, 2) was wanted.")
    n, joints = points.shape[:2]
    sure = np.ones((n, joints), np.float32) if sure is None else sure
    for name, shape in (("confidence", (n, joints)), ("frame", (n,)), ("person", (n,)), ("joint_names", (joints,))):
        array = sure if name == "confidence" else found[name]
        if array is not None and array.shape != shape:
            raise ValueError(f"{path}: {name} has the shape {array.shape}; {shape} was wanted.")
    if points.dtype.kind == "U" or sure.dtype.kind == "U" or (names is not None and names.dtype.kind != "U"):
        raise ValueError(f"{path}: keypoints and confidence have to be numbers, joint_names texts.")
    with np.errstate(invalid="ignore", over="ignore"):
        there = (np.abs(points) <= MAX_PIXEL).all(axis=-1) & (sure > 0) & (sure < np.inf)
        found["keypoints"] = np.where(there[..., None], points, 0).astype(np.float32)
        found["confidence"] = np.where(there, np.clip(sure, 1e-30, 1), 0).astype(np.float32)
    for name in ("frame", "person"):
        found[name] = None if found[name] is None else _whole(path, name, found[name])
    found["joint_names"] = None if names is None else [str(name) for name in names]
    return found


def _whole(path: Path, name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "iu" or (len(array) and (int(array.min()) < 0 or int(array.max()) >= 2**62)):
        raise ValueError(f"{path}: {name} has to hold whole numbers from 0 to below 2^62.")
    return array.astype(np.int64)
