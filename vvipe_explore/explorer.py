"""The explorer: a body that moves with its sliders, in a notebook or on a page of its own.

    app = PoseExplorer(model)            # a widget; app.z, app.pose, app.camera follow it and can be set
    app.save_html("explorer.html")       # the same as one file that needs neither Python nor a network

The browser (explorer.js) draws, decodes and embeds with the model's weights. It asks Python for them and gets them as
one message, so a saved notebook does not contain them.
"""

import base64
import contextlib
import html
import json
import math
from collections import Counter
from pathlib import Path

import anywidget
import numpy as np
import torch
import traitlets
from torch import nn

from . import latent
from ._files import atomic_path
from .datasets import Motion, load
from .models.networks import ResidualBlock
from .models.vvipe import VVIPE
from .plots import PALETTE
from .skeleton import PAPER_13, convert

SCRIPT = Path(__file__).with_name("explorer.js")
CAMERA = {"azimuth": -45.0, "elevation": 10.0, "roll": 0.0, "distance": 5.0}
VIEW = {"azimuth": 28.0, "elevation": 9.0, "zoom": 1.0, "x": 0.0, "y": 0.0}
PAGE_LIMIT = 8_000_000  # bytes of a saved page
STATE = ("z", "ghost", "camera", "view", "marks", "t", "noise")


def _steps(module: nn.Module, name: str, tensors: dict) -> list[dict]:
    """Describe a network as a list of steps that explorer.js runs; add its weights to tensors under name."""
    if isinstance(module, nn.Sequential):
        return [step for i, part in enumerate(module) for step in _steps(part, f"{name}.{i}", tensors)]
    if isinstance(module, ResidualBlock):
        parts = (module.norm, module.first, module.activation, module.second)
        return [{"op": "residual", "steps": _steps(nn.Sequential(*parts), name, tensors)}]
    if isinstance(module, nn.ReLU | nn.SiLU):
        return [{"op": type(module).__name__.lower()}]
    if not isinstance(module, nn.Linear | nn.LayerNorm):
        expected = "Linear, LayerNorm, ReLU, SiLU or ResidualBlock"
        raise ValueError(f"expected {expected}, got {type(module).__name__}; add it to run() in explorer.js.")
    for part in ("weight", "bias"):
        tensors[f"{name}.{part}"] = getattr(module, part).detach().cpu().float().numpy()
    names = {"weight": f"{name}.weight", "bias": f"{name}.bias"}
    return [{"op": "linear", **names} if isinstance(module, nn.Linear) else {"op": "norm", "eps": module.eps, **names}]


def _pack(tensors: dict[str, np.ndarray], small: bool) -> tuple[dict, bytes]:
    """Join arrays into ({name: [type, shape, offset]}, bytes); in half precision if exact, or if small and large."""
    table, parts, offset = {}, [], 0
    for name, values in tensors.items():
        kind = "u8" if values.dtype == np.uint8 else "f32"
        if kind == "f32":
            half = values.astype(np.float16)
            exact = np.array_equal(half.astype(np.float32), values)
            halved = exact or (small and values.size > 65536)
            kind, values = ("f16", half) if halved else ("f32", values)
        data = np.ascontiguousarray(values).tobytes()
        table[name] = [kind, list(values.shape), offset]
        parts.append(data + bytes(-len(data) % 4))
        offset += len(parts[-1])
    return table, b"".join(parts)


def _poses_of(data, points: int) -> tuple[np.ndarray, list[str]]:
    """Take at most points poses (n, 13, 3), evenly spaced, and their labels from a Motion, an array or the sample."""
    data = load("synthetic") if data is None else data
    names, labels = PAPER_13, None
    if isinstance(data, Motion):
        data, names, labels = data.poses, data.joint_names, data.action
    poses = np.asarray(data, dtype=np.float32)
    if poses.ndim != 3 or poses.shape[-1] != 3 or len(poses) < 2:
        raise ValueError(
            f"expected data with at least two poses (n, 13, 3), or what datasets.load gives; got shape {poses.shape}."
        )
    rows = np.linspace(0, len(poses) - 1, min(points, len(poses))).round().astype(int)
    labels = ["pose"] * len(rows) if labels is None else [str(label) for label in np.asarray(labels)[rows]]
    poses = poses[rows]
    return (poses if tuple(names) == PAPER_13 else np.asarray(convert(poses, names, PAPER_13))), labels


def _classes(labels: list[str]) -> tuple[list[str], list[str | None], np.ndarray]:
    """Give class names, their colours, and each label's class; labels too rare for a colour are "other"."""
    counts = Counter(labels)
    common = sorted(name for name, _ in counts.most_common(len(PALETTE) - (len(counts) > len(PALETTE))))
    others = len(counts) > len(common)
    names = common + ["other"] * others
    colours = [*PALETTE[: len(common)], *[None] * others]
    place = {name: i for i, name in enumerate(common)}
    return names, colours, np.array([place.get(label, len(common)) for label in labels], dtype=np.uint8)


