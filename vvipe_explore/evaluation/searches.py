"""One search across two cameras, looked at: what is found, which poses a camera confuses, and where a body is off."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from .. import cameras
from ..keypoints import normalise
from ..metrics import HIT_THRESHOLD, np_mpjpe, procrustes_align
from ..plots import FAINT, INK, body, keypoints_2d, views
from ..retrieval import nearest
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
