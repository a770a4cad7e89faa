"""The canonical frame: what it is, that place, direction and size do not change it, and that restore() inverts it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from vvipe_explore import alignment, skeleton
from vvipe_explore.alignment import STANDARD_SIZE, TEMPLATE_HIP_WIDTH, TEMPLATE_SPINE, canonicalise
from vvipe_explore.skeleton import PAPER_13

NOSE, L_SHOULDER, R_SHOULDER, L_HIP, R_HIP = (
    PAPER_13.index(n) for n in ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip")
)


def moved(poses, seed):
    """Copies in random rotations, scaled by 0.2 to 1000, and moved by up to a few of their sizes."""
    rng = np.random.default_rng(seed)
    rotation = torch.from_numpy(Rotation.random(len(poses), rng=rng).as_matrix())
    scale = torch.from_numpy(np.exp(rng.uniform(np.log(0.2), np.log(1000), len(poses))))[:, None, None]
    return scale * (poses.double() @ rotation.mT + torch.from_numpy(rng.normal(size=(len(poses), 1, 3))))


def test_hand_made_pose_is_already_upright(body):
    got = canonicalise(body)
    assert got.translation.tolist() == [0, 1, 0]
    assert torch.allclose(got.rotation, torch.eye(3, dtype=torch.float64), atol=1e-12)
    # 2 x (upper arm + forearm + thigh + shank + flank) + hip line + shoulder line
    arm = np.hypot(0.05, 0.3) + np.hypot(0.2, 0.1)
    leg = np.hypot(0.5, 0.02) + np.hypot(0.4, 0.02)
    size = 2 * (arm + leg + np.hypot(0.1, 0.5)) + 0.2 + 0.4
    assert got.scale.item() == pytest.approx(size / STANDARD_SIZE)
    assert got.poses[L_HIP].tolist() == pytest.approx([0.1 * STANDARD_SIZE / size, 0, 0])
    assert got.poses[NOSE].tolist() == pytest.approx([0, 0.7 * STANDARD_SIZE / size, 0.1 * STANDARD_SIZE / size])


def test_left_hip_is_plus_x_shoulders_plus_y_nose_forward(poses):
    got = canonicalise(poses).poses
    assert (got[:, L_HIP, 0] > 0.05).all()
    assert (got[:, R_HIP, 0] < -0.05).all()
    assert ((got[:, L_SHOULDER] + got[:, R_SHOULDER])[:, 1] > 0.5).all()
    assert ((got[:, L_SHOULDER] + got[:, R_SHOULDER])[:, 2].abs() < 1e-9).all()   # the torso's plane is x, y
    standing = got[:, NOSE, 2] - (got[:, L_SHOULDER] + got[:, R_SHOULDER])[:, 2] / 2
    assert (standing > 0).all()
    assert ((got[:, L_HIP] + got[:, R_HIP]).abs() < 1e-9).all()


@pytest.mark.parametrize("turn", [0.0, 90.0, 180.0, 270.0])
def test_a_person_who_turns_about_the_vertical(body, turn):
    """A turn of +90 degrees about +y makes the person face +x; heading() gives 90, the canonical pose stays."""
    rotation = torch.from_numpy(Rotation.from_euler("y", turn, degrees=True).as_matrix())
    got = canonicalise(body @ rotation.mT)
    assert torch.allclose(got.poses, canonicalise(body).poses, atol=1e-12)
    heading = alignment.heading(got.rotation).item()
    assert np.cos(np.radians(heading - turn)) == pytest.approx(1)
    forward = got.rotation[2]
    assert forward.tolist() == pytest.approx([np.sin(np.radians(turn)), 0, np.cos(np.radians(turn))], abs=1e-12)


def test_copies_agree_and_restore(poses):
    copies = moved(poses, seed=1)
    got = canonicalise(copies)
    assert (got.poses - canonicalise(poses).poses).abs().max() < 1e-6
    relative = (got.restore() - copies).norm(dim=-1) / skeleton.bone_lengths(copies).sum(-1)[:, None]
    assert relative.max() < 1e-6


def test_copies_of_real_poses_agree_and_restore(cmu_sample):
    poses = torch.from_numpy(cmu_sample.poses[:2000]).double()
    assert len(poses) == 2000
    copies = moved(poses, seed=2)
    got = canonicalise(copies)
    assert (got.poses - canonicalise(poses).poses).abs().max() < 1e-6
    assert ((got.restore() - copies).abs() / copies.abs().amax((1, 2), keepdim=True)).max() < 1e-6
    assert (got.poses[:, L_HIP, 0] > 0).all()
    assert ((got.poses[:, L_SHOULDER] + got.poses[:, R_SHOULDER])[:, 1] > 0).all()


def test_float32_is_near_float64(poses):
    got = canonicalise(poses.float())
    assert got.poses.dtype == torch.float32
    assert (got.poses - canonicalise(poses).poses).abs().max() < 5e-6


@given(seed=st.integers(0, 2**31), scale=st.floats(0.2, 1000))
def test_similarity_invariance_property(body, seed, scale):
    rng = np.random.default_rng(seed)
    pose = body + 0.03 * torch.from_numpy(rng.normal(size=(13, 3)))
    rotation = torch.from_numpy(Rotation.random(rng=rng).as_matrix())
    copy = scale * pose @ rotation.mT + torch.from_numpy(10 * rng.normal(size=3))
    got = canonicalise(copy)
    assert (got.poses - canonicalise(pose).poses).abs().max() < 1e-6
    assert torch.linalg.det(got.rotation).item() == pytest.approx(1)
    assert (got.restore() - copy).abs().max() < 1e-6 * scale


def test_canonicalising_twice_changes_nothing(poses):
    once = canonicalise(poses).poses
    twice = canonicalise(once)
    assert (twice.poses - once).abs().max() < 1e-12
    assert (twice.scale - 1).abs().max() < 1e-12
    assert (twice.rotation - torch.eye(3)).abs().max() < 1e-9


def test_size_is_the_standard_body_s(poses):
    sums = skeleton.bone_lengths(canonicalise(poses * 3).poses).sum(-1)
    assert (sums - STANDARD_SIZE).abs().max() < 1e-12


def test_crouching_keeps_its_size(body):
    """Knees bend by turning the shanks about them: bones keep their length, so scale and torso stay."""
    crouched = body.clone()
    for side in ("left", "right"):
        knee, ankle = (PAPER_13.index(f"{side}_{j}") for j in ("knee", "ankle"))
        bend = torch.from_numpy(Rotation.from_euler("x", 100, degrees=True).as_matrix())
        crouched[ankle] = body[knee] + (body[ankle] - body[knee]) @ bend.mT
    assert (crouched - body).abs().max() > 0.3
    assert canonicalise(crouched).scale.item() == pytest.approx(canonicalise(body).scale.item(), rel=1e-12)
    assert torch.allclose(canonicalise(crouched).poses[:9], canonicalise(body).poses[:9])


def test_mirroring_and_canonicalising_commute(poses):
    mirrored = canonicalise(skeleton.mirror(poses)).poses
    assert (mirrored - skeleton.mirror(canonicalise(poses).poses)).abs().max() < 1e-9


@given(seed=st.integers(0, 2**31), points=st.integers(2, 6))
def test_kabsch_against_scipy(seed, points):
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(2, points, 3))
    got = alignment.kabsch(torch.from_numpy(source), torch.from_numpy(target))
    expected, _ = Rotation.align_vectors(target, source)
    assert torch.linalg.det(got).item() == pytest.approx(1)
    assert (got @ got.T - torch.eye(3)).abs().max() < 1e-9
    assert np.abs(got.numpy() - expected.as_matrix()).max() < 1e-6


def test_kabsch_never_reflects(rng):
    source = torch.randn(50, 5, 3, generator=rng, dtype=torch.float64)
    mirrored = source * torch.tensor([-1.0, 1.0, 1.0])
    rotation = alignment.kabsch(source, mirrored)
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(50, dtype=torch.float64))
    assert (source @ rotation.mT - mirrored).norm(dim=-1).amax(-1).min() > 0.01
    assert torch.allclose(alignment.kabsch(source, source), torch.eye(3, dtype=torch.float64).expand(50, 3, 3))


def test_template_is_the_rest_pose_of_the_motion_capture(real_data):
    """The three constants, measured again on the file's skeleton with all rotations 0 (centimetres there)."""
    from vvipe_explore.datasets.joint_rules import recognise
    from vvipe_explore.datasets.motion_files import read_raw

    (raw,) = read_raw(sorted((real_data / "cmu-mocap").glob("*/*.bvh"))[0])
    joints = recognise(raw.names, raw.parents).joints
    rest = torch.from_numpy(np.stack([raw.rest[list(joints[joint])].mean(0) for joint in PAPER_13]) / 100)
    assert (rest[L_HIP] - rest[R_HIP]).norm().item() == pytest.approx(TEMPLATE_HIP_WIDTH, abs=5e-6)
    assert skeleton.torso_length(rest).item() == pytest.approx(TEMPLATE_SPINE, abs=5e-6)
    assert skeleton.bone_lengths(rest).sum().item() == pytest.approx(STANDARD_SIZE, abs=5e-6)


