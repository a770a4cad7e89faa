"""An Acclaim skeleton, the text of an .asf.

A bone has a direction and a length in the rest pose's global axes. axis is the frame in which the bone turns: its
angles, in that order of rotations about fixed axes. dof names the bone's angles in the order in which the .amc writes
them; they are applied in the order of axis. The root's order names its six numbers, and the order of its rotations.
Parentheses and commas are white space, # starts a comment, and names have no case (Schafer, Acclaim Skeleton File
Definition 1.10).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ._checked_file import checked_file

MAX_BYTES = 2**20
"""A larger skeleton is refused; Carnegie Mellon's have about 7,000 bytes."""
MAX_BONES = 512
INCH = 0.0254
EXPORT = "export the file again"
_MAX_LINE, _MAX_NAME = 4096, 64
_SPACE = str.maketrans("(),", "   ")
_ROOT = ("tx", "ty", "tz", "rx", "ry", "rz")
_ORDERS = ("xyz", "xzy", "yxz", "yzx", "zxy", "zyx")


class Line(list):
    """The words of one line in lower case; where names the file and the line in messages."""

    where = ""

    def error(self, expected: str, remedy: str = EXPORT) -> ValueError:
        """Give the error that says what was expected here and what the line has."""
        return ValueError(f"{self.where}: expected {expected}, got {' '.join(self)[:80]!r}; {remedy}.")

    def numbers(self, count: int, words: list[str] | None = None, remedy: str = EXPORT) -> list[float]:
        """Give exactly count finite numbers: the words after the first, or the words given."""
        words = self[1:] if words is None else words
        try:
            found = [float(word) for word in words]
        except ValueError:
            found = []
        if len(found) != count or len(words) != count or not all(map(math.isfinite, found)):
            raise self.error(f"{count} finite number{'s' * (count != 1)} after {self[0]}", remedy)
        return found


@dataclass
class Bone:
    """One bone: offset (3,) from its begin to its end at rest, in file units; dofs, as ("rx", "rz").

    axis (3,): degrees; order: of rotations, as "xyz"; parent: a bone's name or "root".
    """

    name: str
    offset: np.ndarray
    axis: np.ndarray
    order: str = "xyz"
    dofs: tuple[str, ...] = ()
    parent: str = ""


@dataclass
class Skeleton:
    """An .asf: its bones, each after its parent; lengths in file units, each 0.0254 / length metres.

    radians: whether angles are in radians, in the .amc too unless it says something else. root_dofs: the order of the
    root's numbers. root_position (3,): file units; root_axis (3,): degrees, in root_order.
    """

    path: Path
    bones: dict[str, Bone] = field(default_factory=dict)
    length: float = 1.0
    radians: bool = False
    root_dofs: tuple[str, ...] = _ROOT
    root_order: str = "xyz"
    root_position: np.ndarray = field(default_factory=lambda: np.zeros(3))
    root_axis: np.ndarray = field(default_factory=lambda: np.zeros(3))

    @property
    def metres(self) -> float:
        """Give the metres of a file unit: an inch over the file's factor of length (0.45 in Carnegie Mellon's)."""
        return INCH / self.length

    def dofs(self) -> dict[str, tuple[str, ...]]:
        """Name the numbers that a frame has for the root and for each bone that turns."""
        return {"root": self.root_dofs} | {bone.name: bone.dofs for bone in self.bones.values() if bone.dofs}


