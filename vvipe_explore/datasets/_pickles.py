"""Pickles of arrays in dictionaries and lists, read without running anything that they say.

numpy stores a dictionary as a pickle, and a pickle is a program. This reader knows the few instructions that arrays
in dictionaries and lists need, and of the names a pickle may call only those numpy needs to build an array; all else
is refused. Sizes are checked before memory is taken. Pickles of numpy 1 and 2 and of Python 2 and 3 (protocols 2 to
4) are read.
"""

import math
import re
import struct
from dataclasses import dataclass

import numpy as np

MAX_STEPS = 100_000
"""Instructions of one pickle; Human3.6M's longest file needs about 30,000."""

_NAMES = {
    ("numpy", "ndarray"): "ndarray", ("numpy", "dtype"): "dtype", ("_codecs", "encode"): "encode",
    ("builtins", "bytes"): "bytes", ("__builtin__", "bytes"): "bytes",
    **{(f"numpy.{core}.multiarray", "_reconstruct"): "array" for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): "scalar" for core in ("core", "_core")},
}  # fmt: skip
_KINDS = re.compile(r"[iufb][1248]|O8?")
_NOT_LATIN_1 = re.compile(rb"[\xc4-\xff]")


@dataclass(frozen=True)
class _Callable:
    """One of the names that a pickle may use, by what it stands for here."""

    kind: str


@dataclass(eq=False)
class _Dtype:
    """A dtype under construction: its code, and the byte order that comes after it."""

    code: str
    order: str = "="

    def numpy(self) -> np.dtype:
        return np.dtype(self.code).newbyteorder(self.order)


@dataclass(eq=False)
class Array:
    """An array of the file: numbers (an ndarray), or items (a list) of an object array; shape as the file says."""

    shape: tuple[int, ...] = ()
    numbers: np.ndarray | None = None
    items: list | None = None


