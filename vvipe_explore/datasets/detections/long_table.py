"""Tables of keypoints with a row a point: frame, person, joint, x, y, confidence, in any order of rows."""

from array import array

import numpy as np

from .reading import USUAL, Reading
from .rows import MAX_POINTS
from .table import Table
from .table_columns import JOINT, SURE, Columns
from .table_people import BLOCK, TablePeople


def read_long(reading: Reading, table: Table, columns: Columns, rows) -> None:
    """Read a row a point. Without a frame, a picture or a time a new person begins where a joint comes again."""
    plain, count = columns.plain, 0
    joint = next(plain[name] for name in JOINT if name in plain)
    sure = next((plain[name] for name in SURE if name in plain), None)
    places = [plain["x"], plain["y"], *([] if sure is None else [sure])]
    timed = [place for place in (columns.frame, columns.picture, columns.time) if place is not None]
    said = timed if columns.track is None else [*timed, columns.track]
    points, people = _Points(table, "z" in plain), TablePeople(reading, table, columns, 1, [])
    keys: dict[tuple, tuple[int, int]] = {}
    seen: set[str] = set()
    for cells in rows:
        values = table.numbers(cells, places)
        name = cells[joint].strip() if joint < len(cells) else ""
        if name in seen or not seen:
            count, seen = len(keys), set()
        seen.add(name)
        key = (0 if timed else count, *(cells[place] for place in said if place < len(cells)))
        if key not in keys:
            keys[key] = people.picture(cells), people.track(cells)
        points.add(keys[key], name, values if sure is not None else [*values, float(any(values))])
    people.finish()
    points.hand_over(reading)


class _Points:
    """Points of people, in the order of the rows, until all are read."""

    def __init__(self, table: Table, deep: bool):
        self.table, self.deep = table, deep  # whether there is a depth, as BlazePose's 33 points have it
        self.names: dict[str, int] = {}
        self._where: dict[tuple[int, int], int] = {}
        self._person, self._joint, self._values = array("q"), array("h"), array("d")

    def add(self, key: tuple[int, int], name: str, values: list[float]) -> None:
        """Add a joint's x, y and confidence to the person of a picture and a track."""
        if len(self.names) >= MAX_POINTS and name not in self.names:
            raise self.table.error(f"expected at most {MAX_POINTS} joints, got another name, {name[:40]!r}")
        self._joint.append(self.names.setdefault(name, len(self.names)))
        self._person.append(self._where.setdefault(key, len(self._where)))
        self._values.extend(values)

    def hand_over(self, reading: Reading) -> None:
        """Add the people to a Reading."""
        place, joints = self._columns(reading)
        reading.rows.counts = None
        person, which = np.frombuffer(self._person, "q"), place[np.frombuffer(self._joint, "h")]
        values, keys = np.frombuffer(self._values).reshape(-1, 3), np.array(list(self._where), np.int64)
        order = np.argsort(person, kind="stable")
        ends = np.searchsorted(person[order], np.arange(0, len(keys) + BLOCK, BLOCK))
        for i, start in enumerate(range(0, len(keys), BLOCK)):
            part, rows = order[ends[i] : ends[i + 1]], keys[start : start + BLOCK]
            block = np.zeros((len(rows), joints, 3))
            block[person[part] - start, which[part]] = values[part]
            reading.rows.add_block(block[..., :2], block[..., 2], rows[:, 0], rows[:, 1])

    def _columns(self, reading: Reading) -> tuple[np.ndarray, int]:
        """Give the column of each name, and how many columns there are. Joints may be numbered, from 0 or from 1."""
        names = list(self.names)
        if not all(name.isdecimal() and len(name) < 6 for name in names):
            reading.skeletons.append([name[:80] for name in names])
            return np.arange(len(names)), len(names)
        number = np.array([int(name) for name in names])
        number -= int(number.min() == 1 and number.max() == len(number))
        if self.deep and number.max() < 33:
            return number, 33
        if number.max() >= MAX_POINTS:
            raise self.table.error(f"expected joints numbered below {MAX_POINTS}, got {number.max()}")
        return number, next((count for count in USUAL if count > number.max()), int(number.max()) + 1)
