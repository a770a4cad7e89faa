"""Draw the README's picture: one pose from five cameras, apart as keypoints, together in the embedding.

    python benchmarks/readme_figure.py results/one_pose_one_place.png     (synthetic poses, shipped weights; seconds)
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import vvipe_explore as vv
from vvipe_explore import cameras, plots
from vvipe_explore.keypoints import normalise

SHOWN = ("kick", 35, "subject 4"), ("jumping_jack", 17, "subject 5"), ("sit", 45, "subject 2")
MARKS = "osD^v"


def main(path: str) -> None:
    plots.style()
    data = vv.datasets.load("synthetic")
    model = vv.load_pretrained(keypoints="exact")
    ring = [(20.0, 5.0, 0.0), (95.0, 10.0, 0.0), (165.0, -5.0, 0.0), (235.0, 15.0, 0.0), (305.0, 5.0, 0.0)]
    poses = torch.from_numpy(data.poses[::6])
    rows = [np.flatnonzero((data.action == a) & (data.subject == int(s[-1])))[f] for a, f, s in SHOWN]
    views = [cameras.view(poses, cameras.fixed_orbit([camera])) for camera in ring]
    mine = [cameras.view(torch.from_numpy(data.poses[rows]), cameras.fixed_orbit([camera])) for camera in ring]

    figure = plt.figure(figsize=(11.5, 6.2))
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 1.55])
    for ax, points, mark in zip(top.subplots(1, len(ring)), mine, MARKS, strict=True):
        plots.keypoints_2d(points[0], ax=ax, lw=3)
        ax.plot(0.02, 0.95, mark, transform=ax.transAxes, ms=9, color=plots.PALETTE[0], clip_on=False)
    top.suptitle("One pose, five cameras", fontsize=12)
    raw, embedding = bottom.subplots(1, 2)
    _plane(raw, [normalise(v).flatten(1) for v in views], [normalise(v).flatten(1) for v in mine])
    _plane(embedding, [model.embed_keypoints(v) for v in views], [model.embed_keypoints(v) for v in mine])
    raw.set_title("their 2D keypoints lie apart")
    embedding.set_title("their embeddings meet")
    embedding.legend(loc="center left", bbox_to_anchor=(1, 0.5), title="pose")
    figure.savefig(path, dpi=100, metadata={"weights": model.fingerprint()})


def _plane(ax, crowd, shown) -> None:
    """Plot all points on the crowd's first two principal axes, with the shown poses from each camera in colour."""
    everything = np.concatenate([c.numpy() for c in crowd])
    mean = everything.mean(0)
    axes = np.linalg.svd(everything - mean, full_matrices=False)[2][:2].T
    ax.plot(*((everything - mean) @ axes).T, ".", ms=2, color=plots.FAINT, mew=0, zorder=0)
    for place, (colour, (name, _, _)) in enumerate(zip(plots.PALETTE, SHOWN, strict=False)):
        for points, mark in zip(shown, MARKS, strict=True):
            at = (points[place].numpy() - mean) @ axes
            label = name.replace("_", " ") if mark == MARKS[0] else None
            ax.plot(*at, mark, ms=9, color=colour, mec="white", label=label)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.margins(0.02)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results/one_pose_one_place.png")
