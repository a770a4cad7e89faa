"""What the shipped weights are trained on: motion capture of two studios, and made-up bodies."""

import numpy as np
import torch

from .. import datasets
from ..datasets import Motion
from .exercises import exercises
from .loop import TrainingData

HELD_OUT_BODIES = (7, 8)
"""Bodies of the synthetic sample that no training takes in: they are measured on."""


def synthetic(trained_on: bool) -> Motion:
    """Give the synthetic sample's bodies that may be trained on, or those that are held out."""
    motion = datasets.load("synthetic")
    return motion[np.isin(motion.subject, HELD_OUT_BODIES) ^ trained_on]


def shipped_parts(ui_prmd: bool = True, hold_out: bool = False, made_up: int = 0) -> dict[str, np.ndarray]:
    """Give the world poses (n, 13, 3) that the shipped weights train on, by where they come from.

    ui_prmd: take UI-PRMD's training people in, at 6 poses a second. hold_out: keep CMU's validation rows out; else they
    are trained on too, every choice having been made. made_up: how many exercises from joint angles to add. Raises
    ValueError where a data set is missing.
    """
    cmu = datasets.load("cmu")
    rows = datasets.split(cmu)
    kept = rows["train"] if hold_out else np.sort(np.concatenate([rows["train"], rows["validation"]]))
    parts = {"Carnegie Mellon, 12 people on one skeleton": cmu.poses[kept]}
    if ui_prmd:
        people = datasets.load("ui-prmd")
        parts["UI-PRMD, 5 people"] = people.poses[datasets.split(people)["train"]][::4]
    parts["synthetic sample, 6 bodies"] = synthetic(trained_on=True).poses[::2]
    return parts | ({"made-up exercises": exercises(made_up)} if made_up else {})


def shipped_data(ui_prmd: bool = True, hold_out: bool = False, made_up: int = 0) -> TrainingData:
    """Give shipped_parts as one; the best weights are kept by CMU's and, with ui_prmd, UI-PRMD's validation rows."""
    parts = shipped_parts(ui_prmd, hold_out, made_up)
    cmu, held_out = datasets.load("cmu"), []
    held_out.append(cmu.poses[datasets.split(cmu)["validation"]][::4])
    if ui_prmd:
        people = datasets.load("ui-prmd")
        held_out.append(people.poses[datasets.split(people)["validation"]][::24])
    train, held = (torch.from_numpy(np.concatenate(list(poses))) for poses in (parts.values(), held_out))
    names = "cmu", ui_prmd and "ui-prmd", "synthetic", made_up and f"{made_up} exercises"
    return TrainingData(train, held, ", ".join(name for name in names if name))
