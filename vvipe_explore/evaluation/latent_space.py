"""What an embedding is worth beyond retrieval: is its space smooth, are its samples bodies, are they many?

A space is a PoseVAE, or something with its encode and decode (spaces.PCA, spaces.Autoencoder: what does the
variational part add?). Poses are canonical, (n, 13, 3), metres of one standard body; lengths in the
results are mm, angles degrees, shares %. One function a measure; compare puts them side by side.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..metrics import mpjpe, pa_mpjpe
from ..models.networks import KeypointEncoder, PoseVAE
from ..models.vvipe import VVIPE
from ..skeleton import BONES, bone_lengths, mirror_name
from ..training.loop import fit
from ..training.objectives import KeypointObjective
from ..training.projected_poses import ProjectedPoses

Poses = Float[Tensor, "_ 13 3"]
NEAR, BACKWARDS, PERCENT = 0.1, -10.0, 0.1
"""Metres, mean over joints, within which a pose counts as covered; degrees that a knee may bend the wrong way; per
cent of the training poses at each end of an angle that count as outside."""

MEASURES = {
    "reconstruction": ("reconstruction, MPJPE (mm)", 1),
    "lifted": ("lifted from one picture, PA-MPJPE (mm)", 1),
    "noise": ("moved by noise 0.5, MPJPE (mm)", 0),
    "noise_limbs": ("limbs changed by noise 0.5 (%)", 1),
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
"""What compare gives: the name of a measure, its words, and its digits."""


def reconstruction(space: PoseVAE, poses: Poses) -> float:
    """MPJPE in mm of poses encoded (to the mean) and decoded."""
    return 1000 * mpjpe(space.decode(space.encode(poses)[0]), poses).mean().item()


def lifted(
    space: PoseVAE, train: Poses, held_out: Poses, steps: int = 400, width: int = 192, batch: int = 256, seed: int = 0
) -> float:
    """PA-MPJPE in mm of held-out poses lifted from one picture each, by a 2D network trained here for this space.

    Poses in world axes, metres. The same networks, steps and random cameras for each space.
    """
    torch.manual_seed(seed)
    encoder = KeypointEncoder(space.config["latent"], width)
    with torch.enable_grad():
        objective = KeypointObjective(encoder, ProjectedPoses(train, batch=batch), held_out, space)
        fit(objective, steps, 2e-3, seed, average=0.98, progress=False)
    keypoints = cameras.view(held_out, cameras.random_orbit(len(held_out), torch.Generator().manual_seed(seed)))
    with torch.no_grad():
        return 1000 * pa_mpjpe(VVIPE(space, encoder).lift(keypoints), canonicalise(held_out).poses).mean().item()


def spread(space: PoseVAE, train: Poses) -> Float[Tensor, "d d"]:
    """The factor L of the training embeddings' covariance L L^T: noise eps @ L.T lies as they do."""
    covariance = torch.cov(space.encode(train)[0].T.double())
    return torch.linalg.cholesky(covariance).float()


def noise_curve(
    space: PoseVAE, poses: Poses, factor: Float[Tensor, "d d"], levels, generator: torch.Generator | None = None
) -> tuple[list[float], list[float]]:
    """Encode, add levels times noise of the codes' own spread, decode: what has the pose become?

    Gives a number a level: MPJPE (mm) to the clean decoded pose, and the change of its 12 lengths (%). With the
    factor that spread gives, neither a space's scale nor its choice of axes counts; torch.diag of standard
    deviations in its place is noise on each dimension by itself, which correlated codes never show.
    """
    z = space.encode(poses)[0]
    eps = torch.randn(z.shape, generator=generator).to(z) @ factor.T
    clean = space.decode(z)
    moved = torch.stack([space.decode(z + float(level) * eps) for level in levels])
    limbs = (bone_lengths(moved) / bone_lengths(clean) - 1).abs().mean((1, 2))
    return (1000 * mpjpe(moved, clean).mean(1)).tolist(), (100 * limbs).tolist()


def paths(
    space: PoseVAE, start: Float[Tensor, "n 13 3"], end: Float[Tensor, "n 13 3"], steps: int = 21
) -> Float[Tensor, "n _ 13 3"]:
    """Straight paths in the space from each start to each end, decoded."""
    z0, z1 = (space.encode(poses)[0][:, None] for poses in (start, end))
    return space.decode(z0 + torch.linspace(0, 1, steps).to(z0)[:, None] * (z1 - z0))


