"""Cameras: each convention as a number worked out by hand, because a mirrored picture passes all other tests."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vvipe_explore import cameras
from vvipe_explore.cameras import SEEN, UNSEEN, Orbit, fixed_orbit, look_at, project
from vvipe_explore.skeleton import PAPER_13

ORIGIN = torch.zeros(3, dtype=torch.float64)
INTRINSICS = cameras.intrinsics().double()


def orbit(azimuth=0.0, elevation=0.0, roll=0.0, distance=5.0):
    return Orbit(*(torch.tensor([v], dtype=torch.float64) for v in (azimuth, elevation, roll, distance)))


def project_at(points, **angles):
    """Pixels of points (k, 3) seen by a camera of the orbit around the origin."""
    world_to_camera = cameras.orbit_cameras(orbit(**angles), ORIGIN[None])
    return project(torch.tensor(points, dtype=torch.float64)[None], world_to_camera, INTRINSICS)[0]


def test_constants_of_the_evaluation():
    assert (cameras.FOCAL_LENGTH, cameras.IMAGE_SIZE, cameras.DISTANCE) == (1145, 1000, 5)
    assert SEEN == ((45, 10, 0), (135, 10, 0), (225, 10, 0), (315, 10, 0))
    assert UNSEEN == ((0, 0, 0), (70, -10, 5), (160, 25, -8), (250, 5, 0), (320, -20, 10))
    assert cameras.intrinsics().tolist() == [[1145, 0, 500], [0, 1145, 500], [0, 0, 1]]


def test_rotation_at_zero_is_diag_1_minus_1_minus_1():
    got = cameras.orbit_cameras(orbit(), ORIGIN[None])[0]
    assert torch.allclose(got[:3, :3], torch.diag(torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)), atol=1e-12)
    assert torch.allclose(got[:3, 3], torch.tensor([0.0, 0.0, 5.0], dtype=torch.float64))
    assert got[3].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("azimuth", "elevation", "centre"),
    [
        (0, 0, (0, 0, 5)), (90, 0, (5, 0, 0)), (180, 0, (0, 0, -5)), (270, 0, (-5, 0, 0)),
        (0, 30, (0, 2.5, 5 * 0.75**0.5)), (90, -30, (5 * 0.75**0.5, -2.5, 0)),
    ],
)  # fmt: skip
def test_where_the_camera_stands(azimuth, elevation, centre):
    target = torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64)
    expected = target + torch.tensor([centre], dtype=torch.float64)
    where = orbit(float(azimuth), float(elevation))
    assert torch.allclose(cameras.orbit_centre(where, target), expected)
    # The centre is also what world_to_camera sends to the origin.
    world_to_camera = cameras.orbit_cameras(where, target)[0]
    centre_again = -world_to_camera[:3, :3].T @ world_to_camera[:3, 3]
    assert torch.allclose(centre_again, expected[0])


def test_projection_by_hand():
    """Camera at (0, 0, 5): a point at (1, 2, 0) is 5 m away, so 1145 / 5 = 229 pixels a metre."""
    got = project_at([[0, 0, 0], [1, 2, 0], [-1, 0, 0], [1, 0, 2.5]])
    assert torch.allclose(got, torch.tensor([[500, 500], [729, 42], [271, 500], [958, 500]], dtype=torch.float64))


def test_projection_from_the_side_by_hand():
    """From azimuth 90 (on +x) the picture's right is world -z."""
    got = project_at([[0, 0, 1], [0, 1, 0]], azimuth=90.0)
    assert torch.allclose(got, torch.tensor([[271, 500], [500, 271]], dtype=torch.float64))


def test_left_of_a_person_facing_the_camera_is_right_in_the_picture(body):
    """And up is small y; from behind, left is left."""
    front, back = (cameras.view(body[None].float(), fixed_orbit([(a, 0, 0)]))[0] for a in (0, 180))
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        left, right = PAPER_13.index(f"left_{joint}"), PAPER_13.index(f"right_{joint}")
        assert front[left, 0] > 500 > front[right, 0]
        assert back[left, 0] < 500 < back[right, 0]
    for picture in (front, back):
        assert picture[PAPER_13.index("nose"), 1] < 500 < picture[PAPER_13.index("left_ankle"), 1]


