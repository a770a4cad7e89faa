"""Who was chosen among the people that a detector saw, over time."""

import numpy as np

from .plots import FAINT, LEFT, _new_ax


def plot_choice(detections, choice, ax=None):
    """Draw each person as a bar from their left to their right side in the picture (pixels) at each frame.

    Grey: all people; blue: those of choice (Detections.choice()). Gives ax.
    """
    d, ax = detections, _new_ax(ax, (7.0, 3.2))
    seen = d.confidence > 0
    low = np.where(seen, d.keypoints[..., 0], np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, d.keypoints[..., 0], -np.inf).max(axis=1, initial=-np.inf)
    others = np.setdiff1d(np.arange(len(d)), choice.rows)
    for rows, colour, label in ((others, FAINT, "others"), (choice.rows, LEFT, "chosen")):
        ax.vlines(d.frame[rows], low[rows], high[rows], colors=colour, lw=1.6, label=label)
    ax.set(xlabel="frame", ylabel="x in the picture, pixels", title=choice.why)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax
