"""Put what `vvipe train --recipe shipped` made among the package's weights, with what is known of them.

    python benchmarks/ship_weights.py runs/shipped
    python benchmarks/ship_weights.py runs/shipped detected    (the other encoder, and their VAE, stay as they are)

In the header, as validation, stands the last run of the method in results/tuning.jsonl with this activation and at
least 1,500 steps. It had not seen the validation rows: those that ship were trained with them.
"""

import json
import subprocess
import sys
from pathlib import Path

from vvipe_explore import recipes, storage

KNOWN = {
    "data": "Carnegie Mellon motion capture without subject 14 (26,132 poses), half of the synthetic sample (6,144 "
    "poses), each with its mirror image, seen by random cameras",
    "licence": "MIT",
    "acknowledgement": "The data used in this project was obtained from mocap.cs.cmu.edu. The database was created "
    "with funding from NSF EIA-0196217.",
}


def last_validation(method: str, activation: str) -> dict:
    """The last such line of the tuning's record, as it is."""
    runs = [json.loads(line) for line in Path("results/tuning.jsonl").read_text().splitlines()]
    wanted = {"method": method, "activation": activation, "use": "plain"}
    return [r for r in runs if wanted.items() <= r.items() and r["steps"] >= 1500][-1]


def main(made: str, *words: str) -> None:
    if not words:   # both are shipped anew, with a VAE of their own
        (storage.WEIGHTS / "registry.json").unlink(missing_ok=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    for word in words or recipes.SHIPPED:
        method, settings = recipes.SHIPPED[word]
        model = storage.load(recipes.file_of(made, method))
        about = {
            **KNOWN, "method": method, "keypoints": "D" if recipes.METHODS[method]["detected"] else "GT",
            "commit": commit.stdout.strip(), "validation": last_validation(method, settings.activation),
        }  # fmt: skip
        for path in storage.ship(model, word, about):
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
