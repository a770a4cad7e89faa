"""How fast is PA-MPJPE beside a batched torch.linalg.svd? 100,000 pairs of 13 joints on one thread.

    python benchmarks/pa_mpjpe.py [pairs] [rounds]          (about a minute)

Both run in turn, several rounds; medians. Bar: ours at least 3 times as fast, and equal within 1e-4 of the size.
"""

import platform
import statistics
import sys
import time

import torch

from vvipe_explore.metrics import pa_mpjpe

BAR = 3.0


def by_svd(a, b):
    """Fit by Umeyama: one batched SVD of 3 x 3, in the dtype of the input."""
    mean = b.mean(-2, keepdim=True)
    a, b = a - a.mean(-2, keepdim=True), b - mean
    u, s, vh = torch.linalg.svd(b.mT @ a)
    sign = torch.ones_like(s)
    sign[:, 2] = torch.linalg.det(u @ vh).sign()
    rotation = (u * sign[:, None]) @ vh
    scale = (s * sign).sum(-1) / a.square().sum((-1, -2))
    return (scale[:, None, None] * (a @ rotation.mT) - b).norm(dim=-1).mean(-1)


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main(pairs: int = 100_000, rounds: int = 7) -> None:
    torch.set_num_threads(1)
    g = torch.Generator().manual_seed(0)
    print(f"PA-MPJPE, {pairs} pairs of 13 joints, one thread, median of {rounds} rounds in turn")
    print(f"{platform.node()}, {platform.machine()}, {platform.system()}, torch {torch.__version__}\n")
    print("| dtype | ours | torch.linalg.svd | ratio | bar | largest difference / size |\n|---|---|---|---|---|---|")
    for dtype in (torch.float32, torch.float64):
        b = torch.randn(pairs, 13, 3, generator=g).to(dtype)
        # half of the pairs are alike, as retrieved poses are, half are not; a tenth is mirrored
        a = torch.randn(pairs, 13, 3, generator=g).to(dtype)
        a[::2] = b[::2] + 0.1 * a[::2]
        a[::10, :, 0] *= -1
        size = (b - b.mean(-2, keepdim=True)).square().sum(-1).mean(-1).sqrt()
        difference = ((pa_mpjpe(a, b) - by_svd(a.double(), b.double())).abs() / size).max().item()   # also compiles
        times = [(seconds(pa_mpjpe, a, b), seconds(by_svd, a, b)) for _ in range(rounds)]
        ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
        name = str(dtype).removeprefix("torch.")
        print(f"| {name} | {1e6 * ours / pairs:.2f} us | {1e6 * theirs / pairs:.2f} us | {theirs / ours:.1f} | "
              f"{BAR} | {difference:.1e} |")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
