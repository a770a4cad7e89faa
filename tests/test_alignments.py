"""Other alignments: each takes out what it says, and keeps what it says."""

import json
from pathlib import Path

import pytest
import torch

from vvipe_explore import alignment, datasets, metrics
from vvipe_explore.evaluation import alignments
from vvipe_explore.evaluation.alignments import ALIGNMENTS, lean
from vvipe_explore.training.turns import about


@pytest.fixture(scope="module")
def world():
    """96 world poses of the synthetic sample in float64, some of them crawling or in a push-up."""
    return torch.from_numpy(datasets.load("synthetic").poses[::128]).double()


def turned(poses, axis, degrees):
    """Turn all poses about a world axis."""
    return poses @ about(axis, torch.tensor(float(degrees), dtype=torch.float64)).to(poses).mT


FORGOTTEN = {  # the turns about world axes that an alignment takes out, of a quarter turn about y and of 20 about x
    "as recorded": (False, False), "heading only": (True, False), "hips and spine": (True, True),
    "hips alone": (True, False), "principal axes": (True, True),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_each_takes_out_what_it_says(name, world):
    align, before = ALIGNMENTS[name], ALIGNMENTS[name](world).poses
    for (axis, degrees), forgotten in zip((("y", 90), ("x", 20)), FORGOTTEN[name], strict=True):
        gap = metrics.mpjpe(align(turned(world, axis, degrees)).poses, before)
        assert (gap < 1e-6).all() if forgotten else gap.mean() > 0.05


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_each_is_a_rotation_that_restore_undoes_and_forgets_place_and_size(name, world):
    found = ALIGNMENTS[name](world)
    assert torch.allclose(torch.linalg.det(found.rotation), torch.ones(len(world), dtype=world.dtype))
    assert torch.allclose(found.restore(), world, atol=1e-9)
    assert torch.allclose(ALIGNMENTS[name](2 * world + 3).poses, found.poses, atol=1e-9)


def test_gravity_stays_down_where_it_is_kept(world):
    for name in ("as recorded", "heading only"):
        assert torch.allclose(lean(ALIGNMENTS[name](world).poses), lean(world), atol=1e-6)
    assert lean(alignment.canonicalise(world).poses).max() < 2, "the paper's stands everybody upright"
    assert lean(world).max() > 60


def test_hips_alone_level_the_hips(world):
    hips = alignments.hips_alone(world).poses[:, 7]
    assert torch.allclose(hips[:, 1:], torch.zeros(len(world), 2, dtype=world.dtype), atol=1e-9)
    assert alignments.heading_only(world).poses[:, 7, 1].abs().max() > 1e-3


def test_the_longest_spread_is_up_along_principal_axes(world):
    poses = alignments.principal_axes(world).poses
    spread = poses.var(1)
    assert (spread[:, 1] >= spread[:, 0] - 1e-12).all()
    assert (spread[:, 0] >= spread[:, 2] - 1e-12).all()
    assert (poses[:, 1:3, 1].mean(1) >= 0).all()


def test_lean_by_hand():
    pose = torch.zeros(13, 3)
    pose[1:3, 1] = 1
    assert lean(pose) == 0
    assert lean(turned(pose, "x", 30)).item() == pytest.approx(30, abs=1e-4)
    assert lean(turned(pose, "z", 150)).item() == pytest.approx(150, abs=1e-4)


class Knowing:
    """A stand-in for a trained model that lifts and decodes the truth, and finds every pose."""

    distance = None

    def __init__(self, aligned):
        self.aligned, self.vae = aligned, self

    def encode(self, poses):
        return poses, None

    def decode(self, z):
        return z

    def lift(self, keypoints):
        return self.aligned

    def embed_keypoints(self, keypoints, confidence):
        return torch.arange(len(keypoints)).float()[:, None]


@pytest.mark.parametrize("name", ["heading only", "hips and spine"])
def test_measures_by_hand(name, world):
    poses, align = world.float(), ALIGNMENTS[name]
    row = alignments.measure(Knowing(align(poses).poses), align, poses)
    assert row["reconstruction"] == pytest.approx(0, abs=1e-3)
    assert row["lifted"] == pytest.approx(0, abs=1e-3)
    assert row["as drawn"] == pytest.approx(0, abs=1e-3)
    assert row["hit@1"] == 100
    kept = name == "heading only"
    assert row["lean"] == pytest.approx(0 if kept else lean(poses).mean().item(), abs=1)
    lying = lean(poses)[lean(poses) > alignments.LYING]
    assert row["lean, lying"] == pytest.approx(0 if kept else lying.mean().item(), abs=1)


def test_compare_measures_every_alignment(world):
    poses = world[::2].float()
    rows, models = alignments.compare(poses, poses, 1, 1)
    assert list(rows) == list(models) == list(ALIGNMENTS)
    assert all(set(row) == set(alignments.MEASURES) for row in rows.values())
    assert len({model.fingerprint() for model in models.values()}) == len(ALIGNMENTS)
    table = alignments.as_table(rows).splitlines()
    assert len(table) == 2 + len(alignments.MEASURES)
    assert table[0] == "|  | as recorded | heading only | hips and spine | hips alone | principal axes |"


def test_a_pose_is_drawn_in_every_frame(world):
    import matplotlib.pyplot as plt

    alignments.show_frames(world[0].float(), 90.0, 30.0)
    assert [text.get_text() for text in plt.gca().texts] == list(ALIGNMENTS)
    plt.close("all")


def test_notebook_12_says_of_the_long_runs_what_their_file_says():
    root = Path(__file__).parents[1]
    rows = json.loads((root / "results" / "alignments.json").read_text())["rows"]
    cells = json.loads((root / "notebooks" / "12_other_alignments.ipynb").read_text())["cells"]
    said = " ".join(" ".join("".join(cell["source"]) for cell in cells).split())
    hit = {name: row["hit@1"] for name, row in rows.items()}
    assert (
        f"Hips and spine finds {hit['hips and spine']:.1f} % of the poses and hips alone {hit['hips alone']:.1f} %"
        in said
    )
    assert (
        f"Heading only finds {hit['heading only']:.0f} %, principal axes {hit['principal axes']:.0f} %, as recorded "
        f"{hit['as recorded']:.0f} %" in said
    )
    lying = {name: round(row["lean, lying"]) for name, row in rows.items()}
    kept = [lying[name] for name in ("as recorded", "heading only", "hips alone")]
    assert f"off by {lying['hips and spine']} degrees with hips and spine" in said
    assert f"by {min(kept)} to {max(kept)} degrees with the three that keep the vertical" in said
    price = {name: hit["hips and spine"] - hit[name] for name in ("hips alone", "heading only")}
    assert "*hips alone* cost less than a point" in said
    assert price["hips alone"] < 1
    assert "about two at most in the long ones" in said
    assert round(max(price.values())) <= 2
