"""How sure: how often does the true joint lie within the radius that lift_sequence gives, nine times in ten?

    VVIPE_DATA=... python benchmarks/certainty.py [--model W.safetensors]            (needs ui-prmd)

The figures are kept in results/certainty.json. The true joint is that of the canonical pose, without any alignment. Two
of the protocol's unseen cameras see the people, with a detector's errors (D) or without; each frame alone and smoothed.
First it prints lift.certainty.RADIUS as UI-PRMD's s04 and synthetic body 7 have it, D, frames alone and smoothed alike:
the mean of both people, left and right together. Then the table: s06 and body 8 check it, and nothing is chosen on
them. Last, how often a frame is doubted, by kind of input, and its error.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import torch
from smoothing import CAMERAS, Views, detected, exact, people, views

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

HOW = {"alone": None, "smoothed": Smoothing()}


def share_of_radius(model, seen: Views, smoothing) -> np.ndarray:
    """Give each joint's distance from the truth over its radius: (frames of all cameras, 13)."""
    found = []
    for keypoints, confidence in seen.seen:
        for rows in seen.parts:
            lifted = lift_sequence(
                model, keypoints[rows].numpy(), confidence[rows].numpy(), fps=seen.fps, smoothing=smoothing
            )
            off = np.linalg.norm(lifted.poses - seen.true[rows], axis=-1)
            found.append((off / lifted.uncertainty)[lifted.there])
    return np.concatenate(found)


def calibrated(shares: list[np.ndarray]) -> np.ndarray:
    """Give RADIUS (13,) under which 90 % of each joint would lie within: shares hold people of one weight each."""
    weight = np.concatenate([np.full(len(share), 1 / len(share)) for share in shares])
    both = np.concatenate(shares)
    both, weight = np.concatenate([both, both[:, list(MIRROR)]]), np.tile(weight, 2)
    radius = np.empty(13)
    for joint, values in enumerate(both.T):
        order = values.argsort()
        radius[joint] = values[order][np.searchsorted(weight[order].cumsum(), 0.9 * weight.sum())]
    return radius * certainty.RADIUS


def doubted(model) -> dict[str, tuple[float, float]]:
    """Give the share (%) of frames doubted, and the mean PA-MPJPE (mm), for inputs from good to meaningless."""
    motion = synthetic(trained_on=False)[::8]
    poses, random = torch.from_numpy(motion.poses), np.random.default_rng(0)
    true = canonicalise(poses).poses.numpy().astype(np.float64)

    def seen(elevation, roll):
        return cameras.view(poses, cameras.fixed_orbit([(30, elevation, roll)])).numpy()

    plain = seen(5, 0)
    inputs = {"from 5 degrees above": plain, "left and right exchanged": plain[:, list(MIRROR)]}
    inputs |= {f"from {e} degrees above": seen(e, 0) for e in (30, 45, 60, 80)}
    inputs |= {f"turned by {r} degrees": seen(5, r) for r in (30, 60, 90, 180)}
    inputs |= {
        "joints in a random order": plain[:, random.permutation(13)],
        "points at random": random.normal(size=plain.shape),
    }
    inputs = {name: (k, np.ones((len(k), 13))) for name, k in inputs.items()}
    seen_badly = detected(torch.from_numpy(plain), (), torch.Generator().manual_seed(0))
    inputs["from 5 degrees above, D"] = (seen_badly[0].numpy(), seen_badly[1].numpy())
    upper = np.ones((len(plain), 13))
    upper[:, PAPER_13.index("left_hip") :] = 0
    inputs["without hips and legs"] = (plain, upper)
    found = {}
    for name, (keypoints, sure) in inputs.items():
        lifted = lift_sequence(model, keypoints, sure, smoothing=None)
        error = vv.metrics.pa_mpjpe(lifted.poses.astype(np.float64), true)
        found[name] = (100 * float(np.mean([d != "" for d in lifted.doubt])), 1000 * float(error.mean()))
    return found


def main() -> None:
    """Print the factors and the tables, and keep them."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", help="model's .safetensors (default: the shipped weights for detections)")
    args = options.parse_args()
    warnings.simplefilter("ignore")
    model = vv.load(args.model) if args.model else vv.load_pretrained("detected")
    made, rehab = synthetic(trained_on=False), people("ui-prmd")
    rehab = rehab[rehab.repetition % 3 == 0]  # type: ignore[attr-defined]
    parts = {"s04": rehab[rehab.subject == 4], "body 7": made[made.subject == 7],
             "s06": rehab[rehab.subject == 6], "body 8": made[made.subject == 8]}  # fmt: skip
    shares = {}
    for name, motion in parts.items():
        fps = 25.0 if name in ("s04", "s06") else 30.0
        for kind, errors in (("D", detected), ("exact", exact)):
            if kind == "exact" and not name.startswith("body"):
                continue
            seen = views(motion, fps, errors)
            for way, smoothing in HOW.items():
                shares[f"{name}, {kind}, {way}"] = share_of_radius(model, seen, smoothing)
                print(name, kind, way, f"{100 * (shares[f'{name}, {kind}, {way}'] < 1).mean():.1f} %", flush=True)
    radius = calibrated([shares[f"{name}, D, {way}"] for name in ("s04", "body 7") for way in HOW])
    print(f"\nRADIUS measured {radius.round(2).tolist()}, in use {certainty.RADIUS.tolist()}\n")
    inside = {name: 100 * (share < 1).mean(0) for name, share in shares.items()}
    for way in HOW:
        inside[f"s06 and body 8, D, {way}"] = (inside[f"s06, D, {way}"] + inside[f"body 8, D, {way}"]) / 2
    lines = [[name, f"{row.mean():.1f}", *(f"{value:.0f}" for value in row)] for name, row in inside.items()]
    print(markdown_table(["within the radius, %", "all", *PAPER_13], lines))
    doubt = doubted(model)
    lines = [[name, f"{share:.0f}", f"{error:.0f}"] for name, (share, error) in doubt.items()]
    print("\n" + markdown_table(["each frame alone", "doubted, %", "PA-MPJPE, mm"], lines))
    kept = {"within_percent": {name: row.tolist() for name, row in inside.items()}, "doubted_percent_and_mm": doubt}
    about = {"weights": model.fingerprint(), "cameras": CAMERAS, **provenance()}
    write_json(
        Path("results/certainty.json"),
        {"radius": certainty.RADIUS.tolist(), "measured": radius.tolist(), **kept, **about},
    )


if __name__ == "__main__":
    main()
