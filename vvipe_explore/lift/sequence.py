"""Lift one person's keypoints over time: embed each frame, fit its body, smooth in the latent space, decode.

    lifted = lift_sequence(model, keypoints, confidence, frame, fps=60)
    lifted.poses                    # (frames, 13, 3) canonical; lifted.standing(): turned as the camera sees the person
    lifted.export("walk.bvh")       # or .glb, .trc, .c3d, .csv, .npz, .json
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .._arrays import Array
from ..alignment import kabsch
from ..keypoints import believed
from . import certainty
from .export import export, levelled, on_the_ground
from .facing import facing
from .fit import fitted
from .smoothing import Smoothing

MIN_KEYPOINTS = 6
"""A frame with fewer keypoints counts as not seen: its lifted pose would be off by more than 110 mm."""
LONGEST_GAP = 0.5
"""Seconds. Longer gaps stay empty: the longer a gap, the less a filled pose says of what the person did."""
TURN_VARIANCE = 0.05
"""The squared error of a rotation's nine numbers in a frame that is as sure as most: 9 degrees."""
SPARSEST = 15
"""Frames from one that is seen to the next, where every so many frames is seen, up to which the gaps are filled."""


@dataclass(frozen=True)
class Lifted:
    """One person over n frames, one row a frame.

    frame (n,): 0 to n - 1. keypoints (n, 13, 2): pixels; confidence (n, 13): 0 where missing or keypoints.DOUBTFUL, all
    0 where the frame has none. z (n, d) and poses (n, 13, 3), canonical: NaN where missing. seen (n,): the frame has
    enough keypoints. filled (n,): it has not; its pose comes from the frames around it. rotation (n, 3, 3): its rows
    are the person's left, up and forward in the camera's room (x right, y up, z to the camera), as in
    Canonical.rotation. fps: frames a second. uncertainty (n, 13): metres of the canonical pose; nine times in ten the
    true joint is nearer than that; NaN where missing, or where the model predicts no log_var. calibrated: this was
    measured on people not trained on, as for the shipped weights with fit; else nine in ten is a guess. fitted: bodies
    were moved nearer to their keypoints (lift.fit). doubt: for each frame, why its pose should not be believed, in
    words; "" where nothing speaks against it.
    """

    frame: Array
    keypoints: Float[Array, "n 13 2"]
    confidence: Float[Array, "n 13"]
    z: Float[Array, "n d"]
    poses: Float[Array, "n 13 3"]
    seen: Array
    filled: Array
    rotation: Float[Array, "n 3 3"]
    fps: float = 30.0
    uncertainty: Float[Array, "n 13"] = None  # type: ignore[assignment]
    doubt: tuple[str, ...] = ()
    calibrated: bool = False
    fitted: bool = False

    def __post_init__(self):
        if self.uncertainty is None:
            object.__setattr__(self, "uncertainty", np.full(self.confidence.shape, np.nan, np.float32))
        object.__setattr__(self, "doubt", self.doubt or ("",) * len(self.frame))

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def there(self) -> Array:
        """Which frames have a pose, seen or filled: (n,)."""
        return self.seen | self.filled

    def standing(self) -> Float[Array, "n 13 3"]:
        """Turn the poses as the camera sees the person: x right, y up, z to the camera; NaN where missing."""
        return self.poses @ self.rotation

    def export(self, path, fps: float | None = None, level: bool = True) -> Path:
        """Write the person as the camera sees them, in place, their feet on the ground y = 0; the suffix says how.

        .bvh, .glb, .trc, .c3d, .csv, .npz or .json, as export.export has it. The size is that of one standard body.
        level: where the person stands straight for a while, turn all poses alike so that they stand upright there; else
        the body leans by as much as the camera is tilted or looks down. fps: frames a second; None: those of the
        lifting. Raises ValueError for another suffix, or for .c3d without the extra "export".
        """
        standing = np.asarray(self.standing())
        standing = on_the_ground(levelled(standing) if level else standing)
        return export(path, standing, self.fps if fps is None else fps)


