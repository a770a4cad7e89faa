"""The measurement's own arithmetic: baselines against loops, rows, the table, and the protocol's split."""

import itertools
import math

import numpy as np
import pytest
import torch

from vvipe_explore import cameras, datasets
from vvipe_explore.evaluation import cross_view
from vvipe_explore.evaluation.cross_view import (
    Chance,
    ProcrustesKeypoints,
    RawKeypoints,
    cross_view_hits,
    evaluate,
    project_to,
)
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.models.baselines import DirectLifter
from vvipe_explore.models.networks import KeypointEncoder
from vvipe_explore.retrieval import hit_at_k
from vvipe_explore.skeleton import PAPER_13, mirror_name

PARTNER = [PAPER_13.index(mirror_name(n)) for n in PAPER_13]


@pytest.fixture(scope="module")
def views(poses):
    return project_to(poses, cameras.UNSEEN)


def lacking(keypoints, seed):
    """Confidence with up to five joints missing, whose coordinates are spoilt."""
    g = torch.Generator().manual_seed(seed)
    confidence = torch.ones(len(keypoints), 13, dtype=keypoints.dtype)
    for row in range(len(keypoints)):
        confidence[row, torch.randperm(13, generator=g)[: row % 6]] = 0
    return torch.where(confidence[..., None] > 0, keypoints, torch.nan), confidence


def normalised_by_loop(points, confidence):
    """Hip-centred and torso-scaled; a missing hip or shoulder stands where its partner is, else in the middle."""
    there = [i for i in range(13) if confidence[i] > 0]
    middle = sum(points[i] for i in there) / len(there)
    full = [points[i] if i in there else points[PARTNER[i]] if PARTNER[i] in there else middle for i in range(13)]
    hip, shoulder = (full[7] + full[8]) / 2, (full[1] + full[2]) / 2
    return {i: (points[i] - hip) / np.linalg.norm(shoulder - hip) for i in there}


def test_views_are_projections_with_full_confidence(poses, views):
    assert len(views) == 5
    keypoints, confidence = views[3]
    assert (confidence == 1).all()
    assert torch.equal(keypoints, cameras.view(poses, cameras.fixed_orbit([cameras.UNSEEN[3]])))


def test_detected_views_are_seeded_by_the_camera_s_place(poses, views):
    from vvipe_explore.training.detector_errors import detector_errors

    noisy, again = (project_to(poses, cameras.UNSEEN, detected=True) for _ in range(2))
    for place in range(5):
        expected = detector_errors(views[place][0], torch.Generator().manual_seed(place))
        for a, b, c in zip(noisy[place], again[place], expected, strict=True):
            assert torch.equal(a, b)
            assert torch.equal(a, c)


def test_raw_keypoints_with_missing_joints_equal_a_loop(views):
    (a, sure_a), (b, sure_b) = lacking(views[0][0][:12], 0), lacking(views[1][0][5:16], 1)
    method = RawKeypoints()
    got = method.distance(method.embed_keypoints(a, sure_a), method.embed_keypoints(b, sure_b))
    assert got.shape == (12, 11)
    for i, j in itertools.product(range(12), range(11)):
        p, q = normalised_by_loop(a[i].numpy(), sure_a[i]), normalised_by_loop(b[j].numpy(), sure_b[j])
        common = p.keys() & q.keys()
        expected = math.sqrt(sum(np.square(p[k] - q[k]).sum() for k in common) / len(common))
        assert got[i, j].item() == pytest.approx(expected, abs=1e-6)


def test_raw_keypoints_forget_place_and_size(views):
    method = RawKeypoints()
    keypoints = views[0][0]
    z, moved = method.embed_keypoints(keypoints), method.embed_keypoints(3 * keypoints - 70)
    assert torch.allclose(z, moved, atol=1e-9)
    assert method.distance(z[:5], moved[:5]).diagonal().max() < 1e-6


