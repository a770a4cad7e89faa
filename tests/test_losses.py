"""The losses, against numbers worked out by hand and torch's own distributions."""

import pytest
import torch
from jaxtyping import TypeCheckError
from torch.distributions import Normal, kl_divergence

from vvipe_explore import losses
from vvipe_explore.training import objectives


def poses_at(*places):
    """Poses that differ only in one number: the x of the first joint."""
    poses = torch.ones(len(places), 13, 3)
    poses[:, 0, 0] = torch.tensor(places)
    return poses


def test_reconstruction_literal():
    """Two poses: one off by (3, 4, 0) at one joint, one off by (0, 0, 2) at two: (25 + 4 + 4) / 13 / 2."""
    poses = torch.zeros(2, 13, 3)
    decoded = poses.clone()
    decoded[0, 5] = torch.tensor([3.0, 4.0, 0.0])
    decoded[1, :2, 2] = 2
    assert losses.reconstruction(decoded, poses).item() == pytest.approx(33 / 26)
    assert losses.reconstruction(poses, poses) == 0


def test_kl_is_0_at_the_prior_and_only_there():
    assert losses.kl(torch.zeros(5, 3), torch.zeros(5, 3)) == 0
    assert losses.kl(torch.full((5, 3), 0.1), torch.zeros(5, 3)) > 0
    assert losses.kl(torch.zeros(5, 3), torch.full((5, 3), -0.1)) > 0
    assert losses.kl(torch.zeros(5, 3), torch.full((5, 3), 0.1)) > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_kl_against_torch_distributions(dtype, rng):
    mu, log_var = (torch.randn(40, 6, generator=rng).to(dtype) for _ in range(2))
    each = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0))
    assert torch.allclose(losses.kl(mu, log_var), each.sum(1).mean(0))
    assert torch.allclose(losses.kl_per_dimension(mu, log_var), each.mean(0))
    assert losses.kl(mu, log_var).dtype == dtype


def test_reductions_do_not_depend_on_the_batch_s_size(rng):
    mu, log_var = torch.randn(8, 4, generator=rng), torch.randn(8, 4, generator=rng)
    a, b = torch.randn(8, 13, 3, generator=rng), torch.randn(8, 13, 3, generator=rng)
    assert torch.allclose(losses.kl(mu.repeat(3, 1), log_var.repeat(3, 1)), losses.kl(mu, log_var))
    assert torch.allclose(losses.reconstruction(a.repeat(3, 1, 1), b.repeat(3, 1, 1)), losses.reconstruction(a, b))


def test_triplets_of_a_hand_made_batch():
    """On a line at 0, 1, 3, 7: the nearest two of each, nearest first."""
    positive, negative, valid = objectives.mine_triplets(poses_at(0.0, 1.0, 3.0, 7.0))
    assert positive.tolist() == [1, 0, 1, 2]
    assert negative.tolist() == [2, 2, 0, 1]
    assert valid.all()


def test_identical_poses_are_left_out():
    """At 0, 0, 1, 3: the twin is neither the positive nor the negative of the first."""
    positive, negative, valid = objectives.mine_triplets(poses_at(0.0, 0.0, 1.0, 3.0))
    assert positive[:2].tolist() == [2, 2]
    assert negative[:2].tolist() == [3, 3]
    assert positive[3] == 2
    assert negative[3] in (0, 1)
    assert valid.all()


def test_real_poses_drawn_twice_are_left_out(poses):
    twice = poses.float().repeat(2, 1, 1)
    positive, negative, valid = objectives.mine_triplets(twice)
    rows = torch.arange(200)
    assert valid.all()
    for other in (positive, negative):
        assert not (other[:200] % 200 == rows).any()
        assert not (other[200:] % 200 == rows).any()
    distance = torch.cdist(twice[:200].flatten(1).double(), twice[:200].flatten(1).double())
    distance.fill_diagonal_(torch.inf)
    nearest = distance.gather(1, positive[:200, None] % 200)[:, 0]
    assert torch.allclose(nearest, distance.amin(1), rtol=1e-3)


