"""The sets of other bodies, by the protocol's rules, and the figure that chooses settings."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vvipe_explore.datasets.motion import ExerciseMotion
from vvipe_explore.evaluation import other_bodies
from vvipe_explore.skeleton import PAPER_13, bone_lengths
from vvipe_explore.training import sources


def exercises(frames: int) -> ExerciseMotion:
    """A made UI-PRMD: ten people, one repetition each, whose poses say person and frame."""
    n = 10 * frames
    subject, frame = np.repeat(np.arange(1, 11), frames), np.tile(np.arange(frames), 10)
    poses = np.zeros((n, 13, 3), np.float32)
    poses[:, 0, 0], poses[:, 0, 1] = subject, frame
    sequence = np.array([f"m01_s{s:02d}_e01" for s in subject])
    return ExerciseMotion(poses, PAPER_13, subject, np.full(n, "deep squat"), sequence, frame,
                          correct=np.full(n, True), repetition=np.full(n, 1))  # fmt: skip


def test_people_of_ui_prmd_are_in_one_part_only():
    parts = {part: other_bodies.ui_prmd_rows(exercises(8), part) for part in ("train", "validation", "test")}
    people = {part: sorted(set(motion.subject.tolist())) for part, motion in parts.items()}
    assert people == {"train": [1, 2, 3, 5, 10], "validation": [4, 6], "test": [7, 8, 9]}
    assert {f for motion in parts.values() for f in motion.frame.tolist()} == {0, 4}


def test_files_of_100_rows_a_second_give_the_same_moments():
    made = exercises(8)
    faster = other_bodies.ui_prmd_rows(replace(made, frame=4 * made.frame), "test")
    slower = other_bodies.ui_prmd_rows(made, "test")
    assert np.array_equal(faster.poses, slower.poses)
    assert set(faster.frame.tolist()) == {0, 16}


def test_a_large_part_is_thinned_to_the_most_by_an_even_stride():
    rows = other_bodies.ui_prmd_rows(exercises(5000), "test")  # 3,750 of them are fourth rows
    assert len(rows) == 1875
    assert set(np.diff(rows.frame[rows.subject == 7]).tolist()) == {8}
    assert set(rows.subject.tolist()) == {7, 8, 9}


def test_strangers_are_nobody_of_the_test(monkeypatch):
    monkeypatch.setattr(other_bodies, "_loaded", lambda name, root: exercises(5000))
    groups = {name: set(poses[:, 0, 0].int().tolist()) for name, poses in other_bodies.strangers(most=1000).items()}
    assert groups == {"s04 s06": {4, 6}, "s01 s02 s03": {1, 2, 3}, "s03 s05 s10": {3, 5, 10}, "s01 s05 s10": {1, 5, 10}}
    assert all(500 < len(poses) <= 1000 for poses in other_bodies.strangers(most=1000).values())


def test_without_ui_prmd_there_are_no_strangers(tmp_path):
    assert other_bodies.strangers(tmp_path / "missing") == {}


def test_the_figure_weighs_bodies_and_cameras_alike():
    hits = {"one": {"seen": 90.0, "unseen": 70.0}, "another": {"seen": 50.0, "unseen": 30.0}}
    assert other_bodies.choosing_figure(hits) == 60


def test_held_out_synthetic_bodies_are_in_no_training():
    trained, held_out = (set(sources.synthetic(on).subject.tolist()) for on in (True, False))
    assert trained == {1, 2, 3, 4, 5, 6}
    assert held_out == {7, 8}


def test_without_data_the_synthetic_bodies_remain(tmp_path, monkeypatch):
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path))
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    other_bodies._load_once.cache_clear()
    assert list(other_bodies.body_sets("test")) == ["synthetic bodies"]


def test_a_damaged_data_set_is_not_taken_for_a_missing_one(tmp_path, monkeypatch):
    monkeypatch.setenv("VVIPE_CACHE", str(tmp_path))
    monkeypatch.setenv("VVIPE_DATA", str(tmp_path))
    other_bodies._load_once.cache_clear()
    (tmp_path / "ui-prmd" / "correct").mkdir(parents=True)
    (tmp_path / "ui-prmd" / "correct" / "m01_s07_e01_positions.txt").write_text("1,2,3\n")
    with pytest.raises(ValueError, match="m01_s07_e01"):
        other_bodies.body_sets("test")


@pytest.mark.filterwarnings("ignore:left out")
def test_real_sets_are_the_protocol_s(real_data):
    other_bodies._load_once.cache_clear()
    test, validation = other_bodies.body_sets("test"), other_bodies.body_sets("validation")
    if not {"cmu-mocap", "ui-prmd", "cmu-asfamc"} <= {p.name for p in real_data.iterdir()}:
        pytest.skip("VVIPE_DATA holds not all of cmu-mocap, ui-prmd and cmu-asfamc: see data/README.md")
    assert list(test) == ["subject 14", "UI-PRMD", "own skeletons", "synthetic bodies"]
    assert list(validation) == ["CMU", *list(test)[1:]]
    assert (len(test["subject 14"]), len(validation["CMU"])) == (2663, 5203)
    assert 1000 < len(test["UI-PRMD"]) <= other_bodies.MOST
    # the shared skeleton has one set of lengths, the own skeletons have others
    shared, own = (torch.quantile(bone_lengths(test[n]), 0.5, dim=0) for n in ("subject 14", "own skeletons"))
    assert ((own / own.sum()) / (shared / shared.sum()) - 1).abs().max() > 0.1
