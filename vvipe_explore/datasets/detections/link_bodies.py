"""Link the rows of one body from frame to frame: by where its joints are and where they were moving to.

A detector's track is a hint: where two tracks trade their numbers, or one gets a new number, the body goes on.
All rows are linked at once. First where there is no doubt; then these chains are joined by their velocities, which no
wrong link has spoilt, over the frames between, in which bodies cross or were not found; then what is left.
"""

import numpy as np

REACH, LONG, OTHER_TRACK = 2.0, 16, 0.3
"""A body's centre gets REACH of its sizes far in a frame, and farther by the root of the frames, up to LONG of them.
A row of another track counts as OTHER_TRACK sizes farther."""
CLEAR, SOLID = 0.75, 3
"""Sizes by which a link is nearer than any other, so that there is no doubt; rows of a chain that has a velocity."""
AHEAD, TURN = 5, 5
"""A velocity holds for so many frames at most; a change of it counts as if it had lasted TURN frames."""
BRIDGE, LATER = 60, 0.2
"""Frames without the body over which it is still looked for; each counts as LATER sizes farther."""


class Bodies:
    """Rows of people in order of frame, and what linking needs of them: each row alone, nothing of its neighbours.

    points (n, k, 2) and seen (n, k): joints in pixels, and which count. frame, track (n,): track -1 where unknown.
    centre (n, 2) and size (n,): the mean of the joints seen, and their root-mean-square distance from it.
    """

    def __init__(self, points: np.ndarray, seen: np.ndarray, frame: np.ndarray, track: np.ndarray):
        self.points, self.seen, self.frame, self.track = points, seen, frame, track
        count = np.maximum(seen.sum(axis=1), 1)[:, None]
        self.centre = (points * seen[..., None]).sum(axis=1, dtype=np.float64) / count
        away = (points - self.centre[:, None]) * seen[..., None]
        self.size = np.sqrt(np.square(away).sum(axis=(1, 2)) / count[:, 0])

    def __len__(self) -> int:
        return len(self.frame)

    def at(self, rows: np.ndarray) -> "Bodies":
        """Give the rows at places, in order of frame."""
        return Bodies(self.points[rows], self.seen[rows], self.frame[rows], self.track[rows])

    def apart(self, a: np.ndarray, b: np.ndarray, velocity: np.ndarray, onward: np.ndarray) -> np.ndarray:
        """Give how far rows b are from where rows a move to (m,), in sizes of the body; inf beyond REACH.

        velocity, onward (n, 2): how each row's body moved up to it, and moves from it on, in pixels a frame; NaN where
        unknown.
        """
        far = np.empty(len(a))
        for start in range(0, len(a), 2**15):
            part = slice(start, start + 2**15)
            far[part] = self._apart(a[part], b[part], velocity, onward)
        return far

    def _apart(self, a: np.ndarray, b: np.ndarray, velocity: np.ndarray, onward: np.ndarray) -> np.ndarray:
        gap = self.frame[b] - self.frame[a]
        size = (self.size[a] + self.size[b]) / 2
        moved = np.nan_to_num(velocity[a]) * np.minimum(gap, AHEAD)[:, None]
        both = self.seen[a] & self.seen[b]
        joints = np.linalg.norm(self.points[b] - self.points[a] - moved[:, None], axis=-1)
        centre = np.linalg.norm(self.centre[b] - self.centre[a] - moved, axis=-1)
        count = both.sum(axis=1)
        far = np.where(count > 2, (joints * both).sum(axis=1) / np.maximum(count, 1), centre) / size
        far += np.nan_to_num(TURN * np.linalg.norm(onward[b] - velocity[a], axis=-1)) / size
        far += np.abs(np.log(self.size[b] / self.size[a])) + LATER * (gap - 1)
        same = (self.track[a] == self.track[b]) & (self.track[a] >= 0)
        far[~same & (self.track[a] >= 0)] += OTHER_TRACK
        jump = np.linalg.norm(self.centre[b] - self.centre[a], axis=-1) / (size * np.sqrt(np.minimum(gap, LONG)))
        far[(jump > REACH) & ~same] = np.inf
        return far


