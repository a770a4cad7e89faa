"""Damaged keypoints: Hit@1 with hidden joints of the query; bodies lifted from hidden, exchanged or noisy keypoints."""

import itertools
from collections.abc import Callable, Iterable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..metrics import HIT_THRESHOLD, mpjpe, np_mpjpe, pa_mpjpe
from ..plots import TRUNK, keypoints_2d, over
from ..retrieval import nearest
from ..skeleton import MIRROR, PAPER_13, torso_length
from .cross_view import project_to

PAIRS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
"""The joints that a detector can exchange, left for right; in PAPER_13 they follow the nose in this order."""
AMOUNTS = {
    "hidden joints": tuple(range(7)),
    "pairs exchanged, of 6": tuple(range(7)),
    "noise on keypoints (torso lengths)": (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3),
}
"""How much of each kind of damage damages does, from none on."""


def same_pose(poses: Tensor) -> Tensor:
    """Say which of the poses (n, 13, 3) are a hit for which query, by the protocol: [query, retrieved] (n, n) bool."""
    canonical = canonicalise(poses).poses
    rows = [np_mpjpe(canonical[None], query[:, None]) < HIT_THRESHOLD for query in canonical.split(64)]
    return torch.cat(rows)


def joint_sets(count: int) -> list[tuple[int, ...]]:
    """Give all sets of count of the 13 joints: for three joints there are 286."""
    return list(itertools.combinations(range(13), count))


@torch.inference_mode()
def hits_without(
    embedder,
    poses: Tensor,
    hidden: Iterable[Sequence[int]],
    camera_set: Sequence = cameras.UNSEEN,
    detected: bool = True,
    report: Callable[[], None] = lambda: None,
) -> list[float]:
    """Measure Hit@1 in % for each set of joints hidden in the query; the gallery keeps all its joints.

    poses (n, 13, 3): world, metres. Each figure is the mean over ordered pairs of cameras; with nothing hidden it is
    that of cross_view.cross_view_hits. report is called after each set.
    """
    views = project_to(poses, camera_set, detected)
    gallery = [embedder.embed_keypoints(keypoints, confidence) for keypoints, confidence in views]
    hit, queries = same_pose(poses), torch.arange(len(poses))
    rates = []
    for joints in hidden:
        hits = []
        for place, (keypoints, confidence) in enumerate(views):
            visible = confidence.clone()
            visible[:, list(joints)] = 0
            z = embedder.embed_keypoints(keypoints, visible)
            others = (rows for other, rows in enumerate(gallery) if other != place)
            hits += [hit[queries, nearest(z, rows, 1, embedder.distance)[:, 0]] for rows in others]
        rates.append(100 * torch.stack(hits).float().mean().item())
        report()
    return rates


def exchange(keypoints: Float[Tensor, "n 13 2"], which: Bool[Tensor, "n 6"]) -> Float[Tensor, "n 13 2"]:
    """Exchange left and right of those of the six PAIRS that which says, as a detector may."""
    nose = torch.zeros(len(which), 1, dtype=torch.bool)
    joints = torch.cat([nose, which.repeat_interleave(2, dim=1)], dim=1)
    return torch.where(joints[..., None], keypoints[:, list(MIRROR)], keypoints)


def damages(keypoints: Float[Tensor, "n 13 2"], seed: int = 0) -> dict[str, dict[float, tuple[Tensor, Tensor]]]:
    """Damage keypoints in one way at a time: kind -> amount -> keypoints (n, 13, 2), confidence (n, 13).

    Kinds and amounts: see AMOUNTS. Which joints or pairs is random for each view; more of them includes fewer.
    """
    n, generator = len(keypoints), torch.Generator().manual_seed(seed)
    joint, pair = (torch.rand(n, k, generator=generator).argsort(-1).argsort(-1) for k in (13, 6))
    noise = torch.randn(keypoints.shape, generator=generator) * torso_length(keypoints)[:, None, None]
    hidden, exchanged, spread = AMOUNTS
    return {
        hidden: {k: (keypoints, (joint >= k).float()) for k in AMOUNTS[hidden]},
        exchanged: {k: (exchange(keypoints, pair < k), torch.ones(n, 13)) for k in AMOUNTS[exchanged]},
        spread: {size: (keypoints + size * noise, torch.ones(n, 13)) for size in AMOUNTS[spread]},
    }


