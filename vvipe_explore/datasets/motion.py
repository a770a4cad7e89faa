"""What every loader gives: poses with the names, people, actions and places in time that belong to them."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Motion:
    """n poses in world axes, one row each in every field but joint_names.

    poses (n, joints, 3): metres, float32, +y up. joint_names: joints' names, in order. subject (n,) int,
    action (n,) text, sequence (n,) text such as "14_04", frame (n,) int: the frame's number in its file.
    """

    poses: np.ndarray
    joint_names: tuple[str, ...]
    subject: np.ndarray
    action: np.ndarray
    sequence: np.ndarray
    frame: np.ndarray

    def __post_init__(self):
        for name in ("subject", "action", "sequence", "frame"):
            if len(getattr(self, name)) != len(self.poses):
                rows = len(getattr(self, name))
                raise ValueError(f"{name} has {rows} rows; the {len(self.poses)} of poses were wanted.")

    def __len__(self) -> int:
        return len(self.poses)

    def __getitem__(self, rows) -> "Motion":
        """Take rows (a mask, a slice or numbers) of every field."""
        rows = np.atleast_1d(np.asarray(rows)) if not isinstance(rows, slice) else rows
        return Motion(**{f.name: value if f.name == "joint_names" else value[rows] for f, value in self._items()})

    def _items(self):
        return [(f, getattr(self, f.name)) for f in fields(self)]

    @staticmethod
    def join(parts: "list[Motion]") -> "Motion":
        """Put several motions with the same joints after one another."""
        names = {part.joint_names for part in parts}
        if len(names) != 1:
            raise ValueError(f"motions with {len(names)} lists of joints cannot be joined; convert them first.")
        rows = ("poses", "subject", "action", "sequence", "frame")
        return Motion(joint_names=names.pop(), **{r: np.concatenate([getattr(p, r) for p in parts]) for r in rows})
