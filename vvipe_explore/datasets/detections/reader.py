"""Read keypoints that a detector wrote, in any of the formats that docs/formats.md lists, told by content.

    d = vv.datasets.read_detections("alphapose-results.json")
    one = d.followed()                            # at most one person a frame; d.choice() says who and why
    z = model.embed_keypoints(*one.to_paper_13())

Nothing in a file is trusted: it is read piece by piece (gigabytes need little more memory than what they hold), no
code in it runs, nothing is unpacked to the disk, and whatever is wrong is a ValueError that names file and place.
"""

import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from ..._joint_names import PAPER_13
from .any_file import read_any
from .follow_person import Choice, follow_person
from .frame_numbers import Pictures
from .guess_skeleton import BY_COUNT, name_joints
from .joint_words import LEAST_JOINTS, given_skeleton
from .plausible import mend_places, scale_confidence
from .reading import Reading
from .sources import check_path
from .timeline import timeline_of

__all__ = ["Choice", "Detections", "read_detections"]

_MOST_NAMES = 40


@dataclass(frozen=True)
class Detections:
    """People in pictures, one row each in all fields that are arrays; sorted by frame.

    keypoints (n, k, 2): float32, pixels, x right, y down. confidence (n, k): float32 in [0, 1], 0 = missing (the
    point is then 0, 0). joint_names: the k joints. frame (n,) int, from 0: the number in the picture's name where it
    counts frames (timeline.py), less 1 where the first is 1; else its place in natural order. person (n,) int: the
    track where tracked, else the place within the frame. n_frames: the number of frames, with those in which the file
    says that nobody was seen. score (n,): the person's score in the file, NaN where it has none. image (n,): the
    pictures' names; number (n,): the numbers in them, or None. fps: frames a second, None if unknown. first: the
    number in the file of frame 0. video: whether frames follow each other in time, or are single pictures. source: the
    file or folder, for messages.
    """

    keypoints: np.ndarray
    confidence: np.ndarray
    joint_names: tuple[str, ...]
    frame: np.ndarray
    person: np.ndarray
    n_frames: int
    score: np.ndarray
    tracked: bool = False
    fps: float | None = None
    first: int = 0
    video: bool = True
    source: str = ""
    number: np.ndarray | None = field(default=None, repr=False)
    _picture: np.ndarray | None = field(default=None, repr=False)
    _pictures: Pictures | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.keypoints)

    def __getitem__(self, rows) -> "Detections":
        """Take rows (a mask, a slice or numbers); frames keep their numbers."""
        rows = np.atleast_1d(np.asarray(rows)) if not isinstance(rows, slice) else rows
        names = ("keypoints", "confidence", "frame", "person", "score", "number", "_picture")
        return replace(self, **{name: getattr(self, name)[rows] for name in names if getattr(self, name) is not None})

    @property
    def image(self) -> tuple[str, ...]:
        """The name of each row's picture; "" where the file has none."""
        if self._pictures is None or self._picture is None:
            return ("",) * len(self)
        return self._pictures.names(self._picture)

    def choice(self, track: int | None = None) -> Choice:
        """Choose one person a frame: rows, their track, and why.

        It is the track that is asked for, or the body of the greatest sum of size times confidence over its frames,
        wherever its track's number changes. See follow_person.
        """
        return follow_person(self, track)

    def followed(self, track: int | None = None) -> "Detections":
        """Take the chosen person's rows alone: at most one a frame. See choice."""
        return self[self.choice(track).rows]

    def to_paper_13(self) -> tuple[np.ndarray, np.ndarray]:
        """Give keypoints (n, 13, 2) and confidence (n, 13) of skeleton.PAPER_13, as embed_keypoints takes them.

        A joint that the file does not name, and that can't be made of others, is missing: confidence 0.
        Raises ValueError naming the file if fewer than six of the 13 are there.
        """
        from ... import skeleton

        there = skeleton.derivable(self.joint_names)
        if len(there) < LEAST_JOINTS:
            raise ValueError(self._too_few(there))
        places = [skeleton.PAPER_13.index(joint) for joint in there]
        points, confidence = np.zeros((len(self), 13, 2), np.float32), np.zeros((len(self), 13), np.float32)
        points[:, places] = skeleton.convert(self.keypoints, self.joint_names, there)
        confidence[:, places] = skeleton.convert_confidence(self.confidence, self.joint_names, there)
        return points, confidence

    def _too_few(self, there) -> str:
        """Say that too few of the 13 joints are there, which joints the file has, and the way out."""
        more = len(self.joint_names) - _MOST_NAMES
        has = ", ".join(self.joint_names[:_MOST_NAMES]) + (f", ... ({more} more)" if more > 0 else "")
        where = f"{self.source}: " if self.source else ""
        return (
            f"{where}expected at least {LEAST_JOINTS} of the joints {', '.join(PAPER_13)}, got "
            f"{', '.join(there) or 'none'}; the file's joints are {has}; if they are a person's, say which, in the "
            "file's order: skeleton=[...], on the command line --skeleton FILE, a JSON list of them."
        )


