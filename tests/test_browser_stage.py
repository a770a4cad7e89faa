"""The stage of the explorer in a browser: what is drawn of a body, and what hands do to it. Pictures: screenshots/."""

import re

import numpy as np
import pytest
from browser.lab import SCREENSHOTS, settle
from test_browser import SLIDER, STAGE, opened, picture, pixels, saved, until_changed  # noqa: F401  saved is a fixture


def off(page) -> float:
    """Read the gauge, in %."""
    settle(page)
    return float(page.locator(".scale").get_attribute("aria-valuenow"))


def test_the_gauge_rises_with_noise_and_names_the_nearest_pose(page, saved):  # noqa: F811
    opened(page, saved)
    page.get_by_text("Random pose").click()
    near = off(page)
    assert near < 50
    assert re.match(r"a usual pose \(\d+ of 100\), nearest: \w+", page.locator(".usual .word").inner_text())
    before = picture(page)
    page.get_by_label("amount of noise").fill("1")
    page.get_by_text("Add noise").click()
    until_changed(page, before)
    assert off(page) > 50
    assert page.locator(".usual .word").inner_text().startswith("an unusual pose")


def test_a_switch_draws_the_decoders_body_as_it_is(page, saved):  # noqa: F811
    opened(page, saved)
    page.get_by_label("amount of noise").fill("1")
    page.get_by_text("Add noise").click()
    settle(page)
    steady = picture(page)
    switch = page.get_by_text("Raw decoder")
    switch.click()
    until_changed(page, steady)
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert picture(page) == steady


def contrast(page, selector: str, name: str, pseudo: str = "", against: str = "--bg") -> float:
    """Measure the contrast (WCAG 2.2) of a CSS property, or a variable, with a background."""
    colours = page.locator(selector).first.evaluate(
        """(e, [name, pseudo, against]) => {
        const style = getComputedStyle(e, pseudo || null);
        const canvas = document.createElement('canvas').getContext('2d');
        return [style.getPropertyValue(name), style.getPropertyValue(against)].map((colour) => {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        });
    }""",
        [name, pseudo, against],
    )
    linear = [[(v / 255 + 0.055) ** 2.4 / 1.055**2.4 if v > 10 else v / 255 / 12.92 for v in c] for c in colours]
    light, dark = sorted(sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), c, strict=True)) for c in linear)[::-1]
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tracks_and_the_ghost_stand_out(browser, saved, scheme):  # noqa: F811
    with browser.new_context(color_scheme=scheme) as context:
        page = opened(context.new_page(), saved)
        assert contrast(page, ".app", "--track", against="--panel") >= 3
        assert contrast(page, ".key .before", "border-top-color", "::before") >= 3  # the ghost's outline, in the key
        assert contrast(page, ".app", "--line", against="--panel") < 3  # so that the measurement can fail


def test_the_ghost_is_outlined_in_the_colour_of_the_key(page, saved):  # noqa: F811
    opened(page, saved)
    page.locator(SLIDER).first.fill("-2")
    settle(page)
    outline = page.locator(".app").evaluate(
        "(e) => { const c = getComputedStyle(e), [m, b] = ['--muted', '--bg'].map((n) => c.getPropertyValue(n).trim());"
        " return [1, 3, 5].map((i) => Math.round(0.8 * parseInt(m.slice(i, i + 2), 16)"
        " + 0.2 * parseInt(b.slice(i, i + 2), 16))); }"
    )
    assert page.locator(".key .before").is_visible()
    assert (abs(pixels(page) - outline).max(-1) <= 2).sum() > 100


def test_with_gravity_a_crawl_lies_and_without_it_the_spine_is_upright(page, tmp_path):
    from vvipe_explore import load_pretrained
    from vvipe_explore.explorer import PoseExplorer

    app = PoseExplorer(load_pretrained("exact"), points=300)
    crawl = app._tensors["map_label"] == app._header["labels"].index("crawl")
    app.z = app.ghost = app._tensors["map_z"][crawl][0]
    opened(page, app.save_html(tmp_path / "e.html"), "page_gravity")
    app.close()

    def height() -> int:
        image = pixels(page)
        blue, orange = image[..., 2] > image[..., 0] + 60, image[..., 0] > image[..., 2] + 60
        return int(np.ptp(np.nonzero((blue | orange).any(1))[0]))

    lying, before = height(), picture(page)
    page.get_by_text("Gravity").click()
    until_changed(page, before)
    assert height() > 1.2 * lying


