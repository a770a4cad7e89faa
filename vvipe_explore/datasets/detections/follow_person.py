"""Choose one person out of several: the body that is large for long, wherever its track's number changes."""

import heapq
from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from ..._joint_names import PAPER_13
from .link_bodies import Bodies, link

CANDIDATES = 20
"""Only so many people of a frame count, the largest."""
HOP, SIZES = 0.9, 4.0
"""Going on with another body costs this part of what that body adds; never to one this many times as large or small."""
KEPT = 32
"""So many of the best and of the latest bodies are looked at as the one that was followed before."""


@dataclass(frozen=True)
class Choice:
    """The chosen person. rows (m,): at most one a frame, in order of frame. track: theirs, or None. why: in words."""

    rows: np.ndarray
    track: int | None
    why: str


def follow_person(detections, track: int | None = None) -> Choice:
    """Choose one person, or the one of a track. Rows of fewer than 2 joints, or all at one point, are never chosen.

    Joints that are keypoints.DOUBTFUL do not count. In single pictures (not detections.video) it is the largest person
    of each, in a video the body that adds up most size and confidence.
    """
    d = detections
    bodies, weight = _bodies(d)
    usable = (bodies.seen.sum(axis=1) >= 2) & (bodies.size > 1e-3)
    if track is not None:
        return _of_track(d, bodies, np.flatnonzero(usable), weight, track)
    rows = _largest(np.flatnonzero(usable), d.frame, weight, CANDIDATES)
    if not len(rows):
        return Choice(rows, None, "nobody was seen")
    if not d.video:
        rows = _largest(rows, d.frame, weight, 1)
        return Choice(rows, None, f"single pictures: the largest person of each, {len(rows):,} in all")
    part = bodies.at(rows)
    alone = None if d.tracked else _only_person(part)
    rows = rows[_best_chain(part, link(part), weight[rows]) if alone is None else alone]
    found = f"seen in {len(rows):,} of {d.n_frames:,} frames"
    if not d.tracked:
        who = "the largest who stays near" if alone is None else "the only person"
        return Choice(rows, None, f"no tracks: {who}, {found}")
    tracks = Counter(d.person[rows].tolist())
    names = list(tracks)
    several = f"tracks {', '.join(map(str, names[:5]))}{', ...' * (len(names) > 5)}: one body, "
    of = np.unique(d.person).size
    single = f"track {names[0]}" + (f", one of {of:,} tracks: " if of > 1 else ", the only track: ")
    why = f"{several if len(names) > 1 else single}large and long, {found}"
    return Choice(rows, tracks.most_common(1)[0][0], why)


def _bodies(d) -> tuple[Bodies, np.ndarray]:
    """Give the rows with the joints that count, and each row's weight (n,): its size times its confidence."""
    from ...keypoints import DOUBTFUL

    columns = [d.joint_names.index(name) for name in PAPER_13 if name in d.joint_names]
    columns = columns if len(columns) >= 6 else list(range(min(17, len(d.joint_names))))
    confidence = d.confidence[:, columns]
    top = confidence.max(axis=1, initial=0, keepdims=True)
    seen = (confidence > 0) & (confidence >= DOUBTFUL * top)
    track = d.person if d.tracked else np.full(len(d), -1)
    bodies = Bodies(d.keypoints[:, columns], seen, d.frame, track)
    return bodies, bodies.size * confidence.mean(axis=1)


def _of_track(d, bodies: Bodies, usable: np.ndarray, weight: np.ndarray, track: int) -> Choice:
    """Give the rows of a track, and say if its number belongs to several bodies. Raises ValueError if nobody has it."""
    rows = usable[d.person[usable] == track]
    if not len(rows):
        tracks = np.unique(d.person)
        some = ", ".join(map(str, tracks[:10])) or "none"
        more = f", ... ({len(tracks):,} in all)" if len(tracks) > 10 else ""
        raise ValueError(f"nobody has the track {track}; there are {some}{more}.")
    near = _largest(usable, d.frame, weight, CANDIDATES)
    several = d.tracked and len(np.unique(link(bodies.at(near))[d.person[near] == track])) > 1
    why = f"track {track}, as requested"
    return Choice(_largest(rows, d.frame, weight, 1), track, why + "; its number is on several bodies" * several)


