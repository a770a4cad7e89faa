"""Pictures of bodies, keypoints, maps and tables: matplotlib, or plotly for figures that the reader turns.

All share one look: the person's left side blue, the right side orange, the trunk grey, equal axes. matplotlib
functions take an ax (or make one) and return it; plotly functions return a figure.
"""

from collections.abc import Sequence

import numpy as np

from ._arrays import as_tensor
from ._extras import missing
from .skeleton import BONE_INDICES, BONES

LEFT, RIGHT, TRUNK, INK, FAINT = "#0072B2", "#D55E00", "#8a8a8a", "#222222", "#c8c8c8"
"""Blue and orange (Okabe and Ito's, safe for colour-blind readers), grey, text, ghosts."""
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999933",
    "#332288", "#44AA99", "#AA4499", "#117733", "#DDCC77", "#661100", "#6699CC", "#888888",
)  # fmt: skip
"""Colours for up to 16 activities that most colour-blind readers can tell apart (Okabe and Ito; Tol)."""
COLOURS, OTHERS = 8, "others"
"""How many colours a still map has at most, and the name of what is grey on it."""


def _bone_colour(first: str, second: str) -> str:
    """Give a bone's colour by its side; the hip line and the shoulder line are trunk."""
    sides = {name.partition("_")[0] for name in (first, second)}
    return {"left": LEFT, "right": RIGHT}[sides.pop()] if len(sides) == 1 else TRUNK


COLOURED_BONES = [(*places, _bone_colour(*names)) for places, names in zip(BONE_INDICES, BONES, strict=True)]
"""(joint, joint, colour) of each bone of PAPER_13."""


def _numpy(values) -> np.ndarray:
    return as_tensor(values, "poses").detach().cpu().numpy()


def style() -> None:
    """Set matplotlib's defaults to this project's look; call once at the top of a notebook."""
    import matplotlib.pyplot as plt
    from cycler import cycler

    plt.rcParams.update({
        "figure.dpi": 90, "savefig.dpi": 90, "font.size": 11, "axes.titlesize": 11, "axes.spines.top": False,
        "axes.spines.right": False, "axes.edgecolor": INK, "axes.labelcolor": INK, "legend.frameon": False,
        "figure.constrained_layout.use": True, "image.cmap": "cividis",
        "axes.prop_cycle": cycler(color=PALETTE),
    })  # fmt: skip


def _new_ax(ax, size=(3.2, 3.6)):
    import matplotlib.pyplot as plt

    return ax if ax is not None else plt.subplots(figsize=size)[1]


def body(
    pose, ax=None, azimuth: float = 25.0, elevation: float = 8.0, offset=(0.0, 0.0), colour=None, alpha=1.0, lw=2.6
):
    """Draw a 3D pose (13, 3), +y up, seen from azimuth and elevation (degrees), orthographic, moved by offset.

    At azimuth 0 a canonical pose looks at the reader, so its left (blue) is on the reader's right.
    colour: one colour for all bones, for a ghost. Gives ax.
    """
    screen, depth = _orthographic(_numpy(pose), azimuth, elevation)
    return _draw(screen + np.asarray(offset), depth, _new_ax(ax), colour, alpha, lw)


