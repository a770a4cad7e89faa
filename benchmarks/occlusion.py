"""How good is retrieval when joints of the query are hidden? Hit@1 with the weights for detected keypoints.

    VVIPE_DATA=... python benchmarks/occlusion.py               (subject 14; kept in results/occlusion.json; 20 minutes)
    VVIPE_DATA=... python benchmarks/occlusion.py validation    (for choosing settings; not kept)

All 286 sets of three hidden joints; then 0 to 6 hidden joints, at most 20 sets of each number. Keypoints with a
detector's errors, the protocol's unseen cameras, the mean over ordered pairs.
"""

import json
import random
import sys
from pathlib import Path

import torch
from tqdm import tqdm

import vvipe_explore as vv
from vvipe_explore import datasets
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.cli.evaluate import log_test_run
from vvipe_explore.evaluation.occlusion import hits_without, joint_sets


def main(rows: str = "test") -> None:
    motion = datasets.load("cmu")
    poses = torch.from_numpy(motion.poses[datasets.split(motion)[rows]])
    poses = poses if rows == "test" else poses[::4]
    model, generator = vv.load_pretrained("detected"), random.Random(0)
    three = joint_sets(3)
    curve = {n: generator.sample(joint_sets(n), min(20, len(joint_sets(n)))) for n in range(7)}
    with tqdm(total=len(three) + sum(map(len, curve.values())), desc="hiding joints", unit="set") as bar:
        rates = hits_without(model, poses, three, report=bar.update)
        means = {n: _mean(hits_without(model, poses, some, report=bar.update)) for n, some in curve.items()}
    worst = min(range(len(three)), key=rates.__getitem__)
    record = {
        "poses": len(poses), "choices": len(three), "none": means[0], "mean": _mean(rates),
        "worst": {"joints": [vv.skeleton.PAPER_13[j] for j in three[worst]], "hit@1": rates[worst]},
        "curve": means, "weights": {"detected": model.fingerprint()}, **provenance(),
    }  # fmt: skip
    print(json.dumps(record, indent=1))
    if rows == "test":
        write_json("results/occlusion.json", record)
        log_test_run(Path("results/test_runs.jsonl"), {"what": "three joints hidden", "hit@1": record["mean"]})


def _mean(rates: list[float]) -> float:
    return sum(rates) / len(rates)


if __name__ == "__main__":
    main(*sys.argv[1:])
