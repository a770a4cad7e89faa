"""Pull joints of the explorer's body: do they arrive, do pins and limbs keep, and how long does a step take?

    python benchmarks/explorer_drag.py [--targets 200]              (needs node; under a minute)

A wrist or an ankle is pulled from one pose of the synthetic sample to where it is in another one, ten steps; another
end of a limb is pinned. A step is timed in node, without the picture that a page draws besides.
"""

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.skeleton import bone_lengths

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser.pulling import pulled


def measured(targets: int) -> str:
    """Pull, and give a table of what came of it."""
    node = shutil.which("node")
    if node is None:
        sys.exit("expected node, which runs the page's arithmetic, found none; install Node.js.")
    with tempfile.TemporaryDirectory() as folder:
        cases, poses, steps = pulled(node, Path(folder), targets)
    start, other, end, raw_start, raw_end = poses.swapaxes(0, 1)
    rows, (_, _, joint, pin) = np.arange(len(cases)), cases.T
    missed = 1000 * np.linalg.norm((end - other)[rows, joint], axis=-1)
    slipped = 1000 * np.linalg.norm((end - start)[rows, pin], axis=-1)
    limbs = [
        100 * np.abs(np.asarray(bone_lengths(after))[:, :8] / np.asarray(bone_lengths(before))[:, :8] - 1).max(-1)
        for before, after in ((raw_start, raw_end), (start, end))
    ]
    times, busy = steps.reshape(-1, 2).T
    lines = [
        ["pulled joint from its target, mm", missed, "30"],
        ["pinned joint from its place, mm", slipped, "20"],
        ["worst limb, raw decoder, %", limbs[0], "10"],
        ["worst limb, as drawn, %", limbs[1], "2"],
        ["a step without its picture, ms", times, ""],
        ["a step without its picture, ms of a processor", busy, ""],
    ]
    table = [[name, f"{np.median(v):.1f}", f"{np.quantile(v, 0.9):.1f}", bar] for name, v, bar in lines]
    head = f"{targets} targets, ten steps each; {platform.machine()}, {platform.system()}"
    return f"{head}\n\n{markdown_table(['', 'median', '90 %', 'bar, in 90 %'], table)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=200, help="number of targets (default: %(default)s)")
    print(measured(parser.parse_args().targets))


if __name__ == "__main__":
    main()
