"""What a file of detections says of itself, beside its people: which tool wrote it, its pictures' sizes, its clock."""

from array import array
from dataclasses import dataclass, field

import numpy as np

MAX_SIZE = 10**6
"""Pixels; a picture is not wider or higher."""


@dataclass
class About:
    """What a file says of itself; None, "" or an empty array where it says nothing.

    tool: the tool or format, as a message names it. unit: "picture" where the format gives x and y as parts of the
    picture's width and height, "pixels" where it gives pixels. fps: frames a second. counted: whether the file counts
    frames itself; else its numbers are names or ids of pictures. seconds: the time of each picture, by its place.
    """

    tool: str = ""
    unit: str | None = None
    fps: float | None = None
    counted: bool = False
    seconds: array = field(default_factory=lambda: array("d"))
    clock: tuple[float, float, float, float] | None = None  # the first frame and its time, the last and its time
    _same: tuple[int, int] | None = None
    _sizes: array = field(default_factory=lambda: array("i"))  # width, height of each picture, once two differ

    def add_size(self, place: int, width, height) -> None:
        """Note the size in pixels of the picture at a place; what is no size is left out."""
        if not (_is_size(width) and _is_size(height)):
            return
        size = int(width), int(height)
        if self._same is None and not self._sizes and place == 0:
            self._same = size
        if size == self._same and not self._sizes:
            return
        if not self._sizes:
            self._sizes.extend((self._same or (0, 0)) * place)
        while len(self._sizes) < 2 * place:
            self._sizes.extend((0, 0))
        self._sizes[2 * place : 2 * place + 2] = array("i", size)

    @property
    def sizes_known(self) -> bool:
        """Whether the file says the size of any picture."""
        return self._same is not None or bool(self._sizes)

    def sizes_at(self, places) -> np.ndarray | None:
        """Give the width and height of the pictures at places (n,) as (n, 2), NaN where unknown; None if no size is."""
        places = np.asarray(places)
        if self._sizes:
            known = np.frombuffer(self._sizes, "i").reshape(-1, 2)
            sizes = np.full((len(places), 2), np.nan)
            there = places < len(known)
            sizes[there] = known[places[there]]
            sizes[(sizes <= 0).any(axis=1)] = np.nan
            return sizes
        return None if self._same is None else np.tile(np.array(self._same, float), (len(places), 1))

    def add_time(self, frame, seconds) -> None:
        """Note the time of a frame that has a number."""
        if type(frame) is int and type(seconds) in (int, float) and abs(frame) < 2**53 and abs(seconds) < 1e15:
            first, start = self.clock[:2] if self.clock else (frame, seconds)
            self.clock = first, start, frame, seconds

    def finish(self, pictures: int) -> None:
        """Take the frames a second from the times of numbered frames, unless the file says them."""
        if len(self.seconds) != pictures:
            self.seconds = array("d")
        if self.fps is None and self.clock and self.clock[2] > self.clock[0] and self.clock[3] > self.clock[1]:
            first, start, last, end = self.clock
            rate = (last - first) / (end - start)
            rate = rate if rate >= 1 else 1000 * rate  # they were milliseconds
            self.fps = rate if 1 <= rate <= 1000 else None


def _is_size(value) -> bool:
    return type(value) in (int, float) and 1 <= value <= MAX_SIZE