def _orthographic(poses: np.ndarray, azimuth: float, elevation: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Project poses (..., 3) to x right, y up (..., 2), and give how near each joint is (...)."""
    a, e = np.radians(azimuth), np.radians(elevation)
    right = np.array([np.cos(a), 0, -np.sin(a)])
    towards = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
    return np.stack([poses @ right, poses @ np.cross(towards, right)], -1), poses @ towards


def _draw(points: np.ndarray, depth: np.ndarray, ax, colour, alpha, lw):
    for a, b, side in sorted(COLOURED_BONES, key=lambda bone: depth[bone[0]] + depth[bone[1]]):
        ax.plot(*points[[a, b]].T, color=colour or side, lw=lw, alpha=alpha, solid_capstyle="round")
    neck = (points[1] + points[2]) / 2
    ax.plot(*np.stack([neck, points[0]]).T, color=colour or TRUNK, lw=lw, alpha=alpha, solid_capstyle="round")
    ax.plot(*points[0], "o", color=colour or INK, ms=2.2 * lw, alpha=alpha)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def keypoints_2d(keypoints, confidence=None, ax=None, colour=None, alpha=1.0, lw=2.2):
    """Draw 2D keypoints (13, 2) as the camera sees them, y down, without missing ones (confidence 0)."""
    ax = _new_ax(ax)
    points = _numpy(keypoints).astype(float)
    if confidence is not None:
        points = np.where(_numpy(confidence)[:, None] > 0, points, np.nan)
    _draw(points, np.zeros(13), ax, colour, alpha, lw)
    if not ax.yaxis_inverted():
        ax.invert_yaxis()
    return ax


def strip(poses, titles: Sequence[str] | None = None, ax=None, azimuth: float = 25.0, ghost=None, gap: float = 1.15):
    """Draw poses (n, 13, 3) side by side, as the paper draws interpolations; ghost: a pose in grey behind each."""
    poses = _numpy(poses)
    ax = _new_ax(ax, (1.5 * len(poses) + 0.3, 2.9))
    for i, pose in enumerate(poses):
        if ghost is not None:
            body(ghost, ax, azimuth, offset=(gap * i, 0), colour=FAINT, lw=2.0)
        body(pose, ax, azimuth, offset=(gap * i, 0))
        if titles is not None:
            ax.text(gap * i, poses[..., 1].min() - 0.12, titles[i], ha="center", va="top", fontsize=10, color=INK)
    left, right = ax.dataLim.intervalx if len(poses) else (0, 0)
    ax.set_xlim(min(-0.65 * gap, left - 0.05), max(gap * (len(poses) - 0.35), right + 0.05))
    return ax


def over(poses, ghosts, titles: Sequence[str] | None = None, ax=None, azimuth: float = 25.0, gap: float = 1.15):
    """Draw poses (n, 13, 3) side by side, each over its own ghost (n, 13, 3), for example reconstructions on inputs."""
    ghosts = _numpy(ghosts)
    ax = _new_ax(ax, (1.5 * len(ghosts) + 0.3, 2.9))
    for i, ghost in enumerate(ghosts):
        body(ghost, ax, azimuth, offset=(gap * i, 0), colour=FAINT, lw=4.5)
    return strip(poses, titles, ax, azimuth, gap=gap)


def grid(rows, row_titles: Sequence[str], titles: Sequence[str] | None = None, azimuth: float = 25.0, ghost=None):
    """Draw strips under one another: rows is a list of poses (n, 13, 3). Gives the axes, one a row."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(len(rows), 1, figsize=(1.4 * len(rows[0]) + 1.2, 2.4 * len(rows)), squeeze=False)
    for ax, poses, title in zip(axes[:, 0], rows, row_titles, strict=True):
        strip(poses, titles if ax is axes[-1, 0] else None, ax, azimuth, ghost)
        ax.set_title(title, loc="left", color=INK)
    return axes[:, 0]


def _plotly():
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        raise missing("a figure that turns", "lab", error, "strip and body draw with matplotlib") from None
    return go


def body_figure(pose, ghost=None, title: str = ""):
    """Make a plotly figure of a 3D pose (13, 3), +y up, that the reader can turn; ghost: a second pose in grey."""
    traces = [] if ghost is None else [_trace(_numpy(ghost), None, FAINT, "ghost")]
    traces += [_trace(_numpy(pose), c, c, name) for c, name in ((LEFT, "left"), (RIGHT, "right"), (TRUNK, "trunk"))]
    scene = {"aspectmode": "data", **{f"{axis}axis": {"visible": False} for axis in "xyz"}}
    scene["camera"] = {"up": {"x": 0, "y": 0, "z": 1}, "eye": {"x": 0.6, "y": -1.9, "z": 0.4}}
    return _figure(traces, title, 420, scene=scene, legend={"orientation": "h", "y": 0.02})


def _trace(pose: np.ndarray, only: str | None, colour: str, name: str):
    """Draw the bones of one colour (None: all) as one broken line."""
    go = _plotly()
    gap = np.full(3, np.nan)
    line = np.stack([row for a, b, c in COLOURED_BONES if only in (None, c) for row in (pose[a], pose[b], gap)])
    if only in (None, TRUNK):
        line = np.stack([*line, (pose[1] + pose[2]) / 2, pose[0]])
    # plotly's z is up: the pose's (x, y, z) is drawn as (x, -z, y)
    return go.Scatter3d(
        x=line[:, 0], y=-line[:, 2], z=line[:, 1], mode="lines+markers", name=name, hoverinfo="name",
        line={"width": 8, "color": colour}, marker={"size": 3, "color": colour},
    )  # fmt: skip


def _figure(traces: list, title: str, height: int, **layout):
    go = _plotly()
    margin = {"l": 0, "r": 0, "t": 40 if title else 0, "b": 0}
    return go.Figure(traces).update_layout(title=title, height=height, margin=margin, **layout)


def scatter(points, labels, ax=None, size: float = 6.0, legend: bool = True):
    """Draw a map (n, 2) with a colour for each label, the most frequent first in the legend. Gives ax.

    With more than eight labels the seven most frequent have a colour; all others are grey and lie below. The points
    are drawn in a random order, so that no label covers the others.
    """
    ax = _new_ax(ax, (7.2, 4.6))
    points, labels = _numpy(points), np.asarray(labels).astype(str)
    names, counts = np.unique(labels, return_counts=True)
    names = names[np.argsort(-counts, kind="stable")]
    if len(names) > COLOURS:
        labels, names = np.where(np.isin(labels, names[: COLOURS - 1]), labels, OTHERS), [*names[: COLOURS - 1], OTHERS]
    colours = {name: FAINT if name == OTHERS else PALETTE[i] for i, name in enumerate(names)}
    order = np.random.default_rng(0).permutation(len(points))
    order = order[np.argsort(labels[order] != OTHERS, kind="stable")]
    colour = [colours[name] for name in labels[order]]
    ax.scatter(points[order, 0], points[order, 1], (size / 2) ** 2, colour, marker=".", alpha=0.7, linewidths=0)
    for name in names:
        ax.plot([], [], ".", ms=size / 2, color=colours[name], label=name)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_aspect("equal", adjustable="datalim")
    if legend:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=24 / size, fontsize=10)
    return ax


