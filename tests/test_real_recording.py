"""Left is left: projections and lifted poses against a real recording by calibrated cameras.

A mirrored projection passes every test made of one's own data, because training and testing share it.
"""

import dataclasses
import json

import numpy as np
import pytest
import torch

import vvipe_explore as vv
from vvipe_explore import skeleton
from vvipe_explore.datasets import pose2sim
from vvipe_explore.metrics import pa_mpjpe


def distances(recording, label, camera=None, poses=None):
    """Of each joint that was detected, from its projection, over the torso's length in the picture."""
    poses = recording.poses if poses is None else poses
    projected = pose2sim.project(poses, camera or recording.cameras[label])
    torso = skeleton.torso_length(torch.from_numpy(projected)).numpy()[:, None]
    away = np.linalg.norm(projected - recording.keypoints[label], axis=-1) / torso
    return away[recording.confidence[label] > 0]


def mirrored_camera(camera):
    """The mistake: x to the left in the picture."""
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    return dataclasses.replace(camera, world_to_camera=flip @ camera.world_to_camera)


@pytest.mark.parametrize(("label", "bound"), [("cam01", 0.06), ("cam02", 0.06), ("cam04", 0.06), ("cam03", 0.12)])
def test_triangulated_joints_land_on_the_detections(recording, label, bound):
    away = distances(recording, label)
    assert len(away) > 1200
    assert np.median(away) < bound


def test_mirrored_projections_do_not(recording):
    camera = recording.cameras["cam02"]
    assert np.median(distances(recording, "cam02", mirrored_camera(camera))) > 0.3
    # and with the picture right, but the person's left and right exchanged
    swapped = recording.poses[:, list(skeleton.MIRROR)]
    assert np.median(distances(recording, "cam02", poses=swapped)) > 0.12


def test_a_detector_s_left_is_the_library_s_left(recording):
    """Joint by joint, the projected left one lies nearer to the detected left one than to the detected right one."""
    projected = pose2sim.project(recording.poses, recording.cameras["cam02"])
    seen, sure = recording.keypoints["cam02"], recording.confidence["cam02"] > 0
    for left, right in skeleton.LIMB_PAIRS["arms"] + skeleton.LIMB_PAIRS["legs"] + ((1, 2), (7, 8)):
        both = sure[:, left] & sure[:, right]
        right_way = np.linalg.norm(projected[both, left] - seen[both, left], axis=-1)
        wrong_way = np.linalg.norm(projected[both, left] - seen[both, right], axis=-1)
        assert np.median(right_way) < np.median(wrong_way)


@pytest.fixture(scope="module")
def model():
    return vv.load_pretrained(keypoints="exact")


def lifted_error(model, recording, label, mirrored=False):
    """PA-MPJPE in mm of a lifted camera, over frames with enough joints."""
    rows = (recording.confidence[label] > 0).sum(1) >= 2
    points = recording.keypoints[label][rows]
    confidence = recording.confidence[label][rows]
    if mirrored:
        points, confidence = skeleton.mirror(points), confidence[:, list(skeleton.MIRROR)]
    return 1000 * np.median(pa_mpjpe(model.lift(points, confidence).astype(float), recording.poses[rows]))


@pytest.mark.parametrize("label", ["cam01", "cam02", "cam04"])
def test_lifted_detections(model, recording, label):
    right = lifted_error(model, recording, label)
    wrong = lifted_error(model, recording, label, mirrored=True)
    assert right < 130
    assert wrong > 1.5 * right


def test_mirroring_keypoints_and_names_mirrors_the_pose(model, recording):
    """A left-handed throw is the mirror image of a right-handed one: the network has learnt both."""
    points = recording.keypoints["cam02"]
    twice = skeleton.mirror(model.lift(skeleton.mirror(points)))
    once = model.lift(points)
    assert 1000 * np.median(np.linalg.norm(twice - once, axis=-1)) < 60


@pytest.fixture
def files(tmp_path, real_data):
    """Copies of one frame, the calibration and the triangulation, to be spoilt."""
    source = real_data / "pose2sim-single"
    if not source.is_dir():
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    trial = source / "S00_P00_T01_BalancingTrial"
    sources = {
        "calib.toml": source / "Calib_qualisys.toml",
        "joints.trc": sorted((trial / "pose-3d").glob("*_0-100.trc"))[0],
        "frame.json": sorted((trial / "openpose" / "cam01").glob("*.json"))[0],
    }
    for name, path in sources.items():
        (tmp_path / name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.5, 0.77, 0.98])
def test_truncated_real_files_are_named(files, keep):
    """A cut calibration may still hold whole cameras; joints and detections may not be cut unseen."""
    for name, read in (("joints.trc", pose2sim.read_trc), ("frame.json", pose2sim.read_openpose_frame)):
        path = files / name
        path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
        with pytest.raises(ValueError, match=name):
            read(path)


CALIBRATION = """[cam_01]
name = "cam_01"
size = [ 100.0, 200.0]
matrix = [ [ 50.0, 0.0, 51.0], [ 0.0, 60.0, 102.0], [ 0.0, 0.0, 1.0]]
distortions = [ 0.1, 0.2, 0.3, 0.4]
rotation = [ 3.141592653589793, 0.0, 0.0]
translation = [ 1.0, 2.0, 3.0]
[metadata]
error = 0.0
"""


