"""Everyone who was found in a video, each with one picture: the page shows who is followed, and who could be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..datasets import Detections
from ..keypoints import believed
from .crop import boxes, cut, fitted
from .drawing import keypoints_on
from .video import jpeg, shrunk

MOST = 40
"""A page shows no more people than this: those seen longest."""
SIDE = 144
"""A picture's longer side, in pixels."""
BLANK = 235
"""The grey behind keypoints without a picture."""


@dataclass(frozen=True)
class Person:
    """Someone with a track.

    frames: in how many they were seen; frame: the one in which they are seen best, with their keypoints (13, 2),
    confidence (13,) and box (4,) in it. followed: whether it is they who are lifted.
    """

    track: int
    frames: int
    frame: int
    keypoints: np.ndarray
    confidence: np.ndarray
    box: np.ndarray
    followed: bool


def everyone(found: Detections, rows: np.ndarray, frame: np.ndarray) -> list[Person]:
    """Give who was found, the longest seen first; nobody where the detections have no tracks.

    rows: those of the chosen person (Choice.rows). frame (n,): each row's frame in the input (video.match_frames).
    """
    if not found.tracked:
        return []
    keypoints, confidence = found.to_paper_13()
    confidence = np.asarray(believed(confidence))
    box = boxes(keypoints, confidence > 0)
    clear = np.nan_to_num(box[:, 2:].max(-1)) * confidence.mean(-1)
    chosen = np.isin(np.arange(len(found)), rows)
    mainly = Counter(found.person[rows].tolist()).most_common(1)
    people = []
    for track in np.unique(found.person):
        theirs = np.flatnonzero(found.person == track)
        best = theirs[clear[theirs].argmax()]
        if clear[best] > 0:
            followed = chosen[theirs].mean() > 0.5 or track == mainly[0][0]
            best_seen = int(frame[best]), keypoints[best], confidence[best], box[best]
            people.append(Person(int(track), len(theirs), *best_seen, bool(followed)))
    people.sort(key=lambda person: (not person.followed, -person.frames))
    return people[:MOST]


class Portraits:
    """Keep a small JPEG of each person: the frame in which they are seen best, around them, with their keypoints.

    add(picture) takes each frame in turn. of(person) gives the JPEG.
    """

    def __init__(self, people: Sequence[Person]):
        self.people, self.count = people, 0
        self._kept: dict[int, bytes] = {}

    def add(self, picture: np.ndarray) -> None:
        """Take the next frame (height, width, 3)."""
        for person in self.people:
            if person.frame == self.count:
                (box,) = fitted(person.box[None], picture.shape[1::-1])
                self._kept[person.track] = _portrait(person, cut(picture, box), box)
        self.count += 1

    def of(self, person: Person) -> bytes:
        """Give a person's JPEG; the keypoints alone where their frame did not come."""
        if person.track not in self._kept:
            width, height = np.maximum(1, SIDE * person.box[2:] / person.box[2:].max()).round().astype(int)
            self._kept[person.track] = _portrait(person, np.full((height, width, 3), BLANK, np.uint8), person.box)
        return self._kept[person.track]


def _portrait(person: Person, picture: np.ndarray, box: np.ndarray) -> bytes:
    """Draw a person's keypoints onto a picture of what is in box."""
    from PIL import Image

    small = Image.fromarray(shrunk(picture, SIDE))
    drawn = keypoints_on(small, person.keypoints - box[:2], person.confidence, small.width / box[2])
    return jpeg(np.asarray(drawn))
