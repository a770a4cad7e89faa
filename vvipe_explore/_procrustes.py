"""The compiled inner loop of PA-MPJPE: the best rotation of each pair as a quaternion, in float64.

Horn (1987): the quaternion is the leading eigenvector of a symmetric 4 x 4 matrix made from the covariance.
Theobald (2005): its eigenvalue is the largest root of a quartic, which Newton's method finds, and the eigenvector is
a row of the adjugate. That is fast, but inaccurate where two eigenvalues nearly meet (mirrored or degenerate pairs);
Jacobi's method solves those. Neither needs an SVD, and neither can give a reflection.
Import this module only where it is used: numba takes longer to import than the rest of the package.
"""

import math

import numpy as np

from ._compiled import compiled

_FAST = {"contract", "reassoc", "nsz", "arcp"}


@compiled(fastmath=_FAST)
def _newton(k, q, start):
    """Write the leading eigenvector of the traceless k to q and give its eigenvalue, or -1 if it is inaccurate."""
    d = k[0, 0], k[1, 1], k[2, 2], k[3, 3]
    s = k[0, 1], k[0, 2], k[0, 3], k[1, 2], k[1, 3], k[2, 3]
    x = _largest_root(d, s, start)
    if x < 0.0 or not _eigenvector(d, s, x, 1e-12 * start**6, q):
        return -1.0
    return x


@compiled(fastmath=_FAST, inline="always")
def _largest_root(d, s, start):
    """Give the largest eigenvalue of the matrix with diagonal d and upper rows s, from start down; -1 if Newton fails.

    It is a root of x^4 + c2 x^2 + c1 x + c0, whose coefficients are sums of principal minors.
    """
    d0, d1, d2, d3 = d
    s01, s02, s03, s12, s13, s23 = s
    c2 = d0 * d1 + d0 * d2 + d0 * d3 + d1 * d2 + d1 * d3 + d2 * d3
    c2 -= s01 * s01 + s02 * s02 + s03 * s03 + s12 * s12 + s13 * s13 + s23 * s23
    c1 = -(
        _det3(d0, d1, d2, s01, s02, s12)
        + _det3(d0, d1, d3, s01, s03, s13)
        + _det3(d0, d2, d3, s02, s03, s23)
        + _det3(d1, d2, d3, s12, s13, s23)
    )
    c0 = (
        d0 * _det3(d1, d2, d3, s12, s13, s23)
        - s01 * _minor(s01, s12, s13, s02, d2, s23, s03, s23, d3)
        + s02 * _minor(s01, d1, s13, s02, s12, s23, s03, s13, d3)
        - s03 * _minor(s01, d1, s12, s02, s12, d2, s03, s13, s23)
    )
    x = start
    for _ in range(30):
        x2 = x * x
        slope = 4.0 * x2 * x + 2.0 * c2 * x + c1
        if slope <= 0.0:
            return -1.0
        step = (x2 * x2 + c2 * x2 + c1 * x + c0) / slope
        x -= step
        if abs(step) < 1e-12 * start:
            break
    else:
        return -1.0
    return x


@compiled(fastmath=_FAST, inline="always")
def _eigenvector(diagonal, s, x, least, q):
    """Write the eigenvector of x to q: the longest row of the adjugate of k - x I; False if its square is below least.

    Each row is the eigenvector times a factor.
    """
    a, b, c, d = diagonal[0] - x, diagonal[1] - x, diagonal[2] - x, diagonal[3] - x
    s01, s02, s03, s12, s13, s23 = s
    c00, c11 = _det3(b, c, d, s12, s13, s23), _det3(a, c, d, s02, s03, s23)
    c22, c33 = _det3(a, b, d, s01, s03, s13), _det3(a, b, c, s01, s02, s12)
    c01 = -_minor(s01, s12, s13, s02, c, s23, s03, s23, d)
    c02 = _minor(s01, b, s13, s02, s12, s23, s03, s13, d)
    c03 = -_minor(s01, b, s12, s02, s12, c, s03, s13, s23)
    c12 = -_minor(a, s01, s03, s02, s12, s23, s03, s13, d)
    c13 = _minor(a, s01, s02, s02, s12, c, s03, s13, s23)
    c23 = -_minor(a, s01, s02, s01, b, s12, s03, s13, s23)
    best = 0.0
    for row in ((c00, c01, c02, c03), (c01, c11, c12, c13), (c02, c12, c22, c23), (c03, c13, c23, c33)):
        size = row[0] * row[0] + row[1] * row[1] + row[2] * row[2] + row[3] * row[3]
        if size > best:
            best = size
            q[0], q[1], q[2], q[3] = row
    if best < least:
        return False
    norm = 1.0 / math.sqrt(best)
    for m in range(4):
        q[m] *= norm
    return True


@compiled(fastmath=_FAST, inline="always")
def _minor(a, b, c, d, e, f, g, h, i):
    """Give the determinant of a 3 x 3 matrix."""
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


@compiled(fastmath=_FAST, inline="always")
def _det3(a, b, c, ab, ac, bc):
    """Give the determinant of a symmetric 3 x 3 matrix with diagonal a, b, c."""
    return a * (b * c - bc * bc) - ab * (ab * c - bc * ac) + ac * (ab * bc - b * ac)


