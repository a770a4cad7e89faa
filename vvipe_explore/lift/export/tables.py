"""Points as CSV, npz and JSON: metres, +y up, in forms that read_motion reads where it reads the format."""

import csv
import json
from pathlib import Path

import numpy as np

from .points import Points


def write_csv(path: Path, points: Points) -> None:
    """Write a row a frame: frame, time in seconds, NAME_x, NAME_y, NAME_z; blank where a point is missing."""
    header = ["frame", "time", *(f"{name}_{axis}" for name in points.names for axis in "xyz")]
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(header)
        for frame, places in enumerate(points.positions):
            cells = ["" if np.isnan(value) else f"{value:.6f}" for value in places.ravel()]
            rows.writerow([frame, f"{frame / points.fps:.6f}", *cells])


def write_npz(path: Path, points: Points) -> None:
    """Write positions (n, k, 3), NaN where missing, joint_names, fps, unit and up."""
    about = {"joint_names": np.array(points.names), "fps": points.fps, "unit": "m", "up": "y"}
    with open(path, "wb") as file:  # to a path that does not end in .npz, numpy adds it
        np.savez_compressed(file, positions=points.positions, **about)


def write_json(path: Path, points: Points) -> None:
    """Write title, fps, unit, up, joint_names and positions, a line a frame; null where a point is missing."""
    head = {"title": points.title, "fps": points.fps, "unit": "m", "up": "y", "joint_names": points.names}
    lines = []
    for frame in points.positions:
        lines.append(json.dumps([None if np.isnan(p[0]) else p.round(6).tolist() for p in frame]))
    text = json.dumps(head, indent=1)[:-2] + ',\n "positions": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    path.write_text(text)
