"""The gauge of the explorer: other people's poses in the lower half of its scale, mixtures of limbs in the upper."""

import numpy as np
import pytest
import torch

from vvipe_explore import load_pretrained
from vvipe_explore._gauge import gauge, mixtures, recordings
from vvipe_explore.alignment import canonicalise
from vvipe_explore.training.bodies import LIMBS


@pytest.fixture(scope="module")
def canonical(synthetic) -> torch.Tensor:
    return torch.from_numpy(canonicalise(synthetic.poses).poses)


@pytest.mark.parametrize("strangers", [False, True], ids=["other frames", "other bodies"])
def test_of_100_held_out_poses_95_lie_in_the_lower_half_and_of_100_mixtures_95_in_the_upper(
    synthetic, canonical, strangers
):
    model = load_pretrained("exact")
    away = np.isin(synthetic.subject, [7, 8])  # the bodies that the weights were not trained on
    rows = np.flatnonzero(~away) if strangers else np.arange(len(synthetic))
    rows = rows[np.linspace(0, len(rows) - 1, 5000).round().astype(int)]
    held = canonical[away] if strangers else canonical[np.setdiff1d(np.arange(len(synthetic)), rows)]
    z, g = model.embed_poses(canonical[rows]), torch.Generator().manual_seed(0)
    scale = gauge(model.embed_poses, canonical[rows], z, torch.from_numpy(recordings(synthetic.sequence)[rows]), g)
    assert scale.misplaced < 0.05
    assert (scale.off(model.embed_poses(held[::3]), z) < 0.5).float().mean() >= 0.95
    assert (scale.off(model.embed_poses(mixtures(held[::3], g)), z) > 0.5).float().mean() >= 0.95


def test_a_mixture_has_its_own_trunk_and_the_limbs_of_others(canonical):
    poses = canonical[::600]
    mixed = mixtures(poses, torch.Generator().manual_seed(0))
    assert torch.equal(mixed[:, [0, 1, 2, 7, 8]], poses[:, [0, 1, 2, 7, 8]])
    for top, *others in LIMBS.values():
        limbs, known = ((p[:, others] - p[:, [top]]).flatten(1) for p in (mixed, poses))
        distances = torch.cdist(limbs.double(), known.double())
        assert distances.min(-1).values.max() < 1e-6
        assert (distances.argmin(-1) != torch.arange(len(poses))).any()


def line(poses):
    """Embed a pose as the place of its left wrist."""
    return poses[:, 5]


def test_the_scale_counts_less_where_recordings_differ():
    poses = torch.zeros(60, 13, 3)
    poses[:, 5, 0] = torch.linspace(-0.3, 0.3, 3).repeat_interleave(20)  # three people, who differ along x
    poses[:, 5, 1] = torch.linspace(0, 1, 20).repeat(3)
    poses[:, 5, 2] = 0.01 * torch.rand(60, generator=torch.Generator().manual_seed(0))
    known = line(poses)
    scale = gauge(line, poses, known, torch.arange(3).repeat_interleave(20), torch.Generator().manual_seed(0))
    across, _, out = scale.off(known[[30]] + 0.1 * torch.eye(3), known).tolist()
    assert across < out


def test_one_recording_is_enough():
    poses = torch.randn(30, 13, 3, generator=torch.Generator().manual_seed(0))
    scale = gauge(line, poses, line(poses), torch.zeros(30, dtype=torch.long), torch.Generator().manual_seed(0))
    assert np.isfinite(scale.middle)
    assert scale.off(line(poses)[:1] + 100, line(poses)) > 0.9
