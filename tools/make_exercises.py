"""Write the sample of real people that comes with the package: data/exercises.npz.

    VVIPE_DATA=... python tools/make_exercises.py      (needs ui-prmd, see data/README.md)

datasets.exercises.load reads it. Put its new SHA-256, which is printed, into data/registry.json.
"""

import warnings
from pathlib import Path

import numpy as np

from vvipe_explore._files import atomic_path, sha256
from vvipe_explore.datasets import ui_prmd
from vvipe_explore.datasets.exercises import SAMPLE, STEP

PEOPLE = ui_prmd.PEOPLE["train"]
REPETITIONS = (1, 3, 5, 7, 9)


def write_sample(path: Path | str = SAMPLE, root=None) -> None:
    """Write the chosen people's chosen repetitions to an .npz; root as for datasets.load."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")   # of lost markers
        motion = ui_prmd.load(root)
    motion = motion[np.isin(motion.subject, PEOPLE) & np.isin(motion.repetition, REPETITIONS)]
    names, start = np.unique(motion.sequence, return_index=True)
    steps = np.diff(np.round(motion.poses.astype(np.float64) / STEP), axis=0, prepend=0)
    if abs(steps).max() >= 2**15:
        raise ValueError(f"expected steps below {2**15 * STEP:.2f} m, got {abs(steps).max() * STEP:.2f}; use int32.")
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(
            file, steps=steps.astype(np.int16), sequence=names, start=start, frame=motion.frame.astype(np.int16)
        )


if __name__ == "__main__":
    write_sample()
    print(f"{SAMPLE}: SHA-256 {sha256(SAMPLE)}")
