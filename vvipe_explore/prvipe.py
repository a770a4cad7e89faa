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

from . import losses
from ._arrays import any_floats, arrays, keypoints_13
from .alignment import canonicalise
from .keypoints import check_confidence, hip_centred, same_frames
from .metrics import HIT_THRESHOLD, np_mpjpe
from .models import Embedder, ResidualMLP
from .retrieval import hit_at_k
from .tasks import Views, fast_products

RETRIEVAL_SAMPLES = 3
"""Of each Gaussian; on validation Hit@1 with 1, 3, 6, 10 and 20 of them differed by at most 0.25 points."""

Gaussians = Float[Tensor, "*batch d2"]


class PrVIPE(Embedder):
    """The embedder: embed_keypoints gives mu and log_var side by side, distance compares two batches of them.

    samples: how many are drawn of each Gaussian in training.
    """

    kind = "prvipe"

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
        """The configuration from which load builds the same network again."""
        return {"network": self.config}

    def encode(self, features: Float[Tensor, "*batch 13 3"]) -> tuple[Tensor, Tensor]:
        """Give mu and log_var, each (..., d), of what keypoints.hip_centred gives."""
        mu, log_var = self.net(features.flatten(-2)).float().chunk(2, dim=-1)
        return mu, log_var.clamp(-12, 6)

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def embed_keypoints(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] | None = None
    ) -> Gaussians:
        """Embed 2D keypoints (pixels, from any camera): mu and log_var (..., 2 d)."""
        confidence = check_confidence(keypoints, confidence)
        return torch.cat(self.encode(hip_centred(keypoints, confidence).to(self.b)), dim=-1)

    def log_matching(self, distances: Tensor) -> Tensor:
        """log p(match) of distances between samples (..., K, L): the mean over the pairs of samples, (...)."""
        each = F.logsigmoid(self.b - (F.elu(self.raw_a) + 1) * distances)
        return each.flatten(-2).logsumexp(-1) - math.log(distances.shape[-1] * distances.shape[-2])

    def distance(self, a: Float[Tensor, "n d2"], b: Float[Tensor, "m d2"]) -> Float[Tensor, "n m"]:
        """-log p(match) of all pairs of two batches of embeddings: (n, 2 d), (m, 2 d) -> (n, m).

        RETRIEVAL_SAMPLES fixed samples of each, all against all; more do not change what is found (see there).
        """
        first, second = self._samples(a), self._samples(b)
        parts = []
        for part in first.split(max(1, 2**22 // (second.shape[0] * second.shape[1] * first.shape[1]))):
            all_pairs = torch.cdist(part.flatten(0, 1), second.flatten(0, 1))
            chance = torch.sigmoid(self.b - (F.elu(self.raw_a) + 1) * all_pairs)
            chance = chance.view(len(part), first.shape[1], len(second), second.shape[1]).mean((1, 3))
            parts.append(-chance.clamp_min(1e-30).log())
        return torch.cat(parts) if parts else torch.empty(0, len(b))

    def _samples(self, z: Gaussians) -> Tensor:
        mu, log_var = z.chunk(2, dim=-1)
        return mu[..., None, :] + (log_var / 2).exp()[..., None, :] * self.eps[:RETRIEVAL_SAMPLES]


def different(poses: Float[Tensor, "n 13 3"], far: float = 0.12) -> Tensor:
    """Which poses of a batch are other poses to the protocol: NP-MPJPE of 0.1 or more, (n, n) bool, symmetric.

    poses: canonical. Those more than far metres apart in the mean over joints count as others without being aligned
    again, which would not make up such a distance, and takes most of the time.
    """
    mean = torch.cdist(poses.transpose(0, 1), poses.transpose(0, 1)).mean(0)
    rows, columns = torch.triu_indices(len(poses), len(poses), 1)
    near = mean[rows, columns] < far
    rows, columns = rows[near], columns[near]
    apart = torch.ones(len(poses), len(poses), dtype=torch.bool)
    apart[rows, columns] = np_mpjpe(poses[rows], poses[columns]) >= HIT_THRESHOLD
    return (apart & apart.T).fill_diagonal_(False)


class PrVIPETask:
    """Train a PrVIPE: triplet ratio loss over semi-hard negatives, + pull of the positives, + KL to N(0, I).

    poses (n, 13, 3): world, metres. Each batch holds pairs: a pose seen by two cameras, anchor and positive. The
    negative is the pose's nearest other pose in the batch that is farther than the positive; the loss wants
    p(positive) to be at least twice p(negative). positive_weight and kl_weight: the authors'. views: see tasks.Views.
    """

    def __init__(
        self, network: PrVIPE, poses: Tensor, held_out: Tensor, positive_weight: float = 0.005, kl_weight: float = 1e-3,
        **views,
    ):  # fmt: skip
        self.network, self.views = network, Views(poses, **views)
        self.positive_weight, self.kl_weight = positive_weight, kl_weight
        held_out = held_out[:: max(1, len(held_out) // 600)]
        seed = torch.Generator().manual_seed(1)
        self.held_views = [self.views.see(held_out, seed) for _ in range(2)]
        self.held_out = canonicalise(held_out).poses

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch's losses: loss, triplet, positive (-log p of the pairs), kl, and the part of active triplets."""
        world, canonical, _ = self.views.draw(generator)
        seen = self.views.see_in_training(world.repeat(2, 1, 1), generator)
        with fast_products():
            mu, log_var = self.network.encode(hip_centred(*seen))
        eps = torch.randn(len(mu), self.network.config["samples"], mu.shape[-1], generator=generator)
        anchor, positive = (mu[:, None] + (log_var / 2).exp()[:, None] * eps).chunk(2)
        rows, negative = self._mine(*mu.detach().chunk(2), canonical)
        pull = -self.network.log_matching(torch.cdist(anchor, positive))
        push = -self.network.log_matching(torch.cdist(anchor[rows], positive[negative]))
        triplet = (pull[rows] - push + math.log(2)).clamp_min(0)
        values = {"triplet": triplet.sum() / len(anchor), "positive": pull.mean(), "kl": losses.kl(mu, log_var)}
        loss = values["triplet"] + self.positive_weight * values["positive"] + self.kl_weight * values["kl"]
        return {"loss": loss, **values, "active": (triplet > 0).float().sum() / len(anchor)}

    @staticmethod
    def _mine(anchor: Tensor, positive: Tensor, canonical: Tensor) -> tuple[Tensor, Tensor]:
        """Semi-hard negatives: the anchors that have one, and its place among the positives."""
        distance = torch.cdist(anchor, positive)
        allowed = different(canonical) & (distance > distance.diagonal()[:, None])
        nearest = distance.masked_fill(~allowed, torch.inf).min(-1)
        rows = nearest.values.isfinite().nonzero()[:, 0]
        return rows, nearest.indices[rows]

    def score(self) -> float:
        """100 - Hit@1 in % of held-out poses between two cameras of the kind trained on, by the means."""
        z = [self.network.encode(hip_centred(*seen))[0] for seen in self.held_views]
        return 100 - hit_at_k(*z, self.held_out, self.held_out, (1,))[1]
