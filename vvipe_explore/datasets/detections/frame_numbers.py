"""Keep the names of pictures in little memory, and find the number in them that counts. (Frames: timeline.py.)

A video's millions of pictures mostly have one name with a number that grows ("000123.jpg"). So only the number, how
many digits it has, and which text stands around it are kept of each picture: 13 bytes.
"""

import re
from array import array
from collections import Counter

import numpy as np

from .rows import shown

MAX_NAME = 1024
_DIGITS = re.compile(r"[0-9]+")
_MAX_DIGITS = 15
NEAR = 15
"""From the last number of a video's part to the first one of the next."""


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

    def texts(self) -> list[str]:
        """Give the texts that stand around the last number of the names; "\0" is its place."""
        return list(self._texts)

    def last_numbers(self, places) -> np.ndarray:
        """Give the last number of the names at places, as int64; 0 where a name has none."""
        return np.frombuffer(self._number, "q")[places]

    def all_numbered(self) -> bool:
        """Whether each name holds a number."""
        return len(self) > 0 and min(self._width) > 0


def natural_key(name: str) -> str:
    """Give a text that sorts as people count: the count of its digits is put before each number."""

    def counted(match: re.Match) -> str:
        digits = match.group().lstrip("0")
        return f"{len(digits):04d}{digits}"

    return _DIGITS.sub(counted, name)


def ranks(names) -> np.ndarray:
    """Give the place of each of distinct names in natural order ("2" before "10")."""
    keys = [natural_key(name) for name in names]
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank


def numbers_of_names(pictures: Pictures, places: np.ndarray) -> np.ndarray | None:
    """Give the one number in which distinct names (m,) differ, int64; None if they differ in more, or in text."""
    texts = pictures.texts()
    if len(texts) == 1 and pictures.all_numbered():
        number, before = pictures.last_numbers(places), texts[0].split("\0")[0]
        longer = _DIGITS.search(before[-4:]) if before[-1:].isdigit() else None  # a number of more than 15 digits
        if len(np.unique(number)) < len(number):
            return None
        if longer is None:
            return number
    return _changing_number(pictures.names(places))


def _changing_number(names) -> np.ndarray | None:
    text, start = _DIGITS.split(names[0]), _DIGITS.findall(names[0])
    differ: set[int] = set()
    for name in names:
        if _DIGITS.split(name) != text:
            return None
        differ |= {i for i, digits in enumerate(_DIGITS.findall(name)) if digits != start[i]}
        if len(differ) > 1:
            return None
    changing = [int(_DIGITS.findall(name)[i]) for i in differ or {len(start) - 1} for name in names] if start else []
    if not changing or max(changing) >= 2**63 or len(set(changing)) < len(changing):
        return None
    return np.array(changing, np.int64)


def videos_of_names(names) -> tuple[str, tuple[str, ...]]:
    """Tell of what names are: "one" video, several with the "same" numbers, "several" others, or "unlike" pictures.

    Give the first name of each video too. Names of one video differ in the number that changes most; another text, or
    another number, is another video; but where its numbers go on a little after those of another, they are one.
    """
    videos: dict[tuple, list[int]] = {}
    first: dict[tuple, str] = {}
    for text, alike in _by_text(names).items():
        columns = list(zip(*(_DIGITS.findall(name) for name in alike), strict=True))
        changing = [i for i, column in enumerate(columns) if len(set(column)) > 1]
        counts = max(changing, key=lambda i: (len(set(columns[i])), i), default=len(columns) - 1)
        for place, name in enumerate(alike):
            others = tuple(columns[i][place] for i in changing if i != counts)
            videos.setdefault((text, others), []).append(int(columns[counts][place]) if columns else 0)
            first.setdefault((text, others), name)
    often = Counter(number for numbers in videos.values() for number in set(numbers))
    again = sum(often[number] > 1 for numbers in videos.values() for number in numbers)
    starts = tuple(sorted(first.values(), key=natural_key))
    if sum(len(numbers) > 1 for numbers in videos.values()) < 2:
        return "one" if len({text for text, _ in videos}) == 1 else "unlike", starts
    ends = sorted((min(numbers), max(numbers)) for numbers in videos.values())
    if all(0 < low - high <= NEAR for (_, high), (low, _) in zip(ends, ends[1:], strict=False)):
        return "one", starts
    return "same" if 2 * again >= len(names) else "several", starts


def _by_text(names) -> dict[tuple, list[str]]:
    """Put names together that differ in numbers alone."""
    groups: dict[tuple, list[str]] = {}
    for name in names:
        groups.setdefault(tuple(_DIGITS.split(name)), []).append(name)
    return groups
