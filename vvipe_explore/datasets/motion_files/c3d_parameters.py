"""The parameters of a C3D file: named values in named groups, in the words of one of three processors."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

BLOCK = 512
"""Bytes; places in the file are counted in these."""
INTEL, DEC, MIPS = 84, 85, 86


@dataclass(frozen=True)
class Numbers:
    """How a processor writes numbers: MIPS has the high byte first, DEC has floats of its own."""

    processor: int

    def integers(self, data: bytes) -> np.ndarray:
        """Read 16-bit words without a sign."""
        return np.frombuffer(data, ">u2" if self.processor == MIPS else "<u2")

    def signed(self, data: bytes) -> np.ndarray:
        """Read 16-bit words with a sign."""
        return np.frombuffer(data, ">i2" if self.processor == MIPS else "<i2")

    def floats(self, data: bytes) -> np.ndarray:
        """Read 32-bit floats. A DEC float is an IEEE float with its 16-bit halves exchanged, times four."""
        if self.processor != DEC:
            return np.frombuffer(data, ">f4" if self.processor == MIPS else "<f4")
        halves = np.frombuffer(data, "<u2").reshape(-1, 2)[:, ::-1]
        with np.errstate(all="ignore"):   # a damaged word may be anything
            return np.ascontiguousarray(halves).view("<f4")[:, 0] / 4


@dataclass
class Parameters:
    """Values by group and name, in capitals: texts, or arrays of numbers."""

    numbers: Numbers
    found: dict[tuple[str, str], list[str] | np.ndarray] = field(default_factory=dict)

    def number(self, group: str, name: str, default: float) -> float:
        """Give the first number of a parameter."""
        values = self.all_numbers(group, name)
        return float(values[0]) if len(values) else float(default)

    def all_numbers(self, group: str, name: str) -> np.ndarray:
        """Give the numbers of a parameter; none where it has texts or is not there."""
        values = self.found.get((group, name), [])
        return values if isinstance(values, np.ndarray) else np.zeros(0)

    def texts(self, group: str, name: str) -> list[str]:
        """Give the texts of a parameter; none where it has numbers or is not there."""
        values = self.found.get((group, name), [])
        return values if isinstance(values, list) else []

    def text(self, group: str, name: str) -> str:
        """Give the first text of a parameter, "" where there is none."""
        return next(iter(self.texts(group, name)), "")


def read_parameters(path: Path, file, block: int, size: int) -> Parameters:
    """Read the parameters, whose first block (from 1) the header's first byte names.

    Raises ValueError naming the file if they are not there, or of no processor that is known.
    """
    start = BLOCK * (block - 1)
    file.seek(max(0, start))
    head = file.read(4)
    processor = head[3] if len(head) == 4 else 0
    if start < BLOCK or start >= size or processor not in (INTEL, DEC, MIPS):
        got = f"block {block} and processor {processor}"
        raise ValueError(f"{path}: expected a C3D file with parameters, got {got}; export it again.")
    data = file.read(BLOCK * (head[2] or 255) - 4)
    return _walk(data, Parameters(Numbers(processor)))


def _walk(data: bytes, parameters: Parameters) -> Parameters:
    """Go from entry to entry: a name with an id below 0 is a group, another one is a parameter of the group -id."""
    groups: dict[int, str] = {}
    values: list[tuple[int, str, list[str] | np.ndarray | None]] = []
    at = 0
    while at + 2 <= len(data):
        length, group = abs(int(np.int8(data[at] - 256 if data[at] > 127 else data[at]))), data[at + 1]
        name = data[at + 2 : at + 2 + length].decode("latin-1").strip().upper()
        place = at + 2 + length
        if not length or not group or place + 2 > len(data):
            break
        step = int(parameters.numbers.integers(data[place : place + 2])[0])
        if group > 127:
            groups[256 - group] = name
        else:
            content = data[place + 2 : place + step] if step else data[place + 2 :]
            values.append((group, name, _value(content, parameters.numbers)))
        if not step:
            break
        at = place + step
    for group, name, value in values:
        if value is not None:
            parameters.found.setdefault((groups.get(group, ""), name), value)
    return parameters


def _value(data: bytes, numbers: Numbers) -> list[str] | np.ndarray | None:
    """Read a parameter's values: -1 texts, 1 bytes, 2 integers, 4 floats, in one to seven dimensions."""
    if len(data) < 2:
        return None
    width, depth = data[0], data[1]
    sizes = list(data[2 : 2 + depth])
    count = 1
    for n in sizes:
        count *= n
    begin = 2 + depth
    length = 1 if width == 255 else width
    if width not in (255, 1, 2, 4) or depth > 7 or len(sizes) < depth or begin + count * length > len(data):
        return None
    content = data[begin : begin + count * length]
    if width == 255:
        letters = sizes[0] if sizes else 1
        return [content[i : i + letters].decode("latin-1") for i in range(0, len(content), max(1, letters))]
    return {1: lambda: np.frombuffer(content, np.int8), 2: lambda: numbers.signed(content),
            4: lambda: numbers.floats(content)}[width]()  # fmt: skip
