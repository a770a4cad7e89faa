"""How much data is enough? Error on strangers against the number of people, poses and bodies trained on.

    VVIPE_DATA=... python benchmarks/data_amount.py             (about 60 minutes on two cores; rerun it to resume)
    VVIPE_DATA=... python benchmarks/data_amount.py --draw      draw results/data_amount.png again

One V-VIPE (ours) + A a point, of half the comparison's steps, trained on a part of CMU's training rows:

    people   the poses of 1, 2, 4, 8 or all 12 people, on any body
    poses    1 in 256, 64, 16, 4 or all poses of all people, on any body
    bodies   all poses, each on one of 1, 4, 16, 64 or 256 bodies; or on a new body each time; one body in the
             contrastive term throughout

Measured on UI-PRMD's s04 and s06, who are other people in other motions, and on CMU's subjects 02 and 03 on their own
skeletons: other bodies in motions of which most were trained on. Each point has three seeds; a seed also chooses which
people, poses and bodies. The figures are kept in results/data_amount.jsonl, with the settings they depend on; points of
other settings are measured anew. Subject 14 and UI-PRMD's test people are not used.
"""

import argparse
import dataclasses
import hashlib
import json
import multiprocessing
import statistics
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from tqdm import tqdm

from vvipe_explore import datasets, plots
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation.cross_view import CAMERA_SETS, lifting_errors, project_to
from vvipe_explore.evaluation.other_bodies import body_sets, hits_by_set
from vvipe_explore.training import bodies
from vvipe_explore.training.loop import TrainingData
from vvipe_explore.training.methods import METHODS, Method, train_method

OUT, KEPT = Path("runs/data_amount"), Path("results/data_amount.jsonl")
MEANS, PICTURE = Path("results/data_amount.json"), Path("results/data_amount.png")
METHOD = "V-VIPE (ours) + A"
MEASURED_ON = ("UI-PRMD", "own skeletons")
POINTS = {"people": (1, 2, 4, 8, 12), "poses": (256, 64, 16, 4, 1), "bodies": (1, 4, 16, 64, 256, 0)}
"""0 bodies: a new one each time. All people and all poses are one point, which is trained once."""


