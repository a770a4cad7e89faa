"""Errors between poses, against literals and against a plain Umeyama fit by SVD written here."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from vvipe_explore import _procrustes, metrics, skeleton
from vvipe_explore.metrics import mpjpe, np_mpjpe, pa_mpjpe, procrustes_align

TRIANGLE = [[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 3.0, 0.0]]


def umeyama(a, b):
    """Move a onto b by the least-squares similarity without reflection, in float64, by torch.linalg.svd."""
    a, b = a.double(), b.double()
    mean = b.mean(-2, keepdim=True)
    a, b = a - a.mean(-2, keepdim=True), b - mean
    u, s, vh = torch.linalg.svd(b.mT @ a)
    sign = torch.ones_like(s)
    sign[..., 2] = torch.where(torch.linalg.det(u @ vh) < 0, -1.0, 1.0)
    rotation = u @ (sign[..., None] * vh)
    scale = (s * sign).sum(-1) / a.square().sum((-1, -2))
    return scale[..., None, None] * (a @ rotation.mT) + mean


def unit_size(poses):
    """Measure a pose's size: the root-mean-square distance of its joints from their mean."""
    return (poses - poses.mean(-2, keepdim=True)).square().sum(-1).mean(-1).sqrt()


def pairs(kind, n=400, seed=0):
    """Make pairs of 13-joint poses that are hard to align, each kind for a reason of its own."""
    g = torch.Generator().manual_seed(seed)
    a = torch.randn(n, 13, 3, generator=g, dtype=torch.float64)
    b = torch.randn(n, 13, 3, generator=g, dtype=torch.float64)
    rotation = torch.from_numpy(Rotation.random(n, rng=np.random.default_rng(seed)).as_matrix())
    if kind == "planar":
        a[..., 2], b[..., 2] = 0, 0
        b = b @ rotation.mT
    elif kind == "collinear":
        a[..., 1:], b[..., 1:] = 0, 0
        b = b @ rotation.mT
    elif kind == "mirrored":
        b = (a * torch.tensor([-1.0, 1.0, 1.0])) @ rotation.mT
    elif kind == "identical":
        b = a.clone()
    elif kind == "moved":
        b = 7 * a @ rotation.mT + 3
    elif kind == "nearly collinear":
        a[..., 1:] *= 1e-5
        b[..., 1:] *= 1e-5
        b = b @ rotation.mT
    elif kind == "nearly mirrored":
        b = (a * torch.tensor([-1.0, 1.0, 1.0]) + 1e-6 * b) @ rotation.mT
    elif kind == "symmetric":  # singular values in pairs: the best rotation of the mirror image is not unique
        a = torch.zeros(n, 13, 3, dtype=torch.float64)
        a[:, :6] = torch.cat([torch.eye(3), -torch.eye(3)]).double()
        b = -a @ rotation.mT
    elif kind == "half":
        a[:, 1:] = a[:, 1:2]   # 12 joints at one point: one direction only
    elif kind == "far away":
        a, b = a + 1000, a @ rotation.mT - 500
    return a, b


UNIQUE = ("random", "planar", "identical", "moved", "far away")
NOT_UNIQUE = ("collinear", "mirrored", "nearly collinear", "nearly mirrored", "symmetric", "half")


def test_mpjpe_literal():
    a = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    b = torch.tensor([[0.0, 0.0, 3.0], [1.0, 4.0, 3.0], [0.0, 1.0, 0.0]])
    assert mpjpe(a, b).item() == pytest.approx((3 + 5 + 0) / 3)


def test_pa_mpjpe_literals():
    a = torch.tensor(TRIANGLE)
    assert pa_mpjpe(a, 10 * a + 5).item() == pytest.approx(0, abs=1e-5)
    # Three points on a line, 0 1 2, onto 0 1 5: covariance 5, size 2, so scale 5/2; moved to -1/2 2 9/2.
    a = torch.tensor([[0.0, 0, 0], [1.0, 0, 0], [2.0, 0, 0]])
    b = torch.tensor([[0.0, 0, 0], [0, 1.0, 0], [0, 5.0, 0]])
    assert pa_mpjpe(a, b).item() == pytest.approx((0.5 + 1 + 0.5) / 3)
    # And back: scale 5/14, moved about 1 to 1 - 10/14, 1 - 5/14, 1 + 15/14.
    assert pa_mpjpe(b, a).item() == pytest.approx((4 / 14 + 5 / 14 + 1 / 14) / 3)


def test_the_unit_is_that_of_b():
    a, b = pairs("random", 5)
    assert torch.allclose(pa_mpjpe(a, 1000 * b), 1000 * pa_mpjpe(a, b))
    assert torch.allclose(pa_mpjpe(1000 * a, b), pa_mpjpe(a, b))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", UNIQUE)
