"""Test-time averaging and the uncertain distance."""

import pytest
import torch

from vvipe_explore import cameras
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.models.test_time import Averaged, Unsure, rotate_keypoints
from vvipe_explore.models.vvipe import VVIPE
from vvipe_explore.training import objectives
from vvipe_explore.training.loop import fit
from vvipe_explore.training.projected_poses import ProjectedPoses


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return VVIPE(PoseVAE(6, 32, 1), KeypointEncoder(6, 32, 1, log_var=True)).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def seen(synthetic):
    poses = torch.from_numpy(synthetic.poses[::300])
    return cameras.view(poses, cameras.fixed_orbit([cameras.SEEN[1]]))


def test_a_right_angle_takes_x_to_y():
    right = torch.tensor([[1.0, 0.0]])
    torch.testing.assert_close(rotate_keypoints(right, 90), torch.tensor([[0.0, 1.0]]), atol=1e-6, rtol=0)


def test_a_rotation_is_the_camera_s_roll(synthetic):
    """Rotating the keypoints is rolling the camera, up to where the person stands in the picture."""
    poses = torch.from_numpy(synthetic.poses[::300])
    upright, rolled = (cameras.view(poses, cameras.fixed_orbit([(30.0, 5.0, roll)])) for roll in (0.0, 12.0))
    got = rotate_keypoints(upright, 12.0)
    first, second = (points - points.mean(1, keepdim=True) for points in (got, rolled))
    torch.testing.assert_close(first, second, atol=0.05, rtol=0)


class Told:
    """A model that embeds keypoints as where joint 12 lies and how many joints are seen, joint 0 counting for 100."""

    @staticmethod
    def embed_keypoints(keypoints, confidence=None):
        seen = confidence.sum(-1) + 99 * confidence[..., 0]
        return torch.stack([keypoints[..., 12, 0], keypoints[..., 12, 1], seen], -1)

    @staticmethod
    def decode(z):
        return 2 * z


def spread_out():
    """Thirteen keypoints on a line, the last at (2, 0)."""
    keypoints = torch.zeros(1, 13, 2)
    keypoints[0, :, 0] = torch.arange(13) / 6
    return keypoints


def test_averaged_over_rolls_by_hand():
    """(2, 0) rotated by 0, 90 and 90 degrees: (2, 0), (0, 2), (0, 2)."""
    expected = torch.tensor([[2 / 3, 4 / 3, 112.0]])
    averaged = Averaged(Told, [0.0, 90.0, 90.0], hide=False)
    torch.testing.assert_close(averaged.embed_keypoints(spread_out()), expected)
    torch.testing.assert_close(averaged.lift(spread_out()), 2 * expected)


def test_averaged_over_hidden_joints_by_hand():
    """Of 14 copies one has all joints (112), one lacks joint 0 (12), twelve lack another (111); three joints stay."""
    sure = torch.ones(2, 13)
    sure[1, 3:] = 0
    got = Averaged(Told).embed_keypoints(spread_out().expand(2, -1, -1), sure)[:, 2]
    torch.testing.assert_close(got, torch.tensor([(112 + 12 + 12 * 111) / 14, 102.0]))


def test_unsure_distance_by_hand(model):
    a = torch.tensor([[1.0, 0.0, 0.0, 0.0]])  # z = (1, 0), variances 1 and 1
    b = torch.tensor([[3.0, 1.0, torch.tensor(3.0).log(), 0.0]])  # z = (3, 1), variances 3 and 1
    got = Unsure.distance(a, b)
    expected = 4 / 4 + torch.tensor(4.0).log() + 1 / 2 + torch.tensor(2.0).log()
    torch.testing.assert_close(got, expected.reshape(1, 1))
    assert Unsure(model).distance(torch.zeros(130, 4), torch.zeros(3, 4)).shape == (130, 3)


def test_log_var_goes_through_the_metric(model, seen):
    """A metric of factor 3 in one dimension raises that dimension's log_var by log 9."""
    before = model.keypoint_log_var(seen)
    model.metric[2, 2] = 3.0
    try:
        after = model.keypoint_log_var(seen)
    finally:
        model.metric[2, 2] = 1.0
    change = torch.zeros(6)
    change[2] = torch.tensor(9.0).log()
    torch.testing.assert_close(after - before, change.expand_as(before), atol=1e-5, rtol=1e-4)
    embedding = Unsure(model).embed_keypoints(seen)
    assert embedding.shape == (len(seen), 12)


def test_without_log_var_it_says_what_to_do():
    plain = VVIPE(PoseVAE(6, 32, 1), KeypointEncoder(6, 32, 1)).eval()
    with pytest.raises(ValueError, match=r"KeypointEncoder\(log_var=True\)"):
        plain.keypoint_log_var(torch.arange(26.0).reshape(1, 13, 2))


def test_log_var_leaves_the_mean_alone(synthetic):
    """Trained with and without it, the mean is the same."""
    poses = torch.from_numpy(synthetic.poses[::100])
    torch.manual_seed(0)
    vae = PoseVAE(6, 32, 1)
    nets = [KeypointEncoder(6, 32, 1, log_var=bool(flag)) for flag in (0, 1)]
    nets[1].net.load_state_dict(nets[0].net.state_dict())
    for net in nets:
        fit(objectives.KeypointObjective(net, ProjectedPoses(poses, batch=32), poses, vae), 20, progress=False)
    for first, second in zip(nets[0].net.parameters(), nets[1].net.parameters(), strict=True):
        torch.testing.assert_close(first, second, atol=1e-6, rtol=1e-5)
    assert nets[1].log_var.weight.abs().sum() > 0