def read_detections(path, skeleton=None, size=None, fps: float | None = None, progress: bool = True) -> Detections:
    """Read a detector's keypoints, one row a person and frame.

    path: a file, or a folder or .zip of one frame a file, of AlphaPose, OpenPose, COCO, MediaPipe, Ultralytics,
    MMPose, MoveNet, DeepLabCut, VideoPose3D, ..., a CSV, or arrays in an .npz or .npy: docs/formats.md lists what is
    read. It is told by its content. From a folder the .json files directly in it are read, else YOLO's labels (.txt).
    skeleton: "body_25", "coco_17", ..., a list of names in the file's order, or a file of one, where the file does not
    say it or names its joints in an unknown way. Where several skeletons have one number of joints, the bodies'
    geometry tells them apart; a name that they contradict is refused, a list of names is not questioned.
    size: the pictures' (width, height) in pixels, where coordinates are parts of it and the file does not say it.
    fps: frames a second, where the file does not say it or is wrong. progress: show a bar for files above 16 MB.

    A null, NaN or infinite number, one beyond a million pixels, or a confidence of 0 or below makes a point missing;
    confidence a little above 1 becomes 1, COCO's visibility 0, 1, 2 becomes 0, 1, 1. A person with no point left is no
    row. Links are followed. What can't be true is mended and warned of: coordinates in 0..1 or -1..1 become pixels,
    a y that runs upwards is turned, confidence in per cent is divided (plausible.py); names and ids become frames only
    where they are close together (timeline.py).
    Raises FileNotFoundError or ValueError, naming file and place; so where coordinates are parts of a picture whose
    size is unknown and the people's proportions show that it is no square.
    """
    path, size, fps = check_path(path), _checked_size(size), _checked_fps(fps)
    given = given_skeleton(skeleton)
    try:
        reading = read_any(path, {len(given)} if given else set(BY_COUNT), progress)
        return _from_reading(str(path), reading, skeleton, given, size, fps)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error}).") from None
    except MemoryError:
        raise ValueError(f"{path} needs more memory than there is; read it in parts.") from None


def _checked_size(size) -> tuple[float, float] | None:
    """Give a picture's (width, height) as numbers. Raises ValueError if they are none, or no size."""
    if size is None:
        return None
    try:
        width, height = (float(side) for side in size)
    except (TypeError, ValueError):
        width = height = 0.0
    if not (1 <= width <= 1e6 and 1 <= height <= 1e6):
        raise ValueError(f"expected size as (width, height) in pixels, such as (1920, 1080), got {size!r}.")
    return width, height


def _checked_fps(fps) -> float | None:
    if fps is not None and (not isinstance(fps, int | float) or not 0 < fps <= 1e6):
        got = f"{fps:g}" if isinstance(fps, int | float) else repr(fps)
        raise ValueError(f"expected fps above 0, got {got}; give frames a second, such as 30.")
    return fps


def _from_reading(name: str, reading: Reading, skeleton, given, size=None, fps=None) -> Detections:
    """Say what the rows of a reading mean: joints, frames, pixels. What is assumed is warned of."""
    rows, about = reading.rows, reading.about
    rows.finish(len(given) if given is not None else 25 if reading.openpose else 17)
    if rows.left_out and not len(rows):
        _nobody(name, rows)
    said = scale_confidence(rows.confidence)
    names = name_joints(name, rows.keypoints, rows.confidence, skeleton, reading.skeletons)
    when, picture, pictures = timeline_of(reading, name)
    if when.videos and reading.files > 1:
        some = ", ".join(repr(video[:60]) for video in when.videos[:3])
        raise ValueError(
            f"{name}: expected the frames of one video, got {len(when.videos)} videos in one folder, which start with "
            f"{some}; put each video's files into a folder of its own."
        )
    sizes = about.sizes_at(picture) if size is None else np.broadcast_to(size, (len(rows), 2))
    try:
        said += mend_places(rows.keypoints, rows.confidence, names, about, sizes, size is not None)
    except ValueError as error:
        raise ValueError(f"{name}: {error}.") from None
    for sentence in (*said, *when.said):
        warnings.warn(f"{name}: {sentence}.", stacklevel=3)
    track, score = np.frombuffer(rows.track, "q"), np.frombuffer(rows.score, "f")
    found = _sorted(rows.keypoints, rows.confidence, names, when.frame, track, score, picture, when.number)
    fps = fps or about.fps or when.fps
    return replace(
        found, n_frames=when.n_frames, fps=fps, first=when.first, video=when.video, source=name, _pictures=pictures
    )


def _nobody(name: str, rows) -> None:
    """Say that no person of a file has a point. Raises ValueError if they have places, all with confidence 0."""
    if rows.unsure:
        raise ValueError(
            f"{name}: the confidences of all {rows.unsure:,} people are 0, which marks a joint as missing; write the "
            "detector's scores, or 1 where there are none."
        )
    warnings.warn(f"{name}: all {rows.left_out:,} people have no joint of confidence above 0.", stacklevel=4)


def _sorted(keypoints, confidence, names, frame, track, score, picture, number) -> Detections:
    """Put rows in order of frame, in place: the arrays may be too large to be held twice."""
    if (np.diff(frame) < 0).any():
        order = np.argsort(frame, kind="stable")
        for joint in range(keypoints.shape[1]):
            keypoints[:, joint] = keypoints[order, joint]
            confidence[:, joint] = confidence[order, joint]
        frame, track, score, picture = frame[order], track[order], score[order], picture[order]
        number = None if number is None else number[order]
    tracked = _is_tracked(frame, track)
    person = track if tracked else _place_within(frame)
    return Detections(keypoints, confidence, names, frame, person, 0, score, tracked, number=number, _picture=picture)


def _is_tracked(frame: np.ndarray, track: np.ndarray) -> bool:
    """Whether every row has a track, and tracks tell people in one frame apart (in nine rows of ten at least)."""
    if not len(track) or track.min() < 0:
        return False
    order = np.lexsort((track, frame))
    twice = (np.diff(frame[order]) == 0) & (np.diff(track[order]) == 0)
    return int(twice.sum()) * 10 <= len(track)


def _place_within(frame: np.ndarray) -> np.ndarray:
    """Number the rows of each frame: 0, 1, 2, ..."""
    starts = np.flatnonzero(np.diff(frame, prepend=-1))
    return np.arange(len(frame)) - np.repeat(starts, np.diff(np.append(starts, len(frame))))
