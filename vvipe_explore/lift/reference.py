"""Compare a lifted person with triangulated poses."""

import numpy as np

from .. import skeleton
from ..datasets.pose2sim import read_trc
from ..metrics import pa_mpjpe
from .sequence import Lifted, lift_sequence


def read_reference(path) -> np.ndarray:
    """Read a Pose2Sim .trc as poses (n, 13, 3), metres, NaN where missing."""
    poses, names = read_trc(path)
    return np.stack([poses[:, places].mean(1) for places in skeleton.derived_joints(names, "paper_13")], 1)


def errors_to(reference: np.ndarray, model, lifted: Lifted, first: int = 0) -> dict[str, float]:
    """Give the median PA-MPJPE in mm over the frames that both have: lifted, each frame alone, mean training pose.

    first: the frame of the reference that lifted begins with.
    Raises ValueError if no frame has both a lifted and a reference pose.
    """
    reference = reference[first:]
    n = min(len(reference), len(lifted))
    both = lifted.there[:n] & np.isfinite(reference[:n]).all((1, 2))
    if not both.any():
        raise ValueError(
            f"expected a reference that shares a frame with the lifted poses, got {len(reference)} frames without one; "
            "give the .trc of the same recording."
        )
    compared = {"lifted": (lifted.poses[:n], both)}
    if (seen := both & lifted.seen[:n]).any():
        alone = lift_sequence(model, lifted.keypoints, lifted.confidence, smoothing=None, fit=lifted.fitted)
        compared["each frame alone"] = (alone.poses[:n], seen)
    mean = model.decode(np.asarray(model.latent_mean)[None])
    compared["mean training pose"] = (np.broadcast_to(mean, (n, 13, 3)), both)
    errors = {name: pa_mpjpe(p[rows].astype(np.float64), reference[:n][rows]) for name, (p, rows) in compared.items()}
    return {name: round(1000 * float(np.median(error)), 2) for name, error in errors.items()}
