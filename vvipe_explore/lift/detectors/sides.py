"""Undo exchanged sides: a network that can't tell front from back takes left for right, for some frames at a time.

Nobody's left side becomes their right one from one frame to the next. So of the two readings of each frame, as found
and with the sides exchanged, the path is chosen along which the points move least; what the network said counts a
little in every frame, so that the reading of most frames wins.
"""

import numpy as np

from ..._joint_names import PAPER_13, names_of

AS_FOUND = 0.005
"""What an exchanged frame costs, in sizes of the body: two jumps by half a size pay for 200 of them."""


def exchanged(joint_names) -> np.ndarray:
    """Give the order of joints that exchanges left and right: (k,)."""
    names = names_of(joint_names)
    other = {"left": "right", "right": "left"}
    swapped = ["_".join([other.get(part, part) for part in name.split("_")]) for name in names]
    return np.array([names.index(name) for name in swapped])


class Steps:
    """How far one person's points move from frame to frame, as found and if the sides are exchanged in between.

    joint_names: a skeleton's name or its joints. Only the 13 of PAPER_13 count.
    """

    def __init__(self, joint_names):
        names = names_of(joint_names)
        self._exchange = exchanged(names)
        self._sided = [i for i, name in enumerate(names) if name in PAPER_13 and self._exchange[i] != i]
        self._last: tuple[int, np.ndarray, float] | None = None
        self.frames: list[int] = []
        self.moves: list[tuple[float, float]] = []

    def add(self, frame: int, points: np.ndarray) -> None:
        """Add the points (k, 2) in a frame; frames come in order."""
        now, other = points[self._sided], points[self._exchange][self._sided]
        size = float(np.linalg.norm(now - now.mean(0), axis=1).mean())
        move = (0.0, 0.0)
        if self._last is not None:
            before, last, earlier = self._last
            unit = max((size + earlier) / 2, 1e-6) * (frame - before)
            as_found, turned = (float(np.linalg.norm(each - last, axis=1).mean()) / unit for each in (now, other))
            move = (as_found, turned)
        self.frames.append(frame)
        self.moves.append(move)
        self._last = frame, now, size

    def wrong(self) -> list[int]:
        """Give the frames in which the sides are to be exchanged."""
        cost, came_from = np.zeros(2), []
        for same, other in self.moves:
            step = np.array([[same, other], [other, same]]) + cost  # [now, before]
            came_from.append(step.argmin(1))
            cost = step.min(1) + [0, AS_FOUND]
        state, found = int(cost.argmin()), []
        for frame, before in zip(self.frames[::-1], came_from[::-1], strict=True):
            found += [frame] * state
            state = int(before[state])
        return found[::-1]