@pytest.mark.parametrize("missing", [(), (2,), (7,), (0, 5, 12)])
def test_procrustes_distance_is_0_for_rotated_and_scaled_keypoints(views, missing):
    method = ProcrustesKeypoints()
    keypoints = views[0][0][:20]
    c, s = math.cos(0.7), math.sin(0.7)
    turned = 2.5 * keypoints @ torch.tensor([[c, s], [-s, c]], dtype=torch.float64) + 40
    confidence = torch.ones(20, 13, dtype=torch.float64)
    confidence[:, list(missing)] = 0
    z, other = method.embed_keypoints(keypoints, confidence), method.embed_keypoints(turned, confidence)
    assert method.distance(z, other).diagonal().max() < 1e-6
    mirrored = method.embed_keypoints(keypoints * torch.tensor([-1.0, 1.0]), confidence)
    assert method.distance(z, mirrored).diagonal().min() > 1e-3


def test_procrustes_distance_against_scipy(views):
    """scipy's disparity of two unit shapes is the squared distance, with reflections; ours is never smaller."""
    from scipy.linalg import orthogonal_procrustes

    method = ProcrustesKeypoints()
    a, b = views[0][0][:15], views[2][0][20:35]
    got = method.distance(method.embed_keypoints(a), method.embed_keypoints(b))
    for i, j in itertools.product(range(15), range(15)):
        p, q = ((x - x.mean(0)) / np.linalg.norm(x - x.mean(0)) for x in (a[i].numpy(), b[j].numpy()))
        rotation, strength = orthogonal_procrustes(p, q)
        if np.linalg.det(rotation) < 0:   # take back the reflection: the least singular value changes sign
            strength = np.linalg.svd(p.T @ q)[1] @ [1, -1]
        assert got[i, j].item() == pytest.approx(math.sqrt(max(0, 1 - strength**2)), abs=1e-6)


def test_chance_is_low_and_seeded(synthetic):
    poses = torch.from_numpy(synthetic.poses[::12])
    views = project_to(poses, cameras.SEEN)
    hits = cross_view_hits(Chance(), poses, views)
    assert hits == cross_view_hits(Chance(), poses, views)
    assert hits[1] < hits[10] < hits[20] < 60
    assert hits[1] < 10


def test_hits_are_the_mean_over_ordered_pairs(poses, views):
    method, z = RawKeypoints(), []
    for keypoints, confidence in views[:3]:
        z.append(method.embed_keypoints(keypoints, confidence))
    pairs = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    each = [hit_at_k(z[i], z[j], poses, poses, (1, 10), method.distance) for i, j in pairs]
    got = cross_view_hits(method, poses, views[:3], (1, 10))
    for k in (1, 10):
        assert got[k] == pytest.approx(sum(hits[k] for hits in each) / 6)


def test_evaluate_rows_and_table(poses):
    torch.manual_seed(0)
    methods = {"chance": Chance, "lifter": DirectLifter(KeypointEncoder(39, 8, 1)).eval()}
    reported = []
    rows = evaluate(methods, poses[:60].float(), report=reported.append)
    assert rows == reported
    assert [(r["method"], r["cameras"]) for r in rows] == [
        ("chance", "seen"), ("lifter", "seen"), ("chance", "unseen"), ("lifter", "unseen"),
    ]  # fmt: skip
    for row in rows:
        figures = {"hit@1", "hit@10", "hit@20", "mpjpe", "pa_mpjpe"}
        assert row.keys() == {"method", "bodies", "cameras", "keypoints"} | figures
        assert row["keypoints"] == "GT"
        assert 0 <= row["hit@1"] <= row["hit@10"] <= row["hit@20"] <= 100
        assert (row["mpjpe"] is None) == (row["method"] == "chance")
    assert 0 < rows[3]["pa_mpjpe"] < rows[3]["mpjpe"]
    lines = cross_view.as_table(rows).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith(f"| chance | {rows[0]['hit@1']:.1f} |")
    assert lines[2].endswith("| - | - |")
    assert lines[3].endswith(f"| {rows[3]['mpjpe']:.0f} mm | {rows[3]['pa_mpjpe']:.0f} mm |")
    assert evaluate({"chance": Chance}, poses[:20].float(), detected=True)[0]["keypoints"] == "D"


def test_a_markdown_table_by_hand():
    assert markdown_table(["a", "b"], [["1", ""], ["x", "y"]]) == "| a | b |\n|---|---|\n| 1 |  |\n| x | y |"
    assert markdown_table(["a"], []) == "| a |\n|---|"


