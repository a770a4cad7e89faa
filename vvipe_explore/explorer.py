"""The explorer: a body that moves with its sliders, in a notebook or on a page of its own.

    app = PoseExplorer(model)            # a widget; app.z, app.pose, app.camera follow it and can be set
    app.find("kick")                    # a pose by its name
    app.save_html("explorer.html")       # the same as one file that needs neither Python nor a network

The browser (explorer.js) draws, decodes and embeds with the model's weights. It asks Python for them and gets them as
one message, so a saved notebook does not contain them.
"""

import base64
import contextlib
import io
import math
import sys
import textwrap
from pathlib import Path

import numpy as np
import torch

from . import plots
from ._extras import missing
from ._page import CAMERA, NOISE, SCRIPT, TITLE, VIEW, message, pack, write_page

try:
    import anywidget
    import traitlets

    from ._guess import Guesses as Guesses  # a reader's guesses, beside the explorer in a notebook
except ImportError as error:
    raise missing("the explorer in a notebook", "lab", error, "vvipe export writes it as a page") from None

STATE = ("z", "ghost", "camera", "view", "marks", "t", "noise", "raw", "gravity", "up")


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
        return _numbers(value, str(self.name), self.shape or (obj.model.latent_dim,))


class Pose(Numbers):
    """One pose (13, 3)."""

    shape = (13, 3)


class Direction(Numbers):
    """A unit vector (3)."""

    shape = (3,)

    def validate(self, obj, value):
        numbers = super().validate(obj, value)
        size = math.hypot(*numbers)
        if not size:
            raise ValueError(f"expected {self.name} as a direction, got zeros.")
        return [number / size for number in numbers]


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
    layout: "pca", "umap" (slower), or coordinates (n, 2) of the map's points. It opens on a striking pose of data.

    State that you can read, set, observe and link: z (d numbers); pose, (13, 3) canonical, decode(z) (setting it
    embeds it); ghost, the embedding of the body drawn in grey, or None; camera (azimuth, elevation, roll in degrees,
    distance in metres; in the body's canonical frame); view, from where the body is drawn; marks, the embeddings A and
    B, or None; t in [0, 1] from A to B (setting it moves the body there); noise, the amount of noise, where 1 is the
    spread of the training poses; raw, whether the decoder's body is drawn as it is. Else it is drawn with the mean limb
    lengths of data. gravity, whether a body stands or lies as the nearest poses of data did, or is drawn with its spine
    upright, as the embedding sees it; up, where up is in the canonical frame, or None to take it from data.
    """

    _esm = traitlets.Unicode(SCRIPT.read_text(encoding="utf-8")).tag(sync=True)
    z = Numbers().tag(sync=True)
    pose = Pose().tag(sync=True)
    ghost = Numbers(allow_none=True, default_value=None).tag(sync=True)
    camera = Angles(CAMERA, elevation=(-89, 89), distance=(2, 100)).tag(sync=True)
    view = Angles(VIEW, elevation=(-89, 89), zoom=(0.1, 10)).tag(sync=True)
    marks = Marks(default_value=[None, None]).tag(sync=True)
    t = traitlets.Float(0.0, min=0, max=1).tag(sync=True)
    noise = traitlets.Float(NOISE, min=0, max=1).tag(sync=True)
    raw = traitlets.Bool(False).tag(sync=True)
    gravity = traitlets.Bool(True).tag(sync=True)
    up = Direction(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, model, data=None, points: int = 5000, sliders: int = 8, layout="pca", **state):
        self._header, self._tensors = message(model, data, points, sliders, layout)
        self.model = model
        self._settled = False
        start = self._tensors["map_z"][self._header["start"]]
        up = state.pop("up", None)
        super().__init__(**{"z": start, "ghost": state.get("z", start), **state})
        self.up = up  # after z, which takes up back
        self.on_msg(PoseExplorer._answer)

    def _repr_mimebundle_(self, **kwargs):
        """Show a picture before the widget, for pages on which the widget can't be shown: GitHub, a re-opened notebook.

        Where the widget is shown it hides the picture, which it finds by the end of its data.
        """
        shell = sys.modules.get("IPython")
        if shell is not None and shell.get_ipython() is not None:
            from IPython.display import Image, display

            picture = self._picture()
            self._header["picture"] = base64.b64encode(picture).decode()[-60:]
            display(Image(picture))
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/plain"] = "PoseExplorer: run this cell to move the body"
        return bundle

    def _picture(self) -> bytes:
        """Draw the body and the map, with a dot where the body is, as a PNG."""
        from matplotlib.figure import Figure
        from PIL import Image

        figure = Figure(figsize=(9, 4), dpi=80, layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.8])
        plots.body(np.array(self.pose), ax=left, azimuth=self.view["azimuth"], elevation=self.view["elevation"])
        names = [textwrap.fill(name.replace("_", " "), 26) for name in self._header["labels"]]
        labels = np.array(names)[self._tensors["map_label"]]
        places, known = self._tensors["map_xy"], self._tensors["map_z"]
        plots.scatter(places, labels, ax=right, size=float(np.clip(500 / len(places) ** 0.5, 9, 22)))
        here = places[np.linalg.norm(known - np.array(self.z), axis=1).argmin()]
        right.plot(*here, "o", ms=10, color="black", mec="white", mew=1.5)
        right.set_title("the map; the body is at the black dot", fontsize=10)
        figure.suptitle("The explorer as a picture; run this cell to move the body", fontsize=11)
        drawn, data = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png")
        few = Image.open(drawn).convert("RGB").quantize(128)  # half the size
        few.save(data, "png", optimize=True)
        return data.getvalue()

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
            self.pose, self.up = self._decoded(self.z), None
            if change.name != "pose" or self.pose == change.new:  # else the line above has notified pose's observers
                super().notify_change(change)

    def set_state(self, sync_data):
        """Take what the browser sends without decoding or embedding it again."""
        with self._together():
            super().set_state(sync_data)

    def _answer(self, content, buffers):
        if content.get("type") == "model?":
            table, data = pack(self._tensors, small=False)
            self.send({"type": "model", "header": {**self._header, "tensors": table}}, buffers=[data])

    def close(self):
        """Close the widget and free the map and the copy of the model."""
        super().close()
        self._tensors = {}

    def find(self, name: str, which: int = 0) -> np.ndarray:
        """Show a pose by its name, and give its embedding (d): app.find("kick").

        name: of an activity on the map, or a part of it. which: 0 is the pose that tells most, then come others,
        far from one another. Raises ValueError if no pose has that name or there are fewer of it.
        """
        poses = dict(self._header["poses"])
        words = name.strip().lower()
        found = [words] if words in poses else [known for known in poses if words and words in known]
        if not found:
            raise ValueError(f"expected a pose's name out of {', '.join(poses)}, got {name!r}; choose one of them.")
        places = poses[found[0]]
        if not 0 <= which < len(places):
            raise ValueError(f"expected which from 0 to {len(places) - 1} for {found[0]!r}, got {which}.")
        z = self._tensors["map_z"][places[which]]
        with self.hold_sync():
            self.z = z
            self.ghost = z
        return z

    def save_html(self, path, title: str = TITLE) -> Path:
        """Write the explorer in its present state to one HTML file that opens from disk.

        The page has the exact weights if they fit into PAGE_LIMIT, as the shipped weights do. Otherwise it has them in
        half precision, which moves a body by a few tenths of a millimetre. Raises ValueError if neither fits.
        """
        return write_page(path, self._header, self._tensors, {name: getattr(self, name) for name in STATE}, title)
