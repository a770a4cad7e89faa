"""Rotation matrices from the ways in which files write the rotation of a camera or a bone."""

import numpy as np


def from_quaternion(quaternion) -> np.ndarray:
    """Give the matrix (3, 3) of a quaternion w, x, y, z of any length but 0."""
    q = np.asarray(quaternion, np.float64)
    if q.shape != (4,) or not np.linalg.norm(q) > 0:
        raise ValueError(f"expected a quaternion of four numbers, not all 0, got {quaternion}")
    w, (x, y, z) = q[0] / np.linalg.norm(q), q[1:] / np.linalg.norm(q)
    cross = _cross(np.array([x, y, z]))
    return np.eye(3) + 2 * w * cross + 2 * cross @ cross


def from_vector(vector) -> np.ndarray:
    """Give the matrix (3, 3) of a rotation about a vector (3,), by its length in radians."""
    v = np.asarray(vector, np.float64)
    if v.shape != (3,):
        raise ValueError(f"expected a rotation vector of three numbers, got {vector}")
    angle, cross = float(np.linalg.norm(v)), _cross(v)
    half = np.sinc(angle / 2 / np.pi)  # sin(angle / 2) / (angle / 2), 1 at angle 0
    return np.eye(3) + np.sinc(angle / np.pi) * cross + half**2 / 2 * cross @ cross


def about(axis: int, radians: np.ndarray | float) -> np.ndarray:
    """Give the rotations (..., 3, 3) about one axis, 0 for x to 2 for z, by angles (...)."""
    cosine, sine = np.cos(radians), np.sin(radians)
    j, k = (axis + 1) % 3, (axis + 2) % 3
    turned = np.zeros((*np.shape(radians), 3, 3))
    turned[..., axis, axis] = 1
    turned[..., j, j] = turned[..., k, k] = cosine
    turned[..., k, j], turned[..., j, k] = sine, -sine
    return turned


def _cross(v: np.ndarray) -> np.ndarray:
    """Give the matrix that takes the cross product with v."""
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
