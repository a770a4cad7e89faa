"""The latent space beyond retrieval: is it smooth, are its samples bodies, and do they cover the real poses?

A space is a PoseVAE, or anything with its encode and decode (models.PCA, models.Autoencoder: the same without the
variational part). Poses are canonical, (n, 13, 3), in metres of one standard body; the results are in mm, degrees or %.
There is a function for each measure; compare puts them side by side.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import spearmanr
from torch import Tensor

from .. import cameras, losses
from ..alignment import canonicalise
from ..metrics import mpjpe, np_mpjpe, pa_mpjpe
from ..models.networks import PoseVAE
from ..models.vvipe import VVIPE
from ..plots import over, strip
from ..retrieval import hit_at_k
from ..skeleton import bone_lengths
from ..training.objectives import mine_triplets
from ..training.small import train_small_encoder
from .markdown import markdown_table
from .pose_sets import Poses, coverage, measure_samples

MEASURES = {
    "reconstruction": ("reconstruction, MPJPE (mm)", 1),
    "lifted": ("lifted from one view, PA-MPJPE (mm)", 1),
    "noise": ("moved by noise 0.5 on the embedding, MPJPE (mm)", 0),
    "noise_limbs": ("limbs changed by noise 0.5 on the embedding (%)", 1),
    "evenness": ("interpolation: longest step over mean", 2),
    "detour": ("interpolation: way over straight way", 2),
    "limb_drift": ("interpolation: limbs' drift (%)", 1),
    "asymmetry": ("samples: left against right limbs (%)", 1),
    "out_of_range": ("samples: an angle never seen (%)", 1),
    "backwards": ("samples: a knee bent backwards (%)", 2),
    "near_real": ("samples near a training pose (%)", 0),
    "coverage": ("held-out poses near a sample (%)", 0),
    "diversity": ("samples: mean distance of two (mm)", 0),
}
"""What compare gives: each measure's name, its description, and its digits in the table."""


def reconstruction(space: PoseVAE, poses: Poses) -> float:
    """Measure the MPJPE in mm of poses encoded (to the mean) and decoded."""
    return 1000 * mpjpe(space.decode(space.encode(poses)[0]), poses).mean().item()


def lifted(space: PoseVAE, train: Poses, held_out: Poses, steps: int = 400, width: int = 192, seed: int = 0) -> float:
    """Measure the PA-MPJPE in mm of held-out poses, each lifted from one view by a 2D encoder trained here.

    Poses in world axes, metres. The networks, the steps and the random cameras are the same for each space.
    """
    with torch.enable_grad():
        model = train_small_encoder(space, train, held_out, steps, width, seed=seed)[0]
    keypoints = cameras.view(held_out, cameras.random_orbit(len(held_out), _seeded(seed)))
    with torch.no_grad():
        return 1000 * pa_mpjpe(model.lift(keypoints), canonicalise(held_out).poses).mean().item()


def length_change(moved: Float[Tensor, "*levels n 13 3"], poses: Poses) -> Float[Tensor, "*levels"]:
    """Measure how far the 12 lengths of moved bodies are from those of the poses: mean over poses and lengths, in %."""
    return 100 * (bone_lengths(moved) / bone_lengths(poses) - 1).abs().mean((-2, -1))


def order_and_hit(
    z: Float[Tensor, "n d"], poses: Poses, others_z: Float[Tensor, "m d"], others: Poses, seed: int = 0
) -> tuple[float, float]:
    """Measure whether near embeddings are near poses: rank correlation within poses, and Hit@1 (%) among others.

    The correlation is that of embedding distance and NP-MPJPE over 20,000 random pairs of poses.
    """
    i, j = torch.randint(len(z), (2, 20000), generator=_seeded(seed))
    rank = np.asarray(spearmanr((z[i] - z[j]).norm(dim=-1), np_mpjpe(poses[i], poses[j])))[0]
    return float(rank), hit_at_k(z, others_z, poses, others, ks=(1,))[1]


