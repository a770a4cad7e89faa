"""What each network is trained on: its losses, its mining of triplets, and its score on held-out poses.

    VAEObjective         reconstruction + KL + triplet on canonical poses                (V-VIPE, step 1)
    KeypointObjective    projections to the VAE's mean, through the frozen decoder       (V-VIPE, step 2; direct lifter)
    PrVIPEObjective      triplet ratio loss on pairs of views                            (Pr-VIPE)

An objective has .network, .losses(generator) -> {"loss": ..., more}, .score(), smaller is better, and .fingerprint() of
its poses; loop.fit trains it.
"""

import functools
import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from .. import losses
from .._arrays import in_chunks
from .._files import fingerprint
from ..alignment import canonicalise
from ..keypoints import centre_and_scale, hip_centred
from ..metrics import HIT_THRESHOLD, mpjpe, np_mpjpe
from ..models.networks import KeypointEncoder, PoseVAE, make_sides_alike, swapped
from ..models.prvipe import PrVIPE
from ..retrieval import hit_at_k
from .augment import AS_RECORDED, Augmentation, augment
from .projected_poses import ProjectedPoses, sample_rows, with_mirrored


@functools.cache
def _has_bfloat16() -> bool:
    """Say whether this processor multiplies bfloat16 in hardware, three to four times as fast as float32."""
    return any(getattr(torch.cpu, f"_is_{name}_supported", bool)() for name in ("avx512_bf16", "amx_tile"))


