"""Keep the names of pictures in little memory, and give the frames they stand for.

A video's millions of pictures mostly have one name with a number that grows ("000123.jpg"). So only the number, how
many digits it has, and which text stands around it are kept of each picture: 13 bytes.
"""

import re
from array import array

import numpy as np

from .rows import shown

MAX_NAME = 1024
_DIGITS = re.compile(r"[0-9]+")
_MAX_DIGITS = 15


class Pictures:
    """Names of pictures by place, in the order they were added; the same name may be added again later.

    max_texts: how many names may differ in more than their number.
    """

    def __init__(self, max_texts: int):
        self._max_texts = max_texts
        self._number, self._width, self._text = array("q"), array("b"), array("i")
        self._texts: dict[str, int] = {}
        self._last: str | None = None

    def __len__(self) -> int:
        return len(self._number)

    def add(self, name, again: bool = False) -> int:
        """Keep a name (a text, or a number that is its own name) and give its place. Raises ValueError for others.

        again: give it a place of its own even if it is the name that was added last.
        """
        if type(name) is float and name.is_integer() and abs(name) < 2**53:
            name = int(name)
        if type(name) not in (str, int):
            raise ValueError(f"expected a picture's name or whole number, got {shown(name)}")
        if type(name) is int and name.bit_length() > 2 * MAX_NAME:
            raise ValueError(f"expected a picture's number of at most {2 * MAX_NAME:,} bits, got a larger one")
        name = str(name)
        if len(name) > MAX_NAME:
            raise ValueError(f"expected a picture's name of at most {MAX_NAME:,} characters, got {len(name):,}")
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
        if len(self._texts) >= self._max_texts and text not in self._texts:
            raise ValueError(
                f"expected at most {self._max_texts:,} pictures' names that differ in more than a number, got more; "
                "read the file in parts"
            )
        self._text.append(self._texts.setdefault(text, len(self._texts)))
        self._number.append(int(name[start:end] or 0))
        self._width.append(end - start)

    def names(self, places) -> tuple[str, ...]:
        """Give the names at places (a sequence of ints)."""
        texts = list(self._texts)
        return tuple(
            texts[self._text[i]].replace("\0", str(self._number[i]).zfill(self._width[i]) if self._width[i] else "", 1)
            for i in places
        )

    def distinct(self) -> tuple[np.ndarray, np.ndarray]:
        """Number the m distinct names: give the number of the name at each place (n,), and a place of each (m,)."""
        number, width, text = (np.frombuffer(a, a.typecode) for a in (self._number, self._width, self._text))
        order = np.lexsort((width, number, text))
        new = np.ones(len(order), bool)
        new[1:] = np.any([np.diff(a[order]) != 0 for a in (number, width, text)], axis=0)
        which = np.empty(len(order), np.int64)
        which[order] = np.cumsum(new) - 1
        return which, order[new]

    def frames(self, gaps: bool = True) -> np.ndarray:
        """Give the frame of each place, from 0 on, in natural order ("2" before "10").

        gaps: if the names differ in one number alone, frames are as far apart as these numbers are. Without gaps, or
        if the names differ in more, the frame is the name's rank.
        """
        if not len(self):
            return np.zeros(0, np.int64)
        which, first = self.distinct()
        number = np.frombuffer(self._number, "q")
        if len(self._texts) == 1 and min(self._width) > 0 and len(np.unique(number)) == len(first):
            return number - number.min() if gaps else np.unique(number, return_inverse=True)[1]
        names = self.names(first)
        frame = _changing_number(names) if gaps else None
        return (_natural_rank(names) if frame is None else frame)[which]


def natural_key(name: str) -> str:
    """Give a text that sorts as people count: the count of its digits is put before each number."""

    def counted(match: re.Match) -> str:
        digits = match.group().lstrip("0")
        return f"{len(digits):04d}{digits}"

    return _DIGITS.sub(counted, name)


def _natural_rank(names) -> np.ndarray:
    keys = [natural_key(name) for name in names]
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank


def _changing_number(names) -> np.ndarray | None:
    """Give the one number in which distinct names differ, from 0 on; None if they differ in more, or in text."""
    text, start = _DIGITS.split(names[0]), _DIGITS.findall(names[0])
    differ: set[int] = set()
    for name in names:
        if _DIGITS.split(name) != text:
            return None
        differ |= {i for i, digits in enumerate(_DIGITS.findall(name)) if digits != start[i]}
        if len(differ) > 1:
            return None
    changing = [_DIGITS.findall(name)[i] for i in differ for name in names]
    if not changing or max(map(len, changing)) > 18:
        return None
    number = np.array([int(digits) for digits in changing], np.int64)
    return number - number.min() if len(np.unique(number)) == len(number) else None