def test_calibration_by_hand(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(CALIBRATION)
    cameras = pose2sim.read_calibration(path)
    assert list(cameras) == ["cam_01"]
    camera = cameras["cam_01"]
    assert np.allclose(camera.world_to_camera, [[1, 0, 0, 1], [0, -1, 0, 2], [0, 0, -1, 3], [0, 0, 0, 1]])
    assert camera.size == (100, 200)
    assert camera.intrinsics[1].tolist() == [0, 60, 102]
    # .trc (X, Y, Z) = (5, 6, 7) is the calibration's (7, 5, 6); the camera sees (8, -3, -3): behind
    with pytest.raises(ValueError, match="behind the camera"):
        pose2sim.project(np.array([[[5.0, 6.0, 7.0]]]), camera)
    plain = dataclasses.replace(camera, distortion=np.zeros(4))
    got = pose2sim.project(np.array([[[5.0, 1.0, 7.0]]]), plain)   # (7, 5, 1): the camera sees (8, -3, 2)
    assert got[0, 0] == pytest.approx([50 * 4 + 51, 60 * -1.5 + 102])


@pytest.mark.parametrize(
    "text",
    [
        "", "not toml [", CALIBRATION[: CALIBRATION.index("rotation")], "[metadata]\nerror = 0.0\n",
        CALIBRATION.replace("[ 0.0, 0.0, 1.0]]", "]"), CALIBRATION.replace('[ 100.0, 200.0]', '"large"'),
        CALIBRATION[:100],
    ],
    ids=["empty", "no toml", "no rotation", "no camera", "small matrix", "odd size", "cut"],
)  # fmt: skip
def test_bad_calibrations_are_named(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"c\.toml: expected a Pose2Sim calibration, got another file or a damaged"):
        pose2sim.read_calibration(path)


TRC = (
    "PathFileType\t4\t(X/Y/Z)\tx.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
    "60\t60\t2\t2\tmm\t60\t0\t2\nFrame#\tTime\tRHip\t\t\tNose\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n"
    "1\t0.0\t1\t2\t3\t4\t5\t6\n2\t0.1\t10\t20\t30\t\t\t\n"
)


def test_trc_by_hand(tmp_path):
    path = tmp_path / "x.trc"
    path.write_text(TRC)
    poses, names = pose2sim.read_trc(path)
    assert names == ("right_hip", "nose")
    assert poses[0].tolist() == pytest.approx(np.array([[1, 2, 3], [4, 5, 6]]) / 1000)
    assert poses[1, 0].tolist() == [0.01, 0.02, 0.03]
    assert np.isnan(poses[1, 1]).all()


@pytest.mark.parametrize(
    "text",
    ["", "x\ty\n", TRC[:150], TRC[: TRC.index("\n2\t") + 8], TRC[: TRC.index("2\t0.1")], TRC.replace("mm", "ells"),
     TRC.replace("\t20\t", "\ttwenty\t")],
    ids=["empty", "foreign", "header cut", "row cut", "row missing", "odd unit", "word"],
)  # fmt: skip
def test_bad_trc_files_are_named(tmp_path, text):
    path = tmp_path / "x.trc"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"x\.trc: expected a \.trc file, got another file or a damaged one"):
        pose2sim.read_trc(path)


def test_openpose_by_hand(tmp_path):
    path = tmp_path / "f.json"
    person = [float(v) for v in range(75)]
    path.write_text(json.dumps({"people": [{"pose_keypoints_2d": person}, {"pose_keypoints_2d": []}]}))
    points, confidence = pose2sim.read_openpose_frame(path)
    assert points.shape == (1, 25, 2)
    assert points[0, 2].tolist() == [6, 7]
    assert confidence[0, 2] == 8
    path.write_text(json.dumps({"people": []}))
    points, confidence = pose2sim.read_openpose_frame(path)
    assert points.shape == (0, 25, 2)
    assert confidence.shape == (0, 25)


@pytest.mark.parametrize("text", ["", "{", '{"persons": []}', '{"people": 3}', '{"people": [{}]}', "[1, 2]",
                                  '{"people": [{"pose_keypoints_2d": "' + 75 * "x" + '"}]}'])  # fmt: skip
def test_bad_openpose_files_are_named(tmp_path, text):
    path = tmp_path / "f.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"f\.json: expected an OpenPose file, got another file or a damaged one"):
        pose2sim.read_openpose_frame(path)


def test_missing_and_huge_files(tmp_path, monkeypatch):
    for read in (pose2sim.read_trc, pose2sim.read_openpose_frame, pose2sim.read_calibration):
        with pytest.raises(FileNotFoundError, match="there is no file .*gone; expected an? (.trc|OpenPose|Pose2Sim)"):
            read(tmp_path / "gone")
    monkeypatch.setattr(pose2sim, "MAX_BYTES", 10)
    (tmp_path / "x.trc").write_text(TRC)
    with pytest.raises(ValueError, match=r"x\.trc: expected a \.trc file of at most 10 bytes, got [\d,]+"):
        pose2sim.read_trc(tmp_path / "x.trc")


def test_the_nearest_person_is_taken_and_one_without_any_joint_never(tmp_path):
    """Three people: far away, nearest, and one whose every point is missing (0, 0, 0)."""
    def person(shift, sure):
        return {"pose_keypoints_2d": [v for i in range(25) for v in (10.0 * i + shift, 5.0 * i + shift, sure)]}

    path = tmp_path / "f.json"
    path.write_text(json.dumps({"people": [person(500, 0.9), person(3, 0.8), person(0, 0.0)]}))
    target = skeleton.convert(np.array([[10.0 * i, 5.0 * i] for i in range(25)]), "body_25b")
    points, sure = pose2sim._nearest_person(path, target)
    assert points == pytest.approx(target + 3)
    assert (sure == 0.8).all()
    path.write_text(json.dumps({"people": [person(0, 0.0)]}))
    _, sure = pose2sim._nearest_person(path, target)
    assert (sure == 0).all()
