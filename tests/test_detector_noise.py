"""A detector's errors: the measurement finds the errors that were put in, and the real recording's known figures."""

import dataclasses

import numpy as np
import pytest
import torch

from vvipe_explore import cameras
from vvipe_explore.datasets import pose2sim
from vvipe_explore.evaluation import detector_noise
from vvipe_explore.skeleton import PAPER_13, mirror_name, torso_length
from vvipe_explore.training import detector_errors

SWAP = 2 * detector_errors.SWAP_PROBABILITY * (1 - detector_errors.SWAP_PROBABILITY)
ARMS = (3, 4, 5, 6)


@pytest.fixture(scope="module")
def exact(synthetic):
    """Exact keypoints of 3,000 synthetic poses from one camera, (n, 13, 2), pixels."""
    poses = torch.from_numpy(synthetic.poses)
    rows = torch.linspace(0, len(poses) - 1, 3000).long()
    return cameras.view(poses[rows], cameras.fixed_orbit([cameras.UNSEEN[1]])).double().numpy()


@pytest.fixture(scope="module")
def unit(exact):
    """Pixels a torso, as the protocol's: (n,)."""
    return np.maximum(torso_length(torch.from_numpy(exact)).numpy(), np.ptp(exact[..., 1], axis=1) / 4)


@pytest.fixture(scope="module")
def protocol(exact, unit):
    """Two cameras with the protocol's errors and a shift of their own, measured."""
    found = {}
    for name, shift in (("first", (0.05, -0.02)), ("second", (-0.1, 0.0))):
        generator = torch.Generator().manual_seed(len(found))
        detected, confidence = detector_errors.detector_errors(torch.from_numpy(exact), generator)
        detected = detected.numpy() + shift * unit[:, None, None]
        found[name] = detector_noise.camera_errors(exact, detected, confidence.numpy())
    return found


def test_the_protocol_s_own_figures_come_back(protocol):
    got = detector_noise.summarise(protocol)
    assert got.spread == pytest.approx(detector_errors.NOISE.numpy(), rel=0.08)  # 2 % are outliers: 3 % wider
    assert got.spread_without_bias == pytest.approx(got.spread, rel=0.02)
    assert protocol["first"].shift == pytest.approx([0.05, -0.02], abs=0.001)
    assert protocol["second"].shift == pytest.approx([-0.1, 0.0], abs=0.001)
    frames = 2 * 3000 * 13
    assert abs(got.missing - 0.02) < 4 * (0.02 * 0.98 / frames) ** 0.5
    assert got.gap == pytest.approx(got.gap_if_independent, rel=0.02)
    assert abs(got.autocorrelation) < 0.02


def test_the_protocol_s_outliers_come_back(exact, monkeypatch):
    """Without swaps: a swap of limbs that are near to each other does not show, and looks like an outlier or two."""
    monkeypatch.setattr(detector_errors, "SWAP_PROBABILITY", 0.0)
    detected, sure = detector_errors.detector_errors(torch.from_numpy(exact), torch.Generator().manual_seed(3))
    got = detector_noise.summarise({"c": detector_noise.camera_errors(exact, detected.numpy(), sure.numpy())})
    expected = detector_noise._assumed_outliers()
    assert expected == pytest.approx(0.018, abs=0.001)
    assert abs(got.outliers - expected) < 4 * (expected / (3000 * 13)) ** 0.5
    assert got.swapped == {"arms": 0.0, "legs": 0.0}


def test_the_protocol_s_swaps_come_back(protocol):
    got = detector_noise.summarise(protocol).swapped
    decidable = sum(camera.decidable.sum(0) for camera in protocol.values())
    assert (decidable > 1500).all()
    for share, n in zip(got.values(), decidable, strict=True):
        assert abs(share - SWAP) < 4 * (SWAP * (1 - SWAP) / n) ** 0.5


def test_swapped_frames_are_the_ones_that_were_swapped(exact, unit):
    """In a camera that is shifted by 0.4 torso, with noise, a tenth of the arms are swapped: just these are found."""
    rng = np.random.default_rng(0)
    noise = 0.02 * rng.standard_normal(exact.shape) + [0.4, 0.0]
    detected, wrong = exact + noise * unit[:, None, None], np.arange(len(exact)) % 10 == 0
    detected[wrong] = detected[wrong][:, [0, 1, 2, 4, 3, 6, 5, 7, 8, 9, 10, 11, 12]]
    got = detector_noise.camera_errors(exact, detected, np.ones(exact.shape[:2]))
    arms, legs = got.swapped.T
    decidable = got.decidable[:, 0]
    assert decidable.sum() > 1000
    assert (arms[decidable] == wrong[decidable]).all()
    assert not arms[~decidable].any()
    assert not legs.any()
    whole = detector_noise.summarise({"camera": got})
    assert whole.spread[list(ARMS)].max() < 0.025
    # the joints of a known swap are no outliers
    off = np.linalg.norm(got.residuals, axis=-1) > detector_noise.OUTLIER_DISTANCE
    assert off.mean() > 0.015
    assert whole.outliers < 0.5 * off.mean()


