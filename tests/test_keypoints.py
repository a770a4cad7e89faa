"""What the 2D network reads, and the errors of the protocol's detector."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vvipe_explore import cameras, keypoints, skeleton
from vvipe_explore.keypoints import normalise
from vvipe_explore.models.test_time import rotate_keypoints
from vvipe_explore.skeleton import PAPER_13
from vvipe_explore.training import detector_errors as errors
from vvipe_explore.training.detector_errors import detector_errors, drop_joints

ARMS, LEGS = (3, 4, 5, 6), (9, 10, 11, 12)


@pytest.fixture(scope="module")
def seen(poses):
    """Exact keypoints of the synthetic poses, (200, 13, 2), float64, pixels."""
    return cameras.view(poses, cameras.fixed_orbit([cameras.UNSEEN[1]]))


def within_4_sigma(hits, tries, probability):
    return abs(hits - tries * probability) <= 4 * (tries * probability * (1 - probability)) ** 0.5


def test_normalise_by_hand():
    """Two joints there, 6 apart: mean in the middle, each 3 from it, so -1 and 1; the others 0."""
    points, confidence = np.full((13, 2), 99.0), np.zeros(13)
    points[0], points[4] = (10, 20), (16, 20)
    confidence[0], confidence[4] = 1.0, 0.5
    got = normalise(points, confidence)
    wanted = np.zeros((13, 3))
    wanted[0], wanted[4] = (-1, 0, 1), (1, 0, 1)
    assert got == pytest.approx(wanted)


def test_normalised_keypoints_have_mean_0_and_unit_size(seen):
    got = normalise(seen)
    assert got[..., :2].mean(1).abs().max() < 1e-9
    assert (got[..., :2].square().sum(-1).mean(-1) - 1).abs().max() < 1e-9
    assert (got[..., 2] == 1).all()


@given(x=st.floats(-5000, 5000), y=st.floats(-5000, 5000), scale=st.floats(0.01, 100), missing=st.sets(
    st.integers(0, 12), max_size=11))  # fmt: skip
def test_shift_and_scale_do_not_matter(seen, x, y, scale, missing):
    confidence = torch.ones(200, 13, dtype=torch.float64)
    confidence[:, list(missing)] = 0
    moved = scale * seen + torch.tensor([x, y], dtype=torch.float64)
    assert (normalise(moved, confidence) - normalise(seen, confidence)).abs().max() < 1e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e12])
def test_missing_joints_are_never_read(seen, value):
    confidence = torch.ones(200, 13, dtype=torch.float64)
    confidence[:, [2, 7, 8]] = 0
    spoilt = seen.clone()
    spoilt[:, [2, 7, 8]] = value
    assert torch.equal(normalise(spoilt, confidence), normalise(seen, confidence))
    assert (normalise(spoilt, confidence)[:, [2, 7, 8]] == 0).all()


@pytest.mark.parametrize("missing", [(), (0, 11), (1, 2, 9), LEGS, (0, 1, 2), (7, 8)])
def test_upright_undoes_a_roll_of_the_camera(seen, missing):
    confidence = torch.ones(len(seen), 13)
    confidence[:, missing] = 0
    as_seen = keypoints.upright(normalise(seen, confidence))
    for roll in (30.0, -75.0, 180.0):
        other = keypoints.upright(normalise(rotate_keypoints(seen, roll), confidence))
        torch.testing.assert_close(other, as_seen, atol=1e-6, rtol=0)
    assert (as_seen[:, missing] == 0).all()


def test_upright_by_hand():
    """Head and shoulders at the right of the picture, knees and ankles at the left: a quarter turn to the left."""
    features = torch.zeros(13, 3)
    features[[0, 1, 2, 9, 10, 11, 12], 2] = 1
    features[:3, 0], features[9:, 0], features[5] = 1.0, -1.0, torch.tensor([0.5, 0.25, 1.0])
    got = keypoints.upright(features)
    torch.testing.assert_close(got[:3, :2], torch.tensor([[0.0, -1.0]] * 3))
    torch.testing.assert_close(got[9:, :2], torch.tensor([[0.0, 1.0]] * 4))
    torch.testing.assert_close(got[5], torch.tensor([0.25, -0.5, 1.0]))


def test_upright_leaves_a_body_whose_ends_meet():
    features = normalise(torch.randn(13, 2, generator=torch.Generator().manual_seed(0)))
    features[[0, 1, 2, 9, 10, 11, 12], :2] = 0.1
    torch.testing.assert_close(keypoints.upright(features), features)


def test_confidence_none_is_all_one(seen):
    assert torch.equal(normalise(seen), normalise(seen, torch.ones(200, 13, dtype=torch.float64)))


def test_confidence_above_0_says_that_a_joint_is_there_and_no_more(seen):
    half = normalise(seen, torch.full((200, 13), 0.5, dtype=torch.float64))
    assert torch.equal(half, normalise(seen))


def test_kind_dtype_and_batch(seen):
    assert isinstance(normalise(seen.numpy()), np.ndarray)
    assert normalise(seen.float()).dtype == torch.float32
    assert normalise(seen.reshape(2, 100, 13, 2)).shape == (2, 100, 13, 3)
    assert normalise(seen[:0]).shape == (0, 13, 3)
    assert normalise(np.zeros((0, 13, 2)), np.zeros((0, 13))).shape == (0, 13, 3)
    assert normalise(seen[0]).shape == (13, 3)


def ones(n=13):
    return np.ones(n)


def spread():
    return np.arange(26.0).reshape(13, 2)


@pytest.mark.parametrize(
    ("points", "confidence", "message"),
    [
        (np.zeros((17, 2)), None, r'expected the 13 keypoints .*got 17; .*convert\(keypoints, "coco_17", "paper_13"\)'),
        (np.zeros((25, 2)), None, "expected the 13 keypoints of skeleton.PAPER_13 in keypoints, got 25"),
        (np.zeros((13, 3)), None, r"shape \(..., joints, 2\) in pixels, got \(13, 3\); pass 3D poses to embed"),
        (np.zeros(13), None, r"shape \(..., joints, 2\) in pixels, got \(13,\)"),
        (spread(), ones(12), r"expected confidence of shape \(13,\), one number a keypoint, got \(12,\)"),
        (spread(), np.ones((13, 1)), r"expected confidence of shape \(13,\), .*, got \(13, 1\)"),
        (spread(), 1.5 * ones(), r"expected confidence in \[0, 1\], .* got \[1.5, 1.5\]"),
        (spread(), -0.1 * ones(), r"expected confidence in \[0, 1\], .* got \[-0.1, -0.1\]"),
        (spread(), np.nan * ones(), "got confidence with 13 values that are NaN"),
        (spread() * np.nan, ones(), "got some that are NaN or infinite with a confidence above 0"),
        (spread() + np.inf, None, "NaN or infinite with a confidence above 0"),
        (spread(), np.eye(13)[0], "expected at least 2 keypoints with confidence above 0"),
        (spread(), 0 * ones(), "expected at least 2 keypoints"),
        (np.full((13, 2), 7.0), None, "got a frame with all keypoints at one point"),
        ("hands up", None, "expected keypoints as numbers, got the text 'hands up'"),
        (spread(), "sure", "expected confidence as numbers, got the text 'sure'"),
        (None, None, "expected keypoints as numbers, got a NoneType"),
    ],
)
def test_errors(points, confidence, message):
    with pytest.raises(ValueError, match=message):
        normalise(points, confidence)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1234.567])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_point_is_refused_whatever_its_place(value, dtype):
    with pytest.raises(ValueError, match="all keypoints at one point"):
        normalise(np.full((13, 2), value, dtype))


def test_drop_joints_counts():
    n = 20000
    got = drop_joints(torch.full((n, 13), 0.7), 4, 0.2, torch.Generator().manual_seed(0))
    assert set(got.unique().tolist()) == {0.0, torch.tensor(0.7).item()}
    dropped = (got == 0).sum(-1)
    assert dropped.max() == 4
    assert within_4_sigma((dropped > 0).sum().item(), n, 0.2)
    for count in (1, 2, 3, 4):
        assert within_4_sigma((dropped == count).sum().item(), n, 0.05)
    for joint in range(13):   # 2.5 joints in a fifth of the frames
        assert within_4_sigma((got[:, joint] == 0).sum().item(), n, 0.2 * 2.5 / 13)


def test_drop_joints_bounds_and_determinism():
    confidence = torch.rand(50, 13, generator=torch.Generator().manual_seed(1))
    assert torch.equal(drop_joints(confidence, 4, 0.0, torch.Generator().manual_seed(0)), confidence)
    always, again = (drop_joints(confidence, 1, 1.0, torch.Generator().manual_seed(5)) for _ in range(2))
    assert ((always == 0).sum(-1) == 1).all()
    assert torch.equal(always, again)
    assert not torch.equal(drop_joints(confidence, 1, 1.0, torch.Generator().manual_seed(6)), always)
    assert drop_joints(confidence[:0], 4, 0.5).shape == (0, 13)


@pytest.fixture(scope="module")
def standing(body):
    """20,000 times one frame, so that every change is an error: keypoints, what came out, and the torso in pixels."""
    n = 20000
    exact = cameras.view(body[None].float(), cameras.fixed_orbit([(30, 0, 0)])).expand(n, 13, 2)
    noisy, confidence = detector_errors(exact, torch.Generator().manual_seed(0))
    hip, shoulder = exact[0, 7:9].mean(0), exact[0, 1:3].mean(0)
    height = exact[0, :, 1].max() - exact[0, :, 1].min()
    assert (hip - shoulder).norm() > height / 4
    return exact, noisy, confidence, (hip - shoulder).norm().item()


def test_noise_of_each_joint(standing):
    """Robust spread (the median of |x|, which outliers do not move much) against the mixture's own."""
    exact, noisy, _, torso = standing
    sd = {"nose": 0.03, "shoulder": 0.03, "elbow": 0.035, "wrist": 0.045, "hip": 0.03, "knee": 0.035, "ankle": 0.045}
    g = torch.Generator().manual_seed(9)
    for joint, name in enumerate(PAPER_13):
        wanted = sd[name.split("_")[-1]]
        error = (noisy[:, joint] - exact[:, joint]) / torso
        swaps = 0.04 if joint in (*ARMS, *LEGS) else 0.0
        normal = torch.randn(400_000, generator=g) * wanted
        thrown = torch.rand(400_000, generator=g) < 0.02
        normal = torch.where(thrown, normal / wanted * (wanted**2 + 0.25**2) ** 0.5, normal)
        share = (normal.abs() < wanted).float().mean().item()   # about 0.67
        for axis in range(2):
            inside = (error[:, axis].abs() < wanted).float().mean().item()
            sigma = (share * (1 - share) / len(error)) ** 0.5
            assert share - swaps - 5 * sigma < inside < share + 5 * sigma


