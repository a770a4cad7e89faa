"""What `vvipe train` trains: each method by name, with the settings that every one shares."""

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .alignment import canonicalise
from .models import VVIPE, DirectLifter, Embedder, KeypointEncoder, PoseVAE
from .storage import load
from .tasks import KeypointTask, VAETask
from .training import Progress, fit


@dataclass(frozen=True)
class Settings:
    """Sizes and steps that all methods share, so that a comparison is fair; chosen on validation.

    lr is the VAE's, encoder_lr the 2D networks'. lengths to log_var are used by the methods called "ours" only (see
    tasks.KeypointTask), those that begin with prvipe by Pr-VIPE.
    """

    latent: int = 32
    width: int = 512
    blocks: int = 2
    activation: str = "silu"
    batch: int = 512
    lr: float = 1e-3
    encoder_lr: float = 2e-3
    average: float = 0.995
    steps: int = 2000
    vae_width: int = 384
    vae_blocks: int = 2
    vae_steps: int = 3000
    vae_average: float = 0.995
    kl_weight: float = 3e-5
    triplet_weight: float = 1e-3
    lengths: float = 0.03
    vae_lengths: float = 0.08
    recombined: float = 0.3
    human: float = 0.3
    bent: float = 15.0
    contrastive: float = 0.1
    missing: float = 0.2
    most_missing: int = 4
    misplaced: float = 0.0
    least_noise: float = 1.0
    log_var: bool = False
    prvipe_lr: float = 8e-4
    prvipe_batch: int = 512
    prvipe_dropout: float = 0.0

    def scaled(self, factor: float) -> "Settings":
        """The same with factor times the steps, for a quick look or a long run."""
        return dataclasses.replace(
            self, steps=max(1, round(factor * self.steps)), vae_steps=max(1, round(factor * self.vae_steps))
        )


_PLAIN = Settings(lengths=0.0, recombined=0.0, human=0.0, bent=0.0)
"""What the methods that are not "ours" are trained on."""
_VIEWS = ("lengths", "recombined", "human", "bent", "missing", "most_missing", "misplaced", "least_noise")
_ONCE = dataclasses.asdict(Settings(activation="relu", human=0.0, bent=0.0))
"""What a model had that was trained before a setting existed."""
_SHIPPED = Settings(
    width=504, blocks=3, steps=14000, average=0.998, vae_steps=5000, log_var=True,
)  # fmt: skip
SHIPPED = {
    "exact": ("V-VIPE (ours) + A", _SHIPPED),
    "detected": (
        "V-VIPE (ours), D + A",
        dataclasses.replace(
            _SHIPPED, steps=16000, lengths=0.06, bent=10.0, missing=0.9, most_missing=5, misplaced=0.05, least_noise=0.5
        ),
    ),
}
"""The weights that come with the package, by load_pretrained's words: `vvipe train --recipe shipped` makes them.

Detected keypoints come from bodies and with errors of more kinds than the protocol's, so more kinds are trained on.
"""

LEARNERS = {
    "direct lifter": {"kind": "direct", "ours": False},
    "Pr-VIPE": {"kind": "prvipe", "ours": False},
    "Pr-VIPE (our augmentations)": {"kind": "prvipe", "ours": True},
    "V-VIPE": {"kind": "vvipe", "ours": False},
    "V-VIPE (ours)": {"kind": "vvipe", "ours": True},
}
TRAINED_ON = {
    "": {"random_cameras": False, "detected": False},
    " + A": {"random_cameras": True, "detected": False},
    ", D + A": {"random_cameras": True, "detected": True},
}
METHODS = {name + suffix: learner | views for name, learner in LEARNERS.items() for suffix, views in TRAINED_ON.items()}
"""Trained methods; "+ A" is the camera augmentation, "D" training on keypoints with a detector's errors.

"our augmentations" are bodies of other proportions and limbs of other poses; "ours" adds to these a contrastive term
with a learned metric.
"""
PAPER_METHODS = ("direct lifter", "direct lifter + A", "V-VIPE", "V-VIPE + A")


class Stopped(Exception):
    """An interrupt came; what was trained so far is in the run's folder, and the same command goes on from there."""


def file_of(out, method: str) -> Path:
    """Where a method's trained model lies in the run's folder."""
    name = re.sub(r"[^a-z0-9]+", "_", method.lower().replace("-", "").replace("+", "")).strip("_")
    return Path(out) / f"{name}.safetensors"


def vae_file(out, ours: bool) -> Path:
    """Where the pose VAE lies, the paper's or ours."""
    return Path(out) / ("vae_ours.safetensors" if ours else "vae.safetensors")


def _run(task, name: str, steps: int, lr: float, average: float, settings: Settings, out: Path, seed: int, progress):
    checkpoint = out / f"{name}.checkpoint.safetensors"
    history = fit(
        task, steps, lr, seed, average=average, checkpoint=checkpoint,
        identity={"name": name, "settings": dataclasses.asdict(settings)}, progress=progress, name=name,
    )  # fmt: skip
    if not history.finished:
        raise Stopped
    return history


def _finish(model: Embedder, path: Path, settings: Settings, seed: int, about: dict) -> Embedder:
    model.about |= {"seed": seed, "settings": dataclasses.asdict(settings), **about}
    model.save(path)
    for checkpoint in path.parent.glob(f"{path.stem}.checkpoint.safetensors"):
        checkpoint.unlink()
    return model.eval().requires_grad_(False)


