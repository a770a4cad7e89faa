"""One plain loop that trains every network here. It is seeded, and a stopped run resumes where it was.

An objective (objectives.py) has .network, .losses(generator) -> {"loss": ..., more}, .score() -> a number on held-out
data, smaller is better, and .fingerprint() of its data. The loop takes all randomness from one generator, keeps the
best weights by that score, and writes all that it needs to resume to one checkpoint file.
"""

import contextlib
import json
import math
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from .._files import fingerprint, read_tensors, write_tensors

Progress = bool | Callable[[int], None]
"""Whether to show a bar; or a function that is called with each number of steps done."""
WEIGHT_DECAY = 1e-2


@dataclass(frozen=True)
class Checkpoint:
    """The file from which a run resumes, and what the run is of (numbers, texts, dictionaries of them)."""

    path: Path
    identity: dict = field(default_factory=dict)


@dataclass
class History:
    """What a run did: curves["loss"] and others, one value a report; the best score, its step; whether it finished."""

    step: int = 0
    steps: int = 0
    best_score: float = math.inf
    best_step: int = 0
    finished: bool = False
    curves: dict[str, list[int | float]] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingData:
    """World poses (n, 13, 3), metres: train to learn from, held_out to choose the best weights by."""

    train: Tensor
    held_out: Tensor
    name: str = "unnamed poses"

    def describe(self) -> dict[str, str | int]:
        """Give name, number and fingerprint of the poses: what a model says it was trained on."""
        print_of_all = fingerprint([self.train, self.held_out])[:16]
        return {"name": self.name, "poses": len(self.train), "fingerprint": print_of_all}


def differences(had: dict, now: dict) -> str:
    """Name what differs between two nested descriptions, each with both values; empty if nothing does.

    Data count as the same where their fingerprints agree, whatever their names.
    """
    had, now = (_flat(json.loads(json.dumps(d))) for d in (had, now))
    names = [n for n in {**had, **now} if not n.startswith("data.") and had.get(n) != now.get(n)]
    unlike = [f"{n} {had.get(n)!r}, not {now.get(n)!r}" for n in names]
    if had.get("data.fingerprint") != now.get("data.fingerprint"):
        data = [f"data {d.get('data.name')!r} (fingerprint {d.get('data.fingerprint')})" for d in (had, now)]
        unlike.insert(0, ", not ".join(data))
    return ", ".join(unlike)


def _flat(nested: dict, prefix: str = "") -> dict:
    flat = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat


