"""What every method is to retrieval: a network with embed_keypoints, a distance, and a file of its own."""

from typing import Any

import torch
from torch import Tensor, nn

from .._files import fingerprint, write_tensors
from ..keypoints import centre_and_scale

FORMAT = "vvipe-explore/1"


class Embedder(nn.Module):
    """The base of all models. A subclass gives embed_keypoints; and kind, parts and from_parts, to build it again.

    distance: None where embeddings are compared by the Euclidean distance, else a function of two batches.
    about: what is known of the training, kept in the file.
    """

    kind = ""
    distance = None
    embed_keypoints: Any  # (..., 13, 2) pixels and their confidence (..., 13) or None: (..., d)

    def __init__(self, about: dict | None = None):
        super().__init__()
        self.about = dict(about or {})

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the weights."""
        return next(self.parameters()).dtype

    def parts(self) -> dict[str, dict]:
        """Give the configuration of each network, from which from_parts builds the same networks."""
        raise TypeError(f"{type(self).__name__} can't be saved: it has no parts(); write one that gives its settings.")

    @classmethod
    def from_parts(cls, parts: dict[str, dict], about: dict) -> "Embedder":
        """Build the model, with weights at random, from what parts gave."""
        raise TypeError(f"{cls.__name__} can't be loaded: it has no from_parts(); write the inverse of its parts().")

    def features(self, keypoints: Tensor, confidence: Tensor) -> Tensor:
        """Normalise checked keypoints to what the 2D network reads, in its dtype and on its device."""
        return centre_and_scale(keypoints, confidence)[0].to(next(self.parameters()))

    def fingerprint(self) -> str:
        """Give the start of a SHA-256 of all weights: the same for the same model, wherever it lies."""
        return fingerprint(self.state_dict())[:16]

    def describe(self, dtype: torch.dtype | None = None, about: dict | None = None) -> tuple[dict, dict]:
        """Give the tensors (in dtype, if given) and the description from which storage.load builds the model."""
        tensors = {k: v.detach().cpu().to(dtype or v.dtype).contiguous() for k, v in self.state_dict().items()}
        about = {**self.about, **(about or {})}
        return tensors, {"format": FORMAT, "kind": self.kind, "parts": self.parts(), "about": about}

    def save(self, path, dtype: torch.dtype | None = None, about: dict | None = None) -> None:
        """Write weights and description to one safetensors file, atomically. dtype: torch.float16 halves the file."""
        write_tensors(path, *self.describe(dtype, about))