def _largest(rows: np.ndarray, frame: np.ndarray, weight: np.ndarray, most: int) -> np.ndarray:
    """Take the rows of the largest weights from each frame, at most so many, in order of frame."""
    rows = rows[np.lexsort((-weight[rows], frame[rows]))]
    starts = np.flatnonzero(np.diff(frame[rows], prepend=-1))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    return rows[place < most]


def _only_person(bodies: Bodies) -> np.ndarray | None:
    """Give the largest row of each frame (places), if no frame shows two people; else None.

    So cuts, and pictures of several sizes, break nothing. Ghosts, SIZES smaller than a person in the frame, are nobody.
    """
    starts = np.flatnonzero(np.diff(bodies.frame, prepend=-1))
    largest = np.maximum.reduceat(bodies.size, starts)
    people = bodies.size * SIZES > np.repeat(largest, np.diff(np.append(starts, len(bodies))))
    rows = np.flatnonzero(people & (bodies.size * SIZES**2 > np.median(largest)))
    return rows if len(np.unique(bodies.frame[people])) == people.sum() else None


def _best_chain(bodies: Bodies, number: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Give the rows (places) of the bodies, one after another in time, that add up most weight.

    number (n,): each row's body. To go on with another body costs a part of what it adds, so what is seen for a moment
    far away is taken only where the body that was followed is gone. Another track's body is not taken at all.
    """
    order = np.argsort(number, kind="stable")  # rows of one body in order of frame
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    ends = np.append(starts[1:], len(order)) - 1
    value = np.add.reduceat(weight[order], starts)
    size = np.add.reduceat(bodies.size[order], starts) / (ends - starts + 1)
    first, last = bodies.frame[order[starts]], bodies.frame[order[ends]]
    tracks = bodies.track[order[starts]], bodies.track[order[ends]]
    before = _chain(first, last, value, size, tracks)
    chosen, at = [], int(before[-1])
    while at >= 0:
        chosen.append(order[starts[at] : ends[at] + 1])
        at = int(before[at])
    return np.concatenate(chosen[::-1])


def _chain(first, last, value, size, tracks) -> np.ndarray:
    """Give, of each body, the one to follow before it, or -1; and, at the end, the one to end with.

    first, last: their frames; value: what each adds; size: its mean size, in pixels; tracks: its first and its last.
    """
    total, before = value.copy(), np.full(len(value) + 1, -1)
    gone: list[tuple[int, int]] = []  # bodies that begin before the one looked at, by their last frame
    latest: deque[int] = deque(maxlen=KEPT)
    best: list[tuple[float, int]] = []
    for body in np.argsort(first, kind="stable").tolist():
        while gone and gone[0][0] < first[body]:
            _, ended = heapq.heappop(gone)
            latest.append(ended)
            heapq.heappush(best, (float(total[ended]), ended))
            if len(best) > KEPT:
                heapq.heappop(best)
        if latest:
            earlier = np.array([*latest, *(b for _, b in best)])
            ratio = np.maximum(size[earlier] / size[body], size[body] / size[earlier])
            hop = np.where((ratio < SIZES) & (tracks[1][earlier] == tracks[0][body]), HOP, 1.01)
            hop *= np.minimum(value[earlier], value[body])
            gain = total[earlier] - hop
            at = int(gain.argmax())
            if gain[at] > 0:
                total[body], before[body] = value[body] + gain[at], earlier[at]
        heapq.heappush(gone, (int(last[body]), body))
    before[-1] = int(total.argmax())
    return before
