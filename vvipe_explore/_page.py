"""The explorer as one page: what explorer.js needs of a model, packed, and the HTML around it.

explorer.js is made of the modules in js/. Nothing here needs Jupyter: `vvipe export` and `vvipe lift` write their pages
with it; explorer.py makes the widget.
"""

import base64
import hashlib
import html
import json
from collections import Counter
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import nn

from . import latent
from ._files import atomic_path
from ._gauge import gauge, recordings
from ._named_poses import named_poses
from .alignment import canonicalise
from .datasets import Motion, load
from .models.networks import ResidualBlock, Upright
from .models.vvipe import VVIPE
from .plots import PALETTE
from .skeleton import PAPER_13, bone_lengths, convert

SCRIPT = Path(__file__).with_name("explorer.js")
CAMERA = {"azimuth": -45.0, "elevation": 10.0, "roll": 0.0, "distance": 5.0}
VIEW = {"azimuth": 28.0, "elevation": 9.0, "zoom": 1.0, "x": 0.0, "y": 0.0}
NOISE = 0.3
UPRIGHT = 0.9  # cosine of the angle between a spine and up
PAGE_LIMIT = 12_000_000  # bytes of a saved page
TITLE = "V-VIPE explorer"


def _steps(module: nn.Module, name: str, tensors: dict) -> list[dict]:
    """Describe a network as a list of steps that explorer.js runs; add its weights to tensors under name."""
    if isinstance(module, nn.Sequential):
        return [step for i, part in enumerate(module) for step in _steps(part, f"{name}.{i}", tensors)]
    if isinstance(module, ResidualBlock):
        parts = (module.norm, module.first, module.activation, module.second)
        return [{"op": "residual", "steps": _steps(nn.Sequential(*parts), name, tensors)}]
    if isinstance(module, nn.ReLU | nn.SiLU | Upright):
        return [{"op": type(module).__name__.lower()}]
    if isinstance(module, nn.Identity):
        return []
    if not isinstance(module, nn.Linear | nn.LayerNorm):
        expected = "Linear, LayerNorm, ReLU, SiLU, Upright or ResidualBlock"
        raise ValueError(f"expected {expected}, got {type(module).__name__}; add it to run() in js/network.js.")
    for part in ("weight", "bias"):
        tensors[f"{name}.{part}"] = getattr(module, part).detach().cpu().float().numpy()
    names = {"weight": f"{name}.weight", "bias": f"{name}.bias"}
    return [{"op": "linear", **names} if isinstance(module, nn.Linear) else {"op": "norm", "eps": module.eps, **names}]


def pack(tensors: dict[str, np.ndarray], small: bool) -> tuple[dict, bytes]:
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


def _poses_of(data, points: int) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Take at most points poses (n, 13, 3), evenly spaced, from a Motion, an array or the sample.

    Gives them with their labels and the numbers of their recordings. An array counts as ten recordings in a row.
    """
    data = load("synthetic") if data is None else data
    names, labels, sequence = PAPER_13, None, None
    if isinstance(data, Motion):
        data, names, labels, sequence = data.poses, data.joint_names, data.action, data.sequence
    poses = np.asarray(data, dtype=np.float32)
    if poses.ndim != 3 or poses.shape[-1] != 3 or len(poses) < 2:
        raise ValueError(
            f"expected data with at least two poses (n, 13, 3), or what datasets.load gives; got shape {poses.shape}."
        )
    rows = np.linspace(0, len(poses) - 1, min(points, len(poses))).round().astype(int)
    labels = ["pose"] * len(rows) if labels is None else [str(label) for label in np.asarray(labels)[rows]]
    recording = np.arange(len(poses)) * 10 // len(poses) if sequence is None else recordings(sequence)
    poses = poses[rows]
    poses = poses if tuple(names) == PAPER_13 else np.asarray(convert(poses, names, PAPER_13))
    return poses, labels, recording[rows]


def _classes(labels: list[str]) -> tuple[list[str], list[str | None], np.ndarray]:
    """Give class names, their colours, and each label's class; labels too rare for a colour are "other"."""
    counts = Counter(labels)
    common = sorted(name for name, _ in counts.most_common(len(PALETTE) - (len(counts) > len(PALETTE))))
    others = len(counts) > len(common)
    names = common + ["other"] * others
    colours = [*PALETTE[: len(common)], *[None] * others]
    place = {name: i for i, name in enumerate(common)}
    return names, colours, np.array([place.get(label, len(common)) for label in labels], dtype=np.uint8)