def lines(path: Path) -> Iterator[Line]:
    """Give a file's lines, without comments and empty lines. Bytes that are no UTF-8 become U+FFFD."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while text := file.readline(_MAX_LINE):
            number += 1
            line = Line(text.split("#", 1)[0].translate(_SPACE).lower().split())
            line.where = f"{path}, line {number}"
            if len(text) == _MAX_LINE:
                raise line.error(f"lines of fewer than {_MAX_LINE} characters", "pass a text file")
            if line:
                yield line


def find_asf(path: Path, remedy: str = "copy it there") -> Path:
    """Find a motion's skeleton in its folder: for 02_01.amc 02_01.asf, else 02.asf, else the only .asf.

    Raises ValueError that names what is there, and the remedy.
    """
    found = sorted(p for p in path.parent.iterdir() if p.suffix.lower() == ".asf")
    named = [p for p in found if f"{path.stem}_".lower().startswith(f"{p.stem}_".lower())]
    if named:
        return max(named, key=lambda p: len(p.stem))
    if len(found) == 1:
        return found[0]
    got = ", ".join(p.name for p in found[:5]) or "no .asf"
    wanted = f"{path.stem.split('_')[0]}.asf, or the only .asf there"
    raise ValueError(f"{path}: expected its skeleton in its folder ({wanted}), got {got}; {remedy}.")


def read_asf(path) -> Skeleton:
    """Read a skeleton. Raises ValueError naming file and line, FileNotFoundError if there is no file."""
    path = checked_file(path, "an Acclaim skeleton (.asf)", MAX_BYTES)
    skeleton, section, block, parents = Skeleton(path), "", {}, {}
    seen = set()
    for line in lines(path):
        if block and (line[0] == "begin" or line[0].startswith(":")):
            raise line.error("the line end of the bone before")
        if line[0].startswith(":"):
            section = line[0]
            seen.add(section)
        elif section == ":units":
            _read_unit(line, skeleton)
        elif section == ":root":
            _read_root(line, skeleton)
        elif section == ":bonedata" and line[0] == "end":
            _add_bone(line, block, skeleton)
            block = {}
        elif section == ":bonedata" and line[0] != "begin":
            block.setdefault(line[0], line)
        elif section == ":hierarchy" and line[0] not in ("begin", "end"):
            _hang(line, skeleton, parents)
        elif not section:
            raise line.error("a section such as :units", "pass an Acclaim skeleton (.asf)")
    for name in (":root", ":bonedata", ":hierarchy"):
        if name not in seen:
            raise ValueError(f"{path}: expected a section {name}, got none; pass a whole Acclaim skeleton (.asf).")
    skeleton.bones = _parents_first(skeleton, parents)
    if skeleton.radians:
        for bone in skeleton.bones.values():
            bone.axis = np.degrees(bone.axis)
        skeleton.root_axis = np.degrees(skeleton.root_axis)
    return skeleton


def _read_unit(line: Line, skeleton: Skeleton) -> None:
    if line[0] == "length":
        skeleton.length = line.numbers(1)[0]
        if not skeleton.length > 0:
            raise line.error("a length above 0")
    elif line[0] == "angle":
        if line[1:] not in (["deg"], ["rad"]):
            raise line.error("angle deg or angle rad")
        skeleton.radians = line[1] == "rad"


def _read_root(line: Line, skeleton: Skeleton) -> None:
    if line[0] == "order":
        if sorted(line[1:]) != sorted(_ROOT):
            raise line.error("order with each of TX TY TZ RX RY RZ once")
        skeleton.root_dofs = tuple(line[1:])
    elif line[0] == "axis":
        skeleton.root_order = _order(line, line[1:])
    elif line[0] == "position":
        skeleton.root_position = np.array(line.numbers(3))
    elif line[0] == "orientation":
        skeleton.root_axis = np.array(line.numbers(3))


def _order(line: Line, words: list[str]) -> str:
    if len(words) != 1 or words[0] not in _ORDERS:
        raise line.error("an order of rotations such as XYZ")
    return words[0]


def _add_bone(end: Line, block: dict[str, Line], skeleton: Skeleton) -> None:
    """Add the bone of the lines in block; end: the line that closes it."""
    for word in ("name", "direction", "length"):
        if word not in block:
            raise end.error(f"a line {word} before the bone's end")
    if len(block["name"]) != 2 or len(block["name"][1]) > _MAX_NAME:
        raise block["name"].error(f"one name of at most {_MAX_NAME} characters, without spaces")
    name = block["name"][1]
    if name in skeleton.bones or name == "root":
        raise block["name"].error("each bone once", "rename one of them")
    if len(skeleton.bones) == MAX_BONES:
        raise block["name"].error(f"at most {MAX_BONES} bones", "leave out what the motion does not need")
    direction = np.array(block["direction"].numbers(3))
    size = np.linalg.norm(direction)
    offset = direction / (size if size > 0 else 1) * block["length"].numbers(1)[0]
    bone = Bone(name, offset, np.zeros(3))
    if axis := block.get("axis"):
        bone.axis, bone.order = np.array(axis.numbers(3, axis[1:4])), _order(axis, axis[4:])
    if dof := block.get("dof"):
        if len(set(dof)) != len(dof) or not set(dof[1:]) <= {"rx", "ry", "rz"}:
            raise dof.error("dof of rx, ry, rz, each once", "export without translations of single bones")
        bone.dofs = tuple(dof[1:])
    skeleton.bones[name] = bone


def _hang(line: Line, skeleton: Skeleton, parents: dict[str, str]) -> None:
    """Note the parent, the first word, of the bones after it."""
    for place, name in enumerate(line):
        if name not in skeleton.bones and (place, name) != (0, "root"):
            raise line.error(f"bones of :bonedata, not {name[:40]}")
    for name in line[1:]:
        if name in parents:
            raise line.error(f"one parent of {name}")
        parents[name] = line[0]


def _parents_first(skeleton: Skeleton, parents: dict[str, str]) -> dict[str, Bone]:
    """Put the bones in an order in which each comes after its parent."""
    children: dict[str, list[str]] = {}
    for name, parent in parents.items():
        children.setdefault(parent, []).append(name)
    names = ["root"]
    for name in names:  # grows as it goes
        names += children.get(name, ())
    lost = sorted(set(skeleton.bones) - set(names))
    if lost or len(names) == 1:
        raise ValueError(
            f"{skeleton.path}: expected a :hierarchy that leads from root to each bone, got none for "
            f"{', '.join(lost[:10]) or 'any bone'}; check for a circle or a missing line."
        )
    for name in names[1:]:
        skeleton.bones[name].parent = parents[name]
    return {name: skeleton.bones[name] for name in names[1:]}