def test_outliers(standing):
    """Joints that are not swapped, more than 5 sd off: 2 % of them are of sd sqrt(0.03^2 + 0.25^2)."""
    exact, noisy, _, torso = standing
    thrown_sd = (0.03**2 + 0.25**2) ** 0.5
    error = ((noisy - exact)[:, [0, 1, 2, 7, 8]] / torso).reshape(-1, 2)
    far = (error.norm(dim=-1) > 5 * 0.03).sum().item()
    # |error| of a thrown joint is Rayleigh: P(> 0.15) = exp(-0.15^2 / 2 sd^2); of another one exp(-12.5)
    probability = 0.02 * np.exp(-(0.15**2) / (2 * thrown_sd**2)) + 0.98 * np.exp(-12.5)
    assert within_4_sigma(far, len(error), probability)
    assert error.mean(0).abs().max() < 4 * error.std() / len(error) ** 0.5


def test_missing(standing):
    _, _, confidence, _ = standing
    assert set(confidence.unique().tolist()) == {0.0, 1.0}
    assert within_4_sigma((confidence == 0).sum().item(), confidence.numel(), 0.02)
    for joint in range(13):
        assert within_4_sigma((confidence[:, joint] == 0).sum().item(), len(confidence), 0.02)


def test_limbs_are_swapped_twice_over_whole_and_on_their_own(standing):
    """Swapped an odd number of times out of two: 2 x 0.02 x 0.98. Elbows go with wrists, knees with ankles."""
    exact, noisy, _, _ = standing
    probability, swapped = 2 * 0.02 * 0.98, {}
    for name, limb in (("arms", ARMS), ("legs", LEGS)):
        there = noisy[:, limb].reshape(-1, 2, 2, 2)   # joint pair, side, x and y
        here = exact[:, limb].reshape(-1, 2, 2, 2)
        stays = (there - here).norm(dim=-1).sum((1, 2))
        goes = (there - here.flip(2)).norm(dim=-1).sum((1, 2))
        swapped[name] = goes < stays
        assert within_4_sigma(swapped[name].sum().item(), len(there), probability)
    both = (swapped["arms"] & swapped["legs"]).sum().item()
    assert within_4_sigma(both, len(exact), probability**2)


