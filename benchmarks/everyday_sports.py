"""Does V-VIPE carry over from everyday motion to sports, and back? On motion capture, with more steps and three seeds.

    VVIPE_DATA=... python benchmarks/everyday_sports.py                     (needs cmu-mocap; about 10 minutes)

evaluation.everyday_sports says which activities count as which. Trained on CMU's train rows, measured on its
validation rows; subject 14 is not used. Writes results/everyday_sports.json, which notebook 10 reads.
"""

import statistics
from pathlib import Path

from vvipe_explore import datasets
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.evaluation import everyday_sports

KEPT = Path("results/everyday_sports.json")
VAE_STEPS, STEPS, SEEDS = 1200, 1200, 3


def main() -> None:
    """Print the table of means and keep it with the spread over the seeds."""
    motion, runs = datasets.load("cmu"), []
    for seed in range(SEEDS):
        runs.append(everyday_sports.compare(motion, 6000, 900, VAE_STEPS, STEPS, seed)[0])
        print(everyday_sports.as_table(runs[-1]), flush=True)
    rows = []
    for trained_on, tested_on in runs[0]:
        values = {m: [run[trained_on, tested_on][m] for run in runs] for m in everyday_sports.MEASURES}
        row = {"trained on": trained_on, "tested on": tested_on}
        row |= {m: round(statistics.mean(v), 2) for m, v in values.items()}
        rows.append(row | {f"{m} spread": round(statistics.stdev(v), 2) for m, v in values.items()})
    about = {"data": "cmu", "vae_steps": VAE_STEPS, "steps": STEPS, "seeds": SEEDS}
    write_json(KEPT, {"rows": rows, **about, **provenance()})
    print(everyday_sports.as_table({(r["trained on"], r["tested on"]): r for r in rows}))


if __name__ == "__main__":
    main()
