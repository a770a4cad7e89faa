"""Retrieval with hidden joints: Hit@1 when some of the query's joints are missing."""

import itertools
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..metrics import HIT_THRESHOLD, np_mpjpe
from ..plots import keypoints_2d, over
from ..retrieval import nearest
from .cross_view import project_to


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


def show_lifted(model, poses: Tensor, row: int, hidden: int = 4, roll: float = 0.0) -> None:
    """Draw a pose as a rolled camera sees it without its last joints, and the lifted body over the truth; for sliders.

    poses (n, 13, 3): world, metres. hidden: how many joints are missing, from the ankles up. roll in degrees.
    """
    import matplotlib.pyplot as plt

    pose = poses[[row]]
    azimuth, elevation, _ = cameras.SEEN[0]
    confidence = (torch.arange(13) < 13 - hidden).float()[None]
    keypoints = cameras.view(pose, cameras.fixed_orbit([(azimuth, elevation, float(roll))]))
    left, right = plt.subplots(1, 2, figsize=(7, 3.4))[1]
    keypoints_2d(keypoints[0], confidence[0], left)
    over(model.lift(keypoints, confidence).detach(), canonicalise(pose).poses, ax=right)
