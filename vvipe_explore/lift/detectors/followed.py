"""Number people from picture to picture: who is who among those that were found."""

from dataclasses import dataclass, replace

import numpy as np

from .looks import ALIKE, differ
from .region import Region

SAME_BODY = 0.1
"""Two people whose points lie less than this part of their region's side apart, in the mean, are one."""
MOST = 4
SLOW = 0.1
"""The part of a new look that a person's look takes on in each picture."""
SOON, REACH = 30, 1.0
"""A person lost for fewer pictures than SOON comes back within REACH of the region's sides."""
REMEMBERED = 20


@dataclass(frozen=True)
class Seen:
    """A person found in a picture: points (33, 2) in pixels, confidence (33,), look, and region for the next one.

    presence: how sure the network is that somebody is there, in [0, 1].
    """

    points: np.ndarray
    confidence: np.ndarray
    look: np.ndarray
    region: Region
    presence: float = 1.0


@dataclass(frozen=True)
class Track:
    """A person with a number: where to look in the next picture, what they look like, pictures since they were lost."""

    number: int
    region: Region
    look: np.ndarray
    lost: int = 0

    def after(self, seen: Seen | None) -> "Track":
        """Give the track after one more picture, in which the person was seen or not."""
        if seen is None:
            return replace(self, lost=self.lost + 1)
        return Track(self.number, seen.region, self.look + SLOW * (seen.look - self.look))


def is_same_body(a: Seen, b: Seen) -> bool:
    """Whether two that were found are one person."""
    apart = np.linalg.norm(a.points - b.points, axis=1).mean()
    return bool(apart < SAME_BODY * max(a.region.side, b.region.side))


def is_within(a: Seen, b: Seen) -> bool:
    """Whether half of a's points or more lie in the box around b's: what looks like a person may be b's limb."""
    low, high = b.points.min(0), b.points.max(0)
    return bool(((a.points >= low) & (a.points <= high)).all(1).mean() >= 0.5)


def without_doubles(tracks: list[Track], seen: list[Seen | None]) -> list[Seen | None]:
    """Leave one of two tracks that found one body: the one whose look fits, or the older one if both do."""
    kept = list(seen)
    for j, b in enumerate(seen):
        for i, a in enumerate(seen[:j]):
            if kept[i] is None or kept[j] is None or a is None or b is None or not is_same_body(a, b):
                continue
            alike = differ(tracks[i].look, tracks[j].look) < ALIKE
            first = alike or differ(tracks[i].look, a.look) <= differ(tracks[j].look, b.look)
            kept[j if first else i] = None
    return kept


def number_of(new: Seen, lost: list[Track], unused: int) -> int:
    """Give who was found anew a number: that of the lost person most alike, if there is one, else an unused one."""

    def may_be(track: Track) -> bool:
        far = np.hypot(new.region.x - track.region.x, new.region.y - track.region.y)
        near = track.lost >= SOON or far < REACH * track.region.side
        return bool(near and differ(new.look, track.look) < ALIKE)

    back = [track for track in lost if may_be(track)]
    return min(back, key=lambda track: differ(new.look, track.look)).number if back else unused
