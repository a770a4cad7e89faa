"""Other alignments than the paper's: what each takes out of a pose, and what it costs to learn, find and lift.

    as recorded      place and size are taken out; which way the person faces, lean and tilt stay
    heading only     also which way the hips face; gravity stays down
    hips and spine   also lean and tilt: alignment.canonicalise, the paper's
    hips alone       the hip line becomes +x, tilted hips included; up stays as near to gravity as that allows
    principal axes   the axes of the joints' spread, the longest one up

Each takes poses (..., 13, 3) in world axes, +y up, and gives a Canonical. Place and size are taken out alike in all.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from .. import cameras
from ..alignment import STANDARD_SIZE, Canonical, canonicalise
from ..metrics import mpjpe, pa_mpjpe
from ..models.vvipe import VVIPE
from ..plots import strip
from ..skeleton import bone_lengths, mid_hip, mid_shoulder
from ..training.small import train_small
from ..training.turns import about
from .cross_view import cross_view_hits, project_to
from .markdown import markdown_table
from .pose_sets import Poses

LYING = 45.0
"""Degrees: a trunk that leans farther than this lies more than it stands."""


def _turned(poses: Tensor, rotation: Float[Tensor, "*batch 3 3"]) -> Canonical:
    """Centre, scale and turn poses by rotation, whose rows are the frame's axes in the world's."""
    origin, scale = mid_hip(poses), bone_lengths(poses).sum(-1) / STANDARD_SIZE
    turned = (poses - origin[..., None, :]) @ rotation.mT / scale[..., None, None]
    return Canonical(turned, rotation, origin, scale)


def _frame(left: Tensor, up: Tensor) -> Float[Tensor, "*batch 3 3"]:
    """Give the rotation whose first row is left and whose second is as near to up as that allows."""
    left = normalize(left, dim=-1)
    forward = normalize(torch.linalg.cross(left, up.expand_as(left)), dim=-1)
    return torch.stack([left, torch.linalg.cross(forward, left), forward], -2)


def _gravity(poses: Tensor) -> Tensor:
    return torch.tensor([0.0, 1.0, 0.0]).to(poses)


def as_recorded(poses: Tensor) -> Canonical:
    """Take out place and size alone."""
    return _turned(poses, torch.eye(3).to(poses).expand(*poses.shape[:-2], 3, 3))


def heading_only(poses: Tensor) -> Canonical:
    """Take out which way the hips face, too: the horizontal part of the hip line becomes +x."""
    hips = poses[..., 7, :] - poses[..., 8, :]
    return _turned(poses, _frame(hips - hips * _gravity(poses), _gravity(poses)))


def hips_alone(poses: Tensor) -> Canonical:
    """Turn the hip line to +x, and up as near to gravity as that allows."""
    return _turned(poses, _frame(poses[..., 7, :] - poses[..., 8, :], _gravity(poses)))


def principal_axes(poses: Tensor) -> Canonical:
    """Turn the direction in which the joints spread most to +y, and the second to +x; hips and trunk give the signs."""
    centred = poses - poses.mean(-2, keepdim=True)
    axes = torch.linalg.eigh(centred.mT @ centred).eigenvectors  # columns; the widest spread comes last
    up, left = axes[..., 2], axes[..., 1]
    trunk, hips = mid_shoulder(poses) - mid_hip(poses), poses[..., 7, :] - poses[..., 8, :]
    up, left = (axis * torch.where((axis * of).sum(-1, keepdim=True) < 0, -1.0, 1.0)
                for axis, of in ((up, trunk), (left, hips)))  # fmt: skip
    return _turned(poses, _frame(left, up))


ALIGNMENTS: dict[str, Callable[[Tensor], Canonical]] = {
    "as recorded": as_recorded, "heading only": heading_only, "hips and spine": canonicalise,
    "hips alone": hips_alone, "principal axes": principal_axes,
}  # fmt: skip
"""The alignments by name, "hips and spine" being the paper's."""

MEASURES = {
    "reconstruction": ("VAE: pose back, PA-MPJPE (mm)", 0),
    "lifted": ("lifted from one view, PA-MPJPE (mm)", 0),
    "as drawn": ("the same without turning it, MPJPE (mm)", 0),
    "hit@1": ("found across cameras, Hit@1 (%)", 0),
    "lean": ("lean off by, all (degrees)", 0),
    "lean, lying": ("lean off by, trunk on its side (degrees)", 0),
}
"""What measure gives: each figure's description, and its digits in the table."""


def lean(poses: Float[Tensor, "*batch 13 3"]) -> Float[Tensor, "*batch"]:
    """Measure the angle between trunk and +y, in degrees: 0 stands, 90 lies, more hangs head down."""
    trunk = mid_shoulder(poses) - mid_hip(poses)
    return torch.rad2deg(torch.atan2(trunk[..., [0, 2]].norm(dim=-1), trunk[..., 1]))


@torch.no_grad()
def measure(model, align: Callable[[Tensor], Canonical], poses: Poses) -> dict[str, float]:
    """Measure a model that was trained with an alignment, on world poses (n, 13, 3) in metres: see MEASURES.

    Lifting is from one random camera a pose, retrieval between the protocol's unseen cameras. The lean of the lifted
    body is compared to that of the person in the room.
    """
    aligned = align(poses).poses
    keypoints = cameras.view(poses, cameras.random_orbit(len(poses), torch.Generator().manual_seed(0)))
    lifted = model.lift(keypoints)
    off = (lean(lifted) - lean(poses)).abs()
    back = model.decode(model.vae.encode(aligned)[0])
    return {
        "reconstruction": 1000 * pa_mpjpe(back, aligned).mean().item(),
        "lifted": 1000 * pa_mpjpe(lifted, aligned).mean().item(),
        "as drawn": 1000 * mpjpe(lifted, aligned).mean().item(),
        "hit@1": cross_view_hits(model, poses, project_to(poses, cameras.UNSEEN), (1,))[1],
        "lean": off.mean().item(),
        "lean, lying": off[lean(poses) > LYING].mean().item(),
    }


def show_frames(pose: Float[Tensor, "13 3"], turn: float = 60.0, lean_forward: float = 20.0) -> None:
    """Draw a pose, turned and bent by so many degrees in the room, in the frame of each alignment; for sliders."""
    rotation = about("y", torch.tensor(float(turn))) @ about("x", torch.tensor(float(lean_forward)))
    turned = canonicalise(pose).poses @ rotation.to(pose).T
    strip(torch.stack([align(turned).poses for align in ALIGNMENTS.values()]), list(ALIGNMENTS), gap=1.7)


def compare(
    train: Poses, held_out: Poses, vae_steps: int = 200, steps: int = 300, seed: int = 0
) -> tuple[dict[str, dict[str, float]], dict[str, VVIPE]]:
    """Train a small V-VIPE with each alignment, all with the same steps; gives {name: figures} and {name: model}.

    train and held_out: world poses (n, 13, 3), metres.
    """
    rows, models = {}, {}
    for name, align in ALIGNMENTS.items():
        models[name], _, _ = train_small(train, held_out, vae_steps, steps, align, seed)
        rows[name] = measure(models[name], align, held_out)
    return rows, models


def as_table(rows: dict[str, dict[str, float]]) -> str:
    """Write what compare measures as a Markdown table: a line for each figure, a column for each alignment."""
    lines = [
        [description, *(f"{row[figure]:.{digits}f}" for row in rows.values())]
        for figure, (description, digits) in MEASURES.items()
    ]
    return markdown_table(["", *rows], lines)
