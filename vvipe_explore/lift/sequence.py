"""Lift one person's keypoints over time: embed each frame, smooth in the latent space, decode.

    lifted = lift_sequence(model, keypoints, confidence, frame, fps=60)
    lifted.poses                    # (frames, 13, 3) canonical; lifted.standing(): turned as the camera sees the person
    lifted.export("walk.bvh")       # or .glb, .trc, .c3d, .csv, .npz, .json
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .._arrays import Array
from ..alignment import kabsch
from ..keypoints import believed
from ..models.test_time import Averaged
from .export import export, on_the_ground
from .smoothing import Smoothing

MIN_KEYPOINTS = 6
"""A frame with fewer keypoints counts as not seen: its lifted pose would be off by more than 110 mm."""
LONGEST_GAP = 0.5
"""Seconds. Longer gaps stay empty: the longer a gap, the less a filled pose says of what the person did."""
SPARSEST = 15
"""Frames from one that is seen to the next, where every so many frames is seen, up to which the gaps are filled."""


@dataclass(frozen=True)
class Lifted:
    """One person over n frames, one row a frame.

    frame (n,): 0 to n - 1. keypoints (n, 13, 2): pixels; confidence (n, 13): 0 where missing or keypoints.DOUBTFUL, all
    0 where the frame has none. z (n, d) and poses (n, 13, 3), canonical: NaN where missing. seen (n,): the frame has
    enough keypoints. filled (n,): it has not; its pose comes from the frames around it. rotation (n, 3, 3): its rows
    are the person's left, up and forward in the camera's room (x right, y up, z to the camera), as in
    Canonical.rotation. fps: frames a second.
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

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def there(self) -> Array:
        """Which frames have a pose, seen or filled: (n,)."""
        return self.seen | self.filled

    def standing(self) -> Float[Array, "n 13 3"]:
        """Turn the poses as the camera sees the person: x right, y up, z to the camera; NaN where missing."""
        return self.poses @ self.rotation

    def export(self, path, fps: float | None = None) -> Path:
        """Write the person as the camera sees them, in place, their feet on the ground y = 0; the suffix says how.

        .bvh, .glb, .trc, .c3d, .csv, .npz or .json, as export.export has it. The size is that of one standard body.
        Where the camera looks down or is tilted, the body leans by that much. fps: frames a second; None: those of the
        lifting. Raises ValueError for another suffix, or for .c3d without the extra "export".
        """
        standing = on_the_ground(np.asarray(self.standing()))
        return export(path, standing, self.fps if fps is None else fps)


def lift_sequence(
    model, keypoints, confidence=None, frame=None, n_frames: int | None = None, fps: float = 30.0,
    smoothing: Smoothing | None = Smoothing(),  # noqa: B008
    longest_gap: float = LONGEST_GAP,
) -> Lifted:  # fmt: skip
    """Lift one person's keypoints (rows, 13, 2), pixels, at most one row a frame.

    confidence (rows, 13); None: 1. frame (rows,): each row's frame, from 0; None: 0, 1, 2, ... n_frames: None counts to
    the last row's frame. fps: frames a second. smoothing: None lifts each frame as model.lift does; otherwise each
    embedding is averaged over hidden joints (test_time.Averaged), then smoothed over time. Gaps of up to longest_gap
    seconds between frames seen are filled in the latent space; where every so many frames is seen, up to one in
    SPARSEST, as in frames taken from a video, these gaps too. longest_gap=0 fills none.
    What is keypoints.DOUBTFUL is left out of everything: of the count of keypoints, embedding, weight and rotation.
    Raises ValueError if a frame has two rows, or if no frame shows MIN_KEYPOINTS keypoints.
    """
    as_tensors = isinstance(keypoints, Tensor)
    keypoints, confidence, frame = _checked(keypoints, confidence, frame)
    n = int(frame.max()) + 1 if n_frames is None else int(n_frames)
    keypoints, confidence = _one_row_a_frame(keypoints, believed(confidence), frame, n)
    seen = _enough_keypoints(keypoints, confidence)
    if not seen.any():
        raise ValueError(
            f"expected a frame with at least {MIN_KEYPOINTS} of the person's 13 keypoints, got none of {n} frames; "
            "check the skeleton's name, and the confidence."
        )
    z = np.full((n, model.latent_dim), np.nan)
    embedder = Averaged(model) if smoothing else model
    z[seen] = embedder.embed_keypoints(keypoints[seen], confidence[seen])
    how = smoothing or Smoothing("none")
    weight = np.where(seen, how.weights(confidence), 0)
    parts = _between_long_gaps(seen, _longest(seen, longest_gap * fps))
    z = _smooth(z, weight, parts, how, fps)
    there = np.isfinite(z).all(-1)
    poses = np.full((n, 13, 3), np.nan, np.float32)
    poses[there] = model.decode(z[there].astype(np.float32))
    rotation = np.full((n, 3, 3), np.nan)
    rotation[seen] = facing(poses[seen], keypoints[seen], confidence[seen])
    rotation = _nearest_rotations(_smooth(rotation.reshape(n, 9), weight, parts, how, fps))
    z, filled = z.astype(np.float32), there & ~seen
    lifted = Lifted(np.arange(n), keypoints, confidence, z, poses, seen, filled, rotation, fps)
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
    """Tell which frames (n,) show MIN_KEYPOINTS keypoints that are not all at one point."""
    there = (confidence > 0)[..., None]
    high = np.where(there, keypoints, -np.inf).max(1)
    low = np.where(there, keypoints, np.inf).min(1)
    return (there[..., 0].sum(1) >= MIN_KEYPOINTS) & (high > low).any(-1)


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


