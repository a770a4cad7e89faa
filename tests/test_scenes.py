"""Built scenes show what their labels say, and their answer is in the orientation, not in the canonical pose."""

import pytest
import torch

from vvipe_explore import datasets
from vvipe_explore.alignment import canonicalise, heading
from vvipe_explore.evaluation import scenes
from vvipe_explore.evaluation.alignments import lean
from vvipe_explore.training.turns import about


@pytest.fixture(scope="module")
def motion():
    return datasets.load("synthetic")


@pytest.fixture(scope="module")
def built(motion):
    return scenes.build(motion, 120)


def facing(poses):
    return heading(canonicalise(poses).rotation)


def wrapped(degrees):
    """Angles between -180 and 180."""
    return (degrees + 180) % 360 - 180


def test_poses_are_set_as_asked(motion):
    leans, headings = torch.tensor([0.0, 60.0]), torch.tensor([30.0, -100.0])
    poses = scenes.placed(motion, [0, 500], leans, headings)
    assert torch.allclose(lean(poses), leans, atol=2)
    upright = scenes.placed(motion, [0, 500], torch.zeros(2), headings)
    assert torch.allclose(facing(upright), headings, atol=1e-3)
    assert torch.allclose(
        canonicalise(poses).poses, canonicalise(torch.from_numpy(motion.poses[[0, 500]])).poses, atol=1e-4
    )


def test_a_lying_trunk_is_level_and_a_bow_leans(built):
    s = built["upright or lying"]
    assert lean(s.poses[:, 0])[s.labels == 0].max() < 2
    assert (lean(s.poses[:, 0])[s.labels == 1] - 90).abs().max() < 2
    s = built["bow or leg raise"]
    low = s.poses[:, 0, 11:, 1].mean(1)  # the ankles, over the hips
    assert (low[s.labels == 0] < -0.3).all()
    assert (low[s.labels == 1] > 0).all()


def test_turns_go_to_the_side_of_their_label(built):
    s = built["left or right"]
    turn = wrapped(facing(s.poses[:, 1]) - facing(s.poses[:, 0]))
    assert ((turn > 20) == (s.labels == 0)).all()
    assert ((turn < -20) == (s.labels == 1)).all()


def test_pairs_face_one_another_or_turn_their_backs(built):
    s = built["face to face"]
    way = s.poses[:, 1, 7:9].mean(1) - s.poses[:, 0, 7:9].mean(1)
    forward = canonicalise(s.poses).rotation[:, :, 2]
    first, second = ((forward[:, i] * way).sum(-1) for i in (0, 1))
    assert ((first > 0) == (s.labels == 0)).all()
    assert ((second < 0) == (s.labels == 0)).all()
    assert (s.keypoints[:, 0, :, 0].mean(1) < s.keypoints[:, 1, :, 0].mean(1)).all(), "the first stands on the left"


def test_who_walks_towards_the_camera_shows_the_left_side_on_the_right(built):
    s = built["towards or away"]
    left_on_the_right = s.keypoints[:, 0, 7, 0] > s.keypoints[:, 0, 8, 0]
    assert (left_on_the_right == (s.labels == 0)).float().mean() > 0.95


def test_people_of_the_test_are_not_in_training(motion, built):
    for name, s in built.items():
        assert 0.1 < s.test.float().mean() < 0.5, name
        assert len(s.labels) == len(s.poses) == len(s.keypoints) == 120
    tall = canonicalise(built["towards or away"].poses[:, 0]).scale
    assert not set(tall[built["towards or away"].test].tolist()) & set(tall[~built["towards or away"].test].tolist())


def test_solve_by_hand(built):
    s = built["towards or away"]
    told = torch.nn.functional.one_hot(s.labels, 2).float()
    assert set(scenes.solve([told], s).values()) == {100.0}
    nothing = torch.randn(120, 3, generator=torch.Generator().manual_seed(0))
    assert all(20 < right < 80 for right in scenes.solve([nothing], s).values())
    assert scenes.solve([1e-3 * told, 1e3 * nothing], s)["linear probe"] > 95, "no block drowns another"


def test_the_orientation_is_given_back_as_turns(built):
    rotation = torch.stack([torch.eye(3), about("y", torch.tensor(90.0))])[None]
    z, turns, between = scenes.with_orientation(torch.ones(1, 2, 4), rotation)
    assert z.shape == (1, 8)
    assert turns.shape == (1, 18)
    assert torch.allclose(between.view(3, 3), about("y", torch.tensor(90.0)))


def test_a_leaning_body_is_drawn_beside_its_canonical_pose(motion):
    import matplotlib.pyplot as plt

    scenes.show_lean(motion, 500, 90.0)
    ax = plt.gca()
    assert [text.get_text() for text in ax.texts] == ["in the room", "canonical"]
    lying, standing = ax.lines[: len(ax.lines) // 2], ax.lines[len(ax.lines) // 2 :]
    tall = [max(max(line.get_ydata()) for line in part) for part in (lying, standing)]
    assert tall[1] > tall[0] + 0.2
    plt.close("all")
