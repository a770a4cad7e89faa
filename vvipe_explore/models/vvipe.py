"""V-VIPE: 3D poses and 2D keypoints in one space (the paper's section 3).

    embed_poses       canonicalise, VAE encoder                 (n, 13, 3) -> (n, d)
    embed_keypoints   normalise, 2D encoder                     (n, 13, 2) -> (n, d)
    decode            VAE decoder                               (n, d) -> (n, 13, 3) canonical
    lift = decode(embed_keypoints)        sample = decode(Gaussian of the training poses)
"""

import copy
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .._arrays import ALL_THERE, any_floats, arrays, in_chunks, poses_13
from ..alignment import canonicalise, check_torso
from ..keypoints import checked_keypoints
from .embedder import Embedder
from .networks import KeypointEncoder, PoseVAE, Z


class VVIPE(Embedder):
    """The embedding: 3D poses and 2D keypoints in one space of d dimensions, and a decoder out of it.

    numpy arrays and torch tensors both go in; what comes out is of the kind that went in.
    metric (d, d): the embedding is z = metric mu, the identity in the paper; a learned one makes distances in z say
    how different two poses are (training.objectives.KeypointObjective). latent_mean (d) and latent_factor L (d, d): the
    Gaussian of the training poses' embeddings, L L^T its covariance.
    """

    kind = "vvipe"
    metric: Tensor
    latent_mean: Tensor
    latent_factor: Tensor

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
        """Give the configuration of each network, from which from_parts builds the same networks."""
        parts = {"vae": self.vae.config}
        if self.keypoint_encoder is not None:
            parts["keypoint_encoder"] = self.keypoint_encoder.config
        return parts

    @classmethod
    def from_parts(cls, parts: dict[str, dict], about: dict) -> "VVIPE":
        """Build the model, with weights at random, from what parts gave."""
        encoder = KeypointEncoder(**parts["keypoint_encoder"]) if "keypoint_encoder" in parts else None
        return cls(PoseVAE(**parts["vae"]), encoder, about)

    @torch.no_grad()
    def networks(self) -> dict[str, nn.Module | None]:
        """Copies of the decoder (z to pose) and of the 2D encoder (features to z), with the metric worked into them."""
        decoder, encoder = copy.deepcopy(self.vae.decoder), None
        first = cast(nn.Linear, decoder[0])
        decoder[0] = _linear(first.weight.double() @ self._inverse_metric(), first.bias)
        if self.keypoint_encoder is not None:
            layers = copy.deepcopy(self.keypoint_encoder.net)
            last = cast(nn.Linear, layers[-1])
            layers[-1] = _linear(self.metric @ last.weight, self.metric @ last.bias)
            encoder = nn.Sequential(self.keypoint_encoder.turn, *layers)
        return {"decoder": decoder, "keypoint_encoder": encoder}

    @torch.no_grad()
    def fit_latent(self, canonical: Float[Tensor, "n 13 3"]) -> None:
        """Set latent_mean and latent_factor from canonical training poses; sample takes from that Gaussian."""

        def encode(part):
            return torch.cat(self.vae.encode(part), dim=-1)

        mu, log_var = in_chunks(encode, canonical.shape[:-2], canonical).chunk(2, dim=-1)
        covariance = torch.cov(mu.T.double()) + torch.diag(log_var.double().exp().mean(0))
        covariance = self.metric.double() @ covariance @ self.metric.T.double()
        self.latent_mean.copy_(mu.mean(0) @ self.metric.T)
        self.latent_factor.copy_(torch.linalg.cholesky(covariance))

    @arrays(poses=poses_13)
    def embed_poses(self, poses: Float[Tensor, "*batch 13 3"]) -> Z:
        """Embed 3D poses in any frame and any unit: the posterior's mean (..., d)."""
        check_torso(poses)  # here, so that the error counts all poses
        return in_chunks(self._embed_poses, poses.shape[:-2], poses)

    def _embed_poses(self, poses: Tensor) -> Z:
        return self.vae.encode(canonicalise(poses).poses.to(self.latent_mean))[0] @ self.metric.T

    @checked_keypoints
    def embed_keypoints(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] = ALL_THERE
    ) -> Z:
        """Embed 2D keypoints (pixels, from any camera): (..., d). confidence None: all joints are there.

        The fewer joints the network sees, the nearer its answer is to the mean of all poses, and a search would find
        middling ones. With n of 13 joints the embedding is therefore moved out from the mean by (13 / n)^(1/4).
        """
        return in_chunks(self._embed, confidence.shape[:-1], keypoints, confidence)

    def _embed(self, keypoints: Tensor, confidence: Tensor) -> Z:
        if self.keypoint_encoder is None:
            raise ValueError(
                "this model has no 2D encoder: it embeds 3D poses only; train one with vvipe train, or take "
                "load_pretrained()."
            )
        features = self.features(keypoints, confidence)
        z = self.keypoint_encoder(features) @ self.metric.T
        seen = features[..., 2].sum(-1, keepdim=True)
        return torch.where(seen < 13, torch.lerp(self.latent_mean, z, (13 / seen) ** 0.25), z)

    @checked_keypoints
    def keypoint_log_var(
        self,
        keypoints: Float[Tensor, "*batch 13 2"],
        confidence: Float[Tensor, "*batch 13"] = ALL_THERE,
        metric: bool = True,
    ) -> Z:
        """Give how unsure embed_keypoints is: the log of the error's variance in each dimension (..., d).

        metric: of z; else of mu. Only mu's errors are taken as independent of one another: to sample, sample mu.
        Raises ValueError where the 2D encoder was trained without log_var.
        """
        encoder = self.keypoint_encoder
        if encoder is None or encoder.log_var is None:
            raise ValueError("this model predicts no log_var; train one with KeypointEncoder(log_var=True).")

        def log_var(*part):
            predicted = cast(Tensor, encoder.both(self.features(*part))[1])
            return (predicted.exp() @ self.metric.square().T).log() if metric else predicted

        return in_chunks(log_var, confidence.shape[:-1], keypoints, confidence)

    @arrays(z=any_floats)
    def decode(self, z: Z) -> Float[Tensor, "*batch 13 3"]:
        """Decode embeddings (..., d) to canonical poses (..., 13, 3), metres of one standard body."""
        if z.ndim < 1 or z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"expected z of shape (..., {self.latent_dim}), this model's embedding, got {tuple(z.shape)}; "
                "embed with this model what you decode with it."
            )
        return in_chunks(self._decode, z.shape[:-1], z)

    def _decode(self, z: Z) -> Float[Tensor, "*batch 13 3"]:
        return self.vae.decode((z.double() @ self._inverse_metric().T).to(self.latent_mean))

    def _inverse_metric(self) -> Float[Tensor, "d d"]:
        """Invert the metric in double precision: that of a learned one has numbers too large for float32."""
        return torch.linalg.inv(self.metric.double())

    @checked_keypoints
    def lift(
        self, keypoints: Float[Tensor, "*batch 13 2"], confidence: Float[Tensor, "*batch 13"] = ALL_THERE
    ) -> Float[Tensor, "*batch 13 3"]:
        """Lift 2D keypoints to canonical 3D poses: decode(embed_keypoints(...))."""
        return in_chunks(lambda *part: self._decode(self._embed(*part)), confidence.shape[:-1], keypoints, confidence)

    @torch.no_grad()
    def sample(
        self, n: int = 1, temperature: float = 1.0, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n 13 3"]:
        """Generate n canonical poses: sample the Gaussian of the training embeddings and decode.

        temperature scales the deviation: 0 gives the mean pose n times, 1 the spread of the training poses. A Gaussian
        is a rough picture of where embeddings lie, and some samples are no bodies. For new poses that stay bodies, add
        a little noise to the embedding of a real one: embed_poses(pose) + 0.15 * eps @ latent_factor.T.
        """
        eps = torch.randn(n, self.latent_dim, generator=generator).to(self.latent_mean)
        return self.decode(self.latent_mean + temperature * eps @ self.latent_factor.T)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    # skip_init: a new layer's weights would take numbers from the user's random generator
    inputs, outputs = weight.shape[1], weight.shape[0]
    layer = cast(nn.Linear, nn.utils.skip_init(nn.Linear, inputs, outputs, device=bias.device, dtype=bias.dtype))
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
    return layer