@torch.inference_mode()
def _message(model: VVIPE, data, points: int, sliders: int, layout) -> tuple[dict, dict]:
    """Make what explorer.js needs: a header for JSON, and arrays by name."""
    poses, labels = _poses_of(data, points)
    z = np.asarray(model.embed_poses(poses), dtype=np.float32)
    found = latent.directions(model, z, sliders)
    places, axes = latent.layout(z, layout)
    names, colours, label = _classes(labels)
    slope = np.linalg.lstsq(places - places.mean(0), z - z.mean(0), rcond=None)[0]
    tensors = {
        "map_z": z, "map_xy": places, "map_label": label, "map_slope": slope, "centre": z.mean(0),
        "latent_mean": model.latent_mean.cpu().numpy(),
        "directions": found.vectors * found.spread[:, None],
        "duals": np.linalg.pinv(found.vectors * found.spread[:, None]).T,
    }  # fmt: skip
    if axes is not None:
        tensors["map_axes"] = axes
    tensors = {n: np.asarray(v, dtype=np.uint8 if v.dtype == np.uint8 else np.float32) for n, v in tensors.items()}
    networks = model.networks()
    encoder = networks["keypoint_encoder"]
    header = {
        "latent": model.latent_dim, "points": len(z), "labels": names, "palette": colours, "names": found.names,
        "apart": float(np.median(np.linalg.norm(z - np.random.default_rng(0).permutation(z), axis=1))),
        "decoder": _steps(networks["decoder"], "decoder", tensors),
        "keypoint_encoder": None if encoder is None else _steps(encoder, "keypoints", tensors),
    }  # fmt: skip
    return header, tensors


def _numbers(value, name: str, shape: tuple[int, ...]) -> list:
    """Check that value is finite numbers of this shape, and give it as (nested) lists."""
    array = np.asarray(value.detach().cpu() if isinstance(value, torch.Tensor) else value)
    if array.dtype.kind not in "fiu" or array.shape != shape:
        raise ValueError(f"expected {name} as numbers of shape {shape}, got shape {array.shape} of {array.dtype}.")
    if not np.isfinite(array).all():
        raise ValueError(f"expected finite numbers, got NaN or infinite values in {name}; the body stays as it is.")
    return array.astype(float).tolist()


class Numbers(traitlets.TraitType):
    """Finite numbers of one shape, by default an embedding (d); set as an array, tensor or list, kept as a list."""

    shape: tuple[int, ...] | None = None

    def validate(self, obj, value):
        return _numbers(value, self.name, self.shape or (obj.model.latent_dim,))


class Pose(Numbers):
    """One pose (13, 3)."""

    shape = (13, 3)


class Marks(traitlets.TraitType):
    """The two marked embeddings A and B; each may be None."""

    def validate(self, obj, value):
        if len(value) != 2:
            raise ValueError(f"expected two marks, A and B (None for one that is not set), got {len(value)}.")
        return [None if v is None else _numbers(v, "marks", (obj.model.latent_dim,)) for v in value]


class Angles(traitlets.TraitType):
    """A few named numbers, for example of a camera; a name that is left out keeps its value."""

    def __init__(self, default: dict, **limits: tuple[float, float]):
        super().__init__(default_value=dict(default))
        self.limits = limits

    def validate(self, obj, value):
        unknown = set(value) - set(self.default_value)
        if unknown:
            known = ", ".join(self.default_value)
            raise ValueError(f"expected {self.name} with {known}, got {', '.join(sorted(unknown))}.")
        for name, number in value.items():
            low, high = self.limits.get(name, (-math.inf, math.inf))
            if not (isinstance(number, int | float) and math.isfinite(number) and low <= number <= high):
                raise ValueError(f"expected {self.name}'s {name} in [{low:g}, {high:g}], got {number!r}.")
        return {**obj._trait_values.get(self.name, self.default_value), **{n: float(v) for n, v in value.items()}}


