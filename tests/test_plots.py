"""Pictures: left is left, up is up, missing keypoints are not drawn, a saved page needs no network."""

import base64
import re

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgba

from vvipe_explore import _files, cameras, datasets, plots
from vvipe_explore.alignment import canonicalise
from vvipe_explore.latent import Directions
from vvipe_explore.skeleton import PAPER_13
from vvipe_explore.training.loop import History


@pytest.fixture(scope="module")
def poses():
    return canonicalise(datasets.load("synthetic").poses[::700]).poses


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def middle(ax, colour):
    """Mean x and y of what is drawn in a colour."""
    lines = [line.get_xydata() for line in ax.lines if line.get_color() == colour]
    return np.concatenate(lines).mean(0)


def lines(ax):
    """What a body is drawn with: the lines' end points, a body after another (bodies, 27, 2)."""
    return np.concatenate([line.get_xydata() for line in ax.lines]).reshape(-1, 27, 2)


def test_a_body_that_faces_the_reader_has_its_left_on_the_readers_right_and_its_head_up(poses):
    ax = plots.body(poses[0], azimuth=0)
    assert middle(ax, plots.LEFT)[0] > middle(ax, plots.RIGHT)[0]
    assert middle(ax, plots.INK)[1] > middle(ax, plots.TRUNK)[1]


def test_a_body_seen_from_behind_has_its_left_on_the_readers_left(poses):
    ax = plots.body(poses[0], azimuth=180)
    assert middle(ax, plots.LEFT)[0] < middle(ax, plots.RIGHT)[0]


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (90, 0), (130, 40)])
def test_a_body_is_drawn_as_a_far_camera_sees_it(poses, azimuth, elevation):
    pose = np.float64(poses[:1])
    seen = cameras.view(pose, cameras.fixed_orbit([(azimuth, elevation, 0)], 1e5))[0] - cameras.IMAGE_SIZE / 2
    expected = seen * [1, -1] * 1e5 / cameras.FOCAL_LENGTH
    drawn = lines(plots.body(pose[0], azimuth=azimuth, elevation=elevation))[0]
    assert all(np.abs(drawn - joint).sum(1).min() < 1e-3 for joint in expected)


def test_bones_have_the_colour_of_their_side():
    colours = {frozenset((PAPER_13[a], PAPER_13[b])): colour for a, b, colour in plots.COLOURED_BONES}
    assert colours[frozenset(("left_elbow", "left_wrist"))] == plots.LEFT
    assert colours[frozenset(("left_shoulder", "left_hip"))] == plots.LEFT
    assert colours[frozenset(("right_knee", "right_ankle"))] == plots.RIGHT
    assert colours[frozenset(("left_hip", "right_hip"))] == plots.TRUNK


def test_keypoints_are_drawn_y_down_and_missing_ones_not_at_all():
    points = np.stack([np.linspace(0, 100, 13), np.linspace(0, 300, 13)], -1)
    confidence = np.ones(13)
    confidence[[5, 11]] = 0
    ax = plots.keypoints_2d(points, confidence)
    assert ax.yaxis_inverted()
    drawn = np.concatenate([line.get_xydata() for line in ax.lines])
    assert not any(np.allclose(points[j], row) for j in (5, 11) for row in drawn)
    assert any(np.allclose(points[6], row) for row in drawn)


@pytest.mark.parametrize("gap", [1.15, 2.0])
def test_a_strip_has_each_body_and_its_title_one_gap_further_right(poses, gap):
    ax = plots.strip(poses[:4], titles=["a", "b", "c", "d"], gap=gap)
    alone = np.concatenate([lines(plots.body(pose)) for pose in poses[:4]])
    moved = lines(ax) - alone
    assert np.allclose(moved, gap * np.arange(4)[:, None, None] * [1, 0])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "d"]
    places = np.array([text.get_position() for text in ax.texts])
    assert np.allclose(places[:, 0], gap * np.arange(4))
    assert places[:, 1].max() < lines(ax)[..., 1].min()
    assert ax.get_xlim()[0] < 0
    assert 3 * gap < ax.get_xlim()[1] < 4 * gap


def test_a_strip_cuts_no_body(poses):
    wide = poses[:3] * np.array([5.0, 1, 1], dtype=np.float32)
    for ax in (plots.strip(wide, gap=0.3), plots.over(poses[:3], wide, gap=0.3)):
        low, high = ax.get_xlim()
        assert low < lines(ax)[..., 0].min()
        assert high > lines(ax)[..., 0].max()


def test_ghosts_are_grey_and_behind_their_bodies(poses):
    same, own = plots.strip(poses[:2], ghost=poses[2]), plots.over(poses[:2], poses[2:4])
    for ax, first, order in ((same, poses[[2, 2]], [0, 2]), (own, poses[2:4], [0, 1])):
        alone = np.concatenate([lines(plots.body(pose, offset=(1.15 * i, 0))) for i, pose in enumerate(first)])
        assert np.allclose(lines(ax)[order], alone)
        assert {line.get_color() for line in ax.lines[:14]} == {plots.FAINT}


def test_plotly_bodies_stand_upright_with_left_on_the_viewers_right(poses):
    traces = {trace.name: trace for trace in plots.body_figure(poses[0], ghost=poses[1]).data}
    assert set(traces) == {"left", "right", "trunk", "ghost"}
    assert np.nanmean(traces["left"].x) > np.nanmean(traces["right"].x)
    assert np.nanmax(traces["trunk"].z) > np.nanmean(traces["left"].z)
    assert np.nanmax(traces["ghost"].z) == pytest.approx(poses[1][:, 1].max())


