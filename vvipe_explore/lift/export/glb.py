"""glTF binary: an animated figure that turns in a web page, Blender, Unity or a phone; metres, +y up.

One mesh hangs on a skeleton of nodes (a skin); each vertex follows one joint. A file is a JSON text and a buffer.
"""

import json
import struct
from pathlib import Path

import numpy as np

from .glb_mesh import mesh_of
from .points import Points
from .rotations import to_quaternions
from .steady_skeleton import NAMES, PARENTS, Figure, fit

FLOAT, SHORT, BYTE = 5126, 5123, 5121
_TYPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class _Buffer:
    """The buffer of a glTF file, and the accessors that say what lies in it."""

    def __init__(self):
        self.data, self.views, self.accessors = b"", [], []

    def add(self, values: np.ndarray, kind: int, target: int | None = None, normalized: bool = False) -> int:
        """Append values (n, parts) and give the number of their accessor."""
        values = values.astype({FLOAT: "<f4", SHORT: "<u2", BYTE: "u1"}[kind])
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes}
        self.views.append(view | ({"target": target} if target else {}))
        accessor = {"bufferView": len(self.views) - 1, "componentType": kind, "count": len(values)}
        accessor |= {"type": _TYPES[values.shape[1]]} | ({"normalized": True} if normalized else {})
        if kind == FLOAT and values.shape[1] in (1, 3):
            accessor |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
        self.accessors.append(accessor)
        self.data += values.tobytes().ljust(-(-values.nbytes // 4) * 4, b"\0")
        return len(self.accessors) - 1


def write_glb(path: Path, points: Points) -> None:
    """Write the body of points as an animated figure; a frame without one holds the pose before."""
    figure, buffer = fit(points.held(), points.fps), _Buffer()
    animation = _animation(figure, points.fps, buffer)
    primitive, skin = _skinned(figure, buffer)
    body = {"name": points.title, "mesh": 0, "skin": 0}
    material = {"name": "body", "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8}}
    described = {
        "asset": {"version": "2.0", "generator": "vvipe-explore"}, "scene": 0,
        "scenes": [{"nodes": [0, len(NAMES)]}], "nodes": [*_nodes(figure), body],
        "meshes": [{"primitives": [primitive]}], "materials": [material], "skins": [skin],
        "animations": [{"name": points.title, **animation}],
        "accessors": buffer.accessors, "bufferViews": buffer.views, "buffers": [{"byteLength": len(buffer.data)}],
    }  # fmt: skip
    text = json.dumps(described, separators=(",", ":")).encode()
    chunks = b""
    for kind, part, filler in ((b"JSON", text, b" "), (b"BIN\0", buffer.data, b"\0")):
        part = part.ljust(-(-len(part) // 4) * 4, filler)
        chunks += struct.pack("<I", len(part)) + kind + part
    path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks)


def _nodes(figure: Figure) -> list[dict]:
    """Give the joints as nodes; without the animation, the figure stands as in the first frame."""
    local, nodes = figure.local(), []
    for joint, name in enumerate(NAMES):
        place = figure.offsets[joint] if PARENTS[name] else figure.root[0]
        turn = to_quaternions(local[:1, joint])[0]
        children = [NAMES.index(child) for child, parent in PARENTS.items() if parent == name]
        node = {"name": name, "translation": place.tolist(), "rotation": turn.tolist()}
        nodes.append(node | ({"children": children} if children else {}))
    return nodes


def _animation(figure: Figure, fps: float, buffer: _Buffer) -> dict:
    """Give the place of Hips and the turns of all joints that turn, over time in seconds."""
    times = buffer.add(np.arange(len(figure.root))[:, None] / fps, FLOAT)
    tracks = [(0, "translation", figure.root)]
    for joint, turns in enumerate(figure.local().swapaxes(0, 1)):
        if NAMES[joint] not in figure.ends and NAMES[joint] != "Head":  # these go with the joint above
            tracks.append((joint, "rotation", to_quaternions(turns)))
    samplers = [{"input": times, "output": buffer.add(values, FLOAT)} for _, _, values in tracks]
    channels = [{"sampler": i, "target": {"node": node, "path": what}} for i, (node, what, _) in enumerate(tracks)]
    return {"samplers": samplers, "channels": channels}


def _skinned(figure: Figure, buffer: _Buffer) -> tuple[dict, dict]:
    """Give the mesh's primitive, and the skin: which nodes are joints, and how they lie at rest."""
    mesh, back = mesh_of(figure), np.tile(np.eye(4), (len(NAMES), 1, 1))
    back[:, :3, 3] = -figure.rest()
    joints, weights = np.zeros((len(mesh.places), 4)), np.zeros((len(mesh.places), 4))
    joints[:, 0], weights[:, 0] = mesh.joints, 1
    vertices, faces = 34962, 34963
    attributes = {
        "POSITION": buffer.add(mesh.places, FLOAT, vertices), "NORMAL": buffer.add(mesh.normals, FLOAT, vertices),
        "COLOR_0": buffer.add(mesh.colours, BYTE, vertices, normalized=True),
        "JOINTS_0": buffer.add(joints, BYTE, vertices), "WEIGHTS_0": buffer.add(weights, FLOAT, vertices),
    }  # fmt: skip
    indices = buffer.add(mesh.faces.reshape(-1, 1), SHORT, faces)
    primitive = {"attributes": attributes, "indices": indices, "material": 0}
    columns = buffer.add(back.swapaxes(1, 2).reshape(-1, 16), FLOAT)
    return primitive, {"joints": list(range(len(NAMES))), "skeleton": 0, "inverseBindMatrices": columns}
