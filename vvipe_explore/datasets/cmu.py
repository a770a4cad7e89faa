"""Carnegie Mellon's motion capture, retargeted to one skeleton, as BVH: subjects 01-03 and 05-14.

The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with funding from NSF
EIA-0196217. Free for all uses; not to be resold, even converted.
"""

import dataclasses

import numpy as np

from .motion import Motion
from .motion_reader import read_file
from .motion_wishes import Wishes
from .registry import data_folder, index

EVERY = 4
"""120 frames a second become 30."""
BLEND = 4
"""Frames 1 to 4 of every file blend out of its T-pose, frame 0; they are not motion."""


def load(root=None) -> Motion:
    """Read the CMU sample: each file's frames [1:][::4], metres, the 13 joints of skeleton.PAPER_13.

    root: the folder, or the one that holds it as cmu-mocap; None: VVIPE_DATA, then the download folder. action: the
    trial's description in the collection's index; the sequence where the registry has none.
    """
    from tqdm.auto import tqdm

    folder = data_folder("cmu-mocap", root)
    files = sorted(folder.glob("*/*.bvh"))
    if not files:
        raise ValueError(f"expected NN/NN_TT.bvh files in {folder}, got none; fetch them with: vvipe data fetch cmu")
    wishes = Wishes(unit=0.01, up="y", every=EVERY)
    motion = Motion.join([read_file(f, wishes)[0] for f in tqdm(files, desc="reading BVH", leave=False, delay=1)])
    described = index("cmu_actions")
    return dataclasses.replace(motion, action=np.array([described.get(s, s) for s in motion.sequence]))


def split(motion: Motion) -> dict[str, np.ndarray]:
    """Split rows as the protocol does: {"train": rows, "validation": rows, "test": rows}.

    Test: subject 14, every fourth row of each sequence. Validation: of the others, the trials whose own number is
    divisible by 5. Train: the rest, without the frames that blend out of the T-pose with which every file begins.
    """
    trial = np.array([int(s.split("_")[1]) for s in motion.sequence])
    test = motion.subject == 14
    every_fourth = np.concatenate([np.flatnonzero(motion.sequence == s)[::4] for s in np.unique(motion.sequence[test])])
    validation = ~test & (trial % 5 == 0)
    train = ~test & ~validation & (motion.frame > BLEND)
    return {"train": np.flatnonzero(train), "validation": np.flatnonzero(validation), "test": every_fourth}