def row(hit, method="a", keypoints="GT", cameras="seen", bodies="14"):
    return {"method": method, "bodies": bodies, "cameras": cameras, "keypoints": keypoints, "hit@1": hit,
            "hit@10": hit + 1, "hit@20": hit + 2, "mpjpe": None, "pa_mpjpe": 50.0 + hit}  # fmt: skip


def test_summary_of_seeds_by_hand():
    first, second, third = ([row(h), row(h, cameras="unseen"), row(h + 40, "b")] for h in (10.0, 12.0, 17.0))
    got = cross_view.summarise([first, second, third[:2]])
    expected = [("a", "seen", 3), ("a", "unseen", 3), ("b", "seen", 2)]
    assert [(r["method"], r["cameras"], r["seeds"]) for r in got] == expected
    assert got[0]["hit@1"] == 13
    assert got[0]["hit@20"] == 15
    assert got[0]["hit@1 spread"] == pytest.approx(13**0.5)   # variance (9 + 1 + 16) / 2
    assert got[0]["pa_mpjpe"] == 63
    assert got[0]["mpjpe"] is None
    assert got[2]["hit@1"] == 51
    assert "hit@1 spread" not in cross_view.summarise([first])[0]


def test_table_of_bodies_by_hand():
    rows = [row(h, m, cameras=c, bodies=b) for b, c, hits in (
        ("14", "seen", (10.0, 11.0)), ("14", "unseen", (20.0, 21.0)), ("UI", "seen", (30.0, 31.0)),
        ("UI", "unseen", (40.0, 41.0)),
    ) for m, h in zip("ab", hits, strict=True)]  # fmt: skip
    rows[-1]["hit@1 spread"] = 0.5
    assert cross_view.bodies_table(rows).splitlines() == [
        "| Hit@1 | 14, seen | 14, unseen | UI, seen | UI, unseen |", "|---|---|---|---|---|",
        "| a | 10.0 | 20.0 | 30.0 | 40.0 |", "| b | 11.0 | 21.0 | 31.0 | 41.0 ± 0.5 |",
    ]  # fmt: skip
    assert "30.0" not in cross_view.as_table(rows)  # the first bodies alone


def test_summary_keeps_bodies_apart():
    got = cross_view.summarise([[row(10.0), row(50.0, bodies="UI")], [row(20.0), row(60.0, bodies="UI")]])
    assert [(r["bodies"], r["hit@1"]) for r in got] == [("14", 15), ("UI", 55)]


def test_table_of_both_kinds_of_keypoints_with_spread():
    rows = [row(10.0, k, k, c) for k in ("GT", "D") for c in ("seen", "unseen")]
    rows[0]["hit@1 spread"] = 0.25
    lines = cross_view.as_table(rows).splitlines()
    assert lines[0].startswith("| method | keypoints | seen Hit@1 |")
    assert lines[2].startswith("| GT | GT | 10.0 ± 0.2 | 11.0 | 12.0 | 60 mm | 10.0 |")
    assert lines[3].startswith("| D | D | 10.0 | 11.0 |")
    assert len({line.count("|") for line in lines}) == 1


def test_lifting_error_of_a_perfect_lifter_is_0(poses, views):
    from vvipe_explore.alignment import canonicalise

    class Perfect:
        def lift(self, keypoints, confidence):
            return canonicalise(poses).poses

    errors = cross_view.lifting_errors(Perfect(), poses, views)
    assert errors == {"mpjpe": 0, "pa_mpjpe": pytest.approx(0, abs=1e-6)}


def check_split(motion):
    rows = datasets.split(motion)
    assert rows.keys() == {"train", "validation", "test"}
    for a, b in itertools.combinations(rows, 2):
        assert not set(rows[a]) & set(rows[b])
        assert not set(motion.sequence[rows[a]]) & set(motion.sequence[rows[b]])
    assert all(len(set(r)) == len(r) > 0 for r in rows.values())
    return rows


def test_split_of_the_synthetic_set(synthetic):
    rows = check_split(synthetic)
    assert sum(map(len, rows.values())) == len(synthetic)
    assert set(synthetic.subject[rows["test"]]) == {8}
    assert 8 not in synthetic.subject[rows["train"]]
    assert len(set(synthetic.action[rows["validation"]])) > 8
    assert 0.15 < len(rows["validation"]) / len(rows["train"]) < 0.35


