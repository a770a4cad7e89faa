"""What V-VIPE is compared to: a lifter without an embedding, and spaces that are no VAE.

    DirectLifter         keypoints -> canonical pose; its embedding is the pose itself
    PCA, Autoencoder     a PoseVAE's encode and decode, so that all that takes a trained PoseVAE takes them
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .._arrays import ALL_THERE, in_chunks
from ..keypoints import checked_keypoints
from .embedder import Embedder
from .networks import KeypointEncoder, PoseVAE, Z


class DirectLifter(Embedder):
    """Baseline: keypoints to the canonical pose with the 2D network alone; its embedding is the pose itself."""

    kind = "direct"

    def __init__(self, encoder: KeypointEncoder | None = None, about: dict | None = None):
        super().__init__(about)
        self.encoder = encoder or KeypointEncoder(latent=39)

    def parts(self) -> dict[str, dict]:
        """Give the configuration of the network, from which from_parts builds the same network."""
        return {"encoder": self.encoder.config}

    @classmethod
    def from_parts(cls, parts: dict[str, dict], about: dict) -> "DirectLifter":
        """Build the model, with weights at random, from what parts gave."""
        return cls(KeypointEncoder(**parts["encoder"]), about)

    @checked_keypoints
    def lift(self, keypoints: Tensor, confidence: Tensor = ALL_THERE) -> Float[Tensor, "*batch 13 3"]:
        """Lift 2D keypoints to canonical 3D poses (..., 13, 3)."""
        return self._embed(keypoints, confidence).unflatten(-1, (13, 3))

    @checked_keypoints
    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor = ALL_THERE) -> Z:
        """Give the lifted pose as a vector (..., 39)."""
        return self._embed(keypoints, confidence)

    def _embed(self, keypoints: Tensor, confidence: Tensor) -> Z:
        return in_chunks(lambda *part: self.encoder(self.features(*part)), confidence.shape[:-1], keypoints, confidence)


class PCA(PoseVAE):
    """Principal components with a PoseVAE's encode and decode: the best linear space of so many dimensions."""

    mean: Tensor
    axes: Tensor

    def __init__(self, canonical: Float[Tensor, "n 13 3"], latent: int = 32):
        nn.Module.__init__(self)
        flat = canonical.float().flatten(1)
        mean = flat.mean(0)
        _, widths, axes = torch.linalg.svd(flat - mean, full_matrices=False)
        most = int((widths > 1e-6 * widths[0]).sum())
        if not 1 <= latent <= most:
            raise ValueError(f"expected latent from 1 to {most}, the directions of these poses, got {latent}.")
        self.config = {"latent": latent}
        self.register_buffer("mean", mean)
        self.register_buffer("axes", axes[:latent].clone())

    def encode(self, canonical):
        """Give the coordinates along the axes (..., d), metres, and log_var of -infinity: nothing is uncertain."""
        z = (canonical.flatten(-2) - self.mean) @ self.axes.T
        return z, torch.full_like(z, -torch.inf)

    def decode(self, z):
        """Give the pose (..., 13, 3) at z (..., d)."""
        return (z @ self.axes + self.mean).unflatten(-1, (13, 3))


class Autoencoder(PoseVAE):
    """A PoseVAE's networks without its noise; train it with VAEObjective(..., kl_weight=0.0, triplet_weight=0.0)."""

    def encode(self, canonical):
        """Give the code (..., d), and log_var of -infinity: nothing is uncertain."""
        z = super().encode(canonical)[0]
        return z, torch.full_like(z, -torch.inf)

    def forward(self, canonical, generator: torch.Generator | None = None):
        """Encode and decode: gives the decoded poses, the code, and zeros where VAEObjective asks for log_var."""
        z, _ = self.encode(canonical)
        return self.decode(z), z, torch.zeros_like(z)