class PoseExplorer(anywidget.AnyWidget):
    """A body in 3D with sliders along the embedding's main directions, a map of the embedding, and a camera.

    model: a VVIPE. data: the poses on the map, as datasets.load gives them or (n, 13, 3) of PAPER_13; None takes the
    sample that comes with the package. points: largest number of poses on the map. sliders: number of directions.
    layout: "pca", "umap" (slower), or coordinates (n, 2) of the map's points.

    State that you can read, set, observe and link: z (d numbers); pose, (13, 3) canonical, decode(z) (setting it
    embeds it); ghost, the embedding of the body drawn in grey, or None; camera (azimuth, elevation, roll in degrees,
    distance in metres; in the body's canonical frame); view, from where the body is drawn; marks, the embeddings A and
    B, or None; t in [0, 1] from A to B (setting it moves the body there); noise, the amount of noise.
    """

    _esm = traitlets.Unicode(SCRIPT.read_text(encoding="utf-8")).tag(sync=True)
    z = Numbers().tag(sync=True)
    pose = Pose().tag(sync=True)
    ghost = Numbers(allow_none=True, default_value=None).tag(sync=True)
    camera = Angles(CAMERA, elevation=(-89, 89), distance=(2, 100)).tag(sync=True)
    view = Angles(VIEW, elevation=(-89, 89), zoom=(0.1, 10)).tag(sync=True)
    marks = Marks(default_value=[None, None]).tag(sync=True)
    t = traitlets.Float(0.0, min=0, max=1).tag(sync=True)
    noise = traitlets.Float(0.3, min=0, max=1).tag(sync=True)

    def __init__(self, model, data=None, points: int = 5000, sliders: int = 8, layout="pca", **state):
        if not isinstance(model, VVIPE):
            raise ValueError(f"expected a VVIPE, which decodes z to a body; got a {type(model).__name__}.")
        self.model = model
        self._header, self._tensors = _message(model, data, points, sliders, layout)
        self._settled = False
        centre = self._tensors["centre"]
        super().__init__(**{"z": centre, "ghost": state.get("z", centre), **state})
        self.on_msg(PoseExplorer._answer)

    @torch.inference_mode()
    def _decoded(self, z) -> list:
        return self.model.decode(np.asarray(z, dtype=np.float32)).round(6).tolist()

    @contextlib.contextmanager
    def _together(self):
        """Send what is set inside to the browser as one message, without updating z, pose or t any further."""
        before, self._settled = self._settled, True
        try:
            with self.hold_sync():
                yield
        finally:
            self._settled = before

    def notify_change(self, change):
        """Update z and pose when Python sets z, pose or t; the browser sends all of them itself."""
        if change.name not in ("z", "pose", "t") or self._settled or (change.name == "t" and None in self.marks):
            return super().notify_change(change)
        with self._together(), torch.inference_mode():
            if change.name == "pose":
                self.z = self.model.embed_poses(np.asarray(change.new, dtype=np.float32))
            elif change.name == "t":
                self.z = (1 - self.t) * np.array(self.marks[0]) + self.t * np.array(self.marks[1])
            self.pose = self._decoded(self.z)
            if change.name != "pose" or self.pose == change.new:  # else the line above has notified pose's observers
                super().notify_change(change)

    def set_state(self, sync_data):
        """Take what the browser sends without decoding or embedding it again."""
        with self._together():
            super().set_state(sync_data)

    def _answer(self, content, buffers):
        if content.get("type") == "model?":
            table, data = _pack(self._tensors, small=False)
            self.send({"type": "model", "header": {**self._header, "tensors": table}}, buffers=[data])

    def close(self):
        """Close the widget and free the map and the copy of the model."""
        super().close()
        self._tensors = {}

    def save_html(self, path, title: str = "V-VIPE explorer") -> Path:
        """Write the explorer in its present state to one HTML file that opens from disk.

        The page has the exact weights if they fit into PAGE_LIMIT, as the shipped weights do. Otherwise it has them in
        half precision, which moves a body by a few tenths of a millimetre. Raises ValueError if neither fits.
        """
        state = {name: getattr(self, name) for name in STATE}
        for small in (False, True):
            page = _page(self._header, self._tensors, state, title, small)
            if len(page) <= PAGE_LIMIT:
                break
        else:
            raise ValueError(
                f"expected a page of at most {PAGE_LIMIT / 1e6:g} MB, got {len(page) / 1e6:.1f} MB; "
                "show fewer points or a narrower model."
            )
        with atomic_path(path) as temporary:
            Path(temporary).write_bytes(page)
        return Path(path)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; \
style-src 'unsafe-inline'; img-src {images}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>html {{ background: Canvas; }} body {{ margin: 0; }}</style>
</head>
<body>
<noscript>This page needs JavaScript, which is switched off in this browser.</noscript>
<script type="application/json" id="about">{about}</script>
<script type="text/plain" id="{kind}">{data}</script>
<script type="module">
{script}
{start}(document);
</script>
</body>
</html>
"""


def _page(header: dict, tensors: dict, state: dict, title: str, small: bool) -> bytes:
    table, data = _pack(tensors, small)
    about = json.dumps({"header": {**header, "tensors": table}, "state": state}).replace("<", "\\u003c")
    weights = base64.b64encode(data).decode()
    script = SCRIPT.read_text(encoding="utf-8")
    return PAGE.format(
        title=html.escape(title), about=about, kind="weights", data=weights, script=script, start="openFrom",
        images="data:",
    ).encode()  # fmt: skip
