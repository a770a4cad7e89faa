"""Trained on everyday motion and tested on sports, the reverse, and both: what carries over?

The three models train on the same number of poses for the same steps, so that only the kind of motion differs. The
tests show recordings that are not in the training.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..datasets import split
from ..datasets.motion import Motion
from ..models.vvipe import VVIPE
from ..training.small import train_small
from . import latent_space
from .cross_view import cross_view_hits, lifting_errors, project_to
from .markdown import markdown_table

KINDS = {
    "everyday": (
        "walk", "sit", "reach", "wave", "bow", "stretch", "wash", "sit and stand", "drink", "laugh", "direct traffic",
        "climb",
    ),
    "sports": (
        "run", "jump", "jumping_jack", "kick", "punch", "throw", "push_up", "lunge", "squat", "crawl", "boxing",
        "dance", "basketball", "soccer", "swordplay", "jumping jack",
    ),
}  # fmt: skip
"""Activities of the synthetic sample and of CMU motion capture by their kind. What is in neither is left out."""

MEASURES = {
    "hit@1": ("found across unseen cameras, Hit@1 (%)", 0),
    "pa_mpjpe": ("lifted, PA-MPJPE (mm)", 0),
    "limbs": ("limbs changed by noise 0.5 on the embedding (%)", 1),
}
"""What compare measures: each figure's description, and its digits in the table."""


def of_kind(motion: Motion, kind: str) -> Bool[np.ndarray, " n"]:
    """Say which poses show a kind of motion: a key of KINDS, or "both"."""
    names = sum(KINDS.values(), ()) if kind == "both" else KINDS[kind]
    return np.isin(motion.action, names)


def poses_of(motion: Motion, kind: str, n: int) -> Float[Tensor, "m 13 3"]:
    """Take up to n poses of a kind by an even stride, world axes, metres; of both, half of each."""
    if kind == "both":
        return torch.cat([poses_of(motion, each, n // 2) for each in KINDS])
    rows = np.flatnonzero(of_kind(motion, kind))
    chosen = np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(int)
    return torch.from_numpy(motion.poses[rows[chosen]])


def compare(
    motion: Motion, n: int = 3000, n_held: int = 600, vae_steps: int = 300, steps: int = 450, seed: int = 0
) -> tuple[dict[tuple[str, str], dict[str, float]], dict[str, VVIPE]]:
    """Train on each kind and on both, test on each kind; gives {(trained on, tested on): figures} and the models.

    n: poses to train on, at most; all three trainings get as many as the smaller kind has. n_held: poses of each test.
    """
    rows = split(motion)
    train, held = motion[rows["train"]], motion[rows["validation"]]
    n = min(n, *(int(of_kind(train, kind).sum()) for kind in KINDS))
    tests = {kind: poses_of(held, kind, n_held) for kind in KINDS}
    found, models = {}, {}
    for trained_on in (*KINDS, "both"):
        poses = poses_of(train, trained_on, n)
        models[trained_on], _, _ = train_small(poses, torch.cat(list(tests.values())), vae_steps, steps, seed=seed)
        for tested_on, test in tests.items():
            found[trained_on, tested_on] = measure(models[trained_on], poses, test, seed)
    return found, models


@torch.no_grad()
def measure(model: VVIPE, train: Tensor, test: Tensor, seed: int = 0) -> dict[str, float]:
    """Measure one model on test poses (n, 13, 3), world, metres; train gives the spread of the noise. See MEASURES."""
    views = project_to(test, cameras.UNSEEN)
    factor = latent_space.covariance_factor(model.vae, canonicalise(train).poses)
    generator = torch.Generator().manual_seed(seed)
    _, (limbs,) = latent_space.noise_curve(model.vae, canonicalise(test).poses, factor, [0.5], generator)
    hit = cross_view_hits(model, test, views, (1,))[1]
    return {"hit@1": hit, "pa_mpjpe": lifting_errors(model, test, views)["pa_mpjpe"], "limbs": limbs}


def as_table(found: dict[tuple[str, str], dict[str, float]]) -> str:
    """Write what compare measures as a Markdown table: a line for each training, columns for each test."""
    tests = list(dict.fromkeys(tested for _, tested in found))
    head = ["trained on", *(f"{words}: {test}" for words, _ in MEASURES.values() for test in tests)]
    trained = list(dict.fromkeys(first for first, _ in found))
    rows = [
        [t, *(f"{found[t, test][m]:.{digits}f}" for m, (_, digits) in MEASURES.items() for test in tests)]
        for t in trained
    ]
    return markdown_table(head, rows)
