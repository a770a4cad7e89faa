"""Pickles of arrays in dictionaries and lists, read without running anything that they say.

numpy stores a dictionary as a pickle, and a pickle is a program. This reader knows the few opcodes that arrays in
dictionaries and lists need, and the few globals that numpy needs to build an array; it calls none of them and refuses
all else. Sizes are checked before memory is taken. It reads pickles of numpy 1 and 2 and of Python 2 and 3 (protocols
2 to 4).
"""

import math
import pickle as opcodes  # for its names of the opcodes only
import re
import struct
from dataclasses import dataclass
from typing import Literal

import numpy as np

MAX_STEPS = 100_000
"""Most opcodes of one pickle; Human3.6M's longest file needs about 30,000."""

_GLOBALS = {
    ("numpy", "ndarray"): "ndarray", ("numpy", "dtype"): "dtype", ("_codecs", "encode"): "encode",
    ("builtins", "bytes"): "bytes", ("__builtin__", "bytes"): "bytes",
    **{(f"numpy.{core}.multiarray", "_reconstruct"): "array" for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): "scalar" for core in ("core", "_core")},
}  # fmt: skip
_DTYPES, _NOT_LATIN_1 = re.compile(r"[iufb][1248]|O8?"), re.compile(rb"[\xc4-\xff]")


@dataclass(frozen=True)
class _Global:
    """One of _GLOBALS, by what it stands for here."""

    kind: str


@dataclass(eq=False)
class _Dtype:
    """A dtype under construction: its code, and the byte order that comes after it."""

    code: str
    order: Literal["<", ">", "="] = "="

    def numpy(self) -> np.dtype:
        return np.dtype(self.code).newbyteorder(self.order)


@dataclass(eq=False)
class Array:
    """An array of the file: numbers (an ndarray), or items (a list) of an object array; shape as the file says."""

    shape: tuple[int, ...] = ()
    numbers: np.ndarray | None = None
    items: list | None = None


class ArrayUnpickler:
    """A stack machine that runs the opcodes in _OPCODES; budget: most bytes to read."""

    def __init__(self, stream, budget: int):
        self.stream, self.budget = stream, budget
        self.stack, self.outer_stacks, self.memo = [], [], {}

    def load(self):
        """Give what the pickle builds. Raises ValueError at the first opcode that is not known."""
        for _ in range(MAX_STEPS):
            code = self.read(1)
            if code == opcodes.STOP:
                return self.stack.pop()
            if code not in _OPCODES:
                raise ValueError(f"its pickle has the opcode {code!r}, which arrays in dictionaries do not need")
            _OPCODES[code](self)
        raise ValueError(f"its pickle has more than {MAX_STEPS} opcodes")

    def read(self, n: int) -> bytes:
        self.budget -= n
        if self.budget < 0:
            raise ValueError("it unpacks to far more than its size")
        data = self.stream.read(n)
        if len(data) != n:
            raise ValueError("its pickle is truncated")
        return data

    def read_number(self, form: str) -> int | float:
        return struct.unpack(form, self.read(struct.calcsize(form)))[0]

    def read_sized(self, form: str) -> bytes:
        """Read a length in struct's format form, and then that many bytes."""
        return self.read(int(self.read_number(form)))

    def read_line(self) -> str:
        line = self.stream.readline(256)
        self.budget -= len(line)
        return line.rstrip(b"\n").decode("ascii")

    def push(self, value) -> None:
        self.stack.append(value)

    def push_text(self, form: str) -> None:
        raw = self.read_sized(form)
        # a text with a letter beyond Latin-1 would take four times its size
        if len(raw) > 256 and _NOT_LATIN_1.search(raw):
            raise ValueError("its pickle holds a long text that is not an array's bytes")
        self.push(raw.decode("utf-8"))

    def push_tuple(self, n: int) -> None:
        self.stack[len(self.stack) - n :] = [tuple(self.stack[len(self.stack) - n :])]

    def push_mark(self) -> None:
        self.outer_stacks.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list:
        items, self.stack = self.stack, self.outer_stacks.pop()
        return items

    def memoize(self, place: int) -> None:
        self.memo[place] = self.stack[-1]

    def append(self, items: list) -> None:
        target = self.stack[-1]
        if type(target) is not list:
            raise ValueError("its pickle appends to what is no list")
        target.extend(items)

    def set_items(self, items: list) -> None:
        target, keys = self.stack[-1], items[::2]
        if type(target) is not dict or len(items) % 2 or not all(type(key) in (str, int) for key in keys):
            raise ValueError("its pickle fills what is no dictionary with texts as keys")
        target.update(zip(keys, items[1::2], strict=True))

    def push_global(self, module: str, name: str) -> None:
        if (module, name) not in _GLOBALS:
            raise ValueError(f"its pickle names {module[:80]}.{name[:80]}, which is no part of an array and is not run")
        self.push(_Global(_GLOBALS[module, name]))

    def push_stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise ValueError("its pickle has a name that is no text")
        self.push_global(module, name)

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if type(function) is not _Global or type(arguments) is not tuple:
            raise ValueError("its pickle calls what is no part of an array")
        self.push(_constructed(function.kind, arguments))

    def build(self) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        if type(target) is _Dtype:
            target.order = state[1] if type(state[1]) is str and state[1] in "<>" else "="
        elif type(target) is Array and target.numbers is None and target.items is None:
            _fill(target, *state[-4:])
        else:
            raise ValueError("its pickle gives a state to what is no array")


