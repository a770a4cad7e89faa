"""People as they are read, one after another, into arrays that grow in place."""

from array import array

import numpy as np

MAX_POINTS = 512
MAX_PIXEL = 1e6
_NUMBERS = {float, int, type(None)}
_BLOCK = 2**17


class Rows:
    """Keypoints (n, k, 2) and confidence (n, k) float32, and of each row its picture, track and score.

    A point is missing (0, 0 with confidence 0) where a number is null, NaN, infinite or beyond a million pixels, or
    the confidence is 0 or below; confidence above 1 becomes 1. Who has no point left is no row.
    """

    def __init__(self, counts=None):
        self.counts, self.joints, self.left_out = counts, None, 0
        self.picture, self.track, self.score = array("q"), array("q"), array("f")
        self.keypoints = self.confidence = None
        self._waiting, self._about, self._length = 0, [], -1

    def __len__(self) -> int:
        return len(self.picture)

    def add(self, flat, picture: int, track: int = -1, score: float = np.nan) -> None:
        """Add a person by the flat list x, y, confidence, x, ...; an empty one is nobody. Raises ValueError."""
        if type(flat) is not list:
            raise ValueError(f"the keypoints are {_shown(flat)}; a flat list x, y, confidence, x, ... was wanted")
        if not flat:
            return
        if len(flat) != self._length:
            self._check_count(len(flat))
        if not set(map(type, flat)) <= _NUMBERS:
            i = next(i for i, value in enumerate(flat) if type(value) not in _NUMBERS)
            raise ValueError(f"number {i} of the keypoints is {_shown(flat[i])}; numbers were wanted")
        try:
            self._block[self._waiting] = flat
        except OverflowError:
            raise ValueError("the keypoints hold a number of more than 300 digits") from None
        self._about.append((picture, track, score))
        self._waiting += 1
        if self._waiting == len(self._block):
            self.flush()

    def _check_count(self, length: int) -> None:
        count = length // 3
        if length % 3 or count > MAX_POINTS:
            raise ValueError(f"the keypoints are {length:,} numbers; three a joint were wanted: x, y, confidence")
        if self.joints is not None:
            raise ValueError(f"{count} joints, but those before had {self.joints}; one skeleton a file was wanted")
        if self.counts is not None and count not in self.counts:
            raise ValueError(
                f"{count} joints; {', '.join(map(str, sorted(self.counts)))} was wanted. "
                "For another skeleton pass its joint names: read_detections(path, skeleton=[...])"
            )
        self.joints, self._length = count, length
        self._block = np.empty((max(16, _BLOCK // length), length))
        self.keypoints = np.empty((0, count, 2), np.float32)
        self.confidence = np.empty((0, count), np.float32)

    def flush(self) -> None:
        """Move what waits in the block to the arrays."""
        if not self._waiting:
            return
        x, y, sure = np.moveaxis(self._block[: self._waiting].reshape(-1, self.joints, 3), -1, 0)
        there = (np.abs(x) <= MAX_PIXEL) & (np.abs(y) <= MAX_PIXEL) & (sure > 0) & (sure < np.inf)
        kept = there.any(axis=1)
        start = len(self)
        for (picture, track, score), keep in zip(self._about, kept.tolist(), strict=True):
            if keep:
                self.picture.append(picture)
                self.track.append(track)
                self.score.append(score)
        self._grow(len(self))
        rows = slice(start, len(self))
        # float32 holds nothing below 1e-45: a point that is there stays above 0
        self.confidence[rows] = np.where(there, np.clip(sure, 1e-30, 1), 0)[kept]
        for axis, values in enumerate((x, y)):
            self.keypoints[rows, :, axis] = np.where(there, values, 0)[kept]
        self.left_out += self._waiting - int(kept.sum())
        self._waiting, self._about = 0, []

    def _grow(self, rows: int) -> None:
        """Make room; resize asks the system to lengthen the memory, so that large arrays are not held twice."""
        if rows > len(self.confidence):
            capacity = max(rows, len(self.confidence) * 9 // 8)
            self.keypoints.resize((capacity, self.joints, 2), refcheck=False)
            self.confidence.resize((capacity, self.joints), refcheck=False)

    def finish(self, joints: int) -> None:
        """Cut the arrays to the rows there are; joints is their number where nobody was seen."""
        self.flush()
        if self.joints is None:
            self.joints = joints
            self.keypoints = np.empty((0, joints, 2), np.float32)
            self.confidence = np.empty((0, joints), np.float32)
        self.keypoints.resize((len(self), self.joints, 2), refcheck=False)
        self.confidence.resize((len(self), self.joints), refcheck=False)


def _shown(value) -> str:
    """A value from a file in a few words."""
    if isinstance(value, (bool, str)):
        return repr(value if isinstance(value, bool) else value[:40])
    names = {dict: "an object", list: "a list", type(None): "null", int: "a number", float: "a number"}
    return names.get(type(value), "missing")


def whole(value, what: str) -> int:
    """A track's number: a whole number, or the first one within lists; -1 where there is none. Raises ValueError."""
    while type(value) is list:
        value = value[0] if value else None
    if value is None:
        return -1
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or abs(value) >= 2**62:
        raise ValueError(f"{what} is {_shown(value)}; a whole number was wanted")
    return max(value, -1)


def real(value, what: str) -> float:
    """A person's score, NaN where there is none. Raises ValueError if it is no number."""
    while type(value) is list and len(value) == 1:
        value = value[0]
    if value is None:
        return np.nan
    if type(value) not in (int, float):
        raise ValueError(f"{what} is {_shown(value)}; a number was wanted")
    return float(value) if abs(value) < 1e30 else np.nan
