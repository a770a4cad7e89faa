"""What is trained on what: the VAE on canonical poses, the 2D networks on projections of world poses."""

import torch
from torch import Tensor, nn

from . import cameras, losses
from .alignment import canonicalise, restore
from .augment import varied
from .keypoints import centre_and_scale, detector_errors, drop_joints
from .metrics import mpjpe
from .models import DirectLifter, PoseVAE
from .skeleton import mirror


def with_mirrored(poses: Tensor) -> Tensor:
    """Poses, and after them the same poses mirrored left to right: (n, 13, 3) -> (2 n, 13, 3)."""
    return torch.cat([poses, mirror(poses)])


def draw(n: int, batch: int, generator: torch.Generator) -> Tensor:
    """Draw row numbers of a batch, with replacement: (batch) long below n."""
    return torch.randint(n, (batch,), generator=generator)


class VAETask:
    """Train a PoseVAE: reconstruction + kl_weight KL + triplet_weight triplet (the paper's loss).

    poses and held_out (n, 13, 3): canonical. The reductions: reconstruction in m^2, mean over batch and joints;
    KL in nats, summed over dimensions; triplet mean over the batch, margin as in the paper 1.0.
    lengths and recombined: see KeypointTask.
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
        decoded, mu, log_var = self.network(poses, generator)
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


class KeypointTask:
    """Train a 2D network: keypoints of one camera in, the VAE's mean (or, for a DirectLifter, the pose) out.

    poses (n, 13, 3): world, metres. vae: the trained PoseVAE, whose decoder stays frozen; None with a DirectLifter.
    random_cameras: the augmentation "+ A"; else the protocol's seen cameras. detected: keypoints get a detector's
    errors. missing: the probability that a frame loses 1 to 4 joints.
    Loss: pose_weight x squared joint distance of the decoded pose (m^2, mean over joints) + the squared distance of
    the embeddings over the mean variance of the VAE's means (mean over dimensions).

    Beyond the paper, each off by default: lengths, the spread of random limb lengths; recombined, the part of the
    poses that get limbs of others; contrastive, the weight of a term that sees each pose from two cameras and makes
    them nearer to one another than to the other poses of the batch, in a metric that is learned with it.
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
        missing: float = 0.2,
        batch: int = 512,
        lengths: float = 0.0,
        recombined: float = 0.0,
        contrastive: float = 0.0,
    ):
        self.encoder, self.vae = network, vae
        self.random_cameras, self.detected = random_cameras, detected
        self.pose_weight, self.missing, self.batch = pose_weight, missing, batch
        self.lengths, self.recombined, self.contrastive = lengths, recombined, contrastive
        self.poses = with_mirrored(poses)
        self.stored = canonicalise(self.poses)
        self.targets = self._target(self.stored.poses)
        self.variance = self.targets.var(0).mean()
        self.metric = _metric(self.targets) if contrastive else None
        self.network = nn.ModuleList([network, self.metric]) if contrastive else network
        self._hold_out(held_out)

    def _hold_out(self, poses: Tensor) -> None:
        seed = torch.Generator().manual_seed(1)
        self.held_keypoints, self.held_confidence = self._see(poses, seed)
        self.held_canonical = canonicalise(poses).poses

    def _see(self, poses: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Keypoints and confidence of each pose from a camera of its own."""
        n = len(poses)
        if self.random_cameras:
            orbit = cameras.random_orbit(n, generator)
        else:
            orbit = cameras.fixed_orbit(torch.tensor(cameras.SEEN)[draw(len(cameras.SEEN), n, generator)])
        keypoints = cameras.view(poses, orbit)
        if self.detected:
            return detector_errors(keypoints, generator)
        return keypoints, torch.ones(n, 13)

    def _decode(self, z: Tensor) -> Tensor:
        return z.unflatten(-1, (13, 3)) if self.vae is None else self.vae.decode(z)

    @torch.no_grad()
    def _target(self, canonical: Tensor) -> Tensor:
        if self.vae is None:
            return canonical.flatten(1)
        return torch.cat([self.vae.encode(part)[0] for part in canonical.split(4096)])

    def _batch(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Draw world poses, the same in the canonical frame, and the embeddings that the network should give."""
        rows = draw(len(self.poses), self.batch, generator)
        if not (self.lengths or self.recombined):
            return self.poses[rows], self.stored.poses[rows], self.targets[rows]
        made = varied(self.stored.poses[rows], self.lengths, self.recombined, generator)
        frame = self.stored
        world = restore(made, frame.rotation[rows], frame.translation[rows], frame.scale[rows])
        canonical = canonicalise(made).poses
        return world, canonical, self._target(canonical)

    def losses(self, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch's losses: loss, pose (m^2), embedding (in units of its variance), contrastive where it is on."""
        world, canonical, target = self._batch(generator)
        views = 2 if self.contrastive else 1
        keypoints, confidence = self._see(world.repeat(views, 1, 1), generator)
        confidence = drop_joints(confidence, 4, self.missing, generator)
        z = self.encoder(centre_and_scale(keypoints, confidence)[0])
        pose = losses.reconstruction(self._decode(z), canonical.repeat(views, 1, 1))
        embedding = (z - target.repeat(views, 1)).square().mean() / self.variance
        loss = self.pose_weight * pose + (embedding if self.vae is not None else 0.0)
        values = {"loss": loss, "pose": pose, "embedding": embedding}
        if self.contrastive:
            values["contrastive"] = losses.contrastive(*self.metric(z).chunk(2), canonical)
            values["loss"] = loss + self.contrastive * values["contrastive"]
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


def encoder_of(model: nn.Module) -> nn.Module:
    """The 2D network inside an embedder, which is what KeypointTask trains."""
    return model.encoder if isinstance(model, DirectLifter) else model.keypoint_encoder
