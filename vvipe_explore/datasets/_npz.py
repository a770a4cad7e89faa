"""Dictionaries of arrays from an .npz: the archive is checked, then its pickle is read by _pickles, never by numpy."""

import io
import struct
import warnings
import zipfile
from pathlib import Path
from typing import cast

import numpy as np

from ._checked_file import checked_file, refusing_damage
from ._pickles import Array, ArrayUnpickler

MAX_BYTES = 4 * 2**30
FREE, RATIO = 8 * 2**20, 6
"""The arrays of a file may hold FREE bytes and RATIO times its size: real coordinates shrink by less than that."""


def read_dictionary(path, key: str, expected: str) -> dict:
    """Read the dictionary that np.savez put under key in an .npz; arrays in it are Array (see numbers_of).

    expected: the file's kind, for messages. Raises FileNotFoundError if there is no file, ValueError naming the file if
    it is no such .npz, is damaged, holds anything but arrays in dictionaries, lists and tuples, or is a zip bomb.
    """
    path = checked_file(path, expected, MAX_BYTES)
    with refusing_damage(path, expected, "make or fetch it again"):
        return _read(path, f"{key}.npy")


def _read(path: Path, member: str) -> dict:
    size = path.stat().st_size
    _check_directory(path, size)
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            raise ValueError(f"it has no {member}; it has {', '.join(archive.namelist())[:120]}")
        info = archive.getinfo(member)
        budget = FREE + RATIO * size
        if info.file_size > budget:
            raise ValueError(f"its {member} unpacks to {info.file_size >> 20} MB, far more than the file's size")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("its compression is not one that numpy uses")
        with archive.open(info) as packed, io.BufferedReader(cast(io.RawIOBase, packed)) as stream:
            return _read_member(stream, budget)


def _check_directory(path: Path, size: int) -> None:
    """Refuse an archive whose list of members is longer than numpy writes, before zipfile reads all of it."""
    with open(path, "rb") as file:
        file.seek(max(0, size - 42))
        tail = file.read()
    members, listed = struct.unpack("<HI", tail[-12:-6]) if tail[-22:-18] == b"PK\5\6" else (0, 0)
    if not 0 < members <= 64 or listed > 2**16 or tail[:4] == b"PK\6\7":
        raise ValueError("it is no .npz archive as numpy writes one")


def _read_member(stream, budget: int) -> dict:
    """Read one .npy that holds a single object, to its end, so that its checksum is checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")   # numpy reads the header as a Python literal, which may warn
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError("its array has a header of another version than 1.0")
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    if shape != () or dtype != np.dtype(object):
        raise ValueError(f"expected a dictionary, got an array of {dtype} of shape {shape}")
    root = ArrayUnpickler(stream, budget).load()
    if stream.read(1):
        raise ValueError("something follows its pickle")
    if type(root) is not Array or root.items is None or len(root.items) != 1 or type(root.items[0]) is not dict:
        raise ValueError("it holds no dictionary")
    return root.items[0]


def numbers_of(value, last: tuple[int, ...], where: str) -> np.ndarray:
    """Give the floats of an array of the file, of shape (n, *last), n > 0; where names it in the message."""
    numbers = value.numbers if type(value) is Array else None
    if numbers is None or numbers.dtype.kind != "f" or numbers.dtype.itemsize < 4:
        raise ValueError(f"{where} is no array of float32 or float64")
    if numbers.ndim != 1 + len(last) or numbers.shape[1:] != last or len(numbers) == 0:
        raise ValueError(f"expected {where} of shape (frames, {', '.join(map(str, last))}), got {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{where} holds values that are NaN or infinite")
    return numbers


def items_of(value) -> list:
    """Give a list's, tuple's or object array's items; none of anything else."""
    value = value.items if type(value) is Array else value
    return list(value) if isinstance(value, (list, tuple)) else []
