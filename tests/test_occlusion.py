"""Hidden joints: the table's figure where nothing is hidden; only the query's joints are hidden."""

import pytest
import torch

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation import occlusion
from vvipe_explore.evaluation.cross_view import RawKeypoints, cross_view_hits, project_to
from vvipe_explore.metrics import np_mpjpe
from vvipe_explore.skeleton import MIRROR, PAPER_13, torso_length


@pytest.fixture(scope="module")
def poses(synthetic):
    return torch.from_numpy(synthetic.poses[::120])


def test_all_sets_of_joints():
    assert [len(occlusion.joint_sets(n)) for n in (0, 1, 2, 3)] == [1, 13, 78, 286]
    assert occlusion.joint_sets(3)[0] == (0, 1, 2)


def test_same_pose_is_the_protocol_s_hit(poses):
    got = occlusion.same_pose(poses)
    assert got.diagonal().all()
    assert not got.all()
    assert got[3, 8] == (np_mpjpe(poses[8], poses[3]) < 0.1)


def test_with_nothing_hidden_it_is_the_table_s_figure(poses):
    expected = cross_view_hits(RawKeypoints(), poses, project_to(poses, cameras.UNSEEN, True), (1,))[1]
    calls = []
    got = occlusion.hits_without(RawKeypoints(), poses, [()], report=lambda: calls.append(1))
    assert got == [pytest.approx(expected)]
    assert calls == [1]


def test_only_the_query_s_joints_are_hidden_and_never_read(poses):
    class Spy(RawKeypoints):
        seen = []

        def embed_keypoints(self, keypoints, confidence=None):
            self.seen.append(confidence)
            return super().embed_keypoints(keypoints, confidence)

    spy = Spy()
    occlusion.hits_without(spy, poses, [(5, 9)], cameras.UNSEEN[:2], detected=False)
    galleries, queries = spy.seen[:2], spy.seen[2:]
    assert all((c == 1).all() for c in galleries)
    assert len(queries) == 2
    for confidence in queries:
        assert (confidence[:, [5, 9]] == 0).all()
        assert confidence.sum(1).tolist() == [11] * len(poses)


def test_what_is_hidden_is_not_drawn_and_the_truth_is_behind(poses):
    import matplotlib.pyplot as plt

    class Truth:
        def lift(self, keypoints, confidence):
            assert confidence.sum() == 9
            return canonicalise(poses[[3]]).poses

    occlusion.show_lifted(Truth(), poses, 3, hidden=4)
    seen, body = plt.gcf().axes
    bones = [line.get_ydata() for line in seen.lines if len(line.get_ydata()) == 2]
    assert sum(bool(torch.tensor(y).isnan().any()) for y in bones) == 4, "thighs and shanks"
    assert len(body.lines) == 2 * len(seen.lines)
    plt.close("all")


def test_only_the_named_pairs_are_exchanged(poses):
    views = cameras.view(poses[:2], cameras.fixed_orbit([cameras.SEEN[0]]))
    which = torch.zeros(2, 6, dtype=torch.bool)
    which[0, occlusion.PAIRS.index("wrist")] = True
    got = occlusion.exchange(views, which)
    assert torch.equal(got[1], views[1])
    order = [0, 1, 2, 3, 4, PAPER_13.index("right_wrist"), PAPER_13.index("left_wrist"), *range(7, 13)]
    assert torch.equal(got[0], views[0, order])
    assert torch.equal(occlusion.exchange(views, torch.ones(2, 6, dtype=torch.bool)), views[:, list(MIRROR)])


def test_each_damage_grows_from_none_and_is_of_one_kind(poses):
    views = cameras.view(poses, cameras.fixed_orbit([cameras.SEEN[0]]))
    hidden, exchanged, noisy = occlusion.damages(views).values()
    for kind in (hidden, exchanged, noisy):
        keypoints, confidence = next(iter(kind.values()))
        assert torch.equal(keypoints, views)
        assert confidence.eq(1).all()
    for k in range(7):
        assert hidden[k][1].sum(1).eq(13 - k).all()
        moved = (exchanged[k][0] != views).any(-1)
        assert moved[:, 0].logical_not().all()
        assert moved.sum(1).eq(2 * k).all()
    assert (hidden[6][1] <= hidden[3][1]).all(), "more of them includes fewer"
    offsets = noisy[0.2][0] - views
    assert torch.allclose(offsets, 2 * (noisy[0.1][0] - views), atol=1e-3)
    assert (offsets.std((1, 2)) / torso_length(views)).mean() == pytest.approx(0.2, rel=0.05)


def test_what_is_shown_is_hidden_and_exchanged_by_name(poses):
    import matplotlib.pyplot as plt

    class Spy:
        def lift(self, keypoints, confidence):
            self.keypoints, self.confidence = keypoints, confidence
            return canonicalise(poses[[3]]).poses

    spy = Spy()
    occlusion.show_damaged(spy, poses, 3, hide=["nose"], exchanged=["ankle"])
    exact = cameras.view(poses[[3]], cameras.fixed_orbit([cameras.SEEN[0]]))
    assert spy.confidence[0].tolist() == [0.0] + [1.0] * 12
    assert torch.equal(spy.keypoints[0], exact[0, [*range(11), 12, 11]])
    assert plt.gcf().axes[1].get_title().endswith("off by 0 mm")
    plt.close("all")


def test_damages_are_measured_for_each_amount(poses):
    """A model whose body is the truth with each hidden joint moved: its error grows with the hidden joints alone."""
    views = cameras.view(poses, cameras.fixed_orbit([cameras.SEEN[0]]))

    class Model:
        def lift(self, keypoints, confidence):
            return poses + 0.1 * (1 - confidence)[..., None] * torch.tensor([0.0, 0.0, 1.0])

        def embed_poses(self, poses):
            return torch.zeros(len(poses), 2)

        def embed_keypoints(self, keypoints, confidence):
            return (1 - confidence).sum(1, keepdim=True).expand(-1, 2)

        def keypoint_log_var(self, keypoints, confidence):
            return torch.full((len(poses), 4), 2.0).log()

    hidden, exchanged, noisy = occlusion.measure_damages(Model(), poses, views).values()
    assert [len(curve) for kind in (hidden, exchanged, noisy) for curve in kind.values()] == [7] * 9
    assert hidden["error_mm"][0] < 0.1 < 5 < hidden["error_mm"][1] < hidden["error_mm"][3]
    assert max(exchanged["error_mm"] + noisy["error_mm"]) < 0.1
    assert hidden["made"] == pytest.approx([2**0.5 * k for k in range(7)])
    assert noisy["expected"] == pytest.approx([8**0.5] * 7)


def test_damages_are_plotted_a_column_a_kind():
    import matplotlib.pyplot as plt

    flat = {name: [1.0] * 7 for name in ("error_mm", "made", "expected")}
    axes = occlusion.plot_damages(dict.fromkeys(occlusion.AMOUNTS, flat), 150.0)
    assert axes.shape == (2, 3)
    assert [ax.get_xlabel() for ax in axes[1]] == list(occlusion.AMOUNTS)
    assert all(ax.lines[1].get_ydata()[0] == 150 for ax in axes[0])
    assert axes[0, 2].lines[0].get_xdata().tolist() == list(occlusion.AMOUNTS["noise on keypoints (torso lengths)"])
    plt.close("all")