def views(
    keypoints, titles: Sequence[str] | None = None, confidence=None, borders: Sequence[str] | None = None, axes=None
):
    """Draw keypoints (n, 13, 2) as n pictures side by side, each centred on its own middle, all in one scale.

    borders: a colour for the border and the title of each picture. Gives the axes, one a picture.
    """
    import matplotlib.pyplot as plt

    points = _numpy(keypoints).astype(float)
    sure = np.ones(points.shape[:2]) if confidence is None else _numpy(confidence)
    points = np.where(sure[..., None] > 0, points, np.nan)
    low, high = np.nanmin(points, 1), np.nanmax(points, 1)
    half = 0.58 * (high - low).max(0)
    half[0] = max(half[0], 0.7 * half[1])
    if axes is None:
        size = (1.4 * len(points), 1.4 * half[1] / half[0] + 0.3)
        axes = plt.subplots(1, len(points), figsize=size, squeeze=False)[1][0]
    for i, ax in enumerate(axes):
        keypoints_2d(points[i], ax=ax)
        (x, y), colour = (low[i] + high[i]) / 2, borders[i] if borders is not None else INK
        ax.set(xlim=(x - half[0], x + half[0]), ylim=(y + half[1], y - half[1]), xticks=[], yticks=[])
        ax.axis("on")
        ax.spines[:].set(visible=True, color=colour if borders is not None else FAINT, linewidth=2 if borders else 1)
        if titles is not None:
            ax.set_title(titles[i], fontsize=10, color=colour)
    return axes


