"""Draw the picture of the whole method for notebook 00: how the two networks are trained, and what is used then.

python benchmarks/pipeline_figure.py results/pipeline.png     (one synthetic pose, no weights; seconds)
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import vvipe_explore as vv
from vvipe_explore import cameras, plots

POSE = ("kick", 4, 35)
SIZE = 0.58
"""Of a body in the picture; a torso is about half a unit."""
BOXES = {  # text: (x, y, colour)
    "align": (2.4, 2.6, plots.TRUNK),
    "VAE\nencoder": (4.8, 2.6, plots.LEFT),
    "decoder": (8.0, 2.6, plots.LEFT),
    "camera": (2.4, 0.8, plots.TRUNK),
    "2D\nencoder": (4.8, 0.8, plots.RIGHT),
    "decoder,\nfrozen": (8.0, 0.8, plots.LEFT),
}
ROWS = {
    2.6: "1  Learn a space of poses: a VAE gives an aligned pose back.",
    0.8: "2  Aim at it: a 2D encoder finds that place from a view.",
}


TRAINING = {  # text: (x, y), where it stands
    "losses: the pose back, KL, triplet": (4.8, 2.0),
    "+ A: random cameras": (2.4, 0.25),
}


def main(path: str) -> None:
    plots.style()
    data = vv.datasets.load("synthetic")
    action, subject, frame = POSE
    pose = data.poses[(data.action == action) & (data.subject == subject)][frame]
    pose = pose - pose[7:9].mean(0)
    canonical = vv.alignment.canonicalise(pose).poses
    keypoints = cameras.view(torch.from_numpy(pose), cameras.fixed_orbit([cameras.SEEN[0]]))[0]
    flat = (keypoints - keypoints.mean(0)).numpy() * np.float32([1, -1]) / 230  # y up, about as large as the bodies

    ax = plt.subplots(figsize=(10, 4))[1]
    for y, title in ROWS.items():
        ax.text(0.4, y + 0.75, title, fontsize=12, weight="bold")
        for start, end in ((1.5, 1.9), (2.9, 3.2), (3.95, 4.2), (5.4, 6.0), (6.9, 7.4), (8.6, 9.0)):
            ax.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "-|>", "color": plots.INK, "lw": 1.5})
        ax.text(6.45, y, "z", fontsize=20, style="italic", ha="center", va="center")
    ax.annotate("", (6.45, 2.3), (6.45, 1.1), arrowprops={"arrowstyle": "<|-|>", "color": plots.RIGHT, "lw": 2})
    ax.text(6.6, 1.85, "the same place", fontsize=11, color=plots.RIGHT, va="center")
    for text, (x, y, colour) in BOXES.items():
        look = {"boxstyle": "round,pad=0.45", "fc": "white", "ec": colour, "lw": 2}
        ax.text(x, y, text, fontsize=12, ha="center", va="center", bbox=look)
    for text, (x, y) in TRAINING.items():
        ax.text(x, y, text, fontsize=11, ha="center", va="center")
    for y in ROWS:
        plots.body(SIZE * pose, ax, 60, offset=(1.0, y), lw=2.2)
        plots.body(SIZE * canonical, ax, offset=(9.5, y), lw=2.2)
    plots.body(SIZE * canonical, ax, offset=(3.57, 2.6), lw=2.2)
    plots.keypoints_2d(SIZE * flat + [3.57, 0.8], ax=ax, lw=1.8)
    ax.set(xlim=(-0.1, 10.2), ylim=(0.1, 3.6), aspect="equal")
    ax.axis("off")
    plt.savefig(path, dpi=100)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results/pipeline.png")