def fast_products(on: bool = True) -> torch.autocast:
    """Give a context in which matrix products use bfloat16, where that is fast; weights and sums stay float32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=on and _has_bfloat16())


def mine_triplets(
    poses: Float[Tensor, "n 13 3"],
) -> tuple[Int[Tensor, " n"], Int[Tensor, " n"], Bool[Tensor, " n"]]:
    """Mine the paper's triplets: for each pose the closest other pose of the batch, and the second closest.

    Distance: L2 between canonical poses; identical poses are left out. Gives positive (n), negative (n), and valid
    (n) bool: False where fewer than two poses differ from this one.
    """
    flat = poses.flatten(1)
    squared = flat.square().sum(-1)
    distance = squared[:, None] + squared[None] - 2 * flat @ flat.T
    # float32 rounding leaves identical poses at a few 1e-7 of their squared norm, not at 0
    same = distance <= 1e-6 * squared[:, None]
    two = distance.masked_fill(same, torch.inf).topk(min(2, len(poses)), largest=False)
    if two.indices.shape[1] < 2:
        nothing = torch.zeros(len(poses), dtype=torch.long, device=poses.device)
        return nothing, nothing, torch.zeros_like(nothing, dtype=torch.bool)
    return two.indices[:, 0], two.indices[:, 1], two.values[:, 1].isfinite()


class VAEObjective:
    """Train a PoseVAE: reconstruction + kl_weight KL + triplet_weight triplet (the paper's loss).

    poses and held_out (n, 13, 3): canonical; mirrored adds the mirror images of poses. Reconstruction in m^2, mean
    over batch and joints; KL in nats, summed over dimensions; triplet mean over the batch, the paper's margin 1.0.
    """

    def __init__(
        self,
        network: PoseVAE,
        poses: Tensor,
        held_out: Tensor,
        kl_weight: float = 3e-5,
        triplet_weight: float = 1e-3,
        margin: float = 1.0,
        batch: int = 512,
        mirrored: bool = True,
        augmentation: Augmentation = AS_RECORDED,
    ):
        self.network, self.held_out, self.augmentation = network, held_out, augmentation
        self.poses = with_mirrored(poses) if mirrored else poses
        self.kl_weight, self.triplet_weight, self.margin, self.batch = kl_weight, triplet_weight, margin, batch

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Give one batch's losses: loss, reconstruction, kl, triplet, and the active fraction of the triplets."""
        poses = self.poses[sample_rows(len(self.poses), self.batch, generator)]
        if self.augmentation:
            poses = canonicalise(augment(poses, self.augmentation, generator)).poses
        with fast_products():
            decoded, mu, log_var = (x.float() for x in self.network(poses, generator))
        reconstruction = losses.reconstruction(decoded, poses)
        kl = losses.kl(mu, log_var)
        triplet, active = losses.triplet(mu, *mine_triplets(poses), self.margin)
        loss = reconstruction + self.kl_weight * kl + self.triplet_weight * triplet
        return {"loss": loss, "reconstruction": reconstruction, "kl": kl, "triplet": triplet, "active": active}

    def score(self) -> float:
        """Give the MPJPE in mm of held-out poses, encoded to the mean and decoded."""
        mu, _ = self.network.encode(self.held_out)
        return 1000 * mpjpe(self.network.decode(mu), self.held_out).mean().item()

    def fingerprint(self) -> str:
        """Give the start of a hash of the poses that it trains and scores on."""
        return fingerprint([self.poses, self.held_out])[:16]

    def collapse(self) -> str:
        """Say in words whether the KL or the variance has collapsed; empty where all is well."""
        with torch.no_grad():
            mu, log_var = self.network.encode(self.held_out)
        used = losses.kl_per_dimension(mu, log_var) > 0.01
        if not used.any():
            return (
                "The posterior has collapsed: no dimension carries information (KL below 0.01 nats), so every pose "
                "decodes to the mean pose. Lower kl_weight."
            )
        if (log_var[:, used] < -11).float().mean() > 0.5:
            return (
                "The variance has collapsed: the posterior is a point, so the space between the poses is not "
                "trained and samples will not look like bodies. Raise kl_weight."
            )
        if used.sum() < len(used):
            return f"{int(used.sum())} of {len(used)} dimensions carry information; the KL term switched off the rest."
        return ""


class KeypointObjective:
    """Train a 2D network: keypoints of one camera in, the VAE's mean (or, for a DirectLifter, the pose) out.

    projected: the world poses and their cameras. vae: the trained PoseVAE, whose decoder stays frozen; None with a
    DirectLifter. Loss: pose_weight x squared joint distance of the decoded pose (m^2, mean over joints) + the squared
    distance of the embeddings over the mean variance of the VAE's means (mean over dimensions).

    Beyond the paper: contrastive is the weight of a term that sees each pose from two cameras and makes the two nearer
    to one another than to the batch's other poses, in a metric that is learned with it; two_bodies: the part of the
    poses that the cameras see on two bodies, so that the metric forgets the body. Where the network has a log_var, its
    variance is fitted to the errors of its mean, which stays as it is.
    """

    def __init__(
        self,
        network: KeypointEncoder,
        projected: ProjectedPoses,
        held_out: Tensor,
        vae: PoseVAE | None = None,
        pose_weight: float = 10.0,
        contrastive: float = 0.0,
        two_bodies: float = 0.0,
    ):
        self.encoder, self.projected, self.vae = network, projected, vae
        self.pose_weight, self.contrastive, self.two_bodies = pose_weight, contrastive, two_bodies
        self.targets = self._target(projected.stored.poses)
        self.variance = self.targets.var(0).mean()
        self.metric = _metric(self.targets, network.config["sides_alike"]) if contrastive else None
        self.network = network if self.metric is None else nn.ModuleList([network, self.metric])
        self.held_keypoints, self.held_confidence = projected.see(held_out, torch.Generator().manual_seed(1))
        self.held_canonical = projected.align(held_out).poses

    def _decode(self, z: Tensor) -> Tensor:
        return z.unflatten(-1, (13, 3)) if self.vae is None else self.vae.decode(z)

    @torch.no_grad()
    def _target(self, canonical: Tensor) -> Tensor:
        vae = self.vae
        if vae is None:
            return canonical.flatten(1)
        return in_chunks(lambda part: vae.encode(part)[0], canonical.shape[:1], canonical).float()

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Give one batch's losses: loss, pose (m^2), embedding (in units of its variance), and what is switched on."""
        cameras = 2 if self.contrastive else 1
        bodies = 2 if self.contrastive and self.two_bodies else 1
        world, canonical, rows = self.projected.sample(generator, bodies, self.two_bodies)
        with fast_products():
            target = self._target(canonical) if self.projected.augmentation else self.targets[rows]
        again = cameras // bodies
        target, canonical_seen = target.repeat(again, 1), canonical.repeat(again, 1, 1)
        seen = self.projected.see_in_training(world.repeat(again, 1, 1), generator)
        with fast_products():
            z, log_var = self.encoder.both(centre_and_scale(*seen)[0])
            decoded = self._decode(z)
        z, decoded = z.float(), decoded.float()
        pose = losses.reconstruction(decoded, canonical_seen)
        embedding = (z - target).square().mean() / self.variance
        loss = self.pose_weight * pose + (embedding if self.vae is not None else 0.0)
        values = {"loss": loss, "pose": pose, "embedding": embedding}
        if log_var is not None:
            values["nll"] = losses.gaussian_nll(z.detach() - target, log_var.float())
        if self.metric is not None:
            first, second = self.metric(z).chunk(2)
            values["contrastive"] = losses.contrastive(first, second, canonical[: len(first)])
        values["loss"] = loss + values.get("nll", 0.0) + self.contrastive * values.get("contrastive", 0.0)
        return values

    def score(self) -> float:
        """Give the MPJPE in mm of held-out poses, lifted from cameras of the kind trained on."""
        z = self.encoder(centre_and_scale(self.held_keypoints, self.held_confidence)[0])
        return 1000 * mpjpe(self._decode(z), self.held_canonical).mean().item()

    def fingerprint(self) -> str:
        """Give the start of a hash of the poses that it trains and scores on."""
        return fingerprint([self.projected.poses, self.held_canonical])[:16]

    @torch.no_grad()
    def learned_metric(self) -> Tensor:
        """Give the contrastive term's metric (d, d), scaled so that the training embeddings have unit mean variance."""
        if self.metric is None:
            raise ValueError("expected a contrastive term, got none; give contrastive above 0.")
        spread = self.metric(self.targets).var(0).mean().sqrt()
        return self.metric.weight / spread


def _metric(targets: Tensor, sides_alike: bool) -> nn.Linear:
    """Start the contrastive metric: a linear map, the identity at a scale where distances tell poses apart."""
    layer = nn.Linear(targets.shape[1], targets.shape[1], bias=False)
    if sides_alike:
        make_sides_alike(layer, swapped, swapped)
    with torch.no_grad():
        layer.weight.copy_(torch.eye(targets.shape[1]) * (2 / targets.var(0).mean().sqrt()))
    return layer


def different(poses: Float[Tensor, "n 13 3"], far: float = 0.12) -> Bool[Tensor, "n n"]:
    """Say which poses of a batch the protocol counts as different: NP-MPJPE of 0.1 or more both ways.

    poses: canonical. Pairs more than far metres apart (mean over joints) count without being aligned: alignment does
    not make up such a distance, and it takes most of the time.
    """
    mean = torch.cdist(poses.transpose(0, 1), poses.transpose(0, 1)).mean(0)
    rows, columns = torch.triu_indices(len(poses), len(poses), 1)
    near = mean[rows, columns] < far
    rows, columns = rows[near], columns[near]
    apart = torch.ones(len(poses), len(poses), dtype=torch.bool)
    apart[rows, columns] = np_mpjpe(poses[rows], poses[columns]) >= HIT_THRESHOLD
    return (apart & apart.T).fill_diagonal_(False)


class PrVIPEObjective:
    """Train a PrVIPE: triplet ratio loss over semi-hard negatives, + pull of the positives, + KL to N(0, I).

    Each batch holds pairs: a pose seen by two cameras, anchor and positive. The negative is the pose's nearest other
    pose in the batch that is farther than the positive; the loss asks that p(positive) be at least twice p(negative).
    positive_weight and kl_weight: the authors'.
    """

    def __init__(
        self,
        network: PrVIPE,
        projected: ProjectedPoses,
        held_out: Tensor,
        positive_weight: float = 0.005,
        kl_weight: float = 1e-3,
    ):
        self.network, self.projected = network, projected
        self.positive_weight, self.kl_weight = positive_weight, kl_weight
        held_out = held_out[:: max(1, len(held_out) // 600)]
        seed = torch.Generator().manual_seed(1)
        self.held_pair = [projected.see(held_out, seed) for _ in range(2)]
        self.held_out = canonicalise(held_out).poses

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Give one batch's losses: loss, triplet, positive (-log p of the pairs), kl, and the active fraction."""
        world, canonical, _ = self.projected.sample(generator)
        seen = self.projected.see_in_training(world.repeat(2, 1, 1), generator)
        with fast_products():
            mu, log_var = self.network.encode(hip_centred(*seen))
        eps = torch.randn(len(mu), self.network.config["samples"], mu.shape[-1], generator=generator)
        anchor, positive = (mu[:, None] + (log_var / 2).exp()[:, None] * eps).chunk(2)
        first, second = mu.detach().chunk(2)
        rows, negative = self._mine(first, second, canonical)
        pull = -self.network.log_matching(torch.cdist(anchor, positive))
        push = -self.network.log_matching(torch.cdist(anchor[rows], positive[negative]))
        triplet = (pull[rows] - push + math.log(2)).clamp_min(0)
        values = {"triplet": triplet.sum() / len(anchor), "positive": pull.mean(), "kl": losses.kl(mu, log_var)}
        loss = values["triplet"] + self.positive_weight * values["positive"] + self.kl_weight * values["kl"]
        return {"loss": loss, **values, "active": (triplet > 0).float().sum() / len(anchor)}

    @staticmethod
    def _mine(anchor: Tensor, positive: Tensor, canonical: Tensor) -> tuple[Tensor, Tensor]:
        """Mine semi-hard negatives: the anchors that have one, and its place among the positives."""
        distance = torch.cdist(anchor, positive)
        allowed = different(canonical) & (distance > distance.diagonal()[:, None])
        nearest = distance.masked_fill(~allowed, torch.inf).min(-1)
        rows = nearest.values.isfinite().nonzero()[:, 0]
        return rows, nearest.indices[rows]

    def score(self) -> float:
        """Give 100 - Hit@1 in % of held-out poses between two cameras of the kind trained on, by the means."""
        z = [self.network.encode(hip_centred(*seen))[0] for seen in self.held_pair]
        return 100 - hit_at_k(*z, self.held_out, self.held_out, (1,))[1]

    def fingerprint(self) -> str:
        """Give the start of a hash of the poses that it trains and scores on."""
        return fingerprint([self.projected.poses, self.held_out])[:16]
