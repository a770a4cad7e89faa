"""Searches across two cameras, looked at: what is found, from which angles, and where a lifted body is off."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..keypoints import normalise
from ..metrics import HIT_THRESHOLD, np_mpjpe, procrustes_align
from ..plots import FAINT, INK, body, keypoints_2d, views
from ..retrieval import hit_at_k, nearest
from ..skeleton import mid_hip, torso_length

HIT, MISS = "#009E73", "#882255"
"""Colours of what is found and what is not."""

Camera = tuple[float, float, float]
"""Azimuth, elevation, roll in degrees, as in cameras.SEEN."""


@torch.inference_mode()
def show_search(
    methods: Mapping[str, Any],
    poses: Tensor,
    row: int,
    query_camera: Camera = cameras.SEEN[0],
    gallery_camera: Camera = cameras.SEEN[1],
    k: int = 4,
) -> None:
    """Draw one view, and the k nearest of all views of another camera, a line for each method; for controls.

    methods: name -> embedder. poses (n, 13, 3): world, metres; row is the query's. Hits are green, misses dark red; the
    number is NP-MPJPE between the two true poses.
    """
    import matplotlib.pyplot as plt

    query, gallery = (cameras.view(poses, cameras.fixed_orbit([camera])) for camera in (query_camera, gallery_camera))
    axes = plt.subplots(len(methods), k + 1, figsize=(1.65 * (k + 1), 2.4 * len(methods)), squeeze=False)[1]
    for line, (name, method) in zip(axes, methods.items(), strict=True):
        z = [method.embed_keypoints(keypoints) for keypoints in (query[[row]], gallery)]
        found = nearest(*z, k, method.distance)[0]
        apart = np_mpjpe(poses[found], poses[row].expand(k, 13, 3))
        words = [f"{'hit' if value < HIT_THRESHOLD else 'miss'} {value:.2f}" for value in apart]
        colours = [HIT if value < HIT_THRESHOLD else MISS for value in apart]
        pictures = torch.cat([query[[row]], gallery[found]])
        views(pictures, ["query", *words], borders=[INK, *colours], axes=line)
        line[0].set_ylabel(name)


def plot_hits(rows: list[dict], ax=None):
    """Plot Hit@1 of cross_view.evaluate's rows: a bar for each method and camera set. Gives ax."""
    import matplotlib.pyplot as plt

    ax = ax if ax is not None else plt.subplots(figsize=(8, 3.6))[1]
    names = list(dict.fromkeys(row["method"] for row in rows))
    for offset, cameras_of in ((-0.2, "seen"), (0.2, "unseen")):
        values = [
            row["hit@1"] for name in names for row in rows if (row["method"], row["cameras"]) == (name, cameras_of)
        ]
        bars = ax.barh(np.arange(len(names)) + offset, values, 0.38, label=f"{cameras_of} cameras")
        ax.bar_label(bars, fmt="%.0f", fontsize=10, padding=2)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="Hit@1 (%); more is better →", xlim=(0, 105))
    ax.invert_yaxis()
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


@torch.inference_mode()
def hits_by_angle(method, poses: Float[Tensor, "n 13 3"], cameras_round: int = 8) -> dict[int, float]:
    """Measure Hit@1 in % by how far round the gallery's camera stands from the query's: {degrees: mean of the pairs}.

    poses: world, metres. Each camera of the ring, 10 degrees above the hips, is the query's once; left and right count
    alike.
    """
    step, canonical = 360 // cameras_round, canonicalise(poses).poses
    ring = [cameras.view(poses, cameras.fixed_orbit([(a, 10.0, 0.0)])) for a in range(0, 360, step)]
    z, found = [method.embed_keypoints(keypoints) for keypoints in ring], {}
    for i, j in np.argwhere(~np.eye(cameras_round, dtype=bool)):
        turned = step * int(min((i - j) % cameras_round, (j - i) % cameras_round))
        hits = hit_at_k(z[i], z[j], canonical, canonical, (1,), method.distance)
        found.setdefault(turned, []).append(hits[1])
    return {turned: float(np.mean(found[turned])) for turned in sorted(found)}


def missed_by_label(hit: Bool[Tensor, " n"], labels, at_least: int = 10) -> dict[str, float]:
    """Give the share of missed queries of each label in %, the fewest first; of labels with at_least queries."""
    names, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    missed = 100 * np.bincount(place, ~np.asarray(hit)) / counts
    return {str(names[i]): float(missed[i]) for i in missed.argsort(kind="stable") if counts[i] >= at_least}


def look_alikes(
    keypoints: Float[Tensor, "n 13 2"], apart: Float[Tensor, "n n"], above: float = 0.2
) -> tuple[int, int, float]:
    """Find the two views of one camera that look most alike though their poses are more than above apart.

    apart: NP-MPJPE of each two poses. Gives both rows, and the distance of their normalised keypoints as a share of the
    median over all such pairs. Raises ValueError if no two poses are so far apart.
    """
    flat = normalise(keypoints)[..., :2].flatten(1)
    distances = torch.cdist(flat, flat)
    differ = apart > above
    if not differ.any():
        raise ValueError(f"expected two poses more than {above} apart, got at most {apart.max():.2f}; lower above.")
    i, j = divmod(int(torch.where(differ, distances, torch.inf).argmin()), len(flat))
    return i, j, float(distances[i, j] / distances[differ].median())


def show_look_alikes(poses: Tensor, keypoints: Tensor, axes) -> None:
    """Draw two poses (2, 13, 3) over one another: as their camera sees them (2, 13, 2), and from the side, on two axes.

    The first is in colour, the second grey.
    """
    flat = normalise(keypoints)[..., :2]
    solid = (poses - mid_hip(poses)[:, None]) / torso_length(poses)[:, None, None]
    for which, look in ((1, {"colour": FAINT, "lw": 4.5}), (0, {"lw": 2.0})):
        keypoints_2d(flat[which], ax=axes[0], **look)
        body(solid[which], axes[1], azimuth=135, elevation=10, **look)
    axes[0].set_title("the query camera")
    axes[1].set_title("from the side")


def errors_along(
    lifted: Float[Tensor, "n 13 3"], poses: Float[Tensor, "n 13 3"], camera: Camera
) -> Float[Tensor, "n 3"]:
    """Measure the errors of lifted poses across, down and in depth of a camera, in torso lengths: RMS over the joints.

    poses: world, metres, each seen by its own such camera. Each lifted pose is first moved onto its true one.
    """
    orbit = cameras.fixed_orbit([camera] * len(poses))
    rotation = cameras.orbit_cameras(orbit, mid_hip(poses))[:, :3, :3].to(poses)
    off = (procrustes_align(lifted, poses) - poses) @ rotation.mT
    return off.square().mean(1).sqrt() / torso_length(poses)[:, None]
