"""sheet.js: the decoded sheet behind the map."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.browser import drag, pixels, settle, until, where
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.run import Run

Opener = Callable[..., Page]
DONE = "document.querySelector('#sheet').dataset.done"


def corners(page: Page) -> NDArray[np.float64]:
    """((x0, y0), (x1, y1)): coordinates of the map at two opposite corners of the sheet."""
    found = page.evaluate(
        """() => { const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));
        const outer = view.canvas_view.events_el.getBoundingClientRect();
        const box = document.querySelector('#sheet').getBoundingClientRect();
        const { x_scale, y_scale } = view.frame;
        return [[x_scale.invert(box.left - outer.x), y_scale.invert(box.bottom - outer.y)],
                [x_scale.invert(box.right - outer.x), y_scale.invert(box.top - outer.y)]] }"""
    )
    return np.array(found)


def assert_is_decoded(page: Page, run: Run) -> None:
    """Asserts that images of the sheet are decoded from the latent codes at their positions."""
    columns, rows = map(int, page.evaluate(DONE).split(" x "))
    assert min(columns, rows) >= 20
    sheet = pixels(page, "#sheet").astype(int)
    assert sheet.shape == (rows * 28, columns * 28, 3)
    (x0, y0), (x1, y1) = corners(page)
    decoder = LiteRTDecoder(run.networks.decoder or b"", 2, (28, 28, 1))
    for row, column in [(0, 0), (rows // 2, columns // 2), (rows - 1, 3)]:
        z = [x0 + (column + 0.5) / columns * (x1 - x0), y1 - (row + 0.5) / rows * (y1 - y0)]
        expected = as_pixels(decoder(np.array([z], np.float32)))[0].astype(int)
        shown = sheet[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28]
        assert np.abs(shown - expected).max() <= 2


@pytest.mark.long
def test_the_sheet_shows_the_decoded_images_also_after_zooming(
    tiny_run: Run, page_file: Path, open_page: Opener
) -> None:
    page = open_page(page_file, 1360, 860)
    assert page.is_hidden("#sheet")
    page.click("#sheet-button")
    until(page, DONE)
    assert_is_decoded(page, tiny_run)
    before = corners(page)
    page.mouse.move(*where(page, 1, 1))
    page.mouse.wheel(0, -200)
    settle(page)
    settle(page)
    until(page, DONE)
    after = corners(page)
    assert np.ptp(after[:, 0]) < 0.9 * np.ptp(before[:, 0])
    assert_is_decoded(page, tiny_run)
    page.click("#sheet-button")
    assert page.is_hidden("#sheet")


@pytest.mark.long
def test_the_sheet_lies_behind_the_map_and_is_unchanged_by_the_probe(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.click("#sheet-button")
    until(page, DONE)
    sheet = pixels(page, "#sheet")
    drag(page, (0, 0), (1, 1))
    np.testing.assert_array_equal(pixels(page, "#sheet"), sheet)
    page.click("#points-button")
    frame = page.evaluate(
        """() => { const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));
        const outer = view.canvas_view.events_el.getBoundingClientRect();
        const { left, top, width, height } = view.frame.bbox;
        return { x: outer.x + left, y: outer.y + top, width, height } }"""
    )
    picture = page.screenshot(clip=frame)
    page.click("#sheet-button")
    assert page.screenshot(clip=frame) != picture


@pytest.mark.long
def test_a_map_that_was_hidden_for_a_while_shows_its_sheet_again(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.click("#sheet-button")
    until(page, DONE)
    for display in ("none", ""):
        page.evaluate("(display) => (document.querySelector('#map').style.display = display)", display)
        page.wait_for_timeout(100)
    until(page, DONE)
    assert pixels(page, "#sheet").max() > 100
