"""The methods that are compared: each with all that its result depends on, and how it is trained."""

import dataclasses
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

import torch
from torch import Tensor

from ..alignment import canonicalise
from ..models.baselines import DirectLifter
from ..models.embedder import Embedder
from ..models.networks import KeypointEncoder, PoseVAE
from ..models.prvipe import PrVIPE
from ..models.storage import load
from ..models.vvipe import VVIPE
from .augment import AS_RECORDED, Augmentation
from .detector_errors import EXACT, DetectorErrors
from .loop import Checkpoint, History, Progress, TrainingData, differences, fit
from .objectives import KeypointObjective, PrVIPEObjective, VAEObjective
from .projected_poses import ProjectedPoses

E = TypeVar("E", bound=Embedder)


@dataclass(frozen=True)
class VAESettings:
    """All that a pose VAE depends on beside data and seed. name: of its file; methods with equal settings share it."""

    name: str = "vae"
    latent: int = 32
    width: int = 384
    blocks: int = 2
    activation: str = "silu"
    sides_alike: bool = False
    augmentation: Augmentation = AS_RECORDED
    kl_weight: float = 3e-5
    triplet_weight: float = 1e-3
    batch: int = 512
    lr: float = 1e-3
    steps: int = 3000
    average: float = 0.995


@dataclass(frozen=True)
class Method:
    """One way to embed keypoints, with all that a trained model of it depends on beside data and seed.

    kind: "vvipe", "prvipe" or "direct", which says the network and its objective. random_cameras: "+ A", else the
    protocol's seen cameras. errors.detected: trained on D keypoints, else on exact ones. vae: of a V-VIPE.
    contrastive, two_bodies and log_var: see KeypointObjective; similar: see ProjectedPoses; upright: see
    KeypointEncoder. The defaults are sizes and steps that all methods share.
    """

    name: str
    kind: str
    random_cameras: bool = False
    augmentation: Augmentation = AS_RECORDED
    errors: DetectorErrors = EXACT
    vae: VAESettings | None = None
    contrastive: float = 0.0
    two_bodies: float = 0.0
    similar: int = 1
    upright: bool = False
    log_var: bool = False
    width: int = 512
    blocks: int = 2
    activation: str = "silu"
    batch: int = 512
    lr: float = 2e-3
    steps: int = 2000
    average: float = 0.995

    @property
    def keypoints(self) -> str:
        """The keypoints that it is trained and measured on: "GT" or "D"."""
        return "D" if self.errors.detected else "GT"

    def scaled(self, factor: float) -> "Method":
        """Give the same method with factor times the steps, for a quick look or a long run."""
        vae = self.vae and replace(self.vae, steps=max(1, round(factor * self.vae.steps)))
        return replace(self, steps=max(1, round(factor * self.steps)), vae=vae)


OURS = Augmentation(
    length_spread=0.06, limb_exchange_prob=0.3, human_proportions=0.3, joint_jitter_deg=15.0, any_body_prob=0.5
)
"""Bodies of other proportions, limbs of other poses, joints turned at random: "our augmentations"."""
OUR_VAE = VAESettings("vae_ours", augmentation=Augmentation(0.08, limb_exchange_prob=0.3, any_body_prob=0.4))
_LEARNERS = (
    Method("direct lifter", "direct"),
    Method("Pr-VIPE", "prvipe", lr=8e-4),
    Method("Pr-VIPE (our augmentations)", "prvipe", lr=8e-4, augmentation=OURS),
    Method("V-VIPE", "vvipe", vae=VAESettings()),
    Method("V-VIPE (ours)", "vvipe", vae=OUR_VAE, augmentation=OURS, contrastive=0.1, two_bodies=1.0),
)
_SEEN_BY = (
    ("", {}),
    (" + A", {"random_cameras": True}),
    (", D + A", {"random_cameras": True, "errors": DetectorErrors(detected=True)}),
)
METHODS = {m.name + words: replace(m, name=m.name + words, **how) for m in _LEARNERS for words, how in _SEEN_BY}
"""The methods of the comparison by name; "+ A" has random training cameras, "D" a detector's errors in training.

All settings were chosen on validation (results/tuning.jsonl). V-VIPE (ours) adds our augmentations to the paper's
method, and a contrastive term between two views of one pose on two bodies, with a learned metric.
"""
PAPER_METHODS = ("direct lifter", "direct lifter + A", "V-VIPE", "V-VIPE + A")

_LONG = {"width": 504, "blocks": 3, "average": 0.998, "log_var": True, "vae": replace(OUR_VAE, steps=6000)}
SHIPPED = {
    "exact": replace(METHODS["V-VIPE (ours) + A"], steps=24000, **_LONG),
    "detected": replace(
        METHODS["V-VIPE (ours), D + A"], steps=24000, **_LONG,
        augmentation=replace(OURS, joint_jitter_deg=10.0, any_body_prob=0.3),
        errors=DetectorErrors(True, misplaced_prob=0.05, min_noise_scale=0.5, missing_prob=0.5, max_missing=4),
    ),
}  # fmt: skip
"""The weights that come with the package, by load_pretrained's words: `vvipe train --methods shipped` makes them.

Detected keypoints come from more kinds of bodies, with more kinds of errors than the protocol's, so training has more.
"""