def test_swaps_alone(monkeypatch, seen):
    monkeypatch.setattr(errors, "SWAP_PROBABILITY", 1.0)
    assert torch.equal(errors._swap_limbs(seen, torch.Generator().manual_seed(0)), seen)   # twice is not at all
    monkeypatch.setattr(errors, "SWAP_PROBABILITY", 0.5)
    got = errors._swap_limbs(seen, torch.Generator().manual_seed(0))
    arms = (got[:, ARMS] != seen[:, ARMS]).any(-1).any(-1)
    legs = (got[:, LEGS] != seen[:, LEGS]).any(-1).any(-1)
    assert torch.equal(got[arms][:, ARMS], seen[arms][:, [4, 3, 6, 5]])
    assert torch.equal(got[legs][:, LEGS], seen[legs][:, [10, 9, 12, 11]])
    assert torch.equal(got[:, [0, 1, 2, 7, 8]], seen[:, [0, 1, 2, 7, 8]])
    for hits in (arms, legs):
        assert within_4_sigma(hits.sum().item(), 200, 0.5)
    assert not torch.equal(arms, legs)


def test_noise_is_in_units_of_the_torso_or_a_quarter_of_the_height():
    flat = torch.zeros(20000, 13, 2)
    flat[:, 12, 1] = 400.0   # mid-hip and mid-shoulder coincide: the unit is 400 / 4
    noisy, _ = detector_errors(flat, torch.Generator().manual_seed(0))
    inside = ((noisy[:, 0, 0].abs()) < 3.0).float().mean().item()
    assert within_4_sigma(round(inside * 20000), 20000, 0.98 * 0.6827 + 0.02 * 0.0951)


