"""How sure: how often does the true joint lie within the radius that lift_sequence gives, nine times in ten?

    VVIPE_DATA=... python benchmarks/certainty.py [--calibrate] [--model W.safetensors]       (needs ui-prmd)

--calibrate first writes the factors (certainty.factors) of the shipped weights for detections beside them; do that
whenever they are trained anew. They are measured on UI-PRMD's s04 and s06 and synthetic bodies 7 and 8, of one weight
each, with a detector's errors (D), left and right together; each frame alone and smoothed. No one of the four was
trained on. The table says how often a joint lies within its radius. There, half of the people have the factors that
the other half alone gives, so no one is measured with factors that were chosen on them. CMU's validation rows (--cmu,
cmu-mocap), which the shipped weights were trained on, have those of all four. The true joint is that of the canonical
pose, without any alignment. Two of the protocol's unseen cameras see the people. The last table says how often a frame
is doubted, by kind of input, and its error. The figures are kept in results/certainty.json.
"""

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from smoothing import CAMERAS, Views, detected, embedded, exact, lasting, people, views

import vvipe_explore as vv
from vvipe_explore import cameras
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.lift import certainty, lift_sequence
from vvipe_explore.lift.smoothing import Smoothing
from vvipe_explore.skeleton import MIRROR, PAPER_13
from vvipe_explore.training.sources import synthetic

WAYS = ("alone", "smoothed")
KINDS = {"D": detected, "errors that last": lasting, "exact": exact}
HALVES = ("s04", "body 7"), ("s06", "body 8")
REPETITION, EVERY = 3, 4
"""Of UI-PRMD's ten repetitions of an exercise, the one that is taken; of all smoothed frames, every fourth counts."""


def sets(cmu: bool) -> Iterator[tuple[str, Views]]:
    """Give what the cameras see of each person: "s04, D", "s04, exact", ..."""
    made, rehab = synthetic(trained_on=False), people("ui-prmd")
    rehab = rehab[rehab.repetition == REPETITION]  # type: ignore[attr-defined]
    motions = {f"s{subject:02}": (rehab[rehab.subject == subject], 25.0) for subject in (4, 6)}
    motions |= {f"body {body}": (made[made.subject == body], 30.0) for body in (7, 8)}
    if cmu:
        motions["CMU"] = (people("cmu"), 30.0)
    for name, (motion, fps) in motions.items():
        for kind, errors in KINDS.items():
            yield f"{name}, {kind}", views(motion, fps, errors)


def shares(model, seen: Views) -> dict[str, np.ndarray]:
    """Give each joint's distance from the truth over its radius with factor 1, for both WAYS: (frames, 13)."""
    found: dict[str, list] = {way: [] for way in WAYS}
    for (keypoints, confidence), (z, weight) in zip(seen.seen, embedded(model, seen, "fitted"), strict=True):
        there = np.ones(len(z), bool)
        log_var = certainty.predicted(model, keypoints.numpy(), confidence.numpy(), there)
        assert log_var is not None
        smooth = np.concatenate([Smoothing().apply(z[rows], weight[rows], seen.fps) for rows in seen.parts])
        for way, path in zip(WAYS, (z[::EVERY], smooth[::EVERY].astype(np.float32)), strict=True):
            off = np.linalg.norm(model.decode(path) - seen.true[::EVERY], axis=-1)
            found[way].append(off / certainty.joint_radius(model, path, log_var[::EVERY], there[::EVERY], seen.fps))
    return {way: np.concatenate(parts) for way, parts in found.items()}


def nine_in_ten(sides: list[np.ndarray]) -> list[float]:
    """Give the factors (13,) that hold 90 % of each joint: each person of one weight, left and right together."""
    weight = np.concatenate([np.full(len(share), 1 / len(share)) for share in sides])
    both = np.concatenate(sides)
    both, weight = np.concatenate([both, both[:, list(MIRROR)]]), np.tile(weight, 2)
    order = both.argsort(0)
    reached = np.array([weight[rows].cumsum().searchsorted(0.9 * weight.sum()) for rows in order.T])
    return both[order[reached, range(13)], range(13)].round(3).tolist()


def factors_of(found: dict[str, dict[str, np.ndarray]], names: tuple[str, ...]) -> dict[str, list[float]]:
    """Give the factors (13,) for each way, measured on these people, D."""
    return {way: nine_in_ten([found[f"{name}, D"][way] for name in names]) for way in WAYS}


