"""Pull joints of the explorer's body: do they arrive, do pins and limbs keep, and how long does a step take?

    python benchmarks/explorer_drag.py [--targets 200]              (needs node; under a minute)

A wrist or an ankle is pulled from one pose of the synthetic sample to where it is in another one, ten steps; another
end of a limb is pinned. A step is timed in node, without the picture that a page draws besides.
"""

import argparse
import json
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from vvipe_explore import datasets, load_pretrained
from vvipe_explore._page import SCRIPT, message, pack
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.skeleton import bone_lengths

ENDS = np.array([5, 6, 11, 12])
PULL = """
import { readFileSync } from "node:fs";
import { createEngine, steady } from "./explorer.mjs";
const { header, cases } = JSON.parse(readFileSync("about.json"));
const engine = createEngine(header, readFileSync("data.bin"));
const at = (body, joint) => Array.from(body.subarray(3 * joint, 3 * joint + 3));
const drawn = (raw) => steady(raw, header.lengths);
const body = (i) => drawn(engine.decode(engine.zOf(i)));
const out = cases.map(([start, other, joint, pin]) => {
  const targets = [{ joint, at: at(body(other), joint) }, { joint: pin, at: at(body(start), pin) }];
  const pull = engine.pull(engine.zOf(start));
  const times = [];
  let z = null;
  for (let k = 0; k < 10; k++) {
    const [begin, spent] = [performance.now(), process.threadCpuUsage?.() ?? process.cpuUsage()];
    z = pull.step(targets);
    const { user, system } = process.threadCpuUsage?.(spent) ?? process.cpuUsage(spent);
    times.push([performance.now() - begin, (user + system) / 1000]);
  }
  const raw = [engine.decode(engine.zOf(start)), engine.decode(z)];
  const poses = [body(start), body(other), drawn(raw[1]), ...raw].map((pose) => Array.from(pose));
  return { poses, times };
});
process.stdout.write(JSON.stringify(out));
"""


def pulled(folder: Path, targets: int) -> tuple[np.ndarray, list[dict]]:
    """Pull in node; gives the cases (n, 4): start, other, joint, pin; and the five poses and the times of each."""
    header, tensors = message(load_pretrained("exact"), datasets.load("synthetic"), 200, 4, "pca")
    table, data = pack(tensors, small=False)
    rng = np.random.default_rng(0)
    joint = rng.integers(4, size=targets)
    pin = (joint + rng.integers(1, 4, size=targets)) % 4
    cases = np.column_stack([rng.integers(200, size=(targets, 2)), ENDS[joint], ENDS[pin]])
    about = {"header": {**header, "tensors": table}, "cases": cases.tolist()}
    (folder / "about.json").write_text(json.dumps(about))
    (folder / "data.bin").write_bytes(data)
    (folder / "explorer.mjs").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "run.mjs").write_text(PULL)
    node = shutil.which("node")
    if node is None:
        raise SystemExit("expected node, which runs the page's arithmetic, found none; install Node.js.")
    done = subprocess.run([node, "run.mjs"], capture_output=True, text=True, cwd=folder, check=True)
    return cases, json.loads(done.stdout)


def measured(targets: int) -> str:
    """Pull, and give a table of what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        cases, out = pulled(Path(folder), targets)
    poses = np.float32([o["poses"] for o in out]).reshape(len(cases), 5, 13, 3)
    start, other, end, raw_start, raw_end = poses.swapaxes(0, 1)
    rows, (_, _, joint, pin) = np.arange(len(cases)), cases.T
    missed = 1000 * np.linalg.norm((end - other)[rows, joint], axis=-1)
    slipped = 1000 * np.linalg.norm((end - start)[rows, pin], axis=-1)
    limbs = [
        100 * np.abs(np.asarray(bone_lengths(after))[:, :8] / np.asarray(bone_lengths(before))[:, :8] - 1).max(-1)
        for before, after in ((raw_start, raw_end), (start, end))
    ]
    times, busy = np.concatenate([o["times"] for o in out]).T
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
