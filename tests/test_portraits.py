"""Where a person is in the picture, and who else was found."""

import json
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest

from vvipe_explore.cli.main import main
from vvipe_explore.datasets import Detections
from vvipe_explore.lift import crop
from vvipe_explore.lift.portraits import Portraits, everyone
from vvipe_explore.skeleton import COCO_17, PAPER_13

SHAPE = np.array([[50, 0], [60, 20], [40, 20], [65, 50], [35, 50], [70, 80], [30, 80], [55, 90], [45, 90], [55, 140],
                  [45, 140], [55, 190], [45, 190]], float)  # fmt: skip
"""Someone who stands: 40 wide, 190 high."""
SIZE = (1920, 1080)


def walking(n=60, step=20.0) -> np.ndarray:
    """Keypoints (n, 13, 2) of someone who crosses the picture."""
    return SHAPE + np.array([100.0, 400.0]) + np.arange(n)[:, None, None] * [step, 0]


def test_a_box_has_a_margin_and_leaves_out_what_is_missing():
    there = np.ones((3, 13), bool)
    there[1, 11:] = False
    there[2] = False
    box = crop.boxes(np.stack([SHAPE] * 3), there, 0.1)
    assert box[0].tolist() == [11, -19, 78, 228]
    assert box[1].tolist() == [16, -14, 68, 168]
    assert np.isnan(box[2]).all()


def test_the_window_follows_a_walker_who_stays_inside():
    points = walking()
    there = np.ones(points.shape[:2], bool)
    there[20:30] = False
    window = crop.window(points, there, 30, SIZE)
    low, high = window[:, None, :2], (window[:, :2] + window[:, 2:])[:, None]
    assert ((points >= low) & (points <= high)).all(-1)[there].all()
    assert (window[:, :2] >= 0).all()
    assert (window[:, :2] + window[:, 2:] <= SIZE).all()
    assert np.ptp(window[:, 0]) > 500
    assert np.abs(np.diff(window, axis=0)).max() <= 40  # twice a step
    assert np.median(window[:, 2] * window[:, 3]) < 0.3 * SIZE[0] * SIZE[1]
    assert np.abs(window[:, 2] / window[:, 3] - window[0, 2] / window[0, 3]).max() < 0.02


def test_who_fills_the_picture_or_is_not_seen_is_shown_in_all_of_it():
    whole = [[0, 0, 200, 250]] * 5
    there = np.ones((5, 13), bool)
    assert crop.window(np.stack([SHAPE] * 5), there, 30, (200, 250)).tolist() == whole
    assert crop.window(np.stack([SHAPE] * 5), ~there, 30, (200, 250)).tolist() == whole


def test_a_box_larger_than_the_picture_is_cut_and_one_beside_it_moved():
    fitted = crop.fitted(np.array([[-5.0, -5, 300, 20], [90, 40, 20.5, 20]]), (100, 50))
    assert fitted.tolist() == [[0, 0, 100, 20], [79, 30, 21, 20]]


@pytest.fixture
def found() -> Detections:
    """Track 7 walks for 60 frames, track 2 stands in 20 of them, nearest in frame 15."""
    stands = np.stack([SHAPE * (1 + 0.01 * (k == 5)) + [900, 100] for k in range(20)])
    points = np.concatenate([walking(), stands]).astype(np.float32)
    frame, person = np.r_[:60, 10:30], np.r_[np.full(60, 7), np.full(20, 2)]
    order = np.argsort(frame, kind="stable")
    sure = np.ones(points.shape[:2], np.float32)
    score = np.ones(len(points), np.float32)
    return Detections(points[order], sure, PAPER_13, frame[order], person[order], 60, score, tracked=True)


def test_everyone_is_listed_once_and_the_followed_one_first(found):
    people = everyone(found, np.flatnonzero(found.person == 2), found.frame)
    assert [(p.track, p.frames, p.followed) for p in people] == [(2, 20, True), (7, 60, False)]
    assert people[0].frame == 15
    assert everyone(replace(found, tracked=False), np.arange(60), found.frame) == []


def test_one_body_of_several_tracks_is_followed_in_all_of_them(found):
    people = everyone(found, np.arange(80), found.frame)
    assert [p.followed for p in people] == [True, True]


def test_a_portrait_is_cut_out_of_the_person_s_own_frame(found):
    import io

    from PIL import Image

    portraits = Portraits(everyone(found, np.flatnonzero(found.person == 7), found.frame))
    for k in range(20):
        portraits.add(np.full((1080, 1920, 3), 10 * k, np.uint8))
    walker, other = portraits.people
    assert other.frame == 15
    for person, grey in ((other, 150), (walker, 0 if walker.frame < 20 else 235)):
        picture = np.asarray(Image.open(io.BytesIO(portraits.of(person))))
        assert max(picture.shape) <= 144
        assert abs(int(np.median(picture)) - grey) < 5


def test_the_command_on_the_page_follows_the_other_person(tmp_path, monkeypatch, capsys):
    """AlphaPose's tracks 7 and 2: the larger one is followed first, the other one by the command that the page has."""
    entries = []
    for k, walker in enumerate(walking(8)):
        for track, points in ((7, walker), (2, 0.8 * walker + [900, 0])):
            named = dict(zip(PAPER_13, points.round(2).tolist(), strict=True))
            flat = [v for joint in COCO_17 for v in (*named.get(joint, (0, 0)), float(joint in named))]
            entries.append({"image_id": f"{k}.jpg", "category_id": 1, "keypoints": flat, "score": 1, "idx": track})
    (tmp_path / "two people.json").write_text(json.dumps(entries))
    monkeypatch.chdir(tmp_path)

    def about() -> dict:
        page = (tmp_path / "here" / "lift.html").read_text()
        return json.loads(re.findall(r'id="about">([^<]*)<', page)[0])

    words = ["lift", "--keypoints", "two people.json", "--out", "here", "--no-smooth", "--no-fit"]
    assert main([*words, "--fps", "25", "--export", "csv"]) == 0
    first = about()
    assert [(p["track"], p["followed"]) for p in first["people"]] == [(7, True), (2, False)]
    assert {"lift.npz", "lift.json", "motion.csv"} <= {file["name"] for file in first["files"]}
    assert main(shlex.split(f"{first['command']} --person 2")[1:]) == 0
    second = about()
    assert [(p["track"], p["followed"]) for p in second["people"]] == [(2, True), (7, False)]
    assert second["command"] == first["command"]
    assert second["fps"] == 25
    assert json.loads((tmp_path / "here" / "lift.json").read_text())["fit"] is False
