"""Choose one person out of several: by track where the file has tracks, else by size and by staying near."""

from dataclasses import dataclass

import numpy as np

CANDIDATES = 20
MAX_JUMP_COST = 3.0


@dataclass(frozen=True)
class Choice:
    """The chosen person. rows (m,): at most one a frame, in order of frame. track: theirs, or None. why: in words."""

    rows: np.ndarray
    track: int | None
    why: str


def _place_and_size(keypoints, confidence) -> tuple[np.ndarray, np.ndarray]:
    """Give each row's mean of the joints seen (n, 2) and their root-mean-square distance from it (n,), in pixels."""
    centre, size = np.zeros((len(keypoints), 2)), np.zeros(len(keypoints))
    for start in range(0, len(keypoints), 2**14):
        rows = slice(start, start + 2**14)
        seen = (confidence[rows] > 0)[..., None]
        count = np.maximum(seen.sum(axis=1), 1)
        centre[rows] = (keypoints[rows] * seen).sum(axis=1, dtype=np.float64) / count
        away = (keypoints[rows] - centre[rows, None]) * seen
        size[rows] = np.sqrt(np.square(away).sum(axis=(1, 2)) / count[:, 0])
    return centre, size


def follow_person(detections, track: int | None = None) -> Choice:
    """Choose one person, or the one of a track. Rows of fewer than 2 joints, or all at one point, are never chosen."""
    d = detections
    centre, size = _place_and_size(d.keypoints, d.confidence)
    weight = size * d.confidence.mean(axis=1) if len(d) else size
    usable = ((d.confidence > 0).sum(axis=1) >= 2) & (size > 1e-3)
    if track is not None:
        rows = np.flatnonzero(usable & (d.person == track))
        if not len(rows):
            tracks = np.unique(d.person)
            some = ", ".join(map(str, tracks[:10])) or "none"
            more = f", ... ({len(tracks):,} in all)" if len(tracks) > 10 else ""
            raise ValueError(f"nobody has the track {track}; there are {some}{more}.")
        return Choice(_heaviest(rows, d.frame, weight), track, f"track {track}, as requested")
    rows = np.flatnonzero(usable)
    if not len(rows):
        return Choice(rows, None, "nobody was seen")
    if d.tracked:
        return _best_track(d, rows, weight)
    rows = _path(rows, d.frame, centre, size, weight)
    return Choice(rows, None, f"no tracks: the largest who stays near, seen in {len(rows):,} of {d.n_frames:,} frames")


def _best_track(d, rows: np.ndarray, weight: np.ndarray) -> Choice:
    tracks, which = np.unique(d.person[rows], return_inverse=True)
    total = np.bincount(which, weight[rows])
    track = int(tracks[total.argmax()])
    rows = _heaviest(rows[d.person[rows] == track], d.frame, weight)
    why = f"track {track} of {len(tracks):,}: large and long, seen in {len(rows):,} of {d.n_frames:,} frames"
    return Choice(rows, track, why)


def _heaviest(rows: np.ndarray, frame: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Take the row of the largest weight from each frame, in order of frame."""
    rows = rows[np.lexsort((-weight[rows], frame[rows]))]
    return rows[np.diff(frame[rows], prepend=-1) != 0]


def _path(rows, frame, centre, size, weight) -> np.ndarray:
    """Give the path through the frames with the greatest sum of log weights less the jumps' costs (Viterbi).

    A jump costs its length over the person's size, less over a gap of frames, and at most MAX_JUMP_COST: so a cut
    breaks no path, and a person who is larger for a moment does not take it over. Only the CANDIDATES largest people of
    a frame count.
    """
    rows = rows[np.lexsort((-weight[rows], frame[rows]))]
    frames = np.split(rows, np.flatnonzero(np.diff(frame[rows])) + 1)
    frames = [candidates[:CANDIDATES] for candidates in frames]
    total, came_from = np.log(weight[frames[0]]), []
    for before, now in zip(frames, frames[1:], strict=False):
        away = np.linalg.norm(centre[now][:, None] - centre[before][None], axis=-1)
        gap = np.sqrt(frame[now[0]] - frame[before[0]])
        cost = np.minimum(2 * away / (gap * (size[now][:, None] + size[before][None])), MAX_JUMP_COST)
        reached = total[None] - cost
        came_from.append(reached.argmax(axis=1))
        total = np.log(weight[now]) + reached.max(axis=1)
    at = int(total.argmax())
    path = [frames[-1][at]]
    for before, back in zip(frames[-2::-1], came_from[::-1], strict=True):
        at = back[at]
        path.append(before[at])
    return np.array(path[::-1])
