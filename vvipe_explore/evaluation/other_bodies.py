"""Poses of several kinds of bodies, on which every method is measured beside subject 14.

    subject 14         CMU's test person, on the skeleton that all of CMU's BVH files share
    UI-PRMD            other people in another studio; joints by regression from markers on the skin
    own skeletons      CMU's subjects 02 and 03, each on a skeleton of their own
    synthetic bodies   made-up bodies that no training takes in

Settings are chosen by choosing_figure: the mean over the validation sets and over seen and unseen cameras of Hit@1.
Where a method trained on none of UI-PRMD, its UI-PRMD column is called source-out.
"""

import statistics
from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from torch import Tensor

from .. import datasets
from ..datasets import Motion
from ..training.sources import synthetic
from .cross_view import CAMERA_SETS, cross_view_hits, project_to

MOST = 3000
"""Poses of UI-PRMD in a set, at most."""
OWN_SKELETONS = (2, 3)
"""The subjects of CMU's ASF/AMC files whose motions are in the training data on the shared skeleton."""


def body_sets(part: str, root=None) -> dict[str, Tensor]:
    """Give the world poses (n, 13, 3) of every set by name, for part "test" or "validation".

    A data set that is not here is left out. Own skeletons and synthetic bodies are the same in both parts.
    """
    cmu_name = {"test": "subject 14", "validation": "CMU"}[part]
    sets = {cmu_name: _cmu(part, root), "UI-PRMD": _ui_prmd(part, root), "own skeletons": _own_skeletons(root)}
    sets = {name: torch.from_numpy(motion.poses) for name, motion in sets.items() if motion is not None}
    return sets | {"synthetic bodies": torch.from_numpy(synthetic(trained_on=False).poses[::2])}


def _loaded(name: str, root) -> Motion | None:
    """Load a data set, or None where its folder is missing."""
    try:
        return _load_once(name, root)
    except ValueError as error:
        if "was not found" in str(error):
            return None
        raise


_load_once = cache(datasets.load)


def _cmu(part: str, root) -> Motion | None:
    motion = _loaded("cmu", root)
    return motion and motion[datasets.split(motion)[part]]


def _ui_prmd(part: str, root) -> Motion | None:
    motion = _loaded("ui-prmd", root)
    if motion is None:
        return None
    return ui_prmd_rows(motion, part)


def ui_prmd_rows(motion: Motion, part: str) -> Motion:
    """Take a part of UI-PRMD as the protocol does: every fourth of 25 frames a second, at most MOST by an even stride.

    A frame's number counts rows of the file; files of 100 rows a second were read by every fourth row.
    """
    return _thinned(motion, motion[datasets.split(motion)[part]], MOST)


def _thinned(whole: Motion, motion: Motion, most: int) -> Motion:
    """Take every fourth of 25 frames a second of some rows of the whole, at most so many by an even stride."""
    step = max(1, int(np.gcd.reduce(whole.frame)))
    motion = motion[motion.frame % (4 * step) == 0]
    return motion[:: -(-len(motion) // most)]


STRANGERS = ((4, 6), (1, 2, 3), (3, 5, 10), (1, 5, 10))
"""Groups of UI-PRMD's people that are not the test, nearly as many in each as in the test."""


def strangers(root=None, most: int = 2000) -> dict[str, Tensor]:
    """Give the world poses (n, 13, 3) of each group of STRANGERS, for methods that trained on none of UI-PRMD.

    Two people alone mislead: with joints turned by 7 degrees instead of 15, s04 and s06 are found more often (88.3 /
    85.7 % instead of 87.8 / 86.1, results/tuning.jsonl), all seven people less (87.0 / 84.4 instead of 88.1 / 85.4).
    """
    motion = _loaded("ui-prmd", root)
    if motion is None:
        return {}
    groups = {group: motion[np.isin(motion.subject, group)] for group in STRANGERS}
    return {
        " ".join(f"s{who:02d}" for who in group): torch.from_numpy(_thinned(motion, rows, most).poses)
        for group, rows in groups.items()
    }


def _own_skeletons(root) -> Motion | None:
    motion = _loaded("cmu-asfamc", root)
    return motion and motion[np.isin(motion.subject, OWN_SKELETONS)]


def hits_by_set(model, sets: Mapping[str, Tensor], detected: bool = False) -> dict[str, dict[str, float]]:
    """Measure Hit@1 in % on the seen and the unseen cameras: {set: {"seen": ..., "unseen": ...}}."""
    return {
        name: {
            cameras: cross_view_hits(model, poses, project_to(poses, orbit, detected), (1,))[1]
            for cameras, orbit in CAMERA_SETS.items()
        }
        for name, poses in sets.items()
    }


def choosing_figure(hits: Mapping[str, Mapping[str, float]]) -> float:
    """Give the figure that chooses settings: the mean over bodies of Hit@1, seen and unseen cameras weighed alike."""
    return statistics.fmean(statistics.fmean(by_camera.values()) for by_camera in hits.values())
