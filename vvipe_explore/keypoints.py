"""2D keypoints as a network reads them.

Keypoints are pixels, x right and y down, with a confidence in [0, 1] each. Confidence 0 means missing: the joint's
coordinates then carry no meaning, and nothing here reads them.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import ALL_THERE, any_floats, arrays, keypoints_13
from .skeleton import PAPER_13

DOUBTFUL = 0.3
"""A joint with less than this part of the frame's highest confidence counts as missing. Detectors invent what they
can't see, such as the nose of a person seen from behind, and give it a low score."""


@arrays(confidence=any_floats)
def believed(confidence: Tensor):
    """Set the confidence (..., joints) of what is DOUBTFUL to 0. All that uses keypoints leaves out the same joints."""
    return torch.where(confidence < DOUBTFUL * confidence.amax(-1, keepdim=True), 0.0, confidence)


def check_keypoints(keypoints: Tensor, confidence: Tensor | None) -> tuple[Tensor, Tensor]:
    """Check keypoints (..., 13, 2) and confidence together; give confidence 1 where it is None, 0 where DOUBTFUL.

    Raises ValueError if their shapes differ, confidence leaves [0, 1], a keypoint that is there is not finite, a frame
    has fewer than 2 keypoints, or all of them lie at one point.
    """
    if confidence is None:
        confidence = torch.ones_like(keypoints[..., 0])
    if confidence.shape != keypoints.shape[:-1]:
        raise ValueError(
            f"expected confidence of shape {tuple(keypoints.shape[:-1])}, one number a keypoint, got "
            f"{tuple(confidence.shape)}; pass None if the detector gives none."
        )
    if ((confidence < 0) | (confidence > 1)).any():
        raise ValueError(
            f"expected confidence in [0, 1], 0 for missing, got [{confidence.min():.3g}, {confidence.max():.3g}]; "
            "divide per cent by 100, or clip scores that are a little outside with confidence.clip(0, 1)."
        )
    present = torch.isfinite(keypoints).all(-1)
    if (~present & (confidence > 0)).any():
        raise ValueError(
            "expected finite keypoints, got some that are NaN or infinite with a confidence above 0; "
            "set the confidence of missing keypoints to 0."
        )
    confidence = believed(confidence)
    there = (confidence > 0)[..., None]
    if (there.sum(-2) < 2).any():
        raise ValueError(
            "expected at least 2 keypoints with confidence above 0 in every frame, got a frame with fewer; "
            "drop these frames."
        )
    # compared, not subtracted from their mean: rounding would leave one point with a little size
    high, low = keypoints.masked_fill(~there, -torch.inf).amax(-2), keypoints.masked_fill(~there, torch.inf).amin(-2)
    if (high == low).all(-1).any():
        raise ValueError("expected a body with an extent, got a frame with all keypoints at one point; drop it.")
    return keypoints, confidence


checked_keypoints = arrays(check_keypoints, keypoints=keypoints_13, confidence=any_floats)
"""Decorate a public function of keypoints and confidence: it gets tensors that check_keypoints let pass."""


@checked_keypoints
def normalise(
    keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] = ALL_THERE
) -> Float[Tensor, "*batch 13 3"]:
    """Centre and scale keypoints for the network: (x, y, presence) a joint, missing joints (0, 0, 0).

    Origin: the mean of the joints that are there; unit: their root-mean-square distance from it. At least two joints
    must be there. Where the person stands in the picture and how large is lost.
    Presence is 0 where the confidence is 0 or DOUBTFUL, else 1: detectors differ in what their scores mean, and a
    network lifts real detections better without (81 against 93 mm, benchmarks/real_recording.py).
    Raises ValueError as check_keypoints does.
    """
    return centre_and_scale(keypoints, confidence)[0]


def centre_and_scale(keypoints: Tensor, confidence: Tensor) -> tuple[Tensor, Tensor]:
    """Give normalise's features (..., 13, 3) and the size in pixels (..., 1, 1) of keypoints that were checked."""
    there = (confidence > 0)[..., None]
    count = there.sum(-2, keepdim=True)
    points = torch.where(there, keypoints, 0.0)
    points = torch.where(there, points - points.sum(-2, keepdim=True) / count, 0.0)
    size = (points.square().sum((-1, -2), keepdim=True) / count).sqrt()
    points = points / size.clamp_min(torch.finfo(points.dtype).tiny)
    return torch.cat([points, there.to(points)], dim=-1), size


UPPER_END, LOWER_END = (0, 1, 2), (9, 10, 11, 12)
"""A body's ends, as places in PAPER_13: nose and shoulders, knees and ankles."""
_ENDS = torch.zeros(2, 13)
_ENDS[0, UPPER_END], _ENDS[1, LOWER_END] = 1, 1


def upright(features: Float[Tensor, "*batch 13 3"]) -> Float[Tensor, "*batch 13 3"]:
    """Turn what normalise gives in the picture, so that the middle of the lower end is below that of the upper end.

    A camera that rolls about its axis turns the picture alone: what it sees then is the same. An end of which no joint
    is there counts as the origin; where both ends are at one point, nothing turns.
    """
    points, there = features[..., :2], features[..., 2]
    ends = _ENDS.to(features) * there[..., None, :]
    upper, lower = (ends @ points / ends.sum(-1, keepdim=True).clamp_min(1)).unbind(-2)
    length = (lower - upper).norm(dim=-1, keepdim=True)
    down = torch.where(length > 1e-4, (lower - upper) / length.clamp_min(1e-4), points.new_tensor([0.0, 1.0]))
    x, y = down.unbind(-1)
    turn = torch.stack([torch.stack([y, x], -1), torch.stack([-x, y], -1)], -2)
    return torch.cat([points @ turn, there[..., None]], dim=-1)


_TORSO = [PAPER_13.index(f"{side}_{joint}") for joint in ("hip", "shoulder") for side in ("left", "right")]


def hip_centred(keypoints: Tensor, confidence: Tensor) -> Tensor:
    """Normalise as Pr-VIPE does: centre between the hips, divide by the largest distance among shoulders and hips.

    Gives x, y and presence (..., 13, 3) of keypoints that were checked. With one hip missing the other is the centre,
    with both normalise's; with fewer than two of the four joints the unit is normalise's.
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
