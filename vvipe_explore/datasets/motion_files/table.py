"""Tables of points in text: a header that names columns, then a row of numbers a frame, blank where nothing is seen."""

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import numpy as np

from ..._joint_names import SKELETONS
from ..body_frame import AXES
from ..raw_motion import RawMotion
from .kinds import NotMotion
from .text import decode, error

_FREE, _FAR = 2**20, 1e12
_BLANK = (b"", b"nan", b"na", b"n/a", b"null", b"none", b"-", b"--", b"#n/a")
_MEDIAPIPE = {str(place): name for place, name in enumerate(SKELETONS["blazepose_33"])}
METRES = {
    1.0: ("m", "meter", "meters", "metre", "metres"), 0.01: ("cm", "centimeter", "centimeters", "centimetres"),
    0.001: ("mm", "millimeter", "millimeters", "millimetres"), 0.0254: ("in", "inch", "inches"),
    0.3048: ("ft", "foot", "feet"),
}  # fmt: skip


def metres_of(word: str) -> float | None:
    """Give the metres of a unit's name; None where it is none that is known."""
    return next((unit for unit, words in METRES.items() if word.strip().lower().rstrip(".") in words), None)


def axis_of(word: str) -> str | None:
    """Give the axis that a word names, "x" to "-z"; None where it names none."""
    axis = word.strip().lower().lstrip("+")
    return axis if axis in AXES else None


def head_lines(data: bytes, most: int) -> list[str]:
    """Give the first lines of a file."""
    return [decode(line).rstrip("\r") for line in data[: 2**20].split(b"\n")[:most]]


def separator_of(line: str) -> str:
    """Tell what separates the cells of a line: a tab, a semicolon or a comma."""
    return max("\t;,", key=line.count)


def cells_of(line: str, separator: str) -> list[str]:
    """Split a header into cells, without the quotes around them; a separator in quotes does not split."""
    if '"' in line:
        line = re.sub(r'"([^"]*)"', lambda quoted: quoted[1].replace(separator, " "), line)
    return [cell.strip() for cell in line.split(separator)]


def read_rows(
    path: Path, data: bytes, line: int, separator: str, columns: Sequence[int], width: int
) -> tuple[np.ndarray, list[str]]:
    """Read the columns of the rows from a line on (the first is 1): (n, columns), NaN where a cell is blank.

    width: how many cells a row may have. Rows end where a line begins with a word. Gives notes too. Raises ValueError
    naming file and line.
    """
    rows = data.split(b"\n")[line - 1 :]
    mark, pick = separator.encode(), itemgetter(*columns) if len(columns) > 1 else lambda cells: (cells[columns[0]],)
    values, n, notes = array("d"), 0, []
    for number, row in enumerate(rows, start=line):
        cells = row.split(mark)
        try:
            read = tuple(map(float, pick(cells)))
        except (ValueError, IndexError):
            if not row.strip():
                continue
            read = _row(path, number, cells, columns)
            if read is None:
                notes.append(f"line {number}: what follows the rows is not read ({decode(row[:40]).strip()!r})")
                break
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise error(path, number, f"at most {width} columns", str(len(cells)), "export it with decimal points")
        values.extend(read)
        n += 1
        if n * len(columns) > len(data) + _FREE:
            raise error(path, number, "a cell for each column", "lines without", "export it again")
    if not n:
        raise error(path, line, "rows of numbers", "none", "export the file with its motion")
    numbers = np.frombuffer(values).reshape(n, len(columns)).copy()
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers, notes


def _row(path: Path, line: int, cells: list[bytes], columns: Sequence[int]) -> list[float] | None:
    """Read cells one by one: blank ones are NaN, commas are decimal; None if the row is words."""
    read = []
    for column in columns:
        cell = cells[column].strip(b' "\r\t') if column < len(cells) else b""
        try:
            read.append(math.nan if cell.lower() in _BLANK else float(cell.replace(b",", b".")))
        except ValueError:
            if not any(_is_number(other) for other in cells):
                return None
            got = f"{decode(cell[:40])!r} in column {column + 1}"
            raise error(path, line, "numbers or blank cells", got, "export it again") from None
    if not any(cell.strip(b' "\r') for cell in cells) or any(map(_is_number, cells)):
        return read
    return None


def _is_number(cell: bytes) -> bool:
    try:
        float(cell.strip(b' "\r').replace(b",", b"."))
    except ValueError:
        return False
    return True


