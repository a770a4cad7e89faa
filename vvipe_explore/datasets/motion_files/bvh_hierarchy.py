"""The hierarchy of a BVH file: its joints, their offsets and channels, as the field writes them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .text import decode, error, number

MAX_NODES = 2**13
EXPORT = "export the file again"
_MAX_LINE, _MAX_LINES, _MAX_WORDS = 2**16, 2**18, 2**10
_KEYWORDS = ("hierarchy", "root", "joint", "end", "offset", "channels", "motion", "{", "}")
_PARTS = re.compile(
    r"([{}])|(?=\bOFFSET\s+[-+.\d])|(?=\bCHANNELS\s+\d)|(?<=HIERARCHY)\s+(?=ROOT\b)"
    r"|(?<=rotation)\s+(?=(?:JOINT|End)\b)",
    re.IGNORECASE,
)
_COMMENTS = ("#", "//")


@dataclass
class Node:
    """A joint or an End Site (end): parent is a node's place, -1 for a root; line is where it begins.

    channels: (kind, axis) in the file's order, kind "position", "rotation" or "" for one that is not used. adds:
    whether positions are added to the offset; they replace it otherwise.
    """

    name: str
    parent: int
    line: int
    end: bool = False
    offset: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    channels: list[tuple[str, int]] = field(default_factory=list)
    adds: bool = False


@dataclass
class Statement:
    """A keyword in lower case, the words after it, and the line where it stands."""

    keyword: str
    words: list[str]
    line: int


def read_hierarchy(path: Path, data: bytes, at: int, line: int) -> tuple[list[Node], int, int]:
    """Read the joints, parents first; give the nodes, and the byte and line after the word MOTION.

    Raises ValueError naming the file, the line and the joint.
    """
    nodes: list[Node] = []
    opened: list[int] = []
    reader = _Lines(data, at, line)
    statement = Statement("", [], line)
    for statement in _statements(path, reader):
        keyword = statement.keyword
        if keyword in ("root", "joint", "end"):
            _add_node(path, statement, nodes, opened)
        elif keyword in ("offset", "channels"):
            if not opened:
                raise error(path, statement.line, "ROOT or JOINT first", keyword.upper(), EXPORT)
            _fill(path, statement, nodes[opened[-1]])
        elif keyword == "}":
            if not opened:
                raise error(path, statement.line, "as many { as }", "one } more", EXPORT)
            opened.pop()
        elif keyword == "motion":
            break
    if statement.keyword != "motion" or not nodes:
        wanted = "MOTION" if nodes else "ROOT"
        got = "MOTION" if statement.keyword == "motion" else "the end of the file"
        raise error(path, reader.line, wanted, got, "export a whole BVH file, with its motion")
    if opened:
        name = nodes[opened[-1]].name
        raise error(path, statement.line, f"a }} that closes {name}", "MOTION", EXPORT)
    return nodes, reader.at, reader.line


class _Lines:
    """Walks through lines: at is the byte and line the number of the line that comes next."""

    def __init__(self, data: bytes, at: int, line: int):
        self.data, self.at, self.line = data, at, line

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while self.at < len(self.data):
            stop = self.data.find(b"\n", self.at) + 1 or len(self.data)
            text, number = self.data[self.at : min(stop, self.at + _MAX_LINE)], self.line
            self.at, self.line = stop, number + 1
            yield number, decode(text)


def _statements(path: Path, lines: _Lines) -> Iterator[Statement]:
    """Give each keyword with its words; a line that begins with no keyword goes on with the statement before."""
    held: Statement | None = None
    first = lines.line
    for line, text in lines:
        if text.lstrip().startswith(_COMMENTS):
            continue
        if len(text) >= _MAX_LINE or (held and len(held.words) > _MAX_WORDS):
            raise error(path, line, "ROOT, JOINT, OFFSET, CHANNELS, End Site or MOTION", repr(text[:80]), EXPORT)
        if line - first > _MAX_LINES:
            raise error(path, line, f"MOTION within {_MAX_LINES:,} lines", "a longer hierarchy", EXPORT)
        for part in filter(None, _PARTS.split(text)):
            words = part.split()
            if not words:
                continue
            keyword = words[0].lower().rstrip(":")
            if keyword in _KEYWORDS:
                if held:
                    yield held
                held = Statement(keyword, words[1:], line)
                if keyword == "motion":
                    yield held
                    return
            elif held:
                held.words += words
    if held:
        yield held


def _add_node(path: Path, statement: Statement, nodes: list[Node], opened: list[int]) -> None:
    keyword, line = statement.keyword, statement.line
    if keyword == "root" and opened:
        raise error(path, line, f"a }} that closes {nodes[opened[0]].name} first", "ROOT", EXPORT)
    if keyword != "root" and not opened:
        raise error(path, line, "ROOT first", keyword.upper(), EXPORT)
    if len(nodes) == MAX_NODES:
        raise error(path, line, f"at most {MAX_NODES:,} joints", "more", "leave out what is no body")
    nodes.append(Node(" ".join(statement.words), opened[-1] if opened else -1, line, end=keyword == "end"))
    opened.append(len(nodes) - 1)


def _fill(path: Path, statement: Statement, node: Node) -> None:
    """Give a node its offset or its channels."""
    where = "End Site" if node.end else node.name
    if statement.keyword == "offset":
        node.offset = [number(word) for word in statement.words]
        if len(node.offset) == 3 and all(map(math.isfinite, node.offset)):
            return
        node.offset = [0.0, 0.0, 0.0]
        if not node.end:   # the end of a bone is not used
            got = repr(" ".join(statement.words)[:80])
            raise error(path, statement.line, f"three numbers as OFFSET of {where}", got, EXPORT)
        return
    words = statement.words
    if not words or not words[0].isdecimal():
        raise error(path, statement.line, f"a number after CHANNELS of {where}", repr(" ".join(words)[:80]), EXPORT)
    node.channels = [_channel(path, statement.line, word, where) for word in words[1:]]
    if len(node.channels) != int(words[0][:9]):
        raise error(path, statement.line, f"{words[0][:9]} channels of {where}", str(len(node.channels)), EXPORT)
    positions = [axis for kind, axis in node.channels if kind == "position"]
    if len(set(positions)) != len(positions):
        raise error(path, statement.line, f"each position of {where} once", " ".join(words[1:])[:80], EXPORT)


def _channel(path: Path, line: int, word: str, where: str) -> tuple[str, int]:
    """Tell a channel's kind and axis: Xposition, ZROTATION, Y_translation, rotX, Xscale."""
    low = word.lower()
    kinds = {"pos": "position", "trans": "position", "rot": "rotation", "scal": ""}
    kind = next((kind for part, kind in kinds.items() if part in low), None)
    axis = next((letter for letter in (low[0], low[-1]) if letter in "xyz"), None)
    if kind is None or axis is None:
        raise error(path, line, f"channels of {where} such as Xposition or Zrotation", repr(word[:40]), EXPORT)
    return kind, "xyz".index(axis)
