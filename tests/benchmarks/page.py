"""The standalone page: time to write it, its size, time until it shows an image, and images a second under a drag.

python -m tests.benchmarks.page

For each preset with the built-in run's codes, 10,000 and 50,000 of them, and for a convolutional decoder of colour
images. In headless Chromium, with a real mouse.
"""

import math
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.page_engine import decoders
from tests.benchmarks.results import finish, percentiles
from tests.browser import STANDING, chromium, launched, where
from vae_explorer.html_page import PageOptions, write_page
from vae_explorer.lowered import Lowered, pack
from vae_explorer.lowering import lower
from vae_explorer.run import Run, find_run, open_run

POINTS = 10_000, 50_000
OPENINGS = 5
MOVES = 400
# When each image was put on the page.
RECORD = """() => {
  window.times = [];
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    window.times.push(performance.now());
    return put.apply(this, given);
  };
}"""


def variant(run: Run, lowered: Lowered) -> Run:
    """The run with another decoder, and images of its shape."""
    images = np.random.default_rng(0).integers(0, 256, (len(run.sample.index), *lowered.image_shape), np.uint8)
    dataset = replace(run.info.dataset, image_shape=lowered.image_shape)
    sample = run.sample if lowered.image_shape == (28, 28, 1) else replace(run.sample, images=images)
    return replace(run, info=replace(run.info, dataset=dataset), sample=sample, lowered=pack(lowered))


def opened(browser: Browser, path: Path) -> Page:
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    page.goto(path.as_uri())
    page.evaluate(STANDING)
    return page


def frames(page: Page) -> dict[str, float]:
    """Milliseconds from image to image while the probe is dragged in a circle."""
    page.evaluate(RECORD)
    page.mouse.move(*where(page, 1.5, 0))
    page.mouse.down()
    for angle in np.linspace(0, 4 * math.pi, MOVES):
        page.mouse.move(*where(page, 1.5 * math.cos(angle), 1.5 * math.sin(angle)))
    page.mouse.up()
    return percentiles(np.diff(page.evaluate("times")))


def main() -> None:
    path_of_chromium = chromium()
    if path_of_chromium is None:
        sys.exit("No Chromium was found.")
    run = open_run(find_run("builtin"))
    result: dict[str, dict[str, Any]] = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launched(playwright, path_of_chromium)
        for name, model in decoders().items():
            for points in POINTS:
                path = Path(folder) / "page.html"
                write_page(variant(run, lower(model)), path, PageOptions(points=points))
                ready = []
                for _ in range(OPENINGS):
                    page = opened(browser, path)
                    ready.append(page.evaluate("performance.getEntriesByName('decoded')[0].startTime"))
                    page.close()
                page = opened(browser, path)
                result[f"{name}, {points:,} points"] = {
                    "MB": path.stat().st_size / 1e6,
                    "ready": float(np.median(ready)),
                    "frame": frames(page),
                }
                page.close()
        browser.close()
        command = [sys.executable, "-m", "vae_explorer", "html", "builtin", "--out", str(Path(folder) / "p.html")]
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - began)
    finish(result | {"vae-explorer html builtin, seconds": float(np.median(seconds))})


if __name__ == "__main__":
    main()
