"""Recognise a detector's JSON by what it holds, and read it. (Files that are no JSON: any_file.py knows them.)

A file is an array of frames or people, an object with members, or a JSON value a line. What a frame or a person may
look like stands in json_people.py and json_points.py; here is what the whole of a file may look like. Large files
stream: an array's elements, an object's members and COCO's lists are read one by one.
To add a format: mostly a key in json_people.py is enough. Else write a reader of a member like those in MEMBERS: it
passes the elements to each, which names the place of an error, calls reading.person for each person, and returns True.
Add an example to tests/test_detection_formats.py, a line to docs/formats.md, and new skeletons to
guess_skeleton.BY_COUNT.
"""

import io
import itertools
from collections.abc import Callable

from .coco_format import read_annotations, read_categories, read_images
from .json_frames import NAME_LISTS, TOOLS, FrameList, add_picture, each, read_about
from .json_people import frame_of, frames_of_columns, people_in
from .json_points import is_point
from .json_stream import MAX_VALUE, JsonStream
from .keys import FRAME, IN_3D, MAX_KEY, PEOPLE, PICTURE, POINTS, SCORES, squash
from .reading import Reading
from .rows import MAX_POINTS, shown

_FRAMES = {"frames", "data", "instanceinfo", "sequence", "samples", *POINTS, *PEOPLE} - {"people", "bodies"}
_NESTED = {*_FRAMES, "result", "output"}
_ABOUT = {"metainfo", "metadata", "meta", "info", "video", "videoinfo", "datasetmeta"}
_NO_PICTURE = {*POINTS, *SCORES, *FRAME, *PICTURE, *IN_3D, *NAME_LISTS}


def read_json(reading: Reading, stream: JsonStream, file_name: str) -> None:
    """Read one JSON; file_name names the frame if it is a single one. Raises ValueError naming file and place."""
    if reading.openpose and _read_whole_openpose(reading, stream, file_name):
        return
    if stream.peek() == '"':  # all of it is a text that holds the JSON
        inner = io.BytesIO(str(stream.value()).encode("utf-8", "replace"))
        stream.end()
        stream = JsonStream(inner, stream.name)
    opening, lines = stream.expect("[{"), stream.has_lines()
    if opening == "[" or lines:
        frames = FrameList(reading, file_name)
        each(stream, stream.lines() if lines else stream.elements(), "line" if lines else "entry", frames.add)
        each(stream, [None], "person", lambda _: frames.finish())
    else:
        members = _Members(reading, stream, file_name).read()
        if not members.found:
            _read_single_frame(reading, stream, file_name, members.rest, members.keys)
    stream.end()


class _Members:
    """An object's members, read one by one. outermost: whether it is the whole file.

    found: whether there were people, or the word that nobody is there. rest: short members that were neither.
    """

    def __init__(self, reading: Reading, stream: JsonStream, file_name: str, outermost: bool = True):
        self.reading, self.stream, self.file_name, self.outermost = reading, stream, file_name, outermost
        self.found, self.rest, self.keys = False, {}, []
        self._room, self._start = MAX_VALUE, 0  # characters that may be kept, and where the member begins

    def read(self) -> "_Members":
        """Read all members."""
        for key in self.stream.members():
            self.keys, self._start = [*self.keys[:4], key[:40]], self.stream.passed
            opening, short = self.stream.peek(), squash(key)
            if opening == "[" and key in MEMBERS:
                self.found = MEMBERS[key](self.reading, self.stream, self.file_name) or self.found
            elif opening == "[" and (short in _FRAMES or _is_video(key)):
                self._add_frames(short, self.stream.elements())
            elif opening == "{" and self.outermost and (short in _NESTED or _is_video(key)):
                inner = _Members(self.reading, self.stream, self.file_name, outermost=False).read()
                self.found = self.found or inner.found
                self._keep(key, inner.rest)
            elif opening == "[":
                self._read_list(key, short)
            else:
                self._read_value(key, short, self.stream.value())
        read_about(self.reading, self.rest)
        return self

    def _add_frames(self, short: str, elements) -> None:
        frames = FrameList(self.reading, self.file_name)
        each(self.stream, elements, "person" if short in PEOPLE else "frame", frames.add)
        if frames.points:
            self._keep(short, frames.points)
        self.found = self.found or not frames.points

    def _read_list(self, key: str, short: str) -> None:
        """Read a list under any key: frames that say their numbers, the people of a picture, or another list."""
        elements = self.stream.elements()
        first = next(elements, None)
        if type(first) is dict and each(self.stream, [first], f"entry of {key[:40]!r}", _is_frame).pop():
            self._add_frames(short, itertools.chain([first], elements))
            return
        value = [first]
        for element in elements:
            if self.stream.passed - self._start <= MAX_VALUE:
                value.append(element)
            else:
                value.clear()
        if value and value != [None]:
            self._read_value(key, short, value)

    def _read_value(self, key: str, short: str, value) -> None:
        if _is_picture(self.reading, self.stream, key, short, value):
            self.found = True
        elif short in _ABOUT and type(value) is dict:
            read_about(self.reading, value)
        else:
            self._keep(key, value)

    def _keep(self, key: str, value) -> None:
        self._room -= self.stream.passed - self._start
        if self._room > 0 and len(self.rest) < MAX_POINTS and value != {}:
            self.rest[key[:MAX_KEY]] = value