@compiled()
def _jacobi(k, q):
    """Diagonalise k (4, 4) in place; write its leading eigenvector to q (4) and give the eigenvalue."""
    v = np.eye(4)
    for _ in range(12):
        off = 0.0
        total = 0.0
        for i in range(4):
            total += k[i, i] * k[i, i]
            for j in range(i + 1, 4):
                off += k[i, j] * k[i, j]
        if off <= 1e-26 * total:
            break
        for i in range(3):
            for j in range(i + 1, 4):
                if k[i, j] == 0.0:
                    continue
                theta = (k[j, j] - k[i, i]) / (2.0 * k[i, j])
                t = math.copysign(1.0, theta) / (abs(theta) + math.sqrt(theta * theta + 1.0))
                c = 1.0 / math.sqrt(t * t + 1.0)
                s = t * c
                for m in range(4):
                    a, b = k[m, i], k[m, j]
                    k[m, i], k[m, j] = c * a - s * b, s * a + c * b
                for m in range(4):
                    a, b = k[i, m], k[j, m]
                    k[i, m], k[j, m] = c * a - s * b, s * a + c * b
                    a, b = v[m, i], v[m, j]
                    v[m, i], v[m, j] = c * a - s * b, s * a + c * b
    best = 0
    for i in range(1, 4):
        if k[i, i] > k[best, best]:
            best = i
    for m in range(4):
        q[m] = v[m, best]
    return k[best, best]


@compiled()
def aligned_errors(source, target, errors):
    """Move each source (n, joints, 3) onto its target by a similarity and write the mean joint distance to errors.

    Gives the number of pairs with a pose that has all joints at one point; their errors are NaN.
    """
    n, joints, _ = source.shape
    a = np.empty((3, joints))
    b = np.empty((3, joints))
    k = np.empty((4, 4))
    q = np.empty(4)
    degenerate = 0
    for row in range(n):
        size_a = _centre(source[row], a)
        size_b = _centre(target[row], b)
        if size_a == 0.0 or size_b == 0.0:
            errors[row] = np.nan
            degenerate += 1
            continue
        scale = _fit(a, b, size_a, size_b, k, q)
        errors[row] = _mean_distance(a, b, q, scale)
    return degenerate


@compiled()
def _fit(a, b, size_a, size_b, k, q):
    """Write the quaternion that best rotates centred a onto b (3, joints) to q and give the scale; k is overwritten."""
    _horn(a, b, k)
    value = _newton(k, q, math.sqrt(size_a * size_b))
    if value < 0.0:
        value = _jacobi(k, q)
    return value / size_a


@compiled(fastmath=_FAST)
def _centre(pose, out):
    """Write pose (joints, 3) about its mean to out (3, joints); give its sum of squares, 0 if all joints coincide."""
    joints = pose.shape[0]
    size = 0.0
    spread = 0.0
    for d in range(3):
        mean = 0.0
        for j in range(joints):
            mean += pose[j, d]
        mean /= joints
        for j in range(joints):
            out[d, j] = pose[j, d] - mean
            size += out[d, j] * out[d, j]
            spread = max(spread, abs(pose[j, d] - pose[0, d]))
    return size if spread > 0.0 else 0.0


@compiled(fastmath=_FAST)
def _horn(a, b, k):
    """Write Horn's matrix of a and b (3, joints) to k."""
    m = np.empty((3, 3))
    for x in range(3):
        for y in range(3):
            total = 0.0
            for j in range(a.shape[1]):
                total += a[x, j] * b[y, j]
            m[x, y] = total
    k[0, 0] = m[0, 0] + m[1, 1] + m[2, 2]
    k[1, 1] = m[0, 0] - m[1, 1] - m[2, 2]
    k[2, 2] = m[1, 1] - m[0, 0] - m[2, 2]
    k[3, 3] = m[2, 2] - m[0, 0] - m[1, 1]
    k[0, 1] = k[1, 0] = m[1, 2] - m[2, 1]
    k[0, 2] = k[2, 0] = m[2, 0] - m[0, 2]
    k[0, 3] = k[3, 0] = m[0, 1] - m[1, 0]
    k[1, 2] = k[2, 1] = m[0, 1] + m[1, 0]
    k[1, 3] = k[3, 1] = m[0, 2] + m[2, 0]
    k[2, 3] = k[3, 2] = m[1, 2] + m[2, 1]


@compiled(fastmath=_FAST)
def _mean_distance(a, b, q, scale):
    """Give the mean distance between the joints of b and those of a, rotated by q and scaled."""
    w, x, y, z = q[0], q[1], q[2], q[3]
    r00, r01, r02 = w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)
    r10, r11, r12 = 2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)
    r20, r21, r22 = 2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z
    total = 0.0
    for j in range(a.shape[1]):
        p0, p1, p2 = scale * a[0, j], scale * a[1, j], scale * a[2, j]
        d0 = r00 * p0 + r01 * p1 + r02 * p2 - b[0, j]
        d1 = r10 * p0 + r11 * p1 + r12 * p2 - b[1, j]
        d2 = r20 * p0 + r21 * p1 + r22 * p2 - b[2, j]
        total += math.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
    return total / a.shape[1]
