"""How limbs are turned about their own axes over time: by the plane in which they bend, without jumps.

A direction says nothing of the turn about itself. Where a limb is bent, its hinge (the axis of elbow or knee) is square
to its two bones. Where it is straight, the hinge is carried along from frames around it.
"""

import numpy as np

SECONDS = 0.05
"""How far in time a hinge is smoothed where a limb is bent at a right angle; further where it is straighter."""


def steady_hinges(along: np.ndarray, wanted: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    """Give the hinges (n, limbs, 3) nearest to those wanted that change little over time; unit, square to along.

    along (n, limbs, 3): unit directions of the upper bones. wanted (n, limbs, 3): hinges, as long as they are sure;
    weight (n, limbs): how sure a frame is, above 0 somewhere. An angle from one frame to the next has no meaning by
    itself: it is measured from a vector that is carried along without a turn about the bone (parallel transport).
    """
    carried = carry(along)
    aside = np.cross(along, carried)
    place = np.stack([(wanted * carried).sum(-1), (wanted * aside).sum(-1)], -1)
    place = _smooth(place, weight + 1e-9, (SECONDS * fps) ** 2)
    size = np.linalg.norm(place, axis=-1, keepdims=True)
    place = np.where(size > 1e-12, place / np.maximum(size, 1e-300), [1.0, 0.0])
    return place[..., :1] * carried + place[..., 1:] * aside


def _smooth(wanted: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """Give x (n, limbs, 2) with the least sum of weight x^2 - 2 wanted x, plus stiffness times the squared steps.

    Setting its gradient to 0 gives a tridiagonal system, here solved by elimination for all limbs at once.
    """
    pivot, x = weight[..., None] + stiffness * np.ones_like(wanted), wanted.copy()
    pivot[1:-1] += stiffness
    if len(x) == 1:
        pivot -= stiffness
    for t in range(1, len(x)):
        x[t] += stiffness / pivot[t - 1] * x[t - 1]
        pivot[t] -= stiffness**2 / pivot[t - 1]
    x[-1] /= pivot[-1]
    for t in range(len(x) - 2, -1, -1):
        x[t] = (x[t] + stiffness * x[t + 1]) / pivot[t]
    return x


def carry(along: np.ndarray) -> np.ndarray:
    """Give unit vectors (n, limbs, 3) square to along that turn from frame to frame only as much as along does."""
    found = np.empty_like(along)
    least = np.eye(3)[np.abs(along[0]).argmin(-1)]
    now = least - (least * along[0]).sum(-1, keepdims=True) * along[0]
    for t in range(len(along)):
        if t:
            ahead = (now * along[t]).sum(-1, keepdims=True)
            one_plus_cosine = 1 + (along[t - 1] * along[t]).sum(-1, keepdims=True)
            now = now - ahead / np.maximum(one_plus_cosine, 1e-12) * (along[t - 1] + along[t])
        now = now / np.linalg.norm(now, axis=-1, keepdims=True)
        found[t] = now
    return found
