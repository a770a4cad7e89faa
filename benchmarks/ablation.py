"""What each option beyond the paper gives, on validation: one training a line, all else equal.

    VVIPE_DATA=... python benchmarks/ablation.py            (about 20 minutes; goes on where it stopped)

Hit@1 in % on every fourth validation pose, 1,000 steps of the 2D network, seed 0; then other uses of the weights that
`vvipe train --recipe shipped --hold-out` made. Prints the table, and keeps it in results/ablation.json. Subject 14 is
not touched.
"""

import json
from pathlib import Path

from tune import USES, measured, rows_of_cmu, run

from vvipe_explore import recipes, storage

STEPS = {"steps": 1000}
PAPER, OURS = "V-VIPE + A", "V-VIPE (ours) + A"
LINES = (
    ("V-VIPE + A", PAPER, {}),
    ("+ limb lengths and recombined limbs", OURS, {"contrastive": 0.0}),
    ("+ contrastive term and its metric", OURS, {"lengths": 0.0, "vae_lengths": 0.0, "recombined": 0.0}),
    ("both: ours", OURS, {}),
    ("ours, contrastive term four times as heavy", OURS, {"contrastive": 0.4}),
    ("ours, no average of weights", OURS, {"average": 0.0}),
    ("ours, 3 blocks of width 420, as many weights", OURS, {"blocks": 3, "width": 420}),
    ("ours, width 1024", OURS, {"width": 1024}),
    ("ours, twice the steps", OURS, {"steps": 2000}),
)


OTHER_USES = {
    "plain": "",
    "rolled": ", averaged over five rolls",
    "hidden": ", averaged over hidden joints",
    "unsure": ", predicted variance in the distance",
}


def main(held_out: str = "runs/shipped_held_out") -> None:
    rows = [{"name": name, **run(method, STEPS | changes)} for name, method, changes in LINES]
    poses = rows_of_cmu()[1][::4]
    for method, _ in recipes.SHIPPED.values():
        detected, path = recipes.METHODS[method]["detected"], recipes.file_of(held_out, method)
        if not path.is_file():
            continue
        for use, what in OTHER_USES.items():
            hits = measured(USES[use](storage.load(path)), poses, detected)
            rows.append({"name": f"shipped recipe, {'D' if detected else 'GT'}{what}", **hits})
    Path("results/ablation.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(as_table(rows))


def as_table(rows: list[dict]) -> str:
    """The rows as a Markdown table."""
    lines = ["| validation, Hit@1 | seen | unseen |", "|---|---|---|"]
    return "\n".join(lines + [f"| {r['name']} | {r['seen']:.1f} | {r['unseen']:.1f} |" for r in rows])


if __name__ == "__main__":
    main()
