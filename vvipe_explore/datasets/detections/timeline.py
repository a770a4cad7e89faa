"""Say which frames the pictures of a file stand for: their names hold frame numbers, times, or neither.

A number is a frame's only where the numbers lie close. COCO's ids, a photograph's number or a clock are no frames: they
would make millions of them. Gaps stay gaps, to be filled, while at least one frame in 15 is seen. Numbers at an uneven
step make no more frames than ten times the people in the pictures.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from .frame_numbers import Pictures, numbers_of_names, ranks, videos_of_names
from .picture_times import in_seconds, seconds_of_names, seconds_of_numbers

if TYPE_CHECKING:
    from .reading import Reading

PER_ENTRY, PER_PICTURE = 10, 15
"""At most so many frames a person listed, or so many a picture at an even step; else there is no video."""
CUT = 31
"""Frames from one picture to the next, where a longer gap is shortened: too many to be filled, at up to 60 a second."""


@dataclass(frozen=True)
class Timeline:
    """Frames of pictures. frame: of each place; n_frames: how many there are; first: the file's number of frame 0.

    number: each place's number in the file, None where names have none. fps: frames a second, where names are times.
    video: whether frames follow each other in time; else they are single pictures, in order. said: what was assumed, in
    sentences for the user; videos: the names of the first pictures of several videos with the same frame numbers.
    """

    frame: np.ndarray
    n_frames: int
    first: int = 0
    number: np.ndarray | None = None
    fps: float | None = None
    video: bool = True
    said: tuple[str, ...] = ()
    videos: tuple[str, ...] = field(default=(), repr=False)

    def at(self, places: np.ndarray) -> "Timeline":
        """Give the timeline of rows whose pictures are at places (n,)."""
        return replace(self, frame=self.frame[places], number=None if self.number is None else self.number[places])


def timeline_of(reading: "Reading", name: str) -> tuple[Timeline, np.ndarray, Pictures | None]:
    """Give the timeline of a reading's rows, and each row's image: a place in the Pictures that come next.

    name: the file, for errors. Raises ValueError if COCO's annotations name an image that its list of images lacks.
    """
    rows, about = reading.rows, reading.about
    picture, entries = np.frombuffer(rows.picture, "q"), len(rows) + rows.left_out
    if reading.numbered:
        return _of_frame_numbers(picture, reading.n_numbered, entries), picture, None
    if reading.images is None:
        found = timeline(reading.pictures, entries, about.counted, about.seconds)
        return found.at(picture), picture, reading.pictures
    # COCO lists all its images: those without people count too
    distinct, _ = reading.pictures.distinct()
    image_of = np.full(len(distinct), -1)
    image_of[distinct[np.frombuffer(reading.image_ids, "q")]] = np.arange(len(reading.image_ids))
    image = image_of[distinct[picture]]
    if (image < 0).any():
        lost = reading.pictures.names([picture[np.argmin(image)]])[0]
        raise ValueError(f"{name}: expected each annotation's image_id among the images, got {lost[:40]!r}.")
    return timeline(reading.images, max(entries, len(reading.images))).at(image), image, reading.images


def _of_frame_numbers(frame: np.ndarray, n_frames: int, entries: int) -> Timeline:
    """Take the frame of each row (n,) as the file gives it, as far as the frames are not many more than entries."""
    if n_frames <= entries or not len(frame):
        return Timeline(frame.copy(), n_frames, number=frame)
    number, which = np.unique(frame, return_inverse=True)
    return _of_numbers(number, max(entries, len(number))).at(which)


def timeline(pictures: Pictures, entries: int, counted: bool = False, seconds=None) -> Timeline:
    """Give the timeline of pictures. entries: how many people the file lists, in all pictures.

    counted: whether the file itself counts frames, so that numbers are no times. seconds: the time of each place, in
    seconds or a thousandth, a millionth or a billionth of them, where the file says it, else None.
    """
    if not len(pictures):
        return Timeline(np.zeros(0, np.int64), 0)
    which, place = pictures.distinct()
    found = None
    if seconds is not None and len(seconds):
        found = _of_times(in_seconds(np.asarray(seconds, float)[place]))
    if found is None:
        found = _of_names(pictures, place, max(entries, len(place)), counted)
    number = None if found.number is None else found.number[which]
    return Timeline(
        found.frame[which], found.n_frames, found.first, number, found.fps, found.video, found.said, found.videos
    )


def _of_names(pictures: Pictures, place: np.ndarray, entries: int, counted: bool) -> Timeline:
    seconds = None if counted else seconds_of_names(pictures, place)
    found = None if seconds is None else _of_times(seconds)
    if found is not None:
        return found
    number = numbers_of_names(pictures, place)
    if number is not None:
        seconds = None if counted else seconds_of_numbers(number)
        return (None if seconds is None else _of_times(seconds)) or _of_numbers(number, entries)
    names = pictures.names(place)
    rank, (kind, videos) = ranks(names), videos_of_names(names)
    if kind in ("one", "unlike"):
        return Timeline(rank, len(rank), video=kind == "one" or len(rank) < 2)
    first = ", ".join(repr(name[:60]) for name in videos[:3]) + (", ..." if len(videos) > 3 else "")
    said = f"its pictures are of {len(videos)} videos, which start with {first}; they are taken as single pictures"
    return Timeline(rank, len(rank), video=False, said=(said,), videos=videos if kind == "same" else ())


def _of_numbers(number: np.ndarray, entries: int) -> Timeline:
    """Take distinct numbers (m,) of pictures as frames, if they lie close enough."""
    order = np.argsort(number, kind="stable")
    first, steps = int(number[order[0]]), np.diff(number[order])
    m, span = len(number), int(number[order[-1]]) - first + 1
    close = m < 2 or float(np.median(steps)) <= PER_PICTURE
    most = max(PER_ENTRY * entries, PER_PICTURE * m if (steps == steps[:1]).all() else 0)
    if not close or span > most:
        return _of_far_numbers(number, order, most, close)
    said: tuple[str, ...] = ()
    if first == 1 or m == 1:
        start = first
    elif 0 <= first <= min(span, PER_ENTRY * entries - span):
        start = 0  # the first frames show nobody; where they stand in the video is worth more than a short list
    else:
        start, said = first, (f"frame 0 is the picture numbered {first:,}",)
    frame = number - start
    return Timeline(frame, int(frame.max()) + 1, start, number, said=said)


def _of_far_numbers(number: np.ndarray, order: np.ndarray, most: int, close: bool) -> Timeline:
    """Shorten the gaps between numbers; where numbers lie nowhere close, or that is too little, take single pictures.

    most: how many frames there may be.
    """
    m, frame = len(number), np.empty(len(number), np.int64)
    frame[order] = np.cumsum(np.r_[0, np.minimum(np.diff(number[order]), CUT)])
    low, high = int(number[order[0]]), int(number[order[-1]])
    numbered = f"{m:,} pictures are numbered from {low:,} to {high:,}"
    if close and int(frame.max()) < most:
        said = f"{numbered}; gaps of more than {CUT} frames are shortened"
        return Timeline(frame, int(frame.max()) + 1, low, number, said=(said,))
    frame[order] = np.arange(m)
    said = f"{numbered}, less than one in {PER_PICTURE}; they are no video, but single pictures, taken in order"
    return Timeline(frame, m, low, number, video=False, said=(said,))


def _of_times(seconds: np.ndarray) -> Timeline | None:
    """Take distinct times (m,) as frames at an even rate; gaps are kept. None if they are not distinct times."""
    order = np.argsort(seconds, kind="stable")
    steps = np.diff(seconds[order])
    if not np.isfinite(seconds).all() or not (steps > 0).all():
        return None
    m, frame = len(seconds), np.empty(len(seconds), np.int64)
    frame[order] = np.arange(m)
    if m < 3:
        return Timeline(frame, m)
    step = float(steps[steps < 1.5 * np.median(steps)].mean())
    counts = np.maximum(np.rint(steps / step), 1)
    uneven = np.abs(steps / step - counts) > 0.3
    if uneven.mean() > 0.1:
        fps = round(float((m - 1) / steps.sum()), 3)
        order_said = f"the times of its pictures are uneven, {fps:g} a second in the mean; they are taken in order"
        return Timeline(frame, m, fps=fps if fps > 0 else None, said=(order_said,))
    fps = round(float(counts.sum() / steps.sum()), 3)
    frame[order] = np.cumsum(np.r_[0, np.minimum(counts, CUT)]).astype(np.int64)
    said: tuple[str, ...] = ()
    if int(frame.max()) >= PER_ENTRY * m:
        frame[order] = np.arange(m)
        said = (f"the times of its pictures make more than {PER_ENTRY} frames for each; they are taken in order",)
    elif counts.max() > CUT:
        said = (f"gaps of more than {CUT} frames between the times of its pictures are shortened",)
    return Timeline(frame, int(frame.max()) + 1, fps=fps if fps > 0 else None, said=said)
