"""The motion of a BVH file: its clock, and a row of numbers for each frame."""

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from .bvh_hierarchy import EXPORT
from .text import decode, error, number

_SLOW = 2.0
"""Seconds between frames above which a frame time is a rate, or in thousandths."""
_BLOCK, _MAX_LINE = 2**21, 2**24
_CLOCK = re.compile(rb"[ \t]*(frames|frame[ \t]*time)[ \t]*[:=]?[ \t]*([^\r\n]*)", re.IGNORECASE)
_BLANK = re.compile(rb"[ \t\r]*(?:\n|$)")
_WORD = re.compile(rb"^[ \t]*(?!nan|inf|null|none)[a-z]", re.IGNORECASE | re.MULTILINE)
_NO_NUMBER = re.compile(r"[-+]?(?:1\.#\w*|nan\S*|inf\S*|null|none)", re.IGNORECASE)


@dataclass
class Frames:
    """Rows of numbers (n, channels), NaN where the file has no number; fps None where it has no clock.

    at, line: the byte and the line behind the motion. notes: what a user should know.
    """

    values: np.ndarray
    fps: float | None
    at: int
    line: int
    notes: list[str]


def read_frames(path: Path, data: bytes, at: int, line: int, channels: int) -> Frames:
    """Read the frames behind MOTION: as many whole ones as there are, whatever number is declared.

    A frame may go over several lines, but begins a line. Words end the motion. Raises ValueError naming file and line.
    """
    declared, word, at, line = _read_clock(data, at, line)
    begin, notes = line, []
    if number(word) > _SLOW:
        notes.append(f"Frame Time {word[:20]} is no time between two frames, in seconds; pass fps=")
    blocks, counts = [], []
    for block in _blocks(path, data, at, line):
        blocks.append(block.values)
        counts.append(block.counts)
        at, line = block.at, block.line
    counts = np.concatenate(counts) if counts else np.zeros(0, np.int32)
    whole = _whole_frames(path, counts, channels, begin, declared)
    values = np.concatenate(blocks) if blocks else np.zeros(0)
    rest = len(values) - whole * channels
    if not whole:
        got = f"{rest} numbers" if rest else "no frame"
        raise error(path, begin, f"frames of {channels} numbers", got, "export the file with its motion")
    if rest:
        notes.append(f"the last frame has {rest} of {channels} numbers and is left out")
    if declared is not None and declared != whole:
        notes.append(f"{declared} frames are declared, {whole} are there; all {whole} are read")
    return Frames(values[: whole * channels].reshape(whole, channels), frame_rate(word), at, line, notes)


def _read_clock(data: bytes, at: int, line: int) -> tuple[int | None, str, int, int]:
    """Read the lines Frames and Frame Time: the declared frames, the word for the time, and what comes next."""
    declared, time = None, ""
    while at < len(data):
        if (match := _CLOCK.match(data, at)) is not None:
            word = (decode(match[2][:64]).split() or [""])[0]
            if match[1].lower() == b"frames":
                value = number(word)
                declared = int(value) if 0 <= value < 2**53 else None
            else:
                time = word
            at = data.find(b"\n", match.end()) + 1 or len(data)
        elif _BLANK.match(data, at):
            at = data.find(b"\n", at) + 1 or len(data)
        else:
            break
        line += 1
    return declared, time, at, line


def frame_rate(word: str) -> float | None:
    """Give the frames a second of a frame time: whole where the digits written fit, None where there is no time."""
    seconds = number(word)
    if not 1e-6 <= seconds <= _SLOW:
        return None
    exponent = Decimal(word.rstrip(",;").replace(",", ".")).as_tuple().exponent
    digit = 10.0 ** exponent if isinstance(exponent, int) else 0.0
    rate = round(1 / seconds)
    if rate and (-digit / 2 <= 1 / rate - seconds < digit or math.isclose(1 / rate, seconds, rel_tol=1e-5)):
        return float(rate)
    return 1 / seconds


@dataclass
class _Block:
    values: np.ndarray
    counts: np.ndarray
    at: int
    line: int


