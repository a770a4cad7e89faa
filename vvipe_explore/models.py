"""The networks of the paper: a VAE over canonical poses, and a network that puts 2D keypoints into its space.

    PoseVAE           canonical pose (13, 3) -> mu, log_var (d) -> z -> canonical pose        trained first
    KeypointEncoder   normalised keypoints (13, 3) -> mu (d)                                  decoder frozen
    VVIPE             the two together: embed_poses, embed_keypoints, decode, lift, sample
    DirectLifter      keypoints -> canonical pose, without an embedding: the baseline

The paper does not give layer sizes; all networks here are the same residual MLP, with ReLU unless said otherwise.
"""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ._arrays import any_floats, arrays, keypoints_13, poses_13
from .alignment import canonicalise
from .keypoints import normalise, same_frames

Z = Float[Tensor, "*batch d"]


ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU}
"""SiLU in the place of ReLU raised Hit@1 of every method on validation by 2 to 4 points (see results/tuning.jsonl)."""


def _activation(name: str) -> nn.Module:
    if name not in ACTIVATIONS:
        raise ValueError(f"the activation {name!r} is unknown; there are {' and '.join(ACTIVATIONS)}")
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

    def hidden(self, x: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch width"]:
        """All but the last layer."""
        for layer in list(self)[:-1]:
            x = layer(x)
        return x


class PoseVAE(nn.Module):
    """Variational autoencoder of canonical poses (the paper's figure 2a)."""

    def __init__(self, latent: int = 32, width: int = 384, blocks: int = 2, activation: str = "relu"):
        super().__init__()
        self.config = {"latent": latent, "width": width, "blocks": blocks, "activation": activation}
        self.encoder = ResidualMLP(39, 2 * latent, width, blocks, activation=activation)
        self.decoder = ResidualMLP(latent, 39, width, blocks, activation=activation)

    def encode(self, canonical: Float[Tensor, "*batch 13 3"]) -> tuple[Z, Z]:
        """Give the posterior's mu and log_var, each (..., d)."""
        mu, log_var = self.encoder(canonical.flatten(-2)).chunk(2, dim=-1)
        return mu, log_var.clamp(-12, 6)

    def decode(self, z: Z) -> Float[Tensor, "*batch 13 3"]:
        """Give the canonical pose (metres of one standard body) of z (..., d)."""
        return self.decoder(z).unflatten(-1, (13, 3))

    def forward(self, canonical, generator: torch.Generator | None = None):
        """Encode, draw z = mu + exp(log_var / 2) eps, decode: gives the decoded poses, mu and log_var."""
        mu, log_var = self.encode(canonical)
        eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype).to(mu.device)
        return self.decode(mu + (log_var / 2).exp() * eps), mu, log_var


class KeypointEncoder(nn.Module):
    """2D mapping network: normalised keypoints with presence to the embedding's mean (the paper's figure 2b).

    log_var: also predict how unsure each dimension is, from the same hidden layer; beyond the paper.
    """

    def __init__(
        self, latent: int = 32, width: int = 512, blocks: int = 2, log_var: bool = False, activation: str = "relu"
    ):
        super().__init__()
        self.config = {
            "latent": latent, "width": width, "blocks": blocks, "log_var": log_var, "activation": activation,
        }  # fmt: skip
        self.net = ResidualMLP(39, latent, width, blocks, activation=activation)
        self.log_var = nn.Linear(width, latent) if log_var else None

    def forward(self, features: Float[Tensor, "*batch 13 3"]) -> Z:
        """features: what keypoints.normalise gives."""
        return self.net(features.flatten(-2))

    def both(self, features: Float[Tensor, "*batch 13 3"]) -> tuple[Z, Z | None]:
        """The mean, and log_var or None; log_var's gradient stops at the hidden layer, so the mean is not disturbed."""
        hidden = self.net.hidden(features.flatten(-2))
        log_var = None if self.log_var is None else self.log_var(hidden.detach()).clamp(-12, 6)
        return self.net[-1](hidden), log_var


