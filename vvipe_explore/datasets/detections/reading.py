"""All that is read of one source of detections, whatever its format: each format's reader fills a Reading."""

from array import array
from collections.abc import Sequence

import numpy as np

from ..._joint_names import PAPER_13, SKELETONS
from .about import About
from .frame_numbers import Pictures
from .joint_words import LEAST_JOINTS, joint_names
from .json_people import Person
from .json_points import points_of
from .rows import MAX_POINTS, Rows, to_score, to_track

USUAL = (13, 14, 15, 16, 17, 18, 19, 23, 25, 26, 28, 33, 133, 135, 136)
"""Numbers of joints that tools write; guess_skeleton.BY_COUNT names them."""
_WHOLE = ("coco_17", "coco_18", "body_25", "halpe_26", "blazepose_33", "mpii_16", "h36m_17")
"""Skeletons that are tried, in this order, where each point has its name and not all points are there."""
_LOOKED_AT = 20_000
_FAR = 0.6
"""Of a person's spread, median: who is nearer to the one before, in a list without frames, is the same person."""


class Reading:
    """All that is read of one source: rows, pictures, what it says of itself, COCO's own lists of images and joints.

    counts: the numbers of joints that are accepted, None for any. size: the source's, in bytes; a detection has 300 at
    least. files: how many files there are; of several, each is one frame.
    """

    def __init__(self, counts, size: int, files: int = 1):
        self.max_names, self.max_frames = 2**16 + size // 300, 2**18 + size // 10
        self.rows, self.pictures = Rows(counts), Pictures(self.max_names)
        self.about, self.files = About(), files
        self.images: Pictures | None = None  # COCO's file names
        self.image_ids = array("q")  # the places of COCO's ids in pictures
        self.skeletons: list[Sequence[str]] = []  # lists of joint names that the file holds
        self.numbered, self.n_numbered = False, 0  # whether rows hold frame numbers, not pictures; and how many frames
        self.openpose = False
        self.loose = 0  # people in a list that says no frame: in one frame each, or all in one
        self.keyed = 0  # people whose number is a key's below a key: of a person in a frame, or of a frame of a person
        self._columns: tuple[str, ...] = ()
        self._places: dict[tuple, list[int]] = {}

    def person(self, person: Person, picture: int) -> None:
        """Add a person in a picture. Raises ValueError."""
        flat, names = points_of(person.points, person.scores, self.rows.counts or USUAL)
        if names is not None:
            flat = self._in_columns(flat, names)
        if person.tool and not self.about.tool:
            self.about.tool = person.tool
            if person.tool == "MediaPipe" and _within_picture(flat):
                self.about.unit = "picture"
        track = person.track
        self.keyed += person.numbered
        named = type(track) is dict or type(track) is str and not (track.isdecimal() and len(track) < 16)
        self.rows.add(flat, picture, -1 if named else to_track(track, "track"), to_score(person.score, "score"))

    def next_frame(self) -> int:
        """Give the place of the next frame of a list that names none. Raises ValueError if a file has too many."""
        if len(self.pictures) >= self.max_frames:
            raise ValueError(f"expected at most {self.max_frames:,} frames in a file of this size, got more")
        return self.pictures.add(len(self.pictures))

    def place_at(self, seconds: float) -> int:
        """Give the place of the picture of a time: the one before, if it has the same time, else a new one."""
        times = self.about.seconds
        if not times or times[-1] != seconds or len(times) != len(self.pictures):
            self.next_frame()
            times.append(seconds)
        return len(self.pictures) - 1

    def _in_columns(self, flat: list, names: tuple) -> list:
        """Put named points into the columns that the first person's names gave; missing ones become 0, 0, 0."""
        if not self._columns:
            self._columns = _columns_for(names)
            if all(type(name) is str for name in names):
                self.skeletons.append(self._columns)
            self.rows.counts = None
        if names not in self._places:
            if len(self._places) > 64:
                self._places.clear()
            ours = joint_names([str(name) for name in names])
            place = {name: i for i, name in enumerate(self._columns)}
            self._places[names] = [place.get(name, -1) for name in ours]
        row = [0] * (3 * len(self._columns))
        for i, place in enumerate(self._places[names]):
            if place >= 0:
                row[3 * place : 3 * place + 3] = flat[3 * i : 3 * i + 3]
        return row

    def finish(self) -> None:
        """Decide whether people in a list without frames stand in one frame each, or all in one."""
        self.rows.flush()
        self.about.finish(len(self.pictures))
        if self.keyed and self.keyed == len(self.rows) + self.rows.left_out and self._are_tracks_of_frames():
            return
        if self.loose < 2 or self.loose != len(self.pictures) or _moves_little(self.rows):
            return
        self.pictures = Pictures(self.max_names)
        self.pictures.add(0)
        self.rows.picture = array("q", bytes(8 * len(self.rows)))

    def _are_tracks_of_frames(self) -> bool:
        """Exchange pictures and tracks if the people of a picture are one person over time, {person: {frame: ...}}."""
        rows, n = self.rows, len(self.rows)
        picture, track = np.frombuffer(rows.picture, "q").copy(), np.frombuffer(rows.track, "q").copy()
        names = self.pictures.names(range(len(self.pictures)))
        if not all(name.isdecimal() and len(name) < 16 for name in names):
            return False
        step, spread = _steps(rows)
        same = np.diff(picture[:_LOOKED_AT]) == 0
        if n < 2 or not same.any() or not np.median(step[same]) < _FAR * max(float(np.median(spread)), 1e-6):
            return False
        tracks, frames = np.array([int(name) for name in names])[picture], Pictures(self.max_names)
        places = [frames.add(frame, again=True) for frame in track.tolist()]
        rows.picture, rows.track = array("q", places), array("q", tracks.tolist())
        self.pictures, self.about.counted = frames, True
        return True


