"""Poses that have a name: for each activity on the map, the poses that no other activity has."""

import numpy as np

EACH = 4  # poses a name
_TYPICAL = 0.1  # share of an activity's poses that may be its examples
_OTHERS = 2000  # poses of other activities that are compared


def named_poses(z: np.ndarray, label: np.ndarray, names: list[str]) -> list[tuple[str, list[int]]]:
    """Give for each name the places of up to EACH of its embeddings z (n, d), the most telling first.

    label (n): the place in names of each embedding's activity. The first is the one farthest from all poses of other
    activities: the middle of a kick's poses only stands. The others are telling too, and far from one another.
    """
    found = []
    for k, name in enumerate(names):
        mine, others = np.flatnonzero(label == k), np.flatnonzero(label != k)
        others = others[np.linspace(0, len(others) - 1, min(_OTHERS, len(others))).astype(int)]
        order = np.argsort(-_distance_to_nearest(z[mine], z[others]), kind="stable")
        telling = mine[order[: max(EACH, int(_TYPICAL * len(mine)))]]
        found.append((name.replace("_", " ").lower(), _spread(z, telling)))
    return found


def _distance_to_nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Give the squared distance of each point (n, d) to the nearest of others; 0 if there are none."""
    if not len(others):
        return np.zeros(len(points))
    return (points**2).sum(1) + ((others**2).sum(1) - 2 * points @ others.T).min(1)


def _spread(z: np.ndarray, telling: np.ndarray) -> list[int]:
    """Take the first, then each time the one farthest from those taken."""
    taken = [int(telling[0])]
    nearest = np.linalg.norm(z[telling] - z[taken[0]], axis=1)
    while len(taken) < min(EACH, len(telling)):
        best = int(nearest.argmax())
        taken.append(int(telling[best]))
        nearest = np.minimum(nearest, np.linalg.norm(z[telling] - z[telling[best]], axis=1))
    return taken
