"""The published protocol: lists of frames are read as published, and Hit@k over them is worked out by hand."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pooch
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_datasets import (
    body,
    h36m_32,
    held,
    moving,
    world_3dhp,
    write_3dhp,
    write_frames,
    write_h36m,
    write_h36m_2d,
)  # fmt: skip

from vvipe_explore import skeleton
from vvipe_explore.datasets import frame_keys, h36m, registry
from vvipe_explore.evaluation import published
from vvipe_explore.evaluation.cross_view import BASELINES
from vvipe_explore.evaluation.published import (
    as_table,
    evaluate_published,
    hits_between,
    published_views,
    torso_lengths,
)
from vvipe_explore.skeleton import H36M_17

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

ACTIONS = {(9, "Walking 1"): h36m_32(31, 1), (11, "Photo"): h36m_32(21, 2), (1, "Eating"): h36m_32(9, 3)}
KEYS = [(9, "Walking 1", i) for i in range(0, 31, 10)] + [(11, "TakingPhoto", i) for i in (0, 20)]
MPI = {(1, "Seq1"): world_3dhp(12, 4), (8, "Seq2"): world_3dhp(12, 5)}
MPI_KEYS = [(1, "Seq1", 0), (1, "Seq1", 10), (8, "Seq2", 5)]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "h36m").mkdir()
    write_h36m(folder / "h36m", ACTIONS)
    write_3dhp(folder / "mpi_inf_3dhp", MPI)
    write_frames(folder / "pr-vipe-frames", KEYS, MPI_KEYS)
    return folder


class Oracle:
    """Knows each row: embeds it as its number, whatever the camera."""

    distance = None

    def embed_keypoints(self, keypoints, confidence=None):
        return torch.arange(len(keypoints), dtype=torch.float32)[:, None]


class Reversed(Oracle):
    """Finds the row farthest away in the list first, from every second camera."""

    calls = 0

    def embed_keypoints(self, keypoints, confidence=None):
        self.calls += 1
        z = super().embed_keypoints(keypoints)
        return z if self.calls % 2 else z.flip(0)


def test_lists_are_read_as_published(root):
    """The keys that Pr-VIPE's own description gives as examples."""
    text = {
        "h36m": "S11:Directions 1:54138969:000020\nS11:Directions 1:54138969:000030\nS9:WalkingDog:54138969:001700\n",
        "mpi_inf_3dhp": "S1:Seq1:V0:C0:003370\nS8:Seq2:V0:C0:005990\n",
    }
    expected = {
        "h36m": ("54138969", [(11, "Directions 1", 20), (11, "Directions 1", 30), (9, "WalkDog", 1700)]),
        "mpi_inf_3dhp": ("0", [(1, "Seq1", 3370), (8, "Seq2", 5990)]),
    }
    for name in text:
        for content in (text[name], text[name].rstrip("\n"), text[name].replace("\n", "\r\n")):
            (root / "list.txt").write_bytes(content.encode())
            assert frame_keys.read_frames(root / "list.txt", name) == expected[name]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("S9:Walking:54138969:000020\n\n", "line 2: expected a frame key such as S9:Walking 1:54138969:000020, got ''"),
        ("S9:Walking:54138969:20\n", "line 1: expected a frame key such as .*, got 'S9:Walking:54138969:20'"),
        ("S9,Walking,54138969,000020\n", "line 1: expected a frame key"),
        ("S9:../x:54138969:000020\n", "line 1: expected a frame key"),
        ("S9:Walking:54138969:000020\nS9:Walking:55011271:000020\n",
         "line 2: expected camera 54138969, as in the lines before, got 'S9:Walking:55011271"),
        ("S9:Walking:54138969:000020\n" * 2, "line 2: expected each key once, got 'S9:Walking"),
        ("S9:Walking:54138969:000020 " * 9, "line 1: expected a frame key"),
        ("404: Not Found", "line 1: expected a frame key such as .*, got '404: Not Found'"),
    ],
)  # fmt: skip
def test_other_lists(text, reason, tmp_path):
    path = tmp_path / "h36m-val-C0.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"h36m-val-C0\.txt.*{reason}"):
        frame_keys.read_frames(path, "h36m")