def within(found: dict[str, dict[str, np.ndarray]], factors: dict[str, dict]) -> dict[str, list[float]]:
    """Give how often (%) each joint lies within its radius (13,), for each set and way, and the mean of the four.

    factors: for each person, as factors_of gives them.
    """
    rows = {}
    for way in WAYS:
        for kind in KINDS:
            for name in factors:
                share = found[f"{name}, {kind}"][way]
                rows[f"{name}, {kind}, {way}"] = (100 * (share < factors[name][way]).mean(0)).tolist()
            four = [rows[f"{name}, {kind}, {way}"] for half in HALVES for name in half]
            rows[f"all four, {kind}, {way}"] = np.mean(four, axis=0).tolist()
    return rows


def inputs() -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Give inputs from good to meaningless: name, keypoints (n, 13, 2), confidence (n, 13), true poses (n, 13, 3)."""
    poses, random = torch.from_numpy(synthetic(trained_on=False)[::16].poses), np.random.default_rng(0)
    true = canonicalise(poses).poses.numpy().astype(np.float64)

    def seen(elevation, roll):
        return cameras.view(poses, cameras.fixed_orbit([(30, elevation, roll)])).numpy()

    plain = seen(5, 0)
    found = {"from 5 degrees above": plain, "left and right exchanged": plain[:, list(MIRROR)]}
    found |= {f"from {e} degrees above": seen(e, 0) for e in (30, 45, 60, 80)}
    found |= {f"turned by {r} degrees": seen(5, r) for r in (30, 60, 90, 180)}
    found |= {
        "joints in a random order": plain[:, random.permutation(13)],
        "points at random": random.normal(size=plain.shape),
    }
    for name, keypoints in found.items():
        yield name, keypoints, np.ones(plain.shape[:2]), true
    badly = detected(torch.from_numpy(plain), (), torch.Generator().manual_seed(0))
    yield "from 5 degrees above, D", *(a.numpy() for a in badly), true
    upper = np.ones(plain.shape[:2])
    upper[:, PAPER_13.index("left_hip") :] = 0
    yield "without hips and legs", plain, upper, true


def doubted(model) -> dict[str, tuple[float, float]]:
    """Give the share (%) of frames doubted, and the mean PA-MPJPE (mm), of each of the inputs."""
    found = {}
    for name, keypoints, sure, true in inputs():
        lifted = lift_sequence(model, keypoints, sure, smoothing=None)
        error = vv.metrics.pa_mpjpe(lifted.poses.astype(np.float64), true)
        found[name] = (100 * float(np.mean([d != "" for d in lifted.doubt])), 1000 * float(error.mean()))
    return found


def main() -> None:
    """Print the factors and the tables, and keep them."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--calibrate", action="store_true", help="write the shipped weights' factors beside them")
    options.add_argument("--cmu", action="store_true", help="add CMU's validation rows to the table")
    options.add_argument("--model", help="model's .safetensors (default: the shipped weights for detections)")
    args = options.parse_args()
    if args.calibrate and args.model:
        options.error("expected one of --calibrate and --model, got both; only the shipped weights' factors are kept.")
    warnings.simplefilter("ignore")
    model = vv.load(args.model) if args.model else vv.load_pretrained("detected")
    found = {name: shares(model, seen) for name, seen in sets(args.cmu)}
    factors = factors_of(found, HALVES[0] + HALVES[1])
    halves = {name: factors_of(found, other) for half, other in (HALVES, HALVES[::-1]) for name in half}
    if args.calibrate:
        write_json(certainty.CALIBRATION, {"weights": model.fingerprint(), "factors": factors})
    rows = within(found, halves | ({"CMU": factors} if args.cmu else {}))
    lines = [[name, f"{np.mean(row):.1f}", *(f"{value:.0f}" for value in row)] for name, row in rows.items()]
    print(markdown_table(["within the radius, %", "all", *PAPER_13], lines))
    doubt = doubted(model)
    lines = [[name, f"{share:.0f}", f"{error:.0f}"] for name, (share, error) in doubt.items()]
    print("\n" + markdown_table(["each frame alone", "doubted, %", "PA-MPJPE, mm"], lines))
    kept = {"factors": factors, "factors_of_the_other_half": halves, "within_percent": rows}
    kept |= {"doubted_percent_and_mm": doubt, "cameras": CAMERAS, "weights": {"detected": model.fingerprint()}}
    if not args.model:
        write_json(Path("results/certainty.json"), {**kept, **provenance()})


if __name__ == "__main__":
    main()