def test_person_is_seen_from_their_left_at_azimuth_90(body):
    """The camera on +x sees the nose, which is forward (+z), left of the spine in the picture."""
    seen = cameras.view(body[None].float(), fixed_orbit([(90, 0, 0)]))[0]
    assert seen[PAPER_13.index("nose"), 0] < 500
    assert (seen[PAPER_13.index("left_hip")] - seen[PAPER_13.index("right_hip")])[0].abs() < 0.1


def test_roll_turns_the_picture_clockwise_with_y_down():
    """Rz(90): camera x becomes y, so what was right (+x) is below (+y), and what was above is right."""
    got = project_at([[1, 0, 0], [0, 1, 0]], roll=90.0)
    assert torch.allclose(got, torch.tensor([[500, 729], [729, 500]], dtype=torch.float64))
    little = project_at([[1, 0, 0]], roll=10.0)[0]
    assert little.tolist() == pytest.approx([500 + 229 * np.cos(np.radians(10)), 500 + 229 * np.sin(np.radians(10))])


def test_camera_above_looks_down():
    """A camera at elevation 30 sees a point in front of the person's feet (nearer to it) lower in the picture."""
    near, far = project_at([[0, 0, 1], [0, 0, -1]], elevation=30.0)
    assert near[1] > 500 > far[1]


@given(
    azimuth=st.floats(-180, 180), elevation=st.floats(-80, 80), roll=st.floats(-180, 180), distance=st.floats(1, 20)
)
def test_orbit_property(azimuth, elevation, roll, distance):
    target = torch.tensor([[0.3, 1.1, -2.0]], dtype=torch.float64)
    world_to_camera = cameras.orbit_cameras(orbit(azimuth, elevation, roll, distance), target)[0]
    rotation = world_to_camera[:3, :3]
    assert torch.allclose(rotation @ rotation.T, torch.eye(3, dtype=torch.float64), atol=1e-9)
    assert torch.linalg.det(rotation).item() == pytest.approx(1)
    seen = rotation @ target[0] + world_to_camera[:3, 3]
    assert seen.tolist() == pytest.approx([0, 0, distance], abs=1e-9)
    # The picture's upright lies in the vertical plane of the view: after undoing the roll, x is level.
    undone = cameras.orbit_cameras(orbit(azimuth, elevation, 0.0, distance), target)[0]
    assert abs(undone[0, 1].item()) < 1e-9
    assert undone[1, 1].item() < 0


def test_zero_distortion_changes_nothing(rng):
    points = torch.randn(6, 13, 3, generator=rng, dtype=torch.float64)
    camera = look_at(torch.tensor([0.0, 1.0, 9.0], dtype=torch.float64), ORIGIN)
    plain = project(points, camera, INTRINSICS)
    assert torch.equal(project(points, camera, INTRINSICS, torch.zeros(4, dtype=torch.float64)), plain)
    assert torch.equal(project(points, camera, INTRINSICS, torch.zeros(5, dtype=torch.float64)), plain)


@pytest.mark.parametrize("coefficients", [(-0.3, 0.1, 0.01, -0.02), (0.05, -0.2, 0.003, 0.004, 0.6)])
def test_distortion_against_brown_s_formula(coefficients):
    """One point, the formula written out with OpenCV's order k1, k2, p1, p2, k3."""
    k1, k2, p1, p2, k3 = (*coefficients, 0.0)[:5]
    x, y = 0.4, -0.3
    r2 = 0.25
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    expected = (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2), y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y)
    got = project(np.array([[0.8, -0.6, 2.0]]), np.eye(4), np.eye(3), np.array(coefficients))
    assert got[0].tolist() == pytest.approx(expected)