def heat_map(values, names: Sequence[str], ax=None, low=None, high=None, digits: int = 0):
    """Draw a square table (n, n) as colours with the numbers in the cells; NaN cells stay empty. Gives ax."""
    values = np.asarray(values, dtype=float)
    ax = _new_ax(ax, (0.55 * len(names) + 1.2, 0.55 * len(names) + 0.8))
    image = ax.imshow(values, vmin=low, vmax=high)
    middle = sum(image.get_clim()) / 2
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value < middle else INK
            ax.text(j, i, f"{value:.{digits}f}", ha="center", va="center", fontsize=10, color=colour)
    ax.set(xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def curves(history, names: Sequence[str], axes=None):
    """Draw curves of a training History over its steps, one panel a name. Gives the axes."""
    import matplotlib.pyplot as plt

    if axes is None:
        axes = plt.subplots(1, len(names), figsize=(3.4 * len(names), 2.6))[1]
    for ax, name in zip(np.atleast_1d(axes), names, strict=True):
        ax.plot(history.curves["step"], history.curves[name], color=LEFT)
        ax.set_title(name)
        ax.set_xlabel("step")
    return axes


def traversal(model, directions, count: int = 5, reach: float = 2.0, steps: int = 5, azimuth: float = 25.0):
    """Draw the body along an embedding's main directions, one row each, from -reach to +reach standard deviations.

    directions: as latent.directions gives them. The middle body is the mean of the training embeddings. Gives the axes.
    """
    amounts = np.linspace(-reach, reach, steps)
    centre, one_sd = _numpy(model.latent_mean), _numpy(directions.vectors) * _numpy(directions.spread)[:, None]
    rows = [model.decode((centre + amounts[:, None] * step).astype(np.float32)) for step in one_sd[:count]]
    titles = [f"{amount:+.1f} sd" for amount in amounts]
    return grid(rows, directions.names[:count], titles, azimuth, ghost=model.decode(centre))


_HOVER = """
const plot = document.getElementById('{plot_id}');
const box = document.createElement('div');
box.style.cssText = 'position:fixed;pointer-events:none;display:none;background:#fff;border:1px solid #ccc';
document.body.appendChild(box);
plot.on('plotly_hover', (event) => {
  const xy = event.points[0].customdata, at = (j) => [60 + xy[2 * j] / 10, 70 - xy[2 * j + 1] / 10];
  const line = ([a, b, c]) => `<line x1="${at(a)[0]}" y1="${at(a)[1]}" x2="${at(b)[0]}" y2="${at(b)[1]}" ` +
    `stroke="${c}" stroke-width="4" stroke-linecap="round"/>`;
  box.innerHTML = `<svg width="120" height="160">${BONES.map(line).join('')}` +
    `<circle cx="${at(0)[0]}" cy="${at(0)[1]}" r="6" fill="#222"/></svg>`;
  box.style.left = `${Math.min(event.event.clientX + 14, innerWidth - 130)}px`;
  box.style.top = `${Math.min(event.event.clientY + 14, innerHeight - 170)}px`;
  box.style.display = 'block';
});
plot.on('plotly_unhover', () => { box.style.display = 'none'; });
"""


def map_figure(points, labels, poses=None, title: str = ""):
    """Make a plotly scatter of a map (n, 2), a colour for each label.

    poses (n, 13, 3): canonical; each point carries its body as seen from azimuth 25, in millimetres, for save_map.
    """
    go = _plotly()
    points, labels = _numpy(points), np.asarray(labels).astype(str)
    bodies = None
    if poses is not None:
        bodies = np.round(1000 * _orthographic(_numpy(poses), 25.0)[0]).astype(int).reshape(len(points), -1)
    traces = []
    for i, name in enumerate(np.unique(labels)):
        here = labels == name
        traces.append(go.Scattergl(
            x=points[here, 0], y=points[here, 1], mode="markers", name=name, hoverinfo="name",
            marker={"size": 4, "color": PALETTE[i % len(PALETTE)], "opacity": 0.8},
            customdata=None if bodies is None else bodies[here],
        ))  # fmt: skip
    axes = {"xaxis": {"visible": False}, "yaxis": {"visible": False, "scaleanchor": "x"}}
    return _figure(traces, title, 560, **axes, plot_bgcolor="white", legend={"itemsizing": "constant"})


def save_map(path, points, labels, poses, title: str = "") -> None:
    """Write a map (n, 2) as one page that needs no network; pointing at a point shows its body.

    poses (n, 13, 3): canonical. The page has about 5 MB, because it contains plotly.
    """
    import json

    from ._files import atomic_path

    script = _HOVER.replace("BONES", json.dumps(COLOURED_BONES))
    figure = map_figure(points, labels, poses, title)
    with atomic_path(path) as temporary:
        figure.write_html(temporary, include_plotlyjs=True, post_script=script)


def plot_choice(detections, choice, ax=None):
    """Draw each person in each frame as a bar over their keypoints' range of x in the picture, in pixels.

    choice: as Detections.choice() gives it; the chosen person is blue, all others are grey. Gives ax.
    """
    ax = _new_ax(ax, (7.0, 3.2))
    x, seen = detections.keypoints[..., 0], detections.confidence > 0
    low = np.where(seen, x, np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, x, -np.inf).max(axis=1, initial=-np.inf)
    others = np.setdiff1d(np.arange(len(detections)), choice.rows)
    for rows, colour, label in ((others, FAINT, "others"), (choice.rows, LEFT, "chosen")):
        ax.vlines(detections.frame[rows], low[rows], high[rows], colors=colour, lw=1.6, label=label)
    ax.set(xlabel="frame", ylabel="x in the picture, pixels", title=choice.why)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax
