"""Other ways to use a trained model, without training it again.

    Averaged    test-time averaging: embed each frame several times, rotated or with a joint hidden
    Unsure      the predicted variance enters the distance: where the 2D network is unsure, a difference counts less
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .._arrays import ALL_THERE, in_chunks
from ..keypoints import checked_keypoints
from .vvipe import VVIPE


class Averaged:
    """Embed keypoints several times and average: at each roll of the camera, and with each joint hidden in turn.

    A rotated picture shows the same pose. One misplaced joint spoils every copy except the one that hides it.
    Where a copy would keep fewer than 3 joints, none is hidden.
    """

    distance = None

    def __init__(self, model, rolls: Sequence[float] = (0.0,), hide: bool = True):
        self.model, self.rolls, self.hide = model, tuple(rolls), hide

    @checked_keypoints
    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor = ALL_THERE):
        """Give the mean embedding: (n, 13, 2) -> (n, d)."""
        return in_chunks(self._embed, confidence.shape[:-1], keypoints, confidence)

    def _embed(self, keypoints: Tensor, confidence: Tensor) -> Tensor:
        enough = (confidence > 0).sum(-1, keepdim=True) > 3
        confidences = [confidence]
        for joint in range(13) if self.hide else ():
            hidden = confidence.clone()
            hidden[..., joint] = 0
            confidences.append(torch.where(enough, hidden, confidence))
        copies = [(rotate_keypoints(keypoints, roll), sure) for roll in self.rolls for sure in confidences]
        return torch.stack([self.model.embed_keypoints(*copy) for copy in copies]).mean(0)

    def lift(self, keypoints, confidence=None):
        """Give the pose of the mean embedding: (n, 13, 2) -> (n, 13, 3)."""
        return self.model.decode(self.embed_keypoints(keypoints, confidence))


def rotate_keypoints(keypoints: Tensor, degrees: float) -> Tensor:
    """Rotate keypoints (..., 13, 2) about the picture's origin, clockwise on the screen."""
    angle = torch.deg2rad(torch.tensor(degrees)).to(keypoints)
    cosine, sine = angle.cos(), angle.sin()
    return keypoints @ torch.stack([torch.stack([cosine, sine]), torch.stack([-sine, cosine])])


class Unsure(nn.Module):
    """Compare Gaussians instead of points: -log of the density of a difference of 0, up to a constant.

    embed_keypoints gives z and log_var side by side; the model's 2D encoder must have a log_var.
    """

    def __init__(self, model: VVIPE):
        super().__init__()
        self.model = model

    @checked_keypoints
    def embed_keypoints(self, keypoints, confidence=None):
        """Give z and log_var: (n, 13, 2) -> (n, 2 d)."""
        z = self.model.embed_keypoints(keypoints, confidence)
        return torch.cat([z, self.model.keypoint_log_var(keypoints, confidence)], dim=-1)

    @staticmethod
    def distance(a: Tensor, b: Tensor) -> Tensor:
        """Sum (z - z')^2 / (v + v') + log(v + v') over dimensions: (n, 2 d), (m, 2 d) -> (n, m)."""
        (z, v), (w, u) = ((mean, log_var.exp()) for mean, log_var in (x.chunk(2, -1) for x in (a, b)))

        def to_all(z, v):
            both = v[:, None] + u
            return ((z[:, None] - w).square() / both + both.log()).sum(-1)

        return in_chunks(to_all, z.shape[:1], z, v, rows=max(1, 2**22 // max(1, w.numel())))
