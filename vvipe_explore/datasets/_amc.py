"""An Acclaim motion, the text of an .amc: the angles of a skeleton's bones in each frame."""

from array import array

import numpy as np

from ._asf import Line, Skeleton, lines
from ._checked_file import checked_file

MAX_BYTES = 256 * 2**20
"""A larger motion is refused: it would be hours, or not motion at all."""
MAX_FRAMES = 2**20
"""More than two hours at 120 frames a second."""
_OTHER = "pass the skeleton of this motion, or copy the file again"

Values = dict[str, np.ndarray]
"""By bone, and for "root", the numbers (n, dofs) of each frame, in degrees and file units."""


def read_values(path, skeleton: Skeleton) -> tuple[np.ndarray, Values]:
    """Read a motion: the frames' numbers (n,), and by bone the values (n, dofs), in degrees and file units.

    Raises ValueError naming file and line if it is damaged or of another skeleton, FileNotFoundError if there is none.
    """
    path = checked_file(path, "an Acclaim motion (.amc)", MAX_BYTES)
    dofs, radians = skeleton.dofs(), skeleton.radians
    values = {name: array("d") for name in dofs}
    frames, missing = array("q"), set()
    line = None
    for line in lines(path):
        word = line[0]
        if word in missing:
            values[word].extend(line.numbers(len(dofs[word]), remedy=_OTHER))
            missing.remove(word)
        elif len(line) == 1 and word.isdecimal() and len(word) < 10:
            _begin_frame(line, frames, missing)
            missing = set(dofs)
        elif word.startswith(":") and not frames:
            radians = {":degrees": False, ":radians": True}.get(word, radians)
        else:
            raise _no_such_line(line, frames, dofs, skeleton)
    if line is None or not frames:
        raise ValueError(f"{path}: expected frames, got none; pass a whole Acclaim motion (.amc).")
    _whole_frame(line, missing)
    numbers = {name: np.frombuffer(values[name]).reshape(len(frames), -1) for name in dofs}
    if radians:
        turns = {name: [dof[0] == "r" for dof in dofs[name]] for name in dofs}
        numbers = {name: np.where(turns[name], np.degrees(n), n) for name, n in numbers.items()}
    return np.array(frames), numbers


def _whole_frame(line: Line, missing: set[str]) -> None:
    if missing:
        raise line.error(f"the values of {', '.join(sorted(missing)[:6])} first", _OTHER)


def _begin_frame(line: Line, frames: array, missing: set[str]) -> None:
    """Take a frame's number, after a whole frame."""
    _whole_frame(line, missing)
    if frames and int(line[0]) <= frames[-1]:
        raise line.error(f"a frame number above {frames[-1]}")
    if len(frames) == MAX_FRAMES:
        raise line.error(f"at most {MAX_FRAMES:,} frames", "split the file")
    frames.append(int(line[0]))


def _no_such_line(line: Line, frames: array, dofs, skeleton: Skeleton) -> ValueError:
    if not frames:
        return line.error("a frame's number", "pass an Acclaim motion (.amc)")
    if line[0] in dofs:
        return line.error(f"{line[0]} once in frame {frames[-1]}")
    return line.error(f"a bone that turns in {skeleton.path}", _OTHER)
