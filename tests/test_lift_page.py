"""The page of a lifted person under a hand, in Chromium. Pictures: screenshots/."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from browser.lab import SCREENSHOTS, listen, settle
from PIL import Image

from vvipe_explore import cameras
from vvipe_explore.alignment import canonicalise
from vvipe_explore.lift import crop, portraits, video
from vvipe_explore.lift import page as lift_page
from vvipe_explore.lift.sequence import Lifted, facing

BODY, FRAME, N = "canvas.stage", "canvas.frame", 30
TRIAL = "pose2sim-single/S00_P00_T01_BalancingTrial"


@pytest.fixture(scope="module")
def lifted(synthetic) -> Lifted:
    """A synthetic person who faces the camera: frames 10 to 12 are filled in, the last five empty."""
    poses = torch.from_numpy(synthetic.poses[:N])
    canonical = canonicalise(poses)
    points = cameras.view(poses, cameras.fixed_orbit([(0, 0, 0)])).numpy()
    turned = facing(canonical.poses.numpy(), points, np.ones((N, 13))).astype(np.float32)
    seen, filled = np.ones(N, bool), np.zeros(N, bool)
    seen[10:13], filled[10:13], seen[25:] = False, True, False
    sure, bodies = np.where(seen[:, None], np.ones((N, 13)), 0), canonical.poses.numpy().copy()
    bodies[25:] = np.nan
    return Lifted(np.arange(N), points, sure, np.zeros((N, 4)), bodies, seen, filled, turned)


@pytest.fixture(scope="module")
def saved(lifted, tmp_path_factory) -> Path:
    """Its page, with pictures of 1000 x 1000 whose left half is green."""
    thumbnails = lift_page.Thumbnails(lifted, 10)
    for k in range(N):
        picture = np.full((1000, 1000, 3), 255 - k, np.uint8)
        picture[:, :500] = [200, 240 - k, 200]
        thumbnails.add(picture)
    path = tmp_path_factory.mktemp("page") / "lift.html"
    (path.parent / "lift.json").write_text("{}" * 99)
    (path.parent / "lift.mp4").write_bytes(bytes(5000))
    faces = portraits.Portraits([portrait(lifted, 3, followed=True), portrait(lifted, 12, followed=False)])
    files = [path.parent / "lift.mp4", path.parent / "lift.json"]
    with pytest.MonkeyPatch.context() as small:
        small.setattr(lift_page, "FILE_BYTES", 1000)
        return lift_page.save_page(path, lifted, 10, thumbnails, "A <b>person</b>", faces, "vvipe lift it.mp4", files)


def portrait(lifted: Lifted, track: int, followed: bool) -> portraits.Person:
    """Someone with the keypoints of the first frame."""
    (box,) = crop.boxes(lifted.keypoints[:1], lifted.confidence[:1] > 0)
    return portraits.Person(track, 20, 0, lifted.keypoints[0], lifted.confidence[0], box, followed)


def opened(page, path: Path, keep: str | None = None):
    page.goto(path.as_uri())
    page.locator(BODY).wait_for()
    settle(page)
    if keep:
        page.wait_for_timeout(300)
        page.screenshot(path=SCREENSHOTS / f"{keep}.png", full_page=True)
    return page


def drawn(page, canvas: str) -> np.ndarray:
    """A canvas's pixels (height, width, 3), on white."""
    settle(page)
    png = base64.b64decode(page.locator(canvas).evaluate("(c) => c.toDataURL()").partition(",")[2])
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"), image))[..., :3].astype(int)


def changed(page, before: np.ndarray, canvas: str) -> np.ndarray:
    """Wait for a canvas to show something else, and give it."""
    for _ in range(100):
        if not np.array_equal(now := drawn(page, canvas), before):
            return now
        page.wait_for_timeout(50)
    pytest.fail(f"{canvas} has not changed in 5 s")


def sides(image: np.ndarray):
    """Where a picture is blue, and where orange."""
    red, green, blue = np.moveaxis(image, -1, 0)
    return (blue > red + 60) & (blue > green + 20), (red > blue + 60) & (red > green + 40)


def middle(mask: np.ndarray, axis: int) -> float:
    return float(np.nonzero(mask)[axis].mean())


