"""The command `vvipe`: its arguments, and the parts that are too short for a module of their own."""

import argparse
import io
import signal
import sys

from .. import __version__
from . import evaluate, export_motion, lift, notebooks, train
from .motion_options import add_motion_options, joined, motion_options

DATA_HELP = (
    'data set ("synthetic", "exercises", "cmu", "cmu-asfamc", "ui-prmd", "h36m", "mpi_inf_3dhp"), motion '
    "file, or folder of motion files (default: %(default)s)"
)


def data(args) -> None:
    """Fetch a data set, or list what is here."""
    from ..datasets import registry

    names = {"cmu": "cmu-mocap", "ui-prmd": "ui-prmd", "pr-vipe-frames": "pr-vipe-frames"}
    if args.action == "fetch":
        if args.name in registry.LICENSED:
            raise ValueError(
                f"{args.name} needs a licence of your own and can't be fetched; get its files from its authors, put "
                f"them in a folder {args.name}, and set VVIPE_DATA (an environment variable) to the folder above it. "
                f"help(vvipe_explore.datasets.{args.name}) says which files."
            )
        if args.name not in names:
            raise ValueError(f"expected one of {', '.join(names)} to fetch, got {args.name!r}.")
        print(registry.index(names[args.name])["about"])
        print(f"fetched to {registry.fetch(names[args.name])}")
        return
    for name, entry in (names | {name: name for name in registry.LICENSED}).items():
        how = "needs a licence of your own" if name in registry.LICENSED else f"vvipe data fetch {name}"
        try:
            folder = registry.data_folder(entry)
        except ValueError:
            print(f"{name:12} not here; {how}")
            continue
        whole, files = registry.count_whole(entry, folder)
        if folder != registry.download_folder() / entry:  # fetch completes no other folder
            how = "copy the others there"
        print(f"{name:12} {folder}" + f" (only {whole} of {files} files are there and whole; {how})" * (whole < files))
    for name in ("synthetic", "exercises"):
        print(f"{name:12} comes with the package")


def export(args) -> None:
    """Write the explorer as one HTML file."""
    from .._page import export as write
    from ..models.storage import load, load_pretrained

    model = load(args.model) if args.model else load_pretrained(keypoints="exact")
    motion = evaluate.load_motion(args.data, **motion_options(args))[0]
    path = write(args.path, model, motion, args.points)
    print(f"| file | MB |\n|---|---|\n| {path} | {path.stat().st_size / 1e6:.1f} |")


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    top = argparse.ArgumentParser("vvipe", description="V-VIPE: train, evaluate, fetch data, export the explorer.")
    top.add_argument("--version", action="version", version=f"vvipe-explore {__version__}")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    training = command("train", train.run, "train networks, print the validation table; rerun the command to resume")
    testing = command("evaluate", evaluate.evaluate, "print the test table of the models that train made")
    for each in (training, testing):
        each.add_argument("--data", default="synthetic", help=DATA_HELP)
        add_motion_options(each)
        each.add_argument("--out", help="folder of the run (default: runs/DATA)")
        methods = '"paper", "all", "shipped", or names separated by ; (default: %(default)s)'
        each.add_argument("--methods", default="paper", help=methods)
        each.add_argument("--source-out", action="store_true", help="with --methods shipped: without UI-PRMD")
        each.add_argument("--seed", type=int, default=0, help="seed of the run (default: %(default)s)")
    train.add_arguments(training)
    kinds = "exact keypoints or a detector's (default: the kind that each method was trained on)"
    testing.add_argument("--keypoints", choices=["GT", "D"], help=kinds)
    made = command("data", data, "list the data sets that are here, or fetch one")
    made.add_argument("action", choices=["list", "fetch"], nargs="?", default="list", help="default: %(default)s")
    made.add_argument("name", nargs="?", default="cmu", help="data set to fetch (default: %(default)s)")
    made = command("export", export, "write the explorer to one HTML file that opens without a server")
    made.add_argument("path", help="file to write, such as explorer.html")
    made.add_argument("--model", help="model to show, a .safetensors file (default: the shipped weights)")
    made.add_argument("--data", default="synthetic", help="poses of the map: " + DATA_HELP)
    add_motion_options(made)
    most = "largest number of points on the map (default: %(default)s)"
    made.add_argument("--points", type=int, default=5000, help=most)
    export_motion.add_arguments(commands.add_parser("export-motion", help=export_motion.HELP,
                                                    description=export_motion.HELP))  # fmt: skip
    notebooks.add_arguments(commands.add_parser("notebooks", help=notebooks.HELP, description=notebooks.HELP))
    lift.add_arguments(commands.add_parser("lift", help=lift.HELP, description=lift.HELP))
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command; an error that the user can mend is one sentence, not a traceback."""
    from ..training.methods import Stopped

    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name may hold what stdout can't encode
        sys.stdout.reconfigure(errors="backslashreplace")
    args = parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as good as Ctrl-C
    try:
        args.run(args)
    except (Stopped, KeyboardInterrupt):
        print("\nstopped; rerun the command to resume.", file=sys.stderr)
        return 130
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"vvipe: {error}", file=sys.stderr)
        return 2
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0
