"""One training with other settings, and its Hit@1 on validation; every run is kept in results/tuning.jsonl.

    VVIPE_DATA=... python benchmarks/tune.py --method "Pr-VIPE + A" prvipe_lr=3e-4 prvipe_batch=256 steps=1500
    VVIPE_DATA=... python benchmarks/tune.py --recipe detected --hide missing=0.9 steps=1500

--recipe: from the settings of the shipped weights. --hide: Hit@1 (unseen cameras) with three joints of the query
hidden too, over 60 of the 286 choices. Settings: see recipes.Settings; those that a line of the record does not name
had their defaults of then. Subject 14 is not touched. What was trained is found again in runs/tuning.
"""

import argparse
import dataclasses
import functools
import hashlib
import json
import random
import shutil
import time
from pathlib import Path

import torch

from vvipe_explore import datasets, recipes
from vvipe_explore.evaluation import CAMERA_SETS, cross_view_hits, views
from vvipe_explore.occlusion import choices, hits_without
from vvipe_explore.variants import Averaged, Unsure

OUT = Path("runs/tuning")
USES = {
    "plain": lambda model: model,
    "rolled": lambda model: Averaged(model, (-20.0, -10.0, 0.0, 10.0, 20.0), hide=False),
    "hidden": Averaged,
    "unsure": Unsure,
}


def folder(*what) -> Path:
    """A folder of its own for what is trained, found again by the same settings."""
    path = OUT / hashlib.sha256(repr(what).encode()).hexdigest()[:8]
    path.mkdir(parents=True, exist_ok=True)
    return path


@functools.cache
def rows_of_cmu() -> tuple[torch.Tensor, torch.Tensor]:
    """World poses of the train and of the validation rows."""
    motion = datasets.load("cmu")
    rows = datasets.split(motion)
    poses = torch.from_numpy(motion.poses)
    return poses[rows["train"]], poses[rows["validation"]]


def trained(method: str, changes: dict, seed: int, train: torch.Tensor, held_out: torch.Tensor):
    """The method trained with changed settings, or found trained; the VAE is shared by all that want the same one."""
    settings = dataclasses.replace(recipes.Settings(), **changes)
    out, recipe = folder(method, settings, seed), recipes.METHODS[method]
    if recipe["kind"] == "vvipe":
        vae_settings = [getattr(settings, name) for name in recipes.VAE_SETTINGS]
        shared = folder("vae", recipe["ours"], vae_settings, seed)
        recipes.train_vae(train, held_out, settings, shared, seed, ours=recipe["ours"])
        for file in shared.glob("vae*.safetensors"):
            shutil.copy(file, out)
    return recipes.train_method(method, train, held_out, settings, out, seed)


def measured(model, poses: torch.Tensor, detected: bool) -> dict[str, float]:
    """Hit@1 in % on the protocol's seen and unseen cameras."""
    return {
        name: round(cross_view_hits(model, poses, views(poses, cameras, detected), (1,))[1], 2)
        for name, cameras in CAMERA_SETS.items()
    }


def hidden(model, poses: torch.Tensor, detected: bool) -> float:
    """Hit@1 in % on unseen cameras, three joints of the query hidden: the mean over 60 choices."""
    rates = hits_without(model, poses, random.Random(0).sample(choices(3), 60), detected=detected)
    return round(sum(rates) / len(rates), 2)


def run(
    method: str, changes: dict, use: str = "plain", seed: int = 0, every: int = 4, hide: bool = False
) -> dict:
    """Train, measure on every so manieth validation pose, and keep the line."""
    train, held_out = rows_of_cmu()
    start = time.process_time()
    model = trained(method, changes, seed, train, held_out)
    seconds = round(time.process_time() - start)
    poses, detected = held_out[::every], recipes.METHODS[method]["detected"]
    hits = measured(USES[use](model), poses, detected)
    if hide:
        hits["unseen, three joints hidden"] = hidden(USES[use](model), poses, detected)
    entry = {"method": method, **changes, "use": use, "seed": seed, **hits, "cpu_seconds": seconds}
    with open("results/tuning.jsonl", "a") as log:
        log.write(json.dumps(entry) + "\n")
    return entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--method", choices=list(recipes.METHODS))
    what.add_argument("--recipe", choices=list(recipes.SHIPPED))
    parser.add_argument("settings", nargs="*", metavar="name=value")
    parser.add_argument("--hide", action="store_true")
    parser.add_argument("--use", choices=list(USES), default="plain", help="see vvipe_explore.variants")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    changes = {name: json.loads(value) for name, value in (pair.split("=") for pair in args.settings)}
    method = args.method
    if args.recipe:
        method, settings = recipes.SHIPPED[args.recipe]
        changes = dataclasses.asdict(settings) | changes
    print(json.dumps(run(method, changes, args.use, args.seed, hide=args.hide)))


if __name__ == "__main__":
    main()
