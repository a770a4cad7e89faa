"""Put what `vvipe train --recipe shipped` made among the package's weights, with what is known of them.

    python benchmarks/ship_weights.py runs/shipped runs/shipped_held_out

The first folder's models ship; the second's, trained without the validation rows, give the figures in the header.
"""

import subprocess
import sys
from pathlib import Path

from tune import measured, rows_of_cmu

from vvipe_explore import recipes, storage

KNOWN = {
    "data": "Carnegie Mellon motion capture without subject 14 (26,132 poses), half of the synthetic sample (6,144 "
    "poses), each with its mirror image, seen by random cameras",
    "licence": "MIT",
    "acknowledgement": "The data used in this project was obtained from mocap.cs.cmu.edu. The database was created "
    "with funding from NSF EIA-0196217.",
}


def main(made: str, held_out: str) -> None:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    poses = rows_of_cmu()[1][::4]
    for word, (method, _) in recipes.SHIPPED.items():
        detected = recipes.METHODS[method]["detected"]
        model, validated = (storage.load(recipes.file_of(folder, method)) for folder in (made, held_out))
        had, has = validated.about["settings"], model.about["settings"]
        about = {
            **KNOWN, "method": method, "keypoints": "D" if detected else "GT", "commit": commit.stdout.strip(),
            "validation": {
                "hit@1 of the run without the validation rows": measured(validated, poses, detected),
                "settings of that run that differ": {k: v for k, v in had.items() if has.get(k) != v},
            },
        }  # fmt: skip
        for path in storage.ship(model, word, about):
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    for old in Path(storage.WEIGHTS).glob("registry.json"):   # both are shipped anew, with a VAE of their own
        old.unlink()
    main(*sys.argv[1:])
