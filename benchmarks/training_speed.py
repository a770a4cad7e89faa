"""How fast is a training step beside the bare matrix products of its forward and backward pass?

    python benchmarks/training_speed.py [steps] [rounds] [threads]          (about 3 minutes)

V-VIPE + A of training.methods with all its losses, the same dtype and threads; the two loops run in turn. Bar: ours at
least half as fast as the bare loop.
"""

import platform
import statistics
import sys
import time

import torch

from vvipe_explore import datasets
from vvipe_explore.alignment import canonicalise
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.training.loop import fit
from vvipe_explore.training.methods import METHODS
from vvipe_explore.training.objectives import KeypointObjective, VAEObjective
from vvipe_explore.training.projected_poses import ProjectedPoses

BAR = 0.5


def layers(inputs: int, outputs: int, width: int, blocks: int) -> list[tuple[int, int]]:
    """Give the linear layers of a ResidualMLP, (in, out) each."""
    return [(inputs, width), *[(width, width)] * (2 * blocks), (width, outputs)]


class Products:
    """The matrix products of linear layers: forward, gradient of the input, gradient of the weight."""

    def __init__(self, shapes, batch: int, trained: bool = True, input_gradient: bool = True):
        self.trained = trained
        self.layers = []
        for i, (n, m) in enumerate(shapes):
            gradient = torch.empty(batch, n) if input_gradient or i else None
            self.layers.append((torch.randn(batch, n), torch.randn(m, n), torch.randn(batch, m), gradient,
                                torch.empty(batch, m), torch.empty(m, n)))  # fmt: skip

    def step(self) -> None:
        for x, weight, _, _, y, _ in self.layers:
            torch.mm(x, weight.T, out=y)
        for x, weight, slope, gradient, _, weight_gradient in reversed(self.layers):
            if gradient is not None:
                torch.mm(slope, weight, out=gradient)
            if self.trained:
                torch.mm(slope.T, x, out=weight_gradient)


def bare(products: list[Products], steps: int) -> None:
    for _ in range(steps):
        for part in products:
            part.step()


def steps_a_second(function, steps: int) -> float:
    start = time.perf_counter()
    function(steps)
    return steps / (time.perf_counter() - start)


def cases():
    """Give (name, a function of the number of steps that trains, its matrix products) of the VAE and the 2D encoder."""
    method = METHODS["V-VIPE + A"]
    s = method.vae
    poses = torch.from_numpy(datasets.load("synthetic").poses)
    few = poses[:8]   # the score is not measured

    def train(objective):
        return lambda steps: fit(objective, steps, s.lr, average=s.average, reports=1, progress=False)

    vae = PoseVAE(s.latent, s.width, s.blocks)
    objective = VAEObjective(vae, canonicalise(poses).poses, canonicalise(few).poses, s.kl_weight, s.triplet_weight,
                             batch=s.batch)  # fmt: skip
    encoder = layers(39, 2 * s.latent, s.width, s.blocks)
    decoder = layers(s.latent, 39, s.width, s.blocks)
    yield f"VAE, width {s.width}", train(objective), [
        Products(encoder, s.batch, input_gradient=False), Products(decoder, s.batch)
    ]  # fmt: skip
    frozen = PoseVAE(s.latent, s.width, s.blocks).requires_grad_(False)
    projected = ProjectedPoses(poses, batch=method.batch)
    two = KeypointObjective(KeypointEncoder(s.latent, method.width, method.blocks), projected, few, frozen)
    yield f"2D encoder, width {method.width}", train(two), [
        Products(layers(39, s.latent, method.width, method.blocks), method.batch, input_gradient=False),
        Products(decoder, s.batch, trained=False),
    ]  # fmt: skip


def main(steps: int = 50, rounds: int = 7, threads: int = 0) -> None:
    torch.set_num_threads(threads or torch.get_num_threads())
    print(f"training steps a second, batch 512, float32, median of {rounds} rounds of {steps} in turn")
    print(f"{platform.node()}, {platform.machine()}, {platform.system()}, "
          f"{torch.get_num_threads()} threads, torch {torch.__version__}\n")  # fmt: skip
    print("| network | ours | bare products | ratio | bar |\n|---|---|---|---|---|")
    for name, train, products in cases():
        train(10)
        bare(products, 10)
        rates = [
            (steps_a_second(train, steps), steps_a_second(lambda n, p=products: bare(p, n), steps))
            for _ in range(rounds)
        ]
        ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
        ratio = statistics.median(a / b for a, b in rates)
        print(f"| {name} | {ours:.0f} | {theirs:.0f} | {ratio:.2f} | {BAR} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
