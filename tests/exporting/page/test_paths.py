"""The paths that a page carries: its reader travels them, and sees them decoded in all dimensions."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser import code, content, pixels, settle, until
from vae_explorer.exploring.paths import Data, find_path
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.paths import page_path
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run

Opener = Callable[..., Page]
ANCHORS = np.array([(-1, 0, 2, 0), (1, 1, 0, 1), (0, -1, 0, -2)], np.float32)
LINE = "Bokeh.documents[0].get_model_by_name('path').data.x.length"


@pytest.mark.long
def test_its_reader_travels_them(deep_run: Run, tmp_path: Path, open_page: Opener) -> None:
    decoder = run_decoder(deep_run)
    paths = [find_path(kind, ANCHORS, decoder, Data(ANCHORS)) for kind in ("straight", "spherical")]
    file = tmp_path / "page.html"
    write_page(deep_run, file, PageOptions(paths=tuple(page_path(path, "z") for path in paths)))
    page = open_page(file)
    assert page.locator("#path option").all_inner_texts() == [
        "Straight", "Spherical, around the origin", "From A to B, straight",
    ]  # fmt: skip
    assert not page.is_visible("#a")
    directions = np.array(content(page)["plane"]["directions"])
    for number, path in enumerate(paths):
        page.select_option("#path", str(number))
        for share in (0, 300, 1000):
            page.locator("#way").fill(str(share))
            settle(page)
            expected = path.point(share / 1000)
            assert code(page) == pytest.approx((directions @ expected).tolist(), abs=2e-3)
            levels = as_pixels(decoder(expected[None]))[0].astype(int)
            assert np.abs(pixels(page)[..., :1].astype(int) - levels).max() <= 3  # linear between 241 codes
    page.click("#play")
    until(page, "Number(document.querySelector('#way').value) < 990")
    page.select_option("#path", "")
    assert page.is_visible("#a")
    assert page.evaluate(LINE) == 0
    page.locator("#way").fill("500")
    settle(page)
    assert code(page) == pytest.approx((0, 0), abs=1e-6)
    assert len(read_page(file).codes.z_mean)  # it is opened as a run as any other page
