"""UI-PRMD: markers of a body made by hand become joints; files of both layouts, damaged ones, and the split."""

import gzip
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from make_exercises import write_sample

from vvipe_explore import datasets
from vvipe_explore.alignment import canonicalise
from vvipe_explore.datasets import Motion, registry, ui_prmd
from vvipe_explore.datasets.exercises import SAMPLE
from vvipe_explore.datasets.ui_prmd import MARKERS
from vvipe_explore.skeleton import PAPER_13

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

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


def test_the_original_s_layout_gives_every_fourth_row(tmp_path):
    frames = [standing() + [i, 0, 0] for i in range(9)]
    folder = tmp_path / "ui-prmd" / "Incorrect Segmented Movements" / "Vicon" / "Positions"
    write(folder / "m01_s01_e01_positions_inc.txt.gz", frames)
    motion = datasets.load("ui-prmd", tmp_path)
    assert motion.frame.tolist() == [0, 4, 8]
    assert not motion.correct.any()
    assert np.diff(motion.poses[:, 0, 2]) == pytest.approx([0.004, 0.004], abs=1e-6)   # forward, +x there, is +z


def test_an_empty_folder_says_where_files_should_be(tmp_path):
    (tmp_path / "ui-prmd").mkdir()
    with pytest.raises(ValueError, match="m01_s01_e01_positions.txt.gz.*got none; fetch them with: vvipe data fetch"):
        datasets.load("ui-prmd", tmp_path)


