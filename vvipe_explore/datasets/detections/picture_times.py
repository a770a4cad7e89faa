"""Tell times in the names of pictures from numbers that count: dates, decimal seconds, a clock's many digits."""

import re

import numpy as np

from .frame_numbers import Pictures

FASTEST = 500.0
"""Frames a second. What would be faster is no time: a counter behind a date, or an id of many digits."""
RATES = np.array([10, 12, 12.5, 15, 20, 24000 / 1001, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60])
_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<month>0[1-9]|1[0-2])[-_.]?(?P<day>0[1-9]|[12]\d|3[01])[T _.-]*"
    r"(?P<hour>[01]\d|2[0-3])[-_:.hH]?(?P<minute>[0-5]\d)[-_:.mM]?(?P<second>[0-5]\d|60)"
    r"(?:[.,_:sS-]?(?P<part>\d{1,9}))?(?!\d)"
)
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})[-:hH](?P<minute>[0-5]\d)[-:mM](?P<second>[0-5]\d)(?:[.,_sS](?P<part>\d{1,9}))?(?!\d)"
)
_UNDERSCORES = re.compile(r"(?<!\d)(?P<hour>\d\d)_(?P<minute>[0-5]\d)_(?P<second>[0-5]\d)_(?P<part>\d{3})(?!\d)")
_DECIMAL = re.compile(r"(?<![\d.,])(?P<second>\d{1,10})[.,](?P<part>\d{1,9})(?![\d.,]*\d)")


def seconds_of_names(pictures: Pictures, places: np.ndarray) -> np.ndarray | None:
    """Give distinct names (m,) as times in seconds, where all are times of one kind that differ; else None."""
    sample = _stem(pictures.names(places[:1])[0])
    pattern = next((pattern for pattern in (_DATE, _TIME, _UNDERSCORES, _DECIMAL) if pattern.search(sample)), None)
    if pattern is None or len(places) < 2:
        return None
    around, seconds, width = None, [], set()
    for name in pictures.names(places):
        stem = _stem(name)
        match = pattern.search(stem)
        if match is None or around not in (None, (stem[: match.start()], stem[match.end() :])):
            return None
        around = stem[: match.start()], stem[match.end() :]
        seconds.append(_whole(match.groupdict()) * 10**9 + int((match["part"] or "0").ljust(9, "0")))
        width.add(len(match["part"] or ""))
    if len(width) > 1:
        return None
    steps = np.diff(np.sort(np.array([value - min(seconds) for value in seconds], np.int64)))
    within_a_second = max(seconds) // 10**9 == min(seconds) // 10**9
    if not steps.all() or (within_a_second and np.median(steps) <= 10 ** (9 - max(width))):
        return None  # a part that counts by one within one second is a counter
    return _no_faster(np.array([value - min(seconds) for value in seconds]) / 1e9)


def _stem(name: str) -> str:
    """Cut the folder and the extension off; digits are no extension."""
    name = re.split(r"[/\\]", name)[-1]
    head, dot, tail = name.rpartition(".")
    return head if dot and not tail.isdigit() else name


def _whole(match: dict) -> int:
    """Give a date and time, a time or a number of seconds in whole seconds."""
    day = 0
    if "year" in match:
        month = np.datetime64(f"{match['year']}-{match['month']}").astype("M8[D]").astype(int)
        day = int(month) + int(match["day"])
    return day * 86400 + int(match.get("hour") or 0) * 3600 + int(match.get("minute") or 0) * 60 + int(match["second"])


def seconds_of_numbers(number: np.ndarray) -> np.ndarray | None:
    """Give numbers (m,) as seconds, if they are a clock's: all of 13 digits or more, or milliseconds from 0.

    13 digits are milliseconds since 1970, 16 microseconds, 19 nanoseconds.
    Fewer digits are milliseconds where the steps are those of a common rate, rounded: 33, 33, 34, ... but not 33, 33.
    """
    steps = np.diff(np.sort(number))
    if len(steps) < 1:
        return None
    digits = len(str(int(number.min())))
    if digits >= 13:
        return _no_faster((number - number.min()) / 10.0 ** (3 if digits < 15 else 6 if digits < 18 else 9))
    mean = float(steps.mean())
    if len(steps) >= 8 and mean >= 16 and steps.max() - steps.min() == 1:
        return number / 1000.0 if np.abs(1000 / mean / RATES - 1).min() < 0.01 else None
    return None


def in_seconds(times: np.ndarray) -> np.ndarray:
    """Give times (m,) of an unknown unit in seconds: the largest unit that makes no more than 2 s of a usual step."""
    steps = np.diff(np.unique(times))
    if not len(steps):
        return times
    unit = next((unit for unit in (1.0, 1e3, 1e6) if np.median(steps) / unit <= 2), 1e9)
    return times / unit


def _no_faster(seconds: np.ndarray) -> np.ndarray | None:
    return seconds if np.median(np.diff(np.sort(seconds))) >= 1 / FASTEST else None