def evenness(path: Float[Tensor, "n steps 13 3"]) -> tuple[float, float]:
    """Of decoded paths: the longest step over the mean step, and the way over the straight way; 1 is the least of both.

    A step is the MPJPE between neighbours. Means over paths; raises ValueError if a path does not move.
    """
    step = mpjpe(path[:, 1:], path[:, :-1])
    straight = mpjpe(path[:, -1], path[:, 0])
    if not (straight > 0).all():
        raise ValueError("a path ends where it began, so it has no steps to compare; give two different poses.")
    return (step.amax(1) / step.mean(1)).mean().item(), (step.sum(1) / straight).mean().item()


def limb_change(path: Float[Tensor, "n steps 13 3"]) -> Float[Tensor, " steps"]:
    """How far the 12 lengths are from going evenly from the first pose's to the last's: mean change in % at each step.

    Between two poses of one body it should be 0 all the way.
    """
    lengths = bone_lengths(path)
    t = torch.linspace(0, 1, path.shape[1]).to(path)[:, None]
    even = (1 - t) * lengths[:, :1] + t * lengths[:, -1:]
    return 100 * (lengths / even - 1).abs().mean((0, 2))


def limb_drift(path: Float[Tensor, "n steps 13 3"]) -> float:
    """Relative standard deviation of a length along a path in %, mean over the 12 lengths and the paths."""
    lengths = bone_lengths(path)
    return 100 * (lengths.std(1, correction=0) / lengths.mean(1)).mean().item()


_SIDES = [(i, BONES.index((mirror_name(a), mirror_name(b)))) for i, (a, b) in enumerate(BONES)
          if a.startswith("left") and b.startswith("left")]  # fmt: skip


def asymmetry(poses: Poses) -> float:
    """How much longer the longer one of a left and a right limb (or flank) is, in %: mean over pairs and poses."""
    lengths = bone_lengths(poses)
    left, right = (lengths[:, list(side)] for side in zip(*_SIDES, strict=True))
    return 100 * ((left / right).log().abs().mean().exp().item() - 1)


def hinges(poses: Float[Tensor, "n 13 3"]) -> Float[Tensor, "n 4"]:
    """Bend of the left and right elbow and of the left and right knee in degrees, 0 for a straight limb.

    An elbow's is 0 to 180. A knee's has a sign, that of the turn about the body's left-right axis: below 0 the shin
    points forward of the thigh, as no knee allows (legs turned far outward can give it too, which is rare).
    """
    up, middle, low = poses[:, [1, 2, 7, 8]], poses[:, [3, 4, 9, 10]], poses[:, [5, 6, 11, 12]]
    upper, lower = middle - up, low - middle
    cross, along = torch.linalg.cross(upper, lower), (upper * lower).sum(-1)
    turn = torch.cat([cross[:, :2].norm(dim=-1), cross[:, 2:, 0]], 1)
    return torch.rad2deg(torch.atan2(turn, along))


def out_of_range(poses: Poses, seen: Poses) -> float:
    """Share of poses (%) with an elbow or knee bent beyond what all but PERCENT of the poses in seen do, either way."""
    edges = np.percentile(hinges(seen).detach().numpy(), (PERCENT, 100 - PERCENT), axis=0)
    low, high = torch.from_numpy(edges).to(poses)
    bend = hinges(poses)
    return 100 * ((bend < low) | (bend > high)).any(1).float().mean().item()


def backwards(poses: Poses) -> float:
    """Share of poses (%) in which a knee bends the wrong way by more than 10 degrees."""
    return 100 * (hinges(poses)[:, 2:] < BACKWARDS).any(1).float().mean().item()


def samples(space: PoseVAE, train: Poses, n: int, generator: torch.Generator | None = None) -> Poses:
    """Decode n draws from the Gaussian of the training embeddings (as VVIPE.fit_latent and sample)."""
    model = VVIPE(space)
    model.fit_latent(train)
    return model.sample(n, generator=generator)


def distances(a: Float[Tensor, "n 13 3"], b: Float[Tensor, "m 13 3"]) -> Float[Tensor, "n m"]:
    """MPJPE in metres of each pose of a to each of b."""
    return sum(torch.cdist(a[:, joint], b[:, joint]) for joint in range(13)) / 13


def coverage(poses: Poses, by: Poses, within: float = NEAR) -> float:
    """Share of poses (%) that have one of the other set nearer than within (metres, MPJPE)."""
    nearest = torch.cat([distances(part, by).amin(1) for part in poses.split(512)])
    return 100 * (nearest < within).float().mean().item()


