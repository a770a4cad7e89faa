"""C3D: points as motion capture systems keep them, for Mokka, Visual3D and MATLAB; millimetres, +y up.

The package ezc3d writes it.
"""

import tempfile
from pathlib import Path

import numpy as np

from ..._extras import missing
from .points import Points

MAX_FRAMES = 2**16 - 1
"""What the header can count; of a longer file most readers show no more."""


def needs_ezc3d():
    """Give the package ezc3d. Raises MissingExtra, saying how to install it, where it is not here."""
    try:
        import ezc3d
    except ImportError as error:
        raise missing("writing C3D", "export", error, "TRC needs nothing") from None
    return ezc3d


def write_c3d(path: Path, points: Points) -> None:
    """Write the points; one that is missing has a residual of -1, as the format has it. ValueError above MAX_FRAMES."""
    if (n := len(points.positions)) > MAX_FRAMES:
        raise ValueError(f"expected at most {MAX_FRAMES:,} frames for C3D, got {n:,}; cut the motion, or write TRC.")
    file = needs_ezc3d().c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [points.fps]
    point["LABELS"]["value"] = list(points.names)
    point["UNITS"]["value"] = ["mm"]
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    places = np.moveaxis(points.positions * 1000, -1, 0).swapaxes(1, 2)  # (3, k, n)
    lost = np.isnan(places[0])
    file["data"]["points"] = np.concatenate([np.where(lost, 0.0, places), np.ones((1, *lost.shape))])
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)[None]
    file["data"]["meta_points"]["camera_masks"] = np.zeros((7, *lost.shape), bool)
    with tempfile.TemporaryDirectory() as folder:  # ezc3d gives another name to what does not end in .c3d
        whole = Path(folder) / "motion.c3d"
        file.write(str(whole))
        path.write_bytes(whole.read_bytes())
