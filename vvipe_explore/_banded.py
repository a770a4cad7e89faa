"""The compiled inner loop of smoothing: the solution of a banded system, as long as the sequence.

Import this module only where it is used: numba takes longer to import than the rest of the package.
"""

import numpy as np

from ._compiled import compiled


@compiled()
def solve_pentadiagonal(band, right):
    """Solve A x = right (n, d) for a symmetric positive definite A with two diagonals above the main one.

    band (3, n): A[i, i] = band[2, i], A[i - 1, i] = band[1, i], A[i - 2, i] = band[0, i]. Gives x (n, d) and the
    diagonal of A's inverse (n). Raises ValueError if A is not positive definite.
    """
    n = band.shape[1]
    pivot, first, second, x = np.empty(n), np.zeros(n + 2), np.zeros(n + 2), right.copy()  # A = L diag(pivot) L^T
    for i in range(n):
        pivot[i] = band[2, i]
        if i > 1:
            second[i] = band[0, i] / pivot[i - 2]
            pivot[i] -= second[i] * band[0, i]
        if i > 0:
            rest = band[1, i] - (second[i] * pivot[i - 2] * first[i - 1] if i > 1 else 0.0)
            first[i] = rest / pivot[i - 1]
            pivot[i] -= first[i] * rest
        if not pivot[i] > 0.0:
            raise ValueError("the path can't be smoothed so stiffly; raise the cutoff.")
        for k in range(x.shape[1]):
            if i > 1:
                x[i, k] -= second[i] * x[i - 2, k]
            if i > 0:
                x[i, k] -= first[i] * x[i - 1, k]
    inverse = np.zeros((3, n + 2))  # inverse[k, i] = A^-1[i, i + k], from the last row up (Takahashi, 1973)
    for i in range(n - 1, -1, -1):
        inverse[2, i] = -first[i + 1] * inverse[1, i + 1] - second[i + 2] * inverse[0, i + 2]
        inverse[1, i] = -first[i + 1] * inverse[0, i + 1] - second[i + 2] * inverse[1, i + 1]
        inverse[0, i] = 1.0 / pivot[i] - first[i + 1] * inverse[1, i] - second[i + 2] * inverse[2, i]
        for k in range(x.shape[1]):
            x[i, k] /= pivot[i]
            if i + 1 < n:
                x[i, k] -= first[i + 1] * x[i + 1, k]
            if i + 2 < n:
                x[i, k] -= second[i + 2] * x[i + 2, k]
    return x, inverse[0, :n]
