"""The command `vvipe`: the long work that a notebook should not hold."""

import argparse
import sys
import time
from pathlib import Path

from .evaluate_command import evaluate, load_motion, measure, method_names, out_folder

DATA_HELP = '"synthetic", "cmu", "h36m", "mpi_inf_3dhp", or a folder of your BVH files'


def _folders(out: Path, seed: int, seeds: int | None) -> dict[int, Path]:
    """Where each seed's models lie: one seed in out itself, several in out/seed0, out/seed1, ..."""
    if seeds is None:
        return {seed: out}
    folders = {n: out / f"seed{n}" for n in range(seeds)}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return folders


def train(args) -> None:
    """Train methods, each once a seed; then print the table on the validation rows."""
    import torch

    from .jobs import Job, train_all
    from .recipes import Settings

    if args.recipe == "shipped":
        return _train_shipped(args)
    motion, rows = load_motion(args.data)
    poses = torch.from_numpy(motion.poses)
    settings, out = Settings().scaled(args.scale), out_folder(args)
    print(f"{args.data}: {len(rows['train'])} poses to train on, {len(rows['validation'])} to validate; into {out}/")
    start = time.perf_counter()
    train_poses, held_out = poses[rows["train"]], poses[rows["validation"]]
    methods, folders = method_names(args), _folders(out, args.seed, args.seeds)
    jobs = [Job(m, settings, folder, seed) for seed, folder in folders.items() for m in methods]
    models = train_all(jobs, train_poses, held_out, args.jobs)
    each = len(methods)
    runs = [dict(zip(methods, models[i : i + each], strict=True)) for i in range(0, len(models), each)]
    every = max(1, len(held_out) // 2500)
    title = f"Validation, {len(held_out[::every])} poses, {len(runs)} seed(s); in {time.perf_counter() - start:.0f} s"
    measure(runs, held_out[::every], title)


def _train_shipped(args) -> None:
    """Train the weights that come with the package, "ours", on CMU without subject 14 and half of the synthetic sample.

    With --hold-out the validation rows are left out, and their table is printed.
    """
    import torch

    from . import datasets
    from .jobs import Job, train_all
    from .recipes import SHIPPED

    motion, rows = load_motion("cmu")
    poses = torch.from_numpy(motion.poses)
    held_out = poses[rows["validation"]]
    parts = [poses[rows["train"]], torch.from_numpy(datasets.load("synthetic").poses[::2])]
    train_poses = torch.cat(parts if args.hold_out else [*parts, held_out])
    out = Path(args.out or f"runs/shipped{'_held_out' * args.hold_out}")
    out.mkdir(parents=True, exist_ok=True)
    print(f"{len(train_poses)} poses to train on; into {out}/")
    start, some = time.perf_counter(), held_out[::4]
    jobs = [Job(method, settings.scaled(args.scale), out, args.seed) for method, settings in SHIPPED.values()]
    models = train_all(jobs, train_poses, some, args.jobs)
    took = f"{time.perf_counter() - start:.0f} s"
    by_method = {job.method: model for job, model in zip(jobs, models, strict=True)}
    if args.hold_out:
        measure([by_method], some, f"Validation, {len(some)} poses; in {took}")
    else:
        print(f"trained in {took}; storage.ship puts them among the package's weights")


def data(args) -> None:
    """Fetch a data set, or say which there are and where."""
    from .datasets import registry

    names = {"cmu": "cmu-mocap", "pr-vipe-frames": "pr-vipe-frames"}
    licensed = ("h36m", "mpi_inf_3dhp")
    if args.action == "fetch":
        if args.name in licensed:
            where = "put its files in a folder of that name in VVIPE_DATA (see the README)"
            raise ValueError(f"{args.name} needs a licence of your own, so it cannot be fetched here; {where}.")
        if args.name not in names:
            raise ValueError(f"unknown data set {args.name!r}; fetch knows: {', '.join(names)}.")
        print(registry.index(names[args.name])["about"])
        print(f"fetched to {registry.fetch(names[args.name])}")
        return
    for name, folder in names.items():
        try:
            print(f"{name:12} {registry.data_folder(folder)}")
        except ValueError:
            print(f"{name:12} not here; vvipe data fetch {name}")
    for name in licensed:
        try:
            print(f"{name:12} {registry.data_folder(name)}")
        except ValueError:
            print(f"{name:12} not here; needs a licence of your own")
    print(f"{'synthetic':12} comes with the package")


def export(args) -> None:
    """Write the explorer as one HTML file."""
    from . import datasets
    from .explorer import PoseExplorer
    from .storage import load, load_pretrained

    model = load(args.model) if args.model else load_pretrained(keypoints="exact")
    motion = load_motion(args.data)[0] if args.data != "synthetic" else datasets.load("synthetic")
    path = PoseExplorer(model, motion, points=args.points).save_html(args.path)
    print(f"| file | MB |\n|---|---|\n| {path} | {path.stat().st_size / 1e6:.1f} |")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = argparse.ArgumentParser("vvipe", description="V-VIPE: train, evaluate, fetch data, export the explorer.")
    commands = top.add_subparsers(required=True, metavar="command")
    for name, function, text in (
        ("train", train, "train the networks, print the validation table; a stopped run goes on from where it was"),
        ("evaluate", evaluate, "print the test table of what train made"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=function)
        command.add_argument("--data", default="synthetic", help=DATA_HELP)
        command.add_argument("--out", help="the run's folder (default: runs/DATA)")
        command.add_argument("--methods", default="paper", help='"paper", "all", "shipped", or names with ; between')
        command.add_argument("--seed", type=int, default=0)
        if name == "train":
            command.add_argument("--scale", type=float, default=1.0, help="multiplies all numbers of steps")
            command.add_argument("--seeds", type=int, help="train seeds 0, 1, ... so many, each in a folder of its own")
            command.add_argument("--jobs", type=int, default=1, help="so many trainings at once, a process each")
            command.add_argument("--recipe", choices=["comparison", "shipped"], default="comparison")
            command.add_argument("--hold-out", action="store_true", help="shipped: without the validation rows")
        else:
            command.add_argument("--keypoints", choices=["GT", "D"], help="exact, or with errors (default: the own)")
    command = commands.add_parser("data", help="fetch a data set, or list what is here")
    command.set_defaults(run=data)
    command.add_argument("action", choices=["list", "fetch"], nargs="?", default="list")
    command.add_argument("name", nargs="?", default="cmu")
    command = commands.add_parser("export", help="write the explorer as one HTML file that opens without a server")
    command.set_defaults(run=export)
    command.add_argument("path", help="where to, such as explorer.html")
    command.add_argument("--model", help="a model's .safetensors (default: the weights that come with the package)")
    command.add_argument("--data", default="synthetic", help='the map: "synthetic", "cmu", or a folder of BVH files')
    command.add_argument("--points", type=int, default=5000, help="at most so many points on the map")
    from . import lift_command

    lift_command.add_arguments(commands.add_parser("lift", help=lift_command.HELP, description=lift_command.HELP))
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command; errors that the user can mend are one sentence, not a traceback."""
    from .recipes import Stopped

    args = parser().parse_args(arguments)
    try:
        args.run(args)
    except (Stopped, KeyboardInterrupt):
        print("\nstopped; the same command goes on from here.", file=sys.stderr)
        return 130
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"vvipe: {error}", file=sys.stderr)
        return 2
    return 0