@pytest.mark.parametrize("canvas", [BODY, FRAME])
def test_left_is_blue_and_the_body_stands_in_frame_and_space(page, saved, canvas):
    opened(page, saved)
    page.wait_for_timeout(300)
    left, right = sides(drawn(page, canvas))
    assert left.sum() > 300
    assert right.sum() > 300
    assert middle(left, 1) > middle(right, 1) + 8  # who faces the camera has the left hand on the reader's right
    rows, columns = np.nonzero(left | right)
    assert np.ptp(rows) > 1.3 * np.ptp(columns)


def test_the_picture_lies_under_the_keypoints(page, saved, lifted):
    opened(page, saved)
    page.wait_for_timeout(300)
    image = drawn(page, FRAME)
    green = (image[..., 1] - image[..., 0] > 20) & (image[..., 1] - image[..., 2] > 20)
    rows, columns = np.nonzero(green)
    x, y, width, height = crop.window(lifted.keypoints, lifted.confidence > 0, 10, (1000, 1000))[0]
    assert width * height < 500_000  # it shows the person, not the whole picture
    scale = np.ptp(rows) / height
    left, right = sides(image)
    corner = np.array([columns.min(), rows.min()]) - scale * np.array([x, y])
    nose = (lifted.keypoints[0, 0] * scale + corner).round().astype(int)
    assert (image[nose[1] - 2 : nose[1] + 3, nose[0] - 2 : nose[0] + 3] > 240).mean() > 0.5  # its white dot
    assert abs(np.ptp(columns) / scale - (500 - x)) < 10
    knee = (lifted.keypoints[0, 9] + lifted.keypoints[0, 11]) / 2 * scale + corner
    column, row = knee.round().astype(int)
    assert left[row - 2 : row + 3, column - 4 : column + 5].any()
    assert not right[row - 2 : row + 3, column - 2 : column + 3].any()


def test_slider_and_keys_move_both_pictures(page, saved):
    from playwright.sync_api import expect

    opened(page, saved)
    body, frame = drawn(page, BODY), drawn(page, FRAME)
    slider = page.get_by_label("frame", exact=True)
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    body, frame = changed(page, body, BODY), changed(page, frame, FRAME)
    expect(slider).to_have_value("5")
    expect(page.locator(".bar output")).to_contain_text("frame 5 · 0.50 s")
    page.locator("h1").click()
    page.keyboard.press(".")
    changed(page, frame, FRAME)
    expect(slider).to_have_value("6")
    page.keyboard.press(",")
    expect(slider).to_have_value("5")


def test_the_body_turns_and_the_frame_stays(page, saved):
    opened(page, saved)
    page.wait_for_timeout(300)
    body, frame = drawn(page, BODY), drawn(page, FRAME)
    box = page.locator(BODY).bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 330, box["y"] + 210, steps=4)
    page.mouse.up()
    turned = changed(page, body, BODY)
    page.keyboard.press("ArrowLeft")
    changed(page, turned, BODY)
    page.keyboard.press("0")
    np.testing.assert_array_equal(drawn(page, BODY), body)
    np.testing.assert_array_equal(drawn(page, FRAME), frame)


def test_play_runs_and_pause_holds(page, saved):
    opened(page, saved)
    slider = page.get_by_label("frame", exact=True)
    page.get_by_label("Play").click()
    for _ in range(100):
        if int(slider.input_value()) > 2:
            break
        page.wait_for_timeout(50)
    assert int(slider.input_value()) > 2
    page.get_by_label("Pause").click()
    settle(page)  # the frame that was being drawn when the button was pressed
    held = slider.input_value()
    page.wait_for_timeout(300)
    assert slider.input_value() == held
    slider.focus()
    page.keyboard.press(" ")
    page.get_by_label("Pause").wait_for()
    page.keyboard.press(" ")
    page.get_by_label("Play").wait_for()


def test_space_and_wheel_work_before_anything_is_clicked(page, saved):
    opened(page, saved)
    page.keyboard.press(" ")
    page.get_by_label("Pause").wait_for()
    page.keyboard.press(" ")
    page.get_by_label("Play").wait_for()
    settle(page)
    before = drawn(page, BODY)
    page.locator(BODY).hover()
    page.mouse.wheel(0, -300)
    changed(page, before, BODY)


