"""What the shipped weights are trained on: motion capture of several studios, and made-up bodies."""

import numpy as np
import torch
from torch import Tensor

from .. import datasets
from ..datasets import Motion
from .loop import TrainingData

HELD_OUT_BODIES = (7, 8)
"""Bodies of the synthetic sample that no training takes in: they are measured on."""


def synthetic(trained_on: bool) -> Motion:
    """Give the synthetic sample's bodies that may be trained on, or those that are held out."""
    motion = datasets.load("synthetic")
    return motion[np.isin(motion.subject, HELD_OUT_BODIES) ^ trained_on]


def shipped_data(ui_prmd: bool = True, hold_out: bool = False) -> TrainingData:
    """Load what the shipped weights train on: CMU without subject 14, UI-PRMD's training people, synthetic bodies.

    ui_prmd: take UI-PRMD in. hold_out: keep CMU's validation rows out; else they are trained on too, every choice
    having been made. The best weights are kept by CMU's validation rows and, with ui_prmd, UI-PRMD's.
    Raises ValueError where a data set is missing.
    """
    cmu = datasets.load("cmu")
    rows = datasets.split(cmu)
    train = [cmu.poses[rows["train"]], synthetic(trained_on=True).poses[::2]]
    held_out = [cmu.poses[rows["validation"]][::4]]
    if not hold_out:
        train.append(cmu.poses[rows["validation"]])
    if ui_prmd:
        people = datasets.load("ui-prmd")
        rows = datasets.split(people)
        train.append(people.poses[rows["train"]][::4])
        held_out.append(people.poses[rows["validation"]][::24])
    return TrainingData(_joined(train), _joined(held_out), "cmu, ui-prmd, synthetic" if ui_prmd else "cmu, synthetic")


def _joined(parts: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.concatenate(parts))