def lift_sequence(
    model, keypoints, confidence=None, frame=None, n_frames: int | None = None, fps: float = 30.0,
    smoothing: Smoothing | None = Smoothing(),  # noqa: B008
    longest_gap: float = LONGEST_GAP,
    fit: bool = True,
) -> Lifted:  # fmt: skip
    """Lift one person's keypoints (rows, 13, 2), pixels, at most one row a frame.

    confidence (rows, 13), in [0, 1]; None: 1. frame (rows,): each row's frame, from 0; None: 0, 1, 2, ... n_frames:
    None counts to the last row's frame. fps: frames a second. smoothing: None lifts each frame alone. Gaps of up to
    longest_gap seconds between frames seen are filled in the latent space; where every so many frames is seen, up to
    one in SPARSEST, as in frames taken from a video, these gaps too. longest_gap=0 fills none. fit: move each body
    nearer to its keypoints, as far as the 2D encoder is unsure and each keypoint's confidence allows (lift.fit), if the
    model predicts log_var; else each is as model.lift gives it. What is keypoints.DOUBTFUL is left out of everything:
    of the count of keypoints, embedding, fit, weight and rotation.
    Raises ValueError if a frame has two rows, or if no frame shows MIN_KEYPOINTS keypoints.
    """
    as_tensors = isinstance(keypoints, Tensor)
    keypoints, confidence, frame = _checked(keypoints, confidence, frame)
    n = int(frame.max()) + 1 if n_frames is None else int(n_frames)
    keypoints, confidence = _one_row_a_frame(keypoints, believed(confidence), frame, n)
    seen = _enough_keypoints(keypoints, confidence)
    z, rotation = np.full((n, model.latent_dim), np.nan), np.full((n, 3, 3), np.nan)
    log_var = certainty.predicted(model, keypoints, confidence, seen)
    fit = fit and log_var is not None
    embed = partial(fitted, model) if fit else model.embed_keypoints
    z[seen] = embed(keypoints[seen], confidence[seen])
    how = smoothing or Smoothing("none")
    weight = certainty.weights(model, log_var, seen)
    parts = _between_long_gaps(seen, _longest(seen, longest_gap * fps))
    z = _smooth(z, weight, parts, how, fps)
    there = np.isfinite(z).all(-1)
    poses = np.full((n, 13, 3), np.nan, np.float32)
    poses[there] = model.decode(z[there].astype(np.float32))
    rotation[seen] = facing(poses[seen], keypoints[seen], confidence[seen])
    turn_weight = weight / np.median(weight[seen]) / TURN_VARIANCE
    rotation = _nearest_rotations(_smooth(rotation.reshape(n, 9), turn_weight, parts, how, fps))
    z = z.astype(np.float32)
    factor = certainty.factors(model, how.method != "none") if fit else None
    radius = certainty.joint_radius(model, z, log_var, seen, fps, factor)
    lifted = Lifted(np.arange(n), keypoints, confidence, z, poses, seen, there & ~seen, rotation, fps, radius)
    lifted = replace(lifted, doubt=certainty.doubts(model, lifted), calibrated=factor is not None, fitted=fit)
    return _as_tensors(lifted) if as_tensors else lifted


