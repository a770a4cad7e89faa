"""Readers of motion files, one a format: named points in the file's own axes and unit."""

from ..raw_motion import RawMotion
from .bvh_file import read_bvh_file


def read_raw(path) -> list[RawMotion]:
    """Read a motion file, told by its content: one RawMotion for each skeleton in it, most files have one.

    Raises ValueError that names the file and what is wrong, FileNotFoundError if there is no file.
    """
    return read_bvh_file(path)
