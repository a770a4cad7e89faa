"""One body is followed: where tracks trade their numbers, where it is lost for a while, and beside other people."""

import numpy as np
import pytest

from vvipe_explore._joint_names import PAPER_13
from vvipe_explore.datasets.detections.follow_person import follow_person
from vvipe_explore.datasets.detections.reader import Detections

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

SHAPE = np.random.default_rng(3).normal(size=(13, 2)) * [30, 80]


def seen(people, tracked=False, n_frames=None, video=True):
    """Make detections of (frame, x, track) or (frame, x, track, scale); the confidence is 0.9."""
    people = sorted(((*person, 1.0)[:4] for person in people), key=lambda person: person[0])
    frame = np.array([person[0] for person in people])
    noise = np.random.default_rng(0).normal(size=(len(people), 13, 2))
    points = np.stack([person[3] * SHAPE + [person[1], 500] for person in people]) + noise
    track = np.array([person[2] for person in people])
    n = n_frames or int(frame.max()) + 1
    confidence = np.full((len(people), 13), 0.9, np.float32)
    score = np.full(len(people), np.nan, np.float32)
    return Detections(points.astype(np.float32), confidence, PAPER_13, frame, track, n, score, tracked, video=video)


def followed_x(d, **options):
    """The chosen person's frames, and where they stand."""
    rows = d.choice(**options).rows
    return d.frame[rows].tolist(), d.keypoints[rows].mean(axis=1)[:, 0] - SHAPE[:, 0].mean()


def crossing(swapped: bool, hidden=(), step=13.5):
    """Two people who cross at frame 30, so many pixels a frame; their tracks' numbers are traded there, or not."""
    people = []
    for t in range(60):
        for k, x in enumerate((505 + step * (t - 30), 500 - step * (t - 30))):
            if (k, t) not in hidden:
                people.append((t, x, 1 + (k ^ (swapped and t >= 30))))
    return people


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("step", [5, 13.5, 25])
@pytest.mark.parametrize("hidden", [(), [(1, t) for t in range(27, 34)], [(k, t) for k in (0, 1) for t in (29, 30)]])
def test_two_who_cross_are_told_apart_by_how_they_move(swapped, hidden, step):
    d = seen(crossing(swapped, hidden, step), tracked=True)
    frames, x = followed_x(d)
    steps = np.diff(x) / np.diff(frames)
    assert len(frames) >= 50
    assert abs(np.abs(steps[:20]).mean() - step) < 1
    assert np.sign(steps[:20].mean()) * (x[-1] - x[0]) == pytest.approx(59 * step, abs=15)


def test_a_track_that_is_asked_for_is_given_as_it_is_and_said_to_jump():
    d = seen(crossing(True), tracked=True)
    choice = d.choice(track=1)
    assert (d.person[choice.rows] == 1).all()
    assert choice.why == "track 1, as requested; its number is on several bodies"
    assert seen(crossing(False), tracked=True).choice(track=1).why == "track 1, as requested"


def test_without_tracks_two_who_cross_are_told_apart():
    frames, x = followed_x(seen(crossing(False)))
    assert frames == list(range(60))
    assert abs(x[-1] - x[0]) == pytest.approx(59 * 13.5, abs=15)


def test_a_body_goes_on_where_its_track_gets_another_number():
    people = [(t, 500 + t, 1 if t < 30 else 7) for t in range(60)] + [(t, 100, 2, 0.8) for t in range(10, 50)]
    d = seen(people, tracked=True)
    choice = d.choice()
    assert d.frame[choice.rows].tolist() == list(range(60))
    assert choice.why == "tracks 1, 7: one body, large and long, seen in 60 of 60 frames"
    assert follow_person(d, track=7).rows.tolist() == np.flatnonzero(d.person == 7).tolist()


def test_another_track_far_away_is_another_person():
    d = seen([(t, 500 + t, 1) for t in range(40)] + [(t, 1500, 2) for t in range(60, 90)], tracked=True)
    frames, _ = followed_x(d)
    assert frames == list(range(40))


def test_one_track_is_one_person_even_after_a_long_time():
    d = seen([(t, 500 + t, 1) for t in range(40)] + [(t, 1500, 1) for t in range(300, 330)], tracked=True)
    assert followed_x(d)[0] == [*range(40), *range(300, 330)]


def test_a_bystander_does_not_fill_the_frames_in_which_the_person_is_lost():
    people = [(t, 500 + 3 * t, 0) for t in range(60) if not 20 <= t < 26]
    people += [(t, 1200, 0, 0.7) for t in range(60)]
    frames, x = followed_x(seen(people))
    assert frames == [t for t in range(60) if not 20 <= t < 26]
    assert x == pytest.approx([500 + 3 * t for t in frames], abs=3)


def test_the_only_person_is_followed_over_cuts_and_ghosts_are_nobody():
    people = [(t, 300 + 1000 * (t // 10 % 2), 0) for t in range(60)] + [(t, 900, 0, 0.02) for t in range(0, 60, 7)]
    frames, x = followed_x(seen([*people, (70, 900, 0, 0.02)]))
    assert frames == list(range(60))
    assert x == pytest.approx([300 + 1000 * (t // 10 % 2) for t in range(60)], abs=3)


def test_single_pictures_show_their_largest_person():
    people = [(t, 100 + 700 * t, 0) for t in range(5)] + [(t, 2000, 0, 0.5 if t else 2.0) for t in range(5)]
    d = seen(people, video=False)
    frames, x = followed_x(d)
    assert frames == list(range(5))
    assert x == pytest.approx([2000 + SHAPE[:, 0].mean(), 800, 1500, 2200, 2900], abs=40)
    assert d.choice().why == "single pictures: the largest person of each, 5 in all"


def test_a_row_with_one_sure_joint_is_nobody():
    d = seen([(t, 500, 0) for t in range(5)])
    d.confidence[2, 1:] = 0.05
    assert followed_x(d)[0] == [0, 1, 3, 4]


def test_many_people_take_little_time():
    """Random people have no doubtless link; each frame still gets at most one of them."""
    rng = np.random.default_rng(0)
    d = seen([(t, x, 0) for t in range(400) for x in rng.uniform(0, 3000, 12)])
    frames, _ = followed_x(d)
    assert (np.diff(frames) > 0).all()
    assert len(frames) > 300