def test_a_swap_shows_with_one_side_missing_and_not_with_a_single_joint(exact):
    frame = exact[:50]
    confidence = np.ones((50, 13))
    confidence[:, [4, 6]] = 0  # the right arm is not there; the left lies where the right is
    detected = frame.copy()
    detected[:, [3, 5]] = frame[:, [4, 6]]
    got = detector_noise.camera_errors(frame, detected, confidence)
    assert got.decidable[:, 0].any()
    assert got.swapped[got.decidable[:, 0], 0].all()
    confidence[:, 5] = 0
    assert not detector_noise.camera_errors(frame, detected, confidence).decidable[:, 0].any()


def test_gaps_by_hand():
    missing = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1], bool)
    assert detector_noise.gap_lengths(missing).tolist() == [1, 2, 3]
    assert detector_noise.gap_lengths(~missing).tolist() == [1, 2]
    assert detector_noise.gap_lengths(np.zeros(0, bool)).tolist() == []
    assert detector_noise.gap_lengths(np.ones(4, bool)).tolist() == [4]


def test_clustered_misses_and_slow_noise_differ_from_independent_ones(exact, unit):
    """The nose is gone for 50 frames in each 100; the noise changes every eighth frame only."""
    rng = np.random.default_rng(1)
    slow = np.repeat(rng.standard_normal((375, 13, 2)), 8, axis=0)
    confidence = np.ones((3000, 13))
    confidence[np.arange(3000) % 100 < 50, 0] = 0
    errors = {"c": detector_noise.camera_errors(exact, exact + 0.03 * slow * unit[:, None, None], confidence)}
    got = detector_noise.summarise(errors)
    assert got.gap == 50
    assert got.gap_if_independent == pytest.approx(1 / (1 - 0.5 / 13))
    assert errors["c"].missing.mean(0).tolist() == [0.5] + [0] * 12
    assert got.autocorrelation == pytest.approx(7 / 8, abs=0.02)


def test_a_joint_s_bias_counts_in_spread_and_not_in_spread_without_bias(exact, unit):
    """The left hip of one camera of two lies 0.2 torso off: that is in its residuals, not in its noise."""
    rng = np.random.default_rng(2)
    noisy = exact + 0.03 * rng.standard_normal(exact.shape) * unit[:, None, None]
    moved = noisy.copy()
    moved[:, 7, 0] += 0.2 * unit
    sure = np.ones(exact.shape[:2])
    both = {name: detector_noise.camera_errors(exact, points, sure) for name, points in (("a", noisy), ("b", moved))}
    got = detector_noise.summarise(both)
    assert got.spread[7] > 0.04
    assert got.spread_without_bias == pytest.approx(np.full(13, 0.03), rel=0.05)
    assert np.delete(got.spread, 7) == pytest.approx(np.full(12, 0.03), rel=0.05)


def test_nothing_is_read_where_the_confidence_is_0(exact):
    confidence = np.ones(exact.shape[:2])
    confidence[:, 3] = 0
    detected = exact + 1.0
    plain = detector_noise.camera_errors(exact, detected, confidence)
    detected[:, 3] = np.nan
    spoilt = detector_noise.camera_errors(exact, detected, confidence)
    assert np.array_equal(plain.residuals, spoilt.residuals, equal_nan=True)
    assert np.array_equal(plain.decidable, spoilt.decidable)
    assert np.isnan(spoilt.residuals[:, 3]).all()
    got = detector_noise.summarise({"c": spoilt})
    assert np.isnan(got.spread[3])
    assert np.isfinite(np.delete(got.spread, 3)).all()
    assert got.missing == pytest.approx(1 / 13)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e, d, c: (e[:, :12], d, c), r"skeleton\.convert"),
        (lambda e, d, c: (e, d[:-1], c), r"\(n, 13, 2\)"),
        (lambda e, d, c: (e, d, c[:, :5]), r"\(n, 13\)"),
        (lambda e, d, c: (e, d, 0 * c), "nothing to measure"),
        (lambda e, d, c: (np.where(np.arange(13)[:, None] == 2, np.nan, e), d, c), "without a triangulation"),
        (lambda e, d, c: (e, np.where(np.arange(13)[:, None] == 2, np.inf, d), c), "set the confidence"),
    ],
)
def test_what_does_not_fit_is_refused(exact, change, words):
    few = exact[:4]
    with pytest.raises(ValueError, match=words):
        detector_noise.camera_errors(*change(few, few.copy(), np.ones((4, 13))))


