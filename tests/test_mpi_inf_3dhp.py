"""MPI-INF-3DHP's annotations and calibration: known poses come back from every camera, as scipy reads the cells."""

import struct
import zlib

import numpy as np
import pytest
from made_datasets import calibration_3dhp, held, world_3dhp, write_3dhp
from scipy.io import loadmat, savemat

from vvipe_explore import cameras, datasets
from vvipe_explore.datasets import _matfile, h36m, mpi_inf_3dhp
from vvipe_explore.skeleton import MPI_28, PAPER_13

SEQUENCES = {(s, name): world_3dhp(4 + s + i, s) for s in (1, 2, 8) for i, name in enumerate(("Seq1", "Seq2"))}
# places of the 13 among the 28, by the data set's own order; the nose is the head
AMONG_28 = (6, 9, 14, 10, 15, 11, 16, 18, 23, 19, 24, 20, 25)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_3dhp(folder / "mpi_inf_3dhp", SEQUENCES)
    return folder


def test_known_poses_come_back(root):
    motion = datasets.load("mpi_inf_3dhp", root)
    assert motion.joint_names == PAPER_13
    assert motion.poses.dtype == np.float32
    assert list(dict.fromkeys(motion.sequence)) == [f"S{s}_{name}" for s, name in SEQUENCES]
    for (subject, name), world in SEQUENCES.items():
        rows = motion.sequence == f"S{subject}_{name}"
        assert np.abs(motion.poses[rows] - world[:, AMONG_28]).max() < 1e-6
        assert motion.frame[rows].tolist() == list(range(len(world)))
        assert set(motion.subject[rows]) == {subject}
        assert set(motion.action[rows]) == {name}


def test_every_camera_gives_the_same_world(root):
    for camera in range(14):
        poses = mpi_inf_3dhp.world_poses(root / "mpi_inf_3dhp" / "S1" / "Seq1", camera)
        assert np.abs(poses - SEQUENCES[1, "Seq1"]).max() < 1e-6


def test_up_is_up(root):
    poses = datasets.load("mpi_inf_3dhp", root).poses
    assert (poses[:, 0, 1] - poses[:, 11, 1]).mean() > 1.2


def test_projected_poses_are_the_annotated_keypoints(root):
    folder = root / "mpi_inf_3dhp" / "S2" / "Seq2"
    world = mpi_inf_3dhp.world_poses(folder).astype(np.float64)
    _, extrinsics, intrinsic = calibration_3dhp()
    annotated = mpi_inf_3dhp.read_annotations(folder, "annot2", range(14))
    for number, camera in mpi_inf_3dhp.read_calibration(folder / "camera.calibration").items():
        seen = cameras.project(world, camera.world_to_camera, camera.intrinsics, camera.distortion)
        assert np.abs(seen - annotated[number]).max() < 2e-3
        point = extrinsics[number] @ [*(1000 * SEQUENCES[2, "Seq2"][1, 6]), 1]   # by hand: the head of frame 1
        by_hand = [intrinsic[i, i] * point[i] / point[2] + intrinsic[i, 2] for i in (0, 1)]
        assert seen[1, 6] == pytest.approx(by_hand, abs=2e-3)
        assert (seen[:, 7, 1] < seen[:, 20, 1]).all()   # the head's top above the ankle
        assert camera.size == (2048, 2048)


def test_a_real_line_of_calibration(tmp_path):
    """Camera 0 as it is published: it stands 4 m away at 1.4 m, level, and maps world +y to picture up."""
    text = """Skeletool Camera Calibration File V1.0
name          0
  sensor      10 10
  size        2048 2048
  animated    0
  intrinsic   1497.693 0 1024.704 0 0 1497.103 1051.394 0 0 0 1 0 0 0 0 1 
  extrinsic   0.9650164 0.00488022 0.262144 -562.8666 -0.004488356 -0.9993728 0.0351275 1398.138 0.262151 -0.03507521 -0.9643893 3852.623 0 0 0 1 
  radial      0
"""  # noqa: E501, W291
    path = tmp_path / "camera.calibration"
    path.write_text(text)
    (camera,) = mpi_inf_3dhp.read_calibration(path).values()
    rotation, t = camera.world_to_camera[:3, :3], camera.world_to_camera[:3, 3]
    assert t == pytest.approx([-0.5628666, 1.398138, 3.852623])
    assert rotation @ [0, 1, 0] == pytest.approx([0, -1, 0], abs=0.04)
    assert (-rotation.T @ t)[1] == pytest.approx(1.53, abs=0.02)
    assert camera.intrinsics.tolist() == [[1497.693, 0, 1024.704], [0, 1497.103, 1051.394], [0, 0, 1]]


