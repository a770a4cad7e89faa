"""The networks of the paper: a VAE over canonical poses, and a network that puts 2D keypoints into its space.

    PoseVAE           canonical pose (13, 3) -> mu, log_var (d) -> z -> canonical pose        figure 2a, trained first
    KeypointEncoder   normalised keypoints (13, 3) -> mu (d)                                  figure 2b, decoder frozen

The paper gives no layer sizes. Both are the same residual MLP here.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .. import keypoints
from ..skeleton import MIRROR

Z = Float[Tensor, "*batch d"]


ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU}
"""To try another activation, add it here and name it in a Method (training/methods.py); to show it in the explorer, add
it to _steps in _page.py and run in js/network.js too. The methods take SiLU: on validation it gives each of them 2 to
4 points of Hit@1 more than ReLU (results/tuning.jsonl)."""


def _activation(name: str) -> nn.Module:
    if name not in ACTIVATIONS:
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)}, got {name!r}; add it to networks.ACTIVATIONS.")
    return ACTIVATIONS[name]()


class ResidualBlock(nn.Module):
    """x + W2 act(W1 norm(x)): two linear layers with a skip connection."""

    def __init__(self, width: int, dropout: float = 0.0, activation: str = "relu"):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, width)
        self.activation = _activation(activation)
        self.second = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        return x + self.dropout(self.second(self.activation(self.first(self.norm(x)))))


class ResidualMLP(nn.Sequential):
    """Linear to width, residual blocks, norm, activation, linear to outputs."""

    def __init__(
        self, inputs: int, outputs: int, width: int, blocks: int, dropout: float = 0.0, activation: str = "relu"
    ):
        super().__init__(
            nn.Linear(inputs, width),
            *(ResidualBlock(width, dropout, activation) for _ in range(blocks)),
            nn.LayerNorm(width),
            _activation(activation),
            nn.Linear(width, outputs),
        )

    def make_sides_alike(self, before, after) -> None:
        """Tie all layers, so that before(x) gives after(output); hidden units of the left and the right are halves."""
        first, *_, last = layers = [m for m in self.modules() if list(m.parameters(recurse=False))]
        for layer in layers:
            make_sides_alike(layer, before if layer is first else swapped, after if layer is last else swapped)

    def hidden(self, x: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch width"]:
        """All but the last layer."""
        for layer in list(self)[:-1]:
            x = layer(x)
        return x


def swapped(x: Float[Tensor, "*batch units"]) -> Float[Tensor, "*batch units"]:
    """Swap the two halves of the last dimension: what a mirror does to hidden units and to z, where sides are alike."""
    return x.unflatten(-1, (2, -1)).flip(-2).flatten(-2)


def swapped_each(x: Float[Tensor, "*batch units"]) -> Float[Tensor, "*batch units"]:
    """Swap the two halves of mu, and those of log_var."""
    return swapped(x.unflatten(-1, (2, -1))).flatten(-2)


def mirrored_joints(x: Float[Tensor, "*batch 39"]) -> Float[Tensor, "*batch 39"]:
    """Mirror poses, or keypoints with presence, of which the first coordinate points to the side."""
    # not skeleton.mirror: it looks at the values, and storage builds models on the meta device, which has none
    return (x.unflatten(-1, (13, 3))[..., MIRROR, :] * x.new_tensor([-1.0, 1.0, 1.0])).flatten(-2)


def make_sides_alike(layer: nn.Module, before, after) -> None:
    """Tie a layer's weights, now and in training: before(x), the mirror image of its input, gives after(output).

    The mean of a weight and its mirror image is kept, and so is that of its gradients. So a network of such layers
    knows of each pose what it knows of its mirror image, and has half as much to learn.
    """

    def image(weight: Tensor) -> Tensor:
        return after(weight) if weight.ndim == 1 else after(before(weight).mT).mT

    for weight in layer.parameters(recurse=False):
        with torch.no_grad():
            tied = weight + image(weight)
            weight.copy_(tied / (2 if weight.ndim == 1 else math.sqrt(2)))  # so that a matrix keeps its spread
        weight.register_hook(lambda gradient: (gradient + image(gradient)) / 2)
    if isinstance(layer, nn.Linear) and before is after is swapped:
        layer.__class__ = HalvesLinear


class HalvesLinear(nn.Linear):
    """A linear layer that make_sides_alike tied between halves: the same function with half of the products.

    Its weight is ((same, other), (other, same)), so the sum of the two halves and their difference do not mix.
    """

    def forward(self, input: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch outputs"]:
        """Give input @ weight.T + bias."""
        left, right = input.chunk(2, dim=-1)
        same, other = self.weight[: self.out_features // 2].chunk(2, dim=-1)
        total, difference = (left + right) @ (same + other).mT, (left - right) @ (same - other).mT
        output = torch.cat([total + difference, total - difference], dim=-1) / 2
        return output if self.bias is None else output + self.bias


class PoseVAE(nn.Module):
    """Variational autoencoder of canonical poses (the paper's figure 2a).

    sides_alike: the mirror image of a pose has the halves of z swapped; beyond the paper.
    """

    def __init__(
        self, latent: int = 32, width: int = 384, blocks: int = 2, activation: str = "relu", sides_alike: bool = False
    ):
        super().__init__()
        self.config = {
            "latent": latent, "width": width, "blocks": blocks, "activation": activation, "sides_alike": sides_alike,
        }  # fmt: skip
        self.encoder = ResidualMLP(39, 2 * latent, width, blocks, activation=activation)
        self.decoder = ResidualMLP(latent, 39, width, blocks, activation=activation)
        if sides_alike:
            self.encoder.make_sides_alike(mirrored_joints, swapped_each)
            self.decoder.make_sides_alike(swapped, mirrored_joints)

    def encode(self, canonical: Float[Tensor, "*batch 13 3"]) -> tuple[Z, Z]:
        """Give the posterior's mu and log_var, each (..., d)."""
        mu, log_var = self.encoder(canonical.flatten(-2)).chunk(2, dim=-1)
        return mu, log_var.clamp(-12, 6)

    def decode(self, z: Z) -> Float[Tensor, "*batch 13 3"]:
        """Give the canonical pose (metres of one standard body) of z (..., d)."""
        return self.decoder(z).unflatten(-1, (13, 3))

    def forward(self, canonical, generator: torch.Generator | None = None):
        """Encode, sample z = mu + exp(log_var / 2) eps, decode: gives the decoded poses, mu and log_var."""
        mu, log_var = self.encode(canonical)
        eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype).to(mu.device)
        return self.decode(mu + (log_var / 2).exp() * eps), mu, log_var