@torch.inference_mode()
def measure_damages(model, poses: Tensor, keypoints: Float[Tensor, "n 13 2"]) -> dict[str, dict[str, list[float]]]:
    """Measure what damages does: kind -> "error_mm", "made", "expected", each a figure for each amount.

    poses (n, 13, 3): world, metres. error_mm: PA-MPJPE of the lifted bodies. made, expected: the error in the
    embedding, and how large the model says that it is (its weights must predict a variance).
    """
    z, curves = model.embed_poses(poses), {}
    for kind, amounts in damages(keypoints).items():
        curves[kind] = {"error_mm": [], "made": [], "expected": []}
        for damaged in amounts.values():
            errors = 1000 * pa_mpjpe(model.lift(*damaged), poses)
            made = (model.embed_keypoints(*damaged) - z).norm(dim=-1)
            expected = model.keypoint_log_var(*damaged).exp().sum(-1).sqrt()
            for name, values in (("error_mm", errors), ("made", made), ("expected", expected)):
                curves[kind][name].append(values.mean().item())
    return curves


def plot_damages(curves: dict[str, dict[str, list[float]]], mean_pose_mm: float, axes=None):
    """Plot what measure_damages gives, a column for each kind: the lifted bodies' error above, the embeddings' below.

    mean_pose_mm: the error of the mean pose, a dotted line. Gives the axes (2, kinds).
    """
    import matplotlib.pyplot as plt

    if axes is None:
        axes = plt.subplots(2, len(curves), figsize=(9, 5), sharey="row", sharex="col")[1]
    for (kind, curve), (top, bottom) in zip(curves.items(), axes.T, strict=True):
        top.plot(AMOUNTS[kind], curve["error_mm"], "o-", ms=4)
        top.axhline(mean_pose_mm, ls=":", color=TRUNK, label="mean pose")
        bottom.plot(AMOUNTS[kind], curve["made"], "o-", ms=4, label="error made")
        bottom.plot(AMOUNTS[kind], curve["expected"], "s--", ms=4, label="error expected")
        bottom.set_xlabel(kind)
    axes[0, 0].set(ylabel="PA-MPJPE (mm)\n↓ less is better", ylim=(0, None))
    axes[1, 0].set(ylabel="distance of the embeddings\n↓ less is better", ylim=(0, None))
    for line in axes[:, -1]:
        line.legend(loc="lower right")
    return axes


def show_damaged(model, poses: Tensor, row: int, hide: Sequence[str] = (), exchanged: Sequence[str] = ()) -> None:
    """Draw a view without some joints and with some pairs exchanged, and the lifted body over the truth; for controls.

    poses (n, 13, 3): world, metres. hide: names of PAPER_13. exchanged: names of PAIRS.
    """
    pose = poses[[row]]
    confidence = torch.tensor([[float(name not in hide) for name in PAPER_13]])
    exact = cameras.view(pose, cameras.fixed_orbit([cameras.SEEN[0]]))
    _show(model, pose, exchange(exact, torch.tensor([[name in exchanged for name in PAIRS]])), confidence)


def show_lifted(model, poses: Tensor, row: int, hidden: int = 4, roll: float = 0.0) -> None:
    """Draw a pose as a rolled camera sees it without its last joints, and the lifted body over the truth; for sliders.

    poses (n, 13, 3): world, metres. hidden: how many joints are missing, from the ankles up. roll in degrees.
    """
    pose = poses[[row]]
    azimuth, elevation, _ = cameras.SEEN[0]
    confidence = (torch.arange(13) < 13 - hidden).float()[None]
    _show(model, pose, cameras.view(pose, cameras.fixed_orbit([(azimuth, elevation, float(roll))])), confidence)


def _show(model, pose: Tensor, keypoints: Tensor, confidence: Tensor) -> None:
    import matplotlib.pyplot as plt

    truth, lifted = canonicalise(pose).poses, model.lift(keypoints, confidence).detach()
    left, right = plt.subplots(1, 2, figsize=(11, 3.6))[1]
    keypoints_2d(keypoints[0], confidence[0], left).set_title("what the network reads")
    over(lifted, truth, ax=right).set_title(
        f"the body it makes of it is off by {1000 * mpjpe(lifted, truth).item():.0f} mm"
    )
