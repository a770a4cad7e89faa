"""Videos whose frames do not follow each other evenly, as phones make them."""

from contextlib import nullcontext
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from vvipe_explore.lift.video import Frames, even_clock, frame_times, match_frames

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

av = pytest.importorskip("av", reason="PyAV is not installed")
SKIPS = [0, 1, 2, 5, 6, 7, 8, 12, 13, 14]
"""Ticks of 1/30 s at which a phone kept a frame."""


def video(path, ticks, milliseconds=False):
    """Write a grey picture a tick, 10 times its number bright. Times in ticks, or rounded to milliseconds."""
    unit = Fraction(1, 1000) if milliseconds else Fraction(1, 30)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = unit
        for k, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 10 * k, np.uint8), format="rgb24")
            frame.pts, frame.time_base = (round(tick * 1000 / 30) if milliseconds else tick), unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def numbers(pictures):
    """Read the frames' numbers from their brightness."""
    return [round(float(picture.mean()) / 10) for picture in pictures]


@pytest.mark.parametrize("milliseconds", [False, True])
def test_frames_that_a_phone_skipped_are_gaps_on_an_even_clock(tmp_path, milliseconds):
    frames = Frames(video(tmp_path / "phone.mp4", SKIPS, milliseconds))
    assert frames.ticks.tolist() == SKIPS
    assert frames.fps == pytest.approx(30, rel=0.02)
    assert numbers(frames) == list(range(10))
    assert numbers(frames.on_the_clock()) == [0, 1, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 7, 8, 9]


def test_an_even_video_keeps_its_own_clock(tmp_path):
    frames = Frames(video(tmp_path / "even.mp4", range(10)))
    assert frames.ticks is None
    assert frames.fps == 30
    assert numbers(frames.on_the_clock()) == list(range(10))


def test_detections_of_an_uneven_video_stand_at_their_times(tmp_path):
    frames = Frames(video(tmp_path / "phone.mp4", SKIPS))
    one = type("One", (), {"__len__": lambda self: 3, "frame": np.arange(3), "video": True, "first": 0})()
    one.number = np.array([0, 3, 9])
    frame, n, is_video = match_frames(one, 10, frames)
    assert (frame.tolist(), n, is_video) == ([0, 5, 14], 15, True)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([0, 0.04, 0.08, 0.20], [0, 1, 2, 5]),
        ([5, 5.04, 5.08, 5.2], [0, 1, 2, 5]),  # a first time is no gap
        ([0, 0.04, 0.05, 0.08, 0.12, 0.16], [0, 1, 2, 3, 4, 5]),  # two frames near one tick
        ([0, 0.04, 0.081, 0.119], None),
        ([0, 0.04], None),
        ([0, 0.04, 0.04, 0.2], None),
        ([], None),
        ([0, 0.001, 0.002, 2000], None),  # more ticks than any video has frames
    ],
)
def test_even_clock(times, expected):
    found = even_clock(np.array(times, float))
    assert (found and found[0].tolist()) == expected


def test_times_that_a_file_does_not_say_are_none(tmp_path, monkeypatch):
    path = video(tmp_path / "a.mp4", range(4))
    assert len(frame_times(path)) == 4
    packet = SimpleNamespace(pts=None, size=1, time_base=Fraction(1, 30))
    fake = SimpleNamespace(streams=SimpleNamespace(video=[0]), demux=lambda stream: [packet])
    monkeypatch.setattr("vvipe_explore.lift.video._open_video", lambda path: nullcontext(fake))
    assert len(frame_times(path)) == 0
