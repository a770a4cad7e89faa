"""Recordings by several cameras as OpenPose lists them: a made-up one, whom each list names first, errors over time.

The made-up one stands in for whoever lacks the real one: a synthetic person lunges; four cameras; a detector's errors
as the protocol assumes them; a small passer-by in every image, in every third one listed first.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float

from .. import cameras, skeleton
from ..datasets.detections import Detections
from ..datasets.motion import Motion
from ..metrics import pa_mpjpe
from ..plots import FAINT, PALETTE, TRUNK
from ..retrieval import nearest
from ..training.detector_errors import detector_errors

CAMERAS = ((20.0, 5.0, 0.0), (110.0, 15.0, 3.0), (200.0, 0.0, 0.0), (290.0, 10.0, -3.0))
"""Azimuth, elevation and roll in degrees; cam01 is the first."""
FPS = 30


def write_made_recording(folder, motion: Motion, sequence: str = "b08_lunge") -> np.ndarray:
    """Write one folder of OpenPose files (BODY_25B) for each camera; gives the true poses (frames, 13, 3) in metres.

    motion: the synthetic sample, or any with that sequence. Raises ValueError if the sequence is not in it.
    """
    poses = motion.poses[motion.sequence == sequence]
    if not len(poses):
        raise ValueError(f"expected a sequence of the motion, got {sequence!r}; see set(motion.sequence).")
    for number, camera in enumerate(CAMERAS, 1):
        exact = cameras.view(torch.from_numpy(poses), cameras.fixed_orbit([camera]))
        people = _people(*detector_errors(exact, torch.Generator().manual_seed(number)))
        name = f"cam{number:02d}"
        (Path(folder) / name).mkdir(parents=True)
        for frame, both in enumerate(people.round(decimals=2)):
            listed = both.flip(0) if frame % 3 == 0 else both
            found = {"people": [{"pose_keypoints_2d": person.flatten().tolist()} for person in listed]}
            (Path(folder) / name / f"{name}.{frame:04d}.json").write_text(json.dumps(found))
    return poses


def _people(points: torch.Tensor, confidence: torch.Tensor) -> torch.Tensor:
    """Put the person and the passer-by, who goes the same way back, into 25 keypoints: (frames, 2, 25, 3)."""
    slots = [skeleton.BODY_25B.index(name) for name in skeleton.PAPER_13]
    people = torch.zeros(len(points), 2, 25, 3)
    people[:, 0, slots] = torch.cat([points, torch.ones_like(points[..., :1])], -1) * confidence[..., None]
    people[:, 1, slots] = torch.cat([0.4 * points.flip(0) + 20, torch.full_like(points[..., :1], 0.6)], -1)
    return people


def first_or_chosen(model, listed: Detections, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say in which frames the first of the list is another one than the chosen person, and what that costs.

    truth (frames, 13, 3): the true poses. Gives those frames (m), and the errors of the bodies lifted from the first
    and from the chosen one (m, 2): PA-MPJPE in mm.
    """
    chosen = listed.choice().rows
    first = np.flatnonzero(np.diff(listed.frame, prepend=-1))
    frames = np.intersect1d(listed.frame[first[~np.isin(first, chosen)]], listed.frame[chosen])
    errors = np.empty((len(frames), 2))
    for column, rows in enumerate((first, chosen)):
        keypoints, confidence = listed[rows[np.isin(listed.frame[rows], frames)]].to_paper_13()
        if len(frames):
            errors[:, column] = 1000 * pa_mpjpe(
                model.lift(keypoints, confidence), truth[frames].astype(keypoints.dtype)
            )
    return frames, errors


def moments_met(views: Sequence[np.ndarray], frames: np.ndarray, within: int = 5) -> float:
    """Average moment_met over all ordered pairs of views: for each camera the rows (n, d) of the same frames (n)."""
    return float(np.mean([moment_met(one, other, frames, within) for one, other in permutations(views, 2)]))


def moment_met(queries: np.ndarray, gallery: np.ndarray, frames: np.ndarray, within: int = 5) -> float:
    """Say how often a row's nearest row of another view is of the same moment, in %.

    queries, gallery: two views' rows (n, d) of the same frames (n); the same moment is at most `within` frames away.
    """
    found = frames[nearest(queries, gallery, 1)[:, 0]]
    return 100 * float((np.abs(found - frames) <= within).mean())


def frame_errors(
    poses: Float[np.ndarray, "*frames 13 3"], truth: Float[np.ndarray, "n 13 3"]
) -> Float[np.ndarray, " n"]:
    """Measure the PA-MPJPE in mm of each frame's pose, or of one pose beside every frame; truth in metres."""
    return 1000 * np.asarray(pa_mpjpe(np.broadcast_to(poses, truth.shape).astype(float), truth.astype(float)))


def jitter(poses: Float[np.ndarray, "n 13 3"]) -> float:
    """Measure how joints tremble: the mean change of speed from frame to frame, in mm a frame²; poses in metres."""
    return 1000 * float(np.linalg.norm(np.diff(poses, 2, axis=0), axis=-1).mean())


def plot_over_time(
    seconds: Float[np.ndarray, " n"],
    errors: Mapping[str, Float[np.ndarray, " n"]],
    heights: Mapping[str, Float[np.ndarray, " n"]],
    title: str = "",
    axes=None,
):
    """Plot errors (mm) and a joint's heights (m) of the same frames, one curve a name, two panels. Gives the axes.

    A name has one colour in both panels; "mean pose" is dotted, "triangulated" is thick and grey.
    """
    import matplotlib.pyplot as plt

    axes = axes if axes is not None else plt.subplots(1, 2, figsize=(9, 3.2))[1]
    looks = {"mean pose": {"color": TRUNK, "ls": ":"}, "triangulated": {"color": FAINT, "lw": 3}}
    free = (PALETTE[k] for k in (4, 2, 3, 5))  # not blue and orange, which are left and right
    for name in dict.fromkeys([*looks, *errors, *heights]):
        look = looks[name] if name in looks else {"color": next(free)}
        for ax, curves in zip(axes, (errors, heights), strict=True):
            if name in curves:
                ax.plot(seconds, curves[name], label=name, **look)
    axes[0].set(xlabel="seconds", ylabel="PA-MPJPE (mm)\n↓ less is better", ylim=(0, None), title=title)
    axes[1].set(xlabel="seconds", ylabel="height (m)", title=title)
    known = {label: line for ax in axes for line, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    axes[0].figure.legend(known.values(), known.keys(), loc="outside upper center", ncols=4)
    return axes
