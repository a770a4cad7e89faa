"""BVH: a hierarchy of joints, and their rotations over time, as Blender, Maya and MotionBuilder read it.

Metres, +y up: in Blender's import, scale 1. Hips has a position. Rotations are in degrees.
"""

from pathlib import Path

import numpy as np

from .points import Points
from .rotations import to_angles
from .steady_skeleton import NAMES, PARENTS, Figure, fit


def write_bvh(path: Path, points: Points) -> None:
    """Write the body of points; a frame without one holds the pose before."""
    figure = fit(points.held(), points.fps)
    local, angles = figure.local(), np.empty((len(figure.root), len(NAMES), 3))
    for order in set(map(_order, NAMES)):
        joints = [joint for joint, name in enumerate(NAMES) if _order(name) == order]
        angles[:, joints] = np.degrees(to_angles(local[:, joints], order))
    rows = np.concatenate([figure.root, angles.reshape(len(angles), -1)], axis=1)
    lines = ["HIERARCHY", *_node("Hips", figure, 0), "MOTION", f"Frames: {len(rows)}"]
    lines.append(f"Frame Time: {1 / points.fps:.10g}")
    lines += [" ".join(f"{value:.6f}" for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def _order(name: str) -> str:
    """Give the axes of a joint's channels, in order; the middle one is that about which it turns least far.

    At a right angle about the middle axis the other two can't be told apart, and jump. A thigh is lifted about x.
    """
    return "XZY" if "Leg" in name or "Foot" in name else "ZXY"


def _node(name: str, figure: Figure, depth: int) -> list[str]:
    """Write a joint and what hangs on it, indented by tabs."""
    place = " Xposition Yposition Zposition" if depth == 0 else ""
    turn = "".join(f" {axis}rotation" for axis in _order(name))
    inside = [f"OFFSET {_numbers(figure.offsets[NAMES.index(name)])}", f"CHANNELS {6 if place else 3}{place}{turn}"]
    if name in figure.ends:
        inside += ["End Site", "{", f"\tOFFSET {_numbers(figure.ends[name])}", "}"]
    for child, parent in PARENTS.items():
        if parent == name:
            inside += _node(child, figure, depth + 1)
    return [f"{'JOINT' if depth else 'ROOT'} {name}", "{", *("\t" + line for line in inside), "}"]


def _numbers(values) -> str:
    return " ".join(f"{value + 0.0:.6f}" for value in values)
