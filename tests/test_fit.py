"""A body is moved nearer to its keypoints; the encoder's own sureness and odd joints hold it back."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.keypoints import normalise
from vvipe_explore.lift import fit, lift_sequence
from vvipe_explore.lift.facing import facing, misfit
from vvipe_explore.metrics import pa_mpjpe
from vvipe_explore.models import storage
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.models.vvipe import VVIPE
from vvipe_explore.skeleton import PAPER_13
from vvipe_explore.training.detector_errors import NOISE, detector_errors
from vvipe_explore.training.sources import synthetic

WRIST, LEGS = PAPER_13.index("left_wrist"), slice(PAPER_13.index("left_knee"), 13)


@pytest.fixture(scope="module")
def shipped():
    return storage.load_pretrained("detected")


@pytest.fixture(scope="module")
def seen():
    """Made-up bodies that no training takes in, from one camera: keypoints, confidence, canonical poses."""
    poses = torch.from_numpy(synthetic(trained_on=False).poses[::20])
    keypoints = cameras.view(poses, cameras.fixed_orbit([(70, -10, 5)])).double().numpy()
    return keypoints, np.ones(keypoints.shape[:2]), canonicalise(poses).poses.double().numpy()


def encoded(model, keypoints, confidence):
    """What the 2D encoder says: mu and its standard deviation (n, d)."""
    with torch.no_grad():
        features = model.features(torch.from_numpy(keypoints), torch.from_numpy(confidence))
        mu, log_var = model.keypoint_encoder.both(features)
    return mu.double().numpy(), (log_var / 2).exp().double().numpy()


def decoded(model, z):
    return model.decode(z.astype(np.float32)).astype(np.float64)


def both_ways(model, keypoints, confidence):
    """Bodies as the encoder gives them, and fitted: (n, 13, 3) each."""
    plain = decoded(model, encoded(model, keypoints, confidence)[0] @ model.metric.double().numpy().T)
    return plain, decoded(model, fit.fitted(model, keypoints, confidence))


def moved_by(model, keypoints, off, confidence):
    """How far the body moves (mean, metres) if the picture is off, and what the encoder says is not."""
    mu, deviation = encoded(model, keypoints, confidence)
    rotation = facing(both_ways(model, keypoints, confidence)[0], keypoints, confidence)
    poses = []
    for points in (keypoints, off):
        picture = normalise(points, confidence)[..., :2] * [1, -1]
        weight = confidence[..., None] / (fit.TRUST * NOISE.numpy()[:, None])
        parts = [torch.from_numpy(np.asarray(a)).float() for a in (mu, deviation, picture, weight, rotation)]
        with torch.no_grad():
            poses.append(model.vae.decode(parts[0] + fit._step(model.vae.decode, *parts)))
    return (poses[1] - poses[0]).norm(dim=-1).mean().item()


def shifted(keypoints, far):
    """The left wrist, to the right by a part of the body's size."""
    off = keypoints.copy()
    off[:, WRIST, 0] += far * np.ptp(keypoints, axis=1).max(-1)
    return off


def test_fitted_bodies_cover_their_keypoints_and_are_nearer_to_the_truth(shipped, seen):
    keypoints, sure, true = seen
    bodies = both_ways(shipped, keypoints, sure)
    before, after = (misfit(poses, keypoints, sure, facing(poses, keypoints, sure)) for poses in bodies)
    assert after.mean() < 0.9 * before.mean()
    before, after = (1000 * pa_mpjpe(poses, true) for poses in bodies)
    assert after.mean() < before.mean() - 1.5
    assert (after < before).mean() > 0.9


def test_with_legs_hidden_bodies_are_nearer_to_the_truth_too(shipped, seen):
    keypoints, sure, true = seen
    hidden = sure.copy()
    hidden[:, LEGS] = 0
    before, after = (1000 * pa_mpjpe(poses, true) for poses in both_ways(shipped, keypoints, hidden))
    assert after.mean() < before.mean() - 1.5


