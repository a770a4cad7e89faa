"""The command `vvipe`: the long work that a notebook should not hold."""

import argparse
import sys

from . import evaluate, lift, train

DATA_HELP = '"synthetic", "cmu", "h36m", "mpi_inf_3dhp", or a folder of your BVH files'


def data(args) -> None:
    """Fetch a data set, or say which there are and where."""
    from ..datasets import registry

    names = {"cmu": "cmu-mocap", "pr-vipe-frames": "pr-vipe-frames"}
    licensed = ("h36m", "mpi_inf_3dhp")
    if args.action == "fetch":
        if args.name in licensed:
            where = "put its files in a folder of that name in VVIPE_DATA (see data/README.md)"
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
    from .. import datasets
    from ..explorer import PoseExplorer
    from ..models.storage import load, load_pretrained

    model = load(args.model) if args.model else load_pretrained(keypoints="exact")
    motion = evaluate.load_motion(args.data)[0] if args.data != "synthetic" else datasets.load("synthetic")
    path = PoseExplorer(model, motion, points=args.points).save_html(args.path)
    print(f"| file | MB |\n|---|---|\n| {path} | {path.stat().st_size / 1e6:.1f} |")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = argparse.ArgumentParser("vvipe", description="V-VIPE: train, evaluate, fetch data, export the explorer.")
    commands = top.add_subparsers(required=True, metavar="command")
    for name, function, text in (
        ("train", train.run, "train the networks, print the validation table; a stopped run goes on from where it was"),
        ("evaluate", evaluate.evaluate, "print the test table of what train made"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=function)
        command.add_argument("--data", default="synthetic", help=DATA_HELP)
        command.add_argument("--out", help="the run's folder (default: runs/DATA)")
        command.add_argument("--methods", default="paper", help='"paper", "all", "shipped", or names with ; between')
        command.add_argument("--seed", type=int, default=0)
        if name == "train":
            train.add_arguments(command)
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
    lift.add_arguments(commands.add_parser("lift", help=lift.HELP, description=lift.HELP))
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command; errors that the user can mend are one sentence, not a traceback."""
    from ..training.methods import Stopped

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
