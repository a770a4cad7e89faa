"""What is trained on what: the VAE on canonical poses, the 2D networks on projections of world poses."""

import functools

import torch
from torch import Tensor, nn

from . import cameras, losses
from .alignment import canonicalise, restore
from .augment import varied
from .keypoints import centre_and_scale, detector_errors, drop_joints
from .metrics import mpjpe
from .models import PoseVAE
from .skeleton import mirror


def with_mirrored(poses: Tensor) -> Tensor:
    """Poses, and after them the same poses mirrored left to right: (n, 13, 3) -> (2 n, 13, 3)."""
    return torch.cat([poses, mirror(poses)])


def draw(n: int, batch: int, generator: torch.Generator) -> Tensor:
    """Draw row numbers of a batch, with replacement: (batch) long below n."""
    return torch.randint(n, (batch,), generator=generator)


@functools.cache
def _has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware, where it is three to four times as fast as float32."""
    return any(getattr(torch.cpu, f"_is_{name}_supported", bool)() for name in ("avx512_bf16", "amx_tile"))


def fast_products(on: bool = True) -> torch.autocast:
    """A context in which matrix products are done in bfloat16, where that is fast; weights and sums stay float32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=on and _has_bfloat16())


class VAETask:
    """Train a PoseVAE: reconstruction + kl_weight KL + triplet_weight triplet (the paper's loss).

    poses and held_out (n, 13, 3): canonical. The reductions: reconstruction in m^2, mean over batch and joints;
    KL in nats, summed over dimensions; triplet mean over the batch, margin as in the paper 1.0.
    lengths and recombined: see Views.
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
        lengths: float = 0.0,
        recombined: float = 0.0,
    ):
        self.network, self.held_out = network, held_out
        self.lengths, self.recombined = lengths, recombined
        self.poses = with_mirrored(poses) if mirrored else poses
        self.kl_weight, self.triplet_weight, self.margin, self.batch = kl_weight, triplet_weight, margin, batch

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch's losses: loss, reconstruction, kl, triplet, and the active fraction of the triplets."""
        poses = self.poses[draw(len(self.poses), self.batch, generator)]
        if self.lengths or self.recombined:
            poses = canonicalise(varied(poses, self.lengths, self.recombined, generator)).poses
        with fast_products():
            decoded, mu, log_var = (x.float() for x in self.network(poses, generator))
        reconstruction = losses.reconstruction(decoded, poses)
        kl = losses.kl(mu, log_var)
        triplet, active = losses.triplet(mu, poses, self.margin)
        loss = reconstruction + self.kl_weight * kl + self.triplet_weight * triplet
        return {"loss": loss, "reconstruction": reconstruction, "kl": kl, "triplet": triplet, "active": active}

    def score(self) -> float:
        """MPJPE in mm of held-out poses, encoded to the mean and decoded."""
        mu, _ = self.network.encode(self.held_out)
        return 1000 * mpjpe(self.network.decode(mu), self.held_out).mean().item()

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


