"""BlazePose's networks, decoded: by hand, and with the real networks on the real recording where both can be had."""

import functools
import http.server
import io
import itertools
import json
import os
import subprocess
import sys
import tarfile
import threading
import types
import warnings
import zipfile

import numpy as np
import pytest

from vvipe_explore.cli import main
from vvipe_explore.datasets import read_detections
from vvipe_explore.lift import video as videos
from vvipe_explore.lift.detectors import boxes, fetch, followed, landmarks, looks, networks, search, sides
from vvipe_explore.lift.detectors.people import People
from vvipe_explore.lift.detectors.region import Region
from vvipe_explore.skeleton import PAPER_13, convert, convert_confidence

TRIAL = "pose2sim-single/S00_P00_T01_BalancingTrial"

# --- the detection network ---


def test_anchors_are_the_middles_of_three_grids():
    found = boxes.anchors()
    assert found.shape == (2254, 2)  # the network's outputs have 2,254 rows
    np.testing.assert_allclose(found[[0, 1]], [[4 / 224, 4 / 224]] * 2)  # the first cell of 8 pixels, twice
    np.testing.assert_allclose(found[2], [12 / 224, 4 / 224])  # x runs first
    np.testing.assert_allclose(found[1568], [8 / 224, 8 / 224])  # 28 * 28 * 2 before it
    np.testing.assert_allclose(found[1960:1966], [[16 / 224, 16 / 224]] * 6)  # 14 * 14 * 2 more
    np.testing.assert_allclose(found[-1], [1 - 16 / 224, 1 - 16 / 224])


def test_a_box_and_its_points_are_measured_from_the_anchor():
    raw, logits = np.zeros((2254, 12)), np.full(2254, -200.0)
    raw[2] = [2, 4, 56, 112, 0, 10, 0, -100, 1, 1, 2, 2]
    logits[2] = np.log(0.8 / 0.2)
    box, points, score = boxes.decode(raw, logits)
    np.testing.assert_allclose(box * 224, [[14 - 28, 8 - 56, 14 + 28, 8 + 56]])
    np.testing.assert_allclose(points[0] * 224, [[12, 14], [12, -96], [13, 5], [14, 6]])
    assert score == pytest.approx([0.8])
    with pytest.raises(ValueError, match=r"expected \(2254, 12\) and \(2254,\) numbers"):
        boxes.decode(raw[:-1], logits)


def test_boxes_that_overlap_are_one_person_weighted_by_score():
    box = np.array([[0, 0, 1, 1], [0, 0, 1, 0.8], [5, 5, 6, 6], [0, 0, 1, 0.25]], float)
    points = np.arange(4)[:, None, None] * np.ones((4, 4, 2))
    found = boxes.merge(box, points, np.array([0.9, 0.6, 0.55, 0.5]))
    assert [one.score for one in found] == [0.9, 0.55, 0.5]  # a quarter is no overlap
    np.testing.assert_allclose(found[0].hips, [0.4, 0.4])  # (0.9 * 0 + 0.6 * 1) / 1.5
    np.testing.assert_allclose(found[1].top, [2, 2])
    assert boxes.merge(np.zeros((0, 4)), np.zeros((0, 4, 2)), np.zeros(0)) == []


# --- regions ---


def test_an_upright_person_has_an_upright_region():
    region = Region.around(np.array([100.0, 200.0]), np.array([100.0, 120.0]))
    assert (region.x, region.y, region.side) == (100, 200, 200)  # 2 * 80 * 1.25
    assert region.angle == pytest.approx(0)
    places = np.array([[0, 0], [0.5, 0.1], [1, 1]])
    np.testing.assert_allclose(region.to_picture(places), [[0, 100], [100, 120], [200, 300]])


def test_a_person_who_lies_has_a_turned_region():
    """The head is on the right: a quarter turn clockwise; up in the region is right in the picture."""
    region = Region.around(np.array([100.0, 200.0]), np.array([180.0, 200.0]))
    assert region.angle == pytest.approx(np.pi / 2)
    np.testing.assert_allclose(region.to_picture(np.array([[0.5, 0.1], [1, 0.5]])), [[180, 200], [100, 300]], atol=1e-9)


