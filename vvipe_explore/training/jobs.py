"""Several trainings at once, each in a process of its own with its share of the processor's cores."""

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection
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
    """Make the calls in processes of their own; their files are the result. What stops one stops all."""
    from tqdm.auto import tqdm

    if not calls:
        return
    context = multiprocessing.get_context("spawn")
    done, threads = context.Value("q", 0), max(1, torch.get_num_threads() // workers)
    waiting, running = list(reversed(calls)), {}
    with tqdm(total=steps, desc=f"training {len(calls)} {name}", unit="step", smoothing=0.02) as bar:
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    outcome, sender = context.Pipe(duplex=False)
                    running[outcome] = context.Process(target=_work, args=(*waiting.pop(), threads, done, sender))
                    running[outcome].start()
                    sender.close()
                ready = connection.wait(running, 0.5)
                bar.update(done.get_obj().value - bar.n)  # without its lock, which a killed process may hold
                for outcome in [one for one in running if one in ready]:
                    _end(running.pop(outcome), outcome)
        finally:
            for process in running.values():
                process.terminate()  # the training in it keeps its checkpoint
            for process in running.values():
                process.join()


def _end(process, outcome: connection.Connection) -> None:
    """Raise what went wrong in a process that has ended, if anything did."""
    try:
        error = outcome.recv()
    except EOFError:
        error = ChildProcessError(
            "a training process was killed, perhaps for lack of memory; rerun the command to resume, with fewer --jobs "
            "if it happens again."
        )
    process.join()
    if error is not None:
        raise error


def _work(function: Callable, arguments: tuple, threads: int, done, sender: connection.Connection) -> None:
    """Make one call, and send what it raised, or None. SIGTERM, from the parent or anyone, stops it as Ctrl-C would.

    Ctrl-C reaches all processes of a terminal; the parent alone decides who stops.
    """
    global _done
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(threads)
    _done, error = done, None
    try:
        function(*arguments, progress=_count)
    except (Stopped, KeyboardInterrupt):
        error = Stopped()
    except Exception as wrong:
        wrong.add_note("In a training process:\n" + traceback.format_exc())
        error = wrong
    with contextlib.suppress(BrokenPipeError):  # the parent is gone
        sender.send(error)


def _end_with_parent() -> None:
    """Wait for the parent's end; then stop the training, which keeps its checkpoint."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _count(steps: int) -> None:
    with _done.get_lock():
        _done.value += steps
