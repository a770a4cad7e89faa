"""What every loader gives: poses, each with its subject, action, sequence and frame."""

from dataclasses import dataclass, replace

import numpy as np

_LABELS = ("subject", "action", "sequence", "frame")


@dataclass(frozen=True)
class Motion:
    """n poses in world axes: poses (n, joints, 3), metres, float32, +y up, of the joints in joint_names.

    subject (n,) int, action (n,) text, sequence (n,) text such as "14_04", frame (n,) int: the frame's number in its
    file.
    """

    poses: np.ndarray
    joint_names: tuple[str, ...]
    subject: np.ndarray
    action: np.ndarray
    sequence: np.ndarray
    frame: np.ndarray

    def __post_init__(self):
        for name in _LABELS:
            rows = len(getattr(self, name))
            if rows != len(self.poses):
                raise ValueError(f"expected {len(self.poses)} rows of {name}, one a pose; got {rows}.")

    def __len__(self) -> int:
        return len(self.poses)

    def __getitem__(self, rows) -> "Motion":
        """Take rows (a mask, a slice or numbers) of every field."""
        rows = np.atleast_1d(np.asarray(rows)) if not isinstance(rows, slice) else rows
        return replace(self, **{name: getattr(self, name)[rows] for name in ("poses", *_LABELS)})

    @staticmethod
    def join(parts: "list[Motion]") -> "Motion":
        """Put several motions with the same joints after one another."""
        lists = len({part.joint_names for part in parts})
        if lists != 1:
            raise ValueError(f"expected motions with one list of joints, got {lists} lists; convert them first.")
        rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ("poses", *_LABELS)}
        return replace(parts[0], **rows)
