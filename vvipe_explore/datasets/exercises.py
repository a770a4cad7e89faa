"""A sample of real people who do exercises, which comes with the package.

Five people of UI-PRMD (ui_prmd) do ten exercises, correctly and incorrectly, up to five repetitions of each. Vakanski,
Jun, Paul and Baker (2018), A Data Set of Human Body Movements for Physical Rehabilitation Exercises, Data 3(1):2. Open
Data Commons Public Domain Dedication and License 1.0.

tools/make_exercises.py writes the file. It holds the joints in steps of 0.1 mm, each frame as what is added to the
frame before it, and the sequences' names, from which the other fields follow.
"""

import numpy as np

from .._joint_names import PAPER_13
from .motion import ExerciseMotion
from .registry import data_file
from .ui_prmd import labels

SAMPLE = data_file("exercises.npz")
STEP = 1e-4
"""Metres: the sample's joints are rounded to this."""


def load() -> ExerciseMotion:
    """Read the sample: metres, +y up, 25 frames a second, joints, subjects and fields as load("ui-prmd") gives them."""
    with np.load(SAMPLE, allow_pickle=False) as file:
        poses = (np.cumsum(file["steps"], axis=0, dtype=np.int64) * STEP).astype(np.float32)
        frames = np.split(file["frame"].astype(np.int64), file["start"][1:])
        named = [labels(str(name), frame) for name, frame in zip(file["sequence"], frames, strict=True)]
    return ExerciseMotion(poses, PAPER_13, **{name: np.concatenate([one[name] for one in named]) for name in named[0]})
