"""Readers of motion files, one a format: named points in the file's own axes and unit.

A new format: a module with a reader that gives a list of RawMotion, its signature in kinds.py, its line in READERS.
"""

from pathlib import Path

from .._checked_file import checked_file
from ..raw_motion import RawMotion
from .acclaim_file import read_amc_file
from .bvh_file import read_bvh_file
from .c3d_file import read_c3d_file
from .csv_file import read_csv_file
from .kinds import OTHER, SUFFIXES, NotMotion, kind_of
from .npz_file import read_npz_file
from .trc_file import read_trc_file

__all__ = ["OTHER", "SUFFIXES", "NotMotion", "kind_of", "read_raw"]

READERS = {
    "bvh": read_bvh_file, "amc": read_amc_file, "c3d": read_c3d_file, "trc": read_trc_file, "csv": read_csv_file,
    "npz": read_npz_file,
}  # fmt: skip
_MAX_BYTES = 2**40


def read_raw(path) -> list[RawMotion]:
    """Read a motion file, told by its content: one RawMotion for each skeleton in it; most files have one.

    Raises ValueError that names the file, its line and what is wrong, or another format and the way to a file that is
    read; NotMotion, a ValueError, where it is no motion at all; FileNotFoundError if there is no file.
    """
    path = checked_file(Path(path), "a motion file", _MAX_BYTES)
    return READERS[kind_of(path)](path)
