"""Retrieval across views: find the same pose, seen by another camera, by its embedding."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ._arrays import any_floats, arrays, in_chunks, poses_13
from .metrics import HIT_THRESHOLD, np_mpjpe

Distance = Callable[[Tensor, Tensor], Tensor]

QUERIES, GALLERY = 256, 16384
"""Rows that are compared at once: 16 MB of distances."""


def euclidean(a: Tensor, b: Tensor) -> Tensor:
    """Measure all distances between two batches of embeddings: (n, d), (m, d) -> (n, m)."""
    return torch.cdist(a, b)


@arrays(z_query=any_floats, z_gallery=any_floats)
@torch.no_grad()
def nearest(z_query, z_gallery, k: int = 20, distance: Distance | None = None):
    """Give the k nearest gallery rows of each query row, nearest first: (n, d), (m, d) -> indices (n, min(k, m)).

    distance: None for Euclidean, or a function of two batches (n, d), (m, d) -> (n, m); smaller is nearer. It is called
    for some of the queries and some of the gallery at a time.
    """
    if z_query.shape[1:] != z_gallery.shape[1:]:
        raise ValueError(
            f"expected query and gallery embeddings of one width, got shapes {tuple(z_query.shape)} and "
            f"{tuple(z_gallery.shape)}; embed both with one model."
        )

    def search(query):
        if distance is not None:
            return _search(query, z_gallery, k, distance)
        # euclidean multiplies matrices, which rounds: take some more, and sort them by the distance itself, then by row
        found = _search(query, z_gallery, k + 8, euclidean).sort().values
        order = (z_gallery[found] - query[:, None]).norm(dim=-1).argsort(stable=True)
        return found.gather(1, order[:, :k])

    return in_chunks(search, z_query.shape[:1], z_query, rows=QUERIES)


@arrays(z=any_floats)
def clips(z, reach: int):
    """Join each frame's embedding with those of the reach frames before and after it: (n, d) -> (n, (2 reach + 1) d).

    z: one video's frames in order, at an even rate. A movement passes through similar poses more than once; what comes
    before and after tells them apart. So nearest and hit_at_k find the same moment of another video more often with
    clips than with single frames. Beyond its ends, a video is taken to stand still. Raises ValueError for reach < 0.
    """
    if reach < 0:
        raise ValueError(f"expected a reach of 0 or more frames, got {reach}.")
    around = torch.arange(len(z))[:, None] + torch.arange(-reach, reach + 1)
    return z[around.clamp(0, len(z) - 1)].flatten(1)


def _search(query: Tensor, gallery: Tensor, k: int, distance: Distance) -> Tensor:
    """Keep the k nearest of the gallery's parts seen so far."""
    best, found = query.new_empty(len(query), 0), torch.empty(len(query), 0, dtype=torch.long, device=query.device)
    for start in range(0, len(gallery), GALLERY):
        all_pairs = distance(query, gallery[start : start + GALLERY])
        values, rows = all_pairs.topk(min(k, all_pairs.shape[1]), largest=False)
        best, found = torch.cat([best, values], 1), torch.cat([found, rows + start], 1)
        best, order = best.topk(min(k, best.shape[1]), largest=False)
        found = found.gather(1, order)
    return found


@arrays(z_query=any_floats, z_gallery=any_floats, poses_query=poses_13, poses_gallery=poses_13)
def hit_at_k(
    z_query,
    z_gallery,
    poses_query,
    poses_gallery,
    ks: Sequence[int] = (1, 10, 20),
    distance: Distance | None = None,
) -> dict[int, float]:
    """Measure Hit@k in %: how often one of the k nearest gallery rows shows the query's pose, {1: 79.9, ...}.

    z_query (n, d), z_gallery (m, d): embeddings. poses_query (n, 13, 3), poses_gallery (m, 13, 3): their true poses,
    in any frame and unit. A hit is np_mpjpe(retrieved, query) < HIT_THRESHOLD. distance: see nearest.
    Raises ValueError if embeddings and poses differ in number, or if query or gallery is empty.
    """
    for name, z, poses in (("query", z_query, poses_query), ("gallery", z_gallery, poses_gallery)):
        if len(z) != len(poses) or len(z) == 0:
            raise ValueError(
                f"expected one pose for each embedding, and at least one; the {name} has {len(z)} embeddings and "
                f"{len(poses)} poses."
            )
    if not ks or min(ks) < 1:
        raise ValueError(f"expected ks to be one or more numbers of at least 1, got {tuple(ks)}.")
    found = nearest(z_query, z_gallery, max(ks), distance)

    def hit(found, query):
        return (np_mpjpe(poses_gallery[found], query[:, None]) < HIT_THRESHOLD).cumsum(-1) > 0

    hits = in_chunks(hit, found.shape[:1], found, poses_query, rows=max(1, 2**16 // found.shape[1]))
    return {k: 100 * hits[:, min(k, hits.shape[1]) - 1].float().mean().item() for k in ks}


@arrays(z=any_floats)
def neighbour_purity(z, labels, k: int = 10) -> float:
    """Measure the share, in %, of each row's k nearest other rows of z (n, d) that have its label (n); Euclidean.

    It is 100 where the labels form islands, and the sum of the labels' squared shares where they are fully mixed.
    """
    numbers = torch.from_numpy(np.unique(np.asarray(labels), return_inverse=True)[1])
    if len(numbers) != len(z) or len(z) <= k:
        raise ValueError(
            f"expected one label for each row of z, and more than k = {k} rows; got {len(z)} rows and "
            f"{len(numbers)} labels."
        )
    found = nearest(z, z, k + 1)
    others = found != torch.arange(len(z))[:, None]
    same = (numbers[found] == numbers[:, None]) & others
    return 100 * (same.sum(-1) / others.sum(-1)).mean().item()