def _blocks(path: Path, data: bytes, at: int, line: int) -> Iterator[_Block]:
    """Read numbers some lines at a time: counts has the numbers of each line. Words end it."""
    while at < len(data):
        stop = data.find(b"\n", min(at + _BLOCK, len(data))) + 1 or len(data)
        if stop - at > _MAX_LINE:
            raise error(path, line, f"lines of at most {_MAX_LINE:,} bytes", "a longer one", EXPORT)
        text = _points(data[at:stop])
        counts = _count_words(text)
        values = _numbers(text, int(counts.sum()))
        if values is not None:
            at, line = stop, line + len(counts)
            yield _Block(values, counts, at, line)
            continue
        word = _WORD.search(text)
        block = _rows(path, text[: word.start()] if word else text, at, line)
        yield block
        if word or block.at < stop:
            return
        at, line = block.at, block.line


def _rows(path: Path, text: bytes, at: int, line: int) -> _Block:
    """Read a block line by line, up to one that begins with a word."""
    rows, used = [], 0
    for row in re.findall(rb"[^\n]*\n|[^\n]+", text):
        read = _row(path, line + len(rows), decode(row))
        if read is None:
            break
        rows.append(read)
        used += len(row)
    counts = np.array([len(row) for row in rows], np.int32)
    return _Block(np.array([x for row in rows for x in row]), counts, at + used, line + len(rows))


def _points(text: bytes) -> bytes:
    """Write decimal commas as points, and separating commas as spaces; of the same length."""
    text = text.replace(b";", b" ")
    first = text.find(b",")
    if first < 0:
        return text
    row = text[text.rfind(b"\n", 0, first) + 1 : (text.find(b"\n", first) + 1 or len(text))].strip()
    decimal = b"." not in row and all(re.fullmatch(rb"[^,]*|[^,]*,\d[^,]*", word) for word in row.split())
    return text.replace(b",", b"." if decimal else b" ")


def _count_words(text: bytes) -> np.ndarray:
    """Count the words of each line; white space is what is not above a space."""
    letters = np.frombuffer(text, np.uint8)
    begins = letters > 32
    begins[1:] &= letters[:-1] <= 32
    starts = np.append(0, np.flatnonzero(letters == 10) + 1)
    starts = starts[starts < len(letters)]
    return np.add.reduceat(begins, starts, dtype=np.int32) if len(starts) else np.zeros(0, np.int32)


def _numbers(text: bytes, count: int) -> np.ndarray | None:
    """Read count numbers with white space between them; None if something else is there."""
    if not count:
        return np.zeros(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values = np.fromstring(text, sep=" ")
        except (ValueError, DeprecationWarning):
            return None
    return values if len(values) == count else None


def _row(path: Path, line: int, text: str) -> list[float] | None:
    """Read the numbers of one line, NaN where it says that there is none; None if it begins with a word."""
    values = []
    for word in text.split():
        if _NO_NUMBER.fullmatch(word):
            values.append(math.nan)
            continue
        try:
            values.append(float(word))
        except ValueError:
            if not values:
                return None
            raise error(path, line, "numbers only", repr(word[:40]), EXPORT) from None
    return values


def _whole_frames(path: Path, counts: np.ndarray, channels: int, begin: int, declared: int | None) -> int:
    """Count the frames that are whole; refuse lines that hold another number than a frame's, unless they wrap."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    frames = total // channels
    wanted = channels * np.arange(1, frames + 1)
    places = np.searchsorted(ends, wanted)
    wrong = np.flatnonzero(ends[places] != wanted)
    lines, whole_lines = np.count_nonzero(counts), np.count_nonzero(counts[ends <= frames * channels])
    exact = declared is not None and declared * channels == total
    wraps = declared not in (lines, whole_lines) and (len(wrong) == 0 or exact)
    if (len(wrong) or whole_lines != frames) and not wraps:
        after = places[wrong[0] - 1] + 1 if len(wrong) and wrong[0] else 0
        place = int(after + np.flatnonzero((counts[after:] != channels) & (counts[after:] > 0))[0])
        raise error(path, begin + place, f"{channels} numbers, one for each channel", str(counts[place]), EXPORT)
    return frames
