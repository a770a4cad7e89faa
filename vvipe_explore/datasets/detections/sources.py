"""Open what detections lie in: a file, a folder or .zip of one frame each, an .npz; with care, and never unpacked.

A zip is known by its first bytes, and an .npz by its members. Links are followed, as DVC and git-annex store data.
Devices, pipes and archives that unfold to far more than their size are refused.
"""

import contextlib
import os
import stat
import struct
import zipfile
import zlib
from functools import partial
from pathlib import Path, PurePosixPath

from .._checked_file import refuse_broken_link
from .frame_numbers import natural_key
from .json_stream import JsonStream

_NO_LABELS = ("classes.txt", "readme.txt")
UNFOLDS = 10
"""An archive may hold this many times its own size, and 16 MB; real frames of OpenPose are packed to a third."""
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
with contextlib.suppress(ImportError):  # Python may be built without it
    import lzma

    _BAD_ZIP = (*_BAD_ZIP, lzma.LZMAError)


def check_path(path) -> Path:
    """Give the Path of a file or a folder. Raises FileNotFoundError, or ValueError if it is a device or a pipe."""
    path = Path(path)
    refuse_broken_link(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file or folder {path}.") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{str(path)!r} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise ValueError(f"{path}: expected a file or a folder, got a device or a pipe; give a detector's JSON.")
    return path


def is_zip(path: Path) -> bool:
    """Whether path is a zip archive, by its first bytes."""
    if path.is_dir():
        return False
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


@contextlib.contextmanager
def opened_zip(path: Path):
    """Open a zip; refuse one that unfolds to far more than its size, or is damaged, by its name."""
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
    return is_zip(path) and any(name.endswith(".npy") for name in members_of(path))


def members_of(path: Path) -> list[str]:
    """Give the names of a zip archive's members."""
    with opened_zip(path) as archive:
        return archive.namelist()


@contextlib.contextmanager
def progress_bar(path: Path, total: int, progress: bool):
    """Show a bar for 16 MB and more, and give what to call with the bytes of each piece; else give None."""
    if not progress or total < 2**24:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=f"reading {path.name}", unit="B", unit_scale=True) as bar:
        yield bar.update


@contextlib.contextmanager
def json_sources(path: Path, progress: bool):
    """Give the number of JSON files in path, their size in bytes, and an iterator over them in natural order.

    path: a file, a folder or a zip. The iterator opens one file after another and gives (JsonStream, file name).
    """
    with contextlib.ExitStack() as stack:
        if path.is_dir():
            files = [(str(file), file.name, file.stat().st_size, partial(open, file, "rb")) for file in _files_of(path)]
        elif is_zip(path):
            archive = stack.enter_context(opened_zip(path))
            members = _members_of(path, archive, ".json")
            if not members:
                raise ValueError(f"{path}: expected a zip with .json files, got none; OpenPose writes one a frame.")
            files = [(_label(path, info), _base(info), info.file_size, partial(archive.open, info)) for info in members]
        else:
            files = [(str(path), path.name, path.stat().st_size, partial(open, path, "rb"))]
        total = sum(size for _, _, size, _ in files)
        advance = stack.enter_context(progress_bar(path, total, progress))

        def streams():
            for label, name, _, opened in files:
                with opened() as file:
                    yield JsonStream(file, label, advance), name

        yield len(files), total, streams()


def _files_of(folder: Path) -> list[Path]:
    """Give the .json files directly in folder, in natural order."""
    files = _listed(folder, ".json")
    if not files:
        raise ValueError(f"the folder {folder} holds no .json file{_what_else(folder)}")
    return files


def label_files(folder: Path) -> list[Path]:
    """Give the .txt files of YOLO's labels directly in folder, in natural order; none if it holds a .json too."""
    if any(name.lower().endswith(".json") and not name.startswith(".") for name in os.listdir(folder)):
        return []
    return [path for path in _listed(folder, ".txt") if path.name.lower() not in _NO_LABELS]


@contextlib.contextmanager
def label_sources(path: Path):
    """Give the number of YOLO's label files in path, their size in bytes, and an iterator over them.

    path: a file, a folder or a zip; the number is 0 where it holds JSON, or no labels. The iterator gives the bytes of
    each file, at most 16 MB, and what a message and a picture call it.
    """
    with contextlib.ExitStack() as stack:
        if is_zip(path):
            archive = stack.enter_context(opened_zip(path))
            members = [] if _members_of(path, archive, ".json") else _members_of(path, archive, ".txt")
            labels = [info for info in members if _base(info).lower() not in _NO_LABELS]
            files = [(_label(path, info), _base(info), info.file_size, partial(archive.open, info)) for info in labels]
        else:
            paths = label_files(path) if path.is_dir() else [path]
            files = [(str(file), file.name, file.stat().st_size, partial(open, file, "rb")) for file in paths]

        def contents():
            for label, name, _, opened in files:
                with opened() as file:
                    yield file.read(2**24), label, name

        yield len(files), sum(size for _, _, size, _ in files), contents()


def _listed(folder: Path, ending: str) -> list[Path]:
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.lower().endswith(ending) or entry.name.startswith("."):
                continue
            path = folder / entry.name
            if entry.is_symlink():
                refuse_broken_link(path)
            if not entry.is_file():
                raise ValueError(f"{path} is no regular file; remove it.")
            files.append(path)
    return sorted(files, key=lambda file: natural_key(file.name))


def _what_else(folder: Path) -> str:
    """Say what a folder without detections holds instead: folders that do, files to give by themselves, or nothing."""
    inside = sorted(os.listdir(folder), key=natural_key)[:2000]
    folders = [name for name in inside if _holds_detections(folder / name)]
    if folders:
        some = ", ".join(folders[:6]) + (f", ... ({len(folders)} in all)" if len(folders) > 6 else "")
        return f", but its folders do: {some}; give one of them, they are read one by one."
    endings = (".csv", ".npz", ".npy", ".trc", ".h5", ".zip", ".mp4", ".avi", ".mov")
    files = [name for name in inside if name.lower().endswith(endings)]
    if files:
        return f"; give a file in it by itself, such as {folder / files[0]}."
    return "; OpenPose writes one a frame, Ultralytics a .txt a picture."


def _holds_detections(folder: Path) -> bool:
    try:
        return folder.is_dir() and any(name.lower().endswith((".json", ".txt")) for name in os.listdir(folder))
    except OSError:
        return False


def _members_of(path: Path, archive: zipfile.ZipFile, ending: str) -> list[zipfile.ZipInfo]:
    """Give the members with an ending in natural order; their names are never used as paths."""
    members = [
        info for info in archive.infolist()
        if info.filename.lower().endswith(ending) and not _base(info).startswith(".")
    ]  # fmt: skip
    if len({PurePosixPath(info.filename).parent for info in members}) > 1:
        raise ValueError(
            f"{path}: expected one camera's frames, got {ending} files in several folders; zip one folder."
        )
    return sorted(members, key=lambda info: natural_key(info.filename))


def _base(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(info.filename).name


def _label(path: Path, info: zipfile.ZipInfo) -> str:
    return f"{path}: {info.filename[:200]!r}"
