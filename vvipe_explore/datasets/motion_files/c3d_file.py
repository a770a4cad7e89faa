"""C3D: markers or joint centres as motion capture systems store them (c3d.org), of any of its three processors.

A header of 512 bytes says how many points and frames there are, a block of parameters names them, and then comes for
each frame a record of x, y, z and a word that is negative where the point was not seen. Words are 16-bit integers times
POINT:SCALE, or floats where the scale is negative.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._checked_file import checked_file
from ..raw_motion import RawMotion
from .c3d_parameters import BLOCK, Numbers, Parameters, read_parameters
from .table import axis_of, metres_of, points

MAX_BYTES = 2**30
_MAX_POINTS = 2**26
_EXPORT = "export the C3D file again"
_NO_POINTS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")


def read_c3d_file(path) -> list[RawMotion]:
    """Read the points that have labels, in the file's axes; where labels have prefixes of people, a motion each.

    NaN where a point was not seen. fps, metres and up (of Y_SCREEN) are the file's. Angles, forces and moments that are
    kept as points are left out. Memory: at most 50 MB and 10 times the file's size. Raises ValueError naming the file,
    FileNotFoundError.
    """
    path = checked_file(path, "a C3D file", MAX_BYTES)
    size = path.stat().st_size
    with open(path, "rb") as file:
        header = file.read(BLOCK)
        if len(header) < BLOCK:
            raise _error(path, f"a C3D header of {BLOCK} bytes", f"{len(header)}")
        parameters = read_parameters(path, file, header[0], size)
        layout = _layout(path, header, parameters, size)
        file.seek(layout.start)
        raw = file.read(layout.frames * layout.stride)
    labels = _labels(parameters, layout.points)
    kept = _kept(parameters, labels)
    if not kept:
        raise _error(path, "labels of points (POINT:LABELS)", "none", "label the markers and export C3D again")
    positions = _positions(raw, layout, parameters.numbers, kept)
    notes = []
    if layout.frames < layout.declared:
        notes.append(f"{layout.declared} frames are declared, {layout.frames} are there; all of these are read")
    metres, up = metres_of(parameters.text("POINT", "UNITS")), axis_of(parameters.text("POINT", "Y_SCREEN"))
    return points(path, positions, [labels[i] for i in kept], layout.fps, metres, notes, up)


@dataclass(frozen=True)
class _Layout:
    """Where the frames lie: start in bytes; scale below 0 where words are floats; stride is the bytes of a frame."""

    points: int
    frames: int
    declared: int
    start: int
    stride: int
    scale: float
    fps: float | None


def _layout(path: Path, header: bytes, parameters: Parameters, size: int) -> _Layout:
    numbers = parameters.numbers
    words = numbers.integers(header[:24])
    scale = parameters.number("POINT", "SCALE", float(numbers.floats(header[12:16])[0]))
    count = int(words[1]) or int(parameters.number("POINT", "USED", 0)) & 0xFFFF
    word = 4 if scale < 0 else 2
    stride = word * (4 * count + int(words[2]))
    start = BLOCK * ((int(words[8]) or int(parameters.number("POINT", "DATA_START", 0)) & 0xFFFF) - 1)
    if not count and parameters.texts("ROTATION", "LABELS"):
        remedy = "export BVH, or FBX and import that in Blender"
        raise _error(path, "points in the C3D file", "rotations of segments only, as Theia3D exports them", remedy)
    if not count:
        raise _error(path, "points in the C3D file", "none (analog signals only)", "export its markers or joints")
    if not math.isfinite(scale) or scale == 0 or not BLOCK <= start < size:
        raise _error(path, "a C3D header with a scale and where the frames begin", f"{scale:g} and byte {start}")
    room = (size - start) // stride
    declared = _declared(parameters, int(words[4]) - int(words[3]) + 1, room)
    frames = min(declared, room)
    if frames < 1:
        raise _error(path, "frames in the C3D file", f"{declared} declared, {room} there")
    if frames * count > _MAX_POINTS:
        raise _error(path, f"at most {_MAX_POINTS:,} points in all frames", f"{frames * count:,}", "cut the trial")
    rate = parameters.number("POINT", "RATE", float(numbers.floats(header[20:24])[0]))
    return _Layout(count, frames, declared, start, stride, scale, rate if 0.1 < rate < 1e5 else None)


def _declared(parameters: Parameters, in_header: int, room: int) -> int:
    """Give the number of frames: of TRIAL or POINT, else all that have room, where the header's 16 bits don't reach."""
    first, last = (parameters.all_numbers("TRIAL", f"ACTUAL_{end}_FIELD") for end in ("START", "END"))
    if len(first) == 2 and len(last) == 2:
        whole = [int(low) % 2**16 + int(high) % 2**16 * 2**16 for low, high in (first, last)]
        if (frames := whole[1] - whole[0] + 1) > 0:
            return frames
    frames = parameters.number("POINT", "LONG_FRAMES", parameters.number("POINT", "FRAMES", 0))
    if math.isfinite(frames) and 0 < frames < 2**31 and (in_header <= 0 or frames > 2**16):
        return int(frames)
    return room if in_header <= 0 or in_header == 2**16 - 1 else in_header


def _labels(parameters: Parameters, count: int) -> list[str]:
    """Give a label for each point, "" where there is none; the ones after the 255th are in LABELS2 and so on."""
    labels: list[str] = []
    for number in ("", *range(2, 300)):
        more = parameters.texts("POINT", f"LABELS{number}")
        if not more or len(labels) >= count:
            break
        labels += more
    return [label.strip().strip("\0").strip() for label in labels[:count]] + [""] * (count - len(labels))


def _kept(parameters: Parameters, labels: list[str]) -> list[int]:
    """Choose the points that are places and have a label: *12 is how Vicon calls what it does not know."""
    others = {text.strip() for name in _NO_POINTS for text in parameters.texts("POINT", name)}
    return [
        i for i, label in enumerate(labels)
        if label and label not in others and not label.startswith("*")
        and not label.lower().startswith(("unlabeled", "uname*"))
    ]  # fmt: skip


def _positions(raw: bytes, layout: _Layout, numbers: Numbers, kept: list[int]) -> np.ndarray:
    """Give the places (n, kept, 3), NaN where the fourth word is negative."""
    found = np.empty((layout.frames, len(kept), 3))
    step = max(1, 2**20 // layout.stride)
    for first in range(0, layout.frames, step):
        block = raw[first * layout.stride : (first + step) * layout.stride]
        values = numbers.floats(block) if layout.scale < 0 else numbers.signed(block)
        values = values.reshape(-1, layout.stride // (4 if layout.scale < 0 else 2))
        values = values[:, : 4 * layout.points].reshape(len(values), layout.points, 4)[:, kept]
        with np.errstate(all="ignore"):
            places = values[..., :3].astype(np.float64) * (1.0 if layout.scale < 0 else layout.scale)
        places[(values[..., 3] < 0) | ~np.isfinite(places).all(-1)] = np.nan
        found[first : first + step] = places
    return found


def _error(path: Path, expected: str, got: str, remedy: str = _EXPORT) -> ValueError:
    return ValueError(f"{path}: expected {expected}, got {got}; {remedy}.")
