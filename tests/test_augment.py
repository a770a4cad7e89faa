"""Bodies that were not recorded: what changes, and what must not."""

import pytest
import torch

from vvipe_explore import datasets
from vvipe_explore.alignment import canonicalise
from vvipe_explore.skeleton import bone_lengths, mid_hip
from vvipe_explore.training import augment, bodies, limb_angles, turns


def canonical(n=64):
    poses = torch.from_numpy(datasets.load("synthetic").poses[:: 12288 // n][:n])
    return canonicalise(poses).poses


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_random_lengths_change_lengths_alike_left_and_right_and_keep_directions():
    poses = canonical()
    made = bodies.random_lengths(poses, 0.08, generator())
    factor = bone_lengths(made) / bone_lengths(poses)
    # upper arms, forearms, thighs, shanks: left beside right
    for left, right in ((0, 2), (1, 3), (4, 6), (5, 7)):
        torch.testing.assert_close(factor[:, left], factor[:, right], rtol=1e-4, atol=1e-4)
    assert 0.05 < factor[:, :8].std() < 0.11
    before, after = (torch.nn.functional.normalize(p[:, 5] - p[:, 3], dim=-1) for p in (poses, made))
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mid_hip(made), mid_hip(poses), atol=1e-6, rtol=0)


def test_random_lengths_of_no_spread_change_nothing():
    poses = canonical()
    torch.testing.assert_close(bodies.random_lengths(poses, 0.0, generator()), poses)


def test_exchange_limbs_takes_whole_limbs_and_keeps_the_trunk():
    poses = canonical()
    donors = poses.roll(7, 0)
    made = augment.exchange_limbs(poses, donors, 1.0, generator())
    trunk = [0, 1, 2, 7, 8]
    assert torch.equal(made[:, trunk], poses[:, trunk])
    for top, middle, end in ((1, 3, 5), (2, 4, 6), (7, 9, 11), (8, 10, 12)):
        own = torch.isclose(made[:, [middle, end]], poses[:, [middle, end]], atol=1e-6).all((1, 2))
        moved = poses[:, None, top] + donors[:, [middle, end]] - donors[:, None, top]
        given = torch.isclose(made[:, [middle, end]], moved, atol=1e-6).all((1, 2))
        assert (own | given).all()
        assert 0 < given.sum() < len(poses)


def test_exchange_limbs_of_no_poses_changes_nothing():
    poses = canonical()
    assert torch.equal(augment.exchange_limbs(poses, poses.roll(1, 0), 0.0, generator()), poses)


def test_augment_is_seeded():
    poses = canonical()
    first, again, other = (augment.augment(poses, augment.Augmentation(0.08, 0.5), generator(s)) for s in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_each_option_of_augment_works_alone():
    poses = canonical()
    options = {"length_spread": 0.08, "limb_exchange_prob": 0.5, "human_proportions": 1.0, "joint_jitter_deg": 20.0,
               "any_body_prob": 1.0, "uneven_m": 0.02, "straightened_prob": 1.0, "drawn_limbs_prob": 1.0}
    for option in ({name: value} for name, value in options.items()):
        made = augment.augment(poses, augment.Augmentation(**option), generator())
        assert (made - poses).abs().max() > 0.01, option


def test_segment_lengths_by_hand():
    """A body of 13 points whose eight segments are 1 to 8 long, on the axes."""
    pose = torch.zeros(13, 3)
    pose[7], pose[8] = torch.tensor([0.5, 0, 0]), torch.tensor([-0.5, 0, 0])          # hip line 1
    pose[1], pose[2] = torch.tensor([1.5, 2, 0]), torch.tensor([-1.5, 2, 0])          # spine 2, shoulder line 3
    pose[0] = torch.tensor([0.0, 2, 4])                                               # neck 4
    for side, sign in ((0, 1), (1, -1)):
        pose[3 + side] = pose[1 + side] + torch.tensor([5.0 * sign, 0, 0])            # upper arm 5
        pose[5 + side] = pose[3 + side] + torch.tensor([0, 6.0, 0])                   # forearm 6
        pose[9 + side] = pose[7 + side] + torch.tensor([0, -7.0, 0])                  # thigh 7
        pose[11 + side] = pose[9 + side] + torch.tensor([0, 0, -8.0])                 # shank 8
    assert bodies.segment_lengths(pose[None])[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_human_proportions_lie_between_their_own_and_human_proportions():
    poses = canonical()
    poses = bodies.random_lengths(poses, 0.15, generator(5))  # bodies far from human ones
    own, goal = bodies.segment_lengths(poses), torch.tensor(list(bodies.HUMAN.values()))[:, None]
    made = bodies.segment_lengths(bodies.random_lengths(poses, 0.0, generator(1), human_proportions=0.5))
    way = ((made - own) / (goal - own)).T  # of each body, 0 its own and 1 human, alike in all eight segments
    assert (way.amax(1) - way.amin(1)).max() < 1e-2
    way = way.mean(1)
    assert way.min() > -1e-3
    assert way.max() < 1 + 1e-3
    assert 0.3 < (way < 1e-3).float().mean() < 0.7
    assert way.max() > 0.8


def test_jitter_turns_joints_and_keeps_lengths():
    poses = canonical()
    made = augment.jitter_joints(poses, 20.0, 1.0, generator())
    lengths = bodies.segment_lengths
    torch.testing.assert_close(lengths(made), lengths(poses), rtol=1e-4, atol=1e-5)
    assert torch.equal(made[:, [7, 8]], poses[:, [7, 8]])
    trunk, before = made[:, :3], poses[:, :3]  # the upper body turns as one
    torch.testing.assert_close(torch.cdist(trunk, trunk), torch.cdist(before, before), rtol=1e-4, atol=1e-4)
    thigh, was = (torch.nn.functional.normalize(p[:, 9] - p[:, 7], dim=-1) for p in (made, poses))
    degrees = torch.rad2deg((thigh * was).sum(-1).clamp(-1, 1).arccos())
    assert 15 < degrees.mean() < 35  # 20 degrees an axis, of which two move the thigh: 25 in the mean
    torch.testing.assert_close(augment.jitter_joints(poses, 20.0, 0.0, generator()), poses, atol=1e-6, rtol=0)
    half = ((augment.jitter_joints(poses, 20.0, 0.5, generator()) - poses).abs().amax((1, 2)) > 1e-3).float().mean()
    assert 0.3 < half < 0.7


def test_any_body_has_every_segment_within_the_ranges_and_keeps_the_pose():
    poses = canonical(256)
    made = bodies.random_lengths(poses, 0.0, generator(), any_body=1.0)
    lengths = bodies.segment_lengths(made)
    low, high = torch.tensor(list(bodies.RANGES.values())).T[..., None]
    assert (lengths > low - 1e-4).all()
    assert (lengths < high + 1e-4).all()
    assert ((lengths.amax(1) - lengths.amin(1)) > 0.9 * (high - low)[:, 0]).all()  # all of the range is used
    before, after = (torch.nn.functional.normalize(p[:, 12] - p[:, 10], dim=-1) for p in (poses, made))
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-4)


def test_any_body_changes_its_part_of_the_bodies():
    poses = canonical(256)
    made = bodies.random_nose(bodies.random_lengths(poses, 0.0, generator(), any_body=0.25), 0.0, generator(), 0.25)
    other = (bodies.segment_lengths(made) - bodies.segment_lengths(poses)).abs().amax(0) > 1e-3
    assert 0.25 < other.float().mean() < 0.6  # lengths of a quarter, noses of another quarter


def test_uneven_moves_hips_and_shoulders_apart_from_one_another_and_nothing_else():
    poses = canonical()
    moved = (bodies.uneven(poses, 0.01, generator()) - poses).norm(dim=-1)
    placed = [1, 2, 7, 8]
    assert moved[:, [i for i in range(13) if i not in placed]].max() == 0
    assert (moved[:, placed].mean(0) - 0.016).abs().max() < 0.003  # of a normal vector of deviation 0.01 in 3 axes
    assert not torch.allclose(moved[:, 7], moved[:, 8])


def test_other_pose_and_other_body_are_the_two_halves_of_augment():
    poses = canonical()
    a = augment.Augmentation(0.08, 0.5, 0.3, 15.0, 0.5, 0.01)
    whole = augment.augment(poses, a, generator(3))
    g = generator(3)
    assert torch.equal(whole, augment.other_body(augment.other_pose(poses, a, g), a, g))
    body = augment.other_body(poses, a, generator())
    directions = [torch.nn.functional.normalize(p[:, 11] - p[:, 9], dim=-1) for p in (poses, body)]
    torch.testing.assert_close(*directions, rtol=1e-4, atol=1e-4)  # another body, the same pose


ALL_LIMBS = {limb: torch.ones(64, 1, dtype=torch.bool) for limb in bodies.LIMBS}


def drawn_at(monkeypatch, kind, **angles):
    """Draw all limbs of 64 poses, those of one kind at the given angles; give the directions of its segments."""
    ranges = {name: (angles.get(name, 0.0),) * 2 for name in getattr(limb_angles, kind.upper())}
    monkeypatch.setattr(limb_angles, kind.upper(), ranges)
    made = limb_angles.draw_limbs(canonical(), ALL_LIMBS, generator())
    segments = {}
    for side in ("left", "right"):
        top, middle, end = bodies.LIMBS[f"{side}_{kind}"]
        for name, a, b in (("upper", top, middle), ("lower", middle, end)):
            segments[side, name] = torch.nn.functional.normalize(made[:, b] - made[:, a], dim=-1)
    return segments


@pytest.mark.parametrize(
    ("kind", "angles", "segment", "left", "right"),
    [
        ("leg", {}, "upper", (0, -1, 0), (0, -1, 0)),
        ("leg", {"flexion": 90.0}, "upper", (0, 0, 1), (0, 0, 1)),
        ("leg", {"flexion": 90.0, "bend": 90.0}, "lower", (0, -1, 0), (0, -1, 0)),
        ("leg", {"bend": 90.0}, "lower", (0, 0, -1), (0, 0, -1)),
        ("leg", {"abduction": 90.0}, "upper", (1, 0, 0), (-1, 0, 0)),
        ("arm", {"bend": 90.0}, "lower", (0, 0, 1), (0, 0, 1)),
        ("arm", {"elevation": 90.0, "plane": 90.0}, "upper", (1, 0, 0), (-1, 0, 0)),
        ("arm", {"elevation": 90.0, "plane": 90.0, "bend": 90.0}, "lower", (0, 0, 1), (0, 0, 1)),
        ("arm", {"elevation": 180.0}, "upper", (0, 1, 0), (0, 1, 0)),
    ],
)
def test_limbs_are_drawn_as_their_angles_say(monkeypatch, kind, angles, segment, left, right):
    found = drawn_at(monkeypatch, kind, **angles)
    for side, expected in (("left", left), ("right", right)):
        torch.testing.assert_close(
            found[side, segment], torch.tensor(expected, dtype=torch.float32).expand(64, 3), atol=1e-5, rtol=0
        )


def test_drawn_limbs_keep_trunk_and_lengths_and_are_alike_in_half_of_the_poses():
    poses = canonical()
    made = limb_angles.draw_limbs(poses, ALL_LIMBS, generator())
    trunk = [0, 1, 2, 7, 8]
    assert torch.equal(made[:, trunk], poses[:, trunk])
    torch.testing.assert_close(bone_lengths(made), bone_lengths(poses), atol=1e-5, rtol=1e-5)
    thigh, other = (torch.nn.functional.normalize(made[:, a] - made[:, b], dim=-1) for a, b in ((9, 7), (10, 8)))
    alike = torch.isclose(thigh * torch.tensor([-1.0, 1.0, 1.0]), other, atol=1e-5).all(-1)
    assert 16 < alike.sum() < 48


def test_no_limb_is_drawn_where_none_is_chosen():
    poses, none = canonical(), {limb: torch.zeros(64, 1, dtype=torch.bool) for limb in bodies.LIMBS}
    assert torch.equal(limb_angles.draw_limbs(poses, none, generator()), poses)


def test_tilt_turns_whole_bodies_about_the_mid_hip():
    poses = canonical()
    made = augment.tilt(poses, 10.0, generator())
    torch.testing.assert_close(mid_hip(made), mid_hip(poses), atol=1e-6, rtol=0)
    torch.testing.assert_close(canonicalise(made).poses, canonicalise(poses).poses, atol=1e-4, rtol=0)
    up, before = (torch.nn.functional.normalize(p[:, [1, 2]].mean(1) - mid_hip(p), dim=-1) for p in (made, poses))
    angle = torch.rad2deg((up * before).sum(-1).clamp(-1, 1).acos())
    assert 8 < angle.square().mean().sqrt() < 21  # about 10 on each of two axes


def test_turns_about_an_axis_are_right_handed():
    for axis, start, end in (("x", 1, 2), ("y", 2, 0), ("z", 0, 1)):
        torch.testing.assert_close(
            turns.about(axis, torch.tensor(90.0))[:, start], torch.eye(3)[end], atol=1e-6, rtol=0
        )


def bends(poses):
    """Give the bends of knees and elbows in degrees (n, 4), in the order of bodies.LIMBS."""
    found = []
    for top, middle, end in bodies.LIMBS.values():
        upper, lower = poses[:, middle] - poses[:, top], poses[:, end] - poses[:, middle]
        found.append(torch.nn.functional.cosine_similarity(upper, lower, dim=-1).clamp(-1, 1).acos().rad2deg())
    return torch.stack(found, 1)


def test_straighten_takes_the_same_off_both_sides_and_keeps_directions_and_lengths(monkeypatch):
    poses = canonical()
    monkeypatch.setattr(augment, "STRAIGHTER", {"leg": (20.0, 20.0), "arm": (-10.0, -10.0)})
    made = augment.straighten(poses, 1.0, generator())
    before, after = bends(poses), bends(made)
    for limb, off in zip(bodies.LIMBS, [-10.0, 20.0, -10.0, 20.0], strict=True):
        k = list(bodies.LIMBS).index(limb)
        expected = (before[:, k] - off).clamp_min(0)
        kept = (before[:, k] > 3) & (expected > 3)  # the angle of nearly straight limbs is lost in rounding
        torch.testing.assert_close(after[kept, k], expected[kept], atol=0.2, rtol=0)
    torch.testing.assert_close(bone_lengths(made), bone_lengths(poses), atol=1e-4, rtol=1e-4)
    far, was = (torch.nn.functional.normalize(p[:, 11] - p[:, 7], dim=-1) for p in (made, poses))
    torch.testing.assert_close(far, was, atol=1e-4, rtol=0)


def test_straighten_leaves_its_part_of_the_poses_and_no_bend_below_zero():
    poses = canonical()
    assert (augment.straighten(poses, 0.0, generator()) - poses).abs().max() < 1e-5
    moved = (augment.straighten(poses, 0.5, generator()) - poses)[:, [9, 10]].abs().amax((1, 2)) > 1e-3
    assert 16 < moved.sum() < 48
    straight = torch.zeros(1, 13, 3)
    straight[:, [9, 10, 11, 12]] = torch.tensor([[0.0, -1, 0], [0, -1, 0], [0, -2, 0], [0, -2, 0]])
    assert torch.isfinite(augment.straighten(straight, 1.0, generator())[:, 9:]).all()
