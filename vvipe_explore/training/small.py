"""Small models that train in seconds, for notebooks and quick comparisons; `vvipe train` makes the real ones.

    train_small            a VAE, then a 2D encoder into its space    (one call for both)
    train_small_vae        step 1 alone
    train_small_encoder    step 2 alone, into a space that is there; without a space, the direct lifter

Poses are world poses (n, 13, 3) in metres. A seed gives the same model again on the same machine.
"""

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor

from ..alignment import Canonical, canonicalise
from ..models.baselines import DirectLifter
from ..models.networks import KeypointEncoder, PoseVAE
from ..models.vvipe import VVIPE
from .loop import History, fit
from .objectives import KeypointObjective, VAEObjective
from .projected_poses import ProjectedPoses

BATCH, RATE, AVERAGE = 256, 2e-3, 0.98
"""Poses a step, learning rate, and decay of the weights' running average: for a few hundred steps."""

Alignment = Callable[[Tensor], Canonical]
"""A function like alignment.canonicalise: world poses in, a Canonical out."""


def train_small(
    poses: Tensor,
    held_out: Tensor,
    vae_steps: int = 350,
    steps: int = 550,
    align: Alignment = canonicalise,
    seed: int = 0,
    **projected,
) -> tuple[VVIPE, History, History]:
    """Train a small V-VIPE; gives the model, the VAE's history and the 2D encoder's. About 15 seconds on one core.

    held_out: world poses that the scores are measured on. projected: options of ProjectedPoses, such as
    random_cameras=False.
    """
    vae, before = train_small_vae(poses, held_out, vae_steps, align=align, seed=seed)
    model, after = train_small_encoder(vae, poses, held_out, steps, align=align, seed=seed, **projected)
    return cast(VVIPE, model), before, after


def train_small_vae(
    poses: Tensor,
    held_out: Tensor,
    steps: int = 350,
    latent: int = 32,
    width: int = 160,
    align: Alignment = canonicalise,
    seed: int = 0,
    network: type[PoseVAE] = PoseVAE,
    **objective,
) -> tuple[PoseVAE, History]:
    """Train a small pose VAE; gives it, frozen, and its history. objective: options of VAEObjective.

    network: PoseVAE, or models.Autoencoder, which has no noise.
    """
    torch.manual_seed(seed)
    vae = network(latent, width)
    aim = VAEObjective(vae, align(poses).poses, align(held_out).poses, batch=BATCH, **objective)
    history = fit(aim, steps, RATE, seed, AVERAGE, progress=False)
    return vae.requires_grad_(False), history


def train_small_encoder(
    vae: PoseVAE | None,
    poses: Tensor,
    held_out: Tensor,
    steps: int = 550,
    width: int = 192,
    align: Alignment = canonicalise,
    seed: int = 0,
    **projected,
) -> tuple[VVIPE | DirectLifter, History]:
    """Train a small 2D encoder into the space of a VAE, or to the pose itself (vae None); gives the model and history.

    align: the alignment that the VAE was trained with. projected: options of ProjectedPoses.
    """
    torch.manual_seed(seed)
    encoder = KeypointEncoder(vae.config["latent"] if vae is not None else 39, width)
    seen = ProjectedPoses(poses, batch=BATCH, align=align, **projected)
    history = fit(KeypointObjective(encoder, seen, held_out, vae), steps, RATE, seed, AVERAGE, progress=False)
    encoder.requires_grad_(False)
    if vae is None:
        return DirectLifter(encoder), history
    model = VVIPE(vae, encoder)
    model.fit_latent(seen.stored.poses)
    return model, history
