"""The standalone page: time to write it, its size, time until it shows an image, and images per second during a drag.

python -m tests.benchmarks.page

For each preset with the built-in run's codes, 10,000 and 50,000 of them, and for a convolutional decoder of colour
images. In headless Chromium, with a real mouse.
"""

import asyncio
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Browser, Page, async_playwright

from tests.benchmarks.page_engine import decoders
from tests.benchmarks.results import finish, percentiles
from tests.browser import ARGUMENTS, STANDING, WHERE, chromium
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.lowering import lower
from vae_explorer.run.lowered import Lowered, pack
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run
from vae_explorer.run.run import Networks, Run

POINTS = 10_000, 50_000
OPENINGS = 5
EXPORTS = 5
DRAG_SECONDS = 5
MOVE_SECONDS = 0.004  # between two moves of the mouse
# When each image was put on the page, and when the browser was ready for another.
RECORD = """() => {
  window.images = [];
  window.frames = [];
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    window.images.push(performance.now());
    return put.apply(this, given);
  };
  const frame = (now) => { window.frames.push(now); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


def variant(run: Run, lowered: Lowered) -> Run:
    """The run with another decoder, and images of its shape."""
    images = np.random.default_rng(0).integers(0, 256, (len(run.sample.index), *lowered.image_shape), np.uint8)
    dataset = replace(run.info.dataset, image_shape=lowered.image_shape)
    sample = run.sample if lowered.image_shape == (28, 28, 1) else replace(run.sample, images=images)
    return replace(
        run, info=replace(run.info, dataset=dataset), sample=sample, networks=Networks(lowered=pack(lowered))
    )


async def opened(browser: Browser, path: Path) -> Page:
    page = await browser.new_page(viewport={"width": 1360, "height": 860})
    await page.goto(path.as_uri())
    await page.evaluate(STANDING)
    return page


async def ready(browser: Browser, path: Path) -> float:
    """Milliseconds from the start of opening until the first decoded image."""
    page = await opened(browser, path)
    found: float = await page.evaluate("performance.getEntriesByName('decoded')[0].startTime")
    await page.close()
    return found


async def dragged(browser: Browser, path: Path) -> dict[str, Any]:
    """Milliseconds from image to image while the probe is dragged in circles, and images per frame of the browser."""
    page = await opened(browser, path)
    (x, y), (edge, _) = await page.evaluate(WHERE, [0, 0]), await page.evaluate(WHERE, [1.5, 0])
    mouse = await page.context.new_cdp_session(page)
    waiting = []

    def send(kind: str, angle: float) -> None:
        # Not awaited: the browser would answer when it has painted, and the hand does not wait for that.
        at = {"x": x + (edge - x) * math.cos(angle), "y": y + (edge - x) * math.sin(angle)}
        event = {"type": kind, "button": "left", "buttons": 1, "clickCount": 1, **at}
        waiting.append(asyncio.ensure_future(mouse.send("Input.dispatchMouseEvent", event)))

    send("mousePressed", 0)
    await asyncio.sleep(0.2)
    await page.evaluate(RECORD)
    for step in range(round(DRAG_SECONDS / MOVE_SECONDS)):
        send("mouseMoved", step * MOVE_SECONDS * math.pi)
        await asyncio.sleep(MOVE_SECONDS)
    images, frames = await page.evaluate("[window.images, window.frames]")
    send("mouseReleased", 0)
    await asyncio.gather(*waiting)
    await page.close()
    return {"image to image": percentiles(np.diff(images)), "images a frame": len(images) / len(frames)}


async def measure() -> dict[str, Any]:
    run = open_run(find_run("builtin"))
    result: dict[str, Any] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.html"
            for name, model in decoders().items():
                for points in POINTS:
                    write_page(variant(run, lower(model)), path, PageOptions(points=points))
                    result[f"{name}, {points:,} points"] = {
                        "MB": path.stat().st_size / 1e6,
                        "ready": float(np.median([await ready(browser, path) for _ in range(OPENINGS)])),
                        **await dragged(browser, path),
                    }
            command = [sys.executable, "-m", "vae_explorer", "html", "builtin", "--out", str(path)]
            seconds = []
            for _ in range(EXPORTS):
                began = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True)
                seconds.append(time.perf_counter() - began)
        await browser.close()
    return {"export": float(np.median(seconds)), "pages": result}


def main() -> None:
    if chromium() is None:
        sys.exit("No Chromium was found.")
    finish(asyncio.run(measure()))


if __name__ == "__main__":
    main()
