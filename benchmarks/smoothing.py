"""Embeddings smoothed over time: is it ever worse than each frame alone? And what fills a gap?

    VVIPE_DATA=... python benchmarks/smoothing.py [--model W.safetensors]     (cmu-mocap, ui-prmd, pose2sim-single)

The figures are kept in results/smoothing.json. First table: mean PA-MPJPE in mm of each set for every way, and jitter,
the mean error of the acceleration in mm a frame^2. Bodies are fitted to their keypoints (lift.fit), except in "not
fitted" and "averaged", which embeds each frame 14 times with a joint hidden in turn (test_time.Averaged). Two of the
protocol's unseen cameras see the people of each set. Their errors are sampled anew for each frame; errors that last and
the real recording, which every run logs in results/test_runs.jsonl, show what is left of the gain where they are not.
The constants of the fit were chosen with the recording in view, those of smoothing were not. Second table: MPJPE in
gaps in which CMU's people are hidden, and how much larger it is than that of the same frames seen.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch

import vvipe_explore as vv
from vvipe_explore import cameras
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.alignment import canonicalise
from vvipe_explore.cli.evaluate import log_test_run
from vvipe_explore.datasets import Motion, pose2sim
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.keypoints import believed
from vvipe_explore.lift import certainty
from vvipe_explore.lift.fit import fitted
from vvipe_explore.lift.smoothing import Smoothing
from vvipe_explore.models.test_time import Averaged
from vvipe_explore.skeleton import torso_length
from vvipe_explore.training.detector_errors import NOISE, detector_errors
from vvipe_explore.training.sources import synthetic

CAMERAS = cameras.UNSEEN[1:3]
Way = Literal["encoder", "averaged", "fitted"]
GAPS = (0.1, 0.25, 0.5)  # seconds
WAYS: dict[str, tuple[Way, Smoothing]] = {
    "not fitted": ("encoder", Smoothing("none")),
    "not fitted, default": ("encoder", Smoothing()),
    "averaged": ("averaged", Smoothing("none")),
    "averaged, default": ("averaged", Smoothing()),
    "each frame alone": ("fitted", Smoothing("none")),
    "3 Hz": ("fitted", Smoothing(cutoff=3.0)),
    "default": ("fitted", Smoothing()),
}
"""How frames are embedded, and how they are smoothed."""


@dataclass
class Views:
    """What each camera sees of a set: keypoints and confidence; true poses (n, 13, 3) and the rows of each sequence."""

    seen: list[tuple[torch.Tensor, torch.Tensor]]
    true: np.ndarray
    parts: list[np.ndarray]
    fps: float
    canonical: bool = True


def views(motion: Motion, fps: float, errors) -> Views:
    """Show motion to the cameras. errors: a function of keypoints, the rows of each sequence, and a generator."""
    poses = torch.from_numpy(motion.poses)
    parts = [np.flatnonzero(motion.sequence == name) for name in dict.fromkeys(motion.sequence)]
    seen = [
        errors(cameras.view(poses, cameras.fixed_orbit([camera])), parts, torch.Generator().manual_seed(place))
        for place, camera in enumerate(CAMERAS)
    ]
    return Views(seen, canonicalise(poses).poses.numpy(), parts, fps)


def exact(keypoints, parts, generator):
    """Leave the keypoints as they are."""
    return keypoints, torch.ones(keypoints.shape[:-1])


def detected(keypoints, parts, generator):
    """Add the protocol's errors, anew in each frame."""
    return detector_errors(keypoints, generator)


def lasting(keypoints, parts, generator, correlation: float = 0.7):
    """Add the protocol's noise, correlated from frame to frame, as notebook 06 measures it on real detections."""
    noise = torch.randn(keypoints.shape, generator=generator)
    for rows in parts:
        for before, now in zip(rows[:-1], rows[1:], strict=True):
            noise[now] = correlation * noise[before] + (1 - correlation**2) ** 0.5 * noise[now]
    return exact(keypoints + torso_length(keypoints)[:, None, None] * NOISE[:, None] * noise, parts, generator)


def people(name: str) -> Motion:
    """Give a data set's validation people."""
    motion = vv.datasets.load(name)
    assert name != "cmu" or 14 not in motion[vv.datasets.split(motion)["validation"]].subject
    return motion[vv.datasets.split(motion)["validation"]]


def sets() -> Iterator[tuple[str, Views]]:
    """Give the sets that are measured on, one at a time."""
    made = synthetic(trained_on=False)
    yield "made, exact", views(made, 30.0, exact)
    yield "made, exact, twice as fast", views(made[made.frame % 2 == 0], 30.0, exact)
    yield "made, D", views(made, 30.0, detected)
    yield "made, errors that last", views(made, 30.0, lasting)
    yield "CMU validation, exact", views(people("cmu"), 30.0, exact)
    yield "CMU validation, D", views(people("cmu"), 30.0, detected)
    yield "UI-PRMD s04 and s06, exact", views(people("ui-prmd"), 25.0, exact)
    yield "UI-PRMD s04 and s06, D", views(people("ui-prmd"), 25.0, detected)
    real = pose2sim.load_recording()
    found = [(torch.from_numpy(real.keypoints[n]), torch.from_numpy(real.confidence[n])) for n in real.cameras]
    yield "real recording", Views(found, real.poses, [np.arange(len(real.poses))], 60.0, canonical=False)


