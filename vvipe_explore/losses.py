"""The losses of the paper, each a mean over the batch so that its weight does not depend on the batch's size."""

import torch
from jaxtyping import Bool, Float, Int
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


def triplet(
    mu: Float[Tensor, "n d"],
    positive: Int[Tensor, " n"],
    negative: Int[Tensor, " n"],
    valid: Bool[Tensor, " n"],
    margin: float = 1.0,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Triplet loss: the mean of max(0, |mu - mu+| - |mu - mu-| + margin) over the valid rows.

    positive and negative: the rows of mu that are mu+ and mu- (training.objectives.mine_triplets mines them). Gives the
    loss and the active fraction, the part of the valid rows whose term is above 0; both are 0 if no row is valid.
    """
    if not valid.any():
        return mu.sum() * 0.0, torch.zeros((), device=mu.device)
    towards = (mu - mu[positive]).square().sum(-1).clamp_min(1e-12).sqrt()
    away = (mu - mu[negative]).square().sum(-1).clamp_min(1e-12).sqrt()
    each = (towards - away + margin).clamp_min(0)[valid]
    return each.mean(), (each > 0).float().mean()


def gaussian_nll(error: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """Negative log-likelihood of errors under N(0, exp(log_var)): nats a dimension less a constant, the mean."""
    return 0.5 * (log_var + error.square() / log_var.exp()).mean()


SAME_POSE = 0.04
"""Metres, mean over joints of canonical poses: the contrastive term does not tell nearer ones apart."""


def contrastive(
    first: Float[Tensor, "n d"], second: Float[Tensor, "n d"], poses: Float[Tensor, "n 13 3"]
) -> Float[Tensor, ""]:
    """Two views of each pose against the batch: cross-entropy of softmax(-|first_i - second_j|^2 / 2), both ways.

    The mean over the batch (nats). Pairs of nearly the same pose (mean joint distance below SAME_POSE) are left out:
    retrieval counts them as hits. InfoNCE (van den Oord et al. 2018) with Euclidean distances.
    """
    logits = -0.5 * torch.cdist(first, second).square()
    flat = poses.flatten(1)
    alike = torch.cdist(flat, flat) < SAME_POSE * 13**0.5
    alike.fill_diagonal_(False)
    logits = logits.masked_fill(alike, -torch.inf)
    truth = torch.arange(len(poses), device=poses.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(logits, truth) + cross_entropy(logits.T, truth)) / 2
