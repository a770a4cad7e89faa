"""The CSV that OptiTrack's Motive exports: a line about the take, rows that name columns, a row a frame."""

from pathlib import Path

import numpy as np

from ..raw_motion import RawMotion
from .table import cells_of, frame_rate, metres_of, points, read_rows
from .text import error, number

_EXPORT = "export it from Motive with positions of bones or markers, in global coordinates"
_TYPES = (("bone",), ("marker", "labeled marker"), ("bone marker", "rigid body marker"), ("rigid body",))


def read_motive(path: Path, data: bytes, lines: list[str]) -> list[RawMotion]:
    """Read the positions of bones; where there are none, of markers; rotations are left out.

    lines: the first lines of the file. Unit and frame rate come from the first one. Raises ValueError naming the line.
    """
    cells = [cells_of(line, ",") for line in lines]
    place = next((i for i, row in enumerate(cells) if row[0].lower() == "frame"), None)
    if place is None:
        raise error(path, 1, "a line Frame, Time (Seconds), X, Y, Z in Motive's CSV", "none", _EXPORT)
    about = {key.lower(): value for key, value in zip(cells[0][::2], cells[0][1::2], strict=False)}
    if about.get("coordinate space", "global").lower() not in ("global", ""):
        raise error(path, 1, "Coordinate Space Global", about["coordinate space"], _EXPORT)
    names, columns = _columns(cells[1:place], cells[place])
    if not names:
        raise error(path, place + 1, "columns Position X, Y, Z of bones or markers", "none", _EXPORT)
    time = next((i for i, cell in enumerate(cells[place]) if cell.lower().startswith("time (")), 0)
    table, notes = read_rows(path, data, place + 2, ",", [*columns, time], len(cells[place]))
    rates = [number(about.get(f"{what} frame rate", "")) for what in ("export", "capture")]
    fps = next((rate for rate in rates if rate > 0), frame_rate(table[:, -1]))
    positions = np.ascontiguousarray(table[:, :-1]).reshape(len(table), len(names), 3)
    return points(path, positions, names, fps, metres_of(about.get("length units", "")), notes)


def _columns(rows: list[list[str]], axes: list[str]) -> tuple[list[str], list[int]]:
    """Give the names of the points that are read, and three columns for each."""
    rows = [row + [""] * (len(axes) - len(row)) for row in rows if any(row)]
    kinds = next((row for row in rows if _is_types(row)), [""] * len(axes))
    named = next((row for row in rows if "name" in (row[0].lower(), row[1].lower())), None)
    if named is None:
        named = next((row for row in rows if row is not kinds and len(set(row)) > 1), [""] * len(axes))
    measured = next((row for row in rows if "Position" in row), ["Position"] * len(axes))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for column, axis in enumerate(axes):
        if axis.upper() in ("X", "Y", "Z") and measured[column] == "Position" and named[column]:
            found.setdefault((kinds[column].lower(), named[column]), {}).setdefault(axis.upper(), column)
    whole = {key: axes for key, axes in found.items() if len(axes) == 3}
    choices = (*_TYPES, {kind for kind, _ in whole})
    by_type = [{name: axes for (kind, name), axes in whole.items() if kind in types} for types in choices]
    chosen = next((points for points in by_type if len(points) > 3), max(by_type, key=len))
    chosen = {name: axes for name, axes in chosen.items() if not name.lower().startswith("unlabeled")} or chosen
    return list(chosen), [chosen[name][axis] for name in chosen for axis in "XYZ"]


def _is_types(row: list[str]) -> bool:
    known = {word for words in _TYPES for word in words} | {"type", ""}
    return row[1].lower() == "type" or all(cell.lower() in known for cell in row) and any(row)
