"""Pr-VIPE: its probability, its distance, its mining and its loss, against numbers worked out by hand."""

import math

import pytest
import torch

from vvipe_explore.alignment import canonicalise
from vvipe_explore.metrics import np_mpjpe
from vvipe_explore.models import prvipe, storage
from vvipe_explore.retrieval import nearest
from vvipe_explore.training import objectives
from vvipe_explore.training.loop import fit
from vvipe_explore.training.projected_poses import ProjectedPoses


@pytest.fixture
def model():
    torch.manual_seed(0)
    return prvipe.PrVIPE(width=32, blocks=1).eval()


@pytest.fixture(scope="module")
def some(synthetic):
    return torch.from_numpy(synthetic.poses[::97])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_matching_probability_at_the_start_by_hand(model):
    """a = elu(-0.65) + 1 = exp(-0.65), b = -0.5; two pairs of samples, 1 and 3 apart."""
    got = model.log_matching(torch.tensor([[[1.0], [3.0]]]))
    a = math.exp(-0.65)
    wanted = (sigmoid(-0.5 - a) + sigmoid(-0.5 - 3 * a)) / 2
    assert got.shape == (1,)
    assert got.item() == pytest.approx(math.log(wanted), rel=1e-5)


def test_distance_is_minus_log_matching_and_symmetric(model):
    g = torch.Generator().manual_seed(1)
    z, w = torch.randn(4, 32, generator=g), torch.randn(3, 32, generator=g)
    got = model.distance(z, w)
    assert got.shape == (4, 3)
    torch.testing.assert_close(got, model.distance(w, z).T)
    first, second = model._samples(z), model._samples(w)
    one = -model.log_matching(torch.cdist(first[2:3], second[1:2]))
    torch.testing.assert_close(got[2, 1], one[0], rtol=1e-4, atol=1e-5)
    assert (got > 0).all()
    assert model.distance(z[:0], w).shape == (0, 3)


def test_an_unsure_embedding_is_far_from_itself(model):
    """The same mean, a larger variance: samples lie apart, so the probability of a match is smaller."""
    mu = torch.zeros(1, 16)
    sure, unsure = (torch.cat([mu, torch.full((1, 16), v)], -1) for v in (-8.0, 2.0))
    assert model.distance(unsure, unsure) > model.distance(sure, sure) + 0.5


def test_retrieval_takes_its_distance_in_chunks(model):
    z, w = torch.randn(2, 50, 32, generator=torch.Generator().manual_seed(2))
    whole = model.distance(z, w)
    assert torch.equal(nearest(z, w, 1, model.distance)[:, 0], whole.argmin(1))
    part = torch.cat([model.distance(z[i : i + 7], w) for i in range(0, 50, 7)])
    torch.testing.assert_close(part, whole)


def test_different_is_the_protocol_s_np_mpjpe(some):
    canonical = canonicalise(some).poses
    got = objectives.different(canonical)
    above = (np_mpjpe(canonical[:, None], canonical[None]) >= 0.1).triu(1)
    wanted = above | above.T
    assert torch.equal(got, wanted)
    assert (~wanted).sum() - len(some) > 0   # some other poses are alike, so the test can fail
    assert torch.equal(objectives.different(canonical.repeat(2, 1, 1))[: len(some), len(some) :].diagonal(),
                       torch.zeros(len(some), dtype=torch.bool))  # fmt: skip


def test_semi_hard_negatives_by_hand(monkeypatch):
    """Anchor 0 at 0: its positive at 1, others at 0.5 (too hard), 2 (taken) and 3. Anchor 3 has none farther."""
    monkeypatch.setattr(objectives, "different", lambda poses: ~torch.eye(4, dtype=torch.bool))
    positive = torch.tensor([[1.0], [0.5], [2.0], [3.0]])
    anchor = torch.tensor([[0.0], [0.4], [2.0], [-9.0]])
    rows, negative = objectives.PrVIPEObjective._mine(anchor, positive, torch.zeros(4, 13, 3))
    assert rows.tolist() == [0, 1, 2]
    assert negative.tolist() == [2, 0, 0] or negative.tolist() == [2, 0, 3]


def test_a_step_s_loss_is_the_sum_of_its_parts(some):
    torch.manual_seed(0)
    objective = objectives.PrVIPEObjective(prvipe.PrVIPE(width=16, blocks=1), ProjectedPoses(some, batch=32), some)
    got = objective.losses(torch.Generator().manual_seed(0))
    wanted = got["triplet"] + 0.005 * got["positive"] + 1e-3 * got["kl"]
    assert got["loss"].item() == pytest.approx(wanted.item())
    assert 0 < got["active"] <= 1
    got["loss"].backward()
    assert objective.network.raw_a.grad.abs() > 0
    assert objective.network.b.grad.abs() > 0


def test_training_makes_it_retrieve(some):
    torch.manual_seed(0)
    network, projected = prvipe.PrVIPE(width=64, blocks=1, dropout=0.0), ProjectedPoses(some[:64], batch=64)
    objective = objectives.PrVIPEObjective(network, projected, some[:64])
    before = objective.score()
    fit(objective, 300, lr=3e-3, progress=False)
    assert objective.score() < before - 20


def test_saved_and_read_again_it_gives_the_same(model, tmp_path, some):
    from vvipe_explore import cameras

    model.save(tmp_path / "m.safetensors")
    again = storage.load(tmp_path / "m.safetensors")
    seen = cameras.view(some[:5], cameras.fixed_orbit([cameras.SEEN[0]]))
    torch.testing.assert_close(again.embed_keypoints(seen), model.embed_keypoints(seen))
    assert model.embed_keypoints(seen.numpy()).shape == (5, 32)


def test_keypoints_that_fit_not_are_refused(model):
    with pytest.raises(ValueError, match="expected the 13 keypoints .* got 17"):
        model.embed_keypoints(torch.zeros(2, 17, 2))
