"""Poses found by name: which they are, and how PoseExplorer.find shows them."""

import numpy as np
import pytest
import torch

from vvipe_explore._named_poses import EACH, named_poses
from vvipe_explore._page import message
from vvipe_explore.explorer import PoseExplorer
from vvipe_explore.models.networks import PoseVAE
from vvipe_explore.models.vvipe import VVIPE


def test_the_first_is_what_no_other_activity_has():
    z = np.array([[0.0, 3], [1, 0], [-1, -3], [5, 0], [10, 0], [9, 0], [11, 0]])
    label = np.array([0, 0, 0, 0, 1, 1, 1])
    (walk, walks), (kick, kicks) = named_poses(z, label, ["Walk_fast", "kick"])
    assert (walk, kick) == ("walk fast", "kick")
    assert walks[0] == 2  # 10.4 from the nearest kick
    assert kicks[0] == 6  # 6 from the nearest walk
    assert set(kicks) == {4, 5, 6}


def test_examples_are_far_from_one_another_and_at_most_four():
    z = np.concatenate([np.linspace(0, 1, 100), np.full(20, 50.0)])[:, None]
    ((_, first), (_, second)) = named_poses(z, np.repeat([0, 1], [100, 20]), ["a", "b"])
    assert len(first) == len(set(first)) == EACH
    assert first[0] == 0
    assert np.ptp(z[first]) > 0.08  # as far as the tenth that is farthest from b allows
    assert len(second) == EACH


def test_one_activity_alone_has_examples():
    ((_, places),) = named_poses(np.array([[0.0], [1], [5]]), np.zeros(3, int), ["pose"])
    assert places == [0, 2, 1]


@pytest.fixture
def app(synthetic):
    torch.manual_seed(0)
    made = PoseExplorer(VVIPE(PoseVAE(6, 16, 1)), synthetic, points=400)
    yield made
    made.close()


def test_find_shows_a_pose_of_that_name(app):
    z = app.find("Kick")
    assert np.allclose(app.z, z)
    assert np.allclose(app.ghost, z)
    place = int(np.abs(app._tensors["map_z"] - z).sum(1).argmin())
    assert app._header["labels"][app._tensors["map_label"][place]] == "kick"
    assert not np.allclose(app.find("kick", 1), z)


@pytest.mark.parametrize(
    ("name", "which", "says"),
    [("moonwalk", 0, "a pose's name out of bow, .* got 'moonwalk'"), ("", 0, "got ''"), ("kick", 9, "from 0 to 3")],
)
def test_find_says_what_there_is(app, name, which, says):
    before = app.z
    with pytest.raises(ValueError, match=says):
        app.find(name, which)
    assert app.z == before


def test_other_weights_have_another_fingerprint(synthetic):
    torch.manual_seed(0)
    first, second = VVIPE(PoseVAE(6, 16, 1)), VVIPE(PoseVAE(6, 16, 1))
    names = [message(model, synthetic, 50, 3, "pca")[0]["weights"] for model in (first, first, second)]
    assert names[0] == names[1] != names[2]
    assert len(names[0]) == 12