@pytest.mark.parametrize("angle", [0.0, 0.5, 2.0, -1.2])
@pytest.mark.parametrize("side", [100.0, 400.0])
def test_what_is_cut_out_lies_where_the_region_says(angle, side):
    """Two smooth ramps, one up and one down, so that what rounding takes away cancels: the cut shows its places."""
    region = Region(400, 300, side, angle)
    v, u = (np.mgrid[:64, :64] + 0.5) / 64
    places = region.to_picture(np.stack([u, v], -1)) - 0.5
    for axis, ramp in enumerate(np.mgrid[:600, :800][::-1] / 4):
        picture = np.stack([ramp, 200 - ramp, ramp], -1).astype(np.uint8)
        cut = region.cut(picture, 64).astype(float)
        np.testing.assert_allclose((cut[..., 0] - cut[..., 1] + 200) * 2, places[..., axis], atol=4)


def test_outside_of_the_picture_is_black_and_nothing_is_mirrored():
    picture = np.full((40, 20, 3), 200, np.uint8)
    cut = Region.whole(20, 40).cut(picture, 40)
    assert cut.shape == (40, 40, 3)
    assert (cut[:, 11:29] == 200).all()
    assert not cut[:, :9].any()
    assert not cut[:, 31:].any()
    assert not Region(-500, 20, 40).cut(picture, 8).any()


def test_parts_cover_the_picture_and_overlap():
    parts = Region.parts(300, 600)
    assert len(parts) == 2 * 5
    assert {part.side for part in parts} == {200.0}
    assert sorted({part.x for part in parts}) == [100, 200]
    assert sorted({part.y for part in parts}) == [100, 200, 300, 400, 500]
    assert [(part.x, part.y) for part in Region.parts(90, 900)] == [(45, 150 * k) for k in range(1, 6)]  # a narrow one


def test_a_part_holds_who_is_in_it_and_in_the_picture():
    part = Region(100, 100, 200)
    inside = np.random.default_rng(0).uniform(10, 190, (33, 2))
    assert part.holds(inside, 300, 600)
    assert part.holds(inside + [19, 0], 300, 600)  # a tenth of the side beyond
    assert not part.holds(inside + [60, 0], 300, 600)
    assert not part.holds(inside, 300, 150)  # the picture ends above the feet
    assert not part.holds(inside - [60, 0], 300, 600)


def test_a_region_without_sense_is_not_looked_at():
    assert Region(10, 10, 100).is_sound(200, 200)
    for bad in (Region(500, 10, 100), Region(10, 10, 1), Region(10, 10, 1e6), Region(np.nan, 1, 100)):
        assert not bad.is_sound(200, 200)


# --- the landmark network ---


def outputs(places, seen=4.0):
    """Make the network's outputs: places (39, 2) in pixels of 256, and maps that say nothing."""
    raw = np.zeros((39, 5), np.float32)
    raw[:, :2], raw[:, 3] = places, seen
    return raw.ravel(), np.full((64, 64, 39), -10.0, np.float32)


def test_landmarks_are_parts_of_the_region():
    raw, maps = outputs(np.arange(78).reshape(39, 2))
    one = landmarks.decode(raw, 0.75, maps)
    np.testing.assert_allclose(one.places * 256, np.arange(78).reshape(39, 2))
    np.testing.assert_allclose(one.confidence, np.full(33, 1 / (1 + np.exp(-4))))
    assert one.presence == 0.75
    with pytest.raises(ValueError, match=r"expected \(195,\) and \(64, 64, 39\) numbers"):
        landmarks.decode(raw[:-1], 0.75, maps)


def test_a_map_moves_its_point_where_it_is_sure():
    raw, maps = outputs(np.full((39, 2), 128.0))
    maps[30, 33, 0] = 10  # row 30, column 33: within 3 cells of cell (32, 32)
    maps[28, 32, 1] = 10  # 4 cells away
    maps[32, 31, 2] = -0.1  # a chance below a half
    maps[31, 31, 3] = maps[31, 32, 3] = 10
    places = landmarks.decode(raw, 1.0, maps).places * 64
    np.testing.assert_allclose(places[0], [33, 30], atol=0.01)
    np.testing.assert_allclose(places[[1, 2, 4]], np.full((3, 2), 32))
    np.testing.assert_allclose(places[3], [31.5, 31], atol=0.01)


