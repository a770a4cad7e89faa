"""The networks of the paper and what they are compared to; `load` and `load_pretrained` read them."""

from .baselines import PCA, Autoencoder, DirectLifter
from .embedder import Embedder
from .networks import KeypointEncoder, PoseVAE, ResidualBlock, ResidualMLP
from .storage import load, load_pretrained
from .vvipe import VVIPE

__all__ = [
    "PCA", "VVIPE", "Autoencoder", "DirectLifter", "Embedder", "KeypointEncoder", "PoseVAE", "ResidualBlock",
    "ResidualMLP", "load", "load_pretrained",
]  # fmt: skip
