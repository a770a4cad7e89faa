"""Write the synthetic sample that comes with the package: data/synthetic.npz.

    python tools/make_sample.py

datasets.synthetic.load reads it. Put its new SHA-256, which is printed, into data/registry.json.
"""

from pathlib import Path

import numpy as np

from vvipe_explore._files import atomic_path, sha256
from vvipe_explore.datasets.synthetic import SAMPLE, STEP, generate
from vvipe_explore.skeleton import PAPER_13


def write_sample(path: Path | str = SAMPLE) -> None:
    """Write generate(seed=0) to an .npz: mid-hip in float32, joints about it in steps of 0.1 mm (int16)."""
    motion = generate(seed=0)
    hips = [PAPER_13.index("left_hip"), PAPER_13.index("right_hip")]
    root = motion.poses[:, hips].mean(1)
    offsets = np.round((motion.poses - root[:, None]) / STEP).astype(np.int16)
    labels = {name: getattr(motion, name) for name in ("subject", "action", "sequence", "frame")}
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, root=root, offsets=offsets, **labels)


if __name__ == "__main__":
    write_sample()
    print(f"{SAMPLE}: SHA-256 {sha256(SAMPLE)}")
