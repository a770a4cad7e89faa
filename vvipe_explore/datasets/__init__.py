"""Poses and keypoints from files, one module a source; what each gives is a Motion (see motion.py)."""

import numpy as np

from . import cmu, synthetic
from .bvh import read_bvh
from .motion import Motion
from .registry import fetch

__all__ = ["Motion", "fetch", "load", "read_bvh", "split"]


def load(name: str, root=None) -> Motion:
    """Load a data set by name: "synthetic" (comes with the package) or "cmu" (from root, VVIPE_DATA, or fetched).

    root: the data set's folder, or the one that holds it. Raises ValueError for an unknown name or missing data.
    """
    if name == "synthetic":
        return synthetic.load()
    if name == "cmu":
        return cmu.load(root)
    raise ValueError(
        f'unknown data set {name!r}; "synthetic" or "cmu" was wanted. '
        "For a folder of your own BVH files use datasets.read_bvh(path)."
    )


def split(motion: Motion):
    """Split rows into train, validation and test: by the protocol for CMU, else by person or sequence.

    Elsewhere: the last subject is the test where there are three or more, and every fifth sequence of the others the
    validation; with fewer subjects, every fifth sequence is the test and the one after it the validation.
    Gives {"train": rows, "validation": rows, "test": rows}; with a single sequence the same rows serve all three.
    """
    if set(motion.sequence) <= set(cmu.index("cmu_actions")) and 14 in motion.subject:
        return cmu.split(motion)
    sequences = {s: i for i, s in enumerate(dict.fromkeys(motion.sequence))}
    order = np.array([sequences[s] for s in motion.sequence])
    if len(np.unique(motion.subject)) >= 3:
        test = motion.subject == motion.subject.max()
        validation = ~test & (order % 5 == 4)
    else:
        test, validation = order % 5 == 3, order % 5 == 4
    rows = {"train": ~test & ~validation, "validation": validation, "test": test}
    return {name: np.flatnonzero(mask) if mask.any() else np.arange(len(motion)) for name, mask in rows.items()}
