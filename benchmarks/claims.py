"""The paper's claims that need trainings: is the VAE better than an autoencoder, and does the triplet term help?

    VVIPE_DATA=... python benchmarks/claims.py      (needs cmu-mocap; about 10 minutes on one core)

Three small spaces of 32 dimensions, each with a 2D encoder on random cameras, three seeds: the same networks, steps and
cameras. They train on CMU's train rows and are measured on its validation rows; subject 14 is not used. The figures
are kept in results/claims.json, which notebook 09 reads. "novelty" is the distance in mm of a pose to the nearest
training pose (MPJPE, median): of poses sampled from the space, and of the held-out poses.
"""

import statistics
from pathlib import Path

import torch

from vvipe_explore import datasets, models
from vvipe_explore._files import write_json
from vvipe_explore._provenance import provenance
from vvipe_explore.alignment import canonicalise
from vvipe_explore.cli.train import thinned
from vvipe_explore.evaluation import cross_view, latent_space, pose_sets
from vvipe_explore.evaluation.markdown import markdown_table
from vvipe_explore.training.small import train_small_encoder, train_small_vae

KEPT = Path("results/claims.json")
STEPS, ENCODER_STEPS, SEEDS = 1500, 1500, 3
SPACES = {
    "autoencoder": {"network": models.Autoencoder, "kl_weight": 0.0, "triplet_weight": 0.0},
    "VAE without triplet": {"triplet_weight": 0.0},
    "VAE": {},
}


def measure(space, model, train, held_out, seed: int) -> dict[str, float]:
    """Measure one trained space and its 2D encoder."""
    canonical, held = (canonicalise(poses).poses for poses in (train, held_out))
    found = {row["cameras"]: row for row in cross_view.evaluate({"": model}, held_out)}
    generator = torch.Generator().manual_seed(seed)
    factor = latent_space.covariance_factor(space, canonical)
    (noise,), (limbs,) = latent_space.noise_curve(space, held, factor, [0.5], generator)
    sampled = latent_space.samples(space, canonical, 1000, generator)
    unseen = pose_sets.out_of_range(sampled, canonical)
    return {
        "seen": found["seen"]["hit@1"], "unseen": found["unseen"]["hit@1"], "lifted_mm": found["unseen"]["pa_mpjpe"],
        "noise_mm": noise, "noise_limbs_percent": limbs, "out_of_range_percent": unseen,
        "novelty_mm": 1000 * pose_sets.to_nearest(sampled, canonical).median().item(),
    }  # fmt: skip


@torch.no_grad()
def figures() -> dict:
    """Train and measure each space with each seed: {space: {measure: [a value a seed]}}, and the held-out poses."""
    motion = datasets.load("cmu")
    rows = datasets.split(motion)
    train, held_out = (torch.from_numpy(motion.poses[rows[part]]) for part in ("train", "validation"))
    held_out = thinned(held_out, 1500)
    spaces: dict[str, dict[str, list[float]]] = {}
    for name, how in SPACES.items():
        for seed in range(SEEDS):
            with torch.enable_grad():
                space = train_small_vae(train, held_out, STEPS, seed=seed, **how)[0]
                model = train_small_encoder(space, train, held_out, ENCODER_STEPS, seed=seed)[0]
            for figure, value in measure(space, model, train, held_out, seed).items():
                spaces.setdefault(name, {}).setdefault(figure, []).append(value)
            print(f"{name}, seed {seed}: Hit@1 unseen {spaces[name]['unseen'][-1]:.1f}", flush=True)
    nearest = pose_sets.to_nearest(canonicalise(held_out).poses, canonicalise(train).poses)
    return {"spaces": spaces, "held_out": {"novelty_mm": 1000 * nearest.median().item()}, "poses": len(held_out)}


def main() -> None:
    """Print the table and keep it."""
    made = figures()
    write_json(KEPT, {**made, "steps": STEPS, "encoder_steps": ENCODER_STEPS, **provenance()})
    names = list(next(iter(made["spaces"].values())))
    lines = [
        [space, *(f"{statistics.mean(values[n]):.1f} ± {statistics.stdev(values[n]):.1f}" for n in names)]
        for space, values in made["spaces"].items()
    ]
    print(markdown_table(["space", *names], lines))
    print(f"held-out poses: novelty {made['held_out']['novelty_mm']:.1f} mm")


if __name__ == "__main__":
    main()
