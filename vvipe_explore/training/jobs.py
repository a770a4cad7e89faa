"""Several trainings at once, each in a process of its own with its share of the processor's cores."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import torch

from ..models.embedder import Embedder
from .loop import TrainingData
from .methods import Method, Stopped, file_of, train_method, train_vae, vae_file


@dataclass(frozen=True)
class Job:
    """One training: a method, the folder for its files, its seed."""

    method: Method
    folder: Path
    seed: int = 0

    @property
    def lacks_vae(self) -> bool:
        """Whether its pose VAE is still to be trained."""
        return self.method.vae is not None and not vae_file(self.folder, self.method.vae).is_file()

    @property
    def lacks_network(self) -> bool:
        """Whether its 2D network is still to be trained."""
        return not file_of(self.folder, self.method).is_file()


def train_all(jobs: Sequence[Job], data: TrainingData, workers: int = 1) -> list[Embedder]:
    """Train jobs, workers of them at a time; gives their models in order.

    What is trained already is found; a stopped run resumes from its checkpoints. Jobs of one folder share its VAEs,
    which are trained first. Raises ValueError if workers is below 1, methods.Stopped after an interrupt,
    ChildProcessError if a worker was killed.
    """
    if workers < 1:
        raise ValueError(f"expected at least 1 training at once, got {workers}; give --jobs 1 or more.")
    if workers > 1:
        vaes = dict.fromkeys((j.method.vae, j.folder, j.seed) for j in jobs if j.method.vae and j.lacks_vae)
        calls = [(train_vae, (vae, data, folder, seed)) for vae, folder, seed in vaes]
        _at_once(calls, workers, "pose VAEs", sum(vae.steps for vae, _, _ in vaes))
        left = [j for j in jobs if j.lacks_network]
        calls = [(train_method, (j.method, data, j.folder, j.seed)) for j in left]
        _at_once(calls, workers, "2D networks", sum(j.method.steps for j in left))
    return [train_method(j.method, data, j.folder, j.seed) for j in jobs]


def _at_once(calls: list[tuple], workers: int, name: str, steps: int) -> None:
    """Make the calls in worker processes; their files are the result. An interrupt stops all and is passed on."""
    from tqdm.auto import tqdm

    if not calls:
        return
    context = multiprocessing.get_context("spawn")
    done, threads = context.Value("q", 0), max(1, torch.get_num_threads() // workers)
    with (
        ProcessPoolExecutor(workers, context, initializer=_start, initargs=(threads, done)) as pool,
        tqdm(total=steps, desc=f"training {len(calls)} {name}", unit="step", smoothing=0.02) as bar,
    ):
        left = [pool.submit(_call, *call) for call in calls]
        try:
            while left:
                ended, left = wait(left, 0.5, FIRST_EXCEPTION)
                bar.update(done.get_obj().value - bar.n)  # without its lock, which a killed worker may hold
                for future in ended:
                    future.result()
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()  # the training in it keeps its checkpoint
            if isinstance(error, BrokenProcessPool):
                raise ChildProcessError(
                    "a training process was killed, perhaps for lack of memory; rerun the command to resume, with "
                    "fewer --jobs if it happens again."
                ) from None
            raise


def _start(threads: int, done) -> None:
    """Start a worker. Ctrl-C reaches all processes of a terminal; the parent alone decides who stops."""
    global _done
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _done = done
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent's end; then stop the training, which keeps its checkpoint, and end this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    with _training:
        os._exit(1)


_training = threading.Lock()
"""Held while a worker trains."""


def _call(function: Callable, arguments: tuple) -> None:
    """Call function in a worker. SIGTERM, from the parent or anyone, interrupts it; its checkpoint is kept."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _training:
            function(*arguments, progress=_count)
    except KeyboardInterrupt:
        raise Stopped from None
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _count(steps: int) -> None:
    with _done.get_lock():
        _done.value += steps
