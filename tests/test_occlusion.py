"""Hidden joints: the table's figure where nothing is hidden; only the query's joints are hidden."""

import pytest
import torch

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation import occlusion
from vvipe_explore.evaluation.cross_view import RawKeypoints, cross_view_hits, project_to
from vvipe_explore.metrics import np_mpjpe


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