def test_pa_mpjpe_against_svd(kind, dtype):
    a, b = (x.to(dtype) for x in pairs(kind))
    expected = mpjpe(umeyama(a, b), b.double())
    got = pa_mpjpe(a, b)
    assert got.dtype == dtype
    assert ((got.double() - expected).abs() / unit_size(b.double())).max() < 1e-4


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", NOT_UNIQUE)
def test_pa_mpjpe_where_the_best_rotation_is_not_unique(kind, dtype):
    """The mean distance depends on which best rotation is taken; the root-mean-square distance does not.

    So the transform that pa_mpjpe finds is applied here: its root-mean-square distance is as small as the SVD's,
    and pa_mpjpe reports its mean distance.
    """
    a, b = (x.to(dtype) for x in pairs(kind, 100))
    smallest = (umeyama(a, b) - b.double()).square().sum(-1).mean(-1).sqrt()
    reported, k, quaternion = pa_mpjpe(a, b).double(), np.empty((4, 4)), np.empty(4)
    for row, size in enumerate(unit_size(b.double())):
        p, q = (x[row].double().numpy() - x[row].double().numpy().mean(0) for x in (a, b))
        scale = _procrustes._fit(p.T.copy(), q.T.copy(), np.square(p).sum(), np.square(q).sum(), k, quaternion)
        moved = scale * Rotation.from_quat(quaternion, scalar_first=True).apply(p)
        distances = np.linalg.norm(moved - q, axis=1)
        assert abs(np.sqrt(np.square(distances).mean()) - smallest[row]) < 1e-4 * size
        assert abs(reported[row] - distances.mean()) < 1e-4 * size


@pytest.mark.parametrize("joints", [2, 3, 4, 17])
def test_any_number_of_joints(joints):
    a, b = (x[:, :joints] if joints <= 13 else torch.cat([x, x[:, :4] + 1], 1) for x in pairs("random"))
    assert ((pa_mpjpe(a, b) - mpjpe(umeyama(a, b), b)).abs() / unit_size(b)).max() < 1e-4


@given(seed=st.integers(0, 2**31), scale=st.floats(1e-3, 1e3))
def test_similarities_leave_pa_mpjpe_at_zero(body, seed, scale):
    rng = np.random.default_rng(seed)
    rotation = torch.from_numpy(Rotation.random(rng=rng).as_matrix())
    copy = scale * body @ rotation.mT + torch.from_numpy(rng.normal(size=3))
    assert pa_mpjpe(copy, body) < 1e-6
    assert pa_mpjpe(body, copy) < 1e-6 * scale
    noisy = body + 0.05 * torch.from_numpy(rng.normal(size=(13, 3)))
    assert pa_mpjpe(copy, noisy).item() == pytest.approx(pa_mpjpe(body, noisy).item(), rel=1e-6)


def test_a_mirrored_pose_does_not_align_to_zero(poses):
    reflected = poses * torch.tensor([-1.0, 1.0, 1.0])   # joints keep their names: no rotation undoes it
    assert pa_mpjpe(reflected, poses).min() > 0.01
    assert np_mpjpe(skeleton.mirror(poses), poses).max() > 0.1


def test_each_alignment_lowers_the_squared_error(poses):
    shuffled = poses.flip(0)
    aligned = mpjpe(procrustes_align(shuffled, poses), poses)
    assert torch.allclose(pa_mpjpe(shuffled, poses), aligned)
    squared = (procrustes_align(shuffled, poses) - poses).square().sum((-1, -2))
    rigid = (procrustes_align(shuffled, poses, with_scale=False) - poses).square().sum((-1, -2))
    centred = ((shuffled - shuffled.mean(1, True)) - (poses - poses.mean(1, True))).square().sum((-1, -2))
    assert (squared <= rigid + 1e-9).all()
    assert (rigid <= centred + 1e-9).all()


def test_np_mpjpe_literals():
    """All joints on the x-axis: shoulders at 1 and hips at -1 in a; shoulders at 2, hips at -1, nose at -2 in b."""
    a, b = torch.zeros(2, 13, 3, dtype=torch.float64)
    a[[1, 2], 0], a[[7, 8], 0] = 1, -1
    b[[1, 2], 0], b[[7, 8], 0], b[0, 0] = 2, -1, -2
    # a onto b: covariance 6, size 4, scale 3/2; four joints are off by 1/2 and the nose by 2; b's torso is 3.
    assert np_mpjpe(a, b).item() == pytest.approx((4 / 2 + 2) / 13 / 3)
    # b onto a: size 14, scale 3/7; shoulders off by 1/7, hips by 4/7, the nose by 6/7; a's torso is 2.
    assert np_mpjpe(b, a).item() == pytest.approx((2 / 7 + 8 / 7 + 6 / 7) / 13 / 2)
    assert np_mpjpe(a, 3 * b).item() == pytest.approx(np_mpjpe(a, b).item())
    assert metrics.HIT_THRESHOLD == 0.1


