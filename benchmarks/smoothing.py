"""Embeddings smoothed over time: which filter, how strong, and what fills a gap?

    VVIPE_DATA=... python benchmarks/smoothing.py [--model W.safetensors] [--sweep]     (cmu-mocap, pose2sim-single)

The first table chose the defaults: CMU's validation split at 30 frames a second, the five unseen cameras, the
protocol's detector errors. It gives MPJPE and jitter: the acceleration's error in mm a frame^2, its mean over joints
and frames. The errors are sampled for each frame, so the gain is larger than on real detections. These come second;
nothing is chosen on them. PA-MPJPE is to the unfiltered triangulation; jitter is to the Butterworth-filtered one, since
the unfiltered one shakes many times as much as the lifted body. A body that does not move has little jitter, as its row
shows: jitter tells what shakes, not what moves right. A third table hides frames.
"""

import argparse
import dataclasses
import platform
import warnings

import numpy as np
import torch

import vvipe_explore as vv
from vvipe_explore import cameras, skeleton
from vvipe_explore.alignment import canonicalise
from vvipe_explore.datasets import pose2sim, registry
from vvipe_explore.evaluation import cross_view
from vvipe_explore.lift import smoothing
from vvipe_explore.lift.sequence import lift_sequence
from vvipe_explore.lift.smoothing import Smoothing

GAPS = (0.1, 0.25, 0.5, 0.75, 1.0, 2.0)  # seconds
WAYS = {
    "none": Smoothing("none"),
    "Gaussian": Smoothing("gaussian"),
    "Kalman (RTS), all frames alike": Smoothing(outlier=np.inf, trust=0),
    "+ by keypoints seen": Smoothing(outlier=np.inf),
    "+ outliers weigh less": Smoothing(),
}
SWEEP = {
    f"{how.method}, {c:g} Hz, outlier {how.outlier:g}, trust {how.trust:g}": dataclasses.replace(how, cutoff=c)
    for how in [Smoothing("gaussian"), *(Smoothing(outlier=s) for s in (0.7, 1.0, 1.5, 3.0, np.inf)),
                *(Smoothing(trust=t) for t in (0.0, 4.0))]
    for c in (1.5, 2.0, 2.5, 3.0, 4.0, 6.0)
}  # fmt: skip


def one_euro(z: np.ndarray, fps: float, slow: float = 1.0, beta: float = 0.1, speed_cutoff: float = 1.0) -> np.ndarray:
    """Smooth by the one-euro filter (Casiez et al., 2012), which looks back only.

    All dimensions share one cutoff, from the speed's norm: the embedding's dimensions differ a thousandfold in scale
    (VVIPE.metric), and a cutoff for each of them takes the result away from all bodies (113 mm).
    """

    def share(cutoff):
        return 1 / (1 + fps / (2 * np.pi * cutoff))

    out, speed = z.astype(float), np.zeros(z.shape[1])
    for t in range(1, len(z)):
        speed += share(speed_cutoff) * ((z[t] - out[t - 1]) * fps - speed)
        alpha = share(slow + beta * np.linalg.norm(speed))
        out[t] = alpha * z[t] + (1 - alpha) * out[t - 1]
    return out


def jitter(poses: np.ndarray, true: np.ndarray) -> float:
    """Give the mean error of the acceleration, mm a frame^2."""
    return 1000 * float(np.linalg.norm(np.diff(poses.astype(float) - true, 2, axis=0), axis=-1).mean())


class Validation:
    """Embed CMU's validation sequences as the unseen cameras see them: z and confidence for each camera."""

    def __init__(self, model):
        motion = vv.datasets.load("cmu")
        motion = motion[vv.datasets.split(motion)["validation"]]
        assert 14 not in motion.subject
        poses = torch.from_numpy(motion.poses)
        self.model, self.true = model, canonicalise(poses).poses.numpy()
        self.parts = [np.flatnonzero(motion.sequence == name) for name in dict.fromkeys(motion.sequence)]
        seen = cross_view.project_to(poses, cameras.UNSEEN, detected=True)
        self.seen = [(model.embed_keypoints(k, c).numpy(), c.numpy()) for k, c in seen]

    def score(self, smooth) -> tuple[float, float]:
        """Give MPJPE (mm) and jitter of smooth(z, confidence), a function of one sequence."""
        error, shakes, count = [], 0.0, 0
        for z, confidence in self.seen:
            for rows in self.parts:
                pose = self.model.decode(smooth(z[rows], confidence[rows]).astype(np.float32))
                error.append(np.linalg.norm(pose - self.true[rows], axis=-1).mean(-1))
                shakes += jitter(pose, self.true[rows]) * (len(rows) - 2)
                count += len(rows) - 2
        return 1000 * float(np.concatenate(error).mean()), shakes / count

    def hidden(self, how: Smoothing, seconds: float, fps: float = 30.0) -> float:
        """Give MPJPE (mm) of frames in hidden gaps, with two seconds of frames seen on either side."""
        gap, around, (z, confidence), errors = round(seconds * fps), 60, self.seen[1], []
        for rows in self.parts:
            for start in range(30, len(rows) - gap - 30, gap + 17):
                part = rows[max(0, start - around) : start + gap + around]
                at = slice(min(start, around), min(start, around) + gap)
                weight = how.weights(confidence[part])
                weight[at] = 0
                pose = self.model.decode(how.apply(z[part], weight, fps)[at].astype(np.float32))
                errors.append(np.linalg.norm(pose - self.true[part[at]], axis=-1).mean(-1))
        return 1000 * float(np.concatenate(errors).mean())


