"""Sports2D's .trc in pixels: a table of joints with x, y and z, where z is 0."""

from pathlib import Path

import numpy as np

from ..motion_files.table import cells_of, frame_rate, head_lines, read_rows, separator_of
from ..motion_files.text import read_bytes
from .reading import Reading
from .rows import MAX_POINTS

_SMALL = 20.0
"""No picture's keypoints all lie within so many pixels: these are metres."""


def read_trc(reading: Reading, path: Path) -> None:
    """Read a .trc of one person in pixels. Raises ValueError naming the file where it is in metres or in 3D."""
    data = read_bytes(path, "a .trc in pixels")
    lines = head_lines(data, 20)
    place = next((i for i, line in enumerate(lines) if line.strip().lower().startswith("frame#")), None)
    names = [] if place is None else [cell for cell in cells_of(lines[place], separator_of(lines[place]))[2:] if cell]
    if place is None or not 0 < len(names) <= MAX_POINTS:
        raise ValueError(f"{path}: expected a .trc with a line Frame#, Time and names, got none; export it again.")
    begin = place + 2 + any("X1" in line.upper() for line in lines[place + 1 : place + 2])
    width = 2 + 3 * len(names)
    table, _ = read_rows(path, data, begin, separator_of(lines[place]), range(width), width)
    points = table[:, 2:].reshape(len(table), len(names), 3)
    _check(path, points)
    seen = np.isfinite(points[..., :2]).all(axis=-1) & (points[..., :2] != 0).any(axis=-1)
    frame = table[:, 0]
    whole = np.isfinite(frame).all() and (frame == np.rint(frame)).all() and (frame >= 0).all()
    whole = whole and (frame < 2**53).all() and len(np.unique(frame)) == len(frame)
    numbers = frame.astype(np.int64) if whole else np.arange(len(frame))
    reading.skeletons.append(names)
    reading.rows.counts = None
    reading.rows.add_block(points[..., :2], seen.astype(float), numbers)
    reading.numbered, reading.n_numbered = True, int(numbers.max(initial=-1)) + 1
    about = reading.about
    about.tool, about.counted, about.fps = "Sports2D", True, frame_rate(table[:, 1])


def _check(path: Path, points: np.ndarray) -> None:
    depth, flat = points[..., 2], points[..., :2]
    if np.nanmax(np.abs(depth), initial=0) > 0:
        raise ValueError(
            f"{path}: expected a .trc in pixels, with z = 0, got points in space; give it to read_motion, or to "
            "vvipe lift as --reference."
        )
    if np.nanmax(np.abs(flat), initial=0) < _SMALL:
        raise ValueError(f"{path}: expected a .trc in pixels, got one in metres; give the one with _px in its name.")
