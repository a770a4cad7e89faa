"""Moving in the embedding: straight and spherical paths between two embeddings, and its main directions."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import any_floats, arrays
from .alignment import Array


def _two_embeddings(z0: Tensor, z1: Tensor) -> None:
    if z0.ndim != 1 or z0.shape != z1.shape:
        shapes = f"z0 has shape {tuple(z0.shape)} and z1 {tuple(z1.shape)}"
        raise ValueError(f"{shapes}; two single embeddings (d) were wanted.")


@arrays(_two_embeddings, z0=any_floats, z1=any_floats)
def interpolate(
    z0: Float[Tensor, " d"], z1: Float[Tensor, " d"], steps: int = 5, spherical: bool = False
) -> Float[Tensor, "steps d"]:
    """A path of steps embeddings from z0 (first) to z1 (last): straight, or along the great circle about 0.

    spherical: direction and length change evenly, apart; where z0 and z1 point the same or opposite ways it is
    the straight path. Raises ValueError if widths differ or steps is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}; at least 2 were wanted, the two ends.")
    t = torch.linspace(0, 1, steps, dtype=z0.dtype, device=z0.device)[:, None]
    straight = (1 - t) * z0 + t * z1
    r0, r1 = z0.norm(), z1.norm()
    if not spherical or r0 == 0 or r1 == 0:
        return straight
    angle = torch.arccos(((z0 / r0) @ (z1 / r1)).clamp(-1, 1))
    if angle.sin() < 1e-4:
        return straight
    direction = torch.sin((1 - t) * angle) * z0 / r0 + torch.sin(t * angle) * z1 / r1
    return direction / angle.sin() * ((1 - t) * r0 + t * r1)


@dataclass(frozen=True)
class Directions:
    """n main directions of an embedding, the one that moves the body farthest first.

    names: what each moves most, and where to. vectors (n, d): unit vectors. spread (n,): the length of one standard
    deviation of the data along each. moves (n,): how far that moves a joint, mean over joints and poses, metres.
    """

    names: list[str]
    vectors: Float[Array, "n d"]
    spread: Float[Array, " n"]
    moves: Float[Array, " n"]


def _several(z: Tensor) -> None:
    if z.ndim != 2 or len(z) < 2:
        raise ValueError(f"z has shape {tuple(z.shape)}; at least two embeddings (poses, d) were wanted.")


@arrays(_several, z=any_floats)
def directions(model, z: Float[Tensor, "poses d"], n: int = 8, samples: int = 32) -> Directions:
    """Find the n main directions along which the embedding z of some data moves the decoded body.

    In the frame where the data has unit covariance, the n directions of largest mean squared joint displacement
    (decoded at samples of the poses), turned among themselves by varimax so that each moves few joints.
    Raises ValueError for fewer than two embeddings, or if they are all alike.
    """
    centre, factor = z.mean(0), _spread_factor(z)
    some = z[torch.linspace(0, len(z) - 1, min(samples, len(z))).round().long()]
    fields = _displacement(model, some, factor)  # (samples, r, 39): half the way from -1 to +1 standard deviation
    gram = torch.einsum("sik,sjk->ij", fields, fields)
    top = torch.linalg.eigh(gram).eigenvectors.flip(-1)[:, :n]
    top = top @ varimax(fields.mean(0).T @ top)
    joints = torch.einsum("sik,ij->sjk", fields, top).unflatten(-1, (13, 3))
    moves = joints.norm(dim=-1).mean((0, 2))
    order = moves.argsort(descending=True)
    steps = (factor @ top).T[order]
    named = [_name(field) for field in _displacement(model, centre[None], steps.T)[0].unflatten(-1, (13, 3))]
    steps = steps * torch.tensor([sign for _, sign in named], dtype=z.dtype)[:, None]
    spread = steps.norm(dim=-1)
    return Directions(_distinct([parts for parts, _ in named]), steps / spread[:, None], spread, moves[order])


def _spread_factor(z: Tensor) -> Tensor:
    """L (d, r) with L L^T the covariance of z (n, d), columns of no length left out."""
    variance, axes = torch.linalg.eigh(torch.cov(z.T).reshape(z.shape[1], z.shape[1]))
    kept = variance > variance.max() * 1e-6
    if not kept.any():
        raise ValueError("all embeddings are alike, so they have no directions; pass those of different poses.")
    return axes[:, kept] * variance[kept].sqrt()


