"""What every loader gives: poses, each with its subject, action, sequence and frame."""

from dataclasses import dataclass, fields, replace
from typing import TypeVar, cast

import numpy as np

AnyMotion = TypeVar("AnyMotion", bound="Motion")


@dataclass(frozen=True)
class Motion:
    """n poses in world axes: poses (n, joints, 3), metres, float32, +y up, of the joints in joint_names.

    subject (n,) int, action (n,) text, sequence (n,) text such as "14_04", frame (n,) int: the frame's number in its
    file. A subclass may add fields; each has one row a pose.
    """

    poses: np.ndarray
    joint_names: tuple[str, ...]
    subject: np.ndarray
    action: np.ndarray
    sequence: np.ndarray
    frame: np.ndarray

    def __post_init__(self):
        for name in self.row_fields():
            rows = len(getattr(self, name))
            if rows != len(self.poses):
                raise ValueError(f"expected {len(self.poses)} rows of {name}, one a pose; got {rows}.")

    def __len__(self) -> int:
        return len(self.poses)

    def __getitem__(self: AnyMotion, rows) -> AnyMotion:
        """Take rows (a mask, a slice or numbers) of every field."""
        rows = np.atleast_1d(np.asarray(rows)) if not isinstance(rows, slice) else rows
        return replace(self, **{name: getattr(self, name)[rows] for name in self.row_fields()})

    @classmethod
    def row_fields(cls) -> tuple[str, ...]:
        """Name the fields that have one row a pose: all but joint_names."""
        return tuple(field.name for field in fields(cls) if field.name != "joint_names")

    @staticmethod
    def join(parts: list[AnyMotion]) -> AnyMotion:
        """Put several motions with the same joints after one another.

        Parts of one class give that class. Parts of several classes give a Motion, without the fields that not all
        of them have.
        """
        lists = len({part.joint_names for part in parts})
        if lists != 1:
            raise ValueError(f"expected motions with one list of joints, got {lists} lists; convert them first.")
        kinds = {type(part) for part in parts}
        kind = kinds.pop() if len(kinds) == 1 else Motion
        rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in kind.row_fields()}
        return cast(AnyMotion, kind(joint_names=parts[0].joint_names, **rows))


@dataclass(frozen=True)
class ExerciseMotion(Motion):
    """A Motion of exercises that are repeated: one sequence a repetition.

    correct (n,) bool: done as the exercise asks. repetition (n,) int: its number, from 1.
    """

    correct: np.ndarray
    repetition: np.ndarray