def test_intrinsics_of_another_camera():
    matrix = np.array([[1000.0, 2.0, 320.0], [0.0, 900.0, 240.0], [0.0, 0.0, 1.0]])
    got = project(np.array([[1.0, -1.0, 4.0]]), np.eye(4), matrix)
    assert got[0].tolist() == pytest.approx([1000 / 4 - 2 / 4 + 320, -900 / 4 + 240])


def test_random_orbit_bounds_and_determinism():
    got, again = (cameras.random_orbit(4000, torch.Generator().manual_seed(3)) for _ in range(2))
    for name, low, high in (("azimuth", -180, 180), ("elevation", -30, 30), ("roll", -30, 30), ("distance", 3, 7)):
        values = getattr(got, name)
        assert torch.equal(values, getattr(again, name))
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() <= high
        # uniform: the mean is within 4 standard errors of the middle
        assert (values.mean() - (low + high) / 2).abs() < 4 * (high - low) / 12**0.5 / 4000**0.5
    other = cameras.random_orbit(4000, torch.Generator().manual_seed(4))
    assert not torch.equal(other.azimuth, got.azimuth)
    narrow = cameras.random_orbit(100, torch.Generator().manual_seed(0), azimuth=10.0, distance=(2.0, 2.5))
    assert narrow.azimuth.abs().max() <= 10
    assert (narrow.distance >= 2).all()
    assert (narrow.distance <= 2.5).all()


def test_view_of_many_poses_by_one_camera_and_by_one_each(poses):
    some = poses[:4]
    one = cameras.view(some, fixed_orbit([SEEN[2]]))
    each = cameras.view(some, fixed_orbit([SEEN[2]] * 4))
    assert torch.equal(one, each)
    mixed = cameras.view(some, fixed_orbit(SEEN))
    assert torch.equal(mixed[2], one[2])
    assert (mixed[0] - one[0]).abs().max() > 1
    # each camera looks at its pose's mid-hip: near the picture's middle whatever the place
    assert ((mixed[:, 7] + mixed[:, 8]) / 2 - 500).abs().max() < 10
    assert cameras.view(some[:0], fixed_orbit([SEEN[0]])).shape == (0, 13, 2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_and_kind(poses, dtype):
    seen = cameras.view(poses[:3].to(dtype), fixed_orbit([UNSEEN[2]]))
    assert seen.dtype == dtype
    camera = look_at(np.array([0.0, 0.0, 5.0]), np.zeros(3))
    assert isinstance(camera, np.ndarray)
    assert isinstance(project(np.zeros((13, 3)), camera, cameras.intrinsics().numpy()), np.ndarray)


def test_errors():
    above = torch.tensor([0.0, 3.0, 0.0])
    with pytest.raises(ValueError, match="do not look straight up or down.*move its centre off the vertical"):
        look_at(above, torch.zeros(3))
    with pytest.raises(ValueError, match="stands on its target"):
        look_at(above, above)
    camera = look_at(torch.tensor([0.0, 0.0, 5.0]), torch.zeros(3))
    with pytest.raises(ValueError, match="in front of the camera, got 1 behind the camera; check its distance"):
        project(torch.tensor([[0.0, 0.0, 6.0], [0.0, 0.0, 4.0]]), camera, cameras.intrinsics())
    with pytest.raises(ValueError, match="behind the camera"):
        project(torch.tensor([[1.0, 0.0, 5.0]]), camera, cameras.intrinsics())
    with pytest.raises(ValueError, match=r"got points with 1 values that are NaN .* first at index \(0, 2\)"):
        project(torch.tensor([[0.0, 0.0, torch.nan]]), camera, cameras.intrinsics())
    with pytest.raises(ValueError, match=r"expected points of shape \(..., joints, 3\), got \(13, 2\)"):
        project(torch.zeros(13, 2), camera, cameras.intrinsics())


def test_view_refuses_a_number_of_cameras_that_is_neither_1_nor_the_poses():
    poses = torch.zeros(3, 13, 3)
    with pytest.raises(ValueError, match="expected 1 camera, or one for each of 3 poses; got 2 cameras"):
        cameras.view(poses, cameras.fixed_orbit(cameras.SEEN[:2]))