def test_a_saved_map_needs_no_network_and_carries_the_bodies(tmp_path, poses):
    path = tmp_path / "map.html"
    labels = ["</script><b>x", "walk"] * 9
    plots.save_map(path, poses[:, 0, :2], labels, poses, "A map")
    page = path.read_text()
    carried = plots.map_figure(poses[:, 0, :2], labels, poses).data[1].customdata[0]
    x, y, z = poses[1, 5]   # the left wrist, in millimetres
    assert carried[10:12] == pytest.approx([1000 * (0.906308 * x - 0.422618 * z), 1000 * y], abs=0.6)
    assert base64.b64encode(np.int16(carried)).decode()[:64] in page.replace(r"\u002f", "/")
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="?https?:', page)
    assert "plotly_hover" in page
    assert "</script><b>x" not in page
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]


class Wrist:
    """A model whose first dimension lifts the left wrist, and whose second lifts the right one."""

    latent_mean = np.array([1.0, 0.0])

    def decode(self, z):
        pose = np.zeros((*np.shape(z)[:-1], 13, 3))
        pose[..., [5, 6], 1] = z
        return pose


def test_a_traversal_has_a_row_for_each_direction():
    found = Directions(["left arm up", "right arm up"], np.eye(2), np.array([0.5, 3.0]), np.ones(2))
    axes = plots.traversal(Wrist(), found)
    assert [ax.get_title(loc="left") for ax in axes] == found.names
    assert [text.get_text() for text in axes[1].texts] == ["-2.0 sd", "-1.0 sd", "+0.0 sd", "+1.0 sd", "+2.0 sd"]
    for ax, colour, heights in ((axes[0], plots.LEFT, [0, 0.5, 1, 1.5, 2]), (axes[1], plots.RIGHT, [-6, -3, 0, 3, 6])):
        ends = [np.ptp(line.get_ydata()) for line in ax.lines if line.get_color() == colour]
        tall = np.abs(heights) * np.cos(np.radians(8))   # seen from elevation 8
        assert np.reshape(ends, (5, -1)).max(1) == pytest.approx(tall)


def test_curves_and_scatter_draw_what_they_are_given():
    history = History(curves={"step": [1, 2], "loss": [3.0, 2.0]})
    ax = plots.curves(history, ["loss"])
    assert np.atleast_1d(ax)[0].lines[0].get_xydata().tolist() == [[1, 3], [2, 2]]
    ax = plots.scatter([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], ["walk", "run", "run"])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["run", "walk"]
    (drawn,) = ax.collections
    legend = {line.get_label(): to_rgba(line.get_color(), 0.7) for line in ax.lines}
    places, colours = drawn.get_offsets().tolist(), drawn.get_facecolors()
    at = {tuple(place): tuple(colour) for place, colour in zip(places, colours, strict=True)}
    assert at == {(0, 1): legend["walk"], (2, 3): legend["run"], (4, 5): legend["run"]}
    assert len(set(legend.values())) == 2


def test_no_label_of_a_map_covers_the_others():
    labels = ["run"] * 60 + ["walk"] * 50
    (drawn,) = plots.scatter(np.zeros((110, 2)), labels).collections
    colours = drawn.get_facecolors()
    last = (colours[-40:] == colours[-1]).all(1)
    assert 10 < last.sum() < 30


def test_a_map_of_many_labels_has_eight_colours_and_the_rest_is_grey():
    labels = [f"activity {k:02d}" for k in range(10) for _ in range(20 - k)]
    ax = plots.scatter(np.arange(2.0 * len(labels)).reshape(-1, 2), labels)
    assert [line.get_label() for line in ax.lines] == [*(f"activity {k:02d}" for k in range(7)), "others"]
    assert len({line.get_color() for line in ax.lines}) == 8
    assert ax.lines[-1].get_color() == plots.FAINT
    (drawn,) = ax.collections
    assert len(drawn.get_offsets()) == len(labels)
    grey = (drawn.get_facecolors() == to_rgba(plots.FAINT, 0.7)).all(1)
    assert grey.sum() == 13 + 12 + 11
    assert grey[: grey.sum()].all()  # below the colours
    eight = plots.scatter(np.zeros((8, 2)), range(8))
    assert [line.get_label() for line in eight.lines] == list("01234567")


def test_views_share_a_scale_and_heat_maps_show_their_numbers():
    small = np.stack([np.linspace(0, 40, 13), np.linspace(0, 100, 13)], -1)
    axes = plots.views([small, 2 * small + 500], borders=["red", "blue"])
    limits = np.array([[ax.get_xlim(), ax.get_ylim()] for ax in axes])
    assert np.allclose(limits.mean(-1), [[20, 50], [540, 600]])
    assert np.allclose(np.diff(limits[0]), np.diff(limits[1]))
    assert (np.diff(limits[:, 1]) < 0).all()
    assert [ax.spines["top"].get_edgecolor()[:3] for ax in axes] == [(1, 0, 0), (0, 0, 1)]
    ax = plots.heat_map([[1, np.nan], [30, 4]], ["a", "b"])
    assert {text.get_position(): text.get_text() for text in ax.texts} == {(0, 0): "1", (0, 1): "30", (1, 1): "4"}


def test_the_sample_in_data_is_the_registered_one():
    from vvipe_explore.datasets.registry import data_file, index

    assert _files.sha256(data_file("synthetic.npz")) == index("synthetic")["sha256"]
    assert data_file("synthetic.npz").stat().st_size <= 3_000_000
