"""BlazePose: find up to four people's 33 points, and follow each from picture to picture.

    detect = BlazePose()                    # fetches its networks on first use
    people = detect(picture)                # .points (n, 33, 2) pixels, .confidence (n, 33), .number (n,)

The detection network looks at the whole picture where nobody is followed, where somebody was lost, and else in every
fifth picture, for who came in. Small people it only finds in parts of the picture: it looks at all parts of the first
picture, and then at one every fifth picture. A landmark network looks at each person's region, which it says for the
next picture.

There are two landmark networks. The larger one takes 40 ms a look, the smaller one 9; with the larger one's points the
lifted bodies of the real recording err 4 mm less. It looks at one person: the one who is asked for, else a large one.
"""

import numpy as np

from ..._files import sha256
from . import boxes, fetch, landmarks, networks
from .followed import MOST, REMEMBERED, Seen, Track, is_same_body, is_within, number_of, without_doubles
from .looks import look_of
from .people import People
from .region import MARGIN, Region

EVERY = 5
"""Pictures from one look at the whole picture to the next, while nobody is lost; so often also at one part of it."""
SURE_BOX, SURE = 0.4, 0.99
"""How sure both networks are of a small person; of things that look like one they are less sure."""
LARGE = 0.8
"""Of those whose regions' sides are at least this part of the largest, the larger network looks at the first found."""


