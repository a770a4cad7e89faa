"""What a detector does to exact keypoints: the protocol's frozen errors, and more kinds of them for training."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ..skeleton import LIMB_PAIRS, torso_length

NOISE = torch.tensor([0.03] * 3 + [0.035] * 2 + [0.045] * 2 + [0.03] * 2 + [0.035] * 2 + [0.045] * 2)
SWAP_PROBABILITY, OUTLIER_PROBABILITY, OUTLIER_NOISE, MISSING_PROBABILITY = 0.02, 0.02, 0.25, 0.02
"""A detector's errors as the protocol freezes them; standard deviations a joint and axis, in torso lengths."""
MISPLACED_NOISE = 0.15
"""Torso lengths by which a misplaced joint is off, beyond the protocol. Real errors are fewer and larger than its
noise, such as those of a hip that a camera does not see (notebook 06)."""


@dataclass(frozen=True)
class DetectorErrors:
    """What training does to exact keypoints, before the network sees them.

    detected: add the protocol's errors (training on D keypoints); else keypoints stay exact.
    misplaced_prob, min_noise_scale: more kinds of errors, with detected only (see detector_errors).
    missing_prob: the part of the frames that lose 1 to max_missing joints besides.
    """

    detected: bool = False
    misplaced_prob: float = 0.0
    min_noise_scale: float = 1.0
    missing_prob: float = 0.2
    max_missing: int = 4


EXACT = DetectorErrors()
"""Exact keypoints, of which some go missing."""


def drop_joints(
    confidence: Float[Tensor, "n 13"], most: int, probability: float, generator: torch.Generator | None = None
) -> Float[Tensor, "n 13"]:
    """Set the confidence of 1 to most random joints to 0 in a random part (probability) of the frames."""
    n, joints = confidence.shape
    hit = torch.rand(n, 1, generator=generator) < probability
    count = torch.randint(1, most + 1, (n, 1), generator=generator) * hit
    order = torch.rand(n, joints, generator=generator).argsort(-1).argsort(-1)
    return confidence * (order >= count)


def detector_errors(
    keypoints: Float[Tensor, "n 13 2"],
    generator: torch.Generator | None = None,
    misplaced_prob: float = 0.0,
    min_noise_scale: float = 1.0,
) -> tuple[Float[Tensor, "n 13 2"], Float[Tensor, "n 13"]]:
    """Give exact keypoints a detector's errors: limbs swapped left to right, noise, outliers, missing joints.

    The unit of the noise is the torso's length in the picture, at least a quarter of the keypoints' height. Gives
    keypoints in pixels and their confidence: 0 where missing (the coordinates then mean nothing), else 1.
    The figures are assumed, of the size of the spread of real detections (notebook 06).
    Beyond the protocol: misplaced_prob is the part of the joints that get MISPLACED_NOISE besides; min_noise_scale
    below 1 scales each frame's noise by a factor between it and 1.
    """
    n = len(keypoints)
    keypoints = _swap_limbs(keypoints, generator)
    height = keypoints[..., 1].amax(-1) - keypoints[..., 1].amin(-1)
    torso = torch.maximum(torso_length(keypoints), height / 4)[:, None, None]
    outlier = torch.rand(n, 13, generator=generator) < OUTLIER_PROBABILITY
    noise = torch.where(outlier, (NOISE.square() + OUTLIER_NOISE**2).sqrt(), NOISE)
    shake = noise[..., None] * torch.randn(n, 13, 2, generator=generator).to(keypoints)
    if min_noise_scale < 1:
        shake = shake * (min_noise_scale + (1 - min_noise_scale) * torch.rand(n, 1, 1, generator=generator))
    keypoints = keypoints + torso * shake
    if misplaced_prob:
        off = (torch.rand(n, 13, 1, generator=generator) < misplaced_prob) * MISPLACED_NOISE * torso
        keypoints = keypoints + off * torch.randn(n, 13, 2, generator=generator).to(keypoints)
    confidence = (torch.rand(n, 13, generator=generator) >= MISSING_PROBABILITY).to(keypoints)
    return keypoints, confidence


def _swap_limbs(keypoints: Tensor, generator: torch.Generator | None) -> Tensor:
    for limb in LIMB_PAIRS.values():
        for _ in range(2):  # twice over, independently: two swaps undo each other
            swap = torch.rand(len(keypoints), generator=generator) < SWAP_PROBABILITY
            order = torch.arange(13)
            for left, right in limb:
                order[left], order[right] = right, left
            keypoints = torch.where(swap[:, None, None], keypoints[:, order], keypoints)
    return keypoints