def _is_frame(value: dict) -> bool:
    """Whether an object holds people and says their frame. Raises ValueError where either can't be read."""
    return people_in(value) is not None and bool(frame_of(value)[0])


def _is_video(key: str) -> bool:
    return key.lower().endswith((".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v"))


def _is_picture(reading: Reading, stream: JsonStream, key: str, short: str, value) -> bool:
    """Read a member if it is the people of a picture, named by its key, and say whether it is."""
    if type(value) not in (dict, list) or not value or short in _NO_PICTURE or reading.files > 1 or is_point(value):
        return False
    numbered = any(character.isdigit() for character in key)
    if type(value) is list and not numbered:
        return False
    try:
        people = people_in(value)
    except ValueError as error:
        raise stream.error(f"picture {key[:40]!r}: {error}") from None
    if people is None or not numbered and all(person.points is value for person in people) and people:
        return False
    add_picture(reading, stream, key, value, people)
    return True


def _read_single_frame(reading: Reading, stream: JsonStream, file_name: str, rest: dict, keys: list[str]) -> None:
    """Read an object that is one frame or one person. Raises ValueError if it is neither."""
    try:
        people = people_in(rest)
        columns = frames_of_columns(rest) if people is None and reading.files == 1 else []
    except ValueError as error:
        raise stream.error(str(error)) from None
    if columns:
        frames = FrameList(reading, file_name)
        each(stream, columns, "frame", frames.add)
        return
    if people is None:
        got = "an object with " + ", ".join(map(repr, keys)) if keys else "an empty object"
        raise stream.error(
            f"expected keypoints of {TOOLS}, got {got}; export one of these, or put keypoints and confidence into an "
            ".npz"
        )
    add_picture(reading, stream, file_name, rest, people)


def _read_openpose(reading: Reading, stream: JsonStream, file_name: str) -> bool:
    """Read one frame of OpenPose, or of AlphaPose's CMU-Pose form.

    {"people": [{pose_keypoints_2d, person_id?}, ...]} ("pose_keypoints" in old files), or {"bodies": [{joints}, ...]}.
    """
    reading.openpose = True
    _add_openpose(reading, stream, file_name, stream.elements())
    return True


def _add_openpose(reading: Reading, stream: JsonStream, file_name: str, entries) -> None:
    """Add the people of one frame of OpenPose."""
    picture = each(stream, [file_name], "picture", reading.pictures.add).pop()

    def add(entry) -> None:
        people = people_in(entry)
        if people is None or entry is None:
            raise ValueError(f"expected an object with pose_keypoints_2d (OpenPose), got {shown(entry)}")
        for person in people:
            reading.person(person, picture)

    each(stream, entries, "person", add)


def _read_whole_openpose(reading: Reading, stream: JsonStream, file_name: str) -> bool:
    """Read a short file that has OpenPose's version and people, and nothing else; else leave it and give False.

    A folder holds one such file a frame: parsed at once it takes a third less time than piece by piece.
    """
    value = stream.whole(('"version"', '"people"'))
    if type(value) is not dict or value.keys() != {"version", "people"} or type(value["people"]) is not list:
        return False
    stream.skip_all()
    _add_openpose(reading, stream, file_name, value["people"])
    return True


MEMBERS: dict[str, Callable[[Reading, JsonStream, str], bool]] = {
    "people": _read_openpose, "bodies": _read_openpose, "annotations": read_annotations, "images": read_images,
    "categories": read_categories,
}  # fmt: skip
"""Readers of the lists under these keys; they return True where the list is of people, even an empty one."""