VAE_SETTINGS = (
    "latent", "activation", "batch", "lr", "vae_width", "vae_blocks", "vae_steps", "vae_average", "kl_weight",
    "triplet_weight", "vae_lengths", "recombined",
)  # fmt: skip
"""Those that the pose VAE depends on."""
_OURS_ONLY = {
    "lengths", "vae_lengths", "recombined", "human", "bent", "contrastive", "missing", "most_missing", "misplaced",
    "least_noise", "log_var",
}  # fmt: skip


def _settings_of(recipe: dict, settings: Settings) -> tuple[str, ...]:
    """The settings that a method depends on: changing the others asks for no new training of it."""
    names = [field.name for field in dataclasses.fields(settings)]
    if not recipe["ours"]:
        names = [name for name in names if name not in _OURS_ONLY]
    if recipe["kind"] != "vvipe":
        names = [name for name in names if name not in ("lr", "triplet_weight", "kl_weight") and "vae" not in name]
    prvipe = recipe["kind"] == "prvipe"
    return tuple(name for name in names if prvipe or not name.startswith("prvipe"))


def _trained(path: Path, settings: Settings, seed: int, names: tuple[str, ...]) -> Embedder | None:
    """The model at path, if it was trained with these settings (those in names) and this seed."""
    if not path.is_file():
        return None
    model = load(path)
    had, wanted = model.about.get("settings", {}), dataclasses.asdict(settings)
    had = {name: had.get(name, _ONCE[name]) for name in names} if had else {}
    if model.about.get("seed") != seed or any(had.get(name) != wanted[name] for name in names):
        raise ValueError(
            f"{path} was trained with other settings ({model.about.get('settings')}, seed {model.about.get('seed')}). "
            "Give another --out, or delete that folder to start anew."
        )
    return model


def train_vae(
    train: Tensor, held_out: Tensor, settings: Settings, out, seed: int = 0, progress: Progress = True,
    ours: bool = False,
) -> VVIPE:  # fmt: skip
    """Train (or find trained) the pose VAE on world poses (n, 13, 3); warns in words if it collapsed."""
    out, path = Path(out), vae_file(out, ours)
    done = _trained(path, settings, seed, VAE_SETTINGS)
    if done is not None:
        return done
    torch.manual_seed(seed)
    vae = PoseVAE(settings.latent, settings.vae_width, settings.vae_blocks, settings.activation)
    canonical = canonicalise(train).poses
    task = VAETask(
        vae, canonical, canonicalise(held_out).poses, settings.kl_weight, settings.triplet_weight, batch=settings.batch,
        lengths=settings.vae_lengths if ours else 0.0, recombined=settings.recombined if ours else 0.0,
    )  # fmt: skip
    history = _run(
        task, path.stem, settings.vae_steps, settings.lr, settings.vae_average, settings, out, seed, progress
    )
    if task.collapse():
        print("vae:", task.collapse())
    model = VVIPE(vae)
    model.fit_latent(canonical)
    return _finish(model, path, settings, seed, {"held_out_mpjpe_mm": history.best_score})


def train_method(
    method: str, train: Tensor, held_out: Tensor, settings: Settings, out, seed: int = 0, progress: Progress = True
) -> Embedder:
    """Train (or find trained) one of METHODS on world poses (n, 13, 3); a stopped run goes on from its checkpoint."""
    out, path, recipe = Path(out), file_of(out, method), METHODS[method]
    done = _trained(path, settings, seed, _settings_of(recipe, settings))
    if done is not None:
        return done
    ours = recipe["ours"]
    views = {name: getattr(settings if ours else _PLAIN, name) for name in _VIEWS}
    views |= {"random_cameras": recipe["random_cameras"], "detected": recipe["detected"]}
    vae = train_vae(train, held_out, settings, out, seed, progress, ours) if recipe["kind"] == "vvipe" else None
    torch.manual_seed(seed + 1)
    model, task = _BUILD[recipe["kind"]](settings, train, held_out, vae, ours, views)
    lr = settings.prvipe_lr if recipe["kind"] == "prvipe" else settings.encoder_lr
    history = _run(task, path.stem, settings.steps, lr, settings.average, settings, out, seed, progress)
    if recipe["kind"] == "vvipe" and ours and settings.contrastive:
        model.metric.copy_(task.learned_metric())
        model.fit_latent(canonicalise(train).poses)
    return _finish(model, path, settings, seed, {"method": method, "held_out_score": history.best_score})


def _direct(settings: Settings, train, held_out, vae, ours, views):
    model = DirectLifter(KeypointEncoder(39, settings.width, settings.blocks, activation=settings.activation))
    return model, KeypointTask(model.encoder, train, held_out, batch=settings.batch, **views)


def _vvipe(settings: Settings, train, held_out, vae, ours, views):
    sizes = settings.latent, settings.width, settings.blocks
    vae.keypoint_encoder = KeypointEncoder(*sizes, settings.log_var and ours, settings.activation)
    contrastive = settings.contrastive * ours
    network, batch = vae.keypoint_encoder, settings.batch
    return vae, KeypointTask(network, train, held_out, vae.vae, contrastive=contrastive, batch=batch, **views)


def _prvipe(settings: Settings, train, held_out, vae, ours, views):
    from .prvipe import PrVIPE, PrVIPETask

    sizes = {"width": settings.width, "blocks": settings.blocks, "activation": settings.activation}
    model = PrVIPE(**sizes, dropout=settings.prvipe_dropout)
    return model, PrVIPETask(model, train, held_out, batch=settings.prvipe_batch, **views)


_BUILD = {"direct": _direct, "vvipe": _vvipe, "prvipe": _prvipe}
