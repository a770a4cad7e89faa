"""Spaces to compare the pose VAE with: PCA, and an autoencoder without noise; each with a PoseVAE's encode and decode.

Whatever takes a trained PoseVAE takes these: tasks.KeypointTask, models.VVIPE, quality.compare.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .models import PoseVAE


class PCA(PoseVAE):
    """Principal components with a PoseVAE's encode and decode: the best linear space of so many dimensions."""

    def __init__(self, canonical: Float[Tensor, "n 13 3"], latent: int = 32):
        nn.Module.__init__(self)
        flat = canonical.float().flatten(1)
        mean = flat.mean(0)
        _, widths, axes = torch.linalg.svd(flat - mean, full_matrices=False)
        most = int((widths > 1e-6 * widths[0]).sum())
        if not 1 <= latent <= most:
            raise ValueError(f"latent is {latent}; 1 to {most} was wanted, the directions in which these poses differ.")
        self.config = {"latent": latent}
        self.register_buffer("mean", mean)
        self.register_buffer("axes", axes[:latent].clone())

    def encode(self, canonical):
        """Give the coordinates along the axes (..., d), metres, and log_var of -infinity: there is no doubt."""
        z = (canonical.flatten(-2) - self.mean) @ self.axes.T
        return z, torch.full_like(z, -torch.inf)

    def decode(self, z):
        """Give the pose (..., 13, 3) at z (..., d)."""
        return (z @ self.axes + self.mean).unflatten(-1, (13, 3))


class Autoencoder(PoseVAE):
    """A PoseVAE's networks without its noise; train it with VAETask(..., kl_weight=0.0, triplet_weight=0.0)."""

    def encode(self, canonical):
        """Give the code (..., d), and log_var of -infinity: there is no doubt."""
        z = super().encode(canonical)[0]
        return z, torch.full_like(z, -torch.inf)

    def forward(self, canonical, generator: torch.Generator | None = None):
        """Encode and decode: gives the decoded poses, the code, and zeros where VAETask asks for log_var."""
        z, _ = self.encode(canonical)
        return self.decode(z), z, torch.zeros_like(z)
