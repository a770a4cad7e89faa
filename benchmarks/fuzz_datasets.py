"""Read thousands of damaged files of Human3.6M, MPI-INF-3DHP and the frame lists.

    python benchmarks/fuzz_datasets.py [inputs] [first seed]

Each input is a small good file with one to eight bytes or runs changed (inside the compression too), or a pickle of
random opcodes. Each must be read, or refused by a ValueError or FileNotFoundError that names the file, within 5 seconds
of processor time and 50 MB of memory plus 10 times the file's size. Bar: 0 broken promises.
"""

import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from made_datasets import Fuzzed, held


def one_kind(kind: str, make, seeds: range) -> dict:
    """Read one damaged file for each seed."""
    counts, start, longest = {"read": 0, "refused": 0, "broken": 0}, time.process_time(), 0.0
    for seed in seeds:
        path, read = make(seed)
        begin = time.process_time()
        try:
            counts["read" if held(kind, path, read) else "refused"] += 1
        except Exception:   # whatever it is, it should not have come out
            counts["broken"] += 1
            print(f"{kind}, seed {seed}:", file=sys.stderr)
            traceback.print_exc()
        longest = max(longest, time.process_time() - begin)
    return counts | {"longest": longest, "seconds": time.process_time() - start}


def main(inputs: int = 10_500, first: int = 0) -> None:
    """Print a line for each kind of damage; exit with 1 if a promise was broken."""
    print(f"{platform.node()}, {platform.machine()}, Python {platform.python_version()}\n")
    print("| damage | inputs | read | refused | broken promises | longest, s | all, s |\n|---|---|---|---|---|---|---|")
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        fuzzed = Fuzzed(Path(folder))
        seeds = range(first, first + -(-inputs // len(fuzzed.kinds)))
        for kind, make in fuzzed.kinds.items():
            row = one_kind(kind, make, seeds)
            broken += row["broken"]
            cells = (len(seeds), row["read"], row["refused"], row["broken"])
            line = " | ".join(map(str, (kind, *cells)))
            print(f"| {line} | {row['longest']:.2f} | {row['seconds']:.0f} |", flush=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