def link(bodies: Bodies) -> np.ndarray:
    """Give each row's body a number (n,): rows of one number are one body, at most one a frame."""
    n = len(bodies)
    a, b = _neighbours(bodies.frame)
    unknown = np.full((n, 2), np.nan)
    far = bodies.apart(a, b, unknown, unknown)
    before, _ = _matched(a, b, far, n)
    clear = _clear(a, b, far, before) & ~_after_a_gap(bodies.frame, a, b)
    sure = np.where(clear, before, -1)
    number = _numbered(sure)
    solid = np.bincount(number, minlength=n)[number] >= SOLID
    velocity, onward = _velocity(bodies, sure), _velocity(bodies, _reversed(sure))
    rows = np.flatnonzero(solid)
    number[rows] = _joined(bodies, rows, number[rows], velocity, onward)
    loose = np.flatnonzero(~solid)
    number = _filled(bodies, rows, loose, number)
    left = (~solid) & (number == _numbered(sure))
    both = left & (before >= 0) & left[np.maximum(before, 0)]
    chains = _numbered(np.where(both, before, -1))
    number[left] = chains[left]
    return _joined(bodies, np.arange(n), number, velocity, onward)


def _after_a_gap(frame: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Tell which rows (n,) come after more frames than usual: there, who is near may be the one who came across."""
    gap = np.zeros(len(frame), int)
    gap[b] = frame[b] - frame[a]
    return gap > np.median(gap[b]) if len(b) else gap > 0


def _neighbours(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give all pairs of a row and a row of the next frame that has any: (m,), (m,)."""
    starts = np.flatnonzero(np.diff(frame, prepend=frame[:1] - 1))
    counts = np.diff(np.append(starts, len(frame)))
    following = np.repeat(np.append(counts[1:], 0), counts)
    first = np.repeat(np.append(starts[1:], 0), counts)
    a = np.repeat(np.arange(len(frame)), following)
    return a, first[a] + _within(following)


def _within(counts: np.ndarray) -> np.ndarray:
    """Count 0, 1, 2, ... within each of groups of so many: (sum of counts,)."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _matched(a: np.ndarray, b: np.ndarray, far: np.ndarray, n: int, rounds: int = 3) -> np.ndarray:
    """Match pairs that are each other's nearest, again among what is left; give the partner before and after (2, n)."""
    before, after = np.full((2, n), -1)
    for _ in range(rounds):
        free = np.isfinite(far) & (after[a] < 0) & (before[b] < 0)
        a, b, far = a[free], b[free], far[free]
        if not len(a):
            break
        order = np.lexsort((far, a))
        best_of_a = order[np.diff(a[order], prepend=-1) != 0]
        order = np.lexsort((far, b))
        best_of_b = order[np.diff(b[order], prepend=-1) != 0]
        both = np.intersect1d(best_of_a, best_of_b, assume_unique=True)
        before[b[both]], after[a[both]] = a[both], b[both]
    return np.stack([before, after])


def _velocity(bodies: Bodies, linked: np.ndarray) -> np.ndarray:
    """Give each row's velocity (n, 2), pixels a frame: the mean of its three steps along the links; NaN without any."""
    known = linked >= 0
    step = np.zeros((len(bodies), 2))
    gap = bodies.frame[known] - bodies.frame[linked[known]]
    step[known] = (bodies.centre[known] - bodies.centre[linked[known]]) / gap[:, None]
    total, count, row = step.copy(), known.astype(float), linked.copy()
    for _ in range(2):
        more = (row >= 0) & known[np.maximum(row, 0)]
        total[more] += step[row[more]]
        count[more] += 1
        row = np.where(more, linked[np.maximum(row, 0)], -1)
    return np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], np.nan)