def test_other_lists_of_3dhp(tmp_path):
    path = tmp_path / "3dhp-train-C0.txt"
    path.write_text("S1:Seq1:V1:C0:003370\n")
    with pytest.raises(ValueError, match="line 1: expected the video and the camera to have one number, got 'S1:"):
        frame_keys.read_frames(path, "mpi_inf_3dhp")


def test_huge_lists(tmp_path, monkeypatch):
    path = tmp_path / "h36m-val-C0.txt"
    path.write_text("".join(f"S9:Walking:54138969:{i:06d}\n" for i in range(20)))
    monkeypatch.setattr(frame_keys, "MAX_KEYS", 10)
    with pytest.raises(ValueError, match="line 11: expected at most 10 keys, got 'S9:Walking"):
        frame_keys.read_frames(path, "h36m")
    monkeypatch.setattr(frame_keys, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match=r"C0\.txt: expected a list of frame keys .*of at most 10 bytes, got 540"):
        frame_keys.read_frames(path, "h36m")


def test_missing_lists_name_the_command(tmp_path, monkeypatch):
    monkeypatch.delenv("VVIPE_DATA", raising=False)
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="pr-vipe-frames was not found .*vvipe data fetch pr-vipe-frames"):
        evaluate_published({}, "h36m", tmp_path)
    (tmp_path / "pr-vipe-frames").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no file .*h36m-val-C0\.txt; .*\(fetch .*vvipe data fetch pr-vipe-f"):
        evaluate_published({}, "h36m", tmp_path)
    write_frames(tmp_path / "pr-vipe-frames", KEYS)
    lists = tmp_path / "pr-vipe-frames" / "h36m"
    (lists / "h36m-val-C1.txt").write_text((lists / "h36m-val-C0.txt").read_text())
    with pytest.raises(ValueError, match=r"h36m-val-C1\.txt: expected the list of camera 55011271, got that of 541389"):
        evaluate_published({}, "h36m", tmp_path)


def test_views_of_human36m(root):
    """Each camera's rows are the listed frames, in the order of the file, and its keypoints the projections."""
    views = published_views("h36m", root)
    assert [view.camera for view in views] == list(h36m.CAMERAS)
    expected = np.concatenate([ACTIONS[9, "Walking 1"][::10], ACTIONS[11, "Photo"][[0, 20]]])[:, h36m.SUBSET]
    expected = np.stack([expected[..., 0], expected[..., 2], -expected[..., 1]], -1)
    # sequences may be read in another order than listed; here the file has S9 first
    for view in views:
        assert np.array_equal(view.poses.numpy(), expected)
        assert view.keypoints.shape == (6, 13, 2) and view.keypoints.dtype == torch.float32   # noqa: PT018
        assert (view.confidence == 1).all()
    camera = h36m.cameras(11)["58860488"]
    x = camera.world_to_camera @ np.append(expected[5, H36M_17.index("left_knee")], 1)
    pixel = camera.intrinsics @ (x[:3] / x[2])
    assert views[2].keypoints[5, 9].numpy() == pytest.approx(pixel[:2], abs=15)   # without its distortion
    assert (views[0].keypoints - views[1].keypoints).abs().max() > 20


def test_detections_of_human36m(root, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"data_2d_h36m_cpn_ft_h36m_dbb\.npz"):
        published_views("h36m", root, detected=True)
    (tmp_path / "h36m").mkdir()
    write_h36m(tmp_path / "h36m", ACTIONS)
    write_frames(tmp_path / "pr-vipe-frames", KEYS)
    two = {
        key: [1000 * i + np.arange(len(poses) + 2, dtype=np.float32)[:, None, None] * np.ones((17, 2), np.float32)
              for i in range(4)] for key, poses in ACTIONS.items()
    }  # fmt: skip
    write_h36m_2d(tmp_path / "h36m", two, h36m.DETECTIONS)
    views = published_views("h36m", tmp_path, detected=True)
    assert [view.keypoints[:, 0, 0].tolist() for view in views] == [
        [1000.0 * i + frame for frame in (0, 10, 20, 30, 0, 20)] for i in range(4)
    ]
    write_h36m_2d(tmp_path / "h36m", {key: [v[:15] for v in value] for key, value in two.items()}, h36m.DETECTIONS)
    with pytest.raises(ValueError, match="expected 31 frames of S9, Walking 1, camera 54138969, got 15; fetch"):
        published_views("h36m", tmp_path, detected=True)


def test_views_of_3dhp(root):
    views = published_views("mpi_inf_3dhp", root)
    assert [view.camera for view in views] == [str(i) for i in range(11)]
    world = np.stack([MPI[s, name][frame] for s, name, frame in MPI_KEYS])
    truth = torch.from_numpy(skeleton.convert(world, "mpi_28", published.MPI_17)).float()
    for view in views:
        assert published.pa_mpjpe(1000 * truth, view.poses).max() < 0.01   # millimetres, in the camera's frame
        assert view.keypoints.shape == (3, 13, 2)
    with pytest.raises(ValueError, match="no detections are distributed with MPI-INF-3DHP"):
        published_views("mpi_inf_3dhp", root, detected=True)


def test_a_data_set_that_lacks_listed_frames(tmp_path):
    (tmp_path / "h36m").mkdir()
    write_h36m(tmp_path / "h36m", {(9, "Walking 1"): h36m_32(31, 1)})
    write_frames(tmp_path / "pr-vipe-frames", KEYS)
    with pytest.raises(ValueError, match="all sequences of the published frames, 1 are missing: S11 Photo. Add"):
        published_views("h36m", tmp_path)
    write_h36m(tmp_path / "h36m", {(9, "Walking 1"): h36m_32(30, 1), (11, "Photo"): h36m_32(21, 2)})
    with pytest.raises(ValueError, match="expected frame 30 of S9, Walking 1, got 30 frames; the data set was cut"):
        published_views("h36m", tmp_path)


def test_the_torso_by_hand():
    """Pelvis to spine and spine to thorax or neck, not the straight line between the ends."""
    poses = torch.zeros(1, 17, 3)
    place = {name: i for i, name in enumerate(H36M_17)}
    poses[0, place["spine"]], poses[0, place["thorax"]] = torch.tensor([3.0, 4, 0]), torch.tensor([3.0, 4, 12])
    assert torso_lengths(poses, "h36m").tolist() == [17.0]
    poses = torch.zeros(1, 17, 3)
    place = {name: i for i, name in enumerate(published.MPI_17)}
    poses[0, place["spine"]], poses[0, place["neck"]] = torch.tensor([0.0, 4, 3]), torch.tensor([0.0, 4, 4])
    assert torso_lengths(poses, "mpi_inf_3dhp").tolist() == [6.0]
    with pytest.raises(ValueError, match="expected a torso longer than 0, got 0 in pose 0; the data set is damaged"):
        torso_lengths(torch.zeros(1, 17, 3), "h36m")


def test_a_hit_is_below_a_tenth_of_the_query_s_torso(rng):
    """One pose, and the same with one joint moved: the error by an independent alignment, over the torso by hand."""
    pose = torch.from_numpy(moving(H36M_17, 1, 3)).float()
    place = {name: i for i, name in enumerate(H36M_17)}
    pelvis, spine, thorax = (pose[0, place[name]].numpy() for name in ("pelvis", "spine", "thorax"))
    torso = np.linalg.norm(spine - pelvis) + np.linalg.norm(thorax - spine)
    one = torch.zeros(1, 1)

    def by_hand(other):
        a, b = (x[0].double().numpy() - x[0].double().numpy().mean(0) for x in (other, pose))
        u, s, vt = np.linalg.svd(a.T @ b)
        d = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
        moved = (s * d).sum() / (a**2).sum() * a @ (u * d) @ vt
        return np.linalg.norm(moved - b, axis=1).mean() / torso

    outcomes = set()
    for shift in np.linspace(0.3, 1.5, 25):
        other = pose.clone()
        other[0, place["left_wrist"]] += float(shift)
        query, gallery = (published.View("a", poses, one, one) for poses in (pose, 900 * other + 5))
        hit = hits_between(query, gallery, one, one, "h36m", ks=(1,))[1] == 100
        assert hit == (by_hand(other) < 0.1)
        outcomes.add(hit)
    assert outcomes == {True, False}


def test_an_oracle_finds_all_and_a_hand_made_ranking(root):
    rows = evaluate_published({"oracle": Oracle}, "h36m", root)
    assert rows[0] == {
        "method": "oracle", "cameras": "h36m, published frames", "keypoints": "GT", "data": "h36m", "frames": 24,
        "hit@1": 100.0, "hit@10": 100.0, "hit@20": 100.0,
    }  # fmt: skip
    assert evaluate_published({"oracle": Oracle()}, "mpi_inf_3dhp", root)[0]["hit@1"] == 100
    # cameras 1 and 3 of 4 in order, 2 and 4 reversed: 4 of 12 ordered pairs agree; of 6 rows none is its own mirror
    views = published_views("h36m", root)
    poses = views[0].poses
    torso = torso_lengths(poses, "h36m")
    near = torch.tensor([published.pa_mpjpe(poses[5 - i], poses[i]) / torso[i] < 0.1 for i in range(6)])
    expected = (4 * 100 + 8 * 100 * near.float().mean().item()) / 12
    assert expected < 70
    assert evaluate_published({"reversed": Reversed()}, "h36m", root)[0]["hit@1"] == pytest.approx(expected)


def test_every_ordered_pair_is_queried(root, monkeypatch):
    pairs = []
    monkeypatch.setattr(published, "hits_between", lambda query, gallery, *rest: pairs.append(
        (query.camera, gallery.camera)) or {1: 0.0, 10: 0.0, 20: 0.0})  # fmt: skip
    evaluate_published({"oracle": Oracle}, "mpi_inf_3dhp", root)
    assert pairs == list(itertools.permutations([str(i) for i in range(11)], 2))


def test_the_baselines_run_and_report(root):
    reported = []
    rows = evaluate_published(BASELINES, "h36m", root, report=reported.append)
    assert rows == reported
    assert [row["method"] for row in rows] == list(BASELINES)
    assert all(0 <= row["hit@1"] <= row["hit@10"] <= row["hit@20"] <= 100 for row in rows)


def test_every_nth_frame_says_that_it_is_not_the_protocol(tmp_path):
    (tmp_path / "h36m").mkdir()
    write_h36m(tmp_path / "h36m", ACTIONS)
    with pytest.warns(UserWarning, match="one frame in 10, not the published ones: do not compare the figures"):
        (row,) = evaluate_published({"oracle": Oracle}, "h36m", tmp_path, every=10)
    assert row["cameras"] == "h36m, one frame in 10, not the published ones"
    assert row["frames"] == 4 * (4 + 3)   # of S9 and S11, not of S1
    assert "h36m, one frame in 10, not the published ones" in as_table([row])
    with pytest.raises(ValueError, match="expected every >= 1, or None for the published frames, got 0"):
        evaluate_published({}, "h36m", tmp_path, every=0)
    write_h36m(tmp_path / "h36m", {(1, "Eating"): h36m_32(9, 3)})
    with pytest.warns(UserWarning, match="frame in 10"), pytest.raises(ValueError, match="subjects, got none; check"):
        evaluate_published({}, "h36m", tmp_path, every=10)


def test_the_table_labels_what_was_published(root):
    table = as_table(evaluate_published({"oracle": Oracle}, "h36m", root)).splitlines()
    assert table[2] == "| oracle, GT | h36m, published frames | 100.0 | 100.0 | 100.0 |"
    assert "| V-VIPE, GT (as published) | h36m, published frames | 89.7 | 98.8 | 99.4 |" in table
    assert all("as published" in line for line in table[3:])
    assert not any("(D" in line for line in table)
    rows = [{"method": "m", "cameras": "c", "data": "mpi_inf_3dhp", "keypoints": "D"} | dict.fromkeys(
        ("hit@1", "hit@10", "hit@20"), 1.0)]  # fmt: skip
    line = "| V-VIPE (D + A) (as published, another detector) | mpi_inf_3dhp, published frames | 26.9 | 59.0 | 68.2 |"
    assert line in as_table(rows)


def test_unknown_data():
    with pytest.raises(ValueError, match='expected the data set "h36m" or "mpi_inf_3dhp", got .cmu.'):
        evaluate_published({}, "cmu")


def test_the_registry_pins_every_list():
    files = registry.index("pr-vipe-frames")["files"]
    assert set(files) == {file for names in frame_keys._FILES.values() for file in names}
    for path, source in files.items():
        repository, commit, place = re.fullmatch(r"https://raw\.githubusercontent\.com/(\S+?/\S+?)/(\w+)/(\S+)",
                                                 source["url"]).groups()  # fmt: skip
        assert repository == "google-research/google-research"
        assert len(commit) == 40
        assert place in (f"poem/eval/frames/{path}", f"poem/pr_vipe/eval/frames/{path}")


@pytest.fixture
def one_list(tmp_path, monkeypatch):
    """A registry of one file without a hash, and what the network answers."""
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.setattr(registry, "index", lambda name: {"files": {"h36m/a.txt": {"url": "https://example.org/a"}}})
    answer = [b"first"]

    def download(url, output_file, pooch, **kwargs):
        Path(output_file).write_bytes(answer[0])

    monkeypatch.setattr("pooch.core.choose_downloader", lambda url, progressbar=False: download)
    return tmp_path / "pr-vipe-frames", answer


def test_a_hash_that_is_not_known_is_noted_once_and_checked_ever_after(one_list):
    folder, answer = one_list
    assert registry.fetch("pr-vipe-frames", progress=False) == folder
    noted = json.loads((folder / "sha256.json").read_text())
    assert noted == {"h36m/a.txt": pooch.file_hash(folder / "h36m" / "a.txt")}
    (folder / "h36m" / "a.txt").unlink()
    answer[0] = b"another"
    with pytest.raises(ValueError, match=r"h36m/a\.txt of pr-vipe-frames could not be fetched .*hash"):
        registry.fetch("pr-vipe-frames", progress=False)
    assert json.loads((folder / "sha256.json").read_text()) == noted
    answer[0] = b"first"
    registry.fetch("pr-vipe-frames", progress=False)
    assert (folder / "h36m" / "a.txt").read_bytes() == b"first"


@pytest.mark.parametrize("note", ["{", "[1]", '{"h36m/a.txt": "x"}', '{"h36m/a.txt": 1}'])
def test_a_damaged_note(note, one_list):
    folder, _ = one_list
    folder.mkdir()
    (folder / "sha256.json").write_text(note)
    with pytest.raises(ValueError, match=r"sha256\.json is damaged; remove the folder"):
        registry.fetch("pr-vipe-frames", progress=False)


def test_the_made_body_stands_as_people_do():
    names = ["left_shoulder", "right_shoulder", "nose", "thorax"]
    left, right, nose, thorax = body(names)
    assert np.cross([0, 0, 1], nose - thorax) @ (left - right) > 0   # up x forward = left


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_damaged_lists_are_refused_by_name(seed, fuzzed):
    held("frames", *fuzzed.frames(seed))
