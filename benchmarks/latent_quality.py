"""What is the latent space worth beyond retrieval? The pose VAE beside PCA and an autoencoder without noise.

    VVIPE_DATA=... python benchmarks/latent_quality.py [--steps 2000] [--lift-steps 600]    (needs cmu-mocap; 6 minutes)

CMU: the spaces are trained on the train rows and measured on the validation rows; subject 14 is not used. All have 32
dimensions. The autoencoder and the VAE have the same networks: width 384, batch 512. The shipped VAE was trained longer
and on more bodies (see its .about), so its column describes it and compares nothing.
"""

import argparse
import platform
import time

import torch

import vvipe_explore as vv
from vvipe_explore.evaluation import latent_space


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2000, help="number of steps of the autoencoder and of the VAE")
    parser.add_argument("--lift-steps", type=int, default=600, help="steps of each space's 2D network; 0: no lifting")
    arguments = parser.parse_args()
    data, start = vv.datasets.load("cmu"), time.time()
    rows = vv.datasets.split(data)
    train, held_out = (torch.from_numpy(data.poses[rows[part]]) for part in ("train", "validation"))
    canonical, held = (vv.alignment.canonicalise(poses).poses for poses in (train, held_out))
    without = {"kl_weight": 0.0, "triplet_weight": 0.0}
    spaces = {
        "PCA": vv.models.PCA(canonical, 32),
        "autoencoder": trained(vv.models.Autoencoder, canonical, held, arguments.steps, **without),
        "VAE": trained(vv.models.PoseVAE, canonical, held, arguments.steps),
        "VAE, shipped": vv.load_pretrained("exact").vae,
    }
    table = latent_space.compare(spaces, train, held_out, n=2000, pairs=500, lift_steps=arguments.lift_steps)
    print(f"CMU, {len(train):,} poses to train on and {len(held):,} held out; {arguments.steps} steps, 2D network "
          f"{arguments.lift_steps} steps; {platform.machine()}, {time.time() - start:.0f} s\n")  # fmt: skip
    print(latent_space.as_table(table))


def trained(network, canonical, held_out, steps: int, **weights):
    """Train a space of 32 dimensions."""
    torch.manual_seed(0)
    space = network(32, 384)
    objective = vv.training.VAEObjective(space, canonical, held_out[::4], batch=512, **weights)
    vv.training.fit(objective, steps, 1e-3, average=0.995, name=network.__name__)
    return space


if __name__ == "__main__":
    main()
