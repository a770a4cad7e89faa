"""The command `vvipe`: the long work that a notebook should not hold."""

import argparse
import datetime
import json
import platform
import subprocess
import sys
import time
from pathlib import Path


def _load(name: str):
    """World poses and their split, of a data set's name or of a folder of BVH files."""
    from . import datasets

    motion = datasets.load(name) if name in ("synthetic", "cmu") else datasets.read_bvh(name, errors="skip", every=4)
    return motion, datasets.split(motion)


def _out(args) -> Path:
    name = args.data if args.data in ("synthetic", "cmu") else Path(args.data).resolve().name
    out = Path(args.out or f"runs/{name}")
    out.mkdir(parents=True, exist_ok=True)
    return out


def _methods(args) -> list[str]:
    from .recipes import METHODS, PAPER_METHODS

    if args.methods in ("paper", "all"):
        return list(PAPER_METHODS if args.methods == "paper" else METHODS)
    wanted = [m.strip() for m in args.methods.split(";")]
    unknown = [m for m in wanted if m not in METHODS]
    if unknown:
        known = "; ".join(METHODS)
        raise ValueError(f"unknown method {'; '.join(unknown)}; known are (put ; between them): {known}.")
    return wanted


def _table(models: dict, poses, title: str, detected: bool = False) -> list[dict]:
    from tqdm.auto import tqdm

    from .evaluation import BASELINES, CAMERA_SETS, as_table, evaluate

    methods = {**BASELINES, **models}
    with tqdm(total=len(methods) * len(CAMERA_SETS), desc="evaluating", unit="row", leave=False) as bar:
        rows = evaluate(methods, poses, detected, report=lambda row: bar.update())
    print(f"\n{title}\n\n{as_table(rows)}\n")
    return rows


def train(args) -> None:
    """Train methods, each once; then print the table on the validation rows."""
    import torch

    from .recipes import Settings, train_method

    if args.recipe == "shipped":
        return _train_shipped(args)
    motion, rows = _load(args.data)
    poses = torch.from_numpy(motion.poses)
    settings, out = Settings().scaled(args.scale), _out(args)
    print(f"{args.data}: {len(rows['train'])} poses to train on, {len(rows['validation'])} to validate; into {out}/")
    start = time.perf_counter()
    train_poses, held_out = poses[rows["train"]], poses[rows["validation"]]
    models = {m: train_method(m, train_poses, held_out, settings, out, args.seed) for m in _methods(args)}
    every = max(1, len(held_out) // 2500)
    title = f"Validation, {len(held_out[::every])} poses, GT keypoints; trained in {time.perf_counter() - start:.0f} s"
    _table(models, held_out[::every], title)


def _train_shipped(args) -> None:
    """Train the weights that come with the package: CMU's train rows and half of the synthetic sample, "ours"."""
    import torch

    from . import datasets
    from .recipes import SHIPPED, train_method

    motion, rows = _load("cmu")
    poses = torch.from_numpy(motion.poses)
    train_poses = torch.cat([poses[rows["train"]], torch.from_numpy(datasets.load("synthetic").poses[::2])])
    held_out, settings = poses[rows["validation"]][::4], SHIPPED.scaled(args.scale)
    out = Path(args.out or "runs/shipped")
    out.mkdir(parents=True, exist_ok=True)
    print(f"{len(train_poses)} poses to train on; into {out}/")
    for detected, method in ((False, "V-VIPE (ours) + A"), (True, "V-VIPE (ours), D + A")):
        model = train_method(method, train_poses, held_out, settings, out, args.seed)
        title = f"Validation, {len(held_out)} poses, {'D' if detected else 'GT'} keypoints"
        _table({method: model}, held_out, title, detected)


def evaluate(args) -> None:
    """Print the table on the test rows, and keep it as JSON; on CMU every such run is logged."""
    import torch

    from .recipes import file_of
    from .storage import atomic_path, load, load_pretrained

    motion, rows = _load(args.data)
    out = _out(args)
    if args.methods == "shipped":
        models = {"shipped weights": load_pretrained("detected" if args.keypoints == "D" else "exact")}
    else:
        models = {m: load(file_of(out, m)) for m in _methods(args) if file_of(out, m).is_file()}
    if not models:
        raise ValueError(f"{out} holds no trained models; train them first: vvipe train --data {args.data}")
    poses = torch.from_numpy(motion.poses[rows["test"]])
    start = time.perf_counter()
    title = f"Test, {len(poses)} poses, {args.keypoints} keypoints, seed {args.seed}"
    made = _table(models, poses, title, args.keypoints == "D")
    record = {
        "data": args.data, "poses": len(poses), "rows": made, "seconds": time.perf_counter() - start, **_provenance(),
    }  # fmt: skip
    kept = out / f"evaluation{'_shipped' * (args.methods == 'shipped')}{'_D' * (args.keypoints == 'D')}.json"
    with atomic_path(kept) as temporary:
        Path(temporary).write_text(json.dumps(record, indent=1) + "\n")
    with open(out / "test_runs.jsonl", "a") as log:
        best = {f"{r['method']}, {r['cameras']}": round(r["hit@1"], 2) for r in made}
        entry = {**_provenance(), "data": args.data, "keypoints": args.keypoints, "hit@1": best}
        log.write(json.dumps(entry) + "\n")
    print(f"written to {kept}")


def _provenance() -> dict:
    import torch

    ask = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(ask, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)

    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip() or "not a checkout",
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
    }


def data(args) -> None:
    """Fetch a data set, or say which there are and where."""
    from .datasets import registry

    names = {"cmu": "cmu-mocap"}
    if args.action == "fetch":
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
    print(f"{'synthetic':12} comes with the package")


def export(args) -> None:
    """Write the explorer as one HTML file."""
    from . import datasets
    from .explorer import PoseExplorer
    from .storage import load, load_pretrained

    model = load(args.model) if args.model else load_pretrained(keypoints="exact")
    motion = _load(args.data)[0] if args.data != "synthetic" else datasets.load("synthetic")
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
        command.add_argument("--data", default="synthetic", help='"synthetic", "cmu", or a folder of your BVH files')
        command.add_argument("--out", help="the run's folder (default: runs/DATA)")
        command.add_argument("--methods", default="paper", help='"paper", "all", or names with ; between')
        command.add_argument("--seed", type=int, default=0)
        if name == "train":
            command.add_argument("--scale", type=float, default=1.0, help="multiplies all numbers of steps")
            command.add_argument("--recipe", choices=["comparison", "shipped"], default="comparison")
        else:
            command.add_argument("--keypoints", choices=["GT", "D"], default="GT", help="exact, or with errors")
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
