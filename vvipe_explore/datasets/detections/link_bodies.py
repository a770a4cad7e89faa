"""Link the rows of one body from frame to frame: by where its joints are and where they were moving to.

A detector's track is a hint: where two tracks trade their numbers, or one gets a new number, the body goes on.
All rows are linked at once, in a few passes: velocities come from the links of the pass before.
"""

import numpy as np

REACH, LONG, OTHER_TRACK = 2.0, 16, 0.3
"""A body's centre gets REACH of its sizes far in a frame, and farther by the root of the frames, up to LONG of them.
A row of another track counts as OTHER_TRACK sizes farther."""
PASSES, AHEAD = 3, 5
"""How often velocities are taken anew; a velocity holds for at most so many frames."""
BRIDGE = 60
"""Frames without the body over which links still look for it."""


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

    def apart(self, a: np.ndarray, b: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        """Give how far rows b are from where rows a move to (m,), in sizes of the body; inf beyond REACH.

        velocity (n, 2): of each row, pixels a frame.
        """
        far = np.empty(len(a))
        for start in range(0, len(a), 2**15):
            part = slice(start, start + 2**15)
            far[part] = self._apart(a[part], b[part], velocity)
        return far

    def _apart(self, a: np.ndarray, b: np.ndarray, velocity: np.ndarray) -> np.ndarray:
        gap = self.frame[b] - self.frame[a]
        size = (self.size[a] + self.size[b]) / 2
        moved = velocity[a] * np.minimum(gap, AHEAD)[:, None]
        both = self.seen[a] & self.seen[b]
        joints = np.linalg.norm(self.points[b] - self.points[a] - moved[:, None], axis=-1)
        centre = np.linalg.norm(self.centre[b] - self.centre[a] - moved, axis=-1)
        count = both.sum(axis=1)
        far = np.where(count > 2, (joints * both).sum(axis=1) / np.maximum(count, 1), centre) / size
        far += np.abs(np.log(self.size[b] / self.size[a]))
        same = (self.track[a] == self.track[b]) & (self.track[a] >= 0)
        far[~same & (self.track[a] >= 0)] += OTHER_TRACK
        jump = np.linalg.norm(self.centre[b] - self.centre[a], axis=-1) / (size * np.sqrt(np.minimum(gap, LONG)))
        far[(jump > REACH) & ~same] = np.inf
        return far


def link(bodies: Bodies) -> np.ndarray:
    """Give each row's body a number (n,): rows of one number are one body, at most one a frame."""
    a, b = _neighbours(bodies.frame)
    velocity = np.zeros((len(bodies), 2))
    before = np.full(len(bodies), -1)
    for _ in range(PASSES if len(a) else 0):
        before = _matched(a, b, bodies.apart(a, b, velocity), len(bodies))
        if max(np.bincount(a).max(), np.bincount(b).max()) < 2:
            break  # one person a frame: no velocity is needed
        velocity = _velocity(bodies, before)
    return _bridged(bodies, before, velocity)


def _neighbours(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give all pairs of a row and a row of the next frame that has any: (m,), (m,)."""
    starts = np.flatnonzero(np.diff(frame, prepend=frame[:1] - 1))
    counts = np.diff(np.append(starts, len(frame)))
    following = np.repeat(np.append(counts[1:], 0), counts)
    first = np.repeat(np.append(starts[1:], 0), counts)
    a = np.repeat(np.arange(len(frame)), following)
    within = np.arange(len(a)) - np.repeat(np.cumsum(following) - following, following)
    return a, first[a] + within


def _matched(a: np.ndarray, b: np.ndarray, far: np.ndarray, n: int, rounds: int = 3) -> np.ndarray:
    """Match pairs that are each other's nearest, again among what is left; give each row's partner before it, or -1."""
    before, taken = np.full(n, -1), np.zeros(n, bool)
    for _ in range(rounds):
        free = np.isfinite(far) & ~taken[a] & (before[b] < 0)
        a, b, far = a[free], b[free], far[free]
        if not len(a):
            break
        order = np.lexsort((far, a))
        best_of_a = order[np.diff(a[order], prepend=-1) != 0]
        order = np.lexsort((far, b))
        best_of_b = order[np.diff(b[order], prepend=-1) != 0]
        both = np.intersect1d(best_of_a, best_of_b, assume_unique=True)
        before[b[both]], taken[a[both]] = a[both], True
    return before


def _velocity(bodies: Bodies, before: np.ndarray) -> np.ndarray:
    """Give each row's velocity (n, 2), pixels a frame: the mean of its last three steps; 0 where it has none."""
    linked = before >= 0
    step = np.zeros((len(bodies), 2))
    gap = bodies.frame[linked] - bodies.frame[before[linked]]
    step[linked] = (bodies.centre[linked] - bodies.centre[before[linked]]) / gap[:, None]
    total, count, row = step.copy(), linked.astype(float), before.copy()
    for _ in range(2):
        more = (row >= 0) & linked[np.maximum(row, 0)]
        total[more] += step[row[more]]
        count[more] += 1
        row = np.where(more, before[np.maximum(row, 0)], -1)
    return total / np.maximum(count, 1)[:, None]


def _bridged(bodies: Bodies, before: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Number the chains of linked rows, and join chains over frames in which the body was not found."""
    n = len(bodies)
    after = np.full(n, -1)
    after[before[before >= 0]] = np.flatnonzero(before >= 0)
    for _ in range(3):
        ends, starts = np.flatnonzero(after < 0), np.flatnonzero(before < 0)
        a, b = _within_reach(bodies, ends, starts)
        if not len(a):
            break
        found = _matched(a, b, bodies.apart(a, b, velocity), n)
        joined = np.flatnonzero(found >= 0)
        if not len(joined):
            break
        before[joined], after[found[joined]] = found[joined], joined
    number = np.where(before < 0, np.arange(n), before)
    while True:  # each row points to the one before: double the step until all point to the first
        farther = number[number]
        if (farther == number).all():
            return number
        number = farther


def _within_reach(bodies: Bodies, ends: np.ndarray, starts: np.ndarray, most: int = 20):
    """Give pairs of a chain's last row and a later chain's first row, at most BRIDGE frames and most starts later."""
    first = np.searchsorted(bodies.frame[starts], bodies.frame[ends], "right")
    last = np.searchsorted(bodies.frame[starts], bodies.frame[ends] + BRIDGE, "right")
    count = np.minimum(last - first, most)
    a = np.repeat(ends, count)
    within = np.arange(len(a)) - np.repeat(np.cumsum(count) - count, count)
    return a, starts[np.repeat(first, count) + within]