def test_kind_and_batch_follow_the_input(poses):
    got = canonicalise(poses.numpy())
    for field, shape in (("poses", (13, 3)), ("rotation", (3, 3)), ("translation", (3,)), ("scale", ())):
        value = getattr(got, field)
        assert isinstance(value, np.ndarray)
        assert value.shape == (200, *shape)
    assert isinstance(got.restore(), np.ndarray)
    assert canonicalise(poses.reshape(4, 50, 13, 3)).rotation.shape == (4, 50, 3, 3)
    assert canonicalise(poses[:0]).poses.shape == (0, 13, 3)
    assert canonicalise(np.zeros((0, 13, 3))).restore().shape == (0, 13, 3)
    assert canonicalise((poses[0] * 100).round().int()).poses.dtype == torch.float32
    assert isinstance(canonicalise(poses[0].tolist()).poses, np.ndarray)


def with_value(pose, value):
    pose = pose.clone()
    pose[4, 1] = value
    return pose


def collinear(pose):
    """Hips and shoulders on the vertical through the mid-hip."""
    pose = pose.clone()
    pose[[L_HIP, R_HIP, L_SHOULDER, R_SHOULDER], 0] = 0
    pose[L_HIP, 1] += 0.1
    pose[R_HIP, 1] -= 0.1
    return pose


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: torch.zeros(17, 3), r'expected the 13 joints .* got 17; .*convert\(poses, "coco_17", "paper_13"\)'),
        (lambda p: torch.zeros(5, 3), "expected the 13 joints of .* got 5"),
        (lambda p: p[:, :2], r"shape \(..., joints, 3\), got \(13, 2\), 2D keypoints"),
        (lambda p: torch.zeros(3), r"shape \(..., joints, 3\), got \(3,\)"),
        (lambda p: with_value(p, torch.nan), r"1 values that are NaN or infinite, the first at index \(4, 1\)"),
        (lambda p: with_value(p, torch.inf), r"NaN or infinite, the first at index \(4, 1\)"),
        (lambda p: torch.full((13, 3), 3.7), "expected poses with a size, but 1 of 1 poses have all 13 joints at one"),
        (collinear, "facing direction is defined, but 1 of 1 poses have hips and spine on one line"),
        (lambda p: "standing", "expected poses as numbers, got the text 'standing'"),
        (lambda p: [["a"] * 3] * 13, "expected poses as numbers, got a list"),
        (lambda p: None, "expected poses as numbers, got a NoneType"),
    ],
    ids=["17 joints", "5 joints", "2D", "flat", "NaN", "inf", "one point", "collinear", "text", "texts", "nothing"],
)  # fmt: skip
def test_bad_poses_are_refused_with_a_reason(body, spoil, message):
    with pytest.raises(ValueError, match=message):
        canonicalise(spoil(body))


def test_the_error_names_the_bad_pose_of_a_batch(poses):
    batch = poses[:10].clone()
    batch[7] = 1.0
    with pytest.raises(ValueError, match=r"1 of 10 poses have all 13 joints at one point, the first at index \(7,\)"):
        canonicalise(batch)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_collinear_does_not_depend_on_the_unit(body, scale, dtype):
    with pytest.raises(ValueError, match="on one line"):
        canonicalise((scale * collinear(body)).to(dtype))
    assert canonicalise((scale * body).to(dtype)).scale > 0
