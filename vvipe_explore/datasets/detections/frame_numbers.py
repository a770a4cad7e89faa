"""The names of pictures, kept small, and the frames they stand for.

A video's millions of pictures are mostly one name with a number that grows ("000123.jpg"), so of each picture only
the number, how many digits it has, and which text stands around it are kept: 13 bytes.
"""

import re
from array import array

import numpy as np

MAX_NAME = 1024
_DIGITS = re.compile(r"[0-9]+")
_MAX_DIGITS = 15


class Pictures:
    """Names of pictures by place, in the order they were added; the same name may be added again later.

    most: how many names may differ in more than their number.
    """

    def __init__(self, most: int = 2**16):
        self._most = most
        self._number, self._width, self._text = array("q"), array("b"), array("i")
        self._texts: dict[str, int] = {}
        self._last: str | None = None

    def __len__(self) -> int:
        return len(self._number)

    def add(self, name, again: bool = False) -> int:
        """Keep a name (a text, or a number that is its own name) and give its place. Raises ValueError else.

        again: give it a place of its own even if it is the name that was added last.
        """
        if type(name) is float and name.is_integer() and abs(name) < 2**53:
            name = int(name)
        if type(name) not in (str, int):
            raise ValueError(f"a picture is called {str(name)[:40]!r}; a name or a whole number was wanted")
        if type(name) is int and name.bit_length() > 2 * MAX_NAME:
            raise ValueError(f"a picture's number is of more than {2 * MAX_NAME:,} bits")
        name = str(name)
        if len(name) > MAX_NAME:
            raise ValueError(f"a picture's name is {len(name):,} characters long; at most {MAX_NAME:,} were wanted")
        if again or name != self._last:
            self._keep(name)
            self._last = name
        return len(self._number) - 1

    def _keep(self, name: str) -> None:
        stem = name[: name.rfind(".")] if "." in name and not _DIGITS.fullmatch(name[name.rfind(".") + 1 :]) else name
        groups = [match.span() for match in _DIGITS.finditer(stem)]
        end = groups[-1][1] if groups else 0
        start = max(groups[-1][0], end - _MAX_DIGITS) if groups else 0
        text = name[:start] + "\0" + name[end:]
        if len(self._texts) >= self._most and text not in self._texts:
            raise ValueError(f"more than {self._most:,} pictures' names differ in more than a number; read it in parts")
        self._text.append(self._texts.setdefault(text, len(self._texts)))
        self._number.append(int(name[start:end] or 0))
        self._width.append(end - start)

    def names(self, places) -> tuple[str, ...]:
        """The names at places (a sequence of ints)."""
        texts = list(self._texts)
        return tuple(
            texts[self._text[i]].replace("\0", str(self._number[i]).zfill(self._width[i]) if self._width[i] else "", 1)
            for i in places
        )

    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Which places hold the same name: (len,) the distinct name of each, and (m,) a place of each of those."""
        number, width, text = (np.frombuffer(a, a.typecode) for a in (self._number, self._width, self._text))
        order = np.lexsort((width, number, text))
        new = np.ones(len(order), bool)
        new[1:] = np.any([np.diff(a[order]) != 0 for a in (number, width, text)], axis=0)
        unit = np.empty(len(order), np.int64)
        unit[order] = np.cumsum(new) - 1
        return unit, order[new]

    def frames(self, gaps: bool = True) -> np.ndarray:
        """The frame of each place, from 0 on, in natural order ("2" before "10").

        gaps: where the names differ in one number alone, frames are as far apart as these numbers are. Else, or if
        the names differ in more, the frame is the name's rank.
        """
        if not len(self):
            return np.zeros(0, np.int64)
        unit, first = self.units()
        number = np.frombuffer(self._number, "q")
        if len(self._texts) == 1 and min(self._width) > 0 and len(np.unique(number)) == len(first):
            return number - number.min() if gaps else np.unique(number, return_inverse=True)[1]
        names = self.names(first)
        frame = _numbers(names) if gaps else None
        return (natural_rank(names) if frame is None else frame)[unit]


def natural_key(name: str) -> str:
    """A text that sorts as people count: each number is written with how many digits it has before it."""

    def counted(match: re.Match) -> str:
        digits = match.group().lstrip("0")
        return f"{len(digits):04d}{digits}"

    return _DIGITS.sub(counted, name)


def natural_rank(names) -> np.ndarray:
    """Each name's place among them in natural order."""
    keys = [natural_key(name) for name in names]
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank


def _numbers(names) -> np.ndarray | None:
    """The one number in which distinct names differ, from 0 on; None if they differ in more, or in text."""
    first = _DIGITS.split(names[0])
    start = _DIGITS.findall(names[0])
    differ: set[int] = set()
    for name in names:
        if _DIGITS.split(name) != first:
            return None
        differ |= {i for i, digits in enumerate(_DIGITS.findall(name)) if digits != start[i]}
        if len(differ) > 1:
            return None
    if not differ or any(len(_DIGITS.findall(name)[min(differ)]) > 18 for name in names):
        return None
    number = np.array([int(_DIGITS.findall(name)[min(differ)]) for name in names], np.int64)
    return number - number.min() if len(np.unique(number)) == len(number) else None
