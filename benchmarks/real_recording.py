"""Real detections, four real cameras: how far is the lifted body from the triangulated one? Do the cameras' views meet?

    VVIPE_DATA=... python benchmarks/real_recording.py      (needs pose2sim-single, see data/README.md)

The figures are kept in results/real_recording.json. The balancing trial has 100 frames; in each camera, the person is
the one nearest to the projected triangulation. First table: median PA-MPJPE in mm of the mean training pose, of each
frame alone (as the 2D encoder gives it, then fitted to its keypoints), and of frames smoothed over time; the last is
what `vvipe lift` does. Second table: for ordered pairs of cameras 1, 2 and 4, how often (%) the nearest embedding from
the other camera is of a moment within 5 frames, searched by single frames and by clips of half a second. It is one
person for 100 frames: every run is logged in results/test_runs.jsonl.
"""

import itertools
import warnings
from pathlib import Path

import numpy as np

import vvipe_explore as vv
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.cli.evaluate import log_test_run
from vvipe_explore.datasets import pose2sim
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.evaluation.recordings import frame_errors, moment_met
from vvipe_explore.lift.sequence import lift_sequence
from vvipe_explore.lift.smoothing import Smoothing

KEPT = Path("results/real_recording.json")
CLIP_REACH = 15
"""Frames before and after, a quarter of a second each."""


def figures() -> tuple[dict, dict]:
    """Compute the two tables: {row: {camera: PA-MPJPE, mm}} and {row: {pair of cameras: nearest moment found, %}}."""
    recording = pose2sim.load_recording()
    seen = {name: (recording.keypoints[name], recording.confidence[name]) for name in recording.cameras}
    models = {weights: vv.load_pretrained(weights) for weights in ("exact", "detected")}
    lifted = {
        row: {name: lift_sequence(models["detected"], *found, fps=60, smoothing=how) for name, found in seen.items()}
        for row, how in (("detected, fitted", None), ("detected, smoothed", Smoothing()))
    }
    mean = models["exact"].decode(np.asarray(models["exact"].latent_mean)[None])
    poses = {"mean pose": dict.fromkeys(seen, mean)}
    poses |= {word: {name: model.lift(*found) for name, found in seen.items()} for word, model in models.items()}
    poses |= {row: {name: one.poses for name, one in each.items()} for row, each in lifted.items()}
    z = {word: {name: model.embed_keypoints(*found) for name, found in seen.items()} for word, model in models.items()}
    z |= {row: {name: one.z for name, one in each.items()} for row, each in lifted.items()}
    for row in ("detected", "detected, fitted"):
        z[f"{row}, clips"] = {name: vv.retrieval.clips(rows, CLIP_REACH) for name, rows in z[row].items()}
    pairs = list(itertools.permutations([name for name in seen if name != "cam03"], 2))
    errors = {row: {name: _error(p, recording.poses) for name, p in each.items()} for row, each in poses.items()}
    frames = np.arange(len(recording.poses))
    found = {row: {f"{a} in {b}": moment_met(each[a], each[b], frames) for a, b in pairs} for row, each in z.items()}
    return errors, found


def _error(poses, true) -> float:
    return float(np.median(frame_errors(poses, true)))


def table(values: dict, digits: int) -> str:
    """Write {row: {column: value}} as a table."""
    rows = [[row, *(f"{value:.{digits}f}" for value in cells.values())] for row, cells in values.items()]
    return markdown_table(["weights", *next(iter(values.values()))], rows)


def main() -> None:
    """Print the tables and keep them."""
    warnings.simplefilter("ignore")
    errors, found = figures()
    weights = {word: vv.load_pretrained(word).fingerprint() for word in ("exact", "detected")}
    about = provenance()
    print(f"PA-MPJPE, median, mm ({about['machine']})\n\n{table(errors, 1)}\n")
    print(f"nearest moment within 5 frames, %\n\n{table(found, 0)}")
    write_json(KEPT, {"pa_mpjpe_mm": errors, "within_5_frames_percent": found, "weights": weights, **about})
    look = {"what": "real recording", "pa_mpjpe_mm": errors["detected"], "within_5_frames_percent": found["detected"],
            "within_5_frames_percent, clips": found["detected, clips"],
            "within_5_frames_percent, fitted, clips": found["detected, fitted, clips"]}  # fmt: skip
    log_test_run(Path("results/test_runs.jsonl"), look)


if __name__ == "__main__":
    main()
