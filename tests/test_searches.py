"""Searches, looked at: a perfect method finds itself, look-alikes are different poses, depth is the camera's depth."""

import matplotlib.pyplot as plt
import pytest
import torch

from vvipe_explore import cameras
from vvipe_explore.evaluation import searches
from vvipe_explore.metrics import np_mpjpe, procrustes_align
from vvipe_explore.skeleton import mid_hip


@pytest.fixture(scope="module")
def some(synthetic):
    return torch.from_numpy(synthetic.poses[::400]).float()


class Number:
    """Embeds the row of a pose among all, whatever the camera sees; shifted by so many rows for the query."""

    distance = None

    def __init__(self, row, shift):
        self.row, self.shift = row, shift

    def embed_keypoints(self, keypoints):
        first = self.row + self.shift if len(keypoints) == 1 else 0
        return torch.arange(first, first + len(keypoints), dtype=torch.float32)[:, None]


def test_each_method_has_its_line_and_hits_are_green(some):
    far = int(np_mpjpe(some, some[[4]].expand_as(some)).argmax())
    searches.show_search({"right": Number(4, 0), "wrong": Number(4, far - 4)}, some, 4, k=2)
    axes = plt.gcf().axes
    assert [ax.get_ylabel() for ax in axes] == ["right", "", "", "wrong", "", ""]
    assert axes[1].get_title() == "hit 0.00"
    assert axes[4].get_title().startswith("miss")
    assert [axes[i].title.get_color() for i in (1, 4)] == [searches.HIT, searches.MISS]
    plt.close("all")


def test_look_alikes_differ_and_look_most_alike(some):
    apart = np_mpjpe(some[:, None], some[None])
    views = cameras.view(some, cameras.fixed_orbit([cameras.SEEN[0]]))
    twin = views.clone()
    far = int(apart[2].argmax())
    twin[far] = views[2]  # the camera sees the same in both
    i, j, share = searches.look_alikes(twin, apart)
    assert {i, j} == {2, far}
    assert share == pytest.approx(0, abs=1e-3)
    with pytest.raises(ValueError, match="lower above"):
        searches.look_alikes(views, apart, above=100)


def test_look_alikes_are_drawn_twice_each(some):
    seen = cameras.view(some[:2], cameras.fixed_orbit([cameras.SEEN[0]]))
    axes = plt.subplots(1, 2)[1]
    searches.show_look_alikes(some[:2], seen, axes)
    assert [ax.get_title() for ax in axes] == ["the query camera", "from the side"]
    assert len(axes[0].lines) == len(axes[1].lines)
    half = len(axes[0].lines) // 2
    for ax in axes:
        assert {line.get_color() for line in ax.lines[:half]} == {searches.FAINT}, "grey lies behind"
        assert searches.FAINT not in {line.get_color() for line in ax.lines[half:]}
    plt.close("all")


def test_errors_in_depth_are_depth(some):
    camera = cameras.SEEN[0]
    assert searches.errors_along(some, some, camera).abs().max() < 1e-4
    toward = cameras.orbit_centre(cameras.fixed_orbit([camera]), mid_hip(some)) - mid_hip(some)
    ways = torch.randn(len(some), 13, 1, generator=torch.Generator().manual_seed(0))
    wrong = some + 0.02 * ways * (toward / toward.norm(dim=-1, keepdim=True))[:, None]
    across, down, depth = searches.errors_along(wrong, some, camera).mean(0)
    assert depth > 3 * max(across, down)
    rest = (procrustes_align(wrong, some) - some).square().sum(-1).mean(-1).sqrt()
    measured = searches.errors_along(wrong, some, camera).square().sum(-1).sqrt()
    torso = (some[:, 1:3].mean(1) - mid_hip(some)).norm(dim=-1)
    assert torch.allclose(measured * torso, rest, atol=1e-5)


def test_a_bar_for_each_method_and_camera_set():
    hits = {("chance", "seen"): 3.0, ("ours", "seen"): 80.0, ("chance", "unseen"): 2.0, ("ours", "unseen"): 70.0}
    ax = searches.plot_hits([{"method": m, "cameras": c, "hit@1": value} for (m, c), value in hits.items()])
    assert [[bar.get_width() for bar in bars] for bars in ax.containers] == [[3.0, 80.0], [2.0, 70.0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["chance", "ours"]
    assert ax.get_legend_handles_labels()[1] == ["seen cameras", "unseen cameras"]
    plt.close("all")


class Blind:
    """Embeds the row of each pose, but nothing of use from the camera that it is asked about at this turn."""

    distance = None

    def __init__(self, blind):
        self.blind, self.turn = blind, -1

    def embed_keypoints(self, keypoints):
        self.turn += 1
        rows = torch.arange(len(keypoints), dtype=torch.float32)
        return (rows + 1e6 if self.turn == self.blind else rows)[:, None]


def test_hits_by_angle_are_the_mean_of_the_pairs_as_far_round(some):
    assert searches.hits_by_angle(Blind(None), some) == {45: 100, 90: 100, 135: 100, 180: 100}
    apart = np_mpjpe(some, some[[-1]].expand_as(some)) < 0.1
    last, first = 100 * apart.float().mean(), 100 * (np_mpjpe(some, some[[0]].expand_as(some)) < 0.1).float().mean()
    found = searches.hits_by_angle(Blind(4), some)
    pair = float(last + first) / 2  # one of its two ways finds the last row always, the other the first
    assert found[90] == pytest.approx((14 * 100 + 4 * pair - 2 * 100) / 16, abs=0.01)
    assert found[180] == pytest.approx((6 * 100 + 2 * pair) / 8, abs=0.01)


def test_missed_by_label_by_hand():
    hit = torch.tensor([True, True, False, False, False, True, False])
    labels = ["walk", "walk", "run", "run", "sit", "sit", "bow"]
    assert searches.missed_by_label(hit, labels, at_least=2) == {"walk": 0, "sit": 50, "run": 100}
    assert list(searches.missed_by_label(hit, labels, at_least=2)) == ["walk", "sit", "run"]
    assert searches.missed_by_label(hit, labels) == {}