class Machine:
    """Runs the instructions in _CODES on a stack."""

    def __init__(self, stream, budget: int):
        self.stream, self.budget = stream, budget
        self.stack, self.below, self.memo = [], [], {}

    def run(self):
        """Give what the pickle builds. Raises ValueError at the first instruction that is not known."""
        for _ in range(MAX_STEPS):
            code = self.take(1)
            if code == b".":
                return self.stack.pop()
            if code not in _CODES:
                raise ValueError(f"its pickle has the instruction {code!r}, which arrays in dictionaries do not need")
            _CODES[code](self)
        raise ValueError(f"its pickle has more than {MAX_STEPS} instructions")

    def take(self, n: int) -> bytes:
        """Read exactly n bytes; what is read counts."""
        self.budget -= n
        if self.budget < 0:
            raise ValueError("it unpacks to far more than its size")
        data = self.stream.read(n)
        if len(data) != n:
            raise ValueError("its pickle is truncated")
        return data

    def sized(self, form: str) -> bytes:
        """Read a length of struct format form, and so many bytes."""
        return self.take(self.number(form))

    def number(self, form: str) -> int | float:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        text = self.stream.readline(256)
        self.budget -= len(text)
        return text.rstrip(b"\n").decode("ascii")

    def push(self, value) -> None:
        self.stack.append(value)

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def since_mark(self) -> list:
        items, self.stack = self.stack, self.below.pop()
        return items

    def tuple_of(self, n: int) -> None:
        self.stack[len(self.stack) - n :] = [tuple(self.stack[len(self.stack) - n :])]

    def keep(self, place: int) -> None:
        """Remember the top of the stack, but for long texts: they are an array's bytes, used once."""
        self.memo[place] = self.stack[-1]

    def text(self, form: str) -> None:
        raw = self.sized(form)
        # a text with a letter beyond Latin-1 would take four times its size
        if len(raw) > 256 and _NOT_LATIN_1.search(raw):
            raise ValueError("its pickle holds a long text that is not an array's bytes")
        self.push(raw.decode("utf-8"))

    def extend(self, items: list) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise ValueError("its pickle appends to what is no list")
        target.extend(items)

    def update(self, items: list) -> None:
        target, keys = self.stack[-1], items[::2]
        if type(target) is not dict or len(items) % 2 or not all(type(key) in (str, int) for key in keys):
            raise ValueError("its pickle fills what is no dictionary with texts as keys")
        target.update(zip(keys, items[1::2], strict=True))

    def name(self, module: str, name: str) -> None:
        if (module, name) not in _NAMES:
            raise ValueError(f"its pickle names {module[:80]}.{name[:80]}, which is no part of an array and is not run")
        self.push(_Callable(_NAMES[module, name]))

    def name_from_stack(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise ValueError("its pickle has a name that is no text")
        self.name(module, name)

    def call(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if type(function) is not _Callable or type(arguments) is not tuple:
            raise ValueError("its pickle calls what is no part of an array")
        self.push(_made(function.kind, arguments))

    def build(self) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        if type(target) is _Dtype:
            target.order = state[1] if type(state[1]) is str and state[1] in "<>" else "="
        elif type(target) is Array and target.numbers is None and target.items is None:
            _fill(target, *state[-4:])
        else:
            raise ValueError("its pickle gives a state to what is no array")


def _made(kind: str, arguments: tuple):
    """What calling one of _NAMES gives."""
    if kind == "array" and arguments[0] == _Callable("ndarray"):
        return Array()
    if kind == "dtype" and type(arguments[0]) is str and _KINDS.fullmatch(arguments[0]):
        return _Dtype(arguments[0])
    if kind == "encode" and len(arguments) == 2 and arguments[1] == "latin1" and type(arguments[0]) is str:
        return arguments[0].encode("latin-1")
    if kind == "bytes" and arguments == ():
        return b""
    if kind == "scalar" and type(arguments[0]) is _Dtype and arguments[0].code[0] != "O":
        return np.frombuffer(_bytes(arguments[1]), arguments[0].numpy())[0]
    raise ValueError(f"its pickle makes a {kind} in a way that numpy does not")


def _bytes(data) -> bytes:
    """An array's bytes; Python 2 kept them as text."""
    return data.encode("latin-1") if type(data) is str else data


def _fill(array: Array, shape, dtype, fortran, data) -> None:
    """Give an array its numbers or items, if there are as many as its shape says."""
    if type(shape) is not tuple or len(shape) > 8 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError("an array has no proper shape")
    count = math.prod(shape)
    if dtype.code[0] == "O":
        if type(data) is not list or len(data) != count:
            raise ValueError(f"an array of shape {shape} lacks items")
        array.shape, array.items = shape, data
        return
    data, dtype = _bytes(data), dtype.numpy()
    if type(data) is not bytes or len(data) != count * dtype.itemsize:
        raise ValueError(f"an array of shape {shape} has not the bytes for it")
    order = "F" if fortran else "C"
    array.shape, array.numbers = shape, np.frombuffer(data, dtype, count).reshape(shape, order=order)


_CODES = {
    b"\x80": lambda m: m.take(1), b"\x95": lambda m: m.take(8),
    b"(": Machine.mark, b")": lambda m: m.push(()), b"]": lambda m: m.push([]), b"}": lambda m: m.push({}),
    b"t": lambda m: m.push(tuple(m.since_mark())), b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2), b"\x87": lambda m: m.tuple_of(3),
    b"l": lambda m: m.push(m.since_mark()),
    b"a": lambda m: m.extend([m.stack.pop()]), b"e": lambda m: m.extend(m.since_mark()),
    b"s": lambda m: m.update([m.stack.pop(-2), m.stack.pop()]), b"u": lambda m: m.update(m.since_mark()),
    b"N": lambda m: m.push(None), b"\x88": lambda m: m.push(True), b"\x89": lambda m: m.push(False),
    b"J": lambda m: m.push(m.number("<i")), b"K": lambda m: m.push(m.number("B")),
    b"M": lambda m: m.push(m.number("<H")), b"G": lambda m: m.push(m.number(">d")),
    b"\x8a": lambda m: m.push(int.from_bytes(m.sized("B"), "little", signed=True)),
    b"X": lambda m: m.text("<I"), b"\x8c": lambda m: m.text("B"), b"\x8d": lambda m: m.text("<Q"),
    b"B": lambda m: m.push(m.sized("<I")), b"C": lambda m: m.push(m.sized("B")),
    b"\x8e": lambda m: m.push(m.sized("<Q")),
    b"T": lambda m: m.push(m.sized("<I")), b"U": lambda m: m.push(m.sized("B").decode("latin-1")),
    b"q": lambda m: m.keep(m.number("B")), b"r": lambda m: m.keep(m.number("<I")),
    b"\x94": lambda m: m.keep(len(m.memo)), b"h": lambda m: m.push(m.memo[m.number("B")]),
    b"j": lambda m: m.push(m.memo[m.number("<I")]),
    b"c": lambda m: m.name(m.line(), m.line()), b"\x93": Machine.name_from_stack,
    b"R": Machine.call, b"b": Machine.build,
}  # fmt: skip