class BlazePose:
    """Find people's 33 points (skeleton.BLAZEPOSE_33) in pictures that follow each other.

    folder: where the networks are, or come to; None: the download folder. follow=False: the pictures don't follow each
    other, so each is searched by itself, and nobody is numbered. person: the number of the person at whom the larger
    landmark network looks; None: a large person of each picture. Where it can't be fetched, the smaller one looks at
    all, and a sentence says so. Raises ValueError if the other networks can't be fetched or LiteRT is missing.
    """

    def __init__(self, folder=None, follow: bool = True, person: int | None = None):
        networks.require_litert()
        files, larger = fetch.fetch_networks(folder), fetch.fetch_larger(folder)
        files |= {fetch.LARGER: larger} if larger else {}
        self.weights = {name: sha256(path) for name, path in files.items()}
        self._boxes = networks.Network(files[fetch.DETECTION])
        self._smaller = networks.Network(files[fetch.LANDMARKS], landmarks.OUTPUTS)
        self._larger = networks.Network(larger, landmarks.OUTPUTS) if larger else self._smaller
        self._follow, self._person, self.settings = follow, person, {"follow": follow, "person": person}
        self._forget()

    def _forget(self) -> None:
        self._tracks: list[Track] = []
        self._count, self._unused = 0, 1

    def __call__(self, picture: np.ndarray) -> People:
        """Find people in an RGB picture (height, width, 3), uint8; the one after that of the last call."""
        if not self._follow:
            self._forget()
        followed = [track for track in self._tracks if not track.lost]
        chosen = self._chosen({track.number: track.region for track in followed})
        looks = [self._look(picture, track.region, track.number == chosen) for track in followed]
        seen = without_doubles(followed, looks)
        found = {track.number: one for track, one in zip(followed, seen, strict=True) if one is not None}
        for place in self._places(picture, len(found) < max(len(followed), 1)):
            self._add_new(picture, place, found)
        now = self._chosen({number: one.region for number, one in found.items()})
        if self._larger is not self._smaller and now is not None and now != chosen:
            found[now] = self._look(picture, found[now].region, large=True) or found[now]
        self._count += 1
        self._tracks = _after([track.after(found.get(track.number)) for track in self._tracks], found)
        people = [found[number] for number in sorted(found)]
        points, sure = ([getattr(one, name) for one in people] for name in ("points", "confidence"))
        numbers = np.array(sorted(found), int) if self._follow else None
        return People(np.reshape(points, (-1, 33, 2)), np.reshape(sure, (-1, 33)), numbers)

    def _chosen(self, regions: dict[int, Region]) -> int | None:
        """Give at whom the larger network looks: the person asked for, if there, else a large one; None if nobody."""
        if self._person in regions:
            return self._person
        most = max((region.side for region in regions.values()), default=0.0)
        return min((number for number in regions if regions[number].side >= LARGE * most), default=None)

    def _places(self, picture: np.ndarray, missed: bool) -> list[Region]:
        """Give where to look for who is not followed: the whole picture, and parts of it for small people."""
        size = picture.shape[1], picture.shape[0]
        turn, rest = divmod(self._count, EVERY)
        whole = [Region.whole(*size)] if missed or rest == 0 else []
        parts = Region.parts(*size)
        if self._count == 0:
            return whole + parts
        return whole + ([parts[turn % len(parts)]] if rest == EVERY // 2 else [])

    def _add_new(self, picture: np.ndarray, place: Region, found: dict[int, Seen]) -> None:
        """Look at a place in the picture, and add to found whoever is not in it yet, with a number."""
        raw, logits = self._boxes(place.cut(picture, boxes.SIDE) / np.float32(127.5) - np.float32(1))
        for box in boxes.merge(*boxes.decode(raw, logits[:, 0])):
            if len(found) == MOST:
                return
            region = Region.around(place.to_picture(box.hips), place.to_picture(box.top))
            if any(region.meets(one.region) for one in found.values()):
                continue
            if place.side < max(picture.shape):
                new = self._small(picture, place, region, found) if box.score >= SURE_BOX else None
            else:
                new = self._look(picture, region)
                if new and any(is_within(new, one) for one in found.values()) and not self._is_sure(picture, new):
                    continue
            if new is None or any(is_same_body(new, one) for one in found.values()):
                continue
            lost = [track for track in self._tracks if track.number not in found]
            number = number_of(new, lost, self._unused)
            self._unused = max(self._unused, number + 1)
            found[number] = new

    def _small(self, picture: np.ndarray, part: Region, region: Region, found: dict[int, Seen]) -> Seen | None:
        """Find a person who is all in a part, surely one, at a second look too, and nobody's limb."""
        new = self._look(picture, region) if region.side <= MARGIN * part.side else None
        if new is None or new.presence < SURE or not part.holds(new.points, picture.shape[1], picture.shape[0]):
            return None
        sure = self._is_sure(picture, new)
        return new if sure and not any(is_within(new, one) for one in found.values()) else None

    def _is_sure(self, picture: np.ndarray, new: Seen) -> bool:
        """Whether the larger network surely finds the same person at a second look."""
        again = self._look(picture, new.region, large=True)
        return again is not None and again.presence >= SURE and is_same_body(again, new)

    def _look(self, picture: np.ndarray, region: Region, large: bool = False) -> Seen | None:
        """Find the person in a region; None if nobody is there. large: by the larger network, where it could be had."""
        if not region.is_sound(picture.shape[1], picture.shape[0]):
            return None
        cut = region.cut(picture, landmarks.SIDE)
        look = self._larger if large else self._smaller
        raw, presence, maps = look(cut / np.float32(255))
        one = landmarks.decode(raw, float(presence[0]), maps)
        if one.presence < landmarks.MIN_PRESENCE:
            return None
        points = region.to_picture(one.places)
        following = Region.around(*points[list(landmarks.NEXT)])
        return Seen(points[: landmarks.POINTS], one.confidence, look_of(cut, one.places), following, one.presence)

    def state(self) -> dict:
        """Give what resume needs to go on after the last picture; json can write it."""
        tracks = [[t.number, vars(t.region), t.look.tolist(), t.lost] for t in self._tracks]
        return {"tracks": tracks, "count": self._count, "unused": self._unused}

    def resume(self, state: dict) -> None:
        """Go on where state was given."""
        self._tracks = [Track(n, Region(**place), np.array(look), lost) for n, place, look, lost in state["tracks"]]
        self._count, self._unused = state["count"], state["unused"]


def _after(tracks: list[Track], found: dict[int, Seen]) -> list[Track]:
    """Give the tracks with those of new people, without those who were lost longest."""
    known = {track.number for track in tracks}
    tracks += [Track(number, one.region, one.look) for number, one in found.items() if number not in known]
    return sorted(tracks, key=lambda track: (track.lost, track.number))[:REMEMBERED]
