"""Real detections, four real cameras: how far is the lifted body from the triangulated one? And do views meet?

    VVIPE_DATA=... python benchmarks/real_recording.py        (needs pose2sim-single, see data/README.md)

Balancing trial, 100 frames, the person nearest to the projected triangulation in each camera. PA-MPJPE in mm, median
over frames, beside the mean training pose, each frame alone and smoothed over time as `vvipe lift` does; and for each
ordered pair of cameras 1, 2 and 4, how often (%) the nearest embedding from the other camera is of a moment within 5
frames.
"""

import itertools
import platform
import warnings

import numpy as np

import vvipe_explore as vv
from vvipe_explore.datasets import pose2sim
from vvipe_explore.lift.sequence import lift_sequence


def main() -> None:
    warnings.simplefilter("ignore")
    r = pose2sim.load_recording()
    models = {word: vv.load_pretrained(word) for word in ("exact", "detected")}
    names = list(r.cameras)
    print(f"PA-MPJPE, median of {len(r.poses)} frames, mm ({platform.machine()})\n")
    print("| weights | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    mean = models["exact"].decode(np.asarray(models["exact"].latent_mean)[None])
    print("| mean pose | " + " | ".join([f"{_error(mean, r):.1f}"] * len(names)) + " |")
    for word, model in models.items():
        lifted = [model.lift(r.keypoints[n], r.confidence[n]) for n in names]
        print(f"| {word} | " + " | ".join(f"{_error(pose, r):.1f}" for pose in lifted) + " |")
    smoothed = {n: lift_sequence(models["detected"], r.keypoints[n], r.confidence[n], fps=60) for n in names}
    print("| detected, smoothed | " + " | ".join(f"{_error(s.poses, r):.1f}" for s in smoothed.values()) + " |")
    print("\nnearest moment within 5 frames, %\n")
    pairs = list(itertools.permutations([n for n in names if n != "cam03"], 2))
    print("| weights | " + " | ".join(f"{a} in {b}" for a, b in pairs) + " |\n|---|" + "---|" * len(pairs))
    embedded = {
        word: {n: model.embed_keypoints(r.keypoints[n], r.confidence[n]) for n in names}
        for word, model in models.items()
    }
    embedded["detected, smoothed"] = {n: s.z for n, s in smoothed.items()}
    for word, z in embedded.items():
        found = [vv.retrieval.nearest(z[a], z[b], 1)[:, 0] for a, b in pairs]
        near = [100 * (np.abs(f - np.arange(len(f))) <= 5).mean() for f in found]
        print(f"| {word} | " + " | ".join(f"{n:.0f}" for n in near) + " |")


def _error(poses, recording) -> float:
    return 1000 * float(np.median(vv.metrics.pa_mpjpe(poses.astype(np.float64), recording.poses)))


if __name__ == "__main__":
    main()
