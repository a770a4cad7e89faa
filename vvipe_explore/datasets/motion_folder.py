"""All motion files below a folder: which they are, what they are called, and why some can't be read."""

import dataclasses
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import motion_files
from .motion import Motion

_NUMBER = re.compile(r"\d[\d,.]*")
MAP_UNUSED = "the map of joints= does not fit, and the file's own names are taken"
_TABLES = (".csv", ".npz", ".npy", ".json", ".txt")
"""Suffixes of files that may well hold something else than motion."""
_NO_WORD = (".asf", ".zip", ".mp4", ".mov", ".avi")
"""Suffixes of files that lie beside motion and are not missed."""


def read_folder(
    folder: Path, wishes, errors: str, suffixes: tuple[str, ...] | None, read: Callable[..., tuple[Motion, list[str]]]
) -> Motion:
    """Read the files below a folder with read(path, wishes); links are followed. See motion_reader.read_motion.

    What is said of several files is said once. With errors="raise", the one error, or all of them by kind, are raised.
    """
    from tqdm.auto import tqdm

    files = files_below(folder, suffixes or motion_files.SUFFIXES)
    if not files:
        raise _no_files(folder, suffixes)
    wishes = dataclasses.replace(wishes, folder=True)
    parts: dict[Path, Motion] = {}
    failures: list[tuple[Path, Exception]] = []
    said: dict[str, list[Path]] = {}
    for file in tqdm(files, desc="reading motion", unit="file", leave=False, delay=1):
        try:
            parts[file], notes = read(file, wishes)
        except (ValueError, FileNotFoundError) as error:
            failures.append((file, error))
            continue
        for note in notes:
            said.setdefault(note, []).append(file)
    failures = _pass_over_tables(folder, failures, len(files), said)
    if not suffixes:
        _say_what_is_not_read(folder, said)
    if len(said.get(MAP_UNUSED, ())) < len(parts):   # it serves the others
        said.pop(MAP_UNUSED, None)
    for notes in _alike(said).values():
        (file, note), more = notes[0], f" and {len(notes) - 1} more" * (len(notes) > 1)
        warnings.warn(f"{file}{more}: {note}", stacklevel=4)
    _raise_or_warn(folder, failures, len(files), errors)
    return Motion.join([_named(part, name) for part, name in zip(parts.values(), _names(folder, parts), strict=True)])


def files_below(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Give the files below a folder with these suffixes, sorted.

    Each linked folder is gone into once, and none that the folder itself lies in. A link to nothing is given too.
    """
    found, seen = [], set(folder.resolve().parents)
    for place, folders, names in os.walk(folder, followlinks=True):
        real = Path(place).resolve()
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        paths = [Path(place, name) for name in names if name.lower().endswith(suffixes) and not name.startswith(".")]
        found += [path for path in paths if path.is_file() or path.is_symlink() and not path.exists()]
    return sorted(found)


def _no_files(folder: Path, suffixes: tuple[str, ...] | None) -> ValueError:
    """Make the error for a folder without motion files; name the format of those that are there and are not read."""
    wanted = ", ".join(suffixes or motion_files.SUFFIXES)
    others = {} if suffixes else motion_files.OTHER
    for file in files_below(folder, tuple(others)) if others else ():
        return ValueError(f"the folder {folder} holds no {wanted} files; {file.name} {others[file.suffix.lower()]}.")
    return ValueError(f"the folder {folder} holds no {wanted} files; give the folder of the motion.")


def _pass_over_tables(folder: Path, failures, n: int, said: dict) -> list[tuple[Path, Exception]]:
    """Drop the failures of files that hold no motion at all, such as a table of the files, where others do."""
    no_motion = [file for file, error in failures if isinstance(error, motion_files.NotMotion)]
    tables = [file for file in no_motion if file.suffix.lower() in _TABLES]
    if not tables or len(failures) == n:
        return failures
    said[f"holds no motion, and is passed over in {folder}"] = tables
    return [failure for failure in failures if failure[0] not in tables]


def _alike(said: dict[str, list[Path]]) -> dict[str, list[tuple[Path, str]]]:
    """Bring together what differs in numbers only."""
    alike: dict[str, list[tuple[Path, str]]] = {}
    for note, files in said.items():
        alike.setdefault(_NUMBER.sub("#", note), []).extend((file, note) for file in files)
    return alike


def _say_what_is_not_read(folder: Path, said: dict) -> None:
    """Say which files of formats that are not read lie in the folder; nothing of videos and archives."""
    loud = {suffix: sentence for suffix, sentence in motion_files.OTHER.items() if suffix not in _NO_WORD}
    for file in files_below(folder, tuple(loud)):
        said.setdefault(f"is not read: it {loud[file.suffix.lower()]}", []).append(file)


def _raise_or_warn(folder: Path, failures: list[tuple[Path, Exception]], n: int, errors: str) -> None:
    if not failures:
        return
    if len(failures) == 1 and errors == "raise":
        raise failures[0][1]
    text = by_kind(failures)
    if len(failures) == n:
        raise ValueError(f"none of the {n} motion files in {folder} could be read:\n{text}")
    if errors == "raise":
        remedy = 'mend them, leave them out, or pass errors="skip"'
        raise ValueError(f"{len(failures)} of the {n} motion files in {folder} can't be read; {remedy}:\n{text}")
    warnings.warn(f"left out {len(failures)} of {n} motion files in {folder}:\n{text}", stacklevel=5)


def by_kind(failures: list[tuple[Path, Exception]]) -> str:
    """Say why files fail, a line a kind: how many, and one error in whole."""
    kinds: dict[str, list[Exception]] = {}
    for file, error in failures:
        kinds.setdefault(_kind(file, error), []).append(error)
    ordered = sorted(kinds.values(), key=len, reverse=True)
    return "\n".join(f"{len(found)} such as {found[0]}" for found in ordered)


def _kind(file: Path, error: Exception) -> str:
    """Tell what kind of failure this is: what was expected, without the file, its line and numbers."""
    if isinstance(error, FileNotFoundError):
        return "not there"
    text = re.split(r", got |; ", str(error).replace(str(file), ""))[0]
    return _NUMBER.sub("#", text)


def _names(folder: Path, parts: dict[Path, Motion]) -> list[str]:
    """Give each file's sequence: its name; with its folder where two have one name, with its suffix in one folder."""
    stems = Counter(file.stem for file in parts)
    places = [file.relative_to(folder) for file in parts]
    inner = Counter(place.with_suffix("") for place in places)
    return [
        place.stem if stems[place.stem] == 1
        else (place if inner[place.with_suffix("")] > 1 else place.with_suffix("")).as_posix()
        for place in places
    ]  # fmt: skip


def _named(part: Motion, name: str) -> Motion:
    names = np.full(len(part), name)
    return dataclasses.replace(part, sequence=names, action=names)
