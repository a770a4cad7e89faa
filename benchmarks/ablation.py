"""What does each option beyond the paper give, on bodies never trained on? One training for each line, all else equal.

    VVIPE_DATA=... python benchmarks/ablation.py            (about 85 minutes on one core; rerun it to resume)

Hit@1 in % on the validation sets, 1,500 steps of the 2D network, seed 0; "mean" is the figure that chooses. All lines
but one train on CMU and the synthetic sample. Then other uses of two trained models. The table is kept in
results/ablation.json. Subject 14 and UI-PRMD's test people are not used.
"""

import argparse

from tune import run

from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.evaluation.markdown import markdown_table

BASE = {"steps": 1500, "vae.steps": 2500}
EXACT, DETECTED, PAPER = "exact", "detected", "V-VIPE + A"
AS_RECORDED = {
    "augmentation.any_body_prob": 0.0, "augmentation.human_proportions": 0.0, "augmentation.length_spread": 0.0,
    "vae.augmentation.any_body_prob": 0.0, "vae.augmentation.length_spread": 0.0,
}  # fmt: skip
SAME_POSES = {
    "augmentation.limb_exchange_prob": 0.0, "augmentation.joint_jitter_deg": 0.0,
    "vae.augmentation.limb_exchange_prob": 0.0,
}  # fmt: skip
STRAIGHTENED = {"augmentation.straightened_prob": 0.5, "vae.augmentation.straightened_prob": 0.5}
LINES = (
    ("the paper's V-VIPE + A", PAPER, {"width": 504, "blocks": 3, "average": 0.998}),
    ("ours", EXACT, {}),
    ("bodies as recorded", EXACT, AS_RECORDED),
    ("lengths spread by 0.03 alone", EXACT, AS_RECORDED | {"augmentation.length_spread": 0.03}),
    ("lengths spread by 0.14 alone", EXACT, AS_RECORDED | {"augmentation.length_spread": 0.14}),
    ("no human proportions", EXACT, {"augmentation.human_proportions": 0.0}),
    ("any body in 80 %", EXACT, {"augmentation.any_body_prob": 0.8}),
    ("hips and shoulders uneven by 12 mm", EXACT, {"augmentation.uneven_m": 0.012}),
    ("poses as recorded", EXACT, SAME_POSES),
    ("knees and elbows straightened", EXACT, STRAIGHTENED),
    ("the same, contrastive weight 0.4", EXACT, STRAIGHTENED | {"contrastive": 0.4}),
    ("limbs drawn in 30 %, bodies tilted by 10 degrees", EXACT,
     {"augmentation.drawn_limbs_prob": 0.3, "augmentation.tilt_deg": 10.0}),
    ("one body in the contrastive term", EXACT, {"two_bodies": 0.0}),
    ("no contrastive term", EXACT, {"contrastive": 0.0}),
    ("width 640", EXACT, {"width": 640}),
    ("4 blocks", EXACT, {"blocks": 4}),
    ("twice the steps", EXACT, {"steps": 3000}),
    ("UI-PRMD's training people too", EXACT, {"data": "all"}),
    ("ours, D keypoints", DETECTED, {}),
)
OTHER_USES = {
    "rolled": "averaged over five rolls", "hidden": "averaged over hidden joints",
    "unsure": "predicted variance in the distance",
}  # fmt: skip


def measured(name: str, method: str, changes: dict, use: str = "plain") -> dict:
    """Train and measure one line; tune keeps what is trained."""
    changes = BASE | changes
    data = changes.pop("data", "source-out")
    return {"name": name, **run(method, changes, use, data=data)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", help="numbers of the lines to train, such as 0,3,5; no table (for several cores)")
    args = parser.parse_args()
    if args.lines:
        for number in map(int, args.lines.split(",")):
            measured(*LINES[number])
        return
    rows = [measured(*line) for line in LINES]
    for method in (EXACT, DETECTED):
        rows += [measured(f"{method}, {words}", method, {}, use) for use, words in OTHER_USES.items()]
    write_json("results/ablation.json", {"rows": rows, **provenance()})
    print(table(rows))


def table(rows: list[dict]) -> str:
    """Write the rows as Markdown: the mean, then each body on seen / unseen cameras."""
    cells = [
        [row["name"], f"{row['mean']:.1f}", *(f"{h['seen']:.1f} / {h['unseen']:.1f}" for h in row["hit@1"].values())]
        for row in rows
    ]
    return markdown_table(["Hit@1, seen / unseen", "mean", *rows[0]["hit@1"]], cells)


if __name__ == "__main__":
    main()
