"""Rotations as animation files have them: the smallest turn, angles about three axes, quaternions."""

import numpy as np


def unit(vectors: np.ndarray, otherwise: np.ndarray | None = None) -> np.ndarray:
    """Make vectors (..., 3) of length 1; those shorter than a thousandth of a millimetre become otherwise, or 0."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    made = vectors / np.maximum(lengths, 1e-300)
    return np.where(lengths > 1e-6, made, np.zeros(3) if otherwise is None else otherwise)


def axes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give the matrices (..., 3, 3) whose columns are first, second and first x second, for square unit vectors."""
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def smallest_turn(source: np.ndarray, target: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Give the smallest rotations (..., 3, 3) that take unit vectors source to target (..., 3).

    axis (..., 3), square to source: what to turn about where target is opposite to source.
    """
    cosine = (source * target).sum(-1)[..., None, None]
    x, y, z = np.moveaxis(np.cross(source, target), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    half = 2 * axis[..., :, None] * axis[..., None, :] - np.eye(3)
    turned = np.eye(3) + cross + cross @ cross / np.maximum(1 + cosine, 1e-12)
    return np.where(cosine > -1 + 1e-10, turned, half)


def to_angles(turns: np.ndarray, order: str) -> np.ndarray:
    """Give the angles (n, joints, 3), radians, of turns (n, joints, 3, 3): about(order[0]) @ about(...) @ about(...).

    Of the ways to write a rotation, each frame has the one nearest to the frame before.
    """
    i, j, k = ("XYZ".index(axis) for axis in order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    side = np.hypot(turns[..., i, i], turns[..., i, j])
    middle = np.arctan2(sign * turns[..., i, k], side)
    first = np.arctan2(-sign * turns[..., j, k], turns[..., k, k])
    last = np.arctan2(-sign * turns[..., i, j], turns[..., i, i])
    locked = side < 1e-7  # the first and the last axis are one: all is put into the first
    first = np.where(locked, np.arctan2(sign * turns[..., k, j], turns[..., j, j]), first)
    angles = np.stack([first, middle, np.where(locked, 0.0, last)], -1)
    for t in range(1, len(angles)):
        angles[t] = _nearest(angles[t], angles[t - 1])
    return angles


def _nearest(angles: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Write rotations' angles (joints, 3) as near to before as they can be: there are two ways, and whole turns."""
    other = angles * [1, -1, 1] + np.pi
    ways = np.stack([angles, other])
    ways += 2 * np.pi * np.round((before - ways) / (2 * np.pi))
    return ways[np.abs(ways - before).sum(-1).argmin(0), np.arange(len(before))]


def to_quaternions(turns: np.ndarray) -> np.ndarray:
    """Give unit quaternions x, y, z, w (n, 4) of turns (n, 3, 3), each on the side of the one before."""
    m = turns
    xyz = [m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]]
    outer = np.empty((len(m), 4, 4))  # 4 q q^T
    outer[:, :3, :3] = m + m.transpose(0, 2, 1)
    trace = np.trace(m, axis1=1, axis2=2)
    for i in range(3):
        outer[:, i, i] = 1 - trace + 2 * m[:, i, i]
        outer[:, i, 3] = outer[:, 3, i] = xyz[i]
    outer[:, 3, 3] = 1 + trace
    largest = outer[:, range(4), range(4)].argmax(-1)
    q = outer[np.arange(len(m)), largest]
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    steps = np.where((q[1:] * q[:-1]).sum(-1) < 0, -1.0, 1.0)
    return q * np.cumprod(np.append(1.0, steps))[:, None]