def triplets(space: PoseVAE, poses: Poses) -> tuple[dict[str, float], Float[Tensor, "3 13 3"]]:
    """Mine a batch's triplets; gives what they are like, and a middling one: a pose, its positive, its negative.

    near: mean distance from a pose to its positive (mm). ratio: median distance of the negative over that of the
    positive. valid: the part of the poses that have a triplet. loss, active: of the paper's triplet loss in the space.
    """
    positive, negative, valid = mine_triplets(poses)
    loss, active = losses.triplet(space.encode(poses)[0], positive, negative, valid)
    near, far = (1000 * mpjpe(poses, poses[i]) for i in (positive, negative))
    middle = (far / near).argsort()[len(poses) // 2]
    facts = {"near": near.mean(), "ratio": (far / near).median(), "valid": valid.float().mean(), "loss": loss}
    trio = torch.stack([poses[middle], poses[positive[middle]], poses[negative[middle]]])
    return {name: float(value) for name, value in facts.items()} | {"active": float(active)}, trio


def covariance_factor(space: PoseVAE, train: Poses) -> Float[Tensor, "d d"]:
    """Factor the covariance of the training embeddings, L L^T: noise eps @ L.T is spread as they are."""
    covariance = torch.cov(space.encode(train)[0].T.double())
    return torch.linalg.cholesky(covariance).float()


def noise_curve(
    space: PoseVAE, poses: Poses, factor: Float[Tensor, "d d"], levels, generator: torch.Generator | None = None
) -> tuple[list[float], list[float]]:
    """Encode, add noise of the embeddings' own spread times each level, decode, and measure the change.

    Gives two numbers for each level: MPJPE (mm) to the clean decoded pose, and the change of its 12 lengths (%). With
    the factor of covariance_factor the result does not depend on the scale of a space or on its choice of axes.
    """
    z = space.encode(poses)[0]
    eps = torch.randn(z.shape, generator=generator).to(z) @ factor.T
    clean = space.decode(z)
    moved = torch.stack([space.decode(z + float(level) * eps) for level in levels])
    return (1000 * mpjpe(moved, clean).mean(1)).tolist(), length_change(moved, clean).tolist()


def paths(
    space: PoseVAE, start: Float[Tensor, "n 13 3"], end: Float[Tensor, "n 13 3"], steps: int = 21
) -> Float[Tensor, "n _ 13 3"]:
    """Decode straight paths in the space from each start to each end."""
    z0, z1 = (space.encode(poses)[0][:, None] for poses in (start, end))
    return space.decode(z0 + torch.linspace(0, 1, steps).to(z0)[:, None] * (z1 - z0))


def evenness(path: Float[Tensor, "n steps 13 3"]) -> tuple[float, float]:
    """Compare the longest step of a path with its mean step, and its way with the straight way: two ratios >= 1.

    A step is the MPJPE between neighbours. Gives means over paths; raises ValueError if a path ends where it began.
    """
    step = mpjpe(path[:, 1:], path[:, :-1])
    straight = mpjpe(path[:, -1], path[:, 0])
    if not (straight > 0).all():
        raise ValueError("expected paths between two different poses, got one that ends where it began; drop it.")
    return (step.amax(1) / step.mean(1)).mean().item(), (step.sum(1) / straight).mean().item()


def limb_change(path: Float[Tensor, "n steps 13 3"]) -> Float[Tensor, " steps"]:
    """Measure how far the 12 lengths are from an even change between the ends of a path: mean in % at each step.

    Between two poses of one body it should be 0 at each step.
    """
    lengths = bone_lengths(path)
    t = torch.linspace(0, 1, path.shape[1]).to(path)[:, None]
    even = (1 - t) * lengths[:, :1] + t * lengths[:, -1:]
    return 100 * (lengths / even - 1).abs().mean((0, 2))


def limb_drift(path: Float[Tensor, "n steps 13 3"]) -> float:
    """Measure the relative standard deviation of a length along a path in %: mean over the 12 lengths and the paths."""
    lengths = bone_lengths(path)
    return 100 * (lengths.std(1, correction=0) / lengths.mean(1)).mean().item()


def samples(space: PoseVAE, train: Poses, n: int, generator: torch.Generator | None = None) -> Poses:
    """Sample n poses from the Gaussian of the training embeddings, as VVIPE.fit_latent and sample do."""
    model = VVIPE(space)
    model.fit_latent(train)
    return model.sample(n, generator=generator)


@torch.no_grad()
def compare(
    spaces: dict[str, PoseVAE],
    train: Poses,
    held_out: Poses,
    n: int = 1000,
    pairs: int = 200,
    lift_steps: int = 0,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """Measure spaces side by side: {name: {measure: value}}; "real poses" is what the held-out poses score themselves.

    train and held_out: world axes, metres. held_out shows one person (or bodies all alike), because paths lead from
    one pose to another. n samples and pairs paths, from the same random numbers for each space. lift_steps: steps of
    the 2D encoder that is trained for each space; 0 leaves lifting out. See MEASURES for measures and units.
    """
    canonical, held = (canonicalise(poses.float()).poses for poses in (train, held_out))
    rows = {}
    for name, space in spaces.items():
        rows[name] = _measure_space(space, canonical, held, pairs, seed)
        rows[name] |= measure_samples(samples(space, canonical, n, _seeded(seed)), canonical, held, seed)
        if lift_steps:
            rows[name]["lifted"] = lifted(space, train, held_out, lift_steps, seed=seed)
    some = torch.randperm(len(canonical), generator=_seeded(seed))[:n]
    rows["real poses"] = measure_samples(held, canonical, held, seed) | {"coverage": coverage(held, canonical[some])}
    return rows


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def path_ends(poses: Poses, pairs: int, seed: int = 0) -> tuple[Poses, Poses]:
    """Sample poses where paths start, and other poses where they end."""
    rows = torch.randperm(len(poses), generator=_seeded(seed))
    half = min(pairs, len(poses) // 2)
    return poses[rows[:half]], poses[rows[half : 2 * half]]


def _measure_space(space: PoseVAE, train: Poses, held_out: Poses, pairs: int, seed: int) -> dict[str, float]:
    (noise,), (limbs,) = noise_curve(space, held_out, covariance_factor(space, train), [0.5], _seeded(seed))
    path = paths(space, *path_ends(held_out, pairs, seed))
    even, detour = evenness(path)
    return {
        "reconstruction": reconstruction(space, held_out), "noise": noise, "noise_limbs": limbs,
        "evenness": even, "detour": detour, "limb_drift": limb_drift(path),
    }  # fmt: skip


def as_table(rows: dict[str, dict[str, float]], measures: Sequence[str] = tuple(MEASURES)) -> str:
    """Write what compare gives as a Markdown table: a line for each of the measures, a column for each space."""
    shown = [(name, *MEASURES[name]) for name in measures if any(name in row for row in rows.values())]
    lines = [
        [description, *(f"{row[name]:.{digits}f}" if name in row else "" for row in rows.values())]
        for name, description, digits in shown
    ]
    return markdown_table(["", *rows], lines)


@torch.no_grad()
def plot_smoothness(spaces: dict[str, PoseVAE], train: Poses, held_out: Poses, axes=None, seed: int = 0):
    """Plot how far noise moves a pose, and how lengths change between two poses: a curve for each space. Gives axes.

    Poses are canonical; see noise_curve and limb_change.
    """
    import matplotlib.pyplot as plt

    axes = axes if axes is not None else plt.subplots(1, 2, figsize=(9, 3.2))[1]
    levels, way = torch.linspace(0, 1, 11), torch.linspace(0, 1, 21)
    start, end = path_ends(held_out, 200, seed)
    for (name, space), mark in zip(spaces.items(), ("o-", "s--", "^:", "d-."), strict=False):
        moved, _ = noise_curve(space, held_out, covariance_factor(space, train), levels, _seeded(seed))
        axes[0].plot(levels, moved, mark, ms=4, label=name)
        axes[1].plot(way, limb_change(paths(space, start, end, len(way))), mark, ms=4, label=name)
    axes[0].set(
        xlabel="noise on the embedding (in its spread)",
        ylabel="pose moves, MPJPE (mm)\n↓ less is better",
        ylim=(0, None),
    )
    axes[1].set(xlabel="way from pose to pose", ylabel="change of lengths (%)\n↓ less is better", ylim=(0, None))
    axes[0].legend()
    return axes


@torch.no_grad()
def draw_space(space: PoseVAE, poses: Poses, name: str = "", places: int = 4, axes=None, seed: int = 0):
    """Draw poses encoded and decoded over themselves, and beside them random places of N(0, I) decoded. Gives axes.

    Poses are canonical, a few of them; name stands before the mean error. Each picture has its own scale.
    """
    import matplotlib.pyplot as plt

    axes = axes if axes is not None else plt.subplots(1, 2, figsize=(11, 2.7))[1]
    decoded = space.decode(space.encode(poses)[0])
    made = space.decode(torch.randn(places, space.config["latent"], generator=_seeded(seed)))
    over(decoded, poses, ax=axes[0], gap=1.3)
    strip(made, ax=axes[1], gap=1.7)
    axes[0].set_title(f"{name}: off by {1000 * mpjpe(decoded, poses).mean():.0f} mm", loc="left")
    axes[1].set_title("random places", loc="left")
    for ax in axes:
        ax.margins(y=0.15)  # a head is a dot in points: in a low picture it reaches far above its joint
    return axes


def show_weight(spaces: dict[float, PoseVAE], poses: Poses, weight: float) -> None:
    """Draw the space that was trained with this KL weight; for a slider over spaces made beforehand."""
    draw_space(spaces[weight], poses, f"KL weight {weight:g}")