def test_a_detectors_errors_do_not_spoil_the_fit(shipped, seen):
    """The protocol's D keypoints, some thrown far: as near to the truth as without the fit."""
    keypoints, _, true = seen
    generator = torch.Generator().manual_seed(0)
    points, sure = (a.double().numpy() for a in detector_errors(torch.from_numpy(keypoints), generator))
    before, after = (1000 * pa_mpjpe(poses, true) for poses in both_ways(shipped, np.nan_to_num(points), sure))
    assert after.mean() < before.mean() + 0.5


def test_one_step_goes_most_of_the_way_to_what_scipy_finds(shipped, seen):
    """The module's sum, written again in numpy and minimised to the end; some joints weigh less, or nothing."""
    keypoints, sure, _ = (rows[::70].copy() for rows in seen)
    sure[:, WRIST], sure[1, 0] = 0.4, 0
    exact = storage.load_pretrained("detected").double()
    mu, deviation = encoded(exact, keypoints, sure)
    turn = facing(exact.vae.decode(torch.from_numpy(mu)).detach().numpy(), keypoints, sure)
    picture, weight = normalise(keypoints, sure)[..., :2] * [1, -1], sure[..., None] / (3 * NOISE.numpy()[:, None])
    after = (fit.fitted(exact, keypoints, sure) @ np.linalg.inv(exact.metric.numpy()).T - mu) / deviation
    still = np.array([0, 0, 0, 0.8, 0, 0])
    for k in range(len(mu)):

        def cost(x, k=k):
            change, by, zoom, shift = np.split(x, [32, 35, 36])
            pose = exact.vae.decode(torch.from_numpy(mu[k] + deviation[k] * change)).detach().numpy()
            pose = (pose - pose[sure[k] > 0].mean(0)) @ turn[k] @ Rotation.from_rotvec(by).as_matrix()
            place = np.exp(zoom) * pose[:, :2] * 4 / (4 - pose[:, 2:]) + shift
            r = (weight[k] * (place - picture[k])) ** 2
            return (5 * np.log1p(r.sum(-1) / 3)).sum() + (change**2).sum()

        def best(change, k=k):  # over how the body stands
            return minimize(lambda y: cost(np.r_[change, y], k), still).fun

        start = best(np.zeros(32))
        end = minimize(cost, np.r_[np.zeros(32), still]).fun
        assert start > end + 0.1
        assert start - best(after[k]) > 0.9 * (start - end)


def test_an_encoder_that_is_sure_is_believed(seen):
    keypoints, sure, _ = seen
    model = storage.load_pretrained("detected")
    torch.nn.init.zeros_(model.keypoint_encoder.log_var.weight)
    moved = []
    for log_var in (-12, 0):
        torch.nn.init.constant_(model.keypoint_encoder.log_var.bias, log_var)
        plain, fitted = both_ways(model, keypoints, sure)
        moved.append(np.linalg.norm(fitted - plain, axis=-1).mean())
    assert 20 * moved[0] < moved[1]
    assert moved[0] < 0.001


def test_a_misplaced_joint_moves_the_body_hardly_more_than_one_that_is_a_little_off(shipped, seen):
    """A wrist, off by parts of the body's size, after the encoder has seen the right one."""
    keypoints, sure, _ = seen
    moved = [moved_by(shipped, keypoints, shifted(keypoints, far), sure) for far in (0.05, 0.2, 1.0)]
    assert moved[1] > 1.5 * moved[0]
    assert 0.3 * moved[1] < moved[2] < 1.2 * moved[1]


def test_a_joint_of_low_confidence_pulls_less_and_a_missing_one_not_at_all(shipped, seen):
    keypoints, sure, _ = seen
    moved = []
    for confidence in (1.0, 0.5, 0.0):
        part = sure.copy()
        part[:, WRIST] = confidence
        moved.append(moved_by(shipped, keypoints, shifted(keypoints, 0.1), part))
    assert moved[0] > 1.2 * moved[1] > 0
    assert moved[2] == 0


