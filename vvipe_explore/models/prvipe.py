"""Pr-VIPE (Sun et al., ECCV 2020), the method that V-VIPE is compared to: a Gaussian for each set of keypoints.

    network            keypoints -> mu, log_var (16)
    matching           p(match) = mean over pairs of samples of sigmoid(b - a |z - z'|), a > 0 and b learned
    distance           -log p(match), in training and in retrieval

Trained by telling poses apart, not by decoding them, so it retrieves but does not lift. Where the authors' recipe does
not fit here: negatives are mined by the distance of the means, not of all samples, which costs 400 times less.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from .._arrays import ALL_THERE, in_chunks
from ..keypoints import checked_keypoints, hip_centred
from .embedder import Embedder
from .networks import ResidualMLP

RETRIEVAL_SAMPLES = 3
"""Samples of each Gaussian; on validation Hit@1 with 1, 3, 6, 10 and 20 of them differed by at most 0.25 points."""

Gaussians = Float[Tensor, "*batch d2"]


class PrVIPE(Embedder):
    """The embedder: embed_keypoints gives mu and log_var side by side, distance compares two batches of them.

    samples: the number taken from each Gaussian in training.
    """

    kind = "prvipe"
    eps: Tensor

    def __init__(
        self,
        latent: int = 16,
        width: int = 512,
        blocks: int = 2,
        dropout: float = 0.3,
        samples: int = 20,
        activation: str = "relu",
        about: dict | None = None,
    ):
        super().__init__(about)
        self.config = {
            "latent": latent, "width": width, "blocks": blocks, "dropout": dropout, "samples": samples,
            "activation": activation,
        }  # fmt: skip
        self.net = ResidualMLP(39, 2 * latent, width, blocks, dropout, activation)
        self.raw_a = nn.Parameter(torch.tensor(-0.65))
        self.b = nn.Parameter(torch.tensor(-0.5))
        eps = torch.randn(samples, latent, generator=torch.Generator().manual_seed(0))
        self.register_buffer("eps", eps)

    def parts(self) -> dict[str, dict]:
        """Give the configuration of the network, from which from_parts builds the same network."""
        return {"network": self.config}

    @classmethod
    def from_parts(cls, parts: dict[str, dict], about: dict) -> "PrVIPE":
        """Build the model, with weights at random, from what parts gave."""
        return cls(**parts["network"], about=about)

    def encode(self, features: Float[Tensor, "*batch 13 3"]) -> tuple[Tensor, Tensor]:
        """Give mu and log_var, each (..., d), of what keypoints.hip_centred gives."""
        mu, log_var = self.net(features.flatten(-2)).float().chunk(2, dim=-1)
        return mu, log_var.clamp(-12, 6)

    @checked_keypoints
    def embed_keypoints(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] = ALL_THERE
    ) -> Gaussians:
        """Embed 2D keypoints (pixels, from any camera): mu and log_var (..., 2 d)."""

        def embed(*part):
            return torch.cat(self.encode(hip_centred(*part).to(self.b)), dim=-1)

        return in_chunks(embed, confidence.shape[:-1], keypoints, confidence)

    def log_matching(self, distances: Tensor) -> Tensor:
        """Give log p(match) of distances between samples (..., K, L): the mean over the pairs of samples, (...)."""
        each = F.logsigmoid(self.b - (F.elu(self.raw_a) + 1) * distances)
        return each.flatten(-2).logsumexp(-1) - math.log(distances.shape[-1] * distances.shape[-2])

    def distance(self, a: Float[Tensor, "n d2"], b: Float[Tensor, "m d2"]) -> Float[Tensor, "n m"]:
        """Give -log p(match) of all pairs of two batches of embeddings: (n, 2 d), (m, 2 d) -> (n, m).

        RETRIEVAL_SAMPLES fixed samples of each, all against all; more do not change what is found (see there).
        """
        first, second = self._samples(a), self._samples(b)

        def to_all(part):
            all_pairs = torch.cdist(part.flatten(0, 1), second.flatten(0, 1))
            chance = torch.sigmoid(self.b - (F.elu(self.raw_a) + 1) * all_pairs)
            chance = chance.view(len(part), part.shape[1], len(second), second.shape[1]).mean((1, 3))
            return -chance.clamp_min(1e-30).log()

        pairs = second.shape[0] * second.shape[1] * first.shape[1]
        return in_chunks(to_all, first.shape[:1], first, rows=max(1, 2**22 // max(1, pairs)))

    def _samples(self, z: Gaussians) -> Tensor:
        mu, log_var = z.chunk(2, dim=-1)
        return mu[..., None, :] + (log_var / 2).exp()[..., None, :] * self.eps[:RETRIEVAL_SAMPLES]
