"""What can't be true of detections is mended and said: parts of a picture, per cent, y upwards, a quarter turn."""

import json

import numpy as np
import pytest
import torch

from vvipe_explore import cameras, skeleton
from vvipe_explore.datasets import read_detections
from vvipe_explore.datasets.detections import plausible
from vvipe_explore.datasets.detections.proportions import log_aspect

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # each that a file gives is asserted

PLACE = [skeleton.COCO_17.index(name) for name in skeleton.PAPER_13]


@pytest.fixture(scope="module")
def seen(synthetic):
    """Sixty people seen from five sides, in pictures of 1000 x 1000: keypoints (60, 13, 2)."""
    poses = torch.from_numpy(synthetic.poses[:: len(synthetic.poses) // 60][:60])
    sides = [(20, 5, 0), (100, -5, 0), (200, 10, 0), (300, 0, 0), (60, 15, 0)]
    views = [cameras.view(poses[k::5], cameras.fixed_orbit([side])).numpy() for k, side in enumerate(sides)]
    return np.concatenate(views)


def write(path, points, sure=0.9, **more):
    """Write COCO's keypoint results, one person a picture; points: (n, 13, 2)."""
    entries = []
    for k, person in enumerate(points):
        full = np.zeros((17, 3))
        full[PLACE] = np.concatenate([person, np.full((13, 1), sure)], 1)
        entries.append({"image_id": f"{k}.jpg", "keypoints": full.ravel().tolist(), **more})
    path.write_text(json.dumps(entries))
    return path


def keypoints(path, **options):
    return read_detections(path, **options).to_paper_13()[0]


# --- parts of a picture ---


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 480)])
def test_parts_of_a_picture_are_multiplied_by_its_size(tmp_path, recwarn, seen, size):
    pixels = seen + [size[0] / 2 - 500, size[1] / 2 - 500]
    path = write(tmp_path / "a.json", pixels / size)
    np.testing.assert_allclose(keypoints(path, size=size), pixels, atol=0.01)
    both_ways = write(tmp_path / "b.json", 2 * pixels / size - 1)
    np.testing.assert_allclose(keypoints(both_ways, size=size), pixels, atol=0.01)
    assert not recwarn.list


def test_one_unit_for_both_axes_is_told_by_the_proportions(tmp_path, seen):
    """VideoPose3D divides x and y by half of the width."""
    pixels = seen + [460, 40]
    path = write(tmp_path / "a.json", pixels / 960 - [1, 1080 / 1920])
    with pytest.warns(UserWarning, match=r"a\.json: x and y \(-1\.\.1\) have one unit, half of the picture's width"):
        got = keypoints(path, size=(1920, 1080))
    np.testing.assert_allclose(got, pixels, atol=0.01)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_without_a_size_a_picture_that_is_no_square_is_refused(tmp_path, seen, size):
    path = write(tmp_path / "a.json", (seen + [size[0] / 2 - 500, size[1] / 2 - 500]) / size)
    with pytest.raises(ValueError, match=r"a\.json: x and y are parts of the picture .*size=\(1920, 1080\), .*--size"):
        read_detections(path)


def test_without_a_size_a_square_is_assumed_and_said(tmp_path, seen):
    with pytest.warns(UserWarning, match=r"a\.json: x and y are parts of the picture .*taken as square, 1000 x 1000"):
        got = keypoints(write(tmp_path / "a.json", seen / 700))
    np.testing.assert_allclose(got, seen / 0.7, atol=0.01)


def test_a_size_that_squeezes_people_is_said(tmp_path, seen):
    path = write(tmp_path / "a.json", (seen + [460, 40]) / [1920, 1080])
    with pytest.warns(UserWarning, match="in pictures of 1080 x 1920 pixels its people are too narrow; check the size"):
        read_detections(path, size=(1080, 1920))


def test_pixels_stay_pixels_and_points_outside_of_the_size_are_said(tmp_path, recwarn, seen):
    path = write(tmp_path / "a.json", seen)
    np.testing.assert_allclose(keypoints(path, size=(1000, 1000)), seen, atol=1e-3)
    assert not recwarn.list
    with pytest.warns(UserWarning, match="of its points lie outside of pictures of 320 x 240 pixels"):
        np.testing.assert_allclose(keypoints(path, size=(320, 240)), seen, atol=1e-3)


