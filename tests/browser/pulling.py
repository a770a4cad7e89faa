"""Pull joints of the explorer's body in node, without a page."""

import json
import subprocess
from pathlib import Path

import numpy as np

from vvipe_explore import datasets, load_pretrained
from vvipe_explore._page import SCRIPT, message, pack

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


def pulled(node: str, folder: Path, targets: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pull wrists and ankles from one pose of the synthetic sample to where they are in another one, ten steps.

    Gives the cases (n, 4): the poses' numbers, the joint that is pulled and the one that is pinned; five poses of each
    (n, 5, 13, 3): start, other and end as drawn, start and end as decoded; and each step's milliseconds by the clock
    and of a processor (n, 10, 2).
    """
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
    done = subprocess.run([node, "run.mjs"], capture_output=True, text=True, timeout=250, cwd=folder, check=True)
    out = json.loads(done.stdout)
    poses = np.float32([o["poses"] for o in out]).reshape(targets, 5, 13, 3)
    return cases, poses, np.array([o["times"] for o in out])