def frame_rate(times: np.ndarray) -> float | None:
    """Give the frames a second of times in seconds, or in thousandths, millionths ... where that is likelier."""
    steps = np.diff(times[np.isfinite(times)])
    steps = steps[steps > 0]
    step = float(np.median(steps)) if len(steps) else 0.0
    if len(steps) and steps.max() < 1.5 * step:
        step = float(steps.mean())   # times are often rounded to thousandths
    for scale in (1.0, 1e-3, 1e-6, 1e-9):
        rate = 1 / (step * scale) if step > 1e-12 else 0.0
        if 2 <= rate <= 2000 and step != 1:
            return float(round(rate)) if abs(rate - round(rate)) < 5e-4 * rate else rate
    return None


def points(
    path: Path, positions: np.ndarray, names: Sequence[str], fps: float | None, metres: float | None,
    notes: Sequence[str] = (), up: str | None = None,
) -> list[RawMotion]:
    """Make the motion of points (n, k, 3) without a hierarchy, a person each.

    A point at exactly 0, 0, 0 now and then was not seen there; two points or more that never leave it never were.
    Points named 0 to 32 are MediaPipe's. Raises NotMotion where all points lie in a plane of the axes: that is 2D.
    """
    low, high = (find.reduce(positions.reshape(-1, 3), axis=0) for find in (np.fmin, np.fmax))
    if max(high.max(), -low.min()) > _FAR:
        raise ValueError(f"{path}: expected a body of a few metres, got places that overflow; export it again.")
    if (low == high).any() and positions.shape[1] > 1:
        remedy = "read 2D keypoints with read_detections, or vvipe lift --keypoints"
        raise NotMotion(f"{path}: expected points in space, got points that lie in a plane; {remedy}.")
    zero = (positions == 0).all(-1)
    always = zero.all(0)
    zero[:, always] = always.sum() > 1
    told = list(notes)
    if zero.any():
        positions[zero] = np.nan
        told.append(f"points at exactly 0, 0, 0 count as not seen ({int(zero.sum())} of {zero.size})")
    if set(names) == _MEDIAPIPE.keys():
        names = [_MEDIAPIPE[name] for name in names]
    motion = RawMotion(positions, tuple(names), fps=fps, metres=metres, up=up, notes=tuple(told))
    return split_people(motion)


def split_people(motion: RawMotion) -> list[RawMotion]:
    """Give a motion for each namespace (the part of a name before its last colon) where several have the same names."""
    spaces: dict[str, list[int]] = {}
    for place, name in enumerate(motion.names):
        spaces.setdefault(name.rpartition(":")[0], []).append(place)
    named = {space: {motion.names[i].rpartition(":")[2] for i in places} for space, places in spaces.items() if space}
    repeated = [space for space in named if any(len(named[space] & named[o]) > 2 for o in named if o != space)]
    if len(repeated) < 2:
        return [motion]
    return [
        replace(motion, positions=motion.positions[:, places], names=tuple(motion.names[i] for i in places))
        for places in (spaces[space] for space in repeated)
    ]


Trios = dict[str, tuple[int, int, int]]
_AXIS = re.compile(
    r"(?P<name>.+?)[\s_.:/\-]*(?:pos(?:ition)?|translation)?[\s_.:/\-]*[\[(]?(?P<axis>[xyz])[\])]?"
    r"(?:\s*[\[(](?P<unit>\w+)[\])]|[\s_.](?P<plain>mm|cm|m|in))?",
    re.IGNORECASE,
)
_AXIS_FIRST = re.compile(r"(?P<axis>[xyz])[\s_.:\-]+(?P<name>.+?)(?P<unit>)(?P<plain>)", re.IGNORECASE)


def find_trios(header: Sequence[str]) -> tuple[Trios, str]:
    """Find the columns of each point that has all of NAME_x, NAME_y and NAME_z; and the unit that they are given in."""
    for pattern in (_AXIS, _AXIS_FIRST):
        found: dict[str, dict[str, int]] = {}
        unit = ""
        for column, cell in enumerate(header):
            if (match := pattern.fullmatch(cell.strip().lstrip("#").strip())) is not None:
                found.setdefault(match["name"], {}).setdefault(match["axis"].lower(), column)
                unit = unit or match["unit"] or match["plain"] or ""
        trios = {name: (axes["x"], axes["y"], axes["z"]) for name, axes in found.items() if len(axes) == 3}
        if trios:
            return trios, unit
    return {}, ""
