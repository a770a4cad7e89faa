"""`vvipe train`: train methods, then print the table on the validation rows."""

import time
from pathlib import Path

from .._files import folder_in_use
from .evaluate import load_motion, measure, methods_named, out_folder


def add_arguments(command) -> None:
    """Add train's own arguments; those that it shares with evaluate are main's."""
    command.add_argument("--scale", type=float, default=1.0, help="factor on all numbers of steps")
    command.add_argument("--seeds", type=int, help="number of seeds: 0, 1, ... each in its folder")
    command.add_argument("--jobs", type=int, default=1, help="number of trainings at once, a process each")
    command.add_argument("--hold-out", action="store_true", help="with --methods shipped: keep the validation rows out")


def run(args) -> None:
    """Train methods, each once a seed; then print the table on the validation rows."""
    import torch

    from ..training.jobs import Job, train_all
    from ..training.loop import TrainingData

    if args.methods == "shipped":
        return _train_shipped(args)
    motion, rows = load_motion(args.data)
    poses, out = torch.from_numpy(motion.poses), out_folder(args, motion)
    data = TrainingData(poses[rows["train"]], poses[rows["validation"]], args.data)
    methods = [method.scaled(args.scale) for method in methods_named(args.methods)]
    with folder_in_use(out, "vvipe train"):
        print(f"{args.data}: {len(data.train)} poses to train on, {len(data.held_out)} to validate; into {out}/")
        start = time.perf_counter()
        jobs = [Job(m, folder, seed) for seed, folder in _folders(out, args.seed, args.seeds).items() for m in methods]
        models = train_all(jobs, data, args.jobs)
    runs = [models[i : i + len(methods)] for i in range(0, len(models), len(methods))]
    some = data.held_out[:: max(1, len(data.held_out) // 2500)]
    title = f"Validation, {len(some)} poses, {len(runs)} seed(s); in {time.perf_counter() - start:.0f} s"
    measure([dict(zip((m.name for m in methods), run, strict=True)) for run in runs], some, title)


def _folders(out: Path, seed: int, seeds: int | None) -> dict[int, Path]:
    """Give each seed's folder: out itself for one seed; out/seed0, out/seed1, ... for several."""
    if seeds is None:
        return {seed: out}
    folders = {n: out / f"seed{n}" for n in range(seeds)}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return folders


def _train_shipped(args) -> None:
    """Train the weights that come with the package, on CMU without subject 14 and half of the synthetic sample.

    With --hold-out the validation rows are left out, and their table is printed.
    """
    import torch

    from .. import datasets
    from ..training.jobs import Job, train_all
    from ..training.loop import TrainingData
    from ..training.methods import SHIPPED

    motion, rows = load_motion("cmu")
    poses = torch.from_numpy(motion.poses)
    held_out = poses[rows["validation"]]
    parts = [poses[rows["train"]], torch.from_numpy(datasets.load("synthetic").poses[::2])]
    data = TrainingData(torch.cat(parts if args.hold_out else [*parts, held_out]), held_out[::4], "cmu and synthetic")
    out = Path(args.out or f"runs/shipped{'_held_out' * args.hold_out}")
    with folder_in_use(out, "vvipe train"):
        print(f"{len(data.train)} poses to train on; into {out}/")
        start = time.perf_counter()
        jobs = [Job(method.scaled(args.scale), out, args.seed) for method in SHIPPED.values()]
        models = train_all(jobs, data, args.jobs)
    took = f"{time.perf_counter() - start:.0f} s"
    if args.hold_out:
        run = {job.method.name: model for job, model in zip(jobs, models, strict=True)}
        measure([run], data.held_out, f"Validation, {len(data.held_out)} poses; in {took}")
    else:
        print(f"trained in {took}; python tools/ship_weights.py {out} puts them among the package's weights")
