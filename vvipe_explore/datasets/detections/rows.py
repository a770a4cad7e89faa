"""Collect people, one after another, in arrays that grow in place."""

from array import array

import numpy as np

MAX_POINTS = 512
MAX_PIXEL = np.float64(1e6)  # beside a Python float, float16 would stay float16 and count it as infinite
_NUMBERS = {float, int, type(None)}
_BLOCK = 2**17
_OTHERS = {n: f" ({what})" for what, counts in (("a hand", (21,)), ("a face", (68, 70, 468, 478))) for n in counts}
"""What other numbers of points mostly are."""


class Rows:
    """Keypoints (n, k, 2) and confidence (n, k) float32, and of each row its picture, track and score.

    Points are cleaned (see below); a person with no point left is no row. counts: the numbers of joints that are
    accepted, None for any. left_out: how many people are no rows; unsure: those of them who have places, all with
    confidence 0.
    """

    def __init__(self, counts=None):
        self.counts, self.left_out, self.unsure = counts, 0, 0
        self.joints = 0  # unknown until the first person
        self.picture, self.track, self.score = array("q"), array("q"), array("f")
        self.keypoints, self.confidence = np.empty((0, 0, 2), np.float32), np.empty((0, 0), np.float32)
        self._block = np.empty((0, 0))
        self._waiting: list[tuple[int, int, float]] = []  # picture, track and score of the block's rows

    def __len__(self) -> int:
        return len(self.picture)

    def add(self, flat, picture: int, track: int = -1, score: float = np.nan) -> None:
        """Add a person by the flat list x, y, confidence, x, ...; an empty one is nobody. Raises ValueError."""
        if type(flat) is not list:
            raise ValueError(f"expected keypoints as a flat list x, y, confidence, x, ..., got {shown(flat)}")
        if not flat:
            return
        if len(flat) != 3 * self.joints:
            self._check_count(len(flat))
        if not set(map(type, flat)) <= _NUMBERS:
            i = next(i for i, value in enumerate(flat) if type(value) not in _NUMBERS)
            raise ValueError(f"expected numbers as keypoints, got {shown(flat[i])} at place {i} of the list")
        try:
            self._block[len(self._waiting)] = flat
        except OverflowError:
            raise ValueError("expected numbers of at most 300 digits as keypoints, got a longer one") from None
        self._waiting.append((picture, track, score))
        if len(self._waiting) == len(self._block):
            self.flush()

    def add_block(self, keypoints, confidence, picture, track=None, score=None) -> None:
        """Add people: keypoints (n, k, 2), confidence (n, k), and of each its picture, track and score (n,)."""
        self.flush()
        if not self.joints:
            self._start(keypoints.shape[1])
        self._keep(keypoints, confidence, np.asarray(picture), track, score)

    def _check_count(self, length: int) -> None:
        count = length // 3
        if length % 3 or count > MAX_POINTS:
            raise ValueError(
                "expected a flat list x, y, confidence, x, y, confidence, ... with three numbers for each of at most "
                f"{MAX_POINTS} joints, got {length:,} numbers in all; write 1 as the confidence where there is none"
            )
        if self.joints:
            raise ValueError(f"expected {self.joints} joints as before, got {count}; split the file by skeleton")
        if self.counts is not None and count not in self.counts:
            raise ValueError(
                f"expected {', '.join(map(str, sorted(self.counts)))} joints, got {count}{_OTHERS.get(count, '')}; "
                "for another skeleton pass its joint names: skeleton=[...], on the command line --skeleton FILE"
            )
        self._block = np.empty((max(16, _BLOCK // length), length))
        self._start(count)

    def _start(self, joints: int) -> None:
        self.joints = joints
        self.keypoints = np.empty((0, joints, 2), np.float32)
        self.confidence = np.empty((0, joints), np.float32)

    def flush(self) -> None:
        """Move what waits in the block to the arrays."""
        if not self._waiting:
            return
        block = self._block[: len(self._waiting)].reshape(-1, self.joints, 3)
        picture, track, score = (np.array(column) for column in zip(*self._waiting, strict=True))
        self._waiting = []
        self._keep(block[..., :2], block[..., 2], picture, track, score)

    def _keep(self, keypoints, confidence, picture, track, score) -> None:
        """Clean people and append those who have a point left."""
        unsure = (np.nan_to_num(keypoints) != 0).any(axis=(1, 2)) & ~(confidence > 0).any(axis=1)
        keypoints, confidence = cleaned(keypoints, confidence)
        kept = np.asarray((confidence > 0).any(axis=1))
        start, n = len(self), int(kept.sum())
        for column, values, missing in (
            (self.picture, picture, -1), (self.track, track, -1), (self.score, score, np.nan),
        ):  # fmt: skip
            values = np.full(len(kept), missing) if values is None else np.asarray(values)
            column.frombytes(values[kept].astype(column.typecode).tobytes())
        if len(self) > len(self.confidence):
            self._resize(max(len(self), len(self.confidence) * 9 // 8))
        self.keypoints[start : len(self)], self.confidence[start : len(self)] = keypoints[kept], confidence[kept]
        self.left_out += len(kept) - n
        self.unsure += int(unsure.sum())

    def _resize(self, rows: int) -> None:
        """Lengthen or cut the arrays where they lie in memory, so that large ones are not held twice."""
        self.keypoints.resize((rows, self.joints, 2), refcheck=False)
        self.confidence.resize((rows, self.joints), refcheck=False)

    def finish(self, joints: int) -> None:
        """Cut the arrays to the rows there are; joints is their number where nobody was seen."""
        self.flush()
        if not self.joints:
            self._start(joints)
        self._resize(len(self))


def cleaned(keypoints: np.ndarray, confidence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give keypoints (n, k, 2) and confidence (n, k) as float32, with 0, 0 and confidence 0 for missing points.

    A point is missing where a number is NaN, infinite or beyond a million pixels, or the confidence is 0 or below.
    Confidence above 1 stays: plausible.scale_confidence looks at all of it.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        near = (keypoints >= -MAX_PIXEL) & (keypoints <= MAX_PIXEL)
        seen = near[..., 0] & near[..., 1] & (confidence > 0) & (confidence < np.inf)
        keypoints = np.where(seen[..., None], keypoints, 0).astype(np.float32)
        # float32 holds nothing below 1e-45: a point that is seen stays above 0
        return keypoints, np.where(seen, np.clip(confidence, 1e-30, 1e30), 0).astype(np.float32)


def shown(value) -> str:
    """Put a value from a file into a few words, for an error message."""
    if type(value) is dict:
        return f"an object with {', '.join(repr(key[:40]) for key in list(value)[:5])}" if value else "an empty object"
    if type(value) is str:
        return repr(value[:40])
    return "null" if value is None else "a list" if type(value) is list else repr(value)[:40]


def to_track(value, key: str) -> int:
    """Give a track's number: a whole number, also as text, or the first one within lists; -1 for none.

    Raises ValueError.
    """
    while type(value) is list:
        value = value[0] if value else None
    if type(value) is str and value.isdecimal() and len(value) < 16:
        value = int(value)
    if value is None:
        return -1
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or abs(value) >= 2**62:
        raise ValueError(f"expected a whole number below 2^62 as {key}, got {shown(value)}")
    return max(value, -1)


def to_score(value, key: str) -> float:
    """Give a person's score, NaN for none. Raises ValueError if it is no number."""
    while type(value) is list and len(value) == 1:
        value = value[0]
    if value is None:
        return np.nan
    if not isinstance(value, int | float) or type(value) is bool:
        raise ValueError(f"expected a number as {key}, got {shown(value)}")
    return float(value) if abs(value) < 1e30 else np.nan
