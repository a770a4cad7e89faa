"""Rotations as files write them, against scipy's."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from vvipe_explore.datasets._rotations import from_quaternion, from_vector


def test_rotations_are_scipy_s():
    rng = np.random.default_rng(0)
    for quaternion in [*rng.normal(size=(20, 4)), np.array([-2.0, 0, 0, 0]), np.array([0, 0, 3.0, 0])]:
        expected = Rotation.from_quat(quaternion, scalar_first=True).as_matrix()
        assert np.allclose(from_quaternion(quaternion), expected, atol=1e-14)
    for vector in [*rng.normal(size=(20, 3)), np.zeros(3), np.array([1e-9, 0, 0]), np.full(3, 9.0)]:
        assert np.allclose(from_vector(vector), Rotation.from_rotvec(vector).as_matrix(), atol=1e-13)


@pytest.mark.parametrize("wrong", [[0, 0, 0, 0], [1, 0, 0], [float("nan")] * 4])
def test_what_is_no_quaternion_is_refused(wrong):
    with pytest.raises(ValueError, match="expected a quaternion of four numbers"):
        from_quaternion(wrong)


def test_what_is_no_vector_is_refused():
    with pytest.raises(ValueError, match="expected a rotation vector of three numbers"):
        from_vector([1, 2])
