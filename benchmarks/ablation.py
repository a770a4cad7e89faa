"""What does each option beyond the paper give? One training for each line of the table, all else equal.

    VVIPE_DATA=... python benchmarks/ablation.py            (about 20 minutes; rerun it to resume)

Hit@1 in % on every fourth validation pose, 600 steps of the 2D network, seed 0; then other uses of two trained models.
The table is kept in results/ablation.json. Subject 14 is not used.
"""


from tune import USES, run

from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.evaluation.markdown import markdown_table

AUGMENTED = {
    "augmentation.length_spread": 0.06, "augmentation.human_proportions": 0.0, "augmentation.joint_jitter_deg": 0.0,
}  # fmt: skip
PLAIN = {"augmentation.length_spread": 0.0, "augmentation.limb_exchange_prob": 0.0,
         "vae.augmentation.length_spread": 0.0, "vae.augmentation.limb_exchange_prob": 0.0}  # fmt: skip
BASE = {"steps": 600, "activation": "relu", "vae.activation": "relu"}
PAPER, OURS, OURS_D = "V-VIPE + A", "V-VIPE (ours) + A", "V-VIPE (ours), D + A"
LINES = (
    ("V-VIPE + A", PAPER, {}),
    ("+ limb lengths and exchanged limbs", OURS, AUGMENTED | {"contrastive": 0.0}),
    ("+ contrastive term and its metric", OURS, AUGMENTED | PLAIN),
    ("both: ours", OURS, AUGMENTED),
    ("ours, half the spread of limb lengths", OURS, AUGMENTED | {"augmentation.length_spread": 0.03}),
    ("ours, human proportions and jittered joints", OURS,
     AUGMENTED | {"augmentation.human_proportions": 0.5, "augmentation.joint_jitter_deg": 20.0}),
    ("ours, SiLU for ReLU", OURS, AUGMENTED | {"activation": "silu", "vae.activation": "silu"}),
    ("ours, no average of weights", OURS, AUGMENTED | {"average": 0.0}),
    ("ours, twice the steps", OURS, AUGMENTED | {"steps": 1200}),
)  # fmt: skip
OTHER_USES = {
    "plain": "", "rolled": ", averaged over five rolls", "hidden": ", averaged over hidden joints",
    "unsure": ", predicted variance in the distance",
}  # fmt: skip


def main() -> None:
    rows = [{"name": name, **run(method, BASE | changes)} for name, method, changes in LINES]
    for method in (OURS, OURS_D):
        for use in USES:
            rows.append({"name": method + OTHER_USES[use], **run(method, BASE | AUGMENTED | {"log_var": True}, use)})
    write_json("results/ablation.json", {"rows": rows, **provenance()})
    cells = [[row["name"], f"{row['seen']:.1f}", f"{row['unseen']:.1f}"] for row in rows]
    print(markdown_table(["validation, Hit@1", "seen", "unseen"], cells))


if __name__ == "__main__":
    main()
