"""TRC: joints or markers as a table with tabs, as OpenSim, Pose2Sim, Mokka, Cortex and Motive write it."""

from pathlib import Path

import numpy as np

from ..raw_motion import RawMotion
from .kinds import NotMotion
from .table import cells_of, frame_rate, head_lines, metres_of, points, read_rows, separator_of
from .text import error, number, read_bytes

_EXPORT = "export the TRC file again"


def read_trc_file(path) -> list[RawMotion]:
    """Read points in the file's axes; fps is DataRate, else that of the times; metres are of Units.

    Blank cells are NaN. Memory: at most 50 MB and 40 times the file's size. Raises ValueError naming file and line,
    NotMotion where the unit is pixels, FileNotFoundError.
    """
    path = Path(path)
    data = read_bytes(path, "a TRC file")
    lines = head_lines(data, 20)
    place = next((i for i, line in enumerate(lines) if line.strip().lower().startswith("frame#")), None)
    if place is None:
        raise error(path, len(lines), "a TRC file's line Frame#, Time and names", "none in 20 lines", _EXPORT)
    separator = separator_of(lines[place])
    names = [cell for cell in cells_of(lines[place], separator)[2:] if cell]
    if not names:
        raise error(path, place + 1, "names of markers behind Frame# and Time", "none", _EXPORT)
    about = _about(lines[:place])
    unit = about.get("units", "")
    if unit.lower() in ("px", "pixel", "pixels"):
        remedy = "give it to vvipe lift --keypoints, or export metres"
        raise NotMotion(f"{path}: expected a TRC file in metres, got 2D keypoints in {unit}; {remedy}.")
    width = 2 + 3 * len(names)
    table, notes = read_rows(path, data, _first_row(lines, place), separator, range(1, width), width)
    declared = number(about.get("numframes", ""))
    if declared > 0 and declared != len(table):
        notes.append(f"{declared:.0f} frames are declared, {len(table)} are there; all of these are read")
    rate = number(about.get("datarate", ""))
    fps = rate if 0.1 < rate < 1e5 else frame_rate(table[:, 0])
    positions = np.ascontiguousarray(table[:, 1:]).reshape(len(table), len(names), 3)
    return points(path, positions, names, fps, metres_of(unit), notes)


def _about(lines: list[str]) -> dict[str, str]:
    """Give the values of the header's second and third line, by name in lower case."""
    for keys, values in zip(lines, lines[1:], strict=False):
        if "datarate" in keys.lower() or "nummarkers" in keys.lower():
            separator = separator_of(keys)
            names = [name.lower() for name in cells_of(keys, separator)]
            return dict(zip(names, cells_of(values, separator), strict=False))
    return {}


def _first_row(lines: list[str], place: int) -> int:
    """Give the line where numbers begin: behind the names, and behind X1, Y1, Z1 where that line is there."""
    for i in range(place + 1, min(place + 3, len(lines))):
        if lines[i].lstrip(" \t,;").upper().startswith("X"):
            return i + 2
    return place + 2
