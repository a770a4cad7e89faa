"""Human3.6M in VideoPose3D's files: known poses come back, the cameras see what the numbers say."""

import json

import numpy as np
import pytest
from made_datasets import STYLES, h36m_32, held, nested, pickled, write_h36m, write_h36m_2d, write_npz

from vvipe_explore import cameras, datasets, skeleton
from vvipe_explore.datasets import h36m
from vvipe_explore.datasets.registry import data_file
from vvipe_explore.skeleton import H36M_17, PAPER_13

SEQUENCES = {(s, a): h36m_32(4 + i, s + i) for s in (1, 9, 11) for i, a in enumerate(("Walking 1", "Photo"))}
# places of the 13 among the file's 32, by Human3.6M's own numbers
AMONG_32 = (14, 17, 25, 18, 26, 19, 27, 6, 1, 7, 2, 8, 3)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "h36m").mkdir()
    return tmp_path


def project_by_hand(point, subject, number):
    """One point of the file's world (metres, z up) to pixels, from the numbers of the table alone."""
    table = json.loads(data_file("h36m_cameras.json").read_text())
    inner = list(table["intrinsics"].values())[number]
    place = table["extrinsics"][str(subject)][number]
    w, x, y, z = place["orientation"]
    away = 1000 * point - place["centre"]
    # the conjugate quaternion turns world to camera: v' = v + 2 q x (q x v + w v), q = -(x, y, z)
    q = -np.array([x, y, z])
    a, b, depth = away + 2 * np.cross(q, np.cross(q, away) + w * away)
    assert depth > 0
    a, b = a / depth, b / depth
    r2 = a * a + b * b
    k1, k2, k3 = inner["radial"]
    p1, p2 = inner["tangential"]
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    ours = (a * radial + 2 * p1 * a * b + p2 * (r2 + 2 * a * a), b * radial + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b)
    slant = p1 * a + p2 * b   # as the preparation of the 2D file has it: the two exchanged, the product once
    theirs = (a * (radial + slant) + p1 * r2, b * (radial + slant) + p2 * r2)
    return [np.array(plane) * inner["focal"] + inner["principal"] for plane in (ours, theirs)]


@pytest.mark.parametrize("style", STYLES)
def test_known_poses_come_back(style, root):
    write_h36m(root / "h36m", SEQUENCES, style)
    motion = datasets.load("h36m", root)
    assert motion.joint_names == PAPER_13
    assert motion.poses.dtype == np.float32
    assert len(motion) == sum(map(len, SEQUENCES.values()))
    for (subject, action), poses in SEQUENCES.items():
        rows = motion.sequence == f"S{subject}_{action}"
        x, y, z = poses[:, AMONG_32].transpose(2, 0, 1)
        assert np.abs(motion.poses[rows] - np.stack([x, z, -y], -1)).max() < 1e-6
        assert motion.frame[rows].tolist() == list(range(len(poses)))
        assert set(motion.subject[rows]) == {subject}
        assert set(motion.action[rows]) == {action}


def test_up_is_up_and_left_is_left(root):
    write_h36m(root / "h36m", {(9, "Walking"): h36m_32(50)})
    nose, left, right, *_, ankle, _ = datasets.load("h36m", root).poses.mean(0)
    assert nose[1] - ankle[1] > 1.2
    motion = datasets.load("h36m", root)
    # the left shoulder lies to the left of who faces along (nose - mid-shoulder): up x forward = left
    forward = motion.poses[:, 0] - (motion.poses[:, 1] + motion.poses[:, 2]) / 2
    across = motion.poses[:, 1] - motion.poses[:, 2]
    assert ((np.cross([0, 1.0, 0], forward) * across).sum(-1) > 0).mean() > 0.8


@pytest.mark.parametrize("subject", [1, 5, 6, 7, 8, 9, 11])
def test_cameras_see_what_the_numbers_say(subject, root):
    poses = h36m_32(6, subject)
    write_h36m(root / "h36m", {(subject, "Eating"): poses})
    world = datasets.load("h36m", root).poses.astype(np.float64)
    for number, (name, camera) in enumerate(h36m.cameras(subject).items()):
        assert name == h36m.CAMERAS[number]
        seen = cameras.project(world, camera.world_to_camera, camera.intrinsics, camera.distortion)
        by_hand = np.array([[project_by_hand(poses[f, j].astype(float), subject, number) for j in AMONG_32]
                            for f in range(6)])  # fmt: skip
        assert np.abs(seen - by_hand[:, :, 0]).max() < 1e-3
        assert np.abs(seen - by_hand[:, :, 1]).max() < 1.0   # the 2D file of projections; see h36m.cameras
        assert ((seen > 0) & (seen < 1000)).mean() > 0.95
        assert (seen[:, 0, 1] < seen[:, 11, 1]).all()   # the nose above the ankle, y down


def test_a_camera_that_is_not_public():
    with pytest.raises(ValueError, match=r"expected a subject with public cameras \(1, 5, 6, 7, 8, 9, 11\), got 2"):
        h36m.cameras(2)


@pytest.mark.parametrize("style", STYLES)
def test_keypoints(style, root):
    views = [np.full((5, 17, 2), i, np.float32) + np.arange(17)[:, None] for i in range(4)]
    expected = {key: [view.copy() for view in views] for key in SEQUENCES}
    write_h36m_2d(root / "h36m", expected, "cpn_ft_h36m_dbb", style)
    found = h36m.keypoints(root)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(f, w) for key in expected for f, w in zip(found[key], expected[key], strict=True))
    assert found[9, "Photo"][0].dtype == np.float32
    assert skeleton.convert(found[9, "Photo"][2], "h36m_17")[0, 0].tolist() == [2 + H36M_17.index("nose")] * 2