def test_annotations_as_scipy_reads_them(root, tmp_path):
    for name, dims in (("annot2", 2), ("annot3", 3), ("univ_annot3", 3)):
        path = root / "mpi_inf_3dhp" / "S8" / "Seq1" / "annot.mat"
        expected = loadmat(path)[name]
        found = mpi_inf_3dhp.read_annotations(path.parent, name)
        assert list(found) == list(range(11))
        for camera in found:
            assert np.allclose(found[camera], expected[camera, 0].reshape(-1, 28, dims).astype(np.float32), atol=1e-4)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_cells_of_any_number_type(compressed, dtype, tmp_path):
    rng = np.random.default_rng(0)
    cells = np.empty((1, 3), object)
    cells[0] = [rng.normal(size=shape).astype(dtype) for shape in ((2, 3), (1, 1), (5, 7))]
    savemat(tmp_path / "a.mat", {"x": np.zeros(3), "cells": cells, "s": "text"}, do_compression=compressed)
    found = _matfile.read_cells(tmp_path / "a.mat", "cells")
    assert all(np.array_equal(f, w) for f, w in zip(found, cells[0], strict=True))


def element(kind, content, order):
    return struct.pack(order + "II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(kind, shape, name, rest, order="<"):
    """A matrix element; MATLAB itself stores whole numbers small, and short parts within their tag."""
    head = element(6, struct.pack(order + "II", kind, 0), order)
    head += element(5, struct.pack(f"{order}{len(shape)}i", *shape), order) + element(1, name, order)
    return element(14, head + rest, order)


def mat(content, order="<"):
    return b"MATLAB 5.0 MAT-file".ljust(124) + (b"\x00\x01IM" if order == "<" else b"\x01\x00MI") + content


@pytest.mark.parametrize("order", ["<", ">"])
def test_doubles_stored_as_small_whole_numbers(order, tmp_path):
    small = struct.pack(order + "I", (3 << 16) | 2) if order == "<" else struct.pack(">HH", 3, 2)
    cell = matrix(6, (3, 1), b"", small + b"\x01\x02\xff\x00", order)
    wide = matrix(6, (1, 2), b"", element(3, struct.pack(order + "hh", -5, 300), order), order)
    (tmp_path / "a.mat").write_bytes(mat(matrix(1, (2, 1), b"annot3", cell + wide, order), order))
    found = _matfile.read_cells(tmp_path / "a.mat", "annot3")
    assert [f.tolist() for f in found] == [[[1], [2], [255]], [[-5, 300]]]


ONE = matrix(6, (1, 1), b"", element(9, bytes(8), "<"))
BAD_CELLS = {
    "a huge cell array": matrix(1, (2**30, 2**30), b"annot3", ONE),
    "a huge matrix": matrix(1, (1, 1), b"annot3", matrix(6, (2**30, 2**30), b"", element(9, bytes(8), "<"))),
    "a negative size": matrix(1, (-1, -1), b"annot3", ONE),
    "fewer cells": matrix(1, (2, 1), b"annot3", ONE),
    "more cells": matrix(1, (1, 1), b"annot3", ONE + ONE),
    "a number": matrix(6, (1, 1), b"annot3", element(9, bytes(8), "<")),
    "cells in cells": matrix(1, (1, 1), b"annot3", matrix(1, (1, 1), b"", ONE)),
    "text": matrix(1, (1, 1), b"annot3", matrix(4, (1, 1), b"", element(16, b"a", "<"))),
    "no content": matrix(1, (1, 1), b"annot3", matrix(6, (1, 1), b"", b"")),
    "a part beyond the end": matrix(1, (1, 1), b"annot3", struct.pack("<II", 14, 2**31)),
    "another variable": matrix(1, (1, 1), b"annot4", ONE),
    "truncated": matrix(1, (1, 1), b"annot3", ONE)[:-40],
    "nothing": b"",
    "noise in zlib": element(15, b"x\x9cgarbage!", "<"),
    "zeros unpacked": element(15, zlib.compress(bytes(10**8)), "<"),
    "unpacks to more than is said": element(15, zlib.compress(matrix(1, (1, 1), b"annot3", ONE) + bytes(10**8)), "<"),
    "says to be huge": element(
        15, zlib.compress(struct.pack("<II", 14, 2**31) + matrix(1, (1, 1), b"annot3", ONE)[8:] + bytes(10**8)), "<"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CELLS)
def test_other_cells(name, tmp_path):
    path = tmp_path / "annot.mat"
    path.write_bytes(mat(BAD_CELLS[name]))
    assert not held(name, path, lambda: _matfile.read_cells(path, "annot3"))


def test_deep_nesting_does_not_end_the_process(tmp_path):
    """What makes a reader that follows it run out of its stack."""
    inner = ONE
    for _ in range(1000):
        inner = matrix(1, (1, 1), b"", inner)
    (tmp_path / "annot.mat").write_bytes(mat(matrix(1, (1, 1), b"annot3", inner)))
    with pytest.raises(ValueError, match="annot.mat: .*no matrix of real numbers"):
        _matfile.read_cells(tmp_path / "annot.mat", "annot3")


@pytest.mark.parametrize("start", [b"MATLAB 7.3 MAT-file, Platform: GLNXA64", b"\x89HDF\r\n\x1a\n"])
def test_hdf5_is_named(start, tmp_path):
    (tmp_path / "annot.mat").write_bytes(start.ljust(512))
    with pytest.raises(ValueError, match="annot.mat: .*MATLAB 7.3 file, which is HDF5; save it with -v7"):
        mpi_inf_3dhp.read_annotations(tmp_path)


def test_missing_data(tmp_path, monkeypatch):
    monkeypatch.delenv("VVIPE_DATA", raising=False)
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="the data set mpi_inf_3dhp was not found .*or pass root="):
        datasets.load("mpi_inf_3dhp")
    (tmp_path / "mpi_inf_3dhp").mkdir()
    with pytest.raises(ValueError, match=r"expected S1/Seq1/annot\.mat or the like in .*mpi_inf_3dhp, got none"):
        datasets.load("mpi_inf_3dhp", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"file .*annot3"):
        mpi_inf_3dhp.read_annotations(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no file .*camera\.calibration; expected the calibration of a"):
        mpi_inf_3dhp.read_calibration(tmp_path / "camera.calibration")
    with pytest.raises(ValueError, match="expected the name \"annot3\", .*, got 'annot4'"):
        mpi_inf_3dhp.read_annotations(tmp_path, "annot4")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.zeros((3, 56)), r"expected annot3 of camera 1 as \(frames, 84\), got \(3, 56\)"),
        (np.zeros((0, 84)), r"expected annot3 of camera 1 as \(frames, 84\), got \(0, 84\)"),
        (np.full((3, 84), np.nan), "annot3 of camera 1 holds values that are NaN or infinite"),
        (np.full((3, 84), 1e300), "NaN or infinite"),
    ],
)
def test_other_annotations(value, reason, tmp_path):
    cells = np.empty((2, 1), object)
    cells[0, 0], cells[1, 0] = np.zeros((3, 84)), value
    savemat(tmp_path / "annot.mat", {"annot3": cells})
    with pytest.raises(ValueError, match=rf"annot\.mat: .*{reason}"):
        mpi_inf_3dhp.read_annotations(tmp_path, cameras=range(2))
    assert mpi_inf_3dhp.read_annotations(tmp_path, cameras=[0])[0].shape == (3, 28, 3)
    with pytest.raises(ValueError, match=r"expected annot3 of camera 2 as .*, got no cell"):
        mpi_inf_3dhp.read_annotations(tmp_path, cameras=[2])


