"""How much memory do retrieval and the models take above their input, and how fast is `nearest` beside FAISS?

    python benchmarks/memory.py [--full] [--threads 1]      (about two minutes; --full embeds a million keypoints too)

Peak memory is the rise of the resident set in a fresh process, from before the call to its peak, read from /proc (so
Linux only): it includes the result, not the input. `nearest` and faiss.IndexFlatL2 (where faiss-cpu is installed) run
in turn, median of 5; the rest runs once.
Bars: nearest at most 150 MB and 1.2 times FAISS; 200,000 keypoints embedded in at most 300 MB.
"""

import argparse
import functools
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

import vvipe_explore as vv

K, WIDTH = 20, 32


def embeddings(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Make 1,000 queries and a gallery of that many rows."""
    g = torch.Generator().manual_seed(0)
    return torch.randn(1000, WIDTH, generator=g), torch.randn(rows, WIDTH, generator=g)


def call_of(what: str, rows: int):
    """Make data and give a function that calls what on its first n rows (default: all)."""
    if what == "nearest":
        queries, gallery = embeddings(rows)
        return lambda n=rows: vv.retrieval.nearest(queries, gallery[:n], K)
    model = vv.load_pretrained("exact")
    if what == "decode":
        data = torch.randn(rows, model.latent_dim, generator=torch.Generator().manual_seed(0))
    else:
        poses = torch.from_numpy(vv.datasets.load("synthetic").poses)
        data = (poses if what == "embed_poses" else 100 * poses[..., :2])[torch.arange(rows) % len(poses)]
    return lambda n=rows: getattr(model, what)(data[:n])


def peak_mb(what: str, rows: int) -> float:
    """Measure how far a call raises the peak of this process, in MB; call it in a fresh one."""
    call = call_of(what, rows)
    call(100)  # what a first call loads is not what the data takes
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak; ru_maxrss would be the parent's
    before = resident_mb("VmRSS")
    call()
    return resident_mb("VmHWM") - before


def resident_mb(which: str) -> float:
    """Read the resident memory of this process: VmRSS now, VmHWM at its peak."""
    return int(re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024 / 1e6


def measure(what: str, rows: int) -> float:
    """Measure peak_mb in a fresh process."""
    command = [sys.executable, __file__, "--one", what, str(rows)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def seconds(function, *arguments) -> float:
    """Time one call."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def beside_faiss(rows: int, threads: int, rounds: int = 5) -> tuple[float, float | None]:
    """Time nearest and FAISS in turn, on the same data: medians; None where FAISS is not installed."""
    queries, gallery = embeddings(rows)
    ours = functools.partial(vv.retrieval.nearest, queries, gallery, K)
    try:
        import faiss
    except ImportError:
        return statistics.median(seconds(ours) for _ in range(rounds)), None
    faiss.omp_set_num_threads(threads)
    queries, gallery = queries.numpy(), gallery.numpy()
    index = faiss.IndexFlatL2(WIDTH)
    index.add(gallery)
    same = (index.search(queries, K)[1] == ours().numpy()).mean()
    print(f"nearest and FAISS find the same row at {100 * same:.3f} % of {len(queries)} x {K} ranks\n")
    times = [(seconds(ours), seconds(index.search, queries, K)) for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="embed 1,000,000 keypoints too")
    parser.add_argument("--threads", type=int, default=1, help="number of threads, of FAISS too")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "ROWS"), help="print the peak MB of one call only")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.one:
        print(peak_mb(options.one[0], int(options.one[1])))
        return
    print(f"{platform.node()}, {platform.machine()}, {options.threads} threads, torch {torch.__version__}")
    ours, faiss = beside_faiss(300_000, options.threads)
    print("| call | queries | rows | seconds | FAISS | peak MB above the input |\n|---|---|---|---|---|---|")
    theirs = "not installed" if faiss is None else f"{faiss:.2f} (we take {ours / faiss:.2f} of it)"
    print(f"| nearest, k = {K} | 1,000 | 300,000 | {ours:.2f} | {theirs} | {measure('nearest', 300_000):.0f} |")
    calls = [(what, 200_000) for what in ("embed_keypoints", "embed_poses", "decode", "lift")]
    for what, rows in calls + [("embed_keypoints", 1_000_000)] * options.full:
        print(f"| {what} | - | {rows:,} | {seconds(call_of(what, rows)):.1f} | - | {measure(what, rows):.0f} |")


if __name__ == "__main__":
    main()