def _checked(keypoints, confidence, frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the three as arrays that fit together."""
    keypoints = np.asarray(keypoints, dtype=np.float64)
    if keypoints.ndim != 3 or keypoints.shape[1:] != (13, 2):
        raise ValueError(
            f"expected keypoints of shape (rows, 13, 2), the 13 of skeleton.PAPER_13, got {keypoints.shape}; "
            "convert other skeletons with skeleton.convert."
        )
    rows, joints = keypoints.shape[:1], keypoints.shape[:2]
    confidence = np.ones(joints) if confidence is None else np.asarray(confidence, dtype=np.float64)
    frame = np.arange(*rows) if frame is None else np.asarray(frame)
    if confidence.shape != joints or frame.shape != rows:
        raise ValueError(
            f"expected confidence of shape {joints} and frame of shape {rows}, to go with the keypoints, "
            f"got {confidence.shape} and {frame.shape}."
        )
    if len(keypoints) == 0:
        raise ValueError("expected keypoints, got none: nobody was detected; check the file, or try another detector.")
    if not ((confidence >= 0) & (confidence <= 1)).all() or not np.isfinite(keypoints[confidence > 0]).all():
        raise ValueError(
            "expected confidence in [0, 1], 0 where a keypoint is NaN, got other values; clip it, and set those to 0."
        )
    return keypoints, confidence, frame


def _one_row_a_frame(keypoints, confidence, frame, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Put each row in its frame; frames without a row have confidence 0."""
    if frame.dtype.kind not in "iu" or frame.min() < 0 or frame.max() >= n:
        raise ValueError(
            f"expected whole numbers from 0 to {n - 1} as frame, got {frame.dtype} from {frame.min()} to {frame.max()}."
        )
    numbers, counts = np.unique(frame, return_counts=True)
    if (counts > 1).any():
        raise ValueError(
            f"expected one person in each frame, got {counts.max()} rows in frame {numbers[counts.argmax()]}; "
            "choose one with datasets.read_detections(path).followed()."
        )
    placed, sure = np.zeros((n, 13, 2)), np.zeros((n, 13))
    sure[frame] = confidence
    placed[frame] = np.where(confidence[..., None] > 0, keypoints, 0)
    return placed, sure


def _enough_keypoints(keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Tell which frames (n,) show MIN_KEYPOINTS keypoints that are not all at one point; ValueError if none does."""
    there = (confidence > 0)[..., None]
    high = np.where(there, keypoints, -np.inf).max(1)
    low = np.where(there, keypoints, np.inf).min(1)
    seen = (there[..., 0].sum(1) >= MIN_KEYPOINTS) & (high > low).any(-1)
    if not seen.any():
        raise ValueError(
            f"expected a frame with at least {MIN_KEYPOINTS} of the person's 13 keypoints, got none of {len(seen)} "
            "frames; check the skeleton's name, and the confidence."
        )
    return seen


def _longest(seen: np.ndarray, frames: float) -> float:
    """Give how many frames a gap may have to be filled: frames, or as many as mostly lie between frames seen."""
    steps = np.diff(np.flatnonzero(seen))
    usual = float(np.median(steps)) - 1 if len(steps) else 0.0
    return max(frames, usual) if frames > 0 and usual < SPARSEST else frames


def _between_long_gaps(seen: np.ndarray, longest_gap: float) -> list[slice]:
    """Cut time where a gap is longer than longest_gap frames; each part starts and ends with a frame seen."""
    at = np.flatnonzero(seen)
    cuts = np.flatnonzero(np.diff(at) - 1 > longest_gap)
    first, last = np.r_[at[0], at[cuts + 1]], np.r_[at[cuts], at[-1]]
    return [slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True)]


def _smooth(values: np.ndarray, weight: np.ndarray, parts: list[slice], how: Smoothing, fps: float) -> np.ndarray:
    """Smooth each part by itself; what lies outside of them is NaN."""
    smooth = np.full_like(values, np.nan)
    for part in parts:
        smooth[part] = how.apply(values[part], weight[part], fps)
    return smooth


@torch.inference_mode()
def _nearest_rotations(matrices: np.ndarray) -> np.ndarray:
    """Give the rotation (n, 3, 3) nearest to each matrix (n, 9): a mean of rotations is not a rotation."""
    rotation = matrices.reshape(-1, 3, 3)
    there = np.isfinite(rotation).all((1, 2))
    axes = torch.eye(3, dtype=torch.float64).expand(int(there.sum()), 3, 3)
    rotation[there] = kabsch(axes, torch.from_numpy(rotation[there]).mT).numpy()
    return rotation.astype(np.float32)


def _as_tensors(lifted: Lifted) -> Lifted:
    arrays = {name: value for name, value in vars(lifted).items() if isinstance(value, np.ndarray)}
    return replace(lifted, **{name: torch.from_numpy(value) for name, value in arrays.items()})
