"""2D keypoints as a network reads them, and the errors that a detector makes.

Keypoints are pixels, x right and y down, with a confidence in [0, 1] each; confidence 0 means missing, and a
missing joint's coordinates carry no meaning: nothing below reads them.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import any_floats, arrays, keypoints_13
from .skeleton import PAPER_13


def same_frames(keypoints: Tensor, confidence: Tensor | None) -> None:
    """Raise ValueError if confidence is not None and has not one number a keypoint."""
    if confidence is not None and confidence.shape != keypoints.shape[:-1]:
        raise ValueError(
            f"confidence has shape {tuple(confidence.shape)}; {tuple(keypoints.shape[:-1])} was wanted, "
            "one number a keypoint. Pass None if the detector gives none."
        )


DOUBTFUL = 0.3
"""A joint with less than this part of the frame's highest confidence counts as missing: detectors invent what they
cannot see, such as the nose of a person seen from behind, and say so by a low score."""


def check_confidence(keypoints: Tensor, confidence: Tensor | None) -> Tensor:
    """Give confidence (..., 13), all 1 where it is None, 0 where it is DOUBTFUL.

    Raises ValueError if it does not fit the keypoints.
    """
    if confidence is None:
        confidence = torch.ones_like(keypoints[..., 0])
    same_frames(keypoints, confidence)
    if ((confidence < 0) | (confidence > 1)).any():
        raise ValueError(
            f"confidence lies in [{confidence.min():.3g}, {confidence.max():.3g}]; [0, 1] was wanted, 0 for missing. "
            "Clip it with confidence.clip(0, 1)."
        )
    present = torch.isfinite(keypoints).all(-1)
    if (~present & (confidence > 0)).any():
        raise ValueError(
            "some keypoints are NaN or infinite, yet their confidence is above 0; finite numbers were wanted. "
            "Set the confidence of missing keypoints to 0."
        )
    confidence = torch.where(confidence < DOUBTFUL * confidence.amax(-1, keepdim=True), 0.0, confidence)
    if ((confidence > 0).sum(-1) < 2).any():
        raise ValueError(
            "a frame has fewer than 2 keypoints with confidence above 0, from which no pose can be told. "
            "Drop these frames."
        )
    return confidence


@arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
def normalise(
    keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] | None = None
) -> Float[Tensor, "*batch 13 3"]:
    """Centre and scale keypoints for the network: (x, y, presence) a joint, missing joints (0, 0, 0).

    Origin: the mean of the joints that are there; unit: their root-mean-square distance from it. Any number of
    joints may be missing but all but one. Where the person stands in the picture and how large is lost.
    Presence is 0 where the confidence is 0 or DOUBTFUL, else 1: how sure a detector says it is differs from one to the
    next, and on real detections a network does better without (81 against 93 mm, see benchmarks/real_recording.py).
    Raises ValueError if all keypoints that are there lie at one point.
    """
    confidence = check_confidence(keypoints, confidence)
    there = (confidence > 0)[..., None]
    # compared, not subtracted from their mean: rounding would leave one point with a little size
    high, low = keypoints.masked_fill(~there, -torch.inf).amax(-2), keypoints.masked_fill(~there, torch.inf).amin(-2)
    if (high == low).all(-1).any():
        raise ValueError(
            "all keypoints of a frame lie at one point; a body with an extent was wanted. Drop these frames."
        )
    return centre_and_scale(keypoints, confidence)[0]


def centre_and_scale(keypoints: Tensor, confidence: Tensor) -> tuple[Tensor, Tensor]:
    """The arithmetic of normalise, without its checks: features (..., 13, 3) and the size in pixels (..., 1, 1)."""
    there = (confidence > 0)[..., None]
    count = there.sum(-2, keepdim=True)
    points = torch.where(there, keypoints, 0.0)
    points = torch.where(there, points - points.sum(-2, keepdim=True) / count, 0.0)
    size = (points.square().sum((-1, -2), keepdim=True) / count).sqrt()
    points = points / size.clamp_min(torch.finfo(points.dtype).tiny)
    return torch.cat([points, there.to(points)], dim=-1), size


_TORSO = [PAPER_13.index(f"{side}_{joint}") for joint in ("hip", "shoulder") for side in ("left", "right")]


def hip_centred(keypoints: Tensor, confidence: Tensor) -> Tensor:
    """Pr-VIPE's way: centred between the hips, divided by the largest distance among shoulders and hips.

    Gives x, y and presence (..., 13, 3). Where hips or shoulders are missing: centred on the hip that is there, else
    as normalise does; without two of the four, divided by what normalise divides by.
    """
    there = (confidence > 0)[..., None]
    fallback, size = centre_and_scale(keypoints, confidence)
    points = torch.where(there, keypoints, 0.0)
    torso, known = points[..., _TORSO, :], there[..., _TORSO, :]
    hips = known[..., :2, :].sum(-2, keepdim=True)
    middle = (torso * known)[..., :2, :].sum(-2, keepdim=True) / hips.clamp_min(1)
    points = torch.where(hips > 0, points - middle, fallback[..., :2] * size)
    both = (known & known.mT).to(points)
    widest = (torch.cdist(torso, torso) * both).amax((-1, -2), keepdim=True)
    points = points / torch.where(widest > 0.05 * size, widest, size)
    return torch.cat([points * there, there.to(points)], dim=-1)
