"""Recognise a detector's JSON by what it holds, and read it. (Files that are no JSON: any_file.py knows them.)

A file is an array of frames or people, an object with members, or a JSON value a line. What a frame or a person may
look like stands in json_people.py and json_points.py; here is what the whole of a file may look like. Large files
stream: an array's elements, an object's members and COCO's lists are read one by one.
To add a format: mostly a key in json_people.py is enough. Else write a reader of a member like those in MEMBERS: it
passes the elements to each, which names the place of an error, calls reading.person for each person, and returns True.
Add an example to tests/test_detection_formats.py, a line to docs/formats.md, and new skeletons to
guess_skeleton.BY_COUNT.
"""

from collections.abc import Callable

from .coco_format import read_annotations, read_categories, read_images
from .json_frames import NAME_LISTS, TOOLS, FrameList, add_picture, each, read_about
from .json_people import people_in
from .json_points import is_point
from .json_stream import MAX_VALUE, JsonStream
from .keys import FRAME, IN_3D, PEOPLE, PICTURE, POINTS, SCORES, squash
from .reading import Reading
from .rows import shown

_FRAMES = {"frames", "data", "instanceinfo", "sequence", "samples", *POINTS, *PEOPLE} - {"people", "bodies"}
_WRAPPERS = {"data", "frames", "result", "results", "output", "predictions"}
_ABOUT = {"metainfo", "metadata", "meta", "info", "video", "videoinfo", "datasetmeta"}
_NO_PICTURE = {*POINTS, *SCORES, *FRAME, *PICTURE, *IN_3D, *NAME_LISTS}


def read_json(reading: Reading, stream: JsonStream, file_name: str) -> None:
    """Read one JSON; file_name names the frame if it is a single one. Raises ValueError naming file and place."""
    opening, lines = stream.expect("[{"), stream.has_lines()
    if opening == "[" or lines:
        frames = FrameList(reading, file_name)
        each(stream, stream.lines() if lines else stream.elements(), "line" if lines else "entry", frames.add)
        each(stream, [None], "person", lambda _: frames.finish())
    else:
        _read_members(reading, stream, file_name)
    stream.end()


def _read_members(reading: Reading, stream: JsonStream, file_name: str, outermost: bool = True) -> bool:
    """Read an object's members. Returns whether there were people, or the word that nobody is there."""
    found, keys, rest, room = False, [], {}, MAX_VALUE
    for key in stream.members():
        opening, start, short = stream.peek(), stream.passed, squash(key)
        keys = [*keys[:4], key[:40]]
        if opening == "[" and key in MEMBERS:
            found = MEMBERS[key](reading, stream, file_name) or found
        elif opening == "[" and short in _FRAMES:
            frames = FrameList(reading, file_name)
            each(stream, stream.elements(), "person" if short in PEOPLE else "frame", frames.add)
            rest |= {short: frames.points} if frames.points else {}
            found = found or not frames.points
        elif opening == "{" and short in _WRAPPERS and outermost:
            found = _read_members(reading, stream, file_name, outermost=False) or found
        else:
            value = stream.value_if_short()
            room -= stream.passed - start
            if _is_picture(reading, stream, key, short, value):
                found = True
            elif short in _ABOUT and type(value) is dict:
                read_about(reading, value)
            elif room > 0 and len(rest) < 64:
                rest[key[:60]] = value
    read_about(reading, rest)
    if not found and outermost:
        _read_single_frame(reading, stream, file_name, rest, keys)
    return found


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
    except ValueError as error:
        raise stream.error(str(error)) from None
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
    picture = each(stream, [file_name], "picture", reading.pictures.add).pop()

    def add(entry) -> None:
        people = people_in(entry)
        if people is None or entry is None:
            raise ValueError(f"expected an object with pose_keypoints_2d (OpenPose), got {shown(entry)}")
        for person in people:
            reading.person(person, picture)

    each(stream, stream.elements(), "person", add)
    return True


MEMBERS: dict[str, Callable[[Reading, JsonStream, str], bool]] = {
    "people": _read_openpose, "bodies": _read_openpose, "annotations": read_annotations, "images": read_images,
    "categories": read_categories,
}  # fmt: skip
"""Readers of the lists under these keys; they return True where the list is of people, even an empty one."""