def test_maps_end_at_the_region_s_edge():
    raw, maps = outputs(np.array([[-30.0, 300.0]] * 39))
    maps[63, 0] = 10
    np.testing.assert_allclose(landmarks.decode(raw, 1.0, maps).places * 256, [[-30, 300]] * 39, rtol=1e-6)


def test_a_joint_that_is_hidden_but_clearly_placed_counts():
    raw, maps = outputs(np.full((39, 2), 128.0))
    raw.reshape(39, 5)[:2, 3] = -4
    maps[32, 32, 0] = 2
    maps[32, 32, 1] = -0.1
    confidence = landmarks.decode(raw, 1.0, maps).confidence
    np.testing.assert_allclose(confidence[:3], 1 / (1 + np.exp([-2, 4, -4])))


# --- who is who ---


def person(x, look=0.5, side=100.0):
    points = np.random.default_rng(0).uniform(-0.3, 0.3, (33, 2)) * side + [x, 100]
    return followed.Seen(points, np.ones(33), np.full((7, 3), look), Region(x, 100, side))


def track(number, x, look=0.5, lost=0):
    return followed.Track(number, Region(x, 100, 100.0), np.full((7, 3), look), lost)


def test_two_who_found_one_body_leave_it_to_the_one_it_looks_like():
    one = person(50, look=0.9)
    tracks = [track(1, 40, look=0.1), track(2, 50, look=0.9)]
    kept = followed.without_doubles(tracks, [one, person(52, look=0.9)])
    assert kept[0] is None
    assert kept[1] is not None
    tracks_alike = [track(1, 40, look=0.5), track(2, 50, look=0.55)]
    alike = followed.without_doubles(tracks_alike, [person(50, look=0.55), person(52, look=0.55)])
    assert alike[0] is not None  # the older one
    assert alike[1] is None
    apart = [person(50), person(90)]
    assert followed.without_doubles(tracks, apart) == apart


def test_what_lies_within_a_body_is_its_limb():
    body = person(50)
    assert followed.is_within(person(50, side=30), body)
    assert not followed.is_within(person(120, side=30), body)
    assert not followed.is_within(body, person(50, side=30))


def test_who_comes_back_has_the_old_number_and_a_stranger_a_new_one():
    assert followed.number_of(person(50), [track(3, 60, lost=5)], 7) == 3
    assert followed.number_of(person(500), [track(3, 60, lost=5)], 7) == 7  # nobody is that fast
    assert followed.number_of(person(500), [track(3, 60, lost=60)], 7) == 3
    assert followed.number_of(person(50, look=0.9), [track(3, 60, lost=5)], 7) == 7  # other clothes
    several = [track(3, 60, look=0.6, lost=5), track(4, 60, look=0.52, lost=5)]
    assert followed.number_of(person(50), several, 7) == 4
    assert followed.number_of(person(50), [], 7) == 7


def test_a_look_is_the_colour_along_the_limbs():
    cut = np.zeros((100, 100, 3), np.uint8)
    cut[:50], cut[50:] = [255, 0, 0], [0, 0, 255]
    names = sides.names_of("blazepose_33")
    high = {"shoulder": 0.1, "elbow": 0.3, "hip": 0.45, "knee": 0.7, "ankle": 0.9}
    places = np.array([[0.5, high.get(name.split("_")[-1], 0.0)] for name in names])
    look = looks.look_of(cut, places)
    np.testing.assert_allclose(look[0], [1, 0, 0])  # the torso
    np.testing.assert_allclose(look[3:5], [[0, 0, 1]] * 2)  # the shins
    np.testing.assert_allclose(look[5:], [[1, 0, 0]] * 2)  # the upper arms
    assert looks.differ(look, look) == 0
    assert looks.differ(look, 1 - look) == pytest.approx(np.sqrt(3))


# --- left and right over time ---


def walker(n=60):
    """33 points of a person who walks to the right, one pixel a frame: left side at the right, (n, 33, 2)."""
    names = sides.names_of("blazepose_33")
    one = np.array([[20.0 * name.startswith("left") - 20.0 * name.startswith("right"), 3.0 * i]
                    for i, name in enumerate(names)])  # fmt: skip
    return one + np.arange(n)[:, None, None] * [1.0, 0.0]


