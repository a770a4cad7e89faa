"""The text of a stranger's motion file: any encoding, lines with their numbers, refusals that name the line."""

import math
from pathlib import Path

from .._checked_file import checked_file

MAX_BYTES = 256 * 2**20
"""A larger file is refused: it would be hours of motion, or not motion at all."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def read_bytes(path, expected: str) -> bytes:
    """Read a file of at most MAX_BYTES; UTF-16 becomes UTF-8, a byte-order mark goes, a lone CR becomes LF.

    expected: what the file should be, for the message. Raises FileNotFoundError, ValueError naming the file.
    """
    data = as_utf_8(checked_file(path, expected, MAX_BYTES).read_bytes())
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def as_utf_8(data: bytes) -> bytes:
    """Turn UTF-16, with or without its mark, into UTF-8, and take a byte-order mark away."""
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", _guess_utf_16(data[:64])))
    if encoding.startswith("utf-16"):
        return data[len(mark) :].decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return data[len(mark) :].rstrip(b"\0\x1a")


def _guess_utf_16(head: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes; "" where the text has one byte a letter."""
    low, high = head[::2].count(0), head[1::2].count(0)
    if len(head) >= 16 and max(low, high) > 0.4 * len(head) and min(low, high) == 0:
        return "utf-16-le" if high else "utf-16-be"
    return ""


def decode(data: bytes) -> str:
    """Decode as UTF-8, else as Shift-JIS unless that gives half-width katakana, else as Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        return data.decode("latin-1")
    return data.decode("latin-1") if any("\uff61" <= letter <= "\uff9f" for letter in text) else text


def error(path: Path, line: int, expected: str, got: str, remedy: str) -> ValueError:
    """Give the error that names a file's line: what was expected there, what it has, what to do."""
    return ValueError(f"{path}, line {line}: expected {expected}, got {got}; {remedy}.")


def number(word: str) -> float:
    """Read a number with a decimal point or comma, with or without a comma behind it; NaN where it is none."""
    word = word.rstrip(",;")
    try:
        return float(word.replace(",", ".") if "." not in word else word)
    except ValueError:
        return math.nan
