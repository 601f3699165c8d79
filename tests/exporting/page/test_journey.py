"""journey.js: the interpolation from A to B."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import code, drag, settle, until

Opener = Callable[..., Page]
ENDS = "(({ x, y }) => [[x[0], y[0]], [x[1], y[1]]])(Bokeh.documents[0].get_model_by_name('way').data)"


@pytest.mark.long
def test_the_slider_leads_along_the_line_between_the_ends_that_were_set(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    ends = []
    for name, position in (("#a", (-1.0, -1.0)), ("#b", (1.0, 0.5))):
        drag(page, (0, 0), position)
        ends.append(code(page))
        page.click(name)
    assert page.evaluate(ENDS) == [list(end) for end in ends]
    for share in (0, 250, 1000):
        page.locator("#way").fill(str(share))
        settle(page)
        expected = [a + share / 1000 * (b - a) for a, b in zip(*ends, strict=True)]
        assert code(page) == pytest.approx(expected)


@pytest.mark.long
def test_playing_moves_until_it_is_paused_or_the_map_is_pressed(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.click("#play")
    assert page.inner_text("#play") == "Pause"
    until(page, "Number(document.querySelector('#position').dataset.z1) > -1.2")
    assert -1.28 <= code(page)[0] <= 1.28  # on a slow machine it may have begun again
    assert code(page)[1] == 0
    page.click("#play")
    settle(page)
    settle(page)
    paused = code(page)
    assert page.inner_text("#play") == "Play"
    page.wait_for_timeout(100)
    assert code(page) == paused
    page.click("#play")
    until(page, f"Number(document.querySelector('#position').dataset.z1) !== {paused[0]}")
    drag(page, (0, 1), (0, 2))
    assert page.inner_text("#play") == "Play"
    assert code(page) == pytest.approx((0, 2), abs=0.05)