def test_sides_exchanged_for_some_frames_are_found():
    points, order = walker(), sides.exchanged("blazepose_33")
    assert (order[order] == np.arange(33)).all()
    steps = sides.Steps("blazepose_33")
    wrong = [*range(20, 30), 45]
    for frame, each in enumerate(points):
        steps.add(frame, each[order] if frame in wrong else each)
    assert steps.wrong() == wrong


def test_sides_that_are_right_stay():
    """Also those of somebody who turns around, and who was away in between."""
    angle = np.linspace(0, np.pi, 60)[:, None]
    points = walker(60)
    points[..., 0] = points[..., 0] * np.cos(angle)
    steps = sides.Steps("blazepose_33")
    for frame, each in enumerate(points):
        if not 25 < frame < 35:
            steps.add(frame, each)
    assert steps.wrong() == []


# --- what was found is kept, and a search that was stopped goes on ---


class Counting:
    """A detector that numbers one walking person and counts its pictures; it stops where it is told."""

    weights, settings = {"a": "b"}, {}

    def __init__(self, stop=None):
        self.count, self.stop, self.searched = 0, stop, 0

    def __call__(self, picture):
        if self.count == self.stop:
            raise KeyboardInterrupt
        self.count += 1
        self.searched += 1
        return People(walker(60)[[self.count]], np.ones((1, 33)), np.array([1]))

    def state(self):
        return {"count": self.count}

    def resume(self, state):
        self.count = state["count"]


def found_by(path, detector, about):
    search.find_people(path, detector, range(20), about)
    return path.read_text()


def test_a_stopped_search_goes_on_and_ends_as_one_that_was_not(tmp_path, capsys):
    about = {"what": "a video"}
    whole = found_by(tmp_path / "whole.json", Counting(), about)
    path = tmp_path / "d.json"
    with pytest.raises(KeyboardInterrupt):
        found_by(path, Counting(stop=7), about)
    kept = search.unfinished(path)
    kept.write_text(kept.read_text() + '{"people": [{"image_')  # killed within a line
    assert not path.exists()
    rest = Counting()
    assert found_by(path, rest, about) == whole
    assert rest.searched == 13
    assert "7 frames were searched before" in capsys.readouterr().out
    again = Counting()
    assert found_by(path, again, about) == whole  # what follows may have been stopped
    assert again.searched == 0
    read = read_detections(path)
    assert read.n_frames == 20
    assert len(read.followed(1)) == 20  # what --person 1 takes
    assert read.joint_names == sides.names_of("blazepose_33")