@pytest.mark.parametrize("size", [(0, 5), (1920,), "big", 7, (np.nan, 2), (1920, -1080)])
def test_what_is_no_size_is_refused(tmp_path, size):
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(ValueError, match=r"expected size as \(width, height\) in pixels, such as \(1920, 1080\), got"):
        read_detections(tmp_path / "a.json", size=size)


def test_proportions_tell_how_wide_a_picture_is(seen):
    sure, names, rows = np.ones((60, 13)), skeleton.PAPER_13, np.arange(60)
    true, people = log_aspect(seen, sure, names, rows)
    assert people > 40
    assert abs(true) < 0.15
    for wide in (16 / 9, 3 / 4):
        squeezed, _ = log_aspect(seen / [wide, 1], sure, names, rows)
        assert squeezed - true == pytest.approx(np.log(wide), abs=0.03)
    assert log_aspect(seen[..., ::-1], sure, names, rows)[1] < 5   # who lies says nothing


# --- which way is up ---


@pytest.mark.parametrize("form", ["pixels", "negative", "parts", "both ways"])
def test_y_upwards_is_turned_and_said(tmp_path, seen, form):
    up = {"pixels": seen * [1, -1] + [0, 1000], "negative": seen * [1, -1],
          "parts": (seen * [1, -1] + [0, 1000]) / 1000, "both ways": seen * [2e-3, -2e-3] + [-1, 1]}[form]  # fmt: skip
    size = None if form == "negative" else (1000, 1000)
    with pytest.warns(UserWarning, match=r"a\.json: [345]\d of \d\d people .* stand on their heads, so"):
        got = keypoints(write(tmp_path / "a.json", up), size=size)
    np.testing.assert_allclose(got, seen, atol=0.01)


def test_people_on_their_hands_are_not_turned(tmp_path):
    """A handstand: the wrists are lower in the picture than the nose."""
    standing = {"nose": (0, -80), "shoulder": (20, -60), "elbow": (25, -90), "wrist": (25, -120), "hip": (15, 0),
                "knee": (15, 40), "ankle": (15, 80)}  # fmt: skip
    person = np.array([
        (x * (-1 if name.startswith("right") else 1), y)
        for name in skeleton.PAPER_13 for x, y in [standing[name.rpartition("_")[2]]]
    ])  # fmt: skip
    upside = np.tile(500 - person, (20, 1, 1)).astype(float)
    with pytest.warns(UserWarning, match="20 of 20 people looked at stand on their heads; if they do not, turn y"):
        np.testing.assert_allclose(keypoints(write(tmp_path / "a.json", upside)), upside, atol=1e-3)


def test_a_single_picture_is_not_turned(tmp_path, seen):
    up = seen[:1] * [1, -1] + [0, 1000]
    with pytest.warns(UserWarning, match="1 of 1 people looked at stand on their heads; if they do not, turn y"):
        np.testing.assert_allclose(keypoints(write(tmp_path / "a.json", up)), up, atol=1e-3)


def test_a_quarter_turn_is_said(tmp_path, seen):
    with pytest.warns(UserWarning, match="people looked at lie; if they stood, the pictures were turned by a quarter"):
        np.testing.assert_allclose(keypoints(write(tmp_path / "a.json", seen[..., ::-1])), seen[..., ::-1], atol=1e-3)


def test_people_who_stand_are_believed(tmp_path, recwarn, seen):
    np.testing.assert_allclose(keypoints(write(tmp_path / "a.json", seen)), seen, atol=1e-3)
    assert not recwarn.list


# --- confidence ---


@pytest.mark.parametrize(("top", "unit"), [(87.5, 100), (230.0, 255), (6.0, 6), (4000.0, 4000)])
def test_confidence_of_another_range_is_divided(tmp_path, seen, top, unit):
    with pytest.warns(UserWarning, match=rf"its confidence goes up to .*, so it was divided by {unit}"):
        d = read_detections(write(tmp_path / "a.json", seen, sure=top))
    assert d.confidence.max() == pytest.approx(top / unit)


def test_scores_a_little_above_1_and_visibility_become_1(recwarn):
    scores = np.array([[0.5, 0.9, 1.3], [0.4, 0, 1.0]])
    assert not plausible.scale_confidence(scores)
    assert scores.tolist() == [[0.5, 0.9, 1], [0.4, 0, 1]]
    visibility = np.array([[2.0, 2, 1], [2, 0, 2]])
    assert not plausible.scale_confidence(visibility)
    assert visibility.tolist() == [[1, 1, 1], [1, 0, 1]]
