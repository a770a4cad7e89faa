"""Recognise a detector's JSON by what it holds, and read it. (Arrays in an .npz: sources.py.)

A file is one array or an object with members. FORMATS, below the readers, is a table of recognisers and readers: a
recogniser gets a member's key (None for the one array) and its value's first character; the first that agrees has its
reader read, so narrow ones stand before wide ones.
To add a format, write a reader like those below: it passes the value's people to _each, which names the place of an
error, calls reading.rows.add([x, y, confidence, x, ...], reading.pictures.add(image_name), track, score) for each, and
returns True. Add it to FORMATS, an example to tests/test_detections.py, and new skeletons to guess_skeleton.BY_COUNT.
"""

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np

from .about import About
from .frame_numbers import Pictures
from .json_stream import JsonStream
from .rows import MAX_POINTS, Rows, shown, to_score, to_track


def read_entries(reading: "Reading", stream: JsonStream, key: None, file_name: str) -> bool:
    """Read AlphaPose's file or COCO's keypoint results: [{image_id, keypoints, score?, idx?}, ...]."""

    def add(entry) -> None:
        _check_keys(entry, {"image_id", "keypoints"}, "AlphaPose, COCO")
        track, score = to_track(entry.get("idx"), "idx"), to_score(entry.get("score"), "score")
        reading.rows.add(entry["keypoints"], reading.pictures.add(entry["image_id"]), track, score)

    _each(stream, stream.elements(), "entry", add)
    return True


def read_frame(reading: "Reading", stream: JsonStream, key: str, file_name: str) -> bool:
    """Read one frame of OpenPose, or of AlphaPose's CMU-Pose form.

    {"people": [{pose_keypoints_2d, person_id?}, ...]} ("pose_keypoints" in old files), or {"bodies": [{joints}, ...]}.
    """
    reading.openpose = True
    _add_people(reading, stream, stream.elements(), file_name, "person")
    return True


def read_picture(reading: "Reading", stream: JsonStream, key: str, file_name: str) -> bool:
    """Read one picture of AlphaPose's OpenPose or CMU-Pose form: {image name: {"people" or "bodies": [...]}, ...}."""
    picture = stream.value()
    people = picture.get("people", picture.get("bodies"))
    if people is None:
        return False
    if type(people) is not list:
        raise stream.error(f"picture {key[:40]!r}: expected a list of people, got {shown(people)}")
    _add_people(reading, stream, people, key, f"picture {key[:40]!r}, person")
    return True


def read_annotations(reading: "Reading", stream: JsonStream, key: str, file_name: str) -> bool:
    """Read COCO's ground truth: {"annotations": [{image_id, keypoints, track_id?}, ...]}, images and categories."""
    reading.rows.counts = None  # any number of joints: the categories name them

    def add(entry) -> bool:
        _check_keys(entry, {"image_id"}, "COCO")
        if "keypoints" in entry and not entry.get("iscrowd"):
            track = to_track(entry.get("track_id"), "track_id")
            reading.rows.add(entry["keypoints"], reading.pictures.add(entry["image_id"]), track)
        return "keypoints" in entry

    if _each(stream, stream.elements(), "annotation", add) == {False}:
        raise stream.error("expected annotations with keypoints, got none; give COCO's person_keypoints_... file")
    return True


def read_images(reading: "Reading", stream: JsonStream, key: str, file_name: str) -> bool:
    """Read COCO's images: {"images": [{id, file_name?}, ...]}."""
    images = reading.images = reading.images or Pictures(reading.max_names)

    def add(image) -> None:
        _check_keys(image, {"id"}, "COCO")
        reading.image_ids.append(reading.pictures.add(image["id"]))
        place = images.add(image.get("file_name", image["id"]), again=True)
        reading.about.add_size(place, image.get("width"), image.get("height"))

    _each(stream, stream.elements(), "image", add)
    return False


def read_categories(reading: "Reading", stream: JsonStream, key: str, file_name: str) -> bool:
    """Read the joint names of COCO's categories: {"categories": [{keypoints: [name, ...]}, ...]}."""
    for category in stream.elements():
        names = category.get("keypoints") if type(category) is dict else None
        if type(names) is list and 0 < len(names) <= MAX_POINTS and all(type(name) is str for name in names):
            reading.skeletons.append([name[:80] for name in names])
    return False


