"""The measurement: the same pose found from another camera, by every method, on the protocol's cameras.

Each ordered pair of cameras of a set is queried, every frame of one camera against all frames of the other; the
table shows the mean over pairs. Each query is embedded alone; its own frame is in the gallery.
"""

import itertools
import statistics
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .. import cameras
from ..alignment import canonicalise
from ..keypoints import checked_keypoints
from ..metrics import mpjpe, pa_mpjpe
from ..retrieval import hit_at_k
from ..skeleton import mid_hip, mirror_name, names_of, torso_length
from ..training.detector_errors import detector_errors

CAMERA_SETS = {"seen": cameras.SEEN, "unseen": cameras.UNSEEN}
KS = (1, 10, 20)


def project_to(poses: Tensor, camera_set: Sequence, detected: bool = False) -> list[tuple[Tensor, Tensor]]:
    """What each camera of a set sees of world poses (n, 13, 3): keypoints (n, 13, 2) and confidence (n, 13).

    detected: with a detector's errors, seeded by the camera's place in its set; else exact projections.
    """
    seen = []
    for place, camera in enumerate(camera_set):
        keypoints = cameras.view(poses, cameras.fixed_orbit([camera]))
        confidence = torch.ones(keypoints.shape[:-1])
        if detected:
            keypoints, confidence = detector_errors(keypoints, torch.Generator().manual_seed(place))
        seen.append((keypoints, confidence))
    return seen


class Chance:
    """Retrieves a random frame: embeds every frame as seeded noise."""

    distance = None

    def __init__(self, seed: int = 0):
        self.generator = torch.Generator().manual_seed(seed)

    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor | None = None) -> Tensor:
        """Noise (n, 8)."""
        return torch.randn(len(keypoints), 8, generator=self.generator)


_PARTNER = [names_of("paper_13").index(mirror_name(name)) for name in names_of("paper_13")]


class RawKeypoints:
    """The keypoints themselves, hip-centred and torso-scaled, compared over the joints that both have."""

    @checked_keypoints
    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor | None = None) -> Tensor:
        """x, y and presence of each joint, as one vector (n, 39)."""
        there = (confidence > 0)[..., None]
        # A missing hip or shoulder stands where its partner is, else in the middle of what is there.
        partner = torch.where(there[:, _PARTNER], keypoints[:, _PARTNER], self._middle(keypoints, there))
        filled = torch.where(there, keypoints, partner)
        centred = filled - mid_hip(filled)[:, None]
        size = torso_length(filled).clamp_min(1e-3 * centred.norm(dim=-1).amax(-1)).clamp_min(1e-6)
        return self._pack(centred / size[:, None, None], there)

    @staticmethod
    def _middle(keypoints: Tensor, there: Tensor) -> Tensor:
        return torch.where(there, keypoints, 0.0).sum(-2, keepdim=True) / there.sum(-2, keepdim=True)

    @staticmethod
    def _pack(points: Tensor, there: Tensor) -> Tensor:
        return torch.cat([points * there, there.to(points)], dim=-1).flatten(1)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """Root-mean-square distance over the joints present in both: (n, 39), (m, 39) -> (n, m)."""
        (p, here), (q, there) = (self._unpack(x) for x in (a, b))
        common = (here @ there.T).clamp_min(1)
        squared = p.abs().square() @ there.T + here @ q.abs().square().T - 2 * (p @ q.conj().T).real
        return (squared.clamp_min(0) / common).sqrt()

    @staticmethod
    def _unpack(z: Tensor) -> tuple[Tensor, Tensor]:
        x, y, there = z.unflatten(-1, (13, 3)).unbind(-1)
        return torch.complex(x, y), there


class ProcrustesKeypoints(RawKeypoints):
    """The keypoints, compared after the best rotation, translation and scale in the picture."""

    @checked_keypoints
    def embed_keypoints(self, keypoints: Tensor, confidence: Tensor | None = None) -> Tensor:
        """Keypoints about their mean, and presence, as one vector (n, 39)."""
        there = (confidence > 0)[..., None]
        return self._pack(keypoints - self._middle(keypoints, there), there)

    def distance(self, a: Tensor, b: Tensor) -> Tensor:
        """sqrt(1 - |<p, q>|^2 / |p|^2 |q|^2), points as complex numbers, over the joints present in both."""
        (p, here), (q, there) = (self._unpack(x) for x in (a, b))
        norms = (p.abs().square() @ there.T) * (here @ q.abs().square().T)
        return (1 - (p @ q.conj().T).abs().square() / norms.clamp_min(1e-12)).clamp_min(0).sqrt()


BASELINES = {"chance": Chance, "2D keypoints": RawKeypoints, "2D keypoints, Procrustes": ProcrustesKeypoints}