def test_another_person_is_one_click_and_one_command_away(page, saved):
    page.set_viewport_size({"width": 240, "height": 700})
    opened(page, saved)
    cards, field = page.locator(".card"), page.get_by_label("command that follows this person")
    assert [card.inner_text().split("\n") for card in cards.all()] == [
        ["track 3", "20 frames", "followed here"],
        ["track 12", "20 frames"],
    ]
    assert all(card.locator("img").evaluate("(i) => i.naturalWidth > 50") for card in cards.all())
    assert not field.is_visible()
    cards.nth(1).click()
    assert field.input_value() == "vvipe lift it.mp4 --person 12"
    assert field.evaluate("(f) => f.value.slice(f.selectionStart, f.selectionEnd)") == field.input_value()
    assert field.evaluate("(f) => f.scrollHeight <= f.clientHeight")  # all of it shows
    page.get_by_text("Copy").click()
    page.get_by_text("Copied").wait_for()


def test_small_files_are_in_the_page_and_large_ones_beside_it(page, saved):
    opened(page, saved)
    with page.expect_download() as download:
        page.get_by_role("link", name="lift.json").click()
    assert download.value.suggested_filename == "lift.json"
    assert Path(download.value.path()).read_text() == "{}" * 99
    assert page.get_by_role("link", name="lift.mp4").get_attribute("href") == "lift.mp4"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_on_a_phone_frame_body_and_player_are_in_view_together(browser, saved, width, height):
    with browser.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        heard = listen(page)
        opened(page, saved, f"lift_phone_{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for part in (FRAME, BODY, ".bar"):
            box = page.locator(part).bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
            assert box["height"] > (40 if part == ".bar" else 200)
        for control in page.locator("button:visible, a.file").all():
            assert control.bounding_box()["height"] >= 44
        assert heard == []


def test_pictures_stay_below_the_limit(lifted):
    rng = np.random.default_rng(0)
    small = lift_page.Thumbnails(lifted, 10, limit=20_000, side=64)
    for _ in range(N + 2):  # a picture without a frame is not kept
        small.add(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    assert small.bytes <= 20_000
    assert small.every in (2, 4, 8)
    assert list(small.shown) == list(range(0, N, small.every))


def test_what_is_filled_in_or_missing_is_said_and_seen(page, saved):
    opened(page, saved)
    slider, told = page.get_by_label("frame", exact=True), page.locator(".bar output")
    for frame, word, coloured in (("9", "0.90 s", True), ("11", "filled in", False), ("27", "not seen", False)):
        slider.fill(frame)
        left, right = sides(drawn(page, BODY))
        assert word in told.inner_text()
        assert ((left | right).sum() > 300) == coloured


def test_each_joint_s_region_is_drawn_as_large_as_it_is(page, lifted, tmp_path):
    """The left wrist alone, with 90 mm and with 180: the disc that the second adds is twice as wide."""
    shown = []
    for radius in (0.0, 0.09, 0.18):
        regions = np.zeros((N, 13), np.float32)
        regions[:, 5] = radius
        sure = replace(lifted, uncertainty=regions, calibrated=True)
        opened(page, lift_page.save_page(tmp_path / f"{radius}.html", sure, 10))
        shown.append(drawn(page, BODY))
        assert page.get_by_text("nine times in ten").count() == (radius > 0)
    widths = [np.ptp(np.nonzero((image != shown[0]).any(-1))[1]) for image in shown[1:]]
    assert widths[1] / widths[0] == pytest.approx(2, abs=0.15)


def test_regions_of_other_weights_are_called_uncalibrated(page, lifted, tmp_path):
    guessed = replace(lifted, uncertainty=np.full((N, 13), 0.1, np.float32))
    opened(page, lift_page.save_page(tmp_path / "p.html", guessed, 10))
    page.get_by_text("not calibrated").wait_for()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (1280, 720)])