def _add_people(reading: "Reading", stream: JsonStream, people, image: str, where: str) -> None:
    try:
        picture = reading.pictures.add(image)
    except ValueError as error:
        raise stream.error(str(error)) from None

    def add(person) -> None:
        names = ("pose_keypoints_2d", "pose_keypoints", "joints")
        key = next((name for name in names if name in person), None) if type(person) is dict else None
        if key is None:
            raise ValueError(f"expected an object with pose_keypoints_2d (OpenPose), got {shown(person)}")
        reading.rows.add(person[key], picture, to_track(person.get("person_id"), "person_id"))

    _each(stream, people, where, add)


def _each(stream: JsonStream, elements, what: str, add) -> set:
    """Pass each element to add and give all that it returns; an error names the element and the place."""
    returned = set()
    for i, element in enumerate(elements):
        try:
            returned.add(add(element))
        except ValueError as error:
            raise stream.error(f"{what} {i:,} (the first is 0): {error}") from None
    return returned


def _check_keys(entry, keys: set[str], source: str) -> None:
    if type(entry) is not dict or not keys <= entry.keys():
        raise ValueError(f"expected an object with {' and '.join(sorted(keys))} ({source}), got {shown(entry)}")


FORMATS: tuple[tuple[Callable[[Any, str], bool], Callable[..., bool]], ...] = (
    (lambda key, opening: key is None, read_entries),
    (lambda key, opening: key in ("people", "bodies"), read_frame),
    (lambda key, opening: key == "annotations" and opening == "[", read_annotations),
    (lambda key, opening: key == "images" and opening == "[", read_images),
    (lambda key, opening: key == "categories" and opening == "[", read_categories),
    (lambda key, opening: opening == "{" and key not in ("info", "licenses"), read_picture),
)
"""(recogniser, reader); a reader returns True where the value is a list of people, even an empty one."""


class Reading:
    """All that is read of one source: rows, pictures, what it says of itself, COCO's own lists of images and joints.

    counts: the numbers of joints that are accepted. size: the source's, in bytes; a detection has 300 at least.
    """

    def __init__(self, counts, size: int):
        self.max_names = 2**16 + size // 300
        self.rows, self.pictures = Rows(counts), Pictures(self.max_names)
        self.about = About()
        self.images: Pictures | None = None  # COCO's file names
        self.image_ids = array("q")  # the places of COCO's ids in pictures
        self.skeletons: list[list[str]] = []  # COCO's categories
        self.numbered, self.n_numbered = False, 0  # whether rows hold frame numbers, not pictures; and how many frames
        self.openpose = self.others = False  # whether a single frame of OpenPose was read, and whether anything else

    def json(self, stream: JsonStream, file_name: str) -> None:
        """Read one JSON; file_name names the frame if it is a single one. Raises ValueError naming file and place."""
        found, keys = False, []
        for key in (None,) if stream.expect("[{") == "[" else stream.members():
            opening = stream.peek()
            read = next((reader for recognises, reader in FORMATS if recognises(key, opening)), None)
            if read is None:
                stream.skip()
            elif read(self, stream, key, file_name):
                found, self.others = True, self.others or read is not read_frame
            keys = [*keys[:4], key]
        if not found:
            got = ", ".join(repr(key[:40]) for key in keys)
            raise stream.error(
                "expected AlphaPose's list, OpenPose's people or COCO's annotations, got "
                + (f"an object with {got}" if keys else "an empty object")
                + "; export one of these, or pass arrays to embed_keypoints"
            )
        stream.end()

    def frames(self, name: str) -> tuple[np.ndarray, np.ndarray, Pictures | None, int]:
        """Give each row's frame and image (a place in the Pictures that come next), and the number of frames."""
        picture = np.frombuffer(self.rows.picture, "q")
        if self.numbered:
            return picture.copy(), picture, None, self.n_numbered
        if self.images is None:
            frame = self.pictures.frames()
            return frame[picture], picture, self.pictures, int(frame.max(initial=-1)) + 1
        # COCO lists all its images: a frame is an image's place among them
        distinct, _ = self.pictures.distinct()
        image_of = np.full(len(distinct), -1)
        image_of[distinct[np.frombuffer(self.image_ids, "q")]] = np.arange(len(self.image_ids))
        image = image_of[distinct[picture]]
        if (image < 0).any():
            lost = self.pictures.names([picture[np.argmin(image)]])[0]
            raise ValueError(f"{name}: expected each annotation's image_id among the images, got {lost[:40]!r}.")
        frame = self.images.frames(gaps=False)
        return frame[image], image, self.images, int(frame.max(initial=-1)) + 1
