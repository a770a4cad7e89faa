"""The synthetic motion: labels, determinism, the frozen sample, and that its bodies could be human."""

from collections import Counter

import numpy as np
import pytest
from make_sample import write_sample

from vvipe_explore import alignment
from vvipe_explore.datasets import synthetic
from vvipe_explore.skeleton import PAPER_13

PLACE = {name: i for i, name in enumerate(PAPER_13)}
FRAMES = 96
AIRBORNE = ("run", "jump", "jumping_jack")
LIMBS = (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))


@pytest.fixture(scope="module")
def motion():
    return synthetic.generate(seed=0)


def joint(poses, name):
    return poses[..., PLACE[name], :].astype(float)


def length(vectors):
    return np.linalg.norm(vectors, axis=-1)


def bend(poses, side, top, middle, end):
    """Degrees by which a limb is bent at its middle joint, and the axis of the bend."""
    first = joint(poses, f"{side}_{middle}") - joint(poses, f"{side}_{top}")
    second = joint(poses, f"{side}_{end}") - joint(poses, f"{side}_{middle}")
    axis = np.cross(first / length(first)[..., None], second / length(second)[..., None])
    cosine = (first * second).sum(-1) / length(first) / length(second)
    return np.degrees(np.arctan2(length(axis), cosine)), axis


def leftward(poses, part):
    line = joint(poses, f"left_{part}") - joint(poses, f"right_{part}")
    return line / length(line)[..., None]


def by_sequence(motion):
    """(sequences, frames, 13, 3); the test of the labels shows that sequences lie one after another."""
    return motion.poses.reshape(-1, FRAMES, 13, 3).astype(float)


def test_shapes_and_labels(motion):
    assert motion.poses.shape == (8 * 16 * FRAMES, 13, 3)
    assert motion.poses.dtype == np.float32
    assert motion.joint_names == PAPER_13
    assert np.isfinite(motion.poses).all()
    assert set(motion.subject) == set(range(1, 9))
    some = "walk run sit squat wave reach punch kick jump bow throw jumping_jack"
    assert set(some.split()) <= set(motion.action)
    counts = Counter(zip(motion.subject, motion.action, strict=True))
    assert len(counts) == 8 * 16
    assert set(counts.values()) == {FRAMES}
    for row in (0, 5000, len(motion) - 1):
        assert motion.sequence[row] == f"b{motion.subject[row]:02d}_{motion.action[row]}"
    assert (motion.frame.reshape(-1, FRAMES) == np.arange(FRAMES)).all()
    assert (motion.sequence.reshape(-1, FRAMES) == motion.sequence[::FRAMES, None]).all()


def test_one_seed_gives_one_motion():
    first, again, other = (synthetic.generate(seed, bodies=1, frames_per_action=20) for seed in (3, 3, 4))
    assert np.array_equal(first.poses, again.poses)
    assert np.abs(first.poses - other.poses).max() > 0.1
    assert first.poses.shape == other.poses.shape


@pytest.mark.parametrize("wrong", [{"bodies": 0}, {"frames_per_action": 1}])
def test_too_few_raises(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} = "):
        synthetic.generate(**wrong)


def test_frozen_sample_is_what_the_generator_makes(motion):
    sample = synthetic.load()
    assert np.abs(sample.poses - motion.poses).max() < 0.75 * synthetic.STEP
    assert sample.poses.dtype == np.float32
    assert sample.joint_names == motion.joint_names
    for name in ("subject", "action", "sequence", "frame"):
        assert np.array_equal(getattr(sample, name), getattr(motion, name))


def test_frozen_sample_is_small():
    assert 100_000 < synthetic.SAMPLE.stat().st_size <= 3_000_000


def test_write_leaves_only_the_file(tmp_path):
    path = tmp_path / "again.npz"
    write_sample(path)
    assert [p.name for p in tmp_path.iterdir()] == ["again.npz"]
    with np.load(path, allow_pickle=False) as made, np.load(synthetic.SAMPLE, allow_pickle=False) as frozen:
        assert set(made.files) == set(frozen.files)
        assert np.abs(made["offsets"].astype(int) - frozen["offsets"]).max() <= 1


def test_limbs_keep_their_length_and_left_equals_right(motion):
    for body in range(1, 9):
        poses = motion[motion.subject == body].poses
        for a, b in LIMBS:
            bones = [length(joint(poses, f"{s}_{a}") - joint(poses, f"{s}_{b}")) for s in ("left", "right")]
            assert np.ptp(bones) < 1e-5


