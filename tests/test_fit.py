"""A body is moved to where it fits its keypoints; the encoder's own sureness and odd joints hold it back."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.keypoints import normalise
from vvipe_explore.lift import certainty, fit, lift_sequence
from vvipe_explore.lift.facing import facing, misfit
from vvipe_explore.metrics import pa_mpjpe
from vvipe_explore.models import storage
from vvipe_explore.skeleton import PAPER_13
from vvipe_explore.training.detector_errors import NOISE
from vvipe_explore.training.sources import synthetic


@pytest.fixture(scope="module")
def shipped():
    return storage.load_pretrained("detected")


@pytest.fixture(scope="module")
def seen():
    """Made-up bodies that no training takes in, from one camera: keypoints, confidence, canonical poses."""
    poses = torch.from_numpy(synthetic(trained_on=False).poses[::20])
    keypoints = cameras.view(poses, cameras.fixed_orbit([(70, -10, 5)])).double().numpy()
    return keypoints, np.ones(keypoints.shape[:2]), canonicalise(poses).poses.double().numpy()


def embedded(model, keypoints, confidence):
    """What lift_sequence gives to the fit: z and log_var."""
    z = np.asarray(model.embed_keypoints(keypoints, confidence), np.float64)
    return z, certainty.predicted(model, keypoints, confidence, np.ones(len(z), bool))


def decoded(model, z):
    return model.decode(z.astype(np.float32)).astype(np.float64)


def test_fitted_bodies_cover_their_keypoints_and_are_nearer_to_the_truth(shipped, seen):
    keypoints, sure, true = seen
    z, log_var = embedded(shipped, keypoints, sure)
    bodies = [decoded(shipped, rows) for rows in (z, fit.fitted(shipped, z, log_var, keypoints, sure))]
    left, error = [], []
    for poses in bodies:
        left.append(misfit(poses, keypoints, sure, facing(poses, keypoints, sure)))
        error.append(1000 * pa_mpjpe(poses, true))
    assert left[1].mean() < 0.9 * left[0].mean()
    assert error[1].mean() < error[0].mean() - 1.5
    assert (error[1] < error[0]).mean() > 0.9


def test_one_step_goes_most_of_the_way_to_what_scipy_finds(shipped, seen):
    """The sum of the module's text, written again in numpy and minimised to the end."""
    keypoints, sure, _ = (rows[::70] for rows in seen)
    z, log_var = embedded(shipped, keypoints, sure)
    exact = storage.load_pretrained("detected").double()
    metric, scale = exact.metric.numpy(), np.exp(log_var / 2)
    turn = facing(decoded(shipped, z), keypoints, sure)
    picture = normalise(keypoints)[..., :2] * [1, -1]
    after = (fit.fitted(shipped, z, log_var, keypoints, sure) - z) @ np.linalg.inv(metric).T / scale
    still = np.array([0, 0, 0, 0.8, 0, 0])
    for k in range(len(z)):

        def cost(x, k=k):
            change, by, zoom, shift = np.split(x, [32, 35, 36])
            pose = exact.decode(z[k] + metric @ (scale[k] * change))
            pose = (pose - pose.mean(0)) @ turn[k] @ Rotation.from_rotvec(by).as_matrix()
            place = np.exp(zoom) * pose[:, :2] * 4 / (4 - pose[:, 2:]) + shift
            r = ((place - picture[k]) / (3 * NOISE.numpy()[:, None])) ** 2
            return (5 * np.log1p(r.sum(-1) / 3)).sum() + (change**2).sum()

        def best(change, k=k):  # over how the body stands
            return minimize(lambda y: cost(np.r_[change, y], k), still).fun

        start = best(np.zeros(32))
        end = minimize(cost, np.r_[np.zeros(32), still]).fun
        assert start > end + 0.1
        assert start - best(after[k]) > 0.9 * (start - end)