def test_no_camera_is_refused():
    with pytest.raises(ValueError, match="expected at least one camera, got none"):
        detector_noise.summarise({})


def test_a_recording_is_measured_camera_by_camera(poses):
    """Two calibrated cameras, projections shifted by 6 pixels in the second: found, and nothing else."""
    lens = pose2sim.CalibratedCamera(
        "cam_01", (1000.0, 1000.0), np.eye(4), cameras.intrinsics().double().numpy(), np.zeros(4)
    )
    ahead, side = np.eye(4), np.eye(4)
    ahead[:3] = [[1, 0, 0, 0], [0, 0, -1, 1], [0, 1, 0, 5]]  # the calibration's world has z up
    side[:3] = [[0, 1, 0, 0], [0, 0, -1, 1], [-1, 0, 0, 5]]
    setup = {"cam01": dataclasses.replace(lens, world_to_camera=ahead),
             "cam02": dataclasses.replace(lens, world_to_camera=side)}  # fmt: skip
    world = (poses - poses[:, 7:9].mean(1, keepdim=True)).numpy()
    seen = {name: pose2sim.project(world, camera) for name, camera in setup.items()}
    shifted = {"cam01": seen["cam01"], "cam02": seen["cam02"] + [6.0, 0.0]}
    recording = pose2sim.Recording(world, setup, shifted, {name: np.ones((len(world), 13)) for name in setup})
    got = detector_noise.recording_errors(recording)
    assert got["cam01"].shift == pytest.approx([0, 0], abs=1e-9)
    size = np.maximum(torso_length(torch.from_numpy(seen["cam02"])).numpy(), np.ptp(seen["cam02"][..., 1], axis=1) / 4)
    assert got["cam02"].shift == pytest.approx([6 / np.median(size), 0], rel=1e-6)
    assert detector_noise.summarise(got).spread.max() < 0.01


def test_the_table_and_the_picture_show_every_joint_beside_what_was_assumed(protocol):
    got = detector_noise.summarise(protocol)
    table = detector_noise.as_table(got)
    assert f"| left_wrist, spread (torso lengths) | 0.045 | {got.spread[5]:.3f} |" in table
    assert "| legs exchanged (%) | 3.9 |" in table
    assert table.splitlines()[0] == "|  | assumed | measured |"
    assert len({line.count("|") for line in table.splitlines()}) == 1
    ax = detector_noise.plot_spread(got)
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == pytest.approx([*detector_errors.NOISE.tolist(), *got.spread])


@pytest.fixture(scope="module")
def real(recording):
    """The real detections, measured."""
    return detector_noise.recording_errors(recording)


def test_the_real_spread_is_what_the_protocol_says(real):
    """Each joint's spread is 0.02 to 0.05 torso, except the left hip's: one camera sees it in another place."""
    got = detector_noise.summarise(real)
    outside = [name for name, sd in zip(PAPER_13, got.spread, strict=True) if not 0.02 <= sd <= 0.05]
    assert outside == ["left_hip"]
    assert 0.02 <= np.median(got.spread) <= 0.05
    assert got.spread_without_bias.max() < 0.05
    place = np.linalg.norm(np.nanmedian(real["cam01"].residuals[:, 7], axis=0))
    assert place > 0.1


def test_real_misses_cluster_and_nothing_is_swapped(real):
    got = detector_noise.summarise(real)
    assert got.swapped == {"arms": 0.0, "legs": 0.0}
    assert all((camera.decidable.sum(0) > 50).all() for camera in real.values())
    assert got.gap > 3 * got.gap_if_independent
    assert real["cam04"].missing[:, 0].mean() > 0.3  # the nose, behind the head
    assert got.missing < 0.03
    assert got.autocorrelation > 0.5


def test_real_detections_with_sides_swapped_are_found(recording, real):
    """The same recording with left and right swapped in every tenth frame: found in each frame where it would show."""
    order = [PAPER_13.index(mirror_name(name)) for name in PAPER_13]
    wrong = np.arange(len(recording.poses)) % 10 == 0
    points = recording.keypoints["cam02"].copy()
    points[wrong] = points[wrong][:, order]
    truth = pose2sim.project(recording.poses, recording.cameras["cam02"])
    got = detector_noise.camera_errors(truth, points, recording.confidence["cam02"])
    for k in range(2):
        decidable = got.decidable[:, k]
        assert (got.swapped[decidable, k] == wrong[decidable]).all()
