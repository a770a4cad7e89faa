"""What the columns of a table are: NAME_x, x_NAME, noseX, image/object/part/NOSE_TIP/center/x, x0, 0_x, ...

A column's words are cut apart; the last or the first of them says x, y, z or confidence, the others the joint.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .keys import FRAME, PICTURE, TIME, squash

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_X_THEN_NUMBER = re.compile(r"([xyzvcp])_?([0-9]{1,5})", re.IGNORECASE)
_COORDINATES = {
    "x": "x", "y": "y", "z": "z", "c": "sure", "v": "sure", "p": "sure", "conf": "sure", "confidence": "sure",
    "score": "sure", "scores": "sure", "likelihood": "sure", "visibility": "sure", "vis": "sure", "prob": "sure",
    "probability": "sure", "visible": "sure", "xpx": "x", "ypx": "y",
}  # fmt: skip
_NOISE = {
    "landmark", "landmarks", "keypoint", "keypoints", "kp", "kpt", "joint", "point", "points", "pose", "part", "image",
    "object", "center", "centre", "body", "coord", "px", "pixel", "marker", "pt", "num", "number", "id", "idx", "index",
}  # fmt: skip
_BOX = {"box", "bbox", "boundingbox", "crop", "roi"}
_TRACK = ("trackid", "track", "personid", "person", "individual", "idx", "playerid", "subjectid", "trackingid", "pid")
_VIDEO = (
    "video", "videoname", "videoid", "videofile", "videopath", "clip", "clipname", "clipid", "camera", "cameraname",
    "cameraid", "cam", "camid", "view",
)  # fmt: skip
_SCORE = ("score", "instance.score", "instancescore", "bboxscore", "personscore", "confidence", "conf")
JOINT = (
    "landmark", "landmarkname", "joint", "jointname", "keypoint", "keypointname", "bodypart", "part", "partname",
    "name", "landmarkid", "landmarkindex", "landmarkidx", "keypointid", "keypointindex", "keypointidx", "jointid",
    "jointindex", "point", "pointid", "pointname", "marker", "label", "id", "index", "kp", "kpid", "type",
)  # fmt: skip
SURE = tuple(word for word, kind in _COORDINATES.items() if kind == "sure")


@dataclass
class Columns:
    """The columns of a table. joints: of each joint, by its name or number, the columns of x, y, z and sure.

    frame, picture, time, track, score, width, height, video: the column of each, None where there is none; video is of
    a video's or a camera's name. time_scale: seconds of the time's unit.
    """

    joints: dict[str | int, dict[str, int]] = field(default_factory=dict)
    frame: int | None = None
    picture: int | None = None
    time: int | None = None
    track: int | None = None
    score: int | None = None
    width: int | None = None
    height: int | None = None
    video: int | None = None
    time_scale: float = 1.0
    in_parts: bool = False  # whether columns are of Pr-VIPE's file, which has x and y as parts of the picture
    plain: dict[str, int] = field(default_factory=dict)  # of columns that are x, y, ... alone, and of others by name


def columns_of(header: Sequence[str]) -> Columns:
    """Understand a header."""
    found = Columns()
    for i, cell in enumerate(header):
        name = cell.strip().strip("\"'#").strip()
        joint, coordinate = _joint_and_coordinate(name)
        found.in_parts = found.in_parts or name.startswith("image/object/part/")
        if joint is not None and coordinate:
            found.joints.setdefault(joint, {}).setdefault(coordinate, i)
        else:
            found.plain.setdefault(squash(name.rsplit("/", 1)[-1]), i)
    found.joints = {joint: columns for joint, columns in found.joints.items() if {"x", "y"} <= columns.keys()}
    numbers = [joint for joint in found.joints if type(joint) is int]
    if numbers and 0 not in numbers and max(numbers) == len(numbers) == len(found.joints):  # counted from 1
        found.joints = {joint - 1: found.joints[joint] for joint in numbers}
    _find_others(found)
    return found


def _joint_and_coordinate(name: str) -> tuple[str | int | None, str]:
    """Give a column's joint and "x", "y", "z" or "sure"; None where it is of no joint."""
    match = _X_THEN_NUMBER.fullmatch(name)
    if match:
        return int(match[2]), _COORDINATES[match[1].lower()]
    words = [(word.group(), *word.span()) for word in _WORD.finditer(name)]
    if len(words) < 2:
        return None, ""
    for place in (-1, 0):
        coordinate = _COORDINATES.get(words[place][0].lower())
        if coordinate is None or place == 0 and len(words[0][0]) > 1 and words[0][0].lower() not in ("xpx", "ypx"):
            continue
        rest = [word for i, (word, _, _) in enumerate(words) if i != place % len(words)]
        low = [word.lower() for word in rest]
        if _BOX & set(low):
            return None, ""
        bare = [word for word in low if word not in _NOISE]
        if len(bare) == 2 and bare[0] in ("p", "j", "k"):
            bare = bare[1:]
        if len(bare) == 1 and bare[0].isdecimal() and len(bare[0]) < 6:
            return int(bare[0]), coordinate
        if not bare or bare == ["instance"]:
            return None, ""
        start, end = (0, words[-1][1]) if place else (words[1][1], len(name))
        return name[start:end].strip(" _-./|:,;'\"()[]") if "/" not in name else "_".join(bare), coordinate
    return None, ""


def _find_others(found: Columns) -> None:
    """Find the columns of frames, pictures, times, people and sizes among those that are of no joint."""

    def first(names) -> int | None:
        return next((found.plain[name] for name in names if name in found.plain), None)

    found.frame, found.picture = first((*FRAME, "frames", "fnum")), first((*PICTURE, "imagefilename", "path"))
    times = (*TIME, "timestamps", "times", "timeinseconds", "timeinms", "msec", "timestampmsec")
    name = next((name for name in times if name in found.plain), None)
    if name is not None:
        found.time, found.time_scale = found.plain[name], 1e-3 if name.endswith(("ms", "msec")) else 1.0
    found.track, found.score, found.video = first(_TRACK), first(_SCORE), first(_VIDEO)
    found.width, found.height = first(("width", "imagewidth", "w")), first(("height", "imageheight", "h"))
    if found.frame is None and found.picture is None and found.time is None:
        found.frame = first(("unnamed:0", "", "index"))