def test_a_wrist_counts_less_than_a_shoulder(shipped, seen):
    """The protocol's detector errs most at wrists and ankles."""
    keypoints, sure, _ = seen
    mu, deviation = encoded(shipped, keypoints[:1], sure[:1])
    weights = []

    def spy(decode, mu, deviation, picture, weight, rotation):
        weights.append(weight)
        return torch.zeros_like(mu)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "_step", spy)
        np.testing.assert_allclose(
            fit.fitted(shipped, keypoints[:1], sure[:1]), mu @ shipped.metric.double().numpy().T, atol=1e-4
        )
    assert weights[0][0, 1, 0] == pytest.approx(1.5 * weights[0][0, WRIST, 0].item())
    assert deviation.min() > 0


def test_a_step_that_would_make_the_fit_worse_is_not_taken():
    """One joint's place is mu squared: from near 0, the slope leads far beyond the keypoint."""

    def decode(mu):
        pose = torch.zeros(*mu.shape[:-1], 13, 3)
        pose[..., :, 1] = torch.linspace(-0.5, 0.5, 13)
        pose[..., 5, 0] = 30 * mu[..., 0] ** 2
        return pose

    picture = decode(torch.zeros(1, 1))[..., :2].clone()
    picture[0, 5, 0] = 0.3
    data = torch.ones(1, 1), picture, torch.full((1, 13, 1), 3.0), torch.eye(3)[None]
    for start, taken in ((0.002, False), (0.08, True)):
        step = fit._step(decode, torch.full((1, 1), start), *data)
        assert (step.item() != 0) == taken


def test_frames_are_fitted_alone(shipped, seen, monkeypatch):
    keypoints, sure, _ = seen
    whole = fit.fitted(shipped, keypoints, sure)
    monkeypatch.setattr(fit, "ROWS", 7)
    np.testing.assert_allclose(fit.fitted(shipped, keypoints[:20], sure[:20]), whole[:20], atol=2e-4)
    np.testing.assert_allclose(fit.fitted(shipped, keypoints[:1], sure[:1]), whole[:1], atol=2e-4)


@pytest.mark.parametrize("picture", [
    lambda n: np.stack([np.linspace(0, 1, 13), np.linspace(0, 2, 13)], -1)[None].repeat(n, 0),  # all on a line
    lambda n: np.random.default_rng(0).normal(size=(n, 13, 2)),
    lambda n: 1e7 + 1e-3 * np.random.default_rng(0).normal(size=(n, 13, 2)),
])  # fmt: skip
def test_nonsense_gives_finite_bodies_that_fit_no_worse(shipped, picture):
    keypoints, sure = picture(30), np.ones((30, 13))
    bodies = both_ways(shipped, keypoints, sure)
    assert np.isfinite(bodies[1]).all()
    before, after = (misfit(poses, keypoints, sure, facing(poses, keypoints, sure)) for poses in bodies)
    assert after.mean() <= before.mean() + 1e-6


def test_what_stands_at_a_missing_keypoint_is_not_read(shipped, seen):
    keypoints, sure, _ = (rows[:3].copy() for rows in seen)
    sure[:, WRIST] = 0
    usual = fit.fitted(shipped, keypoints, sure)
    keypoints[:, WRIST] = np.nan
    np.testing.assert_array_equal(fit.fitted(shipped, keypoints, sure), usual)


def test_without_the_fit_a_sequence_is_what_lift_gives(shipped, seen):
    keypoints, _, _ = seen
    plain, moved = (lift_sequence(shipped, keypoints, smoothing=None, fit=wanted) for wanted in (False, True))
    np.testing.assert_allclose(plain.poses, shipped.lift(keypoints), atol=1e-5)
    assert np.abs(moved.poses - plain.poses).max() > 0.01
    assert (moved.fitted, moved.calibrated) == (True, True)
    assert (plain.fitted, plain.calibrated) == (False, False)


def test_a_model_that_does_not_say_how_unsure_it_is_is_not_fitted(seen):
    torch.manual_seed(0)
    model = VVIPE(PoseVAE(6, 16, 1), KeypointEncoder(6, 16, 1)).eval().requires_grad_(False)
    keypoints, _, _ = seen
    lifted = lift_sequence(model, keypoints, smoothing=None, fit=True)
    assert not lifted.fitted
    np.testing.assert_allclose(lifted.poses, model.lift(keypoints), atol=1e-5)
