"""Pictures say what is true: left is left, up is up, what is missing is not drawn, a saved page needs no network."""

import re

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt

from vvipe_explore import _files, datasets, latent, plots
from vvipe_explore.alignment import canonicalise
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.models.vvipe import VVIPE
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


def test_a_body_that_faces_the_reader_has_its_left_on_the_readers_right_and_its_head_up(poses):
    ax = plots.body(poses[0], azimuth=0)
    assert middle(ax, plots.LEFT)[0] > middle(ax, plots.RIGHT)[0]
    assert middle(ax, plots.INK)[1] > middle(ax, plots.TRUNK)[1]


def test_a_body_seen_from_behind_has_its_left_on_the_readers_left(poses):
    ax = plots.body(poses[0], azimuth=180)
    assert middle(ax, plots.LEFT)[0] < middle(ax, plots.RIGHT)[0]


def test_keypoints_are_drawn_y_down_and_missing_ones_not_at_all():
    points = np.stack([np.linspace(0, 100, 13), np.linspace(0, 300, 13)], -1)
    confidence = np.ones(13)
    confidence[[5, 11]] = 0
    ax = plots.keypoints_2d(points, confidence)
    assert ax.yaxis_inverted()
    drawn = np.concatenate([line.get_xydata() for line in ax.lines])
    assert not any(np.allclose(points[j], row) for j in (5, 11) for row in drawn)
    assert any(np.allclose(points[6], row) for row in drawn)


def test_a_strip_has_a_title_a_body_and_they_do_not_overlap(poses):
    ax = plots.strip(poses[:4], titles=["a", "b", "c", "d"], ghost=poses[0])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "d"]
    places = [text.get_position()[0] for text in ax.texts]
    assert np.allclose(np.diff(places), 1.15)


def test_plotly_bodies_stand_upright_with_left_on_the_viewers_right(poses):
    traces = {trace.name: trace for trace in plots.body_figure(poses[0], ghost=poses[1]).data}
    assert set(traces) == {"left", "right", "trunk", "ghost"}
    assert np.nanmean(traces["left"].x) > np.nanmean(traces["right"].x)
    assert np.nanmax(traces["trunk"].z) > np.nanmean(traces["left"].z)


def test_a_saved_map_needs_no_network_and_carries_the_bodies(tmp_path, poses):
    path = tmp_path / "map.html"
    plots.save_map(path, poses[:, 0, :2], ["</script><b>x", "walk"] * 9, poses, "A map")
    page = path.read_text()
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="?https?:', page)
    assert "plotly_hover" in page
    assert "</script><b>x" not in page
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]


def test_a_traversal_has_a_row_for_each_direction(poses):
    model = VVIPE(PoseVAE(4, 16, 1), KeypointEncoder(4, 16, 1)).eval()
    found = latent.directions(model, np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32), n=3)
    axes = plots.traversal(model, found, count=3)
    assert [ax.get_title(loc="left") for ax in axes] == found.names


def test_curves_and_scatter_draw_what_they_are_given():
    history = History(curves={"step": [1, 2], "loss": [3.0, 2.0]})
    ax = plots.curves(history, ["loss"])
    assert np.atleast_1d(ax)[0].lines[0].get_ydata().tolist() == [3.0, 2.0]
    ax = plots.scatter(np.zeros((3, 2)), ["walk", "run", "run"])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["run", "walk"]


def test_the_sample_in_data_is_the_registered_one():
    from vvipe_explore.datasets.registry import data_file, index

    assert _files.sha256(data_file("synthetic.npz")) == index("synthetic")["sha256"]
    assert data_file("synthetic.npz").stat().st_size <= 3_000_000