def test_a_joint_is_picked_pulled_and_pinned_by_keys_and_undo_takes_it_back(page, saved):  # noqa: F811
    opened(page, saved)
    before = picture(page)
    page.locator(STAGE).focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".told").inner_text().startswith("left elbow")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("p")
    assert page.locator(".told").inner_text() == "left elbow pinned"
    pulled = until_changed(page, before)
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    assert until_changed(page, pulled) != before
    page.keyboard.press("Control+z")
    assert picture(page) == before


def test_what_changes_twice_in_a_frame_is_drawn_as_it_is_last(page, saved):  # noqa: F811
    opened(page, saved)
    page.locator(STAGE).focus()
    page.keyboard.press("j")
    picked = picture(page)
    page.keyboard.press("p")
    assert picture(page) != picked
    keys = "(c) => { for (const key of 'ppp') c.dispatchEvent(new KeyboardEvent('keydown', { key })); }"
    page.locator(STAGE).evaluate(keys)  # free, pinned, free
    assert picture(page) == picked
    page.locator(STAGE).evaluate(keys.replace("ppp", "pp"))  # pinned, free
    assert picture(page) == picked


def grip(page) -> tuple[float, float]:
    """Find a joint that can be pulled, below the middle of the stage: where the pointer becomes a hand."""
    canvas = page.locator(STAGE)
    box = canvas.bounding_box()
    for y in np.arange(0.45, 0.95, 0.025):
        for x in np.arange(0.2, 0.8, 0.025):
            place = box["x"] + x * box["width"], box["y"] + y * box["height"]
            page.mouse.move(*place)
            if canvas.evaluate("(c) => c.style.cursor") == "pointer":
                return place
    pytest.fail("no joint was found under the pointer")


def test_a_finger_pulls_a_joint_a_tap_pins_it_and_a_second_finger_lets_go(browser, saved):  # noqa: F811
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        page = opened(context.new_page(), saved)
        client = context.new_cdp_session(page)
        (x, y), before = grip(page), picture(page)

        def touch(kind, *points):
            fingers = [{"x": u, "y": v, "id": k} for k, (u, v) in enumerate(points)]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        def slide(*others):
            for k in range(1, 6):
                touch("touchMove", (x + 6 * k, y - 6 * k), *others)

        touch("touchStart", (x, y))
        slide()
        assert page.locator(".told").inner_text().startswith("pulling the ")
        pulled = until_changed(page, before)
        touch("touchEnd")
        assert page.locator(".told").inner_text() == ""
        assert page.evaluate("scrollY") == 0
        page.get_by_label("Undo").tap()
        assert picture(page) == before != pulled
        touch("touchStart", (x, y))
        slide()
        touch("touchStart", (x + 30, y - 30), (x, y - 120))
        slide((x, y - 120))
        assert page.locator(".told").inner_text() == ""
        touch("touchEnd")
        page.get_by_text("Reset").tap()
        settle(page)
        page.locator(STAGE).press("0")
        page.touchscreen.tap(x, y)
        assert page.locator(".told").inner_text().endswith(" pinned")


def test_a_mouse_pulls_a_joint_and_a_click_pins_it(page, saved):  # noqa: F811
    opened(page, saved)
    x, y = grip(page)
    before = picture(page)
    page.mouse.down()
    page.mouse.move(x + 40, y - 40, steps=5)
    assert page.locator(".told").inner_text().startswith("pulling the ")
    until_changed(page, before)
    page.mouse.up()
    assert page.locator(".told").inner_text() == ""
    page.screenshot(path=SCREENSHOTS / "page_pulled.png")
    page.mouse.click(*grip(page))
    assert page.locator(".told").inner_text().endswith(" pinned")


DRAWN_WHEN = """() => {
    const host = document.querySelector('.vvipe-explorer');
    window.drawn = 0;
    window.atOnce = 0;
    host.addEventListener('all-drawn', () => { window.drawn++; });
    document.addEventListener('pointerrawupdate', () => { window.atOnce = window.drawn; });
}"""


@pytest.mark.parametrize("what", [".sliders .track", "canvas.map", "canvas.chart", "canvas.picture"])
def test_what_a_mouse_sets_is_drawn_at_once_and_once(page, saved, what):  # noqa: F811
    opened(page, saved)
    page.evaluate(DRAWN_WHEN)
    box = page.locator(what).first.bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y)
    for k in range(2, 6):
        settle(page)
        page.evaluate("window.drawn = 0")
        page.mouse.move(x + 8 * k, y)
        settle(page)
        assert page.evaluate("[window.atOnce, window.drawn]") == [1, 1]
    page.mouse.up()