def training_poses(of: str, amount: int, seed: int) -> torch.Tensor:
    """Take the part of CMU's training rows that a point trains on; put them on a number of bodies for of="bodies"."""
    motion = datasets.load("cmu")
    motion = motion[datasets.split(motion)["train"]]
    rng = np.random.default_rng(seed)
    if of == "people":
        people = rng.permutation(np.unique(motion.subject))[:amount]
        return torch.from_numpy(motion[np.isin(motion.subject, people)].poses)
    if of == "poses":
        return torch.from_numpy(motion[np.sort(rng.permutation(len(motion))[: len(motion) // amount])].poses)
    poses = torch.from_numpy(motion.poses)
    return on_bodies(poses, amount, seed) if amount else poses


def on_bodies(poses: torch.Tensor, count: int, seed: int) -> torch.Tensor:
    """Put each pose on one of count bodies: with one body that which was recorded, else lengths and noses in RANGES."""
    if count == 1:
        return poses
    generator = torch.Generator().manual_seed(seed)
    low, high = torch.tensor(list(bodies.RANGES.values())).T[..., None]
    lengths = low + (high - low) * torch.rand(8, count, generator=generator)
    frame = canonicalise(poses)
    of = torch.randint(count, (len(poses),), generator=generator)
    moved = bodies.with_lengths(frame.poses, lengths[:, of] / bodies.segment_lengths(frame.poses))
    noses = bodies.random_nose(torch.zeros(count, 13, 3), 0.0, generator, any_body=1.0)[:, 0]
    moved[:, 0] += noses[of]
    return dataclasses.replace(frame, poses=moved).restore()


def method_of(of: str, amount: int) -> Method:
    """Give the method that a point trains."""
    method = METHODS[METHOD].scaled(0.5)
    if of != "bodies":
        return method
    method = dataclasses.replace(method, two_bodies=0.0)
    if not amount:
        return method
    still = {"length_spread": 0.0, "human_proportions": 0.0, "any_body_prob": 0.0}  # the bodies given are all there are
    vae = dataclasses.replace(method.vae, augmentation=dataclasses.replace(method.vae.augmentation, **still))
    return dataclasses.replace(method, vae=vae, augmentation=dataclasses.replace(method.augmentation, **still))


def settings_of(of: str, amount: int) -> str:
    """Give a fingerprint of a point's settings."""
    return hashlib.sha256(repr((method_of(of, amount), MEASURED_ON)).encode()).hexdigest()[:8]


def point(of: str, amount: int, seed: int) -> dict:
    """Train one point and measure it on strangers."""
    torch.set_num_threads(1)
    everyone = body_sets("validation")
    missing = {"CMU", *MEASURED_ON} - everyone.keys()
    if missing:
        raise ValueError(f"expected CMU, UI-PRMD and cmu-asfamc, got none of {', '.join(missing)}; see data/README.md.")
    poses, held_out = training_poses(of, amount, seed), everyone["CMU"][::8]
    out = OUT / f"{of}_{amount}_{seed}_{settings_of(of, amount)}"
    out.mkdir(parents=True, exist_ok=True)
    data = TrainingData(poses, held_out, "part of cmu")
    model = train_method(method_of(of, amount), data, out, seed, progress=False)
    sets = {name: everyone[name][::3] for name in MEASURED_ON}
    hits = hits_by_set(model, sets)
    lifted = {
        name: [lifting_errors(model, p, project_to(p, orbit))["pa_mpjpe"] for orbit in CAMERA_SETS.values()]
        for name, p in sets.items()
    }
    return {
        "of": of, "amount": amount, "seed": seed, "settings": settings_of(of, amount), "poses": len(poses),
        "hit@1": {name: round(statistics.fmean(h.values()), 2) for name, h in hits.items()},
        "pa_mpjpe_mm": {name: round(statistics.fmean(errors), 2) for name, errors in lifted.items()},
    }  # fmt: skip


def same_point(of: str, amount: int) -> tuple[str, int]:
    """Give the point that is trained for this one: all poses of all people are the point of all people."""
    return ("people", POINTS["people"][-1]) if (of, amount) == ("poses", 1) else (of, amount)


def made() -> list[dict]:
    """Read the points that were measured with today's settings."""
    lines = KEPT.read_text().splitlines() if KEPT.is_file() else []
    return [p for p in map(json.loads, lines) if p["settings"] == settings_of(p["of"], p["amount"])]


def measure(seeds: int, workers: int) -> None:
    """Measure the points that are missing, all of one seed before the next; keep each as it ends."""
    have = {(p["of"], p["amount"], p["seed"]) for p in made()}
    points = dict.fromkeys(same_point(of, n) for of, amounts in POINTS.items() for n in amounts)
    left = [(*key, seed) for seed in range(seeds) for key in points if (*key, seed) not in have]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(point, *key) for key in left]
        for done in tqdm(as_completed(running), total=len(left), desc="points", unit="point"):
            with open(KEPT, "a") as file:
                file.write(json.dumps(done.result()) + "\n")


def points_at(points: list[dict], of: str, amount: int) -> list[dict]:
    """Take the points of one amount, one for each seed."""
    return [p for p in points if (p["of"], p["amount"]) == same_point(of, amount)]


def means() -> dict[str, list[dict]]:
    """Give for each amount the mean of what was measured, over so many seeds: {"people": [{"amount": 1, ...}], ...}."""
    found, points = {}, made()
    for of, amounts in POINTS.items():
        rows = []
        for amount in amounts:
            some = points_at(points, of, amount)
            row = {"amount": amount, "seeds": len(some)}
            for figure in ("hit@1", "pa_mpjpe_mm") if some else ():
                row[figure] = {on: round(statistics.fmean(p[figure][on] for p in some), 1) for on in MEASURED_ON}
            rows.append(row)
        found[of] = rows
    return found


def draw() -> None:
    """Draw Hit@1 and PA-MPJPE against each amount: a dot a seed, a line through the means."""
    plots.style()
    figure, axes = plt.subplots(2, 3, figsize=(9, 5), sharey="row", layout="constrained")
    points = made()
    for column, (of, amounts) in enumerate(POINTS.items()):
        labels = [f"1/{n}" if of == "poses" and n > 1 else "all" if of == "poses" else str(n or "new") for n in amounts]
        for ax, name in zip(axes[:, column], ("hit@1", "pa_mpjpe_mm"), strict=True):
            for bodies_of, colour in zip(MEASURED_ON, (plots.LEFT, plots.RIGHT), strict=True):
                values = [[p[name][bodies_of] for p in points_at(points, of, n)] for n in amounts]
                for place, some in enumerate(values):
                    ax.plot([place] * len(some), some, "o", color=colour, alpha=0.4, markersize=4)
                means = [statistics.fmean(some) if some else np.nan for some in values]
                ax.plot(means, "-o", color=colour, label=bodies_of)
            ax.set_xticks(range(len(amounts)), labels)
        axes[1, column].set_xlabel(f"{of} trained on")
    axes[0, 0].set_ylabel("Hit@1, %\n(higher is better)")
    axes[1, 0].set_ylabel("PA-MPJPE, mm\n(lower is better)")
    axes[0, 1].legend(loc="lower right")
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", action="store_true", help="draw the picture again, measure nothing")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="number of trainings at once (default: %(default)s)")
    args = parser.parse_args()
    if not args.draw:
        measure(args.seeds, args.jobs)
    write_json(MEANS, {**provenance(), "method": METHOD, **means()})
    draw()


if __name__ == "__main__":
    main()
