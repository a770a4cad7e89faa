"""`vvipe evaluate`: the table on the test rows, kept and logged; and what the other commands share with it."""

import difflib
import itertools
import json
import time
from pathlib import Path

from .._files import atomic_path, fingerprint, make_folder, write_json
from .._provenance import provenance
from .motion_options import motion_options

SOURCE_OUT = "runs/shipped_source_out"
"""The folder of a training like that of the shipped weights, but without UI-PRMD."""

NAMED = ("synthetic", "exercises", "cmu", "cmu-asfamc", "ui-prmd", "h36m", "mpi_inf_3dhp")


RATE = 30
"""Frames a second that are taken of files of one's own, as of Carnegie Mellon's."""


def load_motion(name: str, **options):
    """Load world poses and their split: a data set by name, or a motion file or a folder of them, RATE frames a second.

    options: what read_motion is told of files whose joints, unit, axes or clock don't tell (motion_options).
    """
    from .. import datasets

    if name in NAMED:
        for option in options:
            raise ValueError(f"expected --{option} with files of your own, got it with --data {name}; leave it out.")
        motion = datasets.load(name)
    else:
        motion = datasets.read_motion(name, rate=RATE, errors="skip", **options)
    return motion, datasets.split(motion)


def sets_of(name: str, part: str, poses) -> dict:
    """Give the sets to measure on: on CMU those of other bodies too; else the poses of that part alone, unnamed."""
    from ..evaluation.other_bodies import body_sets

    return body_sets(part) if name == "cmu" else {"": poses}


def out_folder(args, motion) -> Path:
    """Make the run's folder, if it is not there: --out, else runs/DATA; a folder of files gets its poses' hash too."""
    import torch

    name = args.data
    if name not in NAMED:
        name = f"{Path(name).resolve().name}-{fingerprint([torch.from_numpy(motion.poses)])[:8]}"
    return make_folder(args.out or f"runs/{name}")


def methods_named(words: str) -> list:
    """Give the methods that --methods names. Raises ValueError for one that is not known."""
    from ..training.methods import METHODS, PAPER_METHODS

    if words in ("paper", "all"):
        return [METHODS[name] for name in (PAPER_METHODS if words == "paper" else METHODS)]
    names = [name.strip() for name in words.split(";")]
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        close = difflib.get_close_matches(unknown[0], METHODS, 1, 0.3)
        known = "\n  ".join(METHODS)
        raise ValueError(
            f'unknown method {"; ".join(unknown)}; did you mean "{(close or [*METHODS])[0]}"? Give "paper", "all", '
            '"shipped" or names of this list in quotes, separated by ; (+ A: random training cameras, D: trained on '
            f"a detector's errors):\n  {known}"
        )
    return [METHODS[name] for name in names]


def measure(runs: list[dict], sets: dict, title: str, keypoints: str | None = None) -> list[dict]:
    """Print the tables of runs (each: method -> model) on sets (name -> poses), and give their rows.

    Means where there are several runs. keypoints: "GT" or "D" for every method; None measures each on the kind that it
    was trained on.
    """
    from tqdm.auto import tqdm

    from ..evaluation.cross_view import BASELINES, CAMERA_SETS, as_table, bodies_table, evaluate, summarise

    kinds = [keypoints] if keypoints else sorted({_kind(m) for run in runs for m in run}, reverse=True)
    jobs = [({**BASELINES}, kind) for kind in kinds]
    for run, kind in itertools.product(runs, kinds):
        jobs.append(({m: model for m, model in run.items() if keypoints or _kind(m) == kind}, kind))
    total = sum(len(m) for m, _ in jobs) * len(CAMERA_SETS) * len(sets)
    with tqdm(total=total, desc="evaluating", unit="row", leave=False) as bar:
        tables = [
            evaluate(methods, poses, kind == "D", lambda row: bar.update(), bodies)
            for (methods, kind), (bodies, poses) in itertools.product(jobs, sets.items())
        ]
    rows = summarise(tables) if len(runs) > 1 else [row for table in tables for row in table]
    rows.sort(key=lambda row: ([*sets].index(row["bodies"]), kinds.index(row["keypoints"])))
    print(f"\n{title}\n\n{as_table(rows)}\n")
    if len(sets) > 1:
        print(f"Other bodies\n\n{bodies_table(rows)}\n")
    return rows


def _kind(method: str) -> str:
    from ..training.methods import METHODS

    if method in METHODS:
        return METHODS[method].keypoints
    return "D" if method.endswith(", D keypoints") else "GT"


