"""The losses of the paper, each a mean over the batch so that its weight does not depend on the batch's size."""

import torch
from jaxtyping import Float
from torch import Tensor


def reconstruction(decoded: Float[Tensor, "n 13 3"], poses: Float[Tensor, "n 13 3"]) -> Float[Tensor, ""]:
    """Mean squared error: the mean over the batch and over joints of the squared distance (m^2)."""
    return (decoded - poses).square().sum(-1).mean()


def kl_per_dimension(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, " d"]:
    """KL(N(mu, exp(log_var)) || N(0, 1)) of each latent dimension in nats, the mean over the batch."""
    return (0.5 * (mu.square() + log_var.exp() - 1 - log_var)).mean(0)


def kl(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """KL of the posterior to N(0, I): the sum over dimensions, the mean over the batch (nats)."""
    return kl_per_dimension(mu, log_var).sum()


def nearest_two(poses: Float[Tensor, "n 13 3"]) -> tuple[Tensor, Tensor, Tensor]:
    """Mine the paper's triplets: for each pose the closest other pose of the batch, and the second closest.

    Distance: L2 between canonical poses; identical poses are left out. Gives positive (n), negative (n), and valid
    (n) bool: False where fewer than two poses differ from this one.
    """
    flat = poses.flatten(1)
    squared = flat.square().sum(-1)
    distance = squared[:, None] + squared[None] - 2 * flat @ flat.T
    # float32 rounding leaves identical poses at a few 1e-7 of their squared norm, not at 0
    same = distance <= 1e-6 * squared[:, None]
    two = distance.masked_fill(same, torch.inf).topk(min(2, len(poses)), largest=False)
    if two.indices.shape[1] < 2:
        nothing = torch.zeros(len(poses), dtype=torch.long, device=poses.device)
        return nothing, nothing, torch.zeros_like(nothing, dtype=torch.bool)
    return two.indices[:, 0], two.indices[:, 1], two.values[:, 1].isfinite()


def triplet(
    mu: Float[Tensor, "n d"], poses: Float[Tensor, "n 13 3"], margin: float = 1.0
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Triplet loss with the paper's mining: the mean of max(0, |mu - mu+| - |mu - mu-| + margin).

    Gives the loss and the active fraction: the part of the batch for which it is above 0. A batch without two
    different neighbours for any pose gives 0 and 0.
    """
    positive, negative, valid = nearest_two(poses)
    if not valid.any():
        return mu.sum() * 0.0, torch.zeros((), device=mu.device)
    towards = (mu - mu[positive]).square().sum(-1).clamp_min(1e-12).sqrt()
    away = (mu - mu[negative]).square().sum(-1).clamp_min(1e-12).sqrt()
    each = (towards - away + margin).clamp_min(0)[valid]
    return each.mean(), (each > 0).float().mean()


def surprise(error: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """Negative log-likelihood of errors under N(0, exp(log_var)): nats a dimension less a constant, the mean."""
    return 0.5 * (log_var + error.square() / log_var.exp()).mean()


SAME_POSE = 0.04
"""Metres, mean over joints of canonical poses: nearer ones are not told apart by the contrastive term."""


def contrastive(
    first: Float[Tensor, "n d"], second: Float[Tensor, "n d"], poses: Float[Tensor, "n 13 3"]
) -> Float[Tensor, ""]:
    """Two views of each pose against the batch: cross-entropy of softmax(-|first_i - second_j|^2 / 2), both ways.

    The mean over the batch (nats). Pairs of nearly the same pose (mean joint distance below SAME_POSE) are left out,
    for a retrieval would count them as hits. InfoNCE (van den Oord et al. 2018) with Euclidean distances.
    """
    logits = -0.5 * torch.cdist(first, second).square()
    flat = poses.flatten(1)
    alike = torch.cdist(flat, flat) < SAME_POSE * 13**0.5
    alike.fill_diagonal_(False)
    logits = logits.masked_fill(alike, -torch.inf)
    truth = torch.arange(len(poses), device=poses.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(logits, truth) + cross_entropy(logits.T, truth)) / 2
