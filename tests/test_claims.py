"""The verdicts on the paper's claims, by hand."""

import pytest
import torch

from vvipe_explore.evaluation import pose_sets
from vvipe_explore.evaluation.claims import Claim, as_table, difference, verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ((81.7, 0.5), (77.0, 1.0), "holds"),
        ((77.0, 1.0), (81.7, 0.5), "the reverse holds"),
        ((80.0, 3.0), (77.0, 4.0), "no difference measured"),
        ((80.0, 0.0), (80.0, 0.0), "no difference measured"),
    ],
)
def test_a_difference_counts_beyond_twice_its_spread(ours, theirs, words):
    assert verdict(*difference(ours, theirs)) == words


def test_the_difference_of_two_spreads_by_hand():
    value, spread = difference((7.0, 3.0), (2.0, 4.0))
    assert value == 5.0
    assert spread == pytest.approx(5.0)


def test_the_table_has_a_row_a_claim():
    better = Claim("it is better", "a run", "+2", "no difference measured")
    table = as_table([Claim("it is smooth", "a cell", "3 %", "holds"), better])
    assert table.splitlines()[2:] == [
        "| 1 | it is smooth | a cell | 3 % | **holds** |",
        "| 2 | it is better | a run | +2 | **no difference measured** |",
    ]


def test_the_nearest_of_others_by_hand():
    """Two poses at 0 and 1 m; others at 0.2 m and 5 m: all joints shifted alike, so the distance is the shift."""
    poses = torch.zeros(2, 13, 3)
    poses[1, :, 0] = 1.0
    others = torch.zeros(2, 13, 3)
    others[0, :, 0], others[1, :, 0] = 0.2, 5.0
    torch.testing.assert_close(pose_sets.to_nearest(poses, others), torch.tensor([0.2, 0.8]))
