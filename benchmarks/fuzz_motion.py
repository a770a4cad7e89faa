"""Read thousands of damaged motion files of every format with read_raw, and with read_motion and any arguments.

    python benchmarks/fuzz_motion.py                     # 10,000 inputs of each kind of damage
    python benchmarks/fuzz_motion.py 500 20000 bvh c3d   # 500 of two kinds, from seed 20,000 on

Each input is a small good file with one to eight bytes or runs changed (inside the compression too), a C3D file with
other numbers in its header, or a text of the words that the formats use. "the door" is read_motion of a body, damaged
or not, alone or in a folder, with good and bad values of all its arguments. Each must be read, or refused by a
ValueError or FileNotFoundError that names the file (or the argument), within 5 seconds of processor time and 50 MB of
memory plus 10 times the file's size. Bar: 0 broken promises.
"""

import platform
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from fuzz_datasets import one_kind
from made_motion import FuzzedMotion


def main(inputs: int = 10_000, first: int = 0, *chosen: str) -> None:
    """Print a line for each kind of damage; exit with 1 if a promise was broken."""
    print(f"{platform.node()}, {platform.machine()}, Python {platform.python_version()}\n")
    print("| damage | inputs | read | refused | broken promises | longest, s | all, s |\n|---|---|---|---|---|---|---|")
    broken = 0
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        fuzzed = FuzzedMotion(Path(folder))
        for kind in chosen or fuzzed.kinds:
            row = one_kind(kind, fuzzed.kinds[kind], range(first, first + inputs))
            broken += row["broken"]
            line = " | ".join(map(str, (kind, inputs, row["read"], row["refused"], row["broken"])))
            print(f"| {line} | {row['longest']:.2f} | {row['seconds']:.0f} |", flush=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
