"""What would another alignment cost? The same V-VIPE trained with each of evaluation.alignments, on more steps.

    VVIPE_DATA=... python benchmarks/alignments.py                          (about 40 minutes on one core)
    python benchmarks/alignments.py --data synthetic --vae-steps 200 --steps 300 --seeds 1        what notebook 12 does

Trained on the training rows of the data set, measured on its validation rows; no test rows are used. Each figure is the
mean over the seeds. Writes results/alignments.json.
"""

import argparse
import os
import statistics
from pathlib import Path

import torch

from vvipe_explore import datasets
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.cli.train import thinned
from vvipe_explore.evaluation import alignments

MOST = 1500
"""Held-out poses that are measured, by an even stride."""


def mean_rows(runs: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Give the mean of each figure of each alignment over the runs."""
    return {
        name: {figure: round(statistics.fmean(run[name][figure] for run in runs), 2) for figure in row}
        for name, row in runs[0].items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="cmu", help="data set to train and measure on (default: %(default)s)")
    parser.add_argument("--vae-steps", type=int, default=3000, help="steps of each VAE (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=4000, help="steps of each 2D encoder (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/alignments.json"), help="default: %(default)s")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    motion = datasets.load(args.data)
    rows = datasets.split(motion)
    train, held = (torch.from_numpy(motion.poses[rows[part]]) for part in ("train", "validation"))
    held = thinned(held, MOST)
    runs = [alignments.compare(train, held, args.vae_steps, args.steps, seed)[0] for seed in range(args.seeds)]
    found = mean_rows(runs)
    about = {"data": args.data, "poses": len(held), "vae_steps": args.vae_steps, "steps": args.steps}
    write_json(args.out, {**provenance(), **about, "seeds": args.seeds, "rows": found})
    print(alignments.as_table(found))


if __name__ == "__main__":
    main()