def _displacement(model, z: Float[Tensor, "samples d"], steps: Float[Tensor, "d r"]) -> Float[Tensor, "samples r 39"]:
    moved = torch.stack([z[:, None] + steps.T, z[:, None] - steps.T])
    with torch.no_grad():
        plus, minus = model.decode(moved).flatten(-2).to(z)
    return (plus - minus) / 2


def varimax(loadings: Float[Tensor, "rows n"], steps: int = 60) -> Float[Tensor, "n n"]:
    """The rotation R that makes the columns of loadings @ R most unlike one another: few large entries in each.

    Kaiser (1958), by repeated singular value decompositions.
    """
    rotation = torch.eye(loadings.shape[1], dtype=loadings.dtype, device=loadings.device)
    for _ in range(steps):
        turned = loadings @ rotation
        target = turned**3 - turned * turned.square().mean(0)
        u, _, vh = torch.linalg.svd(loadings.T @ target)
        rotation = u @ vh
    return rotation


_PARTS = {"head": (0,), "left arm": (3, 5), "right arm": (4, 6), "left leg": (9, 11), "right leg": (10, 12)}
_WORDS = (("out", "in"), ("up", "down"), ("forward", "back"))


def _name(field: Float[Tensor, "13 3"]) -> tuple[list[str], int]:
    """Say what a displacement moves, strongest first ("left arm up"), and the sign by which the first goes that way."""
    mean = {part: field[list(joints)].mean(0) for part, joints in _PARTS.items()}
    order = sorted(mean, key=lambda part: -float(mean[part].norm()))
    strongest = mean[order[0]]
    first = strongest[strongest.abs().argmax()]
    outward = -1 if order[0].startswith("right") and strongest.abs().argmax() == 0 else 1
    sign = 1 if float(first) * outward >= 0 else -1
    said = [(part, _word(part, sign * mean[part])) for part in order if mean[part].norm() >= 0.6 * strongest.norm()]
    rest = [f"{part} {_word(part, sign * mean[part])}" for part in order[len(said) :]]
    return _pairs(said[:2]) + rest, sign


def _word(part: str, way: Tensor) -> str:
    axis = int(way.abs().argmax())
    positive = float(way[axis]) > 0
    if axis == 0 and part == "head":
        return "to the left" if positive else "to the right"
    if axis == 0 and part.startswith("right"):
        positive = not positive
    return _WORDS[axis][0 if positive else 1]


def _pairs(said: list[tuple[str, str]]) -> list[str]:
    """Join a left and a right limb that go the same way: "both arms up"."""
    if len(said) == 2 and said[0][1] == said[1][1] and said[0][0].split()[1:] == said[1][0].split()[1:]:
        return [f"both {said[0][0].split()[1]}s {said[0][1]}"]
    return [", ".join(f"{part} {word}" for part, word in said)]


def _distinct(parts: list[list[str]]) -> list[str]:
    """One name a direction: its first part, more of them (or a number) where two would be called the same."""
    names: list[str] = []
    for mine in parts:
        name = next((", ".join(mine[:k]) for k in (1, 2) if ", ".join(mine[:k]) not in names), mine[0])
        count = sum(other.split(" (")[0] == name for other in names)
        names.append(f"{name} ({count + 1})" if count else name)
    return names


@arrays(_several, z=any_floats)
def layout(z: Float[Tensor, "n d"], how="pca"):
    """Lay embeddings out on a map: coordinates (n, 2) and, where it is a plane, its axes (2, d); else None.

    how: "pca", "umap" (takes seconds, and differs from machine to machine), or coordinates of your own, (n, 2).
    """
    if isinstance(how, str) and how == "pca":
        centred = z - z.mean(0)
        axes = torch.zeros(2, z.shape[1], dtype=z.dtype)
        found = torch.linalg.svd(centred, full_matrices=False)[2][:2]
        axes[: len(found)] = found
        return centred @ axes.T, axes
    if isinstance(how, str) and how == "umap":
        import umap

        return torch.from_numpy(umap.UMAP(n_neighbors=30, min_dist=0.15).fit_transform(z.numpy())), None
    if isinstance(how, str):
        raise ValueError(f'layout is {how!r}; "pca", "umap" or coordinates (n, 2) were wanted.')
    places = torch.as_tensor(how, dtype=z.dtype)
    if places.shape != (len(z), 2) or not torch.isfinite(places).all():
        shape = tuple(places.shape)
        raise ValueError(f"layout has shape {shape}; ({len(z)}, 2) finite numbers were wanted, one row a point.")
    return places, None
