"""`vvipe train`: train methods, then print the table on the validation rows."""

import time
from pathlib import Path

from .._files import folder_in_use
from .evaluate import SOURCE_OUT, load_motion, measure, methods_named, out_folder, sets_of
from .motion_options import motion_options


def add_arguments(command) -> None:
    """Add train's own arguments; those that it shares with evaluate are main's."""
    command.add_argument("--scale", type=float, default=1.0, help="factor on all numbers of steps")
    command.add_argument("--seeds", type=int, help="number of seeds: 0, 1, ... each in its folder")
    command.add_argument("--jobs", type=int, default=1, help="number of trainings at once, a process each")
    command.add_argument("--hold-out", action="store_true", help="with --methods shipped: no validation rows")
    command.add_argument("--encoder", choices=("exact", "detected"), help="with --methods shipped: this one only")


def run(args) -> None:
    """Train methods, each once a seed; then print the table on the validation rows."""
    import torch

    from ..training.jobs import Job, train_all
    from ..training.loop import TrainingData

    if args.methods == "shipped":
        return _train_shipped(args)
    motion, rows = load_motion(args.data, **motion_options(args))
    poses = torch.from_numpy(motion.poses)
    data = TrainingData(poses[rows["train"]], poses[rows["validation"]], args.data)
    if len(data.train) < 2:
        raise ValueError(f"{args.data}: expected at least 2 poses to train on, got 1; give longer recordings.")
    out = out_folder(args, motion)
    methods = [method.scaled(args.scale) for method in methods_named(args.methods)]
    with folder_in_use(out, "vvipe train"):
        print(f"{args.data}: {len(data.train)} poses to train on, {len(data.held_out)} to validate; into {out}/")
        start = time.perf_counter()
        jobs = [Job(m, folder, seed) for seed, folder in _folders(out, args.seed, args.seeds).items() for m in methods]
        models = train_all(jobs, data, args.jobs)
    runs = [models[i : i + len(methods)] for i in range(0, len(models), len(methods))]
    sets = {bodies: thinned(poses) for bodies, poses in sets_of(args.data, "validation", data.held_out).items()}
    some = len(next(iter(sets.values())))
    title = f"Validation, {some} poses, {len(runs)} seed(s); in {time.perf_counter() - start:.0f} s"
    measure([dict(zip((m.name for m in methods), run, strict=True)) for run in runs], sets, title)


def thinned(poses, most: int = 2500):
    """Take at most about most of the poses, by an even stride."""
    return poses[:: max(1, len(poses) // most)]


def _folders(out: Path, seed: int, seeds: int | None) -> dict[int, Path]:
    """Give each seed's folder: out itself for one seed; out/seed0, out/seed1, ... for several."""
    if seeds is None:
        return {seed: out}
    folders = {n: out / f"seed{n}" for n in range(seeds)}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return folders


def _train_shipped(args) -> None:
    """Train the weights that come with the package (training.sources says on what).

    With --hold-out the validation rows are left out, and their tables are printed; with --source-out UI-PRMD is.
    """
    from ..training.jobs import Job, train_all
    from ..training.methods import SHIPPED
    from ..training.sources import shipped_data

    data = shipped_data(ui_prmd=not args.source_out, hold_out=args.hold_out)
    out = Path(args.out or (SOURCE_OUT if args.source_out else f"runs/shipped{'_held_out' * args.hold_out}"))
    words = list(SHIPPED) if args.encoder is None else [args.encoder]
    with folder_in_use(out, "vvipe train"):
        print(f"{len(data.train)} poses to train on ({data.name}); into {out}/")
        start = time.perf_counter()
        jobs = [Job(SHIPPED[word].scaled(args.scale), out, args.seed) for word in words]
        models = train_all(jobs, data, args.jobs)
    took = f"{time.perf_counter() - start:.0f} s"
    if args.hold_out:
        run = {job.method.name: model for job, model in zip(jobs, models, strict=True)}
        sets = {bodies: thinned(poses) for bodies, poses in sets_of("cmu", "validation", None).items()}
        measure([run], sets, f"Validation; trained in {took}")
    elif not args.source_out:
        print(f"trained in {took}; python tools/ship_weights.py {out} puts them among the package's weights")
    else:
        print(f"trained in {took}; vvipe evaluate --data cmu --methods shipped --source-out measures them")
