"""Exercises made from joint angles: they are bodies, they differ, and they are the ones that their names promise."""

import numpy as np
import pytest
import torch

from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation import pose_sets
from vvipe_explore.skeleton import PAPER_13, bone_lengths
from vvipe_explore.training import exercises as module
from vvipe_explore.training.exercises import exercises

LEFT_LEG, RIGHT_LEG = (tuple(PAPER_13.index(f"{s}_{j}") for j in ("hip", "knee", "ankle")) for s in ("left", "right"))


def made(monkeypatch, stance, arm=module.hang, n=200):
    """Make canonical poses of one stance and one position of the arms."""
    monkeypatch.setattr(module, "STANCES", {stance: 1.0})
    monkeypatch.setattr(module, "ARMS", {arm: 1.0})
    return canonicalise(torch.from_numpy(exercises(n, seed=1))).poses


def directions(poses, first, second):
    return torch.nn.functional.normalize(poses[:, second] - poses[:, first], dim=-1)


def test_one_seed_makes_the_same_poses_and_another_one_others():
    assert exercises(50).dtype == np.float32
    assert np.array_equal(exercises(50), exercises(50))
    assert not np.array_equal(exercises(50), exercises(50, seed=1))
    assert exercises(0).shape == (0, 13, 3)


def test_all_are_one_body_that_faces_anywhere():
    poses = torch.from_numpy(exercises(2000))
    lengths = bone_lengths(poses)[:, :8]
    torch.testing.assert_close(lengths, lengths[:1].expand_as(lengths), rtol=1e-4, atol=0)
    assert 1.2 < (poses[..., 1].amax(1) - poses[..., 1].amin(1)).median() < 2.2
    across = directions(poses, 8, 7)
    facing = torch.atan2(across[:, 2], across[:, 0])
    assert torch.histc(facing, 8, -np.pi, np.pi).min() > 150


def test_knees_do_not_bend_backward():
    poses = canonicalise(torch.from_numpy(exercises(4000))).poses
    assert pose_sets.backwards(poses) < 8  # legs that are turned far outward count too


def test_left_and_right_take_turns(monkeypatch):
    poses = made(monkeypatch, module.leg_raise, n=1000)
    lifted = poses[:, LEFT_LEG[2], 1] - poses[:, RIGHT_LEG[2], 1]
    far = lifted.abs() > 0.1
    assert far.sum() > 300
    assert 0.42 < (lifted[far] > 0).float().mean() < 0.58


@pytest.mark.parametrize("stance", module.STANCES)
def test_each_stance_reaches_far(monkeypatch, stance):
    """Each ends where its name says, in at least a tenth of its poses; standing never does."""
    poses = made(monkeypatch, stance)
    thighs = [directions(poses, hip, knee) for hip, knee, _ in (LEFT_LEG, RIGHT_LEG)]
    bends = pose_sets.hinges(poses)[:, 2:]
    forward = torch.stack([t[:, 2] > 0.7 for t in thighs])
    outward = torch.stack([s * t[:, 0] > 0.55 for s, t in zip((1, -1), thighs, strict=True)])
    backward = torch.stack([t[:, 2] < -0.35 for t in thighs])
    straight = bends.T < 30
    reached = {
        "squat": forward.all(0) & (bends > 60).all(1), "sit": forward.all(0) & (bends > 50).all(1),
        "lunge": (forward & ~forward.flip(0) & (bends.T > 40)).any(0),
        "side_lunge": (outward & straight & ~straight.flip(0)).any(0),
        "knee_raise": (forward & (bends.T > 45) & straight.flip(0)).any(0),
        "leg_raise": (forward & straight).any(0) & straight.all(0),
        "leg_to_the_side": (outward & straight.flip(0)).any(0),
        "leg_backward": (backward & straight.flip(0)).any(0), "any_legs": (forward | outward).any(0),
    }  # fmt: skip
    if stance is module.stand:
        assert not (forward | outward | backward | ~straight).any()
    else:
        assert reached[stance.__name__].float().mean() > 0.1


@pytest.mark.parametrize(
    ("arm", "axis", "sign"),
    [(module.arm_backward, 2, -1), (module.hold_forward, 2, 1), (module.over_head, 1, 1), (module.hang, 1, -1)],
)
def test_arms_point_where_they_should(monkeypatch, arm, axis, sign):
    poses = made(monkeypatch, module.stand, arm)
    arms = torch.cat([directions(poses, 1, 3), directions(poses, 2, 4)])
    assert (sign * arms[:, axis] > 0).float().mean() > 0.85


def test_forearms_under_a_bar_point_up(monkeypatch):
    poses = made(monkeypatch, module.stand, module.under_a_bar)
    forearms = torch.cat([directions(poses, 3, 5), directions(poses, 4, 6)])
    assert (forearms[:, 1] > 0.3).float().mean() > 0.8
