"""Train a method with other settings, and measure Hit@1 on the validation sets: other people, other bodies.

    VVIPE_DATA=... python benchmarks/tune.py "Pr-VIPE + A" lr=3e-4 batch=256 steps=1500             (about 4 minutes)
    VVIPE_DATA=... python benchmarks/tune.py --hide detected errors.missing_prob=0.9 steps=1500     (about 8 minutes)

Each run adds a line to results/tuning.jsonl, with the settings that were changed and "mean", the figure that chooses
(evaluation.other_bodies.choosing_figure). Methods of the comparison train on CMU alone; exact and detected on all that
the shipped weights take in, without the validation rows (--data cmu, or source-out: no UI-PRMD). With --exercises
20000 the record says "source-out + 20000". Where no UI-PRMD is trained on, "strangers" is the mean over groups of its
seven people that are not the test (evaluation.other_bodies.strangers). Trained models are kept in runs/tuning and used
again. Subject 14 and UI-PRMD's test people are not used.
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
from statistics import fmean

import torch

from vvipe_explore import datasets
from vvipe_explore.evaluation.cross_view import CAMERA_SETS
from vvipe_explore.evaluation.occlusion import hits_without, joint_sets
from vvipe_explore.evaluation.other_bodies import body_sets, choosing_figure, hits_by_set, strangers
from vvipe_explore.models.test_time import Averaged, Unsure
from vvipe_explore.training.loop import TrainingData
from vvipe_explore.training.methods import METHODS, SHIPPED, Method, train_method, train_vae
from vvipe_explore.training.sources import shipped_data

OUT = Path("runs/tuning")
USES = {
    "plain": lambda model: model,
    "rolled": lambda model: Averaged(model, (-20.0, -10.0, 0.0, 10.0, 20.0), hide=False),
    "hidden": Averaged,
    "unsure": Unsure,
}


def folder(*what) -> Path:
    """Make the folder of a training, the same for the same settings."""
    path = OUT / hashlib.sha256(repr(what).encode()).hexdigest()[:8]
    path.mkdir(parents=True, exist_ok=True)
    return path


def changed(settings, changes: dict):
    """Replace fields of a dataclass by dotted names: {"steps": 1500, "vae.augmentation.length_spread": 0.1}."""
    for name, value in changes.items():
        first, _, rest = name.partition(".")
        value = changed(getattr(settings, first), {rest: value}) if rest else value
        settings = dataclasses.replace(settings, **{first: value})
    return settings


@functools.cache
def data_named(name: str, made_up: int = 0) -> TrainingData:
    """Load what to train on: "cmu"; "all", what the shipped weights take in; "source-out", the same less UI-PRMD.

    made_up: how many exercises to add to the latter two. Raises ValueError if there are any and name is "cmu".
    """
    if name == "cmu" and made_up:
        raise ValueError(f"expected no exercises with cmu, got {made_up}; give --data source-out or all.")
    if name != "cmu":
        return shipped_data(ui_prmd=name == "all", hold_out=True, made_up=made_up)
    motion = datasets.load("cmu")
    rows = datasets.split(motion)
    poses = torch.from_numpy(motion.poses)
    return TrainingData(poses[rows["train"]], poses[rows["validation"]], "cmu")


@functools.cache
def measured_on() -> dict[str, torch.Tensor]:
    """Take about a thousand poses of each validation set."""
    return {name: poses[:: max(1, round(len(poses) / 1000))] for name, poses in body_sets("validation").items()}


def trained(method: Method, seed: int, data: TrainingData):
    """Train the method, or find it trained; methods with the same VAE settings share the VAE."""
    out = folder(method, seed, data.name)
    if method.vae:
        shared = folder(method.vae, seed, data.name)
        train_vae(method.vae, data, shared, seed)
        for file in shared.glob("vae*.safetensors"):
            shutil.copy(file, out)
    return train_method(method, data, out, seed)


def hidden(model, poses: torch.Tensor, detected: bool) -> float:
    """Measure Hit@1 in % on unseen cameras with three joints of the query hidden: the mean over 60 of the 286 sets."""
    rates = hits_without(model, poses, random.Random(0).sample(joint_sets(3), 60), detected=detected)
    return round(sum(rates) / len(rates), 2)


def run(
    name: str,
    changes: dict,
    use: str = "plain",
    seed: int = 0,
    hide: bool = False,
    data: str | None = None,
    made_up: int = 0,
) -> dict:
    """Train, measure on the validation sets, and keep the line."""
    method = changed((SHIPPED | METHODS)[name], changes)
    data = data or ("all" if name in SHIPPED else "cmu")
    start = time.process_time()
    model = USES[use](trained(method, seed, data_named(data, made_up)))
    seconds = round(time.process_time() - start)
    detected = method.errors.detected
    hits = hits_by_set(model, measured_on(), detected)
    entry = {"method": name, **changes, "use": use, "seed": seed, "data": f"{data} + {made_up}" if made_up else data}
    entry["mean"] = round(choosing_figure(hits), 2)
    entry["hit@1"] = {body: {c: round(hit, 1) for c, hit in by.items()} for body, by in hits.items()}
    groups = hits_by_set(model, {} if data == "all" else strangers(), detected)
    if groups:
        entry["strangers"] = {c: round(fmean(hits[c] for hits in groups.values()), 1) for c in CAMERA_SETS}
    if hide:
        entry["unseen, three joints hidden"] = hidden(model, measured_on()["CMU"], detected)
    entry["cpu_seconds"] = seconds
    with open("results/tuning.jsonl", "a") as log:
        log.write(json.dumps(entry) + "\n")
    return entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=[*SHIPPED, *METHODS], metavar="method",
                        help="a method of the comparison; or exact or detected, for the shipped weights")  # fmt: skip
    parser.add_argument("settings", nargs="*", metavar="name=value", help="fields of Method to change, by dotted names")
    parser.add_argument("--hide", action="store_true", help="measure with three hidden joints of the query too")
    parser.add_argument("--use", choices=list(USES), default="plain", help="way to use the model (models.test_time)")
    parser.add_argument("--data", choices=("cmu", "all", "source-out"), help="what to train on (default: see above)")
    parser.add_argument("--exercises", type=int, default=0, help="how many made-up exercises to add; not with cmu")
    parser.add_argument("--seed", type=int, default=0, help="seed of the training")
    args = parser.parse_args()
    changes = {name: json.loads(value) for name, value in (pair.split("=") for pair in args.settings)}
    print(json.dumps(run(args.method, changes, args.use, args.seed, args.hide, args.data, args.exercises)))


if __name__ == "__main__":
    main()
