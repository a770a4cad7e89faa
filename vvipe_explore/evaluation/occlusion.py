"""How retrieval stands joints of the query being hidden, by every choice of them."""

import itertools
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..metrics import HIT_THRESHOLD, np_mpjpe
from ..retrieval import euclidean
from .cross_view import project_to


def same_pose(poses: Tensor) -> Tensor:
    """Which poses (n, 13, 3) are hits for which query, by the protocol: [query, retrieved] (n, n) bool."""
    canonical = canonicalise(poses).poses
    rows = [np_mpjpe(canonical[None], query[:, None]) < HIT_THRESHOLD for query in canonical.split(64)]
    return torch.cat(rows)


def joint_sets(count: int) -> list[tuple[int, ...]]:
    """All choices of so many of the 13 joints: 286 of three."""
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
    """Hit@1 in % for each choice of hidden joints of the query; the gallery has all of its own.

    poses (n, 13, 3): world, metres. The mean over ordered pairs of cameras, as evaluation.cross_view_hits gives with
    nothing hidden. report is called after each choice.
    """
    seen = project_to(poses, camera_set, detected)
    gallery = [embedder.embed_keypoints(keypoints, confidence) for keypoints, confidence in seen]
    hit, everyone = same_pose(poses), torch.arange(len(poses))
    distance = embedder.distance or euclidean
    rates = []
    for joints in hidden:
        found = []
        for place, (keypoints, confidence) in enumerate(seen):
            left = confidence.clone()
            left[:, list(joints)] = 0
            z = embedder.embed_keypoints(keypoints, left)
            for other, rows in enumerate(gallery):
                if other != place:
                    found.append(hit[everyone, distance(z, rows).argmin(1)])
        rates.append(100 * torch.stack(found).float().mean().item())
        report()
    return rates
