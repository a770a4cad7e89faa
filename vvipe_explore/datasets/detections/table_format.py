"""Tables of keypoints in text: CSV and the like, wide (a row a person), long (a row a point), or numbers alone.

MediaPipe's and SLEAP's tables, DeepLabCut's and Pr-VIPE's CSV, and what people write themselves. Rows stream.
"""

import itertools
import json
import math
from pathlib import Path

from .deeplabcut_format import read_deeplabcut
from .joint_words import LEAST_JOINTS, is_known, joint_names, known_of_13
from .json_people import people_in
from .long_table import read_long
from .reading import USUAL, Reading
from .rows import MAX_POINTS
from .table import LOOKS, Table
from .table_columns import JOINT, SURE, Columns, columns_of
from .table_people import TablePeople

_CELLS = ("keypoints", "landmarks", "pose", "poselandmarks")


def read_table(reading: Reading, path: Path, progress=None) -> None:
    """Read a table of keypoints. Raises ValueError naming file and line."""
    table = Table(path, progress)
    try:
        rows = table.rows()
        first = next(rows, None)
        if first is None:
            raise ValueError(f"{path}: expected a table, got an empty file; {LOOKS}.")
        while first[0].startswith("#") and len(first) < 2 * LEAST_JOINTS:
            first = next(rows, [""])  # a remark
        table.header = table.line
        if first[0].strip().lower() == "scorer":
            read_deeplabcut(reading, table, first, rows)
        elif _is_counted(first) or not _are_numbers(table, first):
            _read_named(reading, table, first, rows)
        else:
            _read_numbers(reading, table, first, rows)
    finally:
        table.close()


def _are_numbers(table: Table, cells: list[str]) -> bool:
    try:
        return not all(math.isnan(table.number(cell)) for cell in cells)
    except ValueError:
        return False


def _is_counted(cells: list[str]) -> bool:
    """Whether a header numbers its columns 0, 1, 2, ..., as pandas does of its own accord."""
    counted = [cell.strip() for cell in cells if cell.strip()]
    return len(counted) > 8 and counted == [str(i) for i in range(len(counted))]


def _read_named(reading: Reading, table: Table, header: list[str], rows) -> None:
    if _is_counted(header):
        first = next(rows, None)
        if first is not None:
            _read_numbers(reading, table, first, rows)
        return
    second = next(rows, None)
    if second is not None:
        if _are_coordinates(second):
            header = [f"{name} {word}" for name, word in zip(_filled(header), second, strict=False)]
        else:
            rows = itertools.chain([second], rows)
    columns = columns_of(header)
    plain = columns.plain
    if len(columns.joints) >= 6:
        _read_wide(reading, table, columns, rows)
    elif {"x", "y"} <= plain.keys() and any(name in plain for name in JOINT):
        read_long(reading, table, columns, rows)
    elif (key := next((key for key in _CELLS if key in plain), None)) is not None:
        _read_cells(reading, table, columns, {"": plain[key]}, rows)
    elif len(known_of_13(joint_names(header))) >= LEAST_JOINTS:
        _read_cells(reading, table, columns, {cell: i for i, cell in enumerate(header) if is_known(cell)}, rows)
    else:
        got = ", ".join(cell.strip() for cell in header[:8])[:200]
        raise table.error(f"expected columns of keypoints, got {got!r}; {LOOKS}", table.header)


def _are_coordinates(cells: list[str]) -> bool:
    """Whether a row says x, y, ... of the names in the row above it, as pandas writes columns of two levels."""
    words = [cell.strip().lower() for cell in cells if cell.strip()]
    return len(words) >= 2 * LEAST_JOINTS and {"x", "y"} <= set(words) <= {"x", "y", "z", *SURE}


def _filled(header: list[str]) -> list[str]:
    """Repeat each name over the blank cells behind it."""
    return list(itertools.accumulate(header, lambda before, cell: cell if cell.strip() else before))


def _check_depth(table: Table, joints: dict) -> bool:
    """Whether there is a third coordinate. Raises ValueError for a motion in 3D: z, no confidence, not BlazePose."""
    deep = any("z" in columns for columns in joints.values())
    sure = any("sure" in columns for columns in joints.values())
    if deep and not sure and len(joints) != 33:
        what = "expected 2D keypoints, got x, y, z of each joint, motion in 3D; give it to read_motion"
        raise table.error(what, table.header)
    return deep


