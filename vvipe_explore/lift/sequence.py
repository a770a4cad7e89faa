"""From one person's keypoints over time to a body that moves: embedded, smoothed in the latent space, decoded.

    lifted = lift_sequence(model, keypoints, confidence, frame, fps=60)
    lifted.poses                    # (frames, 13, 3) canonical; lifted.standing() as they stand before the camera
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ..alignment import kabsch
from ..evaluation.test_time import Averaged
from .smoothing import Smoothing

MIN_KEYPOINTS = 6
"""A frame with fewer is taken as one in which nobody was seen: the lifted pose would be off by more than 110 mm."""
LONGEST_GAP = 0.5
"""Seconds. Longer gaps stay empty: in their middle a filled pose says less and less of what the person did."""
CHUNK = 4096  # frames that go through a network at once

Array = Tensor | np.ndarray


@dataclass(frozen=True)
class Lifted:
    """One person over n frames, a row each, whether seen or not.

    frame (n,): 0 to n - 1. keypoints (n, 13, 2): pixels; confidence (n, 13): all 0 where nobody was seen. z (n, d)
    and poses (n, 13, 3), canonical: NaN where missing. seen (n,): the frame has keypoints enough; filled (n,): it has
    not, and its pose comes from the frames before and after. rotation (n, 3, 3): rows are the person's left, up and
    forward in the axes of the room as the camera sees it (x right, y up, z to the camera), as Canonical.rotation.
    """

    frame: Array
    keypoints: Float[Array, "n 13 2"]
    confidence: Float[Array, "n 13"]
    z: Float[Array, "n d"]
    poses: Float[Array, "n 13 3"]
    seen: Array
    filled: Array
    rotation: Float[Array, "n 3 3"]

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def there(self) -> Array:
        """Of each frame (n,), whether it has a pose."""
        return self.seen | self.filled

    def standing(self) -> Float[Array, "n 13 3"]:
        """The poses turned as the person stands before the camera: x right, y up, z to the camera; NaN if missing."""
        return self.poses @ self.rotation


def lift_sequence(
    model, keypoints, confidence=None, frame=None, n_frames: int | None = None, fps: float = 30.0,
    smoothing: Smoothing | None = Smoothing(),  # noqa: B008
    longest_gap: float = LONGEST_GAP,
) -> Lifted:  # fmt: skip
    """Lift one person's keypoints (rows, 13, 2), pixels, over n_frames frames; at most one row a frame.

    confidence (rows, 13), None: all there. frame (rows,): the number of each row's frame from 0, None: 0, 1, 2, ...
    n_frames: None takes the last one and those before. fps: frames a second. smoothing: how embeddings,
    each averaged over hidden joints (variants.Averaged), are smoothed over time; None lifts each frame as model.lift
    does. Gaps of up to longest_gap seconds are filled in the latent space, but not before the first or after the last
    frame seen.
    Raises ValueError if a frame has two rows, or if no frame shows MIN_KEYPOINTS keypoints.
    """
    as_tensors = isinstance(keypoints, Tensor)
    points, sure, frame = _rows(keypoints, confidence, frame)
    n = int(frame.max()) + 1 if n_frames is None else int(n_frames)
    points, sure = _in_time(points, sure, frame, n)
    seen = usable(points, sure)
    if not seen.any():
        raise ValueError(
            f"none of {n} frames shows the person with at least {MIN_KEYPOINTS} of 13 keypoints; "
            "check the skeleton's name, and the confidence."
        )
    z = np.full((n, model.latent_dim), np.nan)
    embedder = Averaged(model) if smoothing else model
    z[seen] = _in_chunks(embedder.embed_keypoints, points[seen], sure[seen])
    how = smoothing or Smoothing("none")
    weight = np.where(seen, how.weights(sure), 0)
    parts = stretches(seen, longest_gap * fps)
    z = _each(parts, z, weight, how, fps)
    there = np.isfinite(z).all(-1)
    poses = np.full((n, 13, 3), np.nan, np.float32)
    poses[there] = _in_chunks(model.decode, z[there].astype(np.float32))
    rotation = _turned(parts, poses, points, sure, seen, weight, how, fps)
    lifted = Lifted(np.arange(n), points, sure, z.astype(np.float32), poses, seen, there & ~seen, rotation)
    return _tensors(lifted) if as_tensors else lifted


def _rows(keypoints, confidence, frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three as arrays that fit together."""
    points = np.asarray(keypoints, dtype=np.float64)
    if points.ndim != 3 or points.shape[1:] != (13, 2):
        raise ValueError(
            f"keypoints have shape {points.shape}; (rows, 13, 2) was wanted, the 13 of skeleton.PAPER_13. "
            "Convert other skeletons with skeleton.convert."
        )
    sure = np.ones(points.shape[:2]) if confidence is None else np.asarray(confidence, dtype=np.float64)
    frame = np.arange(len(points)) if frame is None else np.asarray(frame)
    if sure.shape != points.shape[:2] or frame.shape != points.shape[:1]:
        raise ValueError(
            f"confidence has shape {sure.shape} and frame {frame.shape}; {points.shape[:2]} and {points.shape[:1]} "
            "were wanted, to go with the keypoints."
        )
    if len(points) == 0:
        raise ValueError("there are no keypoints: nobody was detected. Check the file, or try another detector.")
    if not ((sure >= 0) & (sure <= 1)).all() or not np.isfinite(points[sure > 0]).all():
        raise ValueError("confidence in [0, 1] was wanted, and 0 where a keypoint is NaN; clip it and set it so.")
    return points, sure, frame


