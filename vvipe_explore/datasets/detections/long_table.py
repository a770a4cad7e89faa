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
    plain = columns.plain
    joint = next(plain[name] for name in JOINT if name in plain)
    sure = next((plain[name] for name in SURE if name in plain), None)
    places = [plain["x"], plain["y"], *([] if sure is None else [sure])]
    timed = any(place is not None for place in (columns.frame, columns.picture, columns.time))
    points, people = _Points(table, "z" in plain), TablePeople(reading, table, columns, 1, [])
    picture, seen = -1, set()
    for cells in rows:
        values = table.numbers(cells, places)
        name = cells[joint].strip() if joint < len(cells) else ""
        if timed or name in seen or not seen:
            picture, seen = people.picture(cells), set()
        seen.add(name)
        points.add(picture, people.track(cells), name, values if sure is not None else [*values, float(any(values))])
    people.finish()
    points.hand_over(reading)


class _Points:
    """Points of people, in the order of the rows, until all are read. deep: whether they have a depth, as BlazePose."""

    def __init__(self, table: Table, deep: bool):
        self.table, self.deep = table, deep
        self._names: dict[str, int] = {}
        self._picture, self._track, self._joint, self._values = array("q"), array("q"), array("h"), array("d")

    def add(self, picture: int, track: int, name: str, values: list[float]) -> None:
        """Add a joint's x, y and confidence to the person of a picture and a track."""
        if len(self._names) >= MAX_POINTS and name not in self._names:
            raise self.table.error(f"expected at most {MAX_POINTS} joints, got another name, {name[:40]!r}")
        self._joint.append(self._names.setdefault(name, len(self._names)))
        self._picture.append(picture)
        self._track.append(track)
        self._values.extend(values)

    def hand_over(self, reading: Reading) -> None:
        """Add the people to a Reading: those rows are one person that have one picture, by its name, and one track."""
        place, joints = self._columns(reading)
        reading.rows.counts = None
        picture, track = np.frombuffer(self._picture, "q"), np.frombuffer(self._track, "q")
        times = np.frombuffer(reading.about.seconds, "d") if reading.about.seconds else None
        known = reading.pictures.distinct()[0] if times is None else np.unique(times, return_inverse=True)[1]
        order = np.lexsort((track, known[picture]))
        new = (np.diff(known[picture[order]], prepend=-1) != 0) | (np.diff(track[order], prepend=-2) != 0)
        starts = np.append(np.flatnonzero(new), len(order))
        which, values = place[np.frombuffer(self._joint, "h")], np.frombuffer(self._values).reshape(-1, 3)
        for begin in range(0, len(starts) - 1, BLOCK):
            some = starts[begin : begin + BLOCK + 1]
            rows = order[some[0] : some[-1]]
            block = np.zeros((len(some) - 1, joints, 3))
            block[np.repeat(np.arange(len(some) - 1), np.diff(some)), which[rows]] = values[rows]
            first = order[some[:-1]]
            reading.rows.add_block(block[..., :2], block[..., 2], picture[first], track[first])

    def _columns(self, reading: Reading) -> tuple[np.ndarray, int]:
        """Give the column of each name, and how many columns there are. Joints may be numbered, from 0 or from 1."""
        names = list(self._names)
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