def _constructed(kind: str, arguments: tuple):
    """Give what a call of a global makes."""
    if kind == "array" and arguments[0] == _Global("ndarray"):
        return Array()
    if kind == "dtype" and type(arguments[0]) is str and _DTYPES.fullmatch(arguments[0]):
        return _Dtype(arguments[0])
    if kind == "encode" and len(arguments) == 2 and arguments[1] == "latin1" and type(arguments[0]) is str:
        return arguments[0].encode("latin-1")
    if kind == "bytes" and arguments == ():
        return b""
    if kind == "scalar" and type(arguments[0]) is _Dtype and arguments[0].code[0] != "O":
        return np.frombuffer(_bytes(arguments[1]), arguments[0].numpy())[0]
    raise ValueError(f"its pickle makes a {kind} in a way that numpy does not")


def _bytes(data) -> bytes:
    """Give an array's bytes; Python 2 kept them as text."""
    return data.encode("latin-1") if type(data) is str else data


def _fill(array: Array, shape, dtype, fortran, data) -> None:
    """Give an array its numbers or items, if there are as many as its shape says."""
    if type(shape) is not tuple or len(shape) > 8 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError("an array has no proper shape")
    count = math.prod(shape)
    if dtype.code[0] == "O":
        if type(data) is not list or len(data) != count:
            raise ValueError(f"an array of shape {shape} does not hold {count} items")
        array.shape, array.items = shape, data
        return
    data, dtype = _bytes(data), dtype.numpy()
    if type(data) is not bytes or len(data) != count * dtype.itemsize:
        raise ValueError(f"an array of shape {shape} does not hold {count * dtype.itemsize} bytes")
    order = "F" if fortran else "C"
    array.shape, array.numbers = shape, np.frombuffer(data, dtype, count).reshape(shape, order=order)


_OPCODES = {
    opcodes.PROTO: lambda m: m.read(1), opcodes.FRAME: lambda m: m.read(8),
    opcodes.NONE: lambda m: m.push(None),
    opcodes.NEWTRUE: lambda m: m.push(True), opcodes.NEWFALSE: lambda m: m.push(False),
    opcodes.BININT: lambda m: m.push(m.read_number("<i")), opcodes.BININT1: lambda m: m.push(m.read_number("B")),
    opcodes.BININT2: lambda m: m.push(m.read_number("<H")), opcodes.BINFLOAT: lambda m: m.push(m.read_number(">d")),
    opcodes.LONG1: lambda m: m.push(int.from_bytes(m.read_sized("B"), "little", signed=True)),
    opcodes.SHORT_BINUNICODE: lambda m: m.push_text("B"), opcodes.BINUNICODE: lambda m: m.push_text("<I"),
    opcodes.BINUNICODE8: lambda m: m.push_text("<Q"),
    opcodes.SHORT_BINBYTES: lambda m: m.push(m.read_sized("B")), opcodes.BINBYTES: lambda m: m.push(m.read_sized("<I")),
    opcodes.BINBYTES8: lambda m: m.push(m.read_sized("<Q")),
    opcodes.SHORT_BINSTRING: lambda m: m.push(m.read_sized("B").decode("latin-1")),
    opcodes.BINSTRING: lambda m: m.push(m.read_sized("<I")),
    opcodes.EMPTY_TUPLE: lambda m: m.push(()), opcodes.TUPLE1: lambda m: m.push_tuple(1),
    opcodes.TUPLE2: lambda m: m.push_tuple(2), opcodes.TUPLE3: lambda m: m.push_tuple(3),
    opcodes.MARK: ArrayUnpickler.push_mark, opcodes.TUPLE: lambda m: m.push(tuple(m.pop_mark())),
    opcodes.EMPTY_LIST: lambda m: m.push([]), opcodes.LIST: lambda m: m.push(m.pop_mark()),
    opcodes.APPEND: lambda m: m.append([m.stack.pop()]), opcodes.APPENDS: lambda m: m.append(m.pop_mark()),
    opcodes.EMPTY_DICT: lambda m: m.push({}), opcodes.SETITEMS: lambda m: m.set_items(m.pop_mark()),
    opcodes.SETITEM: lambda m: m.set_items([m.stack.pop(-2), m.stack.pop()]),
    opcodes.BINPUT: lambda m: m.memoize(m.read_number("B")), opcodes.MEMOIZE: lambda m: m.memoize(len(m.memo)),
    opcodes.LONG_BINPUT: lambda m: m.memoize(m.read_number("<I")),
    opcodes.BINGET: lambda m: m.push(m.memo[m.read_number("B")]),
    opcodes.LONG_BINGET: lambda m: m.push(m.memo[m.read_number("<I")]),
    opcodes.GLOBAL: lambda m: m.push_global(m.read_line(), m.read_line()),
    opcodes.STACK_GLOBAL: ArrayUnpickler.push_stack_global,
    opcodes.REDUCE: ArrayUnpickler.reduce, opcodes.BUILD: ArrayUnpickler.build,
}  # fmt: skip
