"""The points of one person in JSON, in any of the shapes that tools write, as x, y, confidence, x, ... and names.

Numbers in a row; a list of points; points as objects, with or without their names; an object of lists (Ultralytics) or
of points by name.
"""

from collections.abc import Collection
from functools import lru_cache

from .keys import MAX_KEY, squash
from .rows import MAX_POINTS, shown

Names = tuple[str | int, ...] | None
"""The joints' names, or their numbers, where the file says them."""
NUMBERS = {float, int, type(None)}
_SURE = (
    "score", "visibility", "confidence", "conf", "c", "v", "likelihood", "probability", "prob", "visible", "presence",
    "inframelikelihood",
)  # fmt: skip
_SURE_LISTS = (*_SURE, "scores", "confidences", "p")
_NAME = ("name", "part", "label", "joint", "bodypart", "landmark", "keypoint", "type", "id", "index", "idx")
_PLACE = ("position", "pos", "point", "coordinates", "coords", "location", "landmarkposition")


def is_point(value) -> bool:
    """Whether a value is a list of 2 to 5 numbers, or an object with x and y."""
    if type(value) is list:
        return 2 <= len(value) <= 5 and set(map(type, value)) <= NUMBERS
    return type(value) is dict and {*map(type, _place_of(value) or ("",))} <= NUMBERS


def are_points(value) -> bool:
    """Whether a value is one person's points, in a shape that points_of reads."""
    if type(value) is list:
        first = next((item for item in value if item is not None), None)
        if type(first) in (int, float):
            return len(value) >= 4 and set(map(type, value)) <= NUMBERS
        return first is not None and is_point(first)
    if type(value) is not dict or not value:
        return False
    return are_columns(value) or all(item is None or is_point(item) for item in value.values())


def points_of(value, scores, counts: Collection[int]) -> tuple[list, Names]:
    """Give one person's points as a flat list x, y, confidence, x, ... and the joints' names or numbers, or None.

    scores: the joints' confidences where they stand apart, else None. counts: the usual numbers of joints. Without a
    confidence a point is there (1), but one at exactly 0, 0 is missing. Raises ValueError.
    """
    if type(value) is dict:
        return _of_object(value, counts)
    if type(value) is not list:
        raise ValueError(f"expected keypoints as a list, got {shown(value)}")
    kinds = set(map(type, value))
    scores = _checked_scores(scores)
    if kinds <= NUMBERS:
        return _of_numbers(value, scores, counts), None
    if kinds <= {list, type(None)}:
        return _of_lists(value, scores), None
    if kinds <= {dict, type(None)}:
        return _of_objects(value)
    i = next(i for i, item in enumerate(value) if type(item) not in NUMBERS)
    raise ValueError(f"expected numbers as keypoints, got {shown(value[i])} at place {i} of the list")


def _checked_scores(scores) -> list | None:
    while type(scores) is list and len(scores) == 1 and type(scores[0]) is list:
        scores = scores[0]
    if type(scores) is list and scores and all(type(score) is list and len(score) == 1 for score in scores):
        scores = [score[0] for score in scores]
    return scores if type(scores) is list and scores and set(map(type, scores)) <= NUMBERS else None


def _sure(x, y) -> int:
    return 0 if x == 0 and y == 0 else 1


