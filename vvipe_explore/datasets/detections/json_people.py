"""Find the people of one frame in a JSON value, whatever the tool calls them, and the frame they stand in.

Keys are compared in small letters without _ and -. What lies in 3D beside the 2D keypoints is left alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .joint_words import LEAST_JOINTS, joint_names, known_of_13
from .json_points import are_columns, are_points, is_point
from .keys import FRAME, IN_3D, PEOPLE, PICTURE, POINTS, SCORE, SCORES, TIME, TOOLS, TRACK, squash
from .rows import shown
from .table_columns import columns_of

_ALWAYS = ("posekeypoints2d", "posekeypoints", "keypoints")
_DEEPEST = 6
_columns_of = lru_cache(64)(columns_of)


@dataclass
class Person:
    """A person as the file has them: points and scores in any shape, and what is said of them."""

    points: Any
    scores: Any = None
    track: Any = None
    score: Any = None
    tool: str = ""
    numbered: bool = False  # whether track is the number of a key, which may be a frame's too


def people_in(value, deep: int = 0) -> list[Person] | None:
    """Give the people of one frame's value, none where it says that nobody is there; None if it is no such value.

    Raises ValueError if only bodies in 3D are there.
    """
    if value is None or value == []:
        return []
    if deep > _DEEPEST:
        return None
    if type(value) is list:
        if not deep and _is_movenet(value):
            return [Person([[x, y, sure] for y, x, sure in value[0][0]])]
        return [Person(value)] if are_points(value) else _joined(value, deep)
    return _in_object(value, deep) if type(value) is dict else None


def _is_movenet(value: list) -> bool:
    """Whether a frame has the shape (1, 1, 17, 3) in which MoveNet gives y, x, score in TensorFlow."""
    inner = value[0] if len(value) == 1 else None
    points = inner[0] if type(inner) is list and len(inner) == 1 else None
    return type(points) is list and len(points) == 17 and all(is_point(point) and len(point) == 3 for point in points)


def _joined(values, deep: int) -> list[Person] | None:
    people: list[Person] = []
    for value in values:
        found = people_in(value, deep + 1)
        if found is None:
            return None
        people += found
    return people


def _in_object(value: dict, deep: int) -> list[Person] | None:
    keys = {squash(key): key for key in value}
    if {"candidate", "subset"} <= keys.keys():
        return _of_candidates(value[keys["candidate"]], value[keys["subset"]])
    for short in POINTS:
        if short in keys:
            found = _of_points(value, keys, short, deep)
            if found is not None:
                return found
    for short in PEOPLE:
        if short in keys and type(value[keys[short]]) in (list, dict, type(None)):
            found = people_in(value[keys[short]], deep + 1)
            if found is not None:
                return found
    if any(short in keys for short in IN_3D):
        raise ValueError(
            "expected 2D keypoints, got only ones in 3D (world landmarks); export the 2D ones beside or instead of them"
        )
    if are_columns(value):
        return [_person(value, keys, value, None, "")]
    points = {key: point for key, point in value.items() if is_point(point)} or _of_record(value)
    if _are_joints(points):
        return [_person(value, keys, points, None, "")]
    return _by_number(value, deep) if value and all(map(str.isdecimal, value)) else None


def _of_candidates(points, people) -> list[Person] | None:
    """Give the people of DWPose: points of all people, and a row a person of their places there, -1 where missing."""
    if type(points) is not list or type(people) is not list or not all(map(is_point, points)):
        return None
    found = []
    for row in people:
        if type(row) is not list or len(row) < 18 or not all(type(at) in (int, float) for at in row[:18]):
            return None
        there = [0 <= at < len(points) for at in row[:18]]
        found.append(Person([points[int(at)][:2] if ok else None for at, ok in zip(row, there, strict=False)]))
    return found


def _by_number(value: dict, deep: int) -> list[Person] | None:
    """Give the people of an object whose keys are their numbers; None if one of them is no single person."""
    people: list[Person] = []
    for key, each in value.items():
        found = people_in(each, deep + 1)
        if found is None or len(found) > 1 or len(key) > 15:
            return None
        for person in found:
            person.track, person.numbered = int(key), True
        people += found
    return people


def frames_of_columns(value) -> list[dict]:
    """Give the frames of an object of lists, such as {nose: [[x, y], ...], ...} or {nose_x: [...], ...}; else none."""
    lists = {key: each for key, each in value.items() if type(each) is list and len(each) > 1}
    if len(lists) < LEAST_JOINTS or len(set(map(len, lists.values()))) > 1:
        return []
    frames = [dict(zip(lists, each, strict=True)) for each in zip(*lists.values(), strict=True)]
    return frames if len(people_in(frames[0]) or ()) == 1 else []


def _of_record(value: dict) -> dict:
    """Give the points of a table's row, {nose_x: ..., nose_y: ..., ...}, by the joints' names; else none."""
    if len(value) < 2 * LEAST_JOINTS or sum(map(len, value)) > 2**15:
        return {}
    joints = _columns_of(tuple(value)).joints
    cells = list(value.values())
    points = {
        str(joint): [cells[place[key]] for key in ("x", "y", "sure") if key in place]
        for joint, place in joints.items()
    }  # fmt: skip
    return {joint: point for joint, point in points.items() if is_point(point)}


def _are_joints(points: dict) -> bool:
    """Whether the keys of points are numbers from 0 on, or joints' names."""
    if len(points) < LEAST_JOINTS:
        return False
    named = len(known_of_13(joint_names(list(points)))) >= LEAST_JOINTS
    return named or all(str(i) in points for i in range(len(points)))