class Embedder(nn.Module):
    """What retrieval needs of a method: embed_keypoints, and a distance where Euclidean on z is not meant."""

    kind = ""
    distance = None

    def __init__(self, about: dict | None = None):
        super().__init__()
        self.about = dict(about or {})

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def parts(self) -> dict[str, dict]:
        """The configuration from which load builds the same networks again."""
        raise TypeError(f"{type(self).__name__} does not say what it is made of")

    def features(self, keypoints: Tensor, confidence: Tensor | None) -> Tensor:
        """Normalise keypoints to what the 2D network reads, in its dtype and on its device."""
        return normalise(keypoints, confidence).to(next(self.parameters()))

    def save(self, path, dtype: torch.dtype | None = None, about: dict | None = None) -> None:
        """Write weights and description to one safetensors file, atomically. dtype: torch.float16 halves the file."""
        from .storage import save_model

        save_model(self, path, dtype, about)


class VVIPE(Embedder):
    """The embedding: 3D poses and 2D keypoints in one space of d dimensions, and a decoder out of it.

    numpy arrays and torch tensors both go in; what comes out is of the kind that went in.
    metric (d, d): the embedding is z = metric mu, the identity in the paper; a learned one makes distances in z say
    how different two poses are (see tasks.KeypointTask). latent_mean (d) and latent_factor (d, d): the Gaussian of
    the training poses' embeddings, L L^T its covariance.
    """

    kind = "vvipe"

    def __init__(self, vae: PoseVAE, keypoint_encoder: KeypointEncoder | None = None, about: dict | None = None):
        super().__init__(about)
        self.vae = vae
        self.keypoint_encoder = keypoint_encoder
        latent = vae.config["latent"]
        # not torch.eye: on the meta device, where storage builds models, its first call takes a second of imports
        self.register_buffer("metric", torch.zeros(latent, latent).fill_diagonal_(1))
        self.register_buffer("latent_mean", torch.zeros(latent))
        self.register_buffer("latent_factor", torch.zeros(latent, latent).fill_diagonal_(1))

    @property
    def latent_dim(self) -> int:
        """The number of dimensions d of the embedding."""
        return self.vae.config["latent"]

    def parts(self) -> dict[str, dict]:
        """The configuration from which load builds the same networks again."""
        parts = {"vae": self.vae.config}
        if self.keypoint_encoder is not None:
            parts["keypoint_encoder"] = self.keypoint_encoder.config
        return parts

    @torch.no_grad()
    def networks(self) -> dict[str, ResidualMLP | None]:
        """Copies of the decoder (z to pose) and of the 2D encoder (features to z), with the metric worked into them."""
        decoder = copy.deepcopy(self.vae.decoder)
        decoder[0].weight.copy_(decoder[0].weight @ torch.linalg.inv(self.metric))
        encoder = None
        if self.keypoint_encoder is not None:
            encoder = copy.deepcopy(self.keypoint_encoder.net)
            encoder[-1].weight.copy_(self.metric @ encoder[-1].weight)
            encoder[-1].bias.copy_(self.metric @ encoder[-1].bias)
        return {"decoder": decoder, "keypoint_encoder": encoder}

    @torch.no_grad()
    def fit_latent(self, canonical: Float[Tensor, "n 13 3"]) -> None:
        """Set latent_mean and latent_factor from canonical training poses; sample draws from that Gaussian."""
        mu, log_var = self.vae.encode(canonical)
        covariance = torch.cov(mu.T.double()) + torch.diag(log_var.double().exp().mean(0))
        covariance = self.metric.double() @ covariance @ self.metric.T.double()
        self.latent_mean.copy_(mu.mean(0) @ self.metric.T)
        self.latent_factor.copy_(torch.linalg.cholesky(covariance))

    @arrays(poses=poses_13)
    def embed_poses(self, poses: Float[Tensor, "*batch 13 3"]) -> Z:
        """Embed 3D poses in any frame and any unit: the posterior's mean (..., d)."""
        return self.vae.encode(canonicalise(poses).poses.to(self.latent_mean))[0] @ self.metric.T

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def embed_keypoints(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] | None = None
    ) -> Z:
        """Embed 2D keypoints (pixels, from any camera): (..., d). confidence None: all joints are there.

        What the network gives is a mean, and the fewer joints it sees, the nearer is that to the mean of all poses,
        where a search would then find middling ones: with n of 13 joints it is moved out from there by (13 / n)^(1/4).
        """
        if self.keypoint_encoder is None:
            raise ValueError(
                "this model has no 2D encoder: it embeds 3D poses only. Train one with vvipe train, "
                "or take load_pretrained()."
            )
        features = self.features(keypoints, confidence)
        z = self.keypoint_encoder(features) @ self.metric.T
        seen = features[..., 2].sum(-1, keepdim=True)
        return torch.where(seen < 13, torch.lerp(self.latent_mean, z, (13 / seen) ** 0.25), z)

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def keypoint_log_var(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] | None = None
    ) -> Z:
        """How unsure embed_keypoints is: the log of the error's variance in each dimension (..., d).

        Raises ValueError where the 2D encoder was trained without log_var.
        """
        if self.keypoint_encoder is None or self.keypoint_encoder.log_var is None:
            raise ValueError("this model predicts no log_var; train one with KeypointEncoder(log_var=True).")
        log_var = self.keypoint_encoder.both(self.features(keypoints, confidence))[1]
        return (log_var.exp() @ self.metric.square().T).log()

    @arrays(z=any_floats)
    def decode(self, z: Z) -> Float[Tensor, "*batch 13 3"]:
        """Decode embeddings (..., d) to canonical poses (..., 13, 3), metres of one standard body."""
        if z.ndim < 1 or z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"z has shape {tuple(z.shape)}; (..., {self.latent_dim}) was wanted, the width of this model's "
                "embedding. Embeddings of another model do not fit."
            )
        return self.vae.decode(z.to(self.latent_mean) @ torch.linalg.inv(self.metric).T)

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def lift(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] | None = None
    ) -> Float[Tensor, "*batch 13 3"]:
        """Lift 2D keypoints to canonical 3D poses: decode(embed_keypoints(...))."""
        return self.decode(self.embed_keypoints(keypoints, confidence))

    @torch.no_grad()
    def sample(
        self, n: int = 1, temperature: float = 1.0, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n 13 3"]:
        """Generate n canonical poses: decode draws from the Gaussian of the training embeddings.

        temperature scales the deviation: 0 gives the mean pose n times, 1 the spread of the training poses.
        """
        eps = torch.randn(n, self.latent_dim, generator=generator).to(self.latent_mean)
        return self.decode(self.latent_mean + temperature * eps @ self.latent_factor.T)


class DirectLifter(Embedder):
    """Baseline: keypoints to the canonical pose with the 2D network alone; its embedding is the pose itself."""

    kind = "direct"

    def __init__(self, encoder: KeypointEncoder | None = None, about: dict | None = None):
        super().__init__(about)
        self.encoder = encoder or KeypointEncoder(latent=39)

    def parts(self) -> dict[str, dict]:
        """The configuration from which load builds the same network again."""
        return {"encoder": self.encoder.config}

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def lift(self, keypoints, confidence=None) -> Float[Tensor, "*batch 13 3"]:
        """Lift 2D keypoints to canonical 3D poses (..., 13, 3)."""
        return self.encoder(self.features(keypoints, confidence)).unflatten(-1, (13, 3))

    @arrays(same_frames, keypoints=keypoints_13, confidence=any_floats)
    def embed_keypoints(self, keypoints, confidence=None) -> Z:
        """The lifted pose as a vector (..., 39)."""
        return self.encoder(self.features(keypoints, confidence))
