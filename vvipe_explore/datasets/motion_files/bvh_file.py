"""BVH as the field writes it: where each joint of each skeleton in a file is, in each frame.

A joint's place is its parent's, plus the parent's rotation of its offset; position channels replace OFFSET. A joint's
rotation is its parent's, times one about each axis of its rotation channels in their order.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .._rotations import about
from ..raw_motion import RawMotion
from .bvh_hierarchy import Node, read_hierarchy
from .bvh_numbers import Frames, read_frames
from .text import decode, error, read_bytes

_CHUNK = 2**17
_FAR = 1e12
_FREE, _MAX_ROOTS = 2**20, 64
_FIRST = re.compile(rb"^[ \t]*HIERARCHY\b", re.IGNORECASE | re.MULTILINE)
_START = re.compile(rb"\s*(?:HIERARCHY|ROOT)\b", re.IGNORECASE)


def read_bvh_file(path) -> list[RawMotion]:
    """Read the skeletons of a BVH file, one for each ROOT, in the file's axes and unit.

    first is 1 where there are two frames or more: frame 0 is a rest pose in most collections. Frames that are not
    whole are left out, and what is wrong but harmless is told in notes. Two joints of one name: the first is meant.
    Memory: at most 50 MB and 40 times the file's size. Raises ValueError naming file and line, FileNotFoundError.
    """
    path = Path(path)
    data = read_bytes(path, "a BVH file")
    found: list[RawMotion] = []
    start = _FIRST.search(data, 0, 2**16)
    at, line = (start.start(), 1 + data.count(b"\n", 0, start.start())) if start else (0, 1)
    while not found or _START.match(data, at):
        nodes, at, line = read_hierarchy(path, data, at, line)
        if len(found) + sum(node.parent < 0 for node in nodes) > _MAX_ROOTS:
            raise error(path, line, f"at most {_MAX_ROOTS} skeletons", "more", "leave out what is no body")
        channels = sum(len(node.channels) for node in nodes)
        if not channels:
            raise error(path, line, "CHANNELS of at least one joint", "none", "export the file with its motion")
        frames = read_frames(path, data, at, line, channels)
        at, line = frames.at, frames.line
        found += _skeletons(path, nodes, frames, len(data))
    if rest := data[at : at + 400].strip():
        note = f"line {line}: what follows the frames is not read ({decode(rest[:40].splitlines()[0])!r})"
        found[0] = replace(found[0], notes=(*found[0].notes, note))
    return found


def _skeletons(path: Path, nodes: Sequence[Node], frames: Frames, size: int) -> list[RawMotion]:
    """Place the joints of each root, all frames at once."""
    joints = sum(not node.end for node in nodes)
    if joints * len(frames.values) > size + _FREE:
        got = f"{joints:,} joints in {len(frames.values):,} frames"
        raise ValueError(f"{path}: expected a channel for each joint, got {got} in {size:,} bytes; export it again.")
    values = frames.values
    values[np.isinf(values)] = np.nan
    columns = np.cumsum([0, *(len(node.channels) for node in nodes)])
    roots = [place for place, node in enumerate(nodes) if node.parent < 0]
    found = []
    for first, last in zip(roots, [*roots[1:], len(nodes)], strict=True):
        body = [replace(node, parent=node.parent - first) for node in nodes[first:last]]
        body[0].parent = -1
        found.append(_skeleton(path, body, values[:, columns[first] : columns[last]], frames))
    return found


def _skeleton(path: Path, nodes: list[Node], values: np.ndarray, frames: Frames) -> RawMotion:
    joints = [place for place, node in enumerate(nodes) if not node.end]
    with np.errstate(all="ignore"):
        notes = [*frames.notes, *_tell_added(nodes, values)]
        positions, rest = place_joints(nodes, values), _rest(nodes, values)
    lost = np.asarray(np.isnan(values).any(axis=1))
    known = positions[~lost] if lost.any() else positions
    if known.size and not (max(known.max(), -known.min()) < _FAR and np.abs(rest).max() < _FAR):
        raise ValueError(f"{path}: expected a body of a few metres, got places that overflow; export it again.")
    if lost.any():
        notes.append(f"in {lost.sum()} of {len(lost)} frames a channel is no number; joints below it are missing")
    return RawMotion(
        positions, tuple(nodes[place].name for place in joints), _parents(nodes, joints), rest[joints], frames.fps,
        first=int(len(values) > 1), notes=tuple(notes), turns=lambda joint: turn_joint(nodes, values, joints[joint]),
    )  # fmt: skip


def _rest(nodes: Sequence[Node], values: np.ndarray) -> np.ndarray:
    """Place the nodes (nodes, 3) with all rotations zero; a joint without OFFSET is where its positions mostly are."""
    rest, column = np.zeros((len(nodes), 3)), 0
    for place, node in enumerate(nodes):
        places = [column + i for i, (kind, _) in enumerate(node.channels) if kind == "position"]
        axes = [axis for kind, axis in node.channels if kind == "position"]
        column += len(node.channels)
        rest[place] = node.offset
        if node.parent >= 0 and places and not any(node.offset):
            rest[place, axes] = np.nan_to_num(np.median(values[:, places], axis=0))
        if node.parent >= 0:
            rest[place] += rest[node.parent]
    return rest


def _parents(nodes: Sequence[Node], joints: Sequence[int]) -> np.ndarray:
    """Give the place of each joint's parent among the joints; a joint below an End Site hangs on what is above it."""
    number = {place: row for row, place in enumerate(joints)}
    above = [0] * len(nodes)
    for place, node in enumerate(nodes):
        above[place] = number.get(place, above[node.parent])
    return np.array([-1 if nodes[place].parent < 0 else above[nodes[place].parent] for place in joints])


