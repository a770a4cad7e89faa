"""Bodies that were not recorded: what changes, and what must not."""

import torch

from vvipe_explore import augment, datasets
from vvipe_explore.alignment import canonicalise
from vvipe_explore.skeleton import bone_lengths, mid_hip


def canonical(n=64):
    poses = torch.from_numpy(datasets.load("synthetic").poses[:: 12288 // n][:n])
    return canonicalise(poses).poses


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_random_lengths_change_lengths_alike_left_and_right_and_keep_directions():
    poses = canonical()
    made = augment.random_lengths(poses, 0.08, generator())
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
    torch.testing.assert_close(augment.random_lengths(poses, 0.0, generator()), poses)


def test_recombine_takes_whole_limbs_and_keeps_the_trunk():
    poses = canonical()
    donors = poses.roll(7, 0)
    made = augment.recombine(poses, donors, 1.0, generator())
    trunk = [0, 1, 2, 7, 8]
    assert torch.equal(made[:, trunk], poses[:, trunk])
    for top, middle, end in ((1, 3, 5), (2, 4, 6), (7, 9, 11), (8, 10, 12)):
        own = torch.isclose(made[:, [middle, end]], poses[:, [middle, end]], atol=1e-6).all((1, 2))
        moved = poses[:, None, top] + donors[:, [middle, end]] - donors[:, None, top]
        given = torch.isclose(made[:, [middle, end]], moved, atol=1e-6).all((1, 2))
        assert (own | given).all()
        assert 0 < given.sum() < len(poses)


def test_recombine_of_no_poses_changes_nothing():
    poses = canonical()
    assert torch.equal(augment.recombine(poses, poses.roll(1, 0), 0.0, generator()), poses)


def test_varied_is_seeded():
    poses = canonical()
    first, again, other = (augment.varied(poses, 0.08, 0.5, generator(s)) for s in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
