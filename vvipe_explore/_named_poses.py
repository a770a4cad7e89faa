"""Poses that have a name: for each activity on the map, the poses that are most like it and least like the others."""

import numpy as np

EACH = 4  # poses a name
_TYPICAL = 0.2  # share of an activity's poses that may be its examples


def named_poses(z: np.ndarray, label: np.ndarray, names: list[str]) -> list[tuple[str, list[int]]]:
    """Give for each name the places of up to EACH of its embeddings z (n, d), the most typical first.

    label (n): the place in names of each embedding's activity. The first is the one that is nearest to the mean of its
    own activity, compared to the nearest mean of another one. The others are typical too, and far from one another.
    """
    means = np.stack([z[label == k].mean(0) for k in range(len(names))])
    found = []
    for k, name in enumerate(names):
        mine = np.flatnonzero(label == k)
        far = np.linalg.norm(z[mine, None] - means, axis=-1)
        others = np.delete(far, k, axis=1)
        margin = (others.min(1) if others.size else 0) - far[:, k]
        typical = mine[np.argsort(-margin, kind="stable")[: max(EACH, int(_TYPICAL * len(mine)))]]
        found.append((name.replace("_", " ").lower(), _spread(z, typical)))
    return found


def _spread(z: np.ndarray, typical: np.ndarray) -> list[int]:
    """Take the first, then each time the one farthest from those taken."""
    taken = [int(typical[0])]
    nearest = np.linalg.norm(z[typical] - z[taken[0]], axis=1)
    while len(taken) < min(EACH, len(typical)):
        best = int(nearest.argmax())
        taken.append(int(typical[best]))
        nearest = np.minimum(nearest, np.linalg.norm(z[typical] - z[typical[best]], axis=1))
    return taken