def _clear(a: np.ndarray, b: np.ndarray, far: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Tell which rows (n,) have a link to the row before that no other link comes near."""
    other = np.full((2, len(before)), np.inf)
    chosen = before[b] == a
    for place, ends in enumerate((a, b)):
        np.minimum.at(other[place], ends[~chosen], far[~chosen])
    margin = np.full(len(before), -np.inf)
    margin[b[chosen]] = np.minimum(other[0][a[chosen]], other[1][b[chosen]]) - far[chosen]
    return margin >= CLEAR


def _reversed(before: np.ndarray) -> np.ndarray:
    """Give each row's partner after it, from those before."""
    after = np.full(len(before), -1)
    after[before[before >= 0]] = np.flatnonzero(before >= 0)
    return after


def _numbered(before: np.ndarray) -> np.ndarray:
    """Give each row the place of its chain's first row: double the step back until all stand at a first row."""
    number = np.where(before < 0, np.arange(len(before)), before)
    while (number[number] != number).any():
        number = number[number]
    return number


def _joined(bodies: Bodies, rows: np.ndarray, number: np.ndarray, velocity, onward, rounds: int = 10) -> np.ndarray:
    """Join chains over frames in which the body was not found: give the rows' (m,) new numbers.

    rows: places in bodies, in order of frame; number: their chains'.
    """
    for _ in range(rounds if len(rows) else 0):
        order = np.argsort(number, kind="stable")
        starts = np.flatnonzero(np.diff(number[order], prepend=-1))
        first, last = rows[order[starts]], rows[order[np.append(starts[1:], len(order)) - 1]]
        a, b = _within_reach(bodies, last, np.sort(first))
        found, _ = _matched(a, b, bodies.apart(a, b, velocity, onward), len(bodies))
        follows = found[first] >= 0
        if not follows.any():
            break
        chain = np.full(len(bodies), -1)
        chain[last] = np.arange(len(last))
        joined = number[order[starts]][_numbered(np.where(follows, chain[found[first]], -1))]
        number = number.copy()
        number[order] = np.repeat(joined, np.diff(np.append(starts, len(order))))
    return number


def _filled(bodies: Bodies, rows: np.ndarray, loose: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Give loose rows the number of a body of rows that was between two of its rows there: on a straight line."""
    number = number.copy()
    order = rows[np.argsort(number[rows], kind="stable")]
    gap = np.diff(bodies.frame[order]) * (np.diff(number[order]) == 0) - 1
    at = np.flatnonzero(gap > 0)
    if not len(at) or not len(loose):
        return number
    slots = np.repeat(at, gap[at])  # one for each frame between
    step = _within(gap[at]) + 1
    start, end = order[slots], order[slots + 1]
    frame = bodies.frame[start] + step
    part = (step / (bodies.frame[end] - bodies.frame[start]))[:, None]
    centre = (1 - part) * bodies.centre[start] + part * bodies.centre[end]
    low, high = (np.searchsorted(bodies.frame[loose], frame, side) for side in ("left", "right"))
    slot, row = np.repeat(np.arange(len(slots)), high - low), loose[np.repeat(low, high - low) + _within(high - low)]
    far = np.linalg.norm(bodies.centre[row] - centre[slot], axis=-1) / bodies.size[start[slot]]
    far[far > REACH] = np.inf
    n = max(len(bodies), len(slots))
    found, _ = _matched(slot, row, far, n)
    taken = np.flatnonzero(found >= 0)
    number[taken] = number[start[found[taken]]]
    return number


def _within_reach(bodies: Bodies, ends: np.ndarray, starts: np.ndarray, most: int = 20):
    """Give pairs of a chain's last row and a later chain's first row, at most BRIDGE frames and most starts later."""
    first = np.searchsorted(bodies.frame[starts], bodies.frame[ends], "right")
    last = np.searchsorted(bodies.frame[starts], bodies.frame[ends] + BRIDGE, "right")
    count = np.minimum(last - first, most)
    return np.repeat(ends, count), starts[np.repeat(first, count) + _within(count)]