def test_detector_errors_are_determined_by_the_seed(seen):
    first, again, other = (detector_errors(seen, torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])
    assert first[0].dtype == torch.float64
    assert detector_errors(seen.float(), torch.Generator())[0].dtype == torch.float32
    assert detector_errors(seen[:0])[0].shape == (0, 13, 2)


def test_protocol_figures():
    wanted = {"nose": 30, "shoulder": 30, "elbow": 35, "wrist": 45, "hip": 30, "knee": 35, "ankle": 45}
    assert [round(1000 * v) for v in errors.NOISE.tolist()] == [wanted[n.split("_")[-1]] for n in PAPER_13]
    assert (errors.SWAP_PROBABILITY, errors.OUTLIER_PROBABILITY, errors.MISSING_PROBABILITY) == (0.02,) * 3
    assert errors.OUTLIER_NOISE == 0.25


def test_hip_centred_literal():
    """Hips at (9, 10) and (11, 10), shoulders 4 above: centred on (10, 10), divided by a diagonal of sqrt(20)."""
    points = torch.full((1, 13, 2), 10.0)
    points[0, 7], points[0, 8] = torch.tensor([9.0, 10.0]), torch.tensor([11.0, 10.0])
    points[0, 1], points[0, 2] = torch.tensor([9.0, 6.0]), torch.tensor([11.0, 6.0])
    sure = torch.ones(1, 13)
    got = keypoints.hip_centred(points, sure)
    torch.testing.assert_close(got[0, 1], torch.tensor([-1 / 20**0.5, -4 / 20**0.5, 1.0]))
    sure[0, 7] = 0   # the other hip is the middle then
    got = keypoints.hip_centred(points, sure)
    torch.testing.assert_close(got[0, 8], torch.tensor([0.0, 0.0, 1.0]))
    assert (got[0, 7] == 0).all()