ROW = ",".join(["1.5"] * 117) + "\n"
DAMAGE = {
    "no gzip": (b"m01_s01", "Not a gzipped file"),
    "cut": (gzip.compress(ROW.encode() * 20)[:-30], "end-of-stream marker"),
    "words": (gzip.compress((ROW[:-4] + "one\n").encode()), "could not convert string 'one'"),
    "few columns": (gzip.compress(ROW[4:].encode() * 3), "3 rows of 116"),
    "ragged": (gzip.compress((ROW + ROW[4:]).encode()), "the number of columns changed"),
    "empty": (gzip.compress(b""), "0 rows of 0"),
    "binary": (gzip.compress(bytes(range(256)) * 9), "."),
    "bomb": (gzip.compress(b"\n" * (ui_prmd.MAX_TEXT + 1)), "more than 64 MB of text"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_named(damage, tmp_path):
    data, reason = DAMAGE[damage]
    write(tmp_path / "correct" / "m01_s01_e01_positions.txt.gz", [standing()])
    path = tmp_path / "correct" / "m01_s01_e02_positions.txt.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"expected rows of 117 numbers .*, got .*{reason}.*fetch it again") as caught:
        datasets.load("ui-prmd", tmp_path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_large_file_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(ui_prmd, "MAX_BYTES", 100)
    path = write(tmp_path / "correct" / "m01_s01_e01_positions.txt.gz", [standing()])
    with pytest.raises(ValueError, match=rf"{path}: expected a file of .* of at most 100 bytes, got"):
        datasets.load("ui-prmd", tmp_path)


def test_numbers_that_are_none_are_lost_markers(tmp_path):
    wild = np.stack([standing()] * 3)
    wild[0, MARKERS.index("LKNE"), 1], wild[1, MARKERS.index("C7"), 2] = np.nan, np.inf
    wild[2, MARKERS.index("RASI")] = 1e300
    path = write(tmp_path / "correct" / "m01_s01_e01_positions.txt.gz", [*wild, standing()])
    assert ui_prmd.markers_there(ui_prmd.read_markers(path)).tolist() == [False, False, False, True]


def test_a_file_whose_frames_are_all_lost_gives_no_rows(tmp_path):
    write(tmp_path / "correct" / "m01_s01_e01_positions.txt.gz", [0 * standing()] * 2)
    with pytest.raises(ValueError, match="expected frames that have all markers that are needed, got none"):
        datasets.load("ui-prmd", tmp_path)
    write(tmp_path / "correct" / "m01_s01_e02_positions.txt.gz", [standing()])
    with pytest.warns(UserWarning, match="left out 2 of 3"):
        assert datasets.load("ui-prmd", tmp_path).sequence.tolist() == ["m01_s01_e02"]


def test_rows_keep_all_their_fields(tmp_path):
    for name in ("m01_s01_e01_positions", "m02_s01_e04_positions"):
        write(tmp_path / "correct" / f"{name}.txt.gz", [standing()] * 2)
    motion = datasets.load("ui-prmd", tmp_path)
    assert motion[1:3].repetition.tolist() == [1, 4]
    assert motion[motion.repetition == 4].correct.tolist() == [True, True]
    twice = Motion.join([motion, motion])
    assert twice.repetition.tolist() == [1, 1, 4, 4] * 2
    plain = Motion.join([motion, Motion(motion.poses, PAPER_13, motion.subject, motion.action, motion.sequence,
                                        motion.frame)])  # fmt: skip
    assert type(plain) is Motion
    assert len(plain) == 8


@pytest.fixture(scope="module")
def exercises():
    return datasets.load("exercises")


def test_the_sample_holds_all_exercises_of_people_who_are_no_test(exercises):
    assert set(exercises.subject) == {1, 2, 3, 5, 10}
    assert set(exercises.action) == set(ui_prmd.ACTIONS)
    assert 0.4 < exercises.correct.mean() < 0.6
    assert set(exercises.repetition) == {1, 3, 5, 7, 9}
    assert exercises.poses.dtype == np.float32
    assert len(exercises) > 25_000
    assert (np.diff(exercises.frame)[exercises.sequence[1:] == exercises.sequence[:-1]] > 0).all()


def test_the_sample_s_bodies_are_upright_and_whole(exercises):
    canonical = canonicalise(exercises.poses[::50])
    joint = {name: canonical.poses[:, i] for i, name in enumerate(PAPER_13)}
    up = canonical.rotation[:, 1, 1]
    assert np.median(up) > 0.95
    assert (joint["nose"][:, 2] > 0).mean() > 0.99     # the nose points forward
    for bone, low, high in (("hip knee", 0.33, 0.52), ("knee ankle", 0.33, 0.48), ("shoulder elbow", 0.22, 0.36)):
        start, end = (joint[f"left_{name}"] for name in bone.split())
        metres = np.linalg.norm(start - end, axis=-1) * canonical.scale
        assert low < metres.min() < metres.max() < high, bone


def test_the_sample_s_split_has_its_last_person_as_test(exercises):
    rows = datasets.split(exercises)
    assert set(exercises.subject[rows["test"]]) == {10}
    assert not set(exercises.subject[rows["train"]]) & {10}


def test_the_sample_is_the_registry_s():
    from vvipe_explore._files import sha256

    assert sha256(SAMPLE) == registry.index("exercises")["sha256"]
    assert SAMPLE.stat().st_size < 2_000_000


@pytest.fixture(scope="module")
def real(real_data):
    if not (real_data / "ui-prmd").is_dir():
        pytest.skip("VVIPE_DATA holds no ui-prmd: fetch it with: vvipe data fetch ui-prmd, or copy it there")
    return real_data


def test_the_tool_makes_the_sample(real, tmp_path):
    """Positions by a least-squares fit: to a step of 0.1 mm on another machine."""
    write_sample(tmp_path / "made.npz", real)
    with np.load(tmp_path / "made.npz") as made, np.load(SAMPLE) as shipped:
        assert made.files == shipped.files
        for name in ("sequence", "start", "frame"):
            assert (made[name] == shipped[name]).all()
        positions = [np.cumsum(each["steps"], axis=0, dtype=np.int64) for each in (made, shipped)]
    assert abs(positions[0] - positions[1]).max() <= 1


def test_real_bones_are_rigid(real):
    """One person's repetitions, read alone."""
    files = sorted((real / "ui-prmd").glob("*/m0[15]_s09_e0*.txt.gz"))
    motion = ui_prmd.motion_of([ui_prmd._read(file, 1) for file in files])
    rigid = []
    for sequence in np.unique(motion.sequence):
        poses = motion.poses[motion.sequence == sequence]
        for side in ("left", "right"):
            for bone in ("shoulder elbow", "elbow wrist", "hip knee", "knee ankle"):
                start, end = (poses[:, PAPER_13.index(f"{side}_{name}")] for name in bone.split())
                lengths = np.linalg.norm(start - end, axis=-1)
                rigid.append(lengths.std() / lengths.mean() <= 0.025)
    assert len(rigid) > 200
    assert np.mean(rigid) > 0.98


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of one repetition in both folders, with the registry's names; the addresses it was asked for."""
    asked = []
    data = gzip.compress((ROW * 3).encode())

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = "e03" not in self.path
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(data) if found else 0))
            self.end_headers()
            self.wfile.write(data if found else b"")

        def log_message(self, *args):
            pass

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    rule = registry.index("ui-prmd")["each"] | {"url": f"http://127.0.0.1:{serving.server_port}/data/"}
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.setattr(registry, "index", lambda name: registry._listed({"each": rule}))
    yield rule, asked, data
    serving.shutdown()
    serving.server_close()


def test_fetch_resumes_and_notes_hashes(server, tmp_path, capfd):
    rule, asked, data = server
    rule["counts"] = [1, 1, 3]
    with pytest.raises(ValueError, match="m01_s01_e03_positions.txt.gz of ui-prmd could not be fetched .404.*resume"):
        datasets.fetch("ui-prmd", progress=False)
    assert asked == [f"/data/Segmented%20Movements/Vicon/Positions/m01_s01_e0{e}_positions.txt.gz" for e in (1, 2, 3)]
    rule["counts"] = [1, 1, 2]
    folder = datasets.fetch("ui-prmd", progress=False)
    assert [path.rpartition("/")[2] for path in asked[3:]] == [
        "m01_s01_e01_positions_inc.txt.gz", "m01_s01_e02_positions_inc.txt.gz"
    ]  # fmt: skip
    assert set(json.loads((folder / "sha256.json").read_text()).values()) == {hashlib.sha256(data).hexdigest()}
    assert registry.count_whole("ui-prmd", folder) == (4, 4)
    assert ui_prmd._files(folder)[1] == 4
    damaged = folder / "Segmented Movements" / "Vicon" / "Positions" / "m01_s01_e01_positions.txt.gz"
    damaged.write_bytes(b"half")
    datasets.fetch("ui-prmd", progress=False)
    assert len(asked) == 6
    assert damaged.read_bytes() == data
    assert capfd.readouterr().err == ""   # no line a file


def test_the_registry_names_the_files_of_the_data_here(real):
    entry = registry.index("ui-prmd")
    assert len(entry["files"]) == 1980
    here = {p.relative_to(real / "ui-prmd").as_posix() for p in (real / "ui-prmd").glob("*/*.gz")}
    assert set(entry["thinned"]) == here
    assert registry.count_whole("ui-prmd", real / "ui-prmd") == (1980, 1980)


def test_the_command_lists_what_is_here(tmp_path, capsys, monkeypatch):
    from vvipe_explore.cli import main

    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.delenv("VVIPE_DATA", raising=False)
    assert main.main(["data"]) == 0
    printed = capsys.readouterr().out
    assert "ui-prmd      not here; vvipe data fetch ui-prmd" in printed
    assert "exercises    comes with the package" in printed
    folder = tmp_path / "ui-prmd"
    write(folder / "correct" / "m01_s01_e01_positions.txt.gz", [standing()])
    assert main.main(["data", "list"]) == 0
    assert f"{folder} (only 1 of 1980 files are there and whole; vvipe data fetch ui-prmd)" in capsys.readouterr().out
