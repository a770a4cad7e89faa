"""What do the frames that blend out of a T-pose change? Hit@1 with and without them, by the shipped weights.

    VVIPE_DATA=... python benchmarks/blend_frames.py            (a minute)

Every CMU file begins with a T-pose and four frames that blend out of it; the first of our rows is one of them. The
protocol's test and validation rows keep it, so that tables compare. Measured on CMU's validation rows.
"""

import torch

from vvipe_explore import datasets, load_pretrained
from vvipe_explore.datasets.cmu import BLEND
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.evaluation.other_bodies import hits_by_set


def main() -> None:
    motion = datasets.load("cmu")
    motion = motion[datasets.split(motion)["validation"]]
    kept = motion.frame > BLEND
    sets = {
        f"all {len(motion):,} rows": torch.from_numpy(motion.poses),
        f"without the {(~kept).sum()} of the blend": torch.from_numpy(motion[kept].poses),
    }
    hits = hits_by_set(load_pretrained("exact"), sets)
    cells = [[name, *(f"{hit:.2f}" for hit in by_cameras.values())] for name, by_cameras in hits.items()]
    print(markdown_table(["validation, Hit@1", "seen", "unseen"], cells))


if __name__ == "__main__":
    main()
