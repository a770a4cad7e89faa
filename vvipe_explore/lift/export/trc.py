"""TRC: points in a table with tabs, as OpenSim, Mokka and Pose2Sim read it; millimetres, +y up."""

from pathlib import Path

import numpy as np

from .points import Points


def write_trc(path: Path, points: Points) -> None:
    """Write the points; cells are blank where one is missing."""
    (n, k), rate = points.positions.shape[:2], f"{points.fps:.10g}"
    keys = "DataRate CameraRate NumFrames NumMarkers Units OrigDataRate OrigDataStartFrame OrigNumFrames"
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{points.title}.trc", "\t".join(keys.split()),
        "\t".join([rate, rate, str(n), str(k), "mm", rate, "1", str(n)]),
        "Frame#\tTime\t" + "\t\t\t".join(points.names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(k) for axis in "XYZ"), "",
    ]  # fmt: skip
    for frame, places in enumerate(points.positions * 1000):
        cells = ["" if np.isnan(value) else f"{value:.4f}" for value in places.ravel()]
        lines.append("\t".join([str(frame + 1), f"{frame / points.fps:.6f}", *cells]))
    path.write_text("\n".join(lines) + "\n")
