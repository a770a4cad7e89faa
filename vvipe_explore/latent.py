"""Move in the embedding: straight and spherical paths between two embeddings, main directions, a map."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ._arrays import any_floats, arrays
from ._extras import missing
from .alignment import Array


def _two_embeddings(z0: Tensor, z1: Tensor) -> None:
    if z0.ndim != 1 or z0.shape != z1.shape:
        raise ValueError(f"expected two embeddings (d), got shapes {tuple(z0.shape)} and {tuple(z1.shape)}.")


@arrays(_two_embeddings, z0=any_floats, z1=any_floats)
def interpolate(
    z0: Float[Tensor, " d"], z1: Float[Tensor, " d"], steps: int = 5, spherical: bool = False
) -> Float[Tensor, "steps d"]:
    """Give a path of steps embeddings from z0 (first) to z1 (last): straight, or along the great circle about 0.

    spherical: direction and length change evenly, each on its own. The path is straight where z0 and z1 have the
    same or opposite directions. Raises ValueError if widths differ or steps is below 2.
    """
    if steps < 2:
        raise ValueError(f"expected at least 2 steps, the two ends; got {steps}.")
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
    """The n main directions of an embedding, in decreasing order of how far they move the body.

    names: what each moves most, and which way. vectors (n, d): unit vectors. spread (n,): one standard deviation of
    the data along each. moves (n,): how far one standard deviation moves a joint, mean over joints and poses, metres.
    """

    names: list[str]
    vectors: Float[Array, "n d"]
    spread: Float[Array, " n"]
    moves: Float[Array, " n"]


def _at_least_two(z: Tensor) -> None:
    if z.ndim != 2 or len(z) < 2:
        raise ValueError(f"expected z to be at least two embeddings (n, d), got shape {tuple(z.shape)}.")


@arrays(_at_least_two, z=any_floats)
def directions(model, z: Float[Tensor, "poses d"], n: int = 8, samples: int = 32) -> Directions:
    """Find the n directions of the embedding that move the decoded body farthest, given embeddings z of some data.

    They are the n directions of largest mean squared joint displacement, decoded at some (samples) of z and measured
    where z has unit covariance. Varimax then rotates them among themselves, so that each moves few joints.
    Raises ValueError for fewer than two embeddings, or if all are equal.
    """
    centre, factor = z.mean(0), _spread_factor(z)
    some = z[torch.linspace(0, len(z) - 1, min(samples, len(z))).round().long()]
    fields = _displacement(model, some, factor)
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
    """Give L (d, r) with L L^T the covariance of z (n, d), without the columns of length 0."""
    variance, axes = torch.linalg.eigh(torch.cov(z.T).reshape(z.shape[1], z.shape[1]))
    kept = variance > variance.max() * 1e-6
    if not kept.any():
        raise ValueError("expected embeddings that differ, got equal ones; pass the embeddings of different poses.")
    return axes[:, kept] * variance[kept].sqrt()


def _displacement(model, z: Float[Tensor, "samples d"], steps: Float[Tensor, "d r"]) -> Float[Tensor, "samples r 39"]:
    """Measure how far each step (column) moves the joints: half the way from z - step to z + step."""
    moved = torch.stack([z[:, None] + steps.T, z[:, None] - steps.T])
    with torch.no_grad():
        plus, minus = model.decode(moved).flatten(-2).to(z)
    return (plus - minus) / 2


def varimax(loadings: Float[Tensor, "rows n"], steps: int = 60) -> Float[Tensor, "n n"]:
    """Find the rotation R for which each column of loadings @ R has few large entries.

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
_WAYS = (("out", "in"), ("up", "down"), ("forward", "back"))


def _name(field: Float[Tensor, "13 3"]) -> tuple[list[str], int]:
    """Name what a displacement moves, farthest first ("left arm up"); the sign turns the first out, up or forward."""
    mean = {part: field[list(joints)].mean(0) for part, joints in _PARTS.items()}
    order = sorted(mean, key=lambda part: -float(mean[part].norm()))
    farthest = mean[order[0]]
    axis = farthest.abs().argmax()
    outward = -1 if order[0].startswith("right") and axis == 0 else 1
    sign = 1 if float(farthest[axis]) * outward >= 0 else -1
    moved = [(part, _way(part, sign * mean[part])) for part in order]
    much = sum(bool(mean[part].norm() >= 0.6 * farthest.norm()) for part in order)
    return _joined(moved[: min(much, 2)]) + [f"{part} {way}" for part, way in moved[much:]], sign


def _way(part: str, displacement: Tensor) -> str:
    """Say which way a part moves: "up", or "in" towards the body's middle."""
    axis = int(displacement.abs().argmax())
    positive = float(displacement[axis]) > 0
    if axis == 0 and part == "head":
        return "to the left" if positive else "to the right"
    if axis == 0 and part.startswith("right"):
        positive = not positive
    return _WAYS[axis][0 if positive else 1]


def _joined(moved: list[tuple[str, str]]) -> list[str]:
    """Name one or two parts as one text; a left and a right limb that move the same way are "both arms up"."""
    if len(moved) == 2 and moved[0][1] == moved[1][1] and moved[0][0].split()[1:] == moved[1][0].split()[1:]:
        return [f"both {moved[0][0].split()[1]}s {moved[0][1]}"]
    return [", ".join(f"{part} {way}" for part, way in moved)]


def _distinct(parts: list[list[str]]) -> list[str]:
    """Name each direction by its first part; where that name is taken, add its second part or a number."""
    names: list[str] = []
    for own in parts:
        name = next((", ".join(own[:k]) for k in (1, 2) if ", ".join(own[:k]) not in names), own[0])
        count = sum(other.split(" (")[0] == name for other in names)
        names.append(f"{name} ({count + 1})" if count else name)
    return names


@arrays(_at_least_two, z=any_floats)
def layout(z: Float[Tensor, "n d"], how="pca", seed: int | None = None):
    """Lay embeddings out on a map: coordinates (n, 2) and, if the map is a plane, its axes (2, d), else None.

    how: "pca", "umap" (takes seconds), or your own coordinates (n, 2). seed: of "umap"; with one, the same embeddings
    give the same map again on this machine, more slowly, because one core does all. Another machine's map still
    differs. Without a seed, each map differs.
    """
    if not isinstance(how, str):
        places = torch.as_tensor(how, dtype=z.dtype)
        if places.shape != (len(z), 2) or not torch.isfinite(places).all():
            shape = tuple(places.shape)
            raise ValueError(f"expected layout as ({len(z)}, 2) finite numbers, one row a point; got shape {shape}.")
        return places, None
    if how == "umap":
        try:
            import umap
        except ImportError as error:
            raise missing('a map with layout="umap"', "lab", error, 'layout="pca" needs nothing') from None
        jobs, threads = -1 if seed is None else 1, torch.get_num_threads()
        mapper = umap.UMAP(n_neighbors=30, min_dist=0.15, random_state=seed, n_jobs=jobs)
        places = torch.from_numpy(mapper.fit_transform(z.numpy()))
        torch.set_num_threads(threads)  # numba sets OpenMP's, which torch shares
        return places, None
    if how != "pca":
        raise ValueError(f'expected layout "pca", "umap" or coordinates (n, 2), got {how!r}.')
    centred = z - z.mean(0)
    axes = torch.zeros(2, z.shape[1], dtype=z.dtype)
    found = torch.linalg.svd(centred, full_matrices=False)[2][:2]
    axes[: len(found)] = found
    return centred @ axes.T, axes