def on_validation(validation: Validation, ways: dict) -> None:
    """Print MPJPE and jitter of each way to smooth."""
    print("| CMU validation | MPJPE, mm | jitter, mm/frame^2 |\n|---|---|---|")
    for name, how in ways.items():
        error, shakes = validation.score(lambda z, c, how=how: how.apply(z, how.weights(c), 30.0))
        print(f"| {name} | {error:.1f} | {shakes:.1f} |", flush=True)
    if ways is WAYS:
        error, shakes = validation.score(lambda z, c: one_euro(z, 30.0))
        print(f"| one euro (looks back only) | {error:.1f} | {shakes:.1f} |")
        mean = 1000 * np.linalg.norm(_mean_pose(validation.model) - validation.true, axis=-1).mean()
        parts = [validation.true[rows] for rows in validation.parts]
        still = np.average([jitter(0 * part, part) for part in parts], weights=[len(part) - 2 for part in parts])
        print(f"| the mean training pose, which does not move | {mean:.1f} | {still:.1f} |")


def _mean_pose(model) -> np.ndarray:
    return model.decode(np.asarray(model.latent_mean)[None])


def on_recording(model) -> None:
    """Print the table of real detections: the balancing trial, 60 frames a second."""
    recording = pose2sim.load_recording()
    folder = registry.data_folder("pose2sim-single") / "S00_P00_T01_BalancingTrial" / "pose-3d"
    smooth_file = min(folder.glob("*butterworth.trc"))
    true = canonicalise(skeleton.convert(*pose2sim.read_trc(smooth_file))).poses
    names = list(recording.cameras)
    print("| real detections: PA-MPJPE, mm / jitter | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for name, how in WAYS.items():
        cells = []
        for camera in names:
            found = recording.keypoints[camera], recording.confidence[camera]
            poses = lift_sequence(model, *found, fps=60.0, smoothing=how).poses.astype(float)
            error = 1000 * np.median(vv.metrics.pa_mpjpe(poses, recording.poses))
            cells.append(f"{error:.0f} / {jitter(poses, true):.1f}")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    mean = 1000 * np.median(vv.metrics.pa_mpjpe(_mean_pose(model).astype(float), recording.poses))
    still = f"{mean:.0f} / {jitter(np.zeros_like(true), true):.1f}"
    print("| the mean training pose, which does not move | " + " | ".join([still] * len(names)) + " |")


def on_gaps(validation: Validation) -> None:
    """Print the error in gaps of each length."""
    print("| hidden for, s | " + " | ".join(f"{g:g}" for g in GAPS) + " |\n|---|" + "---|" * len(GAPS))
    for name in ("none", "Gaussian", "+ outliers weigh less"):
        cells = [f"{validation.hidden(WAYS[name], gap):.0f}" for gap in GAPS]
        label = "straight line between the frames" if name == "none" else name
        print(f"| {label}, MPJPE in the gap, mm | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", help="model's .safetensors (default: the shipped weights for detections)")
    options.add_argument("--sweep", action="store_true", help="compare the settings that the defaults come from")
    args = options.parse_args()
    warnings.simplefilter("ignore")
    torch.set_grad_enabled(False)
    model = vv.load(args.model) if args.model else vv.load_pretrained("detected")
    validation = Validation(model)
    if args.sweep:
        on_validation(validation, SWEEP)
        return
    constants = f"{smoothing.CUTOFF:g} Hz, outlier {smoothing.OUTLIER:g}, trust {smoothing.TRUST:g}"
    print(f"{args.model or 'shipped weights'}; {constants}; {platform.machine()}, torch {torch.__version__}\n")
    on_validation(validation, WAYS)
    print()
    on_recording(model)
    print()
    on_gaps(validation)


if __name__ == "__main__":
    main()