def _of_numbers(value: list, scores: list | None, counts) -> list:
    """Give the flat list of numbers in a row: x, y or x, y, confidence or x, y, z, visibility of each joint."""
    n = len(value)
    if scores is not None and n in (2 * len(scores), 3 * len(scores)):
        per = n // len(scores)
        return [number for i, sure in enumerate(scores) for number in (value[per * i], value[per * i + 1], sure)]
    usual = [per for per in (3, 2, 4) if n % per == 0 and n // per in counts]
    per = usual[0] if usual else 3 if n % 3 == 0 else 2
    if per == 3:
        return value
    if n % per or n // per > MAX_POINTS:
        raise ValueError(
            "expected x, y, confidence, x, y, confidence, ... with three numbers (or two, without confidence) for each "
            f"of at most {MAX_POINTS} joints, got {n:,} numbers in all"
        )
    if per == 2:
        return [number for x, y in zip(value[::2], value[1::2], strict=True) for number in (x, y, _sure(x, y))]
    return [number for i in range(0, n, 4) for number in (value[i], value[i + 1], value[i + 3])]


def _of_lists(value: list, scores: list | None) -> list:
    """Give the flat list of points as lists: x, y or x, y, confidence or x, y, z, visibility; null is missing."""
    flat = []
    deep = scores is None and len(value) == 33 and _has_depth(value)
    if scores is not None and len(scores) != len(value):
        raise ValueError(f"expected a score for each of {len(value)} keypoints, got {len(scores)}")
    if scores is not None and any(point is not None and len(point) == 3 for point in value):
        _refuse_depth(value, scores)
    for i, point in enumerate(value):
        if point is None:
            flat += (0, 0, 0)
            continue
        if not 2 <= len(point) <= 5:
            n = len(point)
            raise ValueError(f"expected points of 2 to 5 numbers, got one of {n} at place {i} of the keypoints")
        x, y, *more = point
        sure = _sure(x, y) if not more or deep else more[0] if len(more) == 1 else more[1]
        flat += (x, y, sure if scores is None else scores[i])
    return flat


def _has_depth(value: list) -> bool:
    """Whether the third number of points is BlazePose's depth and no confidence: it is below 0 for some."""
    third = [point[2] for point in value if type(point) is list and len(point) == 3]
    return any(type(z) in (int, float) and z < 0 for z in third)


def _refuse_depth(value: list, scores: list) -> None:
    """Refuse x, y, z beside scores of their own: that is a body in 3D."""
    third = [point[2] if point is not None and len(point) == 3 else None for point in value]
    if third != scores and any(type(z) in (int, float) and z != 0 for z in third):
        raise ValueError("expected 2D keypoints, got x, y, z beside their scores, a body in 3D; export the 2D ones")


def _place_of(point: dict):
    """Give x and y of a point as an object; None if it has none."""
    if "x" in point and "y" in point:
        return point["x"], point["y"]
    for key in _spellings(tuple(point), _PLACE):
        value = point[key]
        if is_point(value):
            return tuple(value[:2]) if type(value) is list else _place_of(value)
    return (point["X"], point["Y"]) if "X" in point and "Y" in point else None


def _spellings(keys: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Give those of an object's keys that are wanted, in the order of wanted."""
    return (_kept_spellings if sum(map(len, keys)) < 500 else _find_spellings)(keys, wanted)


def _find_spellings(keys: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    short = {squash(key): key for key in keys}
    return tuple(short[key] for key in wanted if key in short)


_kept_spellings = lru_cache(1024)(_find_spellings)


def _first(point: dict, wanted: tuple[str, ...]) -> object:
    """Give the first value that is not null of the wanted keys that an object has, None if it has none."""
    return next((point[key] for key in _spellings(tuple(point), wanted) if point[key] is not None), None)


def _of_objects(value: list) -> tuple[list, Names]:
    """Give the flat list and the names of points as objects; null is missing."""
    flat, names = _of_like_objects(value), []
    if flat is not None:
        return flat, None
    flat = []
    for i, point in enumerate(value):
        place = None if point is None else _place_of(point)
        if point is not None and place is None:
            raise ValueError(f"expected x and y of each keypoint, got {shown(point)} at place {i}")
        x, y = place or (0, 0)
        sure = 0 if point is None else _first(point, _SURE)
        flat += (x, y, _sure(x, y) if sure is None else sure)
        name = None if point is None else _first(point, _NAME)
        names.append(name[:MAX_KEY] if type(name) is str else name)
    kinds = set(map(type, names))
    if kinds in ({str}, {int}):
        return flat, None if names == list(range(len(names))) else tuple(names)
    return flat, None


def _of_like_objects(value: list) -> list | None:
    """Give the flat list of points that all have x, y and a confidence, in like keys, and no name; else None."""
    if type(value[0]) is not dict:
        return None
    keys = tuple(value[0])
    sure = _spellings(keys, _SURE)
    if "x" not in keys or "y" not in keys or not sure or _spellings(keys, _NAME):
        return None
    key = sure[0]
    if any(type(point) is not dict or tuple(point) != keys or point[key] is None for point in value):
        return None
    return [number for point in value for number in (point["x"], point["y"], point[key])]


def are_columns(value: dict) -> bool:
    """Whether an object has a person's points as lists x and y."""
    x, y = value.get("x"), value.get("y")
    return type(x) is list and type(y) is list and len(x) == len(y)


def _of_object(value: dict, counts) -> tuple[list, Names]:
    """Give the flat list and the names of an object: lists x and y, or points by the joints' names."""
    if are_columns(value):
        return _of_columns(value), None
    names, points = list(value), list(value.values())
    if not points or not all(point is None or is_point(point) for point in points):
        raise ValueError(f"expected keypoints by name, or lists x and y, got {shown(value)}")
    if set(map(type, points)) <= {dict, type(None)}:
        flat, _ = _of_objects(points)
    else:
        flat = _of_lists([list(_place_of(p) or ()) if type(p) is dict else p for p in points], None)
    if all(name.isdecimal() and len(name) < 6 for name in names):
        return flat, tuple(int(name) for name in names)
    return flat, tuple(name[:MAX_KEY] for name in names)


def _of_columns(value: dict) -> list:
    x, y = value["x"], value["y"]
    sure = _first(value, _SURE_LISTS)
    if type(sure) is not list:
        return [number for a, b in zip(x, y, strict=True) for number in (a, b, _sure(a, b))]
    if len(sure) != len(x):
        raise ValueError(f"expected a confidence for each of {len(x)} keypoints, got {len(sure)}")
    # a point that a tool of this form can't see lies at 0, 0
    return [number for a, b, c in zip(x, y, sure, strict=True) for number in (a, b, c if _sure(a, b) else 0)]