def _within_picture(flat: list) -> bool:
    """Whether x and y are parts of a picture's width and height: none is as large as a pixel's number."""
    numbers = [v for i, v in enumerate(flat) if i % 3 < 2 and type(v) in (int, float)]
    return bool(numbers) and max(map(abs, numbers)) < 4


def _columns_for(names: tuple) -> tuple[str, ...]:
    """Choose the columns for people whose points have names: a known skeleton that has all, else the 13 and the rest.

    Numbers instead of names stand for the places of the smallest usual skeleton. Raises ValueError if fewer than
    LEAST_JOINTS names are known.
    """
    if all(type(name) is int for name in names):
        most = max(names)
        if not 0 <= min(names) <= most < MAX_POINTS:
            raise ValueError(f"expected keypoints numbered below {MAX_POINTS}, got {min(names)} to {most}")
        count = next((count for count in (17, 18, 25, 26, 33, 133, 136) if count > most), most + 1)
        return tuple(str(i) for i in range(count))
    ours = joint_names([str(name) for name in names])
    for word in _WHOLE:
        if set(ours) <= set(SKELETONS[word]):
            return SKELETONS[word]
    if len(set(ours) & set(PAPER_13)) < LEAST_JOINTS:
        raise ValueError(
            f"expected at least {LEAST_JOINTS} of the joints {', '.join(PAPER_13)} by name, got "
            f"{', '.join(map(str, names))[:200]}; rename them in the file"
        )
    return (*PAPER_13, *(name for name in dict.fromkeys(ours) if name not in PAPER_13))[:MAX_POINTS]


def _moves_little(rows: Rows) -> bool:
    """Whether each row lies near the one before, so that they are one person over time."""
    step, spread = _steps(rows)
    return len(rows) > 1 and bool(np.median(step) < _FAR * max(float(np.median(spread)), 1e-6))


def _steps(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Give the way from each row's middle to the next one's (n - 1,), and each row's spread (n,); of the first rows."""
    n = min(len(rows), _LOOKED_AT)
    sure = rows.confidence[:n] > 0
    count = np.maximum(sure.sum(axis=1), 1)[:, None]
    centre = (rows.keypoints[:n] * sure[..., None]).sum(axis=1) / count
    away = np.where(sure[..., None], rows.keypoints[:n] - centre[:, None], 0)
    spread = np.sqrt(np.square(away).sum(axis=(1, 2)) / count[:, 0])
    return np.linalg.norm(np.diff(centre, axis=0), axis=-1), spread
