"""What a motion file holds before it is understood: named points in the file's own axes and unit."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class RawMotion:
    """A body or markers as a file has them; every reader of a motion format gives this.

    positions (n, k, 3): float64, the file's axes and unit, NaN where a point was not seen. names: the k points' names,
    as the file has them. parents (k,): the place of each joint's parent, -1 for a root; None where the file has points
    without a hierarchy. rest (k, 3): positions with all rotations zero; None without a hierarchy. fps: frames a second,
    None where the file has none. metres: metres of one unit, None where the file does not say. up: "x", "y", "z", "-y",
    ... where the file says it, else None. first: how many frames at the start are a rest pose and no motion. notes:
    what a user should be told of the reading, a sentence each. turns: turns(j) gives joint j's rotation from rest, in
    the file's axes, (n, 3, 3), computed when called; None where nothing turns.
    """

    positions: np.ndarray
    names: tuple[str, ...]
    parents: np.ndarray | None = None
    rest: np.ndarray | None = None
    fps: float | None = None
    metres: float | None = None
    up: str | None = None
    first: int = 0
    notes: tuple[str, ...] = field(default=())
    turns: Callable[[int], np.ndarray] | None = None