def test_split_of_one_person(synthetic):
    rows = check_split(synthetic[synthetic.subject == 3])
    assert min(map(len, rows.values())) >= 96


def test_split_of_one_sequence(synthetic):
    rows = datasets.split(synthetic[synthetic.sequence == "b01_walk"])
    assert all(list(r) == list(range(96)) for r in rows.values())


@pytest.fixture(scope="module")
def cmu(real_data):
    if not (real_data / "cmu-mocap").is_dir():
        pytest.skip("VVIPE_DATA holds no cmu-mocap: fetch it with: vvipe data fetch cmu, or copy it there")
    return datasets.load("cmu", real_data)


def test_split_of_cmu_is_the_protocol_s(cmu):
    rows = check_split(cmu)
    assert {name: len(r) for name, r in rows.items()} == {"train": 20830, "validation": 5203, "test": 2663}
    assert cmu.frame[rows["train"]].min() == 5  # frames 1 to 4 blend out of a T-pose
    assert set(cmu.subject[rows["test"]]) == {14}
    assert 14 not in cmu.subject[rows["train"]]
    assert 14 not in cmu.subject[rows["validation"]]
    trial = {s: int(s.split("_")[1]) for s in set(cmu.sequence)}
    assert all(trial[s] % 5 == 0 for s in cmu.sequence[rows["validation"]])
    assert not any(trial[s] % 5 == 0 for s in cmu.sequence[rows["train"]])
    one = rows["test"][cmu.sequence[rows["test"]] == "14_04"]
    assert (np.diff(cmu.frame[one]) == 16).all()   # every fourth of every fourth frame
    assert cmu.frame[one][0] == 1


def test_cmu_is_metres_and_upright(cmu):
    height = np.median(cmu.poses[:, 0, 1] - cmu.poses[:, 11:, 1].min(1))
    assert 1.2 < height < 1.9
    assert cmu.poses.dtype == np.float32
    assert cmu.joint_names == PAPER_13


class Lifter:
    """A model that always answers with the same pose, and remembers what it was shown."""

    def __init__(self, pose):
        self.pose, self.seen = pose, []

    def lift(self, keypoints, confidence):
        self.seen.append(keypoints)
        return self.pose.expand(len(keypoints), 13, 3)


def test_lifting_error_by_hand(poses, views):
    """A body that is 3 and 4 cm off in x and z at every joint is 50 mm off."""
    canonical = poses[:1]
    model = Lifter(canonical + torch.tensor([0.03, 0.0, 0.04], dtype=poses.dtype))
    assert cross_view.lifting_error(model, views[0][0][:1], canonical) == pytest.approx(50)


def test_angle_curves_turn_one_angle_of_the_first_seen_camera(poses):
    model = Lifter(poses[:1])
    curves = cross_view.angle_curves(model, poses, [-20, 0, 30])
    assert [len(curves[turn]) for turn in ("azimuth", "elevation", "roll")] == [3, 3, 3]
    wanted = [(25, 10, 0), (45, 10, 0), (75, 10, 0), (45, -20, 0), (45, 0, 0), (45, 30, 0), (45, 10, -20), (45, 10, 0)]
    for seen, camera in zip(model.seen, wanted, strict=False):
        assert torch.equal(seen, cameras.view(poses, cameras.fixed_orbit([camera])))


def test_the_plot_of_angles_shows_each_curve_and_what_training_covers():
    import matplotlib.pyplot as plt

    curves = {"a": {"azimuth": [1, 2], "elevation": [3, 4], "roll": [5, 6]}}
    axes = cross_view.plot_angle_curves(curves, [-60, 60])
    assert [ax.lines[1].get_ydata().tolist() for ax in axes] == [[1, 2], [3, 4], [5, 6]]
    assert [ax.patches[0].get_width() for ax in axes] == [120, 60, 60]
    assert [ax.lines[0].get_xdata()[0] for ax in axes] == [0, 10, 0]
    assert axes[0].get_ylim()[0] == 0
    assert axes[0].get_ylim()[1] > 6, "the last curve is seen whole"
    plt.close("all")
