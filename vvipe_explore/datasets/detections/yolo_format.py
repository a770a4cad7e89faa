"""YOLO's pose labels, as Ultralytics writes them: a text file a picture, a line a person.

class, x, y, width, height of the box, then x, y, visibility (or x, y) of each joint, then the confidence and the track,
where they were saved. All are parts of the picture's width and height, so its size has to come from elsewhere.
"""

from .reading import USUAL, Reading
from .rows import shown

_BOX = 5
_MOST_BYTES = 2**22
TOOL = "YOLO labels"


def is_labels(head: bytes) -> bool:
    """Whether text begins with a line of YOLO's numbers: a class, a box, and more or nothing behind."""
    lines = [line.split() for line in head.splitlines() if line.strip()]
    if not lines or len(lines[0]) < _BOX:
        return False
    try:
        numbers = [float(word) for word in lines[0]]
    except ValueError:
        return False
    return numbers[0].is_integer() and all(-0.5 <= number <= 1.5 for number in numbers[1:_BOX])


def read_labels(reading: Reading, data: bytes, label: str, file_name: str) -> None:
    """Read one picture's file. Raises ValueError naming file and line.

    label: what messages call the file; file_name: the picture's name.
    """
    if len(data) > _MOST_BYTES:
        raise ValueError(f"{label}: expected {TOOL} of at most {_MOST_BYTES:,} bytes, got {len(data):,}.")
    reading.about.tool, reading.about.unit = TOOL, "picture"
    try:
        picture = reading.pictures.add(file_name)
    except ValueError as error:
        raise ValueError(f"{label}: {error}.") from None
    for i, line in enumerate(data.splitlines(), start=1):
        try:
            if line.strip():
                _read_line(reading, line, picture)
        except ValueError as error:
            raise ValueError(f"{label}, line {i}: {error}.") from None


def _read_line(reading: Reading, line: bytes, picture: int) -> None:
    words = line.split()
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        got = line[:40].decode("utf-8", "replace")
        raise ValueError(f"expected numbers ({TOOL}: class, box, joints), got {shown(got)}") from None
    joints, per, more = _layout(len(numbers) - _BOX, reading.rows.counts or USUAL)
    end = _BOX + joints * per
    flat = []
    for at in range(_BOX, end, per):
        x, y = numbers[at], numbers[at + 1]
        seen = 0.0 if x == 0 and y == 0 else 1.0  # a joint that is not seen is written as 0, 0
        flat += (x, y, min(seen, numbers[at + 2]) if per == 3 else seen)
    rest = numbers[end:]
    track = int(rest[-1]) if more and rest[-1].is_integer() and abs(rest[-1]) < 2**53 and rest[-1] >= 1 else -1
    score = rest[0] if more == 2 or more == 1 and track < 0 else float("nan")
    reading.rows.add(flat, picture, track, score if abs(score) < 1e30 else float("nan"))


def _layout(count: int, usual) -> tuple[int, int, int]:
    """Give the joints, the numbers of each, and how many follow: confidence, track. Raises ValueError."""
    if count in (0, 1, 2):
        raise ValueError(f"expected {TOOL} of poses, got boxes without joints; use a -pose model")
    for per in (3, 2):
        for more in (0, 1, 2):
            joints, rest = divmod(count - more, per)
            if not rest and joints in usual:
                return joints, per, more
    known = ", ".join(map(str, sorted(usual)))
    raise ValueError(
        f"expected {TOOL} of {known} joints, with 2 or 3 numbers each behind the class and the box, got {count} numbers"
    )
