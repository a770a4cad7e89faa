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
from .tasks import KeypointTask, VAETask, encoder_of
from .training import fit


@dataclass(frozen=True)
class Settings:
    """Sizes and steps that all methods share, so that a comparison is fair; chosen on validation.

    The last four are used by the methods called "ours" only: see tasks.KeypointTask.
    """

    latent: int = 32
    width: int = 512
    blocks: int = 2
    batch: int = 512
    lr: float = 1e-3
    average: float = 0.995
    steps: int = 5000
    vae_width: int = 384
    vae_steps: int = 3000
    vae_average: float = 0.995
    kl_weight: float = 3e-5
    triplet_weight: float = 1e-3
    lengths: float = 0.06
    vae_lengths: float = 0.08
    recombined: float = 0.3
    contrastive: float = 0.05

    def scaled(self, factor: float) -> "Settings":
        """The same with factor times the steps, for a quick look or a long run."""
        return dataclasses.replace(
            self, steps=max(1, round(factor * self.steps)), vae_steps=max(1, round(factor * self.vae_steps))
        )


SHIPPED = Settings(width=576, steps=9000, average=0.998, vae_steps=4000)
"""What the weights that come with the package are trained with: `vvipe train --recipe shipped`."""

METHODS = {
    "direct lifter": {"kind": "direct", "random_cameras": False},
    "direct lifter + A": {"kind": "direct", "random_cameras": True},
    "V-VIPE": {"kind": "vvipe", "random_cameras": False},
    "V-VIPE + A": {"kind": "vvipe", "random_cameras": True},
    "V-VIPE (ours) + A": {"kind": "vvipe", "random_cameras": True, "ours": True},
    "V-VIPE (ours), D + A": {"kind": "vvipe", "random_cameras": True, "ours": True, "detected": True},
}
"""Trained methods; "+ A" is the camera augmentation, "D" training on keypoints with a detector's errors.

"ours" adds to the paper's method bodies of other proportions, limbs of other poses, and a contrastive term with a
learned metric.
"""
PAPER_METHODS = tuple(name for name, recipe in METHODS.items() if not recipe.get("ours"))


class Stopped(Exception):
    """An interrupt came; what was trained so far is in the run's folder, and the same command goes on from there."""


def file_of(out, method: str) -> Path:
    """Where a method's trained model lies in the run's folder."""
    name = re.sub(r"[^a-z0-9]+", "_", method.lower().replace("-", "").replace("+", "")).strip("_")
    return Path(out) / f"{name}.safetensors"


def _run(task, name: str, steps: int, average: float, settings: Settings, out: Path, seed: int, progress: bool):
    checkpoint = out / f"{name}.checkpoint.safetensors"
    history = fit(
        task, steps, settings.lr, seed, average=average, checkpoint=checkpoint,
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


def _trained(path: Path, settings: Settings, seed: int) -> Embedder | None:
    """The model at path, if it was trained with these settings and this seed."""
    if not path.is_file():
        return None
    model = load(path)
    same = model.about.get("settings") == dataclasses.asdict(settings) and model.about.get("seed") == seed
    if not same:
        raise ValueError(
            f"{path} was trained with other settings ({model.about.get('settings')}, seed {model.about.get('seed')}). "
            "Give another --out, or delete that folder to start anew."
        )
    return model


def train_vae(
    train: Tensor, held_out: Tensor, settings: Settings, out, seed: int = 0, progress: bool = True, ours: bool = False
) -> VVIPE:
    """Train (or find trained) the pose VAE on world poses (n, 13, 3); warns in words if it collapsed."""
    out, path = Path(out), Path(out) / ("vae_ours.safetensors" if ours else "vae.safetensors")
    done = _trained(path, settings, seed)
    if done is not None:
        return done
    torch.manual_seed(seed)
    vae = PoseVAE(settings.latent, settings.vae_width, settings.blocks)
    canonical = canonicalise(train).poses
    task = VAETask(
        vae, canonical, canonicalise(held_out).poses, settings.kl_weight, settings.triplet_weight, batch=settings.batch,
        lengths=settings.vae_lengths if ours else 0.0, recombined=settings.recombined if ours else 0.0,
    )  # fmt: skip
    history = _run(task, path.stem, settings.vae_steps, settings.vae_average, settings, out, seed, progress)
    if task.collapse():
        print("vae:", task.collapse())
    model = VVIPE(vae)
    model.fit_latent(canonical)
    return _finish(model, path, settings, seed, {"held_out_mpjpe_mm": history.best_score})


def train_method(
    method: str, train: Tensor, held_out: Tensor, settings: Settings, out, seed: int = 0, progress: bool = True
) -> Embedder:
    """Train (or find trained) one of METHODS on world poses (n, 13, 3); a stopped run goes on from its checkpoint."""
    out, path = Path(out), file_of(out, method)
    done = _trained(path, settings, seed)
    if done is not None:
        return done
    recipe = METHODS[method]
    ours = recipe.get("ours", False)
    vae = train_vae(train, held_out, settings, out, seed, progress, ours) if recipe["kind"] == "vvipe" else None
    torch.manual_seed(seed + 1)
    if vae is None:
        model = DirectLifter(KeypointEncoder(39, settings.width, settings.blocks))
    else:
        model = vae
        model.keypoint_encoder = KeypointEncoder(settings.latent, settings.width, settings.blocks)
    task = KeypointTask(
        encoder_of(model), train, held_out, vae and vae.vae, recipe["random_cameras"],
        detected=recipe.get("detected", False), batch=settings.batch,
        lengths=settings.lengths * ours, recombined=settings.recombined * ours, contrastive=settings.contrastive * ours,
    )  # fmt: skip
    history = _run(task, path.stem, settings.steps, settings.average, settings, out, seed, progress)
    if ours:
        model.metric.copy_(task.learned_metric())
        model.fit_latent(canonicalise(train).poses)
    return _finish(model, path, settings, seed, {"method": method, "held_out_mpjpe_mm": history.best_score})
