"""Pictures' names become frames only where they count frames; times, ids and several videos are told apart."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from vvipe_explore.datasets import read_detections
from vvipe_explore.datasets.detections.frame_numbers import Pictures
from vvipe_explore.datasets.detections.timeline import timeline

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted


def of(names, entries=None, **options):
    pictures = Pictures(10**6)
    for name in names:
        pictures.add(name)
    return timeline(pictures, entries or len(names), **options)


def seconds(count=60, fps=30, start=0.0):
    return [start + k / fps for k in range(count)]


@pytest.mark.parametrize(
    ("names", "fps"),
    [
        ([f"frame_{t:.3f}.jpg" for t in seconds()], 30),
        ([f"{t:.6f}" for t in seconds(fps=25)], 25),
        ([f"t{t:.1f}s.png" for t in seconds(fps=10)], 10),
        ([f"{t:.3f}".replace(".", ",") + ".png" for t in seconds()], 30),
        ([f"{t:.2f}.jpg" for t in seconds()], 30),
        ([f"00_00_{t:06.3f}".replace(".", "_") for t in seconds()], 30),
        ([f"vlcsnap-2024-01-01-12h00m{t:06.3f}.png".replace(".", "s", 1) for t in seconds()], 30),
        ([f"{1700000000000 + round(1000 * t)}.jpg" for t in seconds()], 30),
        ([f"{1700000000000 + 33 * k}.jpg" for k in range(60)], 30.303),
        ([f"cam_{1700000000000000 + round(1e6 * t)}" for t in seconds(fps=60)], 60),
        ([1700000000000000000 + round(1e9 * t) for t in seconds(fps=29.97)], 29.97),
        ([f"{round(1000 * t)}.jpg" for t in seconds()], 30),  # 0, 33, 67, ...: milliseconds
        ([f"{round(1000 * t)}.jpg" for t in seconds(fps=59.94)], 59.94),
    ],
)
def test_times_give_frames_in_order_and_the_rate(names, fps):
    found = of(names)
    assert found.frame.tolist() == list(range(60))
    assert (found.n_frames, found.first, found.video, found.said) == (60, 0, True, ())
    assert found.fps == pytest.approx(fps, rel=2e-3)


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d_%H-%M-%S.%f", "%Y%m%d_%H%M%S_%f", "IMG_%Y%m%d_%H%M%S%f", "%Y-%m-%dT%H:%M:%S.%f", "cut %H-%M-%S.%f",
     "%Y%m%d%H%M%S%f"],
)  # fmt: skip
def test_dates_are_times_over_the_end_of_a_day(form):
    start = datetime(2024, 2, 28, 23, 59, 59) if "%Y" in form else datetime(2024, 2, 28, 12, 0, 59)
    names = [(start + timedelta(seconds=t)).strftime(form)[:-3] + ".jpg" for t in seconds()]
    found = of(names)
    assert found.frame.tolist() == list(range(60))
    assert found.fps == pytest.approx(30, rel=2e-3)


def test_gaps_between_times_stay_and_uneven_times_are_only_put_in_order():
    kept = [k for k in range(60) if not 20 <= k < 30]
    found = of([f"{1700000000000 + 40 * k}" for k in kept])
    assert found.frame.tolist() == kept
    assert found.fps == 25
    assert found.said == ()
    long = of([f"{1700000000000 + 40 * k}" for k in range(90) if not 20 <= k < 60])
    assert long.frame.tolist() == [*range(20), *range(50, 80)]
    assert long.said == ("gaps of more than 31 frames between the times of its pictures are shortened",)
    few = of([f"{1700000000000 + 40 * k}" for k in (0, 1, 40, 41, 80, 81, 120, 121)])
    assert few.frame.tolist() == list(range(8))
    assert "more than 10 frames for each" in few.said[0]
    rng = np.random.default_rng(0)
    uneven = of([f"{1700000000000 + t}" for t in np.cumsum(rng.integers(10, 300, 60))])
    assert uneven.frame.tolist() == list(range(60))
    assert "uneven" in uneven.said[0]


@pytest.mark.parametrize(
    "names",
    [
        [f"2024-01-01_12-00-00_{k:04d}.jpg" for k in range(60)],  # a counter behind a date
        [f"2024-01-01_12-00-00_{k:03d}.jpg" for k in range(60)],
        [f"v1.{k:04d}.png" for k in range(60)],
        [f"take_2.{k}.png" for k in range(60)],
        [f"take 20240101 {k}.png" for k in range(60)],
        [10**15 + k for k in range(60)],
        [f"a_{k + 1}" for k in range(60)],  # the first is 1
        [f"{k}_cam1_keypoints.json" for k in range(60)],
        [f"part{k // 30}_{k:03d}.jpg" for k in range(60)],
    ],
)
def test_what_counts_is_no_time(names):
    found = of(names)
    assert found.frame.tolist() == list(range(60))
    assert found.fps is None
    assert found.video


@pytest.mark.parametrize("step", [1, 2, 7, 10, 11, 15])
def test_one_picture_in_fifteen_leaves_gaps(step):
    found = of([f"frame_{step * k:05d}.jpg" for k in range(60)])
    assert found.frame.tolist() == [step * k for k in range(60)]
    assert found.video
    assert not of([f"frame_{16 * k:05d}.jpg" for k in range(60)], 1000).video


def test_a_first_number_that_would_make_too_many_frames_is_taken_off_and_said():
    found = of([f"{500 + 10 * k}.jpg" for k in range(60)])
    assert (found.frame[0], found.first, found.n_frames) == (0, 500, 591)
    assert found.said == ("frame 0 is the picture numbered 500",)


@pytest.mark.parametrize(
    "numbers", [range(0, 1800, 30), [139, 285, 632, 724, 776, 785, 802, 872, 1000, 581781], [1, 10**15], [0, 40, 80]]
)
def test_fewer_are_single_pictures(numbers):
    found = of([f"{number:012d}.jpg" for number in numbers])
    assert found.frame.tolist() == list(range(len(numbers)))
    assert not found.video
    assert "less than one in 15; they are no video" in found.said[0]
    assert found.number.tolist() == list(numbers)


def test_a_long_absence_is_shortened():
    """Two short scenes of a long video stay a video, and no file makes more frames than ten times its entries."""
    numbers = [*range(20), *range(90_000, 90_020)]
    found = of([f"{number}.jpg" for number in numbers])
    assert found.video
    assert found.frame.tolist() == [*range(20), *range(50, 70)]
    assert found.number.tolist() == numbers
    assert "gaps of more than 31 frames are shortened" in found.said[0]


def test_no_uneven_numbering_makes_more_frames_than_ten_times_the_entries():
    rng = np.random.default_rng(0)
    for trial in range(200):
        m, most = rng.integers(1, 40), 10 ** rng.integers(1, 15)
        found = of([f"{number}.jpg" for number in rng.integers(0, most, m)])
        assert found.n_frames <= 10 * m or m == 2, trial
        assert found.frame.max() < found.n_frames


@pytest.mark.parametrize(
    ("first", "frames", "start"),
    [(0, 0, 0), (1, 0, 1), (2, 2, 0), (10, 10, 0), (50, 50, 0), (51, 0, 51), (5000, 0, 5000)],
)
def test_the_first_number_is_kept_or_said(first, frames, start):
    found = of([f"{first + k}.jpg" for k in range(50)])
    assert (found.frame[0], found.first) == (frames, start)
    assert found.n_frames == frames + 50
    assert bool(found.said) == (start > 1)


def test_frames_that_the_file_counts_are_no_times():
    numbers = [1700000000000 + 33 * k for k in range(10)]
    assert of(numbers, counted=True).fps is None
    assert not of(numbers, counted=True).video


def test_times_that_the_file_says_count_before_names():
    for unit in (1, 1e3, 1e6, 1e9):
        found = of(range(5), seconds=unit * (1.7e9 * (unit < 1e9) + np.array([0, 0.04, 0.08, 0.16, 0.2])))
        assert found.frame.tolist() == [0, 1, 2, 4, 5]
        assert found.fps == pytest.approx(25, rel=1e-3)


@pytest.mark.parametrize(
    "names",
    [
        [f"{video}_{k:06d}.jpg" for video in ("a", "b") for k in range(30)],
        [f"cam{camera}/{k}.jpg" for camera in (1, 2) for k in range(30)],
        [f"{k}_cam{camera}.json" for camera in (1, 2, 3) for k in range(20)],
        [f"GX0{n}_{k:012d}_keypoints.json" for n in (10042, 20042) for k in range(30)],
    ],
)
def test_several_videos_are_told(names):
    found = of(names)
    assert len(found.videos) == len(names) // 30 if len(names) == 60 and "cam3" not in names[-1] else 3
    assert not found.video
    assert f"its pictures are of {len(found.videos)} videos, which start with" in found.said[0]


def test_several_videos_of_other_numbers_are_said_too():
    found = of([f"a_{k}.jpg" for k in range(30)] + [f"b_{k}.jpg" for k in range(100, 130)])
    assert (found.video, found.videos) == (False, ())
    assert "its pictures are of 2 videos, which start with 'a_0.jpg', 'b_100.jpg'" in found.said[0]


def test_names_without_a_number_in_common_are_single_pictures():
    assert not of(["walk.jpg", "run12.jpg", "jump.jpg"]).video
    assert not of([f"{letter}{k}{letter}.png" for k, letter in enumerate("adgjmpsvy")]).video
    assert of([f"{letter}_{k}.png" for k, letter in enumerate("aaaaabbbbb")]).video  # one goes on where the other ends
    assert of([]).n_frames == 0
    assert of(["only.jpg"]).n_frames == 1


def person(points=17):
    return [v for i in range(points) for v in (10.0 * i + 1, 5.0 * i + 2, 0.5)]


def test_two_videos_in_one_folder_are_refused(tmp_path):
    for name in ("walk", "run"):
        for k in range(3):
            frame = {"people": [{"pose_keypoints_2d": person(18)}]}
            (tmp_path / f"{name}_{k:012d}_keypoints.json").write_text(json.dumps(frame))
    with pytest.raises(ValueError, match=r"got 2 videos in one folder, which start with 'run_0.*a folder of its own"):
        read_detections(tmp_path)


def test_two_videos_in_one_file_are_said(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"image_id": f"{v}/{k}.jpg", "keypoints": person()} for v in "ab" for k in range(4)]))
    with pytest.warns(UserWarning, match=r"a\.json: its pictures are of 2 videos.* 'a/0\.jpg', 'b/0\.jpg'"):
        d = read_detections(path)
    assert not d.video
    assert d.n_frames == 8


def test_the_rate_comes_from_the_caller_the_file_or_its_names(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"image_id": f"{k / 25:.3f}.jpg", "keypoints": person()} for k in range(9)]))
    assert read_detections(path).fps == 25
    assert read_detections(path, fps=50).fps == 50
    for bad in (0, -3, float("nan")):
        with pytest.raises(ValueError, match="expected fps above 0, got"):
            read_detections(path, fps=bad)