def test_another_search_starts_anew(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        found_by(tmp_path / "d.json", Counting(stop=7), {"what": "a video"})
    other = Counting()
    found_by(tmp_path / "d.json", other, {"what": "another"})
    assert other.searched == 20


def test_a_search_is_known_by_its_files_and_its_networks(tmp_path):
    (tmp_path / "v.mp4").write_text("a")
    about = search.describe(tmp_path / "v.mp4", Counting())
    assert about == search.describe(tmp_path / "v.mp4", Counting())
    other = Counting()
    other.weights = {"a": "c"}
    assert search.describe(tmp_path / "v.mp4", other) != about
    (tmp_path / "v.mp4").write_text("ab")
    assert search.describe(tmp_path / "v.mp4", Counting()) != about


# --- the networks' files ---


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A small wheel of which the members are known."""
    path = tmp_path / f"mediapipe-{fetch.VERSION}-cp311-cp311-any.whl"
    known = {}
    with zipfile.ZipFile(path, "w") as archive:
        for member in fetch.MEMBERS:
            archive.writestr(member, member)
            known[member] = (len(member), fetch.hashlib.sha256(member.encode()).hexdigest())
    monkeypatch.setattr(fetch, "MEMBERS", known)
    return path


@pytest.fixture
def pip(monkeypatch, wheel):
    """Stand in for pip: copy the wheel, or fail with a text."""
    said = types.SimpleNamespace(fails="", calls=0)

    def run(command, **_):
        said.calls += 1
        assert "--no-deps" in command
        if not said.fails:
            (fetch.Path(command[-1]) / wheel.name).write_bytes(wheel.read_bytes())
        return subprocess.CompletedProcess(command, int(bool(said.fails)), "", said.fails)

    monkeypatch.setattr(fetch.subprocess, "run", run)
    return said


def test_the_networks_are_fetched_once_with_licence_and_notice(tmp_path, pip):
    folder = tmp_path / "cache"
    files = fetch.fetch_networks(folder)
    assert set(files) == {fetch.DETECTION, fetch.LANDMARKS}
    assert {p.name for p in folder.iterdir()} == {*files, "LICENSE", "NOTICE"}
    assert "Apache License, version 2.0" in (folder / "NOTICE").read_text()
    fetch.fetch_networks(folder)
    assert pip.calls == 1
    files[fetch.DETECTION].write_text("damaged")
    fetch.fetch_networks(folder)
    assert pip.calls == 2
    assert files[fetch.DETECTION].read_text().endswith(fetch.DETECTION)


def test_a_wheel_in_the_folder_is_used(tmp_path, pip, wheel):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / wheel.name).write_bytes(wheel.read_bytes())
    fetch.fetch_networks(folder)
    assert pip.calls == 0


def test_networks_that_cannot_be_fetched_are_one_sentence(tmp_path, pip):
    pip.fails = "WARNING: Retrying\nERROR: No matching distribution found for mediapipe\nWARNING: old pip\n"
    with pytest.raises(ValueError, match=r"could not be fetched \(ERROR: No matching .*mediapipe==.*--keypoints"):
        fetch.fetch_networks(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("damage", ["other", "longer", "missing", "no zip"])
def test_a_wheel_that_is_not_the_known_one_is_refused(tmp_path, wheel, damage):
    *others, last = fetch.MEMBERS
    with zipfile.ZipFile(wheel, "w") as archive:
        for member in others:
            archive.writestr(member, member)
        if damage != "missing":
            archive.writestr(last, {"other": last[::-1], "longer": last * 2}.get(damage, last))
    if damage == "no zip":
        wheel.write_text("hello")
    folder = tmp_path / "cache"
    folder.mkdir()
    with pytest.raises(ValueError, match=r"expected mediapipe's wheel .*, got .*remove it and rerun"):
        fetch.unpack(wheel, folder)
    assert list(folder.iterdir()) == []


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Stand in for npm: a small package of which all is known, and its larger network. .has: whether npm has it."""
    content, package = b"the larger network", tmp_path / "mediapipe-pose-0.5.tgz"
    file = tarfile.TarInfo(f"package/{fetch.LARGER}")
    file.size = len(content)
    with tarfile.open(package, "w:gz") as archive:
        archive.addfile(file, io.BytesIO(content))
    known = [(len(each), fetch.hashlib.sha256(each).hexdigest()) for each in (content, package.read_bytes())]
    said = types.SimpleNamespace(has=True, calls=0, package=package, content=content)

    def run(command, cwd, **_):
        said.calls += 1
        assert command[1:3] == ["pack", fetch.PACKAGE]
        if said.has:
            (cwd / package.name).write_bytes(package.read_bytes())
        return subprocess.CompletedProcess(command, int(not said.has))

    monkeypatch.setattr(fetch, "LARGER_KNOWN", known[0])
    monkeypatch.setattr(fetch, "TARBALL", known[1])
    monkeypatch.setattr(fetch.subprocess, "run", run)
    monkeypatch.setattr(fetch.shutil, "which", lambda name: name)
    monkeypatch.setattr(fetch, "ADDRESS", "http://127.0.0.1:9/none")
    return said


@pytest.fixture
def address(tmp_path, npm):
    """Serve the larger network on loopback: its address."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / fetch.LARGER).write_bytes(npm.content)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/{fetch.LARGER}"
        running.shutdown()


def test_the_larger_network_is_fetched_from_npm_once_with_a_notice(tmp_path, npm):
    path = fetch.fetch_larger(tmp_path / "cache")
    assert path is not None
    assert path.read_bytes() == npm.content
    assert {p.name for p in path.parent.iterdir()} == {fetch.LARGER, "NOTICE"}
    fetch.fetch_larger(tmp_path / "cache")
    assert npm.calls == 1


def test_npm_s_package_in_the_folder_is_used(tmp_path, npm):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / npm.package.name).write_bytes(npm.package.read_bytes())
    assert fetch.fetch_larger(folder)
    assert npm.calls == 0


@pytest.mark.parametrize("case", ["npm fails", "no npm", "another package"])
def test_without_npm_the_larger_network_is_fetched_by_its_address(tmp_path, npm, address, monkeypatch, case):
    monkeypatch.setattr(fetch, "ADDRESS", address)
    npm.has = case != "npm fails"
    if case == "no npm":
        monkeypatch.setattr(fetch.shutil, "which", lambda name: None)
    if case == "another package":
        npm.package.write_bytes(npm.package.read_bytes() + b" ")
    path = fetch.fetch_larger(tmp_path / "cache")
    assert path is not None
    assert path.read_bytes() == npm.content
    assert npm.calls == (case != "no npm")


def test_without_the_larger_network_it_says_so_and_goes_on(tmp_path, npm, capsys):
    npm.has = False
    assert fetch.fetch_larger(tmp_path / "cache") is None
    said = capsys.readouterr().out
    assert "it could not be fetched (" in said
    assert "so the smaller network finds the points" in said
    assert f"npm pack {fetch.PACKAGE}" in said
    assert list((tmp_path / "cache").iterdir()) == []


def test_without_litert_it_says_what_to_install_before_it_fetches(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.setattr(fetch, "fetch_networks", lambda *_: pytest.fail("fetched"))
    videos.write_video(tmp_path / "v.mp4", [np.zeros((32, 32, 3), np.uint8)] * 2, 30)
    assert main.main(["lift", str(tmp_path / "v.mp4"), "--out", str(tmp_path / "out")]) == 2
    assert 'pip install "vvipe-explore[detect]"; or give the keypoints' in capsys.readouterr().err


def test_of_what_litert_says_one_line_is_left_out(capfd):
    with networks.without_chatter():
        os.write(2, b"before\nINFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nWARNING: no XNNPACK\nlast")
    os.write(2, b" one\n")
    assert capfd.readouterr().err == "before\nWARNING: no XNNPACK\nlast one\n"


# --- the real networks on the real recording ---


@pytest.fixture(scope="session")
def blazepose():
    """Make BlazePose; skip, and say why, where its networks can't be had."""
    from vvipe_explore.lift.detectors.blazepose import BlazePose

    try:
        BlazePose()
    except ValueError as error:
        pytest.skip(f"BlazePose's networks are not here: {error}")
    return BlazePose


@pytest.fixture(scope="session")
def trial(real_data):
    if not (real_data / TRIAL).is_dir():
        pytest.skip("VVIPE_DATA holds no pose2sim-single: copy Pose2Sim's S00_Demo_Session there under that name")
    return real_data / TRIAL


@pytest.fixture(scope="session")
def clip(trial):
    """Give the first frames of a camera's video: clip(camera, n)."""
    kept = {}

    def first(camera, n=12):
        if camera not in kept:
            kept[camera] = list(itertools.islice(videos.Frames(trial / "videos" / f"{camera}.mp4"), 12))
        return kept[camera][:n]

    return first


def openpose(trial, camera, n):
    """Give OpenPose's keypoints and confidence of the person in the first n frames: (n, 13, 2), (n, 13)."""
    found = read_detections(trial / "openpose" / camera).followed()
    points, confidence = found.to_paper_13()
    assert found.frame[:n].tolist() == list(range(n))
    return points[:n], confidence[:n]


def paper_13(people):
    points, confidence = np.stack([p.points[0] for p in people]), np.stack([p.confidence[0] for p in people])
    return convert(points, "blazepose_33", PAPER_13), convert_confidence(confidence, "blazepose_33", PAPER_13)


@pytest.mark.parametrize(("camera", "bystanders"), [("cam01", 1), ("cam02", 1), ("cam03", 0), ("cam04", 0)])
def test_the_real_networks_find_what_openpose_finds(blazepose, trial, clip, camera, bystanders):
    detect = blazepose()
    people = [detect(picture) for picture in clip(camera, 4)]
    assert [p.number.tolist() for p in people] == [[1, 2][: 1 + bystanders]] * 4
    points, confidence = paper_13(people)
    theirs, sure = openpose(trial, camera, 4)
    torso = np.linalg.norm(theirs[:, 1:3].mean(1) - theirs[:, 7:9].mean(1), axis=-1)
    far = np.linalg.norm(points - theirs, axis=-1) / torso[:, None]
    both = (sure > 0.5) & (confidence > 0.5)
    assert both.mean() > 0.7
    assert np.median(far[both]) < 0.09  # of the torso's length; exchanged sides are at 0.4 and more
    assert np.quantile(far[both], 0.95) < 0.25


def test_the_networks_start_without_a_word(blazepose):
    code = "from vvipe_explore.lift.detectors import make_detector; make_detector()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == "" or fetch.fetch_larger() is None


def test_nobody_is_found_in_an_empty_picture(blazepose):
    people = blazepose()(np.full((300, 400, 3), 90, np.uint8))
    assert people.points.shape == (0, 33, 2)
    assert people.entries("0.jpg") == [{"image_id": "0.jpg", "category_id": 1, "keypoints": [], "score": 0.0}]


def test_two_people_side_by_side_keep_their_numbers(blazepose, clip):
    """Two cameras' pictures side by side, without the bystanders: each has one person, and each person one number."""
    detect = blazepose()
    halves = zip(clip("cam01", 8), clip("cam02", 8), strict=True)
    people = [detect(np.concatenate([a[200:1400, 150:], b[200:1400, :720]], 1)) for a, b in halves]
    assert [p.number.tolist() for p in people] == [[1, 2]] * 8
    on_the_left = np.array([p.points[:, :, 0].mean(1) < 930 for p in people])
    assert (on_the_left == on_the_left[0]).all()
    assert on_the_left[0].sum() == 1


def test_the_larger_network_looks_at_one_person_who_may_be_chosen(blazepose, clip):
    if fetch.fetch_larger() is None:
        pytest.skip("the larger landmark network is not here")
    looked = {}
    for person in (None, 2):
        detect, looked[person] = blazepose(person=person), []
        detect._larger = Watch(detect._larger)
        for picture in clip("cam02", 4):
            points = detect(picture).points
            looked[person].append(points)
        assert detect._larger.calls in (4, 5)  # one may be to be sure of the bystander
    first, second = (np.array(each[1:]) for each in looked.values())
    apart = np.linalg.norm(first - second, axis=-1).mean((0, 2))
    assert (apart > 0.5).all()  # both people are seen by another network


class Watch:
    """Count the calls of a function."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


def test_a_model_without_some_outputs_gives_the_others_as_before(blazepose):
    path, picture = fetch.fetch_networks()[fetch.LANDMARKS], np.random.default_rng(0).random((256, 256, 3))
    whole, part = networks.Network(path)(picture), networks.Network(path, landmarks.OUTPUTS)(picture)
    assert len(whole) == 5
    assert len(part) == 3
    for a, b in zip((whole[0], whole[1], whole[3]), part, strict=True):
        np.testing.assert_array_equal(a, b)


def test_who_leaves_and_returns_has_a_gap_and_the_same_number(blazepose, clip):
    empty = np.full_like(clip("cam04")[0], 90)
    pictures = [*clip("cam04", 4), *[empty] * 8, *clip("cam04")[8:]]
    detect = blazepose()
    numbers = [detect(picture).number.tolist() for picture in pictures]
    assert numbers == [[1]] * 4 + [[]] * 8 + [[1]] * 4


def test_pictures_that_do_not_follow_each_other_are_searched_alone(blazepose, clip):
    alone, other = blazepose(follow=False), clip("cam04")[0]
    first = alone(other).points
    alone(clip("cam01")[0])
    again = alone(other)
    np.testing.assert_array_equal(again.points, first)
    assert again.number is None


def test_a_resumed_detector_goes_on_as_if_it_had_not_stopped(blazepose, clip):
    whole, first = blazepose(), blazepose()
    expected = [whole(picture) for picture in clip("cam03", 6)]
    for picture in clip("cam03", 3):
        first(picture)
    second = blazepose()
    second.resume(json.loads(json.dumps(first.state())))
    for picture, right in zip(clip("cam03", 6)[3:], expected[3:], strict=True):
        np.testing.assert_array_equal(second(picture).points, right.points)


@pytest.fixture(scope="session")
def two_people(blazepose, trial, tmp_path_factory):
    """Lift a clip of camera 2 by the command: the person and a small bystander; the person is away in 8 to 21.

    Give the video and the folder that was written.
    """
    folder = tmp_path_factory.mktemp("two")
    frames = itertools.islice(videos.Frames(trial / "videos" / "cam02.mp4"), 16)
    pictures = [frame[300:1420].copy() for frame in frames]
    alone = pictures[7].copy()
    alone[:, :700] = 120
    videos.write_video(folder / "clip.mp4", [*pictures[:8], *[alone] * 14, *pictures[8:]], 20)
    assert lift(folder / "clip.mp4", "--out", folder / "first") == 0
    return folder / "clip.mp4", folder / "first"


def lift(*arguments) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return main.main(["lift", *map(str, arguments)])


def far_from_openpose(trial, about, rank):
    """Give how far keypoints of frames 0 to 7 are from OpenPose's, in torsos (n,). rank: the person's from the left."""
    found = read_detections(trial / "openpose" / "cam02")
    points, sure = found.to_paper_13()
    far = []
    for k in range(8):
        rows = np.flatnonzero(found.frame == k)
        one = rows[points[rows][:, 7:9, 0].mean(1).argsort()[rank]]
        ours = np.array(about["frames"][k]["keypoints"])
        torso = np.linalg.norm(points[one, 1:3].mean(0) - points[one, 7:9].mean(0))
        both = (sure[one] > 0.1) & (ours[:, 2] > 0.5)
        assert both.sum() >= 6
        far.append(np.median(np.linalg.norm(ours[both, :2] + [0, 300] - points[one, both], axis=-1)) / torso)
    return np.array(far)


def test_who_leaves_and_returns_has_a_gap_and_no_jump(two_people, trial):
    """Also while somebody else stays in the picture."""
    about = json.loads((two_people[1] / "lift.json").read_text())
    rows = about["frames"]
    assert [row["state"] for row in rows] == ["seen"] * 8 + ["missing"] * 14 + ["seen"] * 8
    assert (far_from_openpose(trial, about, 0) < 0.15).all()
    poses = np.array([row["pose"] for row in rows if row["state"] == "seen"])
    steps = np.linalg.norm(np.diff(poses, axis=0), axis=-1).mean(-1)
    assert steps[7] < 2 * np.median(steps) + 0.02


def test_a_small_bystander_is_followed_if_chosen(two_people, trial, capsys):
    video, first = two_people
    page = (first / "lift.html").read_text()
    assert '"track": 2' in page
    detections = first / "detections.json"
    assert lift(video, "--keypoints", detections, "--person", 2, "--out", video.parent / "second") == 0
    assert "person: track 2, as requested" in capsys.readouterr().out
    about = json.loads((video.parent / "second" / "lift.json").read_text())
    assert [row["state"] for row in about["frames"]] == ["seen"] * 30
    assert (far_from_openpose(trial, about, 1) < 0.15).all()
    places = np.array([row["keypoints"] for row in about["frames"]])
    assert (places[:, 7:9, 0].mean(1) > 700).all()


def test_a_real_video_is_lifted_from_pixels(trial, blazepose, tmp_path, capsys):
    """The whole command, on all of camera 3's video and on OpenPose's keypoints of it, in one run."""
    reference = next(f for f in (trial / "pose-3d").glob("*.trc") if "filt" not in f.name)
    errors = {}
    for name, source in (
        ("pixels", [trial / "videos" / "cam03.mp4"]),
        ("openpose", ["--keypoints", trial / "openpose" / "cam03", "--fps", "60"]),
    ):
        assert lift(*source, "--reference", reference, "--out", tmp_path / name) == 0
        about = json.loads((tmp_path / name / "lift.json").read_text())
        errors[name] = about["pa_mpjpe_mm"]["lifted"]
        states = [row["state"] for row in about["frames"]]
        assert len(states) == 100
        assert states.count("seen") >= 95
    assert errors["pixels"] < errors["openpose"] + 3
    assert "searched 100 frames for people" in capsys.readouterr().out
    assert not search.unfinished(tmp_path / "pixels" / "detections.json").exists()