def _opening(canonical: np.ndarray, up: np.ndarray) -> int:
    """Find a striking pose: upright, one foot far above the other and beside it, as VIEW shows them.

    canonical (n, 13, 3); up (n, 3): where up is in the canonical frame.
    """
    apart = canonical[:, PAPER_13.index("left_ankle")] - canonical[:, PAPER_13.index("right_ankle")]
    azimuth = np.deg2rad(VIEW["azimuth"])
    beside = np.cos(azimuth) * apart[:, 0] - np.sin(azimuth) * apart[:, 2]
    striking = np.abs(apart[:, 1] * beside) * (up[:, 1] > UPRIGHT)
    return int(striking.argmax())


@torch.inference_mode()
def message(model, data, points: int, sliders: int, layout) -> tuple[dict, dict]:
    """Make what explorer.js needs: a header for JSON, and arrays by name. PoseExplorer describes the arguments."""
    if not isinstance(model, VVIPE):
        raise ValueError(f"expected a VVIPE, which decodes z to a body; got a {type(model).__name__}.")
    poses, labels, recording = _poses_of(data, points)
    stood = canonicalise(poses)
    canonical, up = torch.from_numpy(stood.poses), stood.rotation[:, :, 1]
    z = np.asarray(model.embed_poses(poses), dtype=np.float32)
    found = latent.directions(model, z, sliders)
    places, axes = latent.layout(z, layout)
    names, colours, label = _classes(labels)
    scale = gauge(
        model.embed_poses, canonical, torch.from_numpy(z), torch.from_numpy(recording), torch.Generator().manual_seed(0)
    )
    slope = np.linalg.lstsq(places - places.mean(0), z - z.mean(0), rcond=None)[0]
    tensors = {
        "map_z": z, "map_xy": places, "map_label": label, "map_slope": slope, "centre": z.mean(0),
        "latent_mean": model.latent_mean.cpu().numpy(), "latent_factor": model.latent_factor.cpu().numpy(),
        "whitening": scale.whitening.numpy(), "map_up": up,
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
        "start": _opening(stood.poses, up), "middle": scale.middle, "lengths": bone_lengths(canonical).mean(0).tolist(),
        "apart": float(np.median(np.linalg.norm(z - np.random.default_rng(0).permutation(z), axis=1))),
        "decoder": _steps(cast(nn.Module, networks["decoder"]), "decoder", tensors),
        "keypoint_encoder": None if encoder is None else _steps(encoder, "keypoints", tensors),
    }  # fmt: skip
    header["weights"] = _fingerprint(tensors)
    header["poses"] = named_poses(z, label, names)
    return header, tensors


def _fingerprint(tensors: dict[str, np.ndarray]) -> str:
    """Give 12 digits that name the networks' weights: links to a pose have them, since z is of one model."""
    networks = (name for name in sorted(tensors) if name.startswith(("decoder.", "keypoints.")))
    return hashlib.sha256(b"".join(tensors[name].tobytes() for name in networks)).hexdigest()[:12]


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src {images}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>html {{ background: Canvas; overscroll-behavior: none; }} body {{ margin: 0; }}</style>
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


def write_page(path, header: dict, tensors: dict, state: dict, title: str = TITLE) -> Path:
    """Write the explorer in a given state to one HTML file that opens from disk; see PoseExplorer.save_html."""
    page = b""
    for small in (False, True):
        page = _page(header, tensors, state, title, small)
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


def export(path, model, data=None, points: int = 5000, sliders: int = 8, layout="pca") -> Path:
    """Write the page that PoseExplorer(model, data, ...).save_html(path) writes, without making a widget."""
    header, tensors = message(model, data, points, sliders, layout)
    start = tensors["map_z"][header["start"]].astype(float).tolist()
    state = {"z": start, "ghost": start, "camera": CAMERA, "view": VIEW}
    return write_page(
        path,
        header,
        tensors,
        state | {"marks": [None, None], "t": 0.0, "noise": NOISE, "raw": False, "gravity": True, "up": None},
    )


def _page(header: dict, tensors: dict, state: dict, title: str, small: bool) -> bytes:
    table, data = pack(tensors, small)
    about = json.dumps({"header": {**header, "tensors": table}, "state": state}).replace("<", "\\u003c")
    weights = base64.b64encode(data).decode()
    script = SCRIPT.read_text(encoding="utf-8")
    return PAGE.format(
        title=html.escape(title), about=about, kind="weights", data=weights, script=script, start="openFrom",
        images="data:",
    ).encode()  # fmt: skip