@contextlib.contextmanager
def _interrupts():
    """Give a function that says whether Ctrl-C or SIGTERM came; a second one interrupts at once.

    Held back so that a step is never half done. In a thread other than the main one, where signals never arrive,
    it does nothing.
    """
    came = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def hold(number, frame):
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = {number: signal.signal(number, hold) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Give the rate at a step: a linear warm-up over the first 3 % of the steps, then half a cosine down to zero."""
    warm = max(1, round(0.03 * steps))
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


class _State:
    """Network, optimiser, averaged and best weights, generator and history: what a checkpoint holds."""

    def __init__(self, network: nn.Module, steps: int, lr: float, seed: int, average: float):
        self.network, self.average, self.peak = network, average, lr
        self.weights = [p for p in network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(self.weights, lr=lr, weight_decay=WEIGHT_DECAY, fused=True)
        self.generator = torch.Generator().manual_seed(seed)
        self.averaged = [p.detach().clone() for p in self.weights]
        self.best = [p.detach().clone() for p in self.weights]
        self.history = History(steps=steps)
        self.whole = True  # False while a step is half done
        self.mark()

    def mark(self) -> None:
        """Remember the generator's state before a step."""
        self.marked = self.history.step, self.generator.get_state()

    def back_to_mark(self) -> None:
        """Give the generator back its state, if the step after the mark was not made."""
        step, generator = self.marked
        if step == self.history.step:
            self.generator.set_state(generator)

    def step(self, losses: dict[str, Tensor]) -> None:
        """Step the optimiser on losses["loss"], then the running average of the weights."""
        self.whole = False
        rate = learning_rate(self.history.step, self.history.steps, self.peak)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        losses["loss"].backward()
        self.optimiser.step()
        self.history.step += 1
        if self.average:
            # early on it averages the steps so far, which forgets the start
            keep = min(self.average, self.history.step / (self.history.step + 10))
            weights = [p.detach() for p in self.weights]
            torch._foreach_lerp_(self.averaged, weights, 1 - keep)  # pyright: ignore[reportPrivateImportUsage]
        self.whole = True

    @torch.no_grad()
    def put(self, weights: list[Tensor]) -> list[Tensor]:
        """Put weights into the network and give those that were there."""
        old = [p.detach().clone() for p in self.weights]
        for p, w in zip(self.weights, weights, strict=True):
            p.copy_(w)
        return old

    def score(self, objective) -> float:
        """Score the averaged weights (or the plain ones); keep them if they are the best so far."""
        raw = self.put(self.averaged) if self.average else None
        self.network.eval()
        try:
            with torch.no_grad():
                score = float(objective.score())
            if score < self.history.best_score:
                self.history.best_score, self.history.best_step = score, self.history.step
                self.best = [p.detach().clone() for p in self.weights]
        finally:  # an interrupt here must not leave the average in place of the weights
            self.network.train()
            if raw is not None:
                self.put(raw)
        return score

    def save(self, checkpoint: Checkpoint) -> None:
        """Write all of it to one file, atomically."""
        tensors = {"generator": self.generator.get_state()}
        for i, p in enumerate(self.weights):
            tensors |= {f"weights.{i}": p.detach(), f"averaged.{i}": self.averaged[i], f"best.{i}": self.best[i]}
            tensors |= {f"adam.{i}.{k}": v for k, v in self.optimiser.state.get(p, {}).items()}
        description = {"checkpoint": checkpoint.identity, "history": asdict(self.history)}
        write_tensors(checkpoint.path, tensors, description)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Read what save wrote. Raises ValueError if the checkpoint is of another run."""
        tensors, description = read_tensors(checkpoint.path, "delete it to start anew")
        unlike = differences(description.get("checkpoint", {}), checkpoint.identity)
        if unlike:
            raise ValueError(
                f"{checkpoint.path} is the checkpoint of another run: {unlike}; "
                "delete it to start anew, or give another folder."
            )
        self.put([tensors[f"weights.{i}"] for i in range(len(self.weights))])
        for name in ("averaged", "best"):
            setattr(self, name, [tensors[f"{name}.{i}"] for i in range(len(self.weights))])
        for i, p in enumerate(self.weights):
            prefix = f"adam.{i}."
            kept = {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
            if kept:
                self.optimiser.state[p] = kept
        self.generator.set_state(tensors["generator"])
        self.history = History(**description["history"])


def _check(losses: dict[str, Tensor], step: int) -> None:
    if not math.isfinite(losses["loss"].item()):
        values = ", ".join(f"{name} {value.item():.4g}" for name, value in losses.items())
        culprits = [n for n, v in losses.items() if n != "loss" and not math.isfinite(v.item())]
        raise FloatingPointError(
            f"training stopped at step {step}: the loss is no longer finite ({values}); "
            f"the cause is {' and '.join(culprits) or 'the weights, which overflowed'}; "
            "lower the learning rate or that loss's weight. The checkpoint before this step is kept."
        )


def _start(
    objective, steps: int, lr: float, seed: int, average: float, checkpoint: Checkpoint | None
) -> tuple[_State, Checkpoint | None]:
    """Make the state of a run, or read it from its checkpoint; gives the checkpoint with all that the run is of."""
    state = _State(objective.network, steps, lr, seed, average)
    if checkpoint:
        run = {"steps": steps, "lr": lr, "seed": seed, "average": average}
        if "data" not in checkpoint.identity:
            run["data"] = {"name": "the objective's poses", "fingerprint": objective.fingerprint()}
        checkpoint = Checkpoint(checkpoint.path, {**checkpoint.identity, **run})
        if Path(checkpoint.path).is_file():
            state.restore(checkpoint)
    return state, checkpoint


def fit(
    objective,
    steps: int,
    lr: float = 1e-3,
    seed: int = 0,
    average: float = 0.0,
    reports: int = 20,
    checkpoint: Checkpoint | None = None,
    progress: Progress = True,
    name: str = "training",
) -> History:
    """Train objective.network for a number of steps; it ends with the best weights by objective.score(), in eval mode.

    average: decay of a running average of the weights, which is then what is scored and kept (0: none).
    reports: how many times loss and score are recorded. checkpoint: where the run goes on from and what it is of; it
    is written at every report, and one of another run is refused. An interrupt (Ctrl-C, the notebook's stop button)
    keeps the best weights so far and the checkpoint, and returns with history.finished False; so does SIGTERM.
    Raises FloatingPointError, with step and cause, when the loss becomes NaN or infinite.
    """
    from tqdm.auto import tqdm

    state, checkpoint = _start(objective, steps, lr, seed, average, checkpoint)
    history, every = state.history, max(1, steps // max(1, reports))
    objective.network.train()
    tell = progress if callable(progress) else lambda done: None
    hidden = callable(progress) or not progress
    bar = tqdm(total=steps, initial=history.step, desc=name, unit="step", disable=hidden, mininterval=0.5)
    tell(history.step)
    try:
        with _interrupts() as interrupted:
            while history.step < steps:
                if interrupted():
                    raise KeyboardInterrupt
                state.mark()
                losses = objective.losses(state.generator)
                _check(losses, history.step)
                state.step(losses)
                bar.update()
                tell(1)
                if history.step % every == 0 or history.step == steps:
                    _report(state, objective, losses, bar)
                    history.finished = history.step == steps
                    if checkpoint:
                        state.save(checkpoint)
    except KeyboardInterrupt:
        state.back_to_mark()
        if checkpoint and state.whole:
            state.save(checkpoint)
        tqdm.write(f"{name}: stopped at step {history.step} of {steps}; {_kept(history, checkpoint)}.")
    finally:
        bar.close()
        if math.isfinite(history.best_score):
            state.put(state.best)
        objective.network.eval()
    return history


def _kept(history: History, checkpoint: Checkpoint | None) -> str:
    """Say what an interrupt leaves."""
    if math.isfinite(history.best_score):
        kept = f"the network has the weights of step {history.best_step}, the best so far"
    else:
        kept = "no weights were scored yet, so the network has those of that step"
    if checkpoint and Path(checkpoint.path).is_file():
        return f"{kept}; {checkpoint.path} resumes the run"
    return kept


def _report(state: _State, objective, losses: dict[str, Tensor], bar) -> None:
    values = {k: v.item() for k, v in losses.items()} | {"score": state.score(objective)}
    for key, value in {"step": state.history.step, **values}.items():
        state.history.curves.setdefault(key, []).append(value)
    bar.set_postfix({k: f"{v:.3g}" for k, v in values.items()}, refresh=False)