def test_procrustes_align_against_svd():
    a, b = pairs("random")
    assert torch.allclose(procrustes_align(a, b), umeyama(a, b), atol=1e-9)
    c, d = pairs("moved")
    assert torch.allclose(procrustes_align(c, d), d, atol=1e-9)
    rigid = procrustes_align(c, d, with_scale=False)
    assert torch.allclose(unit_size(rigid), unit_size(c))


def test_procrustes_align_has_gradients():
    a, b = pairs("random", 3)
    a.requires_grad_()
    (procrustes_align(a, b) - b).square().sum().backward()
    assert torch.isfinite(a.grad).all()
    assert a.grad.abs().max() > 0


def test_broadcasting_kind_and_empty_batches():
    a, b = pairs("random", 6)
    table = pa_mpjpe(a[:, None], b[None, :4])
    assert table.shape == (6, 4)
    assert torch.equal(table[2, 3], pa_mpjpe(a[2], b[3]))
    assert torch.allclose(mpjpe(a[:, None], b[None, :4])[2, 3], mpjpe(a[2], b[3]))
    for error in (mpjpe, pa_mpjpe, np_mpjpe):
        assert isinstance(error(a.numpy(), b.numpy()), np.ndarray)
        assert isinstance(error(a, b), torch.Tensor)
        assert np.array_equal(error(a.numpy(), b.numpy()), error(a, b).numpy())
        assert error(a[:0], b[:0]).shape == (0,)
        assert error(a[:0].numpy(), b[0].numpy()).shape == (0,)
    assert procrustes_align(a[:0], b[:0]).shape == (0, 13, 3)
    assert pa_mpjpe(a.float(), b).shape == (6,)
    assert pa_mpjpe(a.flip(0)[::2], b.mT.contiguous().mT[::2]).shape == (3,)   # not contiguous


def test_inputs_are_left_alone():
    a, b = (x.numpy() for x in pairs("mirrored", 5))
    kept = a.copy(), b.copy()
    pa_mpjpe(a, b)
    assert np.array_equal(a, kept[0])
    assert np.array_equal(b, kept[1])


def test_errors(body):
    with pytest.raises(ValueError, match="expected a and b with the same joints, got 13 in a and 17 in b; convert"):
        mpjpe(torch.zeros(13, 3), torch.zeros(17, 3))
    with pytest.raises(ValueError, match="got 13 in a and 17 in b"):
        pa_mpjpe(torch.zeros(13, 3), torch.zeros(17, 3))
    with pytest.raises(ValueError, match=r"that broadcast, got \(2, 13, 3\) for a and \(3, 13, 3\) for b"):
        pa_mpjpe(torch.zeros(2, 13, 3), torch.zeros(3, 13, 3))
    with pytest.raises(ValueError, match="expected poses with a size, but 1 of 2 pairs hold a pose with all joints at"):
        pa_mpjpe(torch.stack([body, body]), torch.stack([body, torch.full((13, 3), 2.5, dtype=torch.float64)]))
    with pytest.raises(ValueError, match="all joints at one point"):
        pa_mpjpe(torch.full((13, 3), 0.1), body.float())
    with pytest.raises(ValueError, match="expected the 13 joints of skeleton.PAPER_13 in b, got 17"):
        np_mpjpe(body, torch.randn(17, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)))
    spoilt = body.clone()
    spoilt[0, 0] = torch.inf
    with pytest.raises(ValueError, match="got b with 1 values that are NaN or infinite"):
        mpjpe(body, spoilt)
    with pytest.raises(ValueError, match=r"expected a of shape .*, got \(13, 2\), 2D keypoints"):
        pa_mpjpe(body[:, :2], body[:, :2])
    with pytest.raises(ValueError, match="expected a as numbers, got the text 'a'"):
        mpjpe("a", body)
    with pytest.raises(ValueError, match=r"expected equal shapes, got \(13, 3\) and \(1, 13, 3\) for the target"):
        procrustes_align(body, body[None])
    with pytest.raises(ValueError, match="expected source poses with a size, got one with all joints at one point"):
        procrustes_align(torch.full((13, 3), 0.1), body.float())