@torch.inference_mode()
def cross_view_hits(embedder, poses: Tensor, seen: list[tuple[Tensor, Tensor]], ks=KS) -> dict[int, float]:
    """Hit@k in %, the mean over ordered pairs of the cameras in seen (what project_to gives)."""
    z = [embedder.embed_keypoints(keypoints, confidence) for keypoints, confidence in seen]
    canonical = canonicalise(poses).poses
    pairs = list(itertools.permutations(range(len(z)), 2))
    hits = [hit_at_k(z[i], z[j], canonical, canonical, ks, embedder.distance) for i, j in pairs]
    return {k: sum(h[k] for h in hits) / len(hits) for k in ks}


@torch.inference_mode()
def lifting_errors(embedder, poses: Tensor, seen: list[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """MPJPE and PA-MPJPE in mm of a standard body, of canonical poses lifted from every camera in seen."""
    canonical = canonicalise(poses).poses
    lifted = [embedder.lift(keypoints, confidence) for keypoints, confidence in seen]
    return {
        name: sum(1000 * error(pose, canonical).mean().item() for pose in lifted) / len(lifted)
        for name, error in (("mpjpe", mpjpe), ("pa_mpjpe", pa_mpjpe))
    }


def evaluate(
    methods: dict[str, object], poses: Tensor, detected: bool = False, report: Callable[[dict], None] = lambda row: None
) -> list[dict]:
    """Measure methods (name -> embedder, or a function that makes one) on world poses (n, 13, 3), metres.

    Gives one row a method and camera set: {"method", "cameras", "keypoints", "hit@1", ..., "mpjpe", "pa_mpjpe"};
    the last two are None where a method does not lift. report is called with each row as it is there.
    """
    rows = []
    for set_name, camera_set in CAMERA_SETS.items():
        seen = project_to(poses, camera_set, detected)
        for name, embedder in methods.items():
            embedder = embedder() if isinstance(embedder, type) else embedder
            row = {"method": name, "cameras": set_name, "keypoints": "D" if detected else "GT"}
            row |= {f"hit@{k}": hit for k, hit in cross_view_hits(embedder, poses, seen).items()}
            lifts = hasattr(embedder, "lift")
            row |= lifting_errors(embedder, poses, seen) if lifts else {"mpjpe": None, "pa_mpjpe": None}
            rows.append(row)
            report(row)
    return rows


def summarise(runs: list[list[dict]]) -> list[dict]:
    """Several seeds' rows of evaluate as one: each figure's mean, and "hit@1 spread", the standard deviation.

    A row that only some of the runs have is the mean of those; "seeds" says of how many.
    """
    together = {}
    for row in itertools.chain(*runs):
        together.setdefault((row["method"], row["cameras"], row["keypoints"]), []).append(row)
    summary = []
    for rows in together.values():
        figures = {k: [row[k] for row in rows] for k, v in rows[0].items() if isinstance(v, float)}
        mean = {k: statistics.fmean(values) for k, values in figures.items()}
        spread = {f"{k} spread": statistics.stdev(v) for k, v in figures.items() if k == "hit@1" and len(v) > 1}
        summary.append({**rows[0], **mean, **spread, "seeds": len(rows)})
    return summary


def as_table(rows: list[dict]) -> str:
    """The rows of evaluate as a Markdown table: a line a method, seen and unseen cameras side by side.

    A column says which keypoints where there are both kinds; rows of summarise show Hit@1 with its spread.
    """
    both = len({row["keypoints"] for row in rows}) > 1
    columns = "seen Hit@1 | @10 | @20 | PA-MPJPE | unseen Hit@1 | @10 | @20 | MPJPE | PA-MPJPE |"
    head = f"| method |{' keypoints |' * both} {columns}"
    lines = [head, "|---|" + "---|" * (9 + both)]
    place = {(row["method"], row["keypoints"], row["cameras"]): row for row in rows}
    for method, keypoints in dict.fromkeys((row["method"], row["keypoints"]) for row in rows):
        seen, unseen = (place[method, keypoints, cameras] for cameras in CAMERA_SETS)
        cells = [keypoints] * both + _hits(seen) + [_millimetres(seen["pa_mpjpe"])]
        cells += _hits(unseen) + [_millimetres(unseen["mpjpe"]), _millimetres(unseen["pa_mpjpe"])]
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _hits(row: dict) -> list[str]:
    spread = f" ± {row['hit@1 spread']:.1f}" if "hit@1 spread" in row else ""
    return [f"{row[f'hit@{k}']:.1f}{spread if k == 1 else ''}" for k in KS]


def _millimetres(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} mm"