def test_bodies_have_human_and_different_proportions(motion):
    first = [motion[motion.subject == body].poses[0] for body in range(1, 9)]
    thigh, shank = (
        np.array([length(joint(p, f"left_{a}") - joint(p, f"left_{b}")) for p in first])
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    )
    assert thigh.min() > 0.33
    assert thigh.max() < 0.54
    assert np.ptp(thigh) > 0.06
    assert np.ptp(thigh / shank) > 0.05


def test_motion_is_smooth(motion):
    steps = np.diff(by_sequence(motion), axis=1)
    assert length(steps).max() * synthetic.FPS < 12.5
    assert length(np.diff(steps, axis=1)).max() * synthetic.FPS**2 < 230


def test_everybody_moves_and_no_two_repetitions_agree(motion):
    poses = by_sequence(motion)
    assert (length(np.ptp(poses, axis=1)).max(1) > 0.05).all()
    canonical = alignment.canonicalise(poses).poses
    gaps = length(canonical[:, 30:, None] - canonical[:, None, :1]).mean(-1).min((1, 2))
    assert gaps.min() > 0.003


def test_knees_bend_backward_within_their_range(motion):
    for side in ("left", "right"):
        angle, axis = bend(motion.poses, side, "hip", "knee", "ankle")
        assert angle.max() <= synthetic.RANGES["knee"][1] + 0.1
        assert angle.max() > 90
        # Thigh x shank points to the left when the heel goes back, for hips turned and spread by 45 at most.
        assert (axis * leftward(motion.poses, "hip")).sum(-1).min() > -1e-4


def test_elbows_bend_forward_within_their_range(motion):
    low_arms = motion[np.isin(motion.action, ["walk", "run", "sit", "squat", "bow", "crawl"])].poses
    for side in ("left", "right"):
        angle, _ = bend(motion.poses, side, "shoulder", "elbow", "wrist")
        assert angle.max() <= synthetic.RANGES["elbow"][1] + 0.1
        assert angle.max() > 90
        _, axis = bend(low_arms, side, "shoulder", "elbow", "wrist")
        assert (axis * leftward(low_arms, "shoulder")).sum(-1).max() < 1e-4


def test_person_faces_forward_in_the_canonical_frame(motion):
    canonical = alignment.canonicalise(motion.poses).poses
    shoulders = (joint(canonical, "left_shoulder") + joint(canonical, "right_shoulder")) / 2
    assert (joint(canonical, "nose") - shoulders)[:, 2].min() > 0
    assert joint(canonical, "left_hip")[:, 0].min() > 0.05
    upright = np.isin(motion.action, ["walk", "run", "wave", "jumping_jack"])
    assert (joint(motion.poses, "nose") - joint(motion.poses, "left_ankle"))[upright, 1].min() > 0.8


def test_walkers_go_where_they_face(motion):
    for action, slowest in (("walk", 0.5), ("run", 1.5)):
        poses = by_sequence(motion[motion.action == action])
        way = (joint(poses, "left_hip") + joint(poses, "right_hip"))[:, [0, -1]] / 2
        speed = (way[:, 1] - way[:, 0]) * synthetic.FPS / (FRAMES - 1)
        forward = alignment.canonicalise(poses).rotation[:, :, 2].mean(1)
        assert (speed * forward).sum(-1).min() > slowest


def test_people_face_all_around(motion):
    heading = alignment.heading(alignment.canonicalise(motion.poses[::FRAMES]).rotation)
    assert (np.histogram(heading, bins=8, range=(-180, 180))[0] > 4).all()


def test_grounded_activities_stay_on_the_floor(motion):
    low = motion.poses[..., 1].min(-1)
    assert low.min() > 0.015
    assert low[~np.isin(motion.action, AIRBORNE)].max() < 0.11
    assert low[motion.action == "jump"].max() > 0.2


def test_sitting_looks_seated(motion):
    poses = motion[motion.action == "sit"].poses
    drop = (joint(poses, "left_hip") - joint(poses, "left_knee"))[:, 1]
    seat = poses[np.abs(drop) < 0.08]
    assert len(seat) > 0.2 * len(poses)
    shank = joint(seat, "left_knee") - joint(seat, "left_ankle")
    assert (shank[:, 1] / length(shank)).min() > 0.85