def _of_points(value: dict, keys: dict, short: str, deep: int) -> list[Person] | None:
    """Give who has the points under a key: one person, or several in a list; None if they are no points."""
    points = value[keys[short]]
    if points is None or points == [] or points == {}:
        return []
    scores: Any = next((value[keys[key]] for key in SCORES if key in keys), None)
    if type(points) in (list, dict) and are_points(points):
        return [_person(value, keys, points, scores, short)]
    several = type(points) is list and type(scores) is list and len(scores) == len(points)
    if several and all(type(each) is list and are_points(each) for each in points):
        return [_person(value, keys, each, s, short) for each, s in zip(points, scores, strict=True)]
    nested = type(points) is dict or type(points) is list and any(type(each) in (list, dict) for each in points)
    found = people_in(points, deep + 1) if nested else None
    if found is None and short in _ALWAYS and (type(points) is dict or not nested):
        return [_person(value, keys, points, scores, short)]  # what is wrong with it is said where it is read
    if found is not None and len(found) == 1 and found[0].track is None:
        found[0].track = _person(value, keys, None, None, short).track
    return found


def _person(value: dict, keys: dict, points, scores, short: str) -> Person:
    track = next((value[keys[key]] for key in TRACK if key in keys), None)
    score = next((value[keys[key]] for key in SCORE if key in keys), None)
    tool = next((TOOLS[key] for key in (*SCORES, short) if key in keys and key in TOOLS), "")
    if type(score) is list and [*map(type, score)] not in ([float], [int]):
        score = None  # those of the joints
    return Person(points, scores, track, score, tool)


def frame_of(value) -> tuple[str, Any]:
    """Give what names the frame of an object: ("frame" | "picture" | "time", the value); ("", None) where nothing does.

    A time in milliseconds, by its key, is given in seconds. Raises ValueError if a frame is no number and no name.
    """
    if type(value) is not dict:
        return "", None
    keys = {squash(key): key for key in value}
    for kind, known in (("frame", FRAME), ("picture", PICTURE), ("time", TIME)):
        for short in known:
            named = value.get(keys.get(short, ""))
            if named is None or type(named) in (list, dict):
                continue
            if kind == "time":
                if type(named) not in (int, float) or abs(named) > 1e15:
                    continue
                return kind, named / 1000 if short.endswith("ms") else float(named)
            if kind == "frame" and type(named) is str and named.isdecimal() and len(named) < 16:
                named = int(named)
            if type(named) is bool:
                raise ValueError(f"expected a frame's number or name as {keys[short]}, got {shown(named)}")
            return kind, named
    return "", None


def time_of(value):
    """Give the time that an object tells, in its own unit; None if it tells none."""
    keys = {squash(key): key for key in value}
    return next((value[keys[short]] for short in TIME if short in keys), None)


def size_of(value: dict) -> tuple[Any, Any]:
    """Give the width and height of the picture that an object tells; None where it does not."""
    keys = {squash(key): key for key in value}
    for width, height in (
        ("canvaswidth", "canvasheight"), ("imagewidth", "imageheight"), ("imgwidth", "imgheight"),
        ("width", "height"), ("videowidth", "videoheight"), ("framewidth", "frameheight"),
    ):  # fmt: skip
        if width in keys and height in keys and not (width == "width" and {"x", "left"} & keys.keys()):  # a box
            return value[keys[width]], value[keys[height]]
    for key in ("origshape", "imageshape", "imgshape"):  # numpy's order: height, width
        shape = value.get(keys.get(key, ""))
        if type(shape) is list and len(shape) in (2, 3):
            return shape[1], shape[0]
    return None, None