def _trained(args, out: Path) -> list[dict]:
    """Load the trained models: a dictionary (method -> model) for each seed."""
    from ..models.storage import load, load_pretrained
    from ..training.methods import file_of

    if args.methods == "shipped":
        words = {"GT": "exact", "D": "detected"}
        run = {f"shipped weights, {kind} keypoints": load_pretrained(word) for kind, word in words.items()}
        return [run | _source_out(words) if args.source_out else run]
    folders = sorted(out.glob("seed[0-9]*")) or [out]
    methods = methods_named(args.methods)
    runs = [{m.name: load(file_of(f, m)) for m in methods if file_of(f, m).is_file()} for f in folders]
    if not any(runs):
        raise ValueError(
            f"expected trained models in {out}, found none; give the --out of a vvipe train, or train there: "
            f"vvipe train --data {args.data} --out {out}."
        )
    return runs


def _source_out(words: dict[str, str]) -> dict:
    """Load what was trained like the shipped weights, but without UI-PRMD. Raises ValueError if nothing was."""
    from ..models.storage import load
    from ..training.methods import SHIPPED, file_of

    files = {kind: file_of(SOURCE_OUT, SHIPPED[word]) for kind, word in words.items()}
    found = {f"without UI-PRMD, {k} keypoints": load(file) for k, file in files.items() if file.is_file()}
    if not found:
        raise ValueError(
            f"expected trained models in {SOURCE_OUT}, found none; train there: "
            "vvipe train --methods shipped --source-out."
        )
    return found


def evaluate(args) -> None:
    """Print the table on the test rows, and keep it as JSON; on CMU every such run is logged."""
    import torch

    from ..datasets.registry import LICENSED

    motion, rows = load_motion(args.data, **motion_options(args))
    out = out_folder(args, motion)
    runs = _trained(args, out)
    if args.data in LICENSED:
        return _evaluate_published(args, runs, out)
    sets = sets_of(args.data, "test", torch.from_numpy(motion.poses[rows["test"]]))
    start = time.perf_counter()
    poses = {bodies: len(of) for bodies, of in sets.items()}
    title = f"Test, {next(iter(poses.values()))} poses, {len(runs)} seed(s)"
    made = measure(runs, sets, title, args.keypoints)
    figures = {"poses": poses, "seeds": len(runs), "rows": made, "seconds": time.perf_counter() - start}
    figures |= {"data_fingerprint": fingerprint([*sets.values()])[:16], "weights": _fingerprints(runs)}
    _keep(args, out, figures)
    best = {", ".join(filter(None, (r["method"], r["keypoints"], r["cameras"], r["bodies"]))): round(r["hit@1"], 2)
            for r in made}  # fmt: skip
    log_test_run(out / "test_runs.jsonl", {"data": args.data, "seeds": len(runs), "hit@1": best})


def _fingerprints(runs: list[dict]) -> dict[str, str]:
    """Give the fingerprint of every model that was measured, by method and, where there are several, seed."""
    several = len(runs) > 1
    return {m + f", seed {i}" * several: model.fingerprint() for i, run in enumerate(runs) for m, model in run.items()}


def kept_name(methods: str, keypoints: str | None = None) -> str:
    """Give the name of the file in a run's folder that keeps the figures of these methods."""
    return "evaluation" + f"_{methods}" * (methods in ("all", "shipped")) + f"_{keypoints}" * bool(keypoints) + ".json"


def _keep(args, out: Path, figures: dict) -> None:
    """Write figures to the run's folder as JSON."""
    kept = out / kept_name(args.methods, args.keypoints)
    write_json(kept, {"data": args.data, **figures, **provenance()})
    print(f"written to {kept}")


def _evaluate_published(args, runs: list[dict], out: Path) -> None:
    """Print the published protocol's table, on a data set whose licence the user has."""
    from tqdm.auto import tqdm

    from ..evaluation.cross_view import RawKeypoints, summarise
    from ..evaluation.published import as_table, evaluate_published

    start, tables = time.perf_counter(), []
    models = [{**run, "2D keypoints": RawKeypoints} for run in runs[:1]] + runs[1:]
    with tqdm(total=sum(map(len, models)), desc="evaluating", unit="row", leave=False) as bar:
        for run, kind in itertools.product(models, ("GT", "D")):
            chosen = {m: model for m, model in run.items() if (args.keypoints or _kind(m)) == kind}
            if chosen:
                tables.append(evaluate_published(chosen, args.data, None, kind == "D", lambda row: bar.update()))
    rows = summarise(tables) if len(runs) > 1 else [row for table in tables for row in table]
    print(f"\n{args.data}, the published protocol\n\n{as_table(rows)}\n")
    seconds = time.perf_counter() - start
    _keep(args, out, {"seeds": len(runs), "rows": rows, "seconds": seconds, "weights": _fingerprints(runs)})


def log_test_run(path: Path, entry: dict) -> None:
    """Append a line to the log of runs on test rows; a log that is a link is copied first, not written through."""
    if path.is_symlink():
        so_far = path.read_bytes() if path.is_file() else b""
        with atomic_path(path) as temporary:
            Path(temporary).write_bytes(so_far)
    with open(path, "a") as log:
        log.write(json.dumps({**provenance(), **entry}) + "\n")