def _read_wide(reading: Reading, table: Table, columns: Columns, rows) -> None:
    """Read a row a person: columns of x, y and confidence for each joint."""
    deep = _check_depth(table, columns.joints)
    numbers = [name for name in columns.joints if type(name) is int]
    if len(numbers) >= 13 or len(numbers) == len(columns.joints):
        names: list = list(range(_count(numbers, deep)))
    else:
        names = list(columns.joints)
        reading.skeletons.append([str(name)[:80] for name in names])
    if len(names) > MAX_POINTS:
        raise table.error(f"expected at most {MAX_POINTS} joints, got {len(names):,}", table.header)
    reading.rows.counts = None
    if deep and len(names) == 33:
        reading.about.tool = "MediaPipe"
    if columns.in_parts:
        reading.about.tool, reading.about.unit = "Pr-VIPE's CSV", "picture"
    wanted = [columns.joints.get(name, {}).get(key, -1) for name in names for key in ("x", "y", "sure")]
    there = [i for i, place in enumerate(wanted) if place >= 0]
    unsure = [i for i in range(2, len(wanted), 3) if wanted[i] < 0 <= wanted[i - 1]]
    people, places = TablePeople(reading, table, columns, len(names), unsure), [wanted[i] for i in there]
    for cells in rows:
        values = table.numbers(cells, places)
        if len(there) < len(wanted):
            values = _spread(values, there, len(wanted))
        people.add(values, cells)
    people.finish()


def _count(numbers: list[int], deep: bool) -> int:
    """Give the number of joints that numbers of some of them stand for.

    BlazePose's 33 come with a depth, some of them alone, and before the face and the hands of MediaPipe's Holistic.
    """
    most = max(numbers) + 1
    return 33 if most <= 33 and (deep or len(numbers) < most) or most > 136 and deep else most


def _spread(values: list[float], there: list[int], length: int) -> list[float]:
    row = [0.0] * length
    for i, value in zip(there, values, strict=True):
        row[i] = value
    return row


def _read_numbers(reading: Reading, table: Table, first: list[str], rows) -> None:
    """Read rows of numbers without a header: x, y or x, y, confidence of each joint, behind a frame's number or not."""
    second = next(rows, None)
    head = [first] if second is None else [first, second]
    width = len(first) - (not first[-1].strip())
    lead, per = _layout(table, first[:width], head[-1][:width], reading.rows.counts or USUAL)
    columns, joints = Columns(frame=0 if lead else None, track=1 if lead == 2 else None), (width - lead) // per
    depths = [table.number(cell) for cells in head for cell in cells[lead + 2 : lead + 3]]
    deep = per == 3 and joints == 33 and any(depth < 0 for depth in depths)  # BlazePose's
    sure = {2: [], 3: [] if deep else [2], 4: [3]}[per]
    places = [lead + per * joint + i for joint in range(joints) for i in (0, 1, *sure)]
    there = [3 * joint + i for joint in range(joints) for i in (0, 1, *([2] if sure else []))]
    people = TablePeople(reading, table, columns, joints, [] if sure else range(2, 3 * joints, 3))
    for cells in itertools.chain(head, rows):
        people.add(_spread(table.numbers(cells, places), there, 3 * joints), cells)
    people.finish()


def _layout(table: Table, first: list[str], second: list[str], usual) -> tuple[int, int]:
    """Give how many columns stand before the points, and how many each point has. Raises ValueError.

    The first column is a frame's number if it counts: whole numbers, each the one before or the next.
    """
    one, two = (table.number(cells[0]) if cells else math.nan for cells in (first, second))
    counts = one.is_integer() and two - one in (0, 1)
    for lead in (1, 2, 0) if counts else (0, 1, 2):
        for per in (3, 2, 4):
            joints, rest = divmod(len(first) - lead, per)
            if not rest and joints in usual:
                return lead, per
    known = ", ".join(map(str, sorted(usual)))
    raise table.error(f"expected numbers of {known} joints, got {len(first)} columns without names; {LOOKS}")


def _read_cells(reading: Reading, table: Table, columns: Columns, places: dict[str, int], rows) -> None:
    """Read a row a person or frame with lists in its cells, in JSON or as Python prints them.

    places: the columns of joints; or of "", which has all keypoints.
    """
    block = TablePeople(reading, table, columns, 1, [])
    for cells in rows:
        picture = block.picture(cells)
        try:
            values = {name: _value(cells[place]) if place < len(cells) else None for name, place in places.items()}
            empty = all(value is None for value in values.values())  # nobody is there
            found = [] if empty else people_in(values.get("") if "" in values else values)
            if found is None:
                raise ValueError(f"expected lists of numbers in the cells, got {cells[min(places.values())][:40]!r}")
            for person in found:
                person.track, person.score = block.track(cells), block.score(cells)
                reading.person(person, picture)
        except (ValueError, RecursionError) as error:
            raise table.error(str(error)[:300]) from None
    block.finish()


def _value(cell: str):
    """Parse a cell that holds a list."""
    if not cell.strip():
        return None
    for python, value in (("'", '"'), ("None", "null"), ("nan", "null"), ("(", "["), (")", "]")):
        cell = cell.replace(python, value)
    try:
        return json.loads(cell)
    except ValueError:
        raise ValueError(f"expected lists of numbers in the cells, got {cell[:40]!r}") from None