def test_actions_have_one_name():
    assert h36m.canonical_action("TakingPhoto 1") == "Photo 1"
    assert h36m.canonical_action("WalkingDog") == "WalkDog"
    assert h36m.canonical_action("Walking 1") == "Walking 1"


def test_split(root):
    sequences = {(s, f"A {i}"): h36m_32(2) for s in (1, 5, 6, 7, 8, 9, 11) for i in range(3)}
    write_h36m(root / "h36m", sequences)
    motion = datasets.load("h36m", root)
    rows = datasets.split(motion)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(motion)))
    subjects = {name: set(motion.subject[r].tolist()) for name, r in rows.items()}
    assert subjects["test"] == {9, 11}
    assert subjects["train"] == {1, 5, 6, 7, 8}
    assert subjects["validation"] < {1, 5, 6, 7, 8}
    held_out = set(motion.sequence[rows["validation"]])
    assert len(held_out) == 3
    assert not held_out & set(motion.sequence[rows["train"]])


def test_only_test_people_are_never_trained_on(root):
    write_h36m(root / "h36m", {(9, "A"): h36m_32(2), (11, "A"): h36m_32(3)})
    rows = datasets.split(datasets.load("h36m", root))
    assert (len(rows["train"]), len(rows["validation"]), len(rows["test"])) == (0, 0, 5)


def test_others_are_not_split_this_way(root, synthetic):
    assert not h36m.is_h36m(synthetic)
    write_h36m(root / "h36m", {(9, "A"): h36m_32(2)})
    motion = datasets.load("h36m", root)
    assert h36m.is_h36m(motion)
    assert not h36m.is_h36m(motion[:0])


def test_missing_files(tmp_path, root, monkeypatch):
    monkeypatch.delenv("VVIPE_DATA", raising=False)
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="the data set h36m was not found .*set VVIPE_DATA .*or pass root="):
        datasets.load("h36m")
    with pytest.raises(FileNotFoundError, match=r"no file .*data_3d_h36m\.npz; expected an \.npz of Human3\.6M"):
        datasets.load("h36m", root)
    with pytest.raises(FileNotFoundError, match=r"data_2d_h36m_gt\.npz"):
        h36m.keypoints(root, "gt")
    with pytest.raises(ValueError, match='expected a source such as "gt" or "cpn_ft_h36m_dbb", got'):
        h36m.keypoints(root, "../../etc/passwd")


def holes(value):
    poses = h36m_32(3)
    poses[1, 2, 0] = value
    return poses


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"S9": {"Walking": np.zeros((3, 17, 3), np.float32)}},
         r"expected S9, Walking of shape \(frames, 32, 3\), got \(3, 17, 3\)"),
        ({"S9": {"Walking": np.zeros((0, 32, 3), np.float32)}}, r"expected S9, .* got \(0, 32, 3\)"),
        ({"S9": {"Walking": np.zeros((3, 32, 3), np.int32)}}, "is no array of float32 or float64"),
        ({"S9": {"Walking": [1, 2]}}, "is no array of float32 or float64"),
        ({"S9": {"Walking": holes(np.nan)}}, "S9, Walking holds values that are NaN or infinite"),
        ({"S9": {"Walking": holes(np.inf)}}, "NaN or infinite"),
        ({"S9": [h36m_32(3)]}, "expected a subject such as 'S9' with its actions, got 'S9'"),
        ({"subject9": {"Walking": h36m_32(3)}}, "expected a subject such as 'S9' with its actions, got 'subject9'"),
        ({"S9": {"W" * 100: h36m_32(3)}}, "expected an action of S9 such as 'Walking 1', got 'WWW"),
        ({"S9": {7: h36m_32(3)}}, "expected an action of S9 such as 'Walking 1', got '7'"),
        ({}, "holds no sequence"),
        ({"S9": dict.fromkeys(("a", "b"), h36m_32(3))}, "S9, b is the same array as another one"),
    ],
)  # fmt: skip
def test_other_contents(data, reason, root):
    write_npz(root / "h36m" / "data_3d_h36m.npz", "positions_3d", pickled(data))
    with pytest.raises(ValueError, match=rf"data_3d_h36m\.npz:? .*{reason}"):
        datasets.load("h36m", root)


def test_one_array_in_ten_thousand_places(root):
    """A small file must not fill the memory by naming one array again and again."""
    one = h36m_32(2000)
    data = pickled({"S9": {f"a{i}": one for i in range(2000)}})
    path = write_npz(root / "h36m" / "data_3d_h36m.npz", "positions_3d", data)
    assert not held("repeated", path, lambda: datasets.load("h36m", root))


def test_as_much_as_a_small_file_may_hold(root):
    """Zeros that shrink a thousandfold: either refused or within the memory promised."""
    for frames in (5_000, 20_000, 200_000):
        data = pickled({"S9": {"a": np.zeros((frames, 32, 3), np.float32)}})
        path = write_npz(root / "h36m" / "data_3d_h36m.npz", "positions_3d", data)
        assert held("zeros", path, lambda: datasets.load("h36m", root)) == (frames <= 20_000)


def test_cameras_must_be_four(root):
    views = [np.zeros((3, 17, 2), np.float32)] * 3
    write_npz(root / "h36m" / "data_2d_h36m_gt.npz", "positions_2d", pickled(nested({(9, "Walking"): views})))
    with pytest.raises(ValueError, match=r"data_2d_h36m_gt\.npz: expected 4 cameras for S9, Walking, got 3"):
        h36m.keypoints(root, "gt")