def _in_time(points, sure, frame, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Put each row in its frame; the others have confidence 0."""
    if frame.dtype.kind not in "iu" or frame.min() < 0 or frame.max() >= n:
        raise ValueError(f"frame holds {frame.min()} to {frame.max()}; whole numbers from 0 to {n - 1} were wanted.")
    numbers, counts = np.unique(frame, return_counts=True)
    if (counts > 1).any():
        raise ValueError(
            f"frame {numbers[counts > 1][0]} has {counts.max()} rows; one person a frame was wanted. "
            "Choose one first, see datasets.read_detections."
        )
    placed, known = np.zeros((n, 13, 2)), np.zeros((n, 13))
    known[frame] = sure
    placed[frame] = np.where(sure[..., None] > 0, points, 0)
    return placed, known


def usable(keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Of each frame (n,), whether it shows MIN_KEYPOINTS keypoints that are not all at one point."""
    there = confidence > 0
    high = np.where(there[..., None], keypoints, -np.inf).max(1)
    low = np.where(there[..., None], keypoints, np.inf).min(1)
    return (there.sum(1) >= MIN_KEYPOINTS) & (high > low).any(-1)


def stretches(seen: np.ndarray, longest_gap: float) -> list[slice]:
    """Parts of time that start and end with a frame seen and hold no gap longer than longest_gap frames."""
    at = np.flatnonzero(seen)
    breaks = np.flatnonzero(np.diff(at) - 1 > longest_gap)
    first, last = np.r_[at[0], at[breaks + 1]], np.r_[at[breaks], at[-1]]
    return [slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True)]


def _each(parts: list[slice], values: np.ndarray, weight: np.ndarray, how: Smoothing, fps: float) -> np.ndarray:
    """Smooth each part by itself; outside of them NaN."""
    smooth = np.full_like(values, np.nan)
    for part in parts:
        smooth[part] = how.apply(values[part], weight[part], fps)
    return smooth


@torch.inference_mode()
def _in_chunks(function, *arrays: np.ndarray) -> np.ndarray:
    rows = range(0, len(arrays[0]), CHUNK)
    return np.concatenate([function(*(a[i : i + CHUNK] for a in arrays)) for i in rows])


def _turned(parts, poses, points, sure, seen, weight, how: Smoothing, fps: float) -> np.ndarray:
    """How the person stands before the camera in each frame, smoothed as the embeddings are: (n, 3, 3)."""
    rotation = np.full((len(poses), 3, 3), np.nan)
    rotation[seen] = facing(poses[seen], points[seen], sure[seen])
    smooth = _each(parts, rotation.reshape(-1, 9), weight, how, fps).reshape(-1, 3, 3)
    there = np.isfinite(smooth).all((1, 2))
    # The mean of rotations is none; the nearest rotation is what Kabsch's fit of the axes gives.
    axes = torch.eye(3, dtype=torch.float64).expand(int(there.sum()), 3, 3)
    smooth[there] = kabsch(axes, torch.from_numpy(smooth[there]).mT).numpy()
    return smooth.astype(np.float32)


def facing(poses, keypoints, confidence, starts: int = 8, rounds: int = 15) -> np.ndarray:
    """Find the rotation (n, 3, 3) in which canonical poses, seen from far away, best cover their keypoints.

    Rows are the person's left, up and forward in the room's axes: x right, y up, z to the camera, so
    poses @ rotation stands as in the picture. The depth that a picture lacks is taken from the pose as turned so far,
    again and again, from starts headings; the best is kept. Scaled orthography: perspective is left out.
    """
    body, there = (torch.from_numpy(np.asarray(a, np.float64)) for a in (poses, confidence > 0))
    there = there[..., None]
    count = there.sum(1, keepdim=True)
    picture = torch.from_numpy(np.asarray(keypoints, np.float64)) * torch.tensor([1.0, -1.0], dtype=torch.float64)
    body, picture = (there * (x - (there * x).sum(1, keepdim=True) / count) for x in (body, picture))
    found = [_fit(body, picture, 2 * np.pi * k / starts, rounds) for k in range(starts)]
    misfit = torch.stack([m for _, m in found])
    rotations = torch.stack([r for r, _ in found])
    return rotations[misfit.argmin(0), torch.arange(len(body))].numpy()


def _fit(body: Tensor, picture: Tensor, heading: float, rounds: int) -> tuple[Tensor, Tensor]:
    """From one heading: the rotation body to room, rows as said in facing, and the squared misfit (n,)."""
    c, s = np.cos(heading), np.sin(heading)
    turn = torch.tensor([[c, 0, -s], [0, 1, 0], [s, 0, c]], dtype=torch.float64).expand(len(body), 3, 3)
    for _ in range(rounds):
        seen = body @ turn
        size = (seen[..., :2] * picture).sum((1, 2)) / seen[..., :2].square().sum((1, 2)).clamp_min(1e-12)
        depth = size.clamp_min(1e-12)[:, None] * seen[..., 2]
        turn = kabsch(body, torch.cat([picture, depth[..., None]], -1)).mT
    seen = (body @ turn)[..., :2]
    size = (seen * picture).sum((1, 2)) / seen.square().sum((1, 2)).clamp_min(1e-12)
    return turn, (size[:, None, None] * seen - picture).square().sum((1, 2))


def _tensors(lifted: Lifted) -> Lifted:
    fields = dataclasses.fields(lifted)
    return Lifted(**{f.name: torch.from_numpy(np.asarray(getattr(lifted, f.name))) for f in fields})
