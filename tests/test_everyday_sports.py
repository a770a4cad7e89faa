"""Everyday motion and sports: which poses count as which, and what is compared."""

import dataclasses

import numpy as np
import pytest
import torch

from vvipe_explore.evaluation import everyday_sports
from vvipe_explore.evaluation.everyday_sports import KINDS


@pytest.fixture(scope="module")
def named(synthetic):
    """Ten poses of each of four activities; the last is of no kind."""
    action = np.repeat(["walk", "kick", "boxing", "swim"], 10)
    whole = synthetic[:40]
    return dataclasses.replace(whole, action=action)


def test_what_is_of_neither_kind_is_left_out(named):
    assert everyday_sports.of_kind(named, "everyday").tolist() == [True] * 10 + [False] * 30
    assert everyday_sports.of_kind(named, "sports").tolist() == [False] * 10 + [True] * 20 + [False] * 10
    assert everyday_sports.of_kind(named, "both").sum() == 30


def test_no_activity_is_of_both_kinds():
    assert not set(KINDS["everyday"]) & set(KINDS["sports"])


def test_poses_are_taken_by_an_even_stride_and_of_both_in_halves(named):
    poses = torch.from_numpy(named.poses)
    torch.testing.assert_close(everyday_sports.poses_of(named, "sports", 2), poses[[10, 29]])
    torch.testing.assert_close(everyday_sports.poses_of(named, "both", 4), poses[[0, 9, 10, 29]])
    assert len(everyday_sports.poses_of(named, "everyday", 99)) == 10


def test_each_training_is_tested_on_each_kind(synthetic):
    found, models = everyday_sports.compare(synthetic, n=64, n_held=40, vae_steps=2, steps=2)
    assert list(models) == ["everyday", "sports", "both"]
    assert list(found) == [(trained, tested) for trained in models for tested in KINDS]
    assert all(0 <= row["hit@1"] <= 100 and row["pa_mpjpe"] > 0 for row in found.values())
    table = everyday_sports.as_table(found).splitlines()
    assert len(table) == 5
    assert table[2].split(" | ")[1] == f"{found['everyday', 'everyday']['hit@1']:.0f}"