ROTATION = "0.9650164 0.00488022 0.262144 -562.8666"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: "", "holds no camera"),
        (lambda text: "size 1 2\n", "holds no camera"),
        (lambda text: text.replace("name          3", "name          2"),
         "line 23: expected a name from 0 to 99, each once, got 'name          2'"),
        (lambda text: text.replace("name          3", "name          x"),
         "line 23: expected a name from 0 to 99, each once, got 'name          x'"),
        (lambda text: text.replace("intrinsic", "outrinsic", 1),
         "expected 16 finite numbers as camera 0's intrinsic, got 0 of 0"),
        (lambda text: text.replace("1497.7", "nan", 1),
         "expected 16 finite numbers as camera 0's intrinsic, got 15 of 16"),
        (lambda text: text.replace("1497.7", "wide", 1), "expected numbers as camera 0's intrinsic, got a word"),
        (lambda text: text.replace("extrinsic   ", "extrinsic   1 ", 1),
         "expected 16 finite numbers as camera 0's extrinsic, got 17 of 17"),
        (lambda text: text.replace("extrinsic   ", "extrinsic   9", 1), "extrinsic matrix holds no rotation"),
    ],
)  # fmt: skip
def test_other_calibrations(damage, reason, tmp_path):
    path = tmp_path / "camera.calibration"
    path.write_text(damage(calibration_3dhp()[0]))
    with pytest.raises(ValueError, match=rf"camera\.calibration.*{reason}"):
        mpi_inf_3dhp.read_calibration(path)


def test_a_mirrored_camera_is_refused(tmp_path):
    text = calibration_3dhp(1)[0].split("extrinsic")
    numbers = text[1].split()[:16]
    numbers[:4] = [str(-float(n)) for n in numbers[:4]]
    path = tmp_path / "camera.calibration"
    path.write_text(text[0] + "extrinsic " + " ".join(numbers) + "\n")
    with pytest.raises(ValueError, match="camera 0's extrinsic matrix is a reflection"):
        mpi_inf_3dhp.read_calibration(path)
    path.write_text(calibration_3dhp(1)[0])
    with pytest.raises(ValueError, match=r"camera\.calibration: expected camera 4, got only 0"):
        mpi_inf_3dhp.world_poses(tmp_path, 4)


def test_the_split_is_by_person(root):
    motion = datasets.load("mpi_inf_3dhp", root)
    assert not h36m.is_h36m(motion)
    assert set(motion.subject[datasets.split(motion)["test"]]) == {8}


def test_the_28_joints():
    assert MPI_28[9:12] == ("left_shoulder", "left_elbow", "left_wrist")
    assert (MPI_28[4], MPI_28[7], MPI_28[23], MPI_28[27]) == ("pelvis", "head_top", "right_hip", "right_toe")


@pytest.mark.parametrize("kind", ["mat", "mat, unpacked", "calibration"])
def test_damaged_files_are_refused_by_name(kind, fuzzed):
    assert fuzzed.refused(kind, 150) > 75
