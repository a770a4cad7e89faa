"""How long does `import vvipe_explore` take beside `import torch`? Each in fresh processes, in turn; medians.

    python benchmarks/import_time.py [rounds]           (about a minute)

Bar: at most 1.3 times as long. The third line is the import that a first model needs.
"""

import platform
import statistics
import subprocess
import sys

BAR = 1.3
CASES = ("torch", "vvipe_explore", "vvipe_explore.models.storage")


def seconds(module: str) -> float:
    """Measure an import in a new interpreter, without the interpreter's own start."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def main(rounds: int = 7) -> None:
    for module in CASES:   # the first import, unmeasured, reads the files and writes byte code
        seconds(module)
    times = [[seconds(module) for module in CASES] for _ in range(rounds)]
    medians = dict(zip(CASES, map(statistics.median, zip(*times, strict=True)), strict=True))
    print(f"imports in fresh processes, median of {rounds} rounds in turn")
    print(f"{platform.node()}, {platform.machine()}, {platform.system()}, Python {platform.python_version()}\n")
    print("| import | seconds | over torch | bar |\n|---|---|---|---|")
    for module, median in medians.items():
        bar = BAR if module == "vvipe_explore" else "-"
        print(f"| {module} | {median:.3f} | {median / medians['torch']:.2f} | {bar} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
