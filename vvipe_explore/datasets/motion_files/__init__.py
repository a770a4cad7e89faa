"""Readers of motion files, one a format: named points in the file's own axes and unit."""

from ..raw_motion import RawMotion
from .bvh_file import read_bvh_file

SUFFIXES = (".bvh",)
"""The suffixes, in lower case, of the files that a folder is searched for."""
OTHER: dict[str, str] = {}
"""Formats that are not read, by suffix: a sentence that names the format and the way to a file that is read."""


class NotMotion(ValueError):
    """A file that holds no motion, such as a table of the files; where a folder holds motion too, it is passed over."""


def read_raw(path) -> list[RawMotion]:
    """Read a motion file, told by its content: one RawMotion for each skeleton in it, most files have one.

    Raises ValueError that names the file and what is wrong, FileNotFoundError if there is no file.
    """
    return read_bvh_file(path)