def test_triplet_literal():
    """At 0, 1, 3 with mu 0, 2, 1: towards and away (2, 1), (2, 1), (1, 1), so 2, 2, 1 with margin 1."""
    mu = torch.tensor([[0.0], [2.0], [1.0]])
    loss, active = losses.triplet(mu, *objectives.mine_triplets(poses_at(0.0, 1.0, 3.0)))
    assert loss.item() == pytest.approx(5 / 3)
    assert active == 1


def test_active_fraction_and_margin():
    """mu 0, 1, 5: towards and away (1, 5), (1, 4), (4, 5); with margin 1 none is active but the third, at 0."""
    mu, poses = torch.tensor([[0.0], [1.0], [5.0]]), poses_at(0.0, 1.0, 3.0)
    assert losses.triplet(mu, *objectives.mine_triplets(poses), 1.0) == (0, 0)
    loss, active = losses.triplet(mu, *objectives.mine_triplets(poses), 1.5)
    assert loss.item() == pytest.approx(0.5 / 3)
    assert active.item() == pytest.approx(1 / 3)


def test_triplet_with_a_part_of_the_batch_without_two_neighbours():
    """Two distinct poses, one three times: nobody has two different neighbours."""
    alike = objectives.mine_triplets(poses_at(1.0, 1.0, 1.0, 1.0))
    loss, active = losses.triplet(torch.randn(4, 2, generator=torch.Generator()), *alike)
    assert (loss, active) == (0, 0)
    _, _, valid = objectives.mine_triplets(poses_at(0.0, 0.0, 0.0, 5.0))
    assert valid.tolist() == [False, False, False, True]   # the three twins count as three neighbours of the fourth


@pytest.mark.parametrize("n", [0, 1, 2])
def test_batch_without_variety_gives_0_and_a_gradient(n):
    mu = torch.ones(n, 3, requires_grad=True)
    loss, active = losses.triplet(mu, *objectives.mine_triplets(poses_at(*[float(i) for i in range(n)])))
    assert (loss.item(), active.item()) == (0, 0)
    loss.backward()
    assert (mu.grad == 0).all()


def test_identical_embeddings_have_a_finite_gradient():
    """mu all equal, as at collapse: the distance's square root must not give NaN."""
    mu = torch.zeros(4, 3, requires_grad=True)
    loss, active = losses.triplet(mu, *objectives.mine_triplets(poses_at(0.0, 1.0, 3.0, 7.0)))
    loss.backward()
    assert loss.item() == pytest.approx(1)
    assert active == 1
    assert torch.isfinite(mu.grad).all()


def test_shape_annotations_are_checked_in_tests():
    """The hook of conftest.py is at work: without it this returns a number."""
    with pytest.raises(TypeCheckError):
        losses.reconstruction(torch.zeros(2, 12, 3), torch.zeros(2, 12, 3))


def test_contrastive_is_small_when_views_meet_and_log_n_when_they_say_nothing():
    poses = torch.randn(6, 13, 3, generator=torch.Generator().manual_seed(0))
    apart = 20 * torch.eye(6)
    assert losses.contrastive(apart, apart, poses) < 1e-6
    nothing = losses.contrastive(torch.zeros(6, 4), torch.zeros(6, 4), poses)
    torch.testing.assert_close(nothing, torch.tensor(6.0).log())


def test_contrastive_leaves_nearly_identical_poses_out():
    poses = torch.randn(3, 13, 3, generator=torch.Generator().manual_seed(0))
    poses[1] = poses[0] + 0.001
    z = torch.tensor([[0.0], [0.0], [30.0]])  # poses 0 and 1 in one place: no error, for they are one pose
    assert losses.contrastive(z, z, poses) < 1e-6
    poses[1] = poses[0] + 0.5
    assert losses.contrastive(z, z, poses) > 0.4


def test_gaussian_nll_is_least_at_the_error_s_own_variance():
    """Errors of variance 4: log 4 + 1, halved; any other log_var costs more."""
    error = torch.tensor([[2.0], [-2.0]])
    best = losses.gaussian_nll(error, torch.full((2, 1), 4.0).log())
    assert best.item() == pytest.approx(0.5 * (torch.tensor(4.0).log().item() + 1))
    for log_var in (0.9, 1.9):
        assert losses.gaussian_nll(error, torch.full((2, 1), log_var)) > best
