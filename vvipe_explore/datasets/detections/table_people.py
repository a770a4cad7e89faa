"""Rows of a table on their way to a Reading: people, with the frame, the track and the score that a row says."""

import math
from collections.abc import Sequence

import numpy as np

from .reading import Reading
from .table import BLANK, Table
from .table_columns import Columns

BLOCK = 2048
"""Rows that are handed over at once."""


class TablePeople:
    """Rows of x, y, confidence, x, ... on their way to a Reading, with frames, tracks and scores.

    unsure: the places of confidences that the table does not have: a point is there, unless it is at exactly 0, 0.
    """

    def __init__(self, reading: Reading, table: Table, columns: Columns, joints: int, unsure: Sequence[int]):
        self.reading, self.table, self.columns, self.joints = reading, table, columns, joints
        self.unsure = np.array(unsure, int) // 3
        self._values: list[list[float]] = []
        self._rest: list[tuple[int, int, float]] = []
        self._tracks: dict[str, int] = {}
        self._count, self._video = 0, ""

    def add(self, values: list[float], cells: list[str]) -> None:
        """Add a person: values, and the row that says the frame and the track."""
        self._values.append(values)
        self._rest.append((self.picture(cells), self.track(cells), self.score(cells)))
        if len(self._values) == BLOCK:
            self.flush()

    def add_at(self, values: list[float], cells: list[str], track: int) -> None:
        """Add a person whose track is known."""
        self._values.append(values)
        self._rest.append((self.picture(cells), track, math.nan))
        if len(self._values) == BLOCK:
            self.flush()

    def flush(self) -> None:
        """Hand the rows over."""
        if not self._values:
            return
        block = np.array(self._values).reshape(-1, self.joints, 3)
        points, sure = block[..., :2], block[..., 2]
        there = (np.isfinite(points) & (points != 0)).any(axis=-1)
        sure[:, self.unsure] = there[:, self.unsure]
        picture, track, score = (np.array(column) for column in zip(*self._rest, strict=True))
        self.reading.rows.add_block(points, sure, picture, track, score)
        self._values, self._rest = [], []

    def finish(self) -> None:
        """Hand over what is left."""
        self.flush()
        if not self._count:
            raise self.table.error("expected rows of numbers below the header, got none; export the keypoints again")

    def _cell(self, cells: list[str], place: int | None) -> str:
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def picture(self, cells: list[str]) -> int:
        """Give the place of the row's picture: by frame, name or time; without any, each row is a frame."""
        reading, columns = self.reading, self.columns
        self._count += 1
        self._check_video(cells)
        frame, seconds = self._cell(cells, columns.frame), self._seconds(cells)
        name = frame or self._cell(cells, columns.picture)
        number = _whole(frame) if frame else None
        try:
            if name:
                place = reading.pictures.add(name if number is None else number)
                reading.about.add_time(number, seconds)
            elif seconds is not None:
                place = reading.place_at(seconds)
            else:
                place = reading.pictures.add(len(reading.pictures))
        except ValueError as error:
            raise self.table.error(str(error)) from None
        reading.about.counted = reading.about.counted or not name or number is not None
        if columns.width is not None and columns.height is not None:
            sides = (self._cell(cells, columns.width), self._cell(cells, columns.height))
            reading.about.add_size(place, *(self.table.number(side) for side in sides))
        return place

    def _check_video(self, cells: list[str]) -> None:
        """Refuse rows of a second video or camera: their frames have the numbers of the first one's."""
        video = self._cell(cells, self.columns.video)
        self._video = self._video or video
        if video and video != self._video:
            raise self.table.error(
                f"expected rows of one video or camera, got {self._video[:60]!r} and {video[:60]!r}; give each a file "
                "of its own"
            )

    def _seconds(self, cells: list[str]) -> float | None:
        cell = self._cell(cells, self.columns.time)
        try:
            seconds = self.table.number(cell) * self.columns.time_scale if cell else None
        except ValueError:  # a time of day
            return None
        return seconds if seconds is not None and abs(seconds) < 1e15 else None

    def track(self, cells: list[str]) -> int:
        """Give the row's track: its number, or the number of its name among those so far; -1 for none."""
        name = self._cell(cells, self.columns.track)
        if name.lower() in BLANK:
            return -1
        number = _whole(name)
        if number is not None:
            return max(number, -1)
        if len(self._tracks) > 2**16:
            raise self.table.error("expected at most 65,536 names of people, got more")
        return self._tracks.setdefault(name, len(self._tracks))

    def score(self, cells: list[str]) -> float:
        """Give the row's score, NaN for none."""
        cell = self._cell(cells, self.columns.score)
        try:
            score = self.table.number(cell)
        except ValueError:
            return math.nan
        return score if abs(score) < 1e30 else math.nan


def _whole(text: str) -> int | None:
    """Give the whole number that a text is, also as 12.0; None if it is none."""
    try:
        number = int(text) if text.isdecimal() and len(text) < 16 else float(text)
    except ValueError:
        return None
    return int(number) if abs(number) < 2**53 and number == int(number) else None