def smoothed(model, z, weight, how: Smoothing, seen: Views) -> np.ndarray:
    """Smooth each sequence by itself and decode: poses (n, 13, 3)."""
    smooth = np.concatenate([how.apply(z[rows], weight[rows], seen.fps) for rows in seen.parts])
    return model.decode(smooth.astype(np.float32)).astype(np.float64)


def embedded(model, seen: Views, way: Way) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give each camera's embeddings z (n, d) and weights (n,), the first of a way of WAYS."""
    for keypoints, confidence in seen.seen:
        there = np.ones(len(keypoints), bool)
        log_var = certainty.predicted(model, keypoints.numpy(), confidence.numpy(), there)
        if way == "fitted" and log_var is not None:
            z = fitted(model, keypoints.numpy(), believed(confidence).numpy())
        else:
            z = (Averaged(model) if way == "averaged" else model).embed_keypoints(keypoints, confidence).numpy()
        yield z, certainty.weights(model, log_var, there)


def jitter(poses: np.ndarray, seen: Views) -> float:
    """Give the mean error of the acceleration, mm a frame^2."""
    off = [np.linalg.norm(np.diff(poses[rows] - seen.true[rows], 2, axis=0), axis=-1) for rows in seen.parts]
    return 1000 * float(np.concatenate(off).mean())


def measure(model, seen: Views) -> dict[str, dict[str, float | None]]:
    """Measure PA-MPJPE (mm) and jitter of every way, the mean over cameras; no jitter where true is not canonical."""
    found: dict[str, list] = {name: [] for name in WAYS}
    for way in dict.fromkeys(way for way, _ in WAYS.values()):
        for z, weight in embedded(model, seen, way):
            for name, (wanted, how) in WAYS.items():
                if wanted == way:
                    poses = smoothed(model, z, weight, how, seen)
                    error = 1000 * float(vv.metrics.pa_mpjpe(poses, seen.true.astype(np.float64)).mean())
                    found[name].append((error, jitter(poses, seen) if seen.canonical else np.nan))
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    return {
        n: {"pa_mpjpe_mm": float(m[0]), "jitter": float(m[1]) if seen.canonical else None} for n, m in means.items()
    }


def in_gaps(model, seen: Views, seconds: float) -> dict[str, float]:
    """Measure MPJPE (mm) in gaps of so many seconds, with two seconds of frames seen about them, and without gaps."""
    gap, around, errors = round(seconds * seen.fps), round(2 * seen.fps), {"line": [], "default": [], "no gap": []}
    z, weight = next(embedded(model, seen, "fitted"))
    for rows in seen.parts:
        for start in range(20, len(rows) - gap - 20, gap + 17):
            part = rows[max(0, start - around) : start + gap + around]
            at = slice(min(start, around), min(start, around) + gap)
            hidden = weight[part].copy()
            hidden[at] = 0
            for name, how, w in (
                ("line", Smoothing("none"), hidden), ("default", Smoothing(), hidden),
                ("no gap", Smoothing(), weight[part]),
            ):  # fmt: skip
                pose = model.decode(how.apply(z[part], w, seen.fps)[at].astype(np.float32))
                errors[name].append(np.linalg.norm(pose - seen.true[part[at]], axis=-1).mean(-1))
    return {name: 1000 * float(np.concatenate(parts).mean()) for name, parts in errors.items()}


def main() -> None:
    """Print the tables and keep them."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", help="model's .safetensors (default: the shipped weights for detections)")
    args = options.parse_args()
    warnings.simplefilter("ignore")
    torch.set_grad_enabled(False)
    model = vv.load(args.model) if args.model else vv.load_pretrained("detected")
    rows, gaps = {}, {}
    for name, seen in sets():
        rows[name] = measure(model, seen)
        print(name, {way: round(figures["pa_mpjpe_mm"], 2) for way, figures in rows[name].items()}, flush=True)
        if name == "CMU validation, D":
            gaps = {f"{seconds:g} s": in_gaps(model, seen, seconds) for seconds in GAPS}
    lines = [[name, *(f"{row[way]['pa_mpjpe_mm']:.1f}" for way in WAYS)] for name, row in rows.items()]
    for line, row in zip(lines, rows.values(), strict=True):
        line.append(" / ".join("-" if row[w]["jitter"] is None else f"{row[w]['jitter']:.1f}" for w in JITTERS))
    print(f"\n{markdown_table(['PA-MPJPE, mm', *WAYS, 'jitter, ' + ' / '.join(JITTERS)], lines)}\n")
    lines = [[name, *(f"{error:.0f}" for error in row.values())] for name, row in gaps.items()]
    print(markdown_table(["hidden for: MPJPE, mm", "straight line", "default", "not hidden"], lines))
    about = {"weights": model.fingerprint(), **provenance()}
    write_json(Path("results/smoothing.json"), {"sets": rows, "gaps_mpjpe_mm": gaps, **about})
    log_test_run(Path("results/test_runs.jsonl"), {"what": "real recording, smoothing", **rows["real recording"]})


JITTERS = ("each frame alone", "3 Hz", "default")


if __name__ == "__main__":
    main()
