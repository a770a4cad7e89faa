"""What leaves the explorer's page and comes back: links, saved files, named poses."""

import base64
import json
import re

import numpy as np
import pytest
from browser.lab import SCREENSHOTS, settle
from test_browser import SLIDER, STAGE, mark_two_poses, opened, picture, saved, until_changed, until_still, values_of  # noqa: F401

from vvipe_explore import datasets, load_pretrained
from vvipe_explore._page import message
from vvipe_explore.alignment import canonicalise
from vvipe_explore.lift.export import export
from vvipe_explore.metrics import mpjpe


def download(page, line: str):
    """Save by a line of the menu, and give the path of the file."""
    page.get_by_text("Share", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("button", name=line).click()
    return coming.value.path()


def test_a_link_shows_body_camera_view_and_marks_again(page, browser, saved):  # noqa: F811
    opened(page, saved)
    mark_two_poses(page)
    page.locator(SLIDER).first.focus()
    page.keyboard.press("PageUp")
    page.get_by_label("camera azimuth").fill("120")
    page.locator(STAGE).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("camera=120_"))
    page.wait_for_url(re.compile("view=20_"))
    wanted, values = picture(page), values_of(page)
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        other = context.new_page()
        other.goto(page.url)
        other.locator(STAGE).wait_for()
        settle(other)
        assert values_of(other) == values
        assert picture(other) == wanted


def test_a_link_to_a_page_on_this_computer_is_copied_with_a_warning(page, saved):  # noqa: F811
    opened(page, saved)
    assert page.url.startswith("file:")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Copy a link").click()
    page.get_by_text("; send the page's file with it").wait_for()


@pytest.mark.parametrize(
    ("change", "says"),
    [(("weights=", "weights=0"), "for other weights: 0"), (("z=", "z=AAAA"), "damaged"), (("&z=", "&z=*"), "damaged")],
)
def test_a_link_for_other_weights_or_a_damaged_one_says_so(page, saved, change, says):  # noqa: F811
    opened(page, saved)
    before = picture(page)
    page.get_by_text("Random pose").click()
    until_changed(page, before)
    page.wait_for_url(re.compile("#weights="))
    link = page.url.replace(*change)
    page.goto("about:blank")
    page.goto(link)
    page.locator(STAGE).wait_for()
    assert picture(page) == before
    assert says in page.get_by_role("alert").inner_text()
    page.screenshot(path=SCREENSHOTS / "page_other_weights.png")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_menu_lies_within_the_window(browser, saved, width):  # noqa: F811
    with browser.new_context(viewport={"width": width, "height": 800}, has_touch=width < 500) as context:
        page = opened(context.new_page(), saved)
        page.get_by_text("Share", exact=True).click()
        page.screenshot(path=SCREENSHOTS / f"page_menu_{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        narrow = "(e) => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().left < 0"
        assert not page.locator(".menu .lines").evaluate(narrow)


def test_the_saved_picture_is_the_stage(page, saved):  # noqa: F811
    opened(page, saved)
    shown = picture(page)
    assert download(page, "PNG").read_bytes() == base64.b64decode(shown.partition(",")[2])


def test_the_saved_numbers_are_those_of_python(page, saved):  # noqa: F811
    opened(page, saved)
    find(page, "kick")
    told = json.loads(download(page, "JSON").read_text())
    pose = load_pretrained(keypoints="exact").decode(np.float32(told["z"]))
    assert np.abs(np.array(told["pose"]) - pose).max() < 5e-4  # half a millimetre, in single precision
    assert len(told["joint_names"]) == 13
    assert told["gravity"]
    tensors = message(load_pretrained(keypoints="exact"), None, 5000, 8, "pca")[1]
    row = np.linalg.norm(tensors["map_z"] - np.array(told["z"]), axis=-1).argmin()
    assert np.abs(tensors["map_up"][row] - told["up"]).max() < 1e-3
    assert told["weights"] in page.url or not page.url.partition("#")[2]


def find(page, name: str) -> None:
    """Go to a named pose."""
    before = picture(page)
    page.get_by_label("Find a pose by name").fill(name)
    page.get_by_label("Find a pose by name").press("Enter")
    until_changed(page, before)
    until_still(page)


def apart(file, poses) -> float:
    """Read a BVH file, and give how far its joints are from poses, as a mean in millimetres."""
    found = canonicalise(datasets.read_bvh(file, metres=1.0).poses).poses
    return 1000 * float(np.mean(np.asarray(mpjpe(np.asarray(found, np.float32), poses))))


@pytest.mark.parametrize("path", [False, True])
def test_the_saved_motion_is_read_back_as_near_as_steady_lengths_allow(page, saved, tmp_path, path):  # noqa: F811
    """The decoder's lengths change from pose to pose, a skeleton's do not: Python's export is not exact either."""
    opened(page, saved)
    page.get_by_text("Raw decoder").click()
    find(page, "squat")
    if path:
        page.get_by_role("button", name="Mark A").click()
        find(page, "wave")
        page.get_by_role("button", name="Mark B").click()
    settle(page)
    (tmp_path / "page.bvh").write_bytes(download(page, "BVH").read_bytes())
    told = json.loads(download(page, "JSON").read_text())
    t = np.linspace(0, 1, 67, dtype=np.float32)[:, None]
    a, b = np.float32(told["marks"] if path else [told["z"]] * 2)
    poses = np.asarray(load_pretrained(keypoints="exact").decode(a + t * (b - a)), np.float32)
    poses = poses if path else poses[:2]
    export(tmp_path / "python.bvh", poses)
    mine, pythons = (apart(tmp_path / f"{name}.bvh", poses[1:]) for name in ("page", "python"))
    assert mine < pythons + 5
    assert mine < 45


def test_the_search_box_goes_to_a_named_pose_and_then_to_the_next(page, saved):  # noqa: F811
    opened(page, saved)
    before = picture(page)
    box = page.get_by_label("Find a pose by name")
    box.fill("kick")
    box.press("Enter")
    first = until_changed(page, before)
    assert "kick, 1 of" in page.locator(".search .said").inner_text()
    page.screenshot(path=SCREENSHOTS / "page_kick.png")
    box.press("Enter")
    until_changed(page, first)
    box.fill("moonwalk")
    box.press("Enter")
    assert "no pose is named moonwalk" in page.locator(".search .said").inner_text()