def facing(poses, keypoints, confidence, starts: int = 8, rounds: int = 15) -> np.ndarray:
    """Find the rotation (n, 3, 3) in which canonical poses, seen from far away, best cover their keypoints.

    Rows are the person's left, up and forward in the room's axes: x right, y up, z to the camera. So poses @ rotation
    stands as in the picture. A picture has no depth; each round takes it from the pose as turned in the round before.
    The best of several starting headings is kept. Scaled orthography: perspective is left out.
    """
    poses, there = (torch.from_numpy(np.asarray(a, np.float64)) for a in (poses, confidence > 0))
    there = there[..., None]
    count = there.sum(1, keepdim=True)
    picture = torch.from_numpy(np.asarray(keypoints, np.float64)) * torch.tensor([1.0, -1.0], dtype=torch.float64)
    poses, picture = (there * (x - (there * x).sum(1, keepdim=True) / count) for x in (poses, picture))
    found = [_fit(poses, picture, 2 * np.pi * k / starts, rounds) for k in range(starts)]
    rotations, misfit = (torch.stack(values) for values in zip(*found, strict=True))
    return rotations[misfit.argmin(0), torch.arange(len(poses))].numpy()


def _fit(poses: Tensor, picture: Tensor, heading: float, rounds: int) -> tuple[Tensor, Tensor]:
    """Give the rotation (n, 3, 3) found from one heading, rows as in facing, and its squared misfit (n,)."""
    c, s = np.cos(heading), np.sin(heading)
    rotation = torch.tensor([[c, 0, -s], [0, 1, 0], [s, 0, c]], dtype=torch.float64).expand(len(poses), 3, 3)
    for _ in range(rounds):
        turned = poses @ rotation
        depth = _scale(turned, picture).clamp_min(1e-12) * turned[..., 2:]
        rotation = kabsch(poses, torch.cat([picture, depth], -1)).mT
    turned = poses @ rotation
    return rotation, (_scale(turned, picture) * turned[..., :2] - picture).square().sum((1, 2))


def _scale(poses: Tensor, picture: Tensor) -> Tensor:
    """Give the scale (n, 1, 1) at which poses, seen along z, best cover their picture (n, 13, 2)."""
    flat = poses[..., :2]
    scale = (flat * picture).sum((1, 2)) / flat.square().sum((1, 2)).clamp_min(1e-12)
    return scale[:, None, None]


def _as_tensors(lifted: Lifted) -> Lifted:
    arrays = {name: value for name, value in vars(lifted).items() if isinstance(value, np.ndarray)}
    return replace(lifted, **{name: torch.from_numpy(value) for name, value in arrays.items()})
