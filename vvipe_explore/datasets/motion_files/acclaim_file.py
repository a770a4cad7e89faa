"""ASF/AMC: where each bone of a skeleton begins, in each frame of a motion."""

from pathlib import Path

import numpy as np

from .._amc import read_values
from .._asf import Skeleton, find_asf, read_asf
from .._kinematics import place
from ..raw_motion import RawMotion


def read_amc_file(path, asf_path=None) -> list[RawMotion]:
    """Read a motion on its skeleton: the points "root" and where each bone begins, by the bone's name.

    asf_path: the skeleton; None finds it in the motion's folder. metres: an inch over the file's factor of length,
    which Carnegie Mellon's files keep; None where that gives a skeleton smaller than 0.4 m or larger than 3 m. Raises
    ValueError naming file and line, FileNotFoundError.
    """
    path = Path(path)
    skeleton = read_asf(find_asf(path) if asf_path is None else asf_path)
    names = ["root", *skeleton.bones]
    begins = [(name, np.zeros(3)) for name in names]
    _, values = read_values(path, skeleton)
    still = {name: np.zeros((1, len(dofs))) for name, dofs in skeleton.dofs().items()}
    with np.errstate(all="ignore"):
        positions, rest = place(skeleton, values, begins), place(skeleton, still, begins)[0]
    if not (np.abs(positions) < 1e12).all():
        raise ValueError(f"{path}: expected a body of a few metres, got places that overflow; export the files again.")
    row = {name: i for i, name in enumerate(names)}
    parents = np.array([-1, *(row[bone.parent] for bone in skeleton.bones.values())])

    def turns(joint: int) -> np.ndarray:
        """Give a bone's rotation from rest (n, 3, 3): where it takes the three axes."""
        ends = place(skeleton, values, [(names[joint], axis) for axis in np.eye(3)])
        return np.moveaxis(ends - positions[:, joint, None], 1, 2)

    return [RawMotion(positions, tuple(names), parents, rest, metres=_metres(skeleton, rest), turns=turns)]


def _metres(skeleton: Skeleton, rest: np.ndarray) -> float | None:
    """Give the metres of a file unit, if they make a skeleton of a person's size."""
    span = float(np.ptp(rest, axis=0).max()) * skeleton.metres
    return skeleton.metres if 0.4 <= span <= 3 else None