def test_a_frame_that_should_not_be_believed_says_why(browser, lifted, tmp_path, width, height):
    doubt = ("",) * 3 + ("only 8 of 13 keypoints; the body does not cover its keypoints",) + ("",) * (N - 4)
    path = lift_page.save_page(tmp_path / "p.html", replace(lifted, doubt=doubt), 10)
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = opened(context.new_page(), path)
        line, slider = page.locator(".doubt"), page.get_by_label("frame", exact=True)
        place = page.locator(".bar").bounding_box()
        assert line.inner_text() == ""
        assert "8.62% 12.07%" in str(page.locator(".marks").get_attribute("style"))  # frame 3 of 0 to 29, on the slider
        slider.fill("3")
        settle(page)
        assert line.inner_text() == f"Do not rely on this frame: {doubt[3]}."
        assert line.evaluate("(p) => p.scrollHeight <= p.clientHeight + 1")  # all of it shows
        assert page.locator(".bar").bounding_box() == place  # nothing moves
        slider.fill("4")
        settle(page)
        assert line.inner_text() == ""


def test_without_doubt_there_is_no_line_for_it(page, saved):
    opened(page, saved)
    assert page.locator(".doubt, .region").count() == 0


def test_turned_to_you_shows_the_canonical_body(page, saved):
    opened(page, saved)
    before = drawn(page, BODY)
    page.get_by_text("turned to you").click()
    changed(page, before, BODY)
    page.get_by_text("as the camera sees it").click()
    np.testing.assert_array_equal(drawn(page, BODY), before)


def test_it_asks_for_nothing_and_its_title_is_text(page, saved):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, saved)
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [saved.as_uri()]
    assert page.locator("h1").inner_text() == "A <b>person</b>"
    unnamed = "[...document.querySelectorAll('input, button, [tabindex]')].filter((e) =>"
    unnamed += " !(e.getAttribute('aria-label') || e.textContent.trim())).length"
    assert page.evaluate(unnamed) == 0


def test_without_pictures_the_keypoints_stand_alone(page, lifted, tmp_path):
    opened(page, lift_page.save_page(tmp_path / "p.html", lifted, 10), "lift_without_pictures")
    left, right = sides(drawn(page, FRAME))
    assert left.sum() > 300
    assert right.sum() > 300


def test_a_long_sequence_is_thinned(page, lifted, tmp_path, monkeypatch):
    from playwright.sync_api import expect

    monkeypatch.setattr(lift_page, "MAX_FRAMES", 12)
    opened(page, lift_page.save_page(tmp_path / "p.html", lifted, 10))
    page.get_by_label("frame", exact=True).fill("4")
    settle(page)
    expect(page.locator(".bar output")).to_contain_text("frame 12 · 1.20 s · filled in")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "light"), (400, "dark")])
def test_nothing_sticks_out_at_any_width(browser, saved, width, scheme):
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        heard = listen(page)
        opened(page, saved, f"lift_{width}_{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        frame, body = (page.locator(canvas).bounding_box() for canvas in (FRAME, BODY))
        if width > 620:  # the frame to the left of the body, of one height
            assert frame["x"] + frame["width"] <= body["x"]
            assert abs(frame["height"] - body["height"]) < 4
        else:
            assert frame["y"] + frame["height"] <= body["y"]
        assert (drawn(page, BODY)[3, 3].max() < 60) == (scheme == "dark")
        assert heard == []


def test_the_real_recording(page, real_data, recording, tmp_path):
    """One camera of the balancing trial with every tenth of its frames."""
    from vvipe_explore.lift import sequence
    from vvipe_explore.models import storage

    rows = slice(None, None, 10)
    found = recording.keypoints["cam02"][rows], recording.confidence["cam02"][rows]
    lifted = sequence.lift_sequence(storage.load_pretrained("detected"), *found, fps=6)
    thumbnails = lift_page.Thumbnails(lifted, 6)
    for k, picture in enumerate(video.Frames(real_data / TRIAL / "videos" / "cam02.mp4")):
        if k % 10 == 0:
            thumbnails.add(picture)
    opened(page, lift_page.save_page(tmp_path / "p.html", lifted, 6, thumbnails, "cam02"), "lift_real")
    assert drawn(page, FRAME).std() > 20
    left, right = sides(drawn(page, BODY))
    assert left.sum() > 1000
    assert right.sum() > 1000
    before = drawn(page, FRAME)
    page.get_by_label("frame", exact=True).fill("6")
    changed(page, before, FRAME)
    page.wait_for_timeout(300)
    page.screenshot(path=SCREENSHOTS / "lift_real_6.png", full_page=True)
