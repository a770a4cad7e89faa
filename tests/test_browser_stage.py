"""The stage of the explorer in a browser: what is drawn of a body, and what hands do to it. Pictures: screenshots/."""

import re

from browser.lab import settle
from test_browser import opened, picture, saved, until_changed  # noqa: F401  saved is a fixture


def off(page) -> float:
    """Read the gauge, in %."""
    settle(page)
    return float(page.locator(".scale").get_attribute("aria-valuenow"))


def test_the_gauge_rises_with_noise_and_names_the_nearest_pose(page, saved):  # noqa: F811
    opened(page, saved)
    page.get_by_text("Random pose").click()
    near = off(page)
    assert near < 50
    assert re.match(r"like the data, nearest: \w+", page.locator(".usual .word").inner_text())
    before = picture(page)
    page.get_by_label("amount of noise").fill("1")
    page.get_by_text("Add noise").click()
    until_changed(page, before)
    assert off(page) > 50
    assert page.locator(".usual .word").inner_text().startswith("unlike the data")


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
