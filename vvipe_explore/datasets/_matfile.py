"""Cells of numbers from a MATLAB 5 file (.mat as MATLAB 5 to 7 writes it), with sizes checked before memory is taken.

scipy.io.loadmat reads far more of the format but trusts the file: deep nesting crashes the process, and a size in the
file is allocated unchecked. This reads one variable, a cell array of full real matrices, and nothing else of the file.
Format: MATLAB's "MAT-File Format" document, version 5.
"""

import math
import struct
import zlib
from collections.abc import Iterator

import numpy as np

from ._checked_file import checked_file, refusing_damage

MAX_BYTES, MAX_VARIABLES, MAX_CELLS = 2 * 2**30, 1000, 64
FREE, RATIO = 8 * 2**20, 4
"""A variable may hold FREE bytes and RATIO times the file's size: real coordinates shrink by less than that."""

_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15
_CELL, _DOUBLE, _SINGLE = 1, 6, 7


def read_cells(path, name: str) -> list[np.ndarray]:
    """Read the cell array called name: its matrices in order, as the file has them (any number type).

    Raises FileNotFoundError if there is no file, ValueError naming the file if it is damaged, holds no such variable,
    or is of another kind (MATLAB 7.3 files are HDF5).
    """
    expected = f"a MATLAB 5 file with the cells {name}"
    path = checked_file(path, expected, MAX_BYTES)
    with refusing_damage(path, expected, "copy it again from the data set"), open(path, "rb") as file:
        return _find(file, path.stat().st_size, name)


def _find(file, size: int, name: str) -> list[np.ndarray]:
    """Go through the variables, reading only the start of each, and read the one called name."""
    order = _byte_order(file.read(128))
    names = []
    while len(tag := file.read(8)) == 8:
        kind, length = struct.unpack(order + "II", tag)
        start = file.tell()
        if length > size - start:
            raise ValueError("it is truncated")
        head = file.read(min(length, 1024))
        if kind == _COMPRESSED:
            head = zlib.decompressobj().decompress(head, 512)[8:]
        names.append(_name_of(head, order) if kind in (_MATRIX, _COMPRESSED) else "")
        if names[-1] == name:
            file.seek(start)
            content = file.read(length)
            body = content if kind == _MATRIX else _unpacked(content, order, FREE + RATIO * size)
            return _cells(memoryview(body), order)
        if len(names) > MAX_VARIABLES:
            raise ValueError(f"it has more than {MAX_VARIABLES} variables")
        file.seek(start + length)
    raise ValueError(f"it has the variables {', '.join(filter(None, names))[:120] or 'none'}")


def _byte_order(header: bytes) -> str:
    if header[:10] == b"MATLAB 7.3" or header[:4] == b"\x89HDF":
        raise ValueError("it is a MATLAB 7.3 file, which is HDF5; save it with -v7 in MATLAB")
    orders = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}
    if header[124:128] not in orders:
        raise ValueError("its header is not that of a MATLAB 5 file")
    return orders[header[124:128]]


def _unpacked(packed: bytes, order: str, budget: int) -> bytes:
    """Unpack a compressed variable: the content of the one matrix in it."""
    unpacker = zlib.decompressobj()
    kind, count = struct.unpack(order + "II", unpacker.decompress(packed, 8))
    if kind != _MATRIX or count > budget:
        raise ValueError(f"a variable unpacks to {count >> 20} MB, far more than the file's size, or is no matrix")
    body = unpacker.decompress(unpacker.unconsumed_tail, count + 1)
    if len(body) != count:
        raise ValueError("a variable is not as long as it says")
    return body


def _elements(body: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Go through a matrix's parts: type and content of each; small ones lie within their tag."""
    at = 0
    while at + 8 <= len(body):
        kind, length = struct.unpack(order + "II", body[at : at + 8])
        small = kind >> 16
        start = at + 4 if small else at + 8
        kind, length = (kind & 0xFFFF, small) if small else (kind, length)
        if start + length > len(body) or small > 4:
            raise ValueError("a part of it is truncated")
        yield kind, body[start : start + length]
        at = at + 8 if small else start + (length + 7) // 8 * 8


def _head(parts: Iterator, order: str) -> tuple[int, tuple[int, ...], str]:
    """Read the class, shape and name with which every matrix begins."""
    flags, shape, name = (bytes(next(parts)[1]) for _ in range(3))
    if len(flags) != 8 or len(shape) not in (8, 12) or len(name) > 63:
        raise ValueError("a matrix has no proper head")
    (bits,) = struct.unpack(order + "I", flags[:4])
    if bits & 0x0800:
        raise ValueError("a matrix is complex")
    shape = struct.unpack(f"{order}{len(shape) // 4}i", shape)
    if min(shape) < 0:
        raise ValueError("a matrix has a negative size")
    return bits & 0xFF, shape, name.decode("ascii")


def _name_of(head: bytes, order: str) -> str:
    """Give a variable's name from its first bytes; nothing where they hold no name."""
    try:
        return _head(_elements(memoryview(head), order), order)[2]
    except (ValueError, RuntimeError, struct.error):
        return ""


def _cells(body: memoryview, order: str) -> list[np.ndarray]:
    parts = _elements(body, order)
    kind, shape, _ = _head(parts, order)
    count = math.prod(shape)
    if kind != _CELL or not 0 < count <= MAX_CELLS:
        raise ValueError(f"expected a cell array of 1 to {MAX_CELLS} cells, got class {kind} of shape {shape}")
    cells = []
    for inner, content in parts:
        if inner != _MATRIX or len(cells) == count:
            raise ValueError("a cell holds no matrix, or there are too many")
        cells.append(_numbers(content, order))
    if len(cells) != count:
        raise ValueError(f"expected {count} cells, got {len(cells)}")
    return cells


def _numbers(body: memoryview, order: str) -> np.ndarray:
    """Read one full real matrix, column by column in the file; MATLAB may store its numbers in a smaller type."""
    parts = _elements(body, order)
    kind, shape, _ = _head(parts, order)
    stored, content = next(parts, (0, b""))
    if kind not in (_DOUBLE, _SINGLE) or stored not in _STORED:
        raise ValueError("a cell holds no matrix of real numbers")
    dtype = np.dtype(order + _STORED[stored])
    count = math.prod(shape)
    if len(content) != count * dtype.itemsize:
        raise ValueError(f"expected {count * dtype.itemsize} bytes for a cell of shape {shape}, got {len(content)}")
    return np.frombuffer(content, dtype, count).reshape(shape, order="F")