class Stopped(Exception):
    """Training was interrupted. The run's folder holds what was trained; rerun the command to resume."""


def file_of(out, method: Method) -> Path:
    """Give the path of a method's trained model in the run's folder."""
    name = re.sub(r"[^a-z0-9]+", "_", method.name.lower().replace("-", "").replace("+", "")).strip("_")
    return Path(out) / f"{name}.safetensors"


def vae_file(out, settings: VAESettings) -> Path:
    """Give the path of a trained pose VAE in the run's folder."""
    return Path(out) / f"{settings.name}.safetensors"


@dataclass
class _Run:
    """One training: where its model goes, what the model depends on, and how it is told of."""

    path: Path
    settings: Method | VAESettings
    data: TrainingData
    seed: int
    progress: Progress = True
    history: History = field(default_factory=History, init=False)

    @cached_property
    def depends_on(self) -> dict:
        return {"seed": self.seed, "settings": dataclasses.asdict(self.settings), "data": self.data.describe()}

    @property
    def checkpoint(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.checkpoint.safetensors")

    def found(self) -> Embedder | None:
        """Give the model, if it is trained already. Raises ValueError if another run's model is in its place."""
        if not self.path.is_file():
            return None
        model = load(self.path)
        unlike = differences({key: model.about.get(key) for key in self.depends_on}, self.depends_on)
        if unlike:
            raise ValueError(
                f"{self.path} was trained with other settings or data: {unlike}. "
                "Give another --out, or delete that folder to start anew."
            )
        return model

    def fit(self, objective) -> None:
        s, name = self.settings, self.path.stem
        checkpoint = Checkpoint(self.checkpoint, self.depends_on)
        self.history = fit(
            objective, s.steps, s.lr, self.seed, s.average, checkpoint=checkpoint, progress=self.progress, name=name
        )
        if not self.history.finished:
            raise Stopped

    def finish(self, model: E, score: str) -> E:
        """Write the model with what it depends on and its best score by that name; remove the checkpoint."""
        model.about |= {**self.depends_on, score: self.history.best_score}
        model.save(self.path)
        self.checkpoint.unlink(missing_ok=True)
        return model.eval().requires_grad_(False)


def train_vae(settings: VAESettings, data: TrainingData, out, seed: int = 0, progress: Progress = True) -> VVIPE:
    """Train (or find trained) a pose VAE; warns in words if it collapsed."""
    run = _Run(vae_file(out, settings), settings, data, seed, progress)
    found = run.found()
    if found is not None:
        return cast(VVIPE, found)
    torch.manual_seed(seed)
    s, canonical = settings, canonicalise(data.train).poses
    vae = PoseVAE(s.latent, s.width, s.blocks, s.activation, s.sides_alike)
    objective = VAEObjective(
        vae, canonical, canonicalise(data.held_out).poses, s.kl_weight, s.triplet_weight, batch=s.batch,
        augmentation=s.augmentation,
    )  # fmt: skip
    run.fit(objective)
    if objective.collapse():
        print("vae:", objective.collapse())
    model = VVIPE(vae)
    model.fit_latent(canonical)
    return run.finish(model, "held_out_mpjpe_mm")


def train_method(method: Method, data: TrainingData, out, seed: int = 0, progress: Progress = True) -> Embedder:
    """Train (or find trained) a method; a stopped run resumes from its checkpoint."""
    run = _Run(file_of(out, method), method, data, seed, progress)
    found = run.found()
    if found is not None:
        return found
    m = method
    vae = train_vae(m.vae, data, out, seed, progress) if m.vae else None
    torch.manual_seed(seed + 1)
    projected = ProjectedPoses(
        data.train, m.random_cameras, m.augmentation, m.errors, m.batch, similar=m.similar
    )
    model, objective = _BUILD[m.kind](m, projected, data.held_out, vae)
    run.fit(objective)
    if m.contrastive:
        model.metric.copy_(objective.learned_metric())
        model.fit_latent(canonicalise(data.train).poses)
    return run.finish(model, "held_out_score")


def _direct(m: Method, projected: ProjectedPoses, held_out: Tensor, vae: None) -> tuple:
    model = DirectLifter(KeypointEncoder(39, m.width, m.blocks, activation=m.activation))
    return model, KeypointObjective(model.encoder, projected, held_out)


def _prvipe(m: Method, projected: ProjectedPoses, held_out: Tensor, vae: None) -> tuple:
    model = PrVIPE(width=m.width, blocks=m.blocks, activation=m.activation, dropout=0.0)
    return model, PrVIPEObjective(model, projected, held_out)


def _vvipe(m: Method, projected: ProjectedPoses, held_out: Tensor, vae: VVIPE) -> tuple:
    encoder = vae.keypoint_encoder = KeypointEncoder(
        vae.latent_dim, m.width, m.blocks, m.log_var, m.activation, vae.vae.config["sides_alike"], m.upright
    )
    terms = {"contrastive": m.contrastive, "two_bodies": m.two_bodies}
    return vae, KeypointObjective(encoder, projected, held_out, vae.vae, **terms)


_BUILD = {"direct": _direct, "prvipe": _prvipe, "vvipe": _vvipe}
"""Each kind of method: what makes its model and its objective. A new kind adds its line here."""