def test_hip_centred_never_reads_a_missing_joint_and_stays_finite(seen):
    sure = torch.ones(len(seen), 13)
    sure[:, [1, 2, 7, 8]] = 0   # no torso at all
    spoilt = torch.where(sure[..., None] > 0, seen, torch.nan)
    got = keypoints.hip_centred(spoilt, sure)
    assert torch.isfinite(got).all()
    assert torch.equal(got, keypoints.hip_centred(seen, sure))
    moved = keypoints.hip_centred(3 * seen + 50, sure)
    torch.testing.assert_close(moved, got, atol=1e-4, rtol=1e-4)


def test_what_a_detector_doubts_counts_as_missing(seen):
    """A nose seen from behind: confidence 0.07 among 0.65. A detector that scores low throughout is believed."""
    sure = torch.full((len(seen), 13), 0.65)
    sure[:, 0] = 0.07
    missing = sure.clone()
    missing[:, 0] = 0
    assert torch.equal(keypoints.normalise(seen, sure), keypoints.normalise(seen, missing))
    assert (keypoints.normalise(seen, sure)[..., 2].sum(-1) == 12).all()
    low = torch.full((len(seen), 13), 0.07)
    assert (keypoints.normalise(seen, low)[..., 2] == 1).all()
    low[:, 1:] = 0.001
    with pytest.raises(ValueError, match="expected at least 2 keypoints"):
        keypoints.normalise(seen, low)


def test_misplaced_joints_come_on_top_of_the_protocol_s_errors(seen):
    many = seen[:1].expand(4000, -1, -1)
    plain, _ = detector_errors(many, torch.Generator().manual_seed(0))
    again, _ = detector_errors(many, torch.Generator().manual_seed(0), misplaced_prob=0.25)
    torso = skeleton.torso_length(many[:1])
    off = ((again - plain) / torso)[..., 0]
    assert 0.23 < (off != 0).float().mean() < 0.27
    moved = off[off != 0]
    spread = torch.maximum(torso, (many[0, :, 1].max() - many[0, :, 1].min()) / 4) / torso
    assert moved.std().item() == pytest.approx(0.15 * spread.item(), rel=0.05)


def test_each_frame_s_noise_lies_between_the_least_and_the_protocol_s(seen):
    many = seen[:1].expand(3000, -1, -1)
    plain, _ = detector_errors(many, torch.Generator().manual_seed(0))
    calm, _ = detector_errors(many, torch.Generator().manual_seed(0), min_noise_scale=0.5)
    still = (plain[:, 0] - many[:, 0]).abs() > 1e-3
    ratio = ((calm - many)[:, 0] / (plain - many)[:, 0])[still]
    assert 0.5 - 1e-3 <= ratio.min() < 0.52
    assert 0.98 < ratio.max() <= 1 + 1e-3
