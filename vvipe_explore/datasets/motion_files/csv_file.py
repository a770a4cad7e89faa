"""CSV: joints or markers in columns NAME_x, NAME_y, NAME_z, or in rows of frame, name, x, y, z; Motive's export."""

import re
from pathlib import Path

import numpy as np

from ..raw_motion import RawMotion
from .kinds import NotMotion
from .motive_table import read_motive
from .table import Trios, cells_of, find_trios, frame_rate, head_lines, metres_of, points, read_rows, separator_of
from .text import decode, error, number, read_bytes

_TIMES = re.compile(r"(?:time|times?tamps?|seconds?|t)\b.*|time_\w+", re.IGNORECASE)
_RATE = re.compile(r"(?:fps|frame ?rate|rate)\s*[:=,;]?\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_POSITION = re.compile(r"pos(?:ition)?[\s_.]?(?=[xyz]$)")
_NAME, _FRAME = ("name", "joint", "keypoint", "marker", "landmark", "trajectory", "label", "point"), ("frame", "time")
_PERSON = ("person", "person_id", "id", "track_id", "subject", "subject_id", "body_id")
_WANTED = "columns NAME_x, NAME_y and NAME_z for each joint"


def read_csv_file(path) -> list[RawMotion]:
    """Read points in the file's axes; cells are separated by commas, semicolons or tabs, blank ones are NaN.

    fps comes from a column of times, or from words before the header. Memory: at most 50 MB and 40 times the file's
    size. Raises ValueError naming file and line, NotMotion where it is another table, FileNotFoundError.
    """
    path = Path(path)
    data = read_bytes(path, "a CSV file")
    lines = head_lines(data, 20)
    if lines[0].lstrip('"').lower().startswith("format version"):
        return read_motive(path, data, lines)
    for place, line in enumerate(lines):
        separator = separator_of(line)
        header = cells_of(line, separator)
        low = [_POSITION.sub("", cell.lower().lstrip("# ")) for cell in header]
        if {"x", "y", "z"} <= set(low) and _column(low, _NAME) is not None:
            return _long(path, data, place, separator, low)
        trios, unit = find_trios(header)
        if trios:
            return _wide(path, data, lines[: place + 1], header, trios, unit)
        header, end = _named_above(header, lines[place + 1 : place + 3], separator)
        trios, unit = find_trios(header)
        if trios:
            return _wide(path, data, lines[: place + 1 + end], header, trios, unit)
    raise _unknown(path, lines)


def _named_above(names: list[str], below: list[str], separator: str) -> tuple[list[str], int]:
    """Give a header of NAME_x for names above a line of x, y, z, and how many lines below it are no rows of numbers.

    The header is empty where there is no such line. pandas writes columns of two levels so, and the index's name below.
    """
    axes, *after = [cells_of(line, separator) for line in below or [""]]
    if not {"x", "y", "z"} <= {axis.lower() for axis in axes} or len(axes) != len(names):
        return [], 0
    header, name = [], ""
    for above, axis in zip(names, axes, strict=True):
        name = above or name
        header.append(f"{name}_{axis}" if axis.lower() in ("x", "y", "z") else axis or name)
    return header, 1 + any(cells[0] and not cells[0].isdecimal() and not any(cells[1:]) for cells in after)


def _wide(path: Path, data: bytes, lines: list[str], header: list[str], trios: Trios, unit: str) -> list[RawMotion]:
    """Read a row a frame; where a column tells persons apart, a motion for each."""
    separator = separator_of(lines[-1])
    prefix = "body_" if _is_freemocap(trios) else ""
    names = [name.removeprefix(prefix) for name in trios]
    columns = [column for trio in trios.values() for column in trio]
    low = [cell.lower().lstrip("# ") for cell in header]
    times = next((i for i, cell in enumerate(low) if _TIMES.fullmatch(cell) and i not in columns), None)
    person = _person(data, len(lines), separator, low)
    extra = [column for column in (times, person) if column is not None]
    width = len(header) + (not header[-1])
    table, notes = read_rows(path, data, len(lines) + 1, separator, [*columns, *extra], width)
    fps = frame_rate(table[:, len(columns)]) if times is not None else None
    if fps is None and (said := _RATE.search(" ".join(lines[:-1]))):
        fps = number(said[1]) or None
    positions = np.ascontiguousarray(table[:, : len(columns)]).reshape(len(table), len(names), 3)
    people = table[:, -1] if person is not None else np.zeros(len(table))
    values = list(dict.fromkeys(people[np.isfinite(people)].tolist()))
    if 1 < len(values) < min(20, len(people) / 2):
        bodies = [positions[people == value] for value in values]
    else:
        bodies = [positions]
    return [motion for body in bodies for motion in points(path, body, names, fps, metres_of(unit), notes)]


def _person(data: bytes, line: int, separator: str, header: list[str]) -> int | None:
    """Find the column that tells persons apart by a number."""
    column = next((i for i, cell in enumerate(header) if cell in _PERSON), None)
    first = cells_of(decode(data.split(b"\n", line + 1)[line][:4096]), separator) if column is not None else []
    return column if column is not None and column < len(first) and first[column].isdecimal() else None


def _is_freemocap(trios: Trios) -> bool:
    """Say whether the names are FreeMoCap's: body_nose, body_left_shoulder, beside hands and a face."""
    return sum(name.startswith("body_") for name in trios) > 12


def _column(header: list[str], words: tuple[str, ...]) -> int | None:
    """Give the first column whose name begins with one of the words."""
    return next((i for i, cell in enumerate(header) if cell.startswith(words)), None)


def _long(path: Path, data: bytes, place: int, separator: str, header: list[str]) -> list[RawMotion]:
    """Read a row a point in a frame: a column of names, one of frames or times, and x, y, z."""
    name, frame = _column(header, _NAME), _column(header, _FRAME)
    if frame is None or name is None:
        raise error(path, place + 1, "a column frame beside x, y and z", ", ".join(header)[:80], "add it")
    columns = [frame, *(header.index(axis) for axis in "xyz")]
    table, notes = read_rows(path, data, place + 2, separator, columns, len(header))
    rows = [row for row in data.split(b"\n")[place + 1 :] if row.strip()][: len(table)]
    texts = [(row.split(separator.encode())[name : name + 1] or [b""])[0] for row in rows]
    names = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    times, frames = np.unique(table[:, 0], return_inverse=True)
    if len(times) * len(names) > 4 * len(table) + 1000:
        got = f"{len(table):,} rows of {len(names):,} names in {len(times):,} frames"
        raise ValueError(f"{path}: expected a row for each name in each frame, got {got}; export it again.")
    positions = np.full((len(times), len(names), 3), np.nan)
    positions[frames, [names[text] for text in texts]] = table[:, 1:]
    shown = [decode(text).strip(' "\r') for text in names]
    return points(path, positions, shown, frame_rate(times), None, notes)


def _unknown(path: Path, lines: list[str]) -> NotMotion:
    """Name what the table's columns are, and what they should be."""
    header = cells_of(lines[0], separator_of(lines[0]))
    text = "\n".join(lines).lower()
    if re.search(r"_x[,;\t\n]|,x,y,|bodyparts|likelihood|keypoints", text):
        remedy = "read 2D keypoints with read_detections; joints in space need NAME_z too"
        return NotMotion(f"{path}, line 1: expected {_WANTED}, got a table without z; {remedy}.")
    remedy = "name the columns so, in metres or another unit, one row a frame"
    return NotMotion(f"{path}, line 1: expected {_WANTED}, got {', '.join(header)[:120]!r}; {remedy}.")