class Views:
    """World poses, drawn in batches and seen by cameras: what every 2D network is trained on.

    poses (n, 13, 3): world, metres; their mirror images are added. random_cameras: the augmentation "+ A"; else the
    protocol's seen cameras. detected: keypoints get a detector's errors. missing: the probability that a frame loses
    1 to most_missing joints. lengths: the spread of random limb lengths; recombined: the part of the poses that get
    limbs of others; human and bent: see augment.varied; misplaced and least_noise: see keypoints.detector_errors, for
    training only (all off in the paper).
    """

    def __init__(
        self,
        poses: Tensor,
        random_cameras: bool = True,
        detected: bool = False,
        missing: float = 0.2,
        batch: int = 512,
        lengths: float = 0.0,
        recombined: float = 0.0,
        misplaced: float = 0.0,
        least_noise: float = 1.0,
        human: float = 0.0,
        bent: float = 0.0,
        most_missing: int = 4,
    ):
        self.human, self.bent = human, bent
        self.random_cameras, self.detected, self.batch = random_cameras, detected, batch
        self.missing, self.most_missing = missing, most_missing
        self.lengths, self.recombined = lengths, recombined
        self.errors = {"misplaced": misplaced, "least": least_noise}
        self.poses = with_mirrored(poses)
        self.stored = canonicalise(self.poses)

    @property
    def varied(self) -> bool:
        """Whether the poses drawn are others than the stored ones."""
        return bool(self.lengths or self.recombined or self.human or self.bent)

    def draw(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Draw a batch: world poses, the same in the canonical frame, and the rows that they come from."""
        rows = draw(len(self.poses), self.batch, generator)
        if not self.varied:
            return self.poses[rows], self.stored.poses[rows], rows
        made = varied(self.stored.poses[rows], self.lengths, self.recombined, generator, self.human, self.bent)
        frame = self.stored
        world = restore(made, frame.rotation[rows], frame.translation[rows], frame.scale[rows])
        return world, canonicalise(made).poses, rows

    def see(self, poses: Tensor, generator: torch.Generator, **errors: float) -> tuple[Tensor, Tensor]:
        """Keypoints and confidence of each world pose from a camera of its own."""
        n = len(poses)
        if self.random_cameras:
            orbit = cameras.random_orbit(n, generator)
        else:
            orbit = cameras.fixed_orbit(torch.tensor(cameras.SEEN)[draw(len(cameras.SEEN), n, generator)])
        keypoints = cameras.view(poses, orbit)
        if self.detected:
            return detector_errors(keypoints, generator, **errors)
        return keypoints, torch.ones(n, 13)

    def see_in_training(self, poses: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The same, and joints go missing, or are misplaced."""
        keypoints, confidence = self.see(poses, generator, **self.errors)
        return keypoints, drop_joints(confidence, self.most_missing, self.missing, generator)


class KeypointTask:
    """Train a 2D network: keypoints of one camera in, the VAE's mean (or, for a DirectLifter, the pose) out.

    poses (n, 13, 3): world, metres. vae: the trained PoseVAE, whose decoder stays frozen; None with a DirectLifter.
    Loss: pose_weight x squared joint distance of the decoded pose (m^2, mean over joints) + the squared distance of
    the embeddings over the mean variance of the VAE's means (mean over dimensions).

    Beyond the paper: contrastive, the weight of a term that sees each pose from two cameras and makes them nearer to
    one another than to the other poses of the batch, in a metric that is learned with it; and where the network has
    a log_var, its variance is fitted to the errors that its mean makes, which leaves the mean as it is.
    views: see Views, which takes all other arguments.
    """

    def __init__(
        self,
        network: nn.Module,
        poses: Tensor,
        held_out: Tensor,
        vae: PoseVAE | None = None,
        random_cameras: bool = True,
        detected: bool = False,
        pose_weight: float = 10.0,
        contrastive: float = 0.0,
        **views,
    ):
        self.encoder, self.vae = network, vae
        self.views = Views(poses, random_cameras, detected, **views)
        self.pose_weight, self.contrastive = pose_weight, contrastive
        self.targets = self._target(self.views.stored.poses)
        self.variance = self.targets.var(0).mean()
        self.metric = _metric(self.targets) if contrastive else None
        self.network = nn.ModuleList([network, self.metric]) if contrastive else network
        self.held_keypoints, self.held_confidence = self.views.see(held_out, torch.Generator().manual_seed(1))
        self.held_canonical = canonicalise(held_out).poses

    def _decode(self, z: Tensor) -> Tensor:
        return z.unflatten(-1, (13, 3)) if self.vae is None else self.vae.decode(z)

    @torch.no_grad()
    def _target(self, canonical: Tensor) -> Tensor:
        if self.vae is None:
            return canonical.flatten(1)
        return torch.cat([self.vae.encode(part)[0] for part in canonical.split(4096)]).float()

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch's losses: loss, pose (m^2), embedding (in units of its variance), and what is switched on."""
        world, canonical, rows = self.views.draw(generator)
        with fast_products():
            target = self._target(canonical) if self.views.varied else self.targets[rows]
        views = 2 if self.contrastive else 1
        target, canonical_seen = target.repeat(views, 1), canonical.repeat(views, 1, 1)
        features = centre_and_scale(*self.views.see_in_training(world.repeat(views, 1, 1), generator))[0]
        with fast_products():
            z, log_var = self.encoder.both(features)
            decoded = self._decode(z)
        z, decoded = z.float(), decoded.float()
        pose = losses.reconstruction(decoded, canonical_seen)
        embedding = (z - target).square().mean() / self.variance
        loss = self.pose_weight * pose + (embedding if self.vae is not None else 0.0)
        values = {"loss": loss, "pose": pose, "embedding": embedding}
        if log_var is not None:
            values["surprise"] = losses.surprise(z.detach() - target, log_var.float())
        if self.contrastive:
            values["contrastive"] = losses.contrastive(*self.metric(z).chunk(2), canonical)
        values["loss"] = loss + values.get("surprise", 0.0) + self.contrastive * values.get("contrastive", 0.0)
        return values

    def score(self) -> float:
        """MPJPE in mm of held-out poses lifted from cameras of the kind trained on."""
        z = self.encoder(centre_and_scale(self.held_keypoints, self.held_confidence)[0])
        return 1000 * mpjpe(self._decode(z), self.held_canonical).mean().item()

    @torch.no_grad()
    def learned_metric(self) -> Tensor:
        """The contrastive term's metric (d, d), scaled so that the training embeddings have unit mean variance."""
        spread = self.metric(self.targets).var(0).mean().sqrt()
        return self.metric.weight / spread


def _metric(targets: Tensor) -> nn.Linear:
    """A linear map to start the contrastive metric from: the identity, at a scale where distances tell poses apart."""
    layer = nn.Linear(targets.shape[1], targets.shape[1], bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.eye(targets.shape[1]) * (2 / targets.var(0).mean().sqrt()))
    return layer
