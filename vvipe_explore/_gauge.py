"""How far off the data an embedding is: the distance to the nearest poses of a map, and the middle of its scale.

Distances count less in directions in which people who do the same differ. The middle of the scale is where as many
poses of other recordings lie above it as random mixtures of limbs lie below.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from .training.augment import with_limb
from .training.bodies import LIMBS

NEAREST = 3
"""The distance is the mean over so many nearest poses."""
SAMPLES = 600
"""Poses that the scale is measured on."""
SHRINKAGE = 0.05
"""The part of the differences' covariance that is the same in each direction."""


@dataclass(frozen=True)
class Gauge:
    """The scale. whitening (d, d): distances are between embeddings z @ whitening. middle: the distance at its middle.

    misplaced: the part of the poses of other recordings above the middle, and of the mixtures below it, the larger.
    """

    whitening: Float[Tensor, "d d"]
    middle: float
    misplaced: float

    def off(self, z: Float[Tensor, "n d"], known: Float[Tensor, "m d"]) -> Float[Tensor, " n"]:
        """Tell how far z are off known embeddings: near 0 among them, 0.5 in the middle of the scale, up to 1."""
        distance = _nearest(z @ self.whitening, known @ self.whitening)[0]
        return distance / (distance + self.middle)


def mixtures(poses: Float[Tensor, "n 13 3"], generator: torch.Generator | None = None) -> Float[Tensor, "n 13 3"]:
    """Give each canonical pose the arms and legs of four others, taken at random."""
    mixed = poses
    for limb in LIMBS:
        mixed = with_limb(mixed, poses[torch.randperm(len(poses), generator=generator)], limb)
    return mixed


@torch.inference_mode()
def gauge(
    embed,
    poses: Float[Tensor, "n 13 3"],
    z: Float[Tensor, "n d"],
    recording: Int[Tensor, " n"],
    generator: torch.Generator | None = None,
) -> Gauge:
    """Measure the scale on canonical poses and their embeddings z = embed(poses).

    recording: poses of one recording have the same number. Only poses of other recordings count as near.
    """
    some = torch.linspace(0, len(poses) - 1, min(SAMPLES, len(poses))).round().long()
    away = recording[some, None] == recording
    if bool(away.all()):  # one recording: only the pose itself is left out
        away = some[:, None] == torch.arange(len(poses))
    _, nearest = _nearest(z[some], z, away)
    whitening = _whitening(z[some] - z[nearest])
    held = _nearest(z[some] @ whitening, z @ whitening, away)[0]
    mixed = _nearest(embed(mixtures(poses[some], generator)) @ whitening, z @ whitening)[0]
    return Gauge(whitening, *_middle(held, mixed))


def _nearest(z: Tensor, known: Tensor, without: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Give the mean distance of each z to the NEAREST known ones, and which is the first; without is a mask (n, m)."""
    distances = torch.cdist(z, known)
    if without is not None:
        distances[without] = torch.inf
    least, which = distances.topk(min(NEAREST, len(known)), largest=False)
    there = least.isfinite()
    return least.where(there, 0).sum(-1) / there.sum(-1).clamp(min=1), which[:, 0]


def _whitening(differences: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """Give W with W W^T the inverse covariance of differences, shrunk towards the same in each direction."""
    covariance = differences.double().T @ differences.double() / len(differences)
    even = torch.eye(len(covariance), dtype=covariance.dtype) * covariance.diagonal().mean()
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * even
    return torch.linalg.inv(torch.linalg.cholesky(covariance)).mT.to(differences)


def _middle(held: Tensor, mixed: Tensor) -> tuple[float, float]:
    """Find the distance above which as large a part of held lies as of mixed below; give that part too."""
    places = torch.cat([held, mixed]).sort().values
    above = 1 - torch.searchsorted(held.sort().values, places, right=True) / len(held)
    below = torch.searchsorted(mixed.sort().values, places, right=True) / len(mixed)
    worse = torch.maximum(above, below)
    return float(places[worse.argmin()].clamp(min=1e-6)), float(worse.min())


def recordings(sequence) -> np.ndarray:
    """Number the recordings: poses of one sequence have one number (n,)."""
    return np.unique(np.asarray(sequence), return_inverse=True)[1]