def test_an_encoder_that_is_sure_is_believed(shipped, seen):
    keypoints, sure, _ = seen
    z, log_var = embedded(shipped, keypoints, sure)
    np.testing.assert_allclose(fit.fitted(shipped, z, np.full_like(log_var, -40), keypoints, sure), z, atol=1e-4)


def test_a_misplaced_joint_moves_the_body_hardly_more_than_one_that_is_a_little_off(shipped, seen):
    """A wrist, off by parts of the body's size, after the encoder has seen the right one."""
    keypoints, sure, _ = seen
    z, log_var = embedded(shipped, keypoints, sure)
    usual, wrist = decoded(shipped, fit.fitted(shipped, z, log_var, keypoints, sure)), PAPER_13.index("left_wrist")
    moved = []
    for far in (0.05, 0.2, 1.0):
        off = keypoints.copy()
        off[:, wrist, 0] += far * np.ptp(keypoints, axis=1).max(-1)
        poses = decoded(shipped, fit.fitted(shipped, z, log_var, off, sure))
        moved.append(np.linalg.norm(poses - usual, axis=-1).mean())
    assert moved[1] > 1.5 * moved[0]
    assert moved[2] < 1.2 * moved[1]


def test_a_joint_of_low_confidence_pulls_less_and_a_missing_one_not_at_all(shipped, seen):
    keypoints, sure, _ = seen
    z, log_var = embedded(shipped, keypoints, sure)
    off, wrist = keypoints.copy(), PAPER_13.index("left_wrist")
    off[:, wrist, 0] += 0.1 * np.ptp(keypoints, axis=1).max(-1)
    moved = []
    for confidence in (1.0, 0.5, 0.0):
        sure[:, wrist] = confidence
        both = [decoded(shipped, fit.fitted(shipped, z, log_var, k, sure)) for k in (keypoints, off)]
        moved.append(np.linalg.norm(both[1] - both[0], axis=-1).mean())
    sure[:, wrist] = 1
    assert moved[0] > 1.2 * moved[1] > 0
    assert moved[2] == 0


def test_frames_are_fitted_alone(shipped, seen, monkeypatch):
    keypoints, sure, _ = seen
    z, log_var = embedded(shipped, keypoints, sure)
    whole = fit.fitted(shipped, z, log_var, keypoints, sure)
    monkeypatch.setattr(fit, "ROWS", 7)
    part = fit.fitted(shipped, *(rows[:20] for rows in (z, log_var, keypoints, sure)))
    np.testing.assert_allclose(part, whole[:20], atol=2e-4)


@pytest.mark.parametrize("picture", [
    lambda n: np.stack([np.linspace(0, 1, 13), np.linspace(0, 2, 13)], -1)[None].repeat(n, 0),  # all on a line
    lambda n: np.random.default_rng(0).normal(size=(n, 13, 2)),
    lambda n: 1e7 + 1e-3 * np.random.default_rng(0).normal(size=(n, 13, 2)),
])  # fmt: skip
def test_nonsense_gives_finite_bodies_that_fit_no_worse(shipped, picture):
    keypoints, sure = picture(30), np.ones((30, 13))
    z, log_var = embedded(shipped, keypoints, sure)
    moved = fit.fitted(shipped, z, log_var, keypoints, sure)
    assert np.isfinite(decoded(shipped, moved)).all()
    bodies = [decoded(shipped, rows) for rows in (z, moved)]
    before, after = (misfit(poses, keypoints, sure, facing(poses, keypoints, sure)) for poses in bodies)
    assert after.mean() <= before.mean() + 1e-6


def test_without_the_fit_a_sequence_is_what_lift_gives(shipped, seen):
    keypoints, _, _ = seen
    plain, moved = (lift_sequence(shipped, keypoints, smoothing=None, fit=wanted) for wanted in (False, True))
    np.testing.assert_allclose(plain.poses, shipped.lift(keypoints), atol=1e-5)
    assert np.abs(moved.poses - plain.poses).max() > 0.01
    assert moved.calibrated
    assert not plain.calibrated
