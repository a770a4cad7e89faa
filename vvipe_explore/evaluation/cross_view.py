"""Retrieval across views: each method finds the same pose from another camera of the protocol.

The queries are all frames of one camera, the gallery is all frames of another camera of the same set. The tables show
the mean over the ordered pairs of cameras. Each query is embedded alone; the gallery holds the query's own frame.
"""

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from .. import cameras
from .._arrays import ALL_THERE
from ..alignment import canonicalise
from ..keypoints import checked_keypoints
from ..metrics import mpjpe, pa_mpjpe
from ..plots import FAINT, TRUNK
from ..retrieval import hit_at_k
from ..skeleton import MIRROR, mid_hip, torso_length
from ..training.detector_errors import detector_errors
from .markdown import markdown_table

CAMERA_SETS = {"seen": cameras.SEEN, "unseen": cameras.UNSEEN}
KS = (1, 10, 20)


def project_to(poses: Tensor, camera_set: Sequence, detected: bool = False) -> list[tuple[Tensor, Tensor]]:
    """Project world poses (n, 13, 3) to each camera of a set: a view is keypoints (n, 13, 2), confidence (n, 13).

    detected: add a detector's errors, seeded by the camera's place in its set; else the projections are exact.
    """
    views = []
    for place, camera in enumerate(camera_set):
        keypoints = cameras.view(poses, cameras.fixed_orbit([camera]))
        confidence = torch.ones(keypoints.shape[:-1])
        if detected:
            keypoints, confidence = detector_errors(keypoints, torch.Generator().manual_seed(place))
        views.append((keypoints, confidence))
    return views


class Chance:
    """Retrieve a random frame: embed every frame as seeded noise."""

    distance = None

    def __init__(self, seed: int = 0):
        self.generator = torch.Generator().manual_seed(seed)

    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor | None = None) -> Tensor:
        """Give noise (n, 8)."""
        return torch.randn(len(keypoints), 8, generator=self.generator)


class RawKeypoints:
    """Compare the keypoints themselves, hip-centred and torso-scaled, over the joints that both frames have."""

    @checked_keypoints
    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor = ALL_THERE) -> Tensor:
        """Give x, y and presence of each joint as one vector (n, 39)."""
        return self._embed(keypoints, confidence)

    def _embed(self, keypoints: Tensor, confidence: Tensor) -> Tensor:
        present = (confidence > 0)[..., None]
        # A missing joint is put where its left-right partner is, else in the middle of the joints that are present.
        partner = torch.where(present[:, list(MIRROR)], keypoints[:, list(MIRROR)], self._middle(keypoints, present))
        filled = torch.where(present, keypoints, partner)
        centred = filled - mid_hip(filled)[:, None]
        size = torso_length(filled).clamp_min(1e-3 * centred.norm(dim=-1).amax(-1)).clamp_min(1e-6)
        return self._pack(centred / size[:, None, None], present)

    @staticmethod
    def _middle(keypoints: Tensor, present: Tensor) -> Tensor:
        return torch.where(present, keypoints, 0.0).sum(-2, keepdim=True) / present.sum(-2, keepdim=True)

    @staticmethod
    def _pack(points: Tensor, present: Tensor) -> Tensor:
        return torch.cat([points * present, present.to(points)], dim=-1).flatten(1)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """Give the root-mean-square distance over the joints present in both: (n, 39), (m, 39) -> (n, m)."""
        (p, in_a), (q, in_b) = (self._unpack(x) for x in (a, b))
        common = (in_a @ in_b.T).clamp_min(1)
        squared = p.abs().square() @ in_b.T + in_a @ q.abs().square().T - 2 * (p @ q.conj().T).real
        return (squared.clamp_min(0) / common).sqrt()

    @staticmethod
    def _unpack(z: Tensor) -> tuple[Tensor, Tensor]:
        x, y, present = z.unflatten(-1, (13, 3)).unbind(-1)
        return torch.complex(x, y), present


class ProcrustesKeypoints(RawKeypoints):
    """Compare the keypoints, about their mean, after the best rotation, translation and scale in the picture."""

    def _embed(self, keypoints: Tensor, confidence: Tensor) -> Tensor:
        present = (confidence > 0)[..., None]
        return self._pack(keypoints - self._middle(keypoints, present), present)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """Give sqrt(1 - |<p, q>|^2 / |p|^2 |q|^2), points as complex numbers, over the joints present in both."""
        (p, in_a), (q, in_b) = (self._unpack(x) for x in (a, b))
        norms = (p.abs().square() @ in_b.T) * (in_a @ q.abs().square().T)
        return (1 - (p @ q.conj().T).abs().square() / norms.clamp_min(1e-12)).clamp_min(0).sqrt()


