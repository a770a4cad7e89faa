"""UI-PRMD: markers of a body made by hand become joints; files of both layouts, damaged ones, and the split."""

import gzip

import numpy as np
import pytest

from vvipe_explore import datasets
from vvipe_explore.datasets import ui_prmd
from vvipe_explore.datasets.ui_prmd import MARKERS
from vvipe_explore.skeleton import PAPER_13

# Where the left side's markers stand, millimetres: x forward, y to the left, z up.
HALF = {
    "FHD": (100, 60, 1640), "BHD": (-80, 60, 1640), "SHO": (0, 180, 1450), "UPA": (0, 220, 1300),
    "ELB": (-10, 260, 1150), "FRM": (0, 270, 1000), "WRA": (40, 260, 900), "WRB": (-10, 260, 900),
    "FIN": (30, 250, 820), "ASI": (90, 120, 1000), "PSI": (-90, 50, 1020), "THI": (20, 160, 750),
    "KNE": (-10, 140, 520), "TIB": (0, 140, 300), "ANK": (-10, 130, 80), "HEE": (-60, 100, 50), "TOE": (140, 110, 50),
}  # fmt: skip
MIDDLE = {"C7": (-70, 0, 1500), "T10": (-100, 0, 1250), "CLAV": (60, 0, 1420), "STRN": (100, 0, 1250),
          "RBAK": (-100, -80, 1350)}  # fmt: skip


def standing():
    """Markers (39, 3) of a person who faces +x."""
    places = MIDDLE | {"L" + k: v for k, v in HALF.items()} | {"R" + k: (x, -y, z) for k, (x, y, z) in HALF.items()}
    return np.array([places[name] for name in MARKERS], dtype=float)


def write(path, frames):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(",".join(f"{v:f}" for v in row) + "\n" for row in np.reshape(frames, (len(frames), -1)))
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_a_file_becomes_poses(tmp_path):
    write(tmp_path / "correct" / "m03_s02_e07_positions.txt.gz", [standing()] * 3)
    write(tmp_path / "incorrect" / "m10_s08_e01_positions_inc.txt.gz", [standing()] * 2)
    motion = datasets.load("ui-prmd", tmp_path)
    assert motion.joint_names == PAPER_13
    assert motion.poses.dtype == np.float32
    assert motion.subject.tolist() == [2, 2, 2, 8, 8]
    assert motion.action.tolist() == ["inline lunge"] * 3 + ["standing shoulder scaption"] * 2
    assert motion.sequence.tolist() == ["m03_s02_e07"] * 3 + ["m10_s08_e01_inc"] * 2
    assert motion.frame.tolist() == [0, 1, 2, 0, 1]
    assert motion.correct.tolist() == [True] * 3 + [False] * 2
    assert motion.repetition.tolist() == [7] * 3 + [1] * 2
    left_wrist = motion.poses[0, PAPER_13.index("left_wrist")]
    assert left_wrist == pytest.approx([0.26, 0.9, 0.015], abs=1e-6)   # left is +x, up +y, forward +z


def test_the_split_is_by_person(tmp_path):
    for person in range(1, 11):
        write(tmp_path / "correct" / f"m01_s{person:02d}_e01_positions.txt.gz", [standing()])
    motion = datasets.load("ui-prmd", tmp_path)
    rows = datasets.split(motion)
    assert {part: motion.subject[r].tolist() for part, r in rows.items()} == {
        "train": [1, 2, 3, 5, 10], "validation": [4, 6], "test": [7, 8, 9],
    }  # fmt: skip


def test_a_frame_with_a_lost_marker_is_left_out(tmp_path):
    lost, far, nothing = standing(), standing(), 0 * standing()
    lost[MARKERS.index("LASI")] = 0
    far[MARKERS.index("RWRA")] = [5000, 0, 0]
    write(tmp_path / "correct" / "m01_s01_e01_positions.txt.gz", [standing(), lost, far, nothing, standing()])
    with pytest.warns(UserWarning, match="left out 3 of 5 frames of ui-prmd"):
        motion = datasets.load("ui-prmd", tmp_path)
    assert motion.frame.tolist() == [0, 4]
    assert ui_prmd.dropped(tmp_path) == {"m01_s01_e01": 3}