def _tell_added(nodes: Sequence[Node], values: np.ndarray) -> list[str]:
    """Find the joints below a root whose positions are added to OFFSET: 0, 0, 0 throughout, or small in all joints."""
    moving, column = [], 0
    for node in nodes:
        places = [column + i for i, (kind, _) in enumerate(node.channels) if kind == "position"]
        column += len(node.channels)
        if node.parent >= 0 and len(places) == 3 and any(node.offset):
            sizes = np.linalg.norm(values[:, places], axis=1)
            moving.append((node, float(np.median(np.nan_to_num(sizes))), sizes.any()))
    lengths = [float(np.linalg.norm(node.offset)) for node, _, _ in moving]
    all_small = len(moving) > 1 and sum(size for _, size, _ in moving) < 0.2 * sum(lengths)
    for node, _, moves in moving:
        node.adds = all_small or not moves
    names = [node.name for node, _, _ in moving if node.adds]
    which = f"{len(names)} joints ({', '.join(names[:3])})"
    return [f"the positions of {which} are near 0 beside their OFFSET, and are added to it"] if names else []


def place_joints(nodes: Sequence[Node], values: np.ndarray) -> np.ndarray:
    """Place the joints (n, joints, 3) of a hierarchy; values (n, channels) in degrees and the file's unit."""
    joints = [place for place, node in enumerate(nodes) if not node.end]
    positions = np.empty((len(values), len(joints), 3))
    chunk = max(1, _CHUNK // len(nodes))
    for start in range(0, len(values), chunk):
        rows = slice(start, start + chunk)
        _place_chunk(nodes, values[rows], positions[rows])
    return positions


def turn_joint(nodes: Sequence[Node], values: np.ndarray, place: int) -> np.ndarray:
    """Give the rotation of a node from rest (n, 3, 3)."""
    columns = np.cumsum([0, *(len(node.channels) for node in nodes)])
    chain = [place]
    while nodes[chain[-1]].parent >= 0:
        chain.append(nodes[chain[-1]].parent)
    turned = None
    for at in reversed(chain):
        turned = _turn(nodes[at], values[:, columns[at] : columns[at + 1]], turned)
    assert turned is not None
    return turned


def _place_chunk(nodes: Sequence[Node], values: np.ndarray, positions: np.ndarray) -> None:
    """Walk down the hierarchy with the root at 0, 0, 0, then move all to the root's place."""
    n, column, row, root = len(values), 0, 0, np.zeros(3)
    places: list[np.ndarray] = []
    turns: list[np.ndarray] = []
    for node in nodes:
        here = values[:, column : column + len(node.channels)]
        column += len(node.channels)
        offset, moves = _offset(node, here)
        if node.parent < 0:
            root = offset
            places.append(np.zeros((n, 3)))
            turns.append(_turn(node, here, None))
        else:
            above = turns[node.parent]
            moved = np.einsum("fij,fj->fi" if moves else "fij,j->fi", above, offset)
            places.append(moved + places[node.parent])
            turns.append(_turn(node, here, above))
        if not node.end:
            positions[:, row] = places[-1]
            row += 1
    positions += root[:, None] if root.ndim == 2 else root


def _offset(node: Node, values: np.ndarray) -> tuple[np.ndarray, bool]:
    """Give a node's offset (3,), or (n, 3) where it has position channels."""
    offset = np.array(node.offset)
    moves = [(i, axis) for i, (kind, axis) in enumerate(node.channels) if kind == "position"]
    if not moves:
        return offset, False
    moving = np.tile(offset, (len(values), 1))
    for i, axis in moves:
        moving[:, axis] = values[:, i] + (offset[axis] if node.adds else 0)
    return moving, True


def _turn(node: Node, values: np.ndarray, above: np.ndarray | None) -> np.ndarray:
    """Give a node's rotation (n, 3, 3): its parent's, times its own about one axis after another."""
    own = None
    for i, (kind, axis) in enumerate(node.channels):
        if kind == "rotation":
            turn = about(axis, np.deg2rad(values[:, i]))
            own = turn if own is None else own @ turn
    if own is None:
        return np.broadcast_to(np.eye(3), (len(values), 3, 3)) if above is None else above
    return own if above is None else above @ own