class Upright(nn.Module):
    """Turn normalised keypoints upright in the picture."""

    def forward(self, features: Float[Tensor, "*batch 39"]) -> Float[Tensor, "*batch 39"]:
        """Give keypoints.upright of features."""
        return keypoints.upright(features.unflatten(-1, (13, 3))).flatten(-2)


class KeypointEncoder(nn.Module):
    """2D mapping network: normalised keypoints with presence to the embedding's mean (the paper's figure 2b).

    Beyond the paper: log_var, also predict how unsure each dimension is, from the same hidden layer; sides_alike, as
    in PoseVAE; upright, first turn the keypoints upright in the picture.
    """

    def __init__(
        self,
        latent: int = 32,
        width: int = 512,
        blocks: int = 2,
        log_var: bool = False,
        activation: str = "relu",
        sides_alike: bool = False,
        upright: bool = False,
    ):
        super().__init__()
        self.config = {
            "latent": latent, "width": width, "blocks": blocks, "log_var": log_var, "activation": activation,
            "sides_alike": sides_alike, "upright": upright,
        }  # fmt: skip
        self.turn = Upright() if upright else nn.Identity()
        self.net = ResidualMLP(39, latent, width, blocks, activation=activation)
        self.log_var = nn.Linear(width, latent) if log_var else None
        if sides_alike:
            self.net.make_sides_alike(mirrored_joints, swapped)
            if self.log_var is not None:
                make_sides_alike(self.log_var, swapped, swapped)

    def forward(self, features: Float[Tensor, "*batch 13 3"]) -> Z:
        """features: what keypoints.normalise gives."""
        return self.net(self.turn(features.flatten(-2)))

    def both(self, features: Float[Tensor, "*batch 13 3"]) -> tuple[Z, Z | None]:
        """The mean, and log_var or None; log_var's gradient stops at the hidden layer, so the mean is not disturbed."""
        hidden = self.net.hidden(self.turn(features.flatten(-2)))
        log_var = None if self.log_var is None else self.log_var(hidden.detach()).clamp(-12, 6)
        return self.net[-1](hidden), log_var
