"""Small models: they learn, a seed gives them again, and another alignment goes through to the decoded pose."""

import pytest
import torch

from vvipe_explore import alignment, datasets, metrics
from vvipe_explore.models import DirectLifter
from vvipe_explore.training.augment import Augmentation
from vvipe_explore.training.projected_poses import ProjectedPoses
from vvipe_explore.training.small import train_small, train_small_encoder, train_small_vae


@pytest.fixture(scope="module")
def world():
    """64 world poses of the synthetic sample, which face all ways."""
    return torch.from_numpy(datasets.load("synthetic").poses[::192])


def upside_down(poses):
    """Align as the paper does, then exchange up and down, and left and right."""
    found = alignment.canonicalise(poses)
    turn = torch.diag(torch.tensor([-1.0, -1.0, 1.0]))
    return alignment.Canonical(found.poses @ turn, turn @ found.rotation, found.translation, found.scale)


def test_a_small_model_learns_and_a_seed_gives_it_again(world):
    models = [train_small(world, world, 20, 20) for _ in range(2)]
    model, before, after = models[0]
    assert before.curves["score"][-1] < before.curves["score"][0]
    assert after.curves["score"][-1] < after.curves["score"][0]
    assert model.fingerprint() == models[1][0].fingerprint()
    assert model.fingerprint() != train_small(world, world, 20, 20, seed=1)[0].fingerprint()
    assert not any(p.requires_grad for p in model.parameters())


def test_the_encoder_leaves_the_vae_as_it_is_and_knows_the_spread_of_its_embeddings(world):
    vae, _ = train_small_vae(world, world, 5)
    weights = [p.clone() for p in vae.parameters()]
    model, _ = train_small_encoder(vae, world, world, 5)
    assert all(torch.equal(a, b) for a, b in zip(weights, vae.parameters(), strict=True))
    assert model.latent_mean.abs().max() > 0


def test_without_a_vae_it_is_the_direct_lifter(world):
    model, history = train_small_encoder(None, world, world, 5, random_cameras=False)
    assert isinstance(model, DirectLifter)
    assert len(history.curves["score"]) == 5


def test_a_small_model_lifts_into_the_frame_of_its_alignment(world):
    model, _, history = train_small(world, world, 60, 60, align=upside_down)
    hanging = upside_down(world).poses
    lifted = model.decode(model.vae.encode(hanging)[0])
    assert (lifted[:, 0, 1] < 0).all(), "the nose is below the hips"
    assert (
        metrics.mpjpe(lifted, hanging).mean() < 0.5 * metrics.mpjpe(lifted, alignment.canonicalise(world).poses).mean()
    )
    assert history.best_score < 1000 * metrics.mpjpe(hanging, alignment.canonicalise(world).poses).mean()


def test_an_augmentation_with_another_alignment_is_refused(world):
    with pytest.raises(ValueError, match="expected no augmentation with another alignment, got both"):
        ProjectedPoses(world, augmentation=Augmentation(0.1), align=upside_down)