def diversity(poses: Poses, generator: torch.Generator | None = None) -> float:
    """Mean MPJPE in mm between a pose and another one."""
    shift = torch.randint(1, len(poses), (len(poses),), generator=generator)
    return 1000 * mpjpe(poses, poses[(torch.arange(len(poses)) + shift) % len(poses)]).mean().item()


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
    """Measure spaces side by side: {name: {measure: value}}, and what held-out poses score themselves as "real poses".

    train and held_out: world axes, metres, those of held_out of one person (or of bodies all alike), for paths lead
    from one to another. n samples, pairs paths, the same draws for each space. lift_steps: how long a 2D network is
    trained for each, 0 leaves that measure out. For measures and units see MEASURES.
    """
    canonical, held = (canonicalise(poses.float()).poses for poses in (train, held_out))
    rows = {}
    for name, space in spaces.items():
        rows[name] = _space(space, canonical, held, pairs, seed)
        rows[name] |= of_samples(samples(space, canonical, n, _seeded(seed)), canonical, held, seed)
        if lift_steps:
            rows[name]["lifted"] = lifted(space, train, held_out, lift_steps, seed=seed)
    some = torch.randperm(len(canonical), generator=_seeded(seed))[:n]
    rows["real poses"] = of_samples(held, canonical, held, seed) | {"coverage": coverage(held, canonical[some])}
    return rows


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def two_sets(poses: Poses, pairs: int, seed: int = 0) -> tuple[Poses, Poses]:
    """Draw poses to go from, and others to go to."""
    rows = torch.randperm(len(poses), generator=_seeded(seed))
    half = min(pairs, len(poses) // 2)
    return poses[rows[:half]], poses[rows[half : 2 * half]]


def _space(space: PoseVAE, train: Poses, held_out: Poses, pairs: int, seed: int) -> dict[str, float]:
    (noise,), (limbs,) = noise_curve(space, held_out, spread(space, train), [0.5], _seeded(seed))
    path = paths(space, *two_sets(held_out, pairs, seed))
    even, detour = evenness(path)
    return {
        "reconstruction": reconstruction(space, held_out), "noise": noise, "noise_limbs": limbs,
        "evenness": even, "detour": detour, "limb_drift": limb_drift(path),
    }  # fmt: skip


def of_samples(
    made: Poses, train: Poses, held_out: Poses, seed: int = 0
) -> dict[str, float]:
    """The measures of MEASURES that speak of samples, for made poses of any origin; all canonical."""
    return {
        "asymmetry": asymmetry(made), "out_of_range": out_of_range(made, train), "backwards": backwards(made),
        "near_real": coverage(made, train), "coverage": coverage(held_out, made),
        "diversity": diversity(made, _seeded(seed)),
    }  # fmt: skip


def as_table(rows: dict[str, dict[str, float]]) -> str:
    """A Markdown table of what compare gives: a line a measure, a column a space."""
    lines = ["| | " + " | ".join(rows) + " |", "|---|" + "---|" * len(rows)]
    for measure, (words, digits) in MEASURES.items():
        if any(measure in row for row in rows.values()):
            values = [f"{row[measure]:.{digits}f}" if measure in row else "" for row in rows.values()]
            lines.append(f"| {words} | " + " | ".join(values) + " |")
    return "\n".join(lines)


@torch.no_grad()
def plot_smoothness(spaces: dict[str, PoseVAE], train: Poses, held_out: Poses, axes=None, seed: int = 0):
    """Draw two curves a space: how far noise moves a pose, and how limbs change between two poses. Gives both axes.

    Poses canonical; see noise_curve and limb_change.
    """
    import matplotlib.pyplot as plt

    axes = axes if axes is not None else plt.subplots(1, 2, figsize=(9, 3.2))[1]
    levels, way = torch.linspace(0, 1, 11), torch.linspace(0, 1, 21)
    start, end = two_sets(held_out, 200, seed)
    for (name, space), mark in zip(spaces.items(), ("o-", "s--", "^:", "d-."), strict=False):
        moved, _ = noise_curve(space, held_out, spread(space, train), levels, _seeded(seed))
        axes[0].plot(levels, moved, mark, ms=4, label=name)
        axes[1].plot(way, limb_change(paths(space, start, end, len(way))), mark, ms=4, label=name)
    axes[0].set(xlabel="noise (in spreads of the codes)", ylabel="MPJPE to the clean pose (mm)", ylim=(0, None))
    axes[1].set(xlabel="way from pose to pose", ylabel="change of lengths (%)", ylim=(0, None))
    axes[0].legend()
    return axes
