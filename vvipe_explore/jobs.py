"""Several trainings at once, each in a process of its own with one share of the processor's cores."""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .models import Embedder
from .recipes import METHODS, Settings, train_method, train_vae


@dataclass(frozen=True)
class Job:
    """One training: a method of recipes.METHODS, its settings, the folder for its files, its seed."""

    method: str
    settings: Settings
    folder: Path
    seed: int = 0


def train_all(jobs: Sequence[Job], train: Tensor, held_out: Tensor, workers: int = 1) -> list[Embedder]:
    """Train jobs on world poses (n, 13, 3), so many at a time; gives their models in order.

    What is trained already is found; a stopped run goes on from its checkpoints. Jobs of one folder share its VAE,
    which is trained first. Raises ValueError if workers is below 1, recipes.Stopped after an interrupt.
    """
    if workers < 1:
        raise ValueError(f"{workers} trainings at once; at least 1 was wanted.")
    if workers > 1:
        vaes = {(j.folder, j.seed, METHODS[j.method]["ours"]): j.settings for j in jobs if _embeds(j)}
        _at_once(
            [(train_vae, (train, held_out, settings, folder, seed, False, ours))
             for (folder, seed, ours), settings in vaes.items()], workers, "pose VAEs",
        )  # fmt: skip
        calls = [(train_method, (j.method, train, held_out, j.settings, j.folder, j.seed, False)) for j in jobs]
        _at_once(calls, workers, "methods")
    return [train_method(j.method, train, held_out, j.settings, j.folder, j.seed) for j in jobs]


def _embeds(job: Job) -> bool:
    """Whether the job needs a pose VAE."""
    return METHODS[job.method]["kind"] == "vvipe"


def _at_once(calls: list[tuple[Callable, tuple]], workers: int, name: str) -> None:
    """Make calls in so many processes; their files are the result. An interrupt stops all and is passed on."""
    from tqdm.auto import tqdm

    if not calls:
        return
    threads = max(1, torch.get_num_threads() // workers)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(threads,)) as pool:
        futures = [pool.submit(_call, *call) for call in calls]
        try:
            done = as_completed(futures)
            for future in tqdm(done, total=len(futures), desc=f"training {name}", unit="training", smoothing=0):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()  # caught in _call
            raise


def _start(threads: int) -> None:
    """A worker's start: Ctrl-C reaches all processes of a terminal, but it is for the parent to say who stops."""
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _call(function: Callable, arguments: tuple) -> None:
    """In a worker: the parent's terminate interrupts the training, which then keeps its checkpoint."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        function(*arguments)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