BASELINES = {"chance": Chance, "2D keypoints": RawKeypoints, "2D keypoints, Procrustes": ProcrustesKeypoints}


@torch.inference_mode()
def cross_view_hits(embedder, poses: Tensor, views: list[tuple[Tensor, Tensor]], ks=KS) -> dict[int, float]:
    """Measure Hit@k in % between the views that project_to gives: the mean over ordered pairs of cameras."""
    z = [embedder.embed_keypoints(keypoints, confidence) for keypoints, confidence in views]
    canonical = canonicalise(poses).poses
    pairs = list(itertools.permutations(range(len(z)), 2))
    hits = [hit_at_k(z[i], z[j], canonical, canonical, ks, embedder.distance) for i, j in pairs]
    return {k: sum(h[k] for h in hits) / len(hits) for k in ks}


@torch.inference_mode()
def lifting_errors(embedder, poses: Tensor, views: list[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """Measure MPJPE and PA-MPJPE of the canonical poses lifted from all views, in mm of a standard body."""
    canonical = canonicalise(poses).poses
    errors = {"mpjpe": 0.0, "pa_mpjpe": 0.0}
    for view in views:
        lifted = embedder.lift(*view)
        for name, error in (("mpjpe", mpjpe), ("pa_mpjpe", pa_mpjpe)):
            errors[name] += 1000 * error(lifted, canonical).mean().item() / len(views)
    return errors


def evaluate(
    methods: Mapping[str, Any],
    poses: Tensor,
    detected: bool = False,
    report: Callable[[dict], object] = lambda row: None,
    bodies: str = "",
) -> list[dict]:
    """Measure methods (name -> embedder, or a class that makes one) on world poses (n, 13, 3), metres.

    Gives a row for each method and camera set: {"method", "bodies", "cameras", "keypoints", "hit@1", ..., "mpjpe",
    "pa_mpjpe"}; the last two are None for a method that does not lift. bodies: the name of the poses, for the rows.
    report is called with each finished row.
    """
    rows = []
    for set_name, camera_set in CAMERA_SETS.items():
        views = project_to(poses, camera_set, detected)
        for name, embedder in methods.items():
            embedder = embedder() if isinstance(embedder, type) else embedder
            row = {"method": name, "bodies": bodies, "cameras": set_name, "keypoints": "D" if detected else "GT"}
            row |= {f"hit@{k}": hit for k, hit in cross_view_hits(embedder, poses, views).items()}
            lifts = hasattr(embedder, "lift")
            row |= lifting_errors(embedder, poses, views) if lifts else {"mpjpe": None, "pa_mpjpe": None}
            rows.append(row)
            report(row)
    return rows


def summarise(runs: list[list[dict]]) -> list[dict]:
    """Put the rows of several seeds together: the mean of each figure, and the standard deviation "hit@1 spread".

    A row that only some of the runs have is the mean of those; "seeds" counts them.
    """
    together = {}
    for row in itertools.chain(*runs):
        together.setdefault((row["method"], row["bodies"], row["cameras"], row["keypoints"]), []).append(row)
    summary = []
    for rows in together.values():
        figures = {name: [row[name] for row in rows] for name, value in rows[0].items() if isinstance(value, float)}
        mean = {name: statistics.fmean(values) for name, values in figures.items()}
        spread = {"hit@1 spread": statistics.stdev(figures["hit@1"])} if len(rows) > 1 else {}
        summary.append({**rows[0], **mean, **spread, "seeds": len(rows)})
    return summary


def as_table(rows: list[dict]) -> str:
    """Write the rows of evaluate as a Markdown table: a line for each method, seen and unseen cameras side by side.

    With both kinds of keypoints a column names the kind; rows of summarise show Hit@1 with its spread. Rows of several
    bodies: the first ones are shown; bodies_table shows all.
    """
    rows = [row for row in rows if row["bodies"] == rows[0]["bodies"]]
    both = len({row["keypoints"] for row in rows}) > 1
    head = ["method", *["keypoints"] * both, "seen Hit@1", "@10", "@20", "PA-MPJPE"]
    head += ["unseen Hit@1", "@10", "@20", "MPJPE", "PA-MPJPE"]
    place = {(row["method"], row["keypoints"], row["cameras"]): row for row in rows}
    lines = []
    for method, keypoints in dict.fromkeys((row["method"], row["keypoints"]) for row in rows):
        seen, unseen = (place[method, keypoints, cameras] for cameras in CAMERA_SETS)
        cells = [method, *[keypoints] * both, *_hits(seen), _millimetres(seen["pa_mpjpe"])]
        cells += [*_hits(unseen), _millimetres(unseen["mpjpe"]), _millimetres(unseen["pa_mpjpe"])]
        lines.append(cells)
    return markdown_table(head, lines)


def bodies_table(rows: list[dict]) -> str:
    """Write Hit@1 of evaluate's rows as a Markdown table: a line for each method, a column for bodies and cameras."""
    both = len({row["keypoints"] for row in rows}) > 1
    columns = list(dict.fromkeys((row["bodies"], row["cameras"]) for row in rows))
    place = {(row["method"], row["keypoints"], row["bodies"], row["cameras"]): row for row in rows}
    lines = [
        [method, *[keypoints] * both, *(_hits(place[method, keypoints, *column])[0] for column in columns)]
        for method, keypoints in dict.fromkeys((row["method"], row["keypoints"]) for row in rows)
    ]
    return markdown_table(["Hit@1", *["keypoints"] * both, *(", ".join(column) for column in columns)], lines)


def _hits(row: dict) -> list[str]:
    spread = f" ± {row['hit@1 spread']:.1f}" if "hit@1 spread" in row else ""
    return [f"{row[f'hit@{k}']:.1f}{spread if k == 1 else ''}" for k in KS]


def _millimetres(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} mm"


@torch.no_grad()
def lifting_error(model, keypoints: Tensor, canonical: Tensor, confidence: Tensor = ALL_THERE) -> float:
    """Measure the MPJPE in mm of bodies lifted from keypoints (n, 13, 2), against canonical poses (n, 13, 3)."""
    return 1000 * mpjpe(model.lift(keypoints, confidence), canonical).mean().item()


def angle_curves(model, poses: Tensor, angles: Sequence[float]) -> dict[str, list[float]]:
    """Measure the lifting error in mm while one angle of the first seen camera turns: azimuth, elevation and roll.

    poses (n, 13, 3): world, metres. angles: degrees; the azimuth counts from that camera's own, the others from level.
    """
    azimuth, elevation, roll = cameras.SEEN[0]
    turns = {
        "azimuth": [(azimuth + angle, elevation, roll) for angle in angles],
        "elevation": [(azimuth, angle, roll) for angle in angles],
        "roll": [(azimuth, elevation, angle) for angle in angles],
    }
    canonical = canonicalise(poses).poses
    return {
        turn: [lifting_error(model, keypoints, canonical) for keypoints, _ in project_to(poses, turned)]
        for turn, turned in turns.items()
    }


def plot_angle_curves(curves: Mapping[str, Mapping[str, Sequence[float]]], angles: Sequence[float], axes=None):
    """Plot what angle_curves gives for each model, and what training covers. Gives the axes, one an angle."""
    import matplotlib.pyplot as plt

    axes = axes if axes is not None else plt.subplots(1, 3, figsize=(10, 3.4), sharey=True)[1]
    covered = {"azimuth": (min(angles), max(angles)), "elevation": (-30, 30), "roll": (-30, 30)}
    own = {"azimuth": 0.0, "elevation": cameras.SEEN[0][1], "roll": cameras.SEEN[0][2]}
    for ax, (turn, band) in zip(axes, covered.items(), strict=True):
        ax.axvspan(*band, color=FAINT, alpha=0.3, lw=0, label="range of + A")
        ax.axvline(own[turn], color=TRUNK, ls=":", label="angle of the four cameras")
        for (name, curve), mark in zip(curves.items(), ("s--", "o-", "^:"), strict=False):
            ax.plot(angles, curve[turn], mark, ms=4, label=name)
        ax.set(xlabel=f"{turn} (degrees)")
    axes[0].set(ylim=(0, None), xlabel="azimuth from a seen camera (degrees)", ylabel="MPJPE (mm), less is better ↓")
    axes[0].figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return axes
