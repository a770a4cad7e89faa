"""The command `vvipe`: its arguments, and the parts that are too short for a module of their own."""

import argparse
import sys

from . import evaluate, lift, train

DATA_HELP = 'data set ("synthetic", "cmu", "h36m", "mpi_inf_3dhp") or folder of BVH files (default: %(default)s)'


def data(args) -> None:
    """Fetch a data set, or list what is here."""
    from ..datasets import registry

    names = {"cmu": "cmu-mocap", "pr-vipe-frames": "pr-vipe-frames"}
    licensed = ("h36m", "mpi_inf_3dhp")
    if args.action == "fetch":
        if args.name in licensed:
            how = "get its files from its authors and put them in a folder of that name in VVIPE_DATA (data/README.md)"
            raise ValueError(f"{args.name} needs a licence of your own and can't be fetched; {how}.")
        if args.name not in names:
            raise ValueError(f"expected one of {', '.join(names)} to fetch, got {args.name!r}.")
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
    """Build the parser of all commands."""
    top = argparse.ArgumentParser("vvipe", description="V-VIPE: train, evaluate, fetch data, export the explorer.")
    commands = top.add_subparsers(required=True, metavar="command")
    for name, function, text in (
        ("train", train.run, "train the networks and print the validation table; rerun the command to resume"),
        ("evaluate", evaluate.evaluate, "print the test table of the models that train made"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=function)
        command.add_argument("--data", default="synthetic", help=DATA_HELP)
        command.add_argument("--out", help="folder of the run (default: runs/DATA)")
        command.add_argument("--methods", default="paper", help='"paper", "all", "shipped", or names separated by ; (default: %(default)s)')
        command.add_argument("--seed", type=int, default=0, help="seed of the run (default: %(default)s)")
        if name == "train":
            train.add_arguments(command)
        else:
            command.add_argument("--keypoints", choices=["GT", "D"], help="exact keypoints or a detector's (default: the kind that each method was trained on)")
    command = commands.add_parser("data", help="list the data sets that are here, or fetch one")
    command.set_defaults(run=data)
    command.add_argument("action", choices=["list", "fetch"], nargs="?", default="list")
    command.add_argument("name", nargs="?", default="cmu")
    command = commands.add_parser("export", help="write the explorer to one HTML file that opens without a server")
    command.set_defaults(run=export)
    command.add_argument("path", help="file to write, such as explorer.html")
    command.add_argument("--model", help="model to show, a .safetensors file (default: the shipped weights)")
    command.add_argument("--data", default="synthetic", help="poses of the map: " + DATA_HELP)
    command.add_argument("--points", type=int, default=5000, help="largest number of points on the map (default: %(default)s)")
    lift.add_arguments(commands.add_parser("lift", help=lift.HELP, description=lift.HELP))
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command; an error that the user can mend is one sentence, not a traceback."""
    from ..training.methods import Stopped

    args = parser().parse_args(arguments)
    try:
        args.run(args)
    except (Stopped, KeyboardInterrupt):
        print("\nstopped; rerun the command to resume.", file=sys.stderr)
        return 130
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"vvipe: {error}", file=sys.stderr)
        return 2
    return 0
