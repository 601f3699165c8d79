"""Using the standalone page as its reader does: where things are in it, and what it shows."""

import base64
import io
import json
import shutil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Frame, Page, Playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
WHERE = """([z1, z2]) => {
  const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));
  const box = view.canvas_view.events_el.getBoundingClientRect();
  return [box.x + view.frame.x_scale.compute(z1), box.y + view.frame.y_scale.compute(z2)];
}"""
# Resolves once an image is drawn (alpha is 0 before), or the page says why not. The page's policy forbids the strings
# of code that Playwright's own waiting uses.
STANDING = """() => new Promise((done, failed) => {
  setTimeout(() => failed(Error('the page does not stand')), 20_000);
  const look = () => {
    const alpha = document.querySelector('#image').getContext('2d').getImageData(0, 0, 1, 1).data[3];
    const drawn = document.querySelector('#position').dataset.z1 !== undefined;
    const examples = document.querySelector('#examples:not([hidden])');
    const compared = !examples || examples.querySelector('#nearest-distance').textContent;
    if ((drawn && compared && alpha === 255) || !document.querySelector('#failure').hidden) done();
    else setTimeout(look, 20);
  };
  look();
})"""


def chromium() -> str | None:
    """Path of a Chromium of this system, if it has one."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    return found[0] if found else None


def launched(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


def pixels(page: Page | Frame, canvas: str = "#image") -> NDArray[np.uint8]:
    """(H, W, 3), as a canvas holds them."""
    uri = page.evaluate("(name) => document.querySelector(name).toDataURL()", canvas)
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"))


def code(page: Page | Frame) -> tuple[float, float]:
    """Where the probe is."""
    z1, z2 = page.evaluate("(({ z1, z2 }) => [z1, z2])(document.querySelector('#position').dataset)")
    return float(z1), float(z2)


def settle(page: Page | Frame) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def until(page: Page | Frame, condition: str) -> None:
    """Wait until a JavaScript expression is true. Fails after ten seconds."""
    page.evaluate(
        f"""() => new Promise((done, failed) => {{
        const look = () => ({condition}) ? done() : setTimeout(look, 20);
        setTimeout(() => failed(Error('it did not become true')), 10_000);
        look(); }})"""
    )


def where(page: Page | Frame, z1: float, z2: float) -> tuple[float, float]:
    """Pixels of the page's window at which a point of the map is drawn."""
    x, y = page.evaluate(WHERE, [z1, z2])
    return x, y


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], rest: float = 0) -> None:
    """Drag with the mouse from one point of the map to another, after a rest of so many milliseconds."""
    page.mouse.move(*where(page, *start))
    page.mouse.down()
    page.wait_for_timeout(rest)
    page.mouse.move(*where(page, *end), steps=8)
    page.mouse.up()
    settle(page)


def drag_by_finger(page: Page, start: tuple[float, float], end: tuple[float, float], rest: float = 0) -> None:
    """Drag with a finger from one point of the map to another, after a rest of so many milliseconds."""
    session = page.context.new_cdp_session(page)
    path = [where(page, *at) for at in np.linspace(start, end, 8)]
    for kind, at in [("touchStart", path[0]), *[("touchMove", at) for at in path[1:]]]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
        if kind == "touchStart":
            page.wait_for_timeout(rest)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)


def content(page: Page) -> dict[str, Any]:
    """The settings that the page holds."""
    found: dict[str, Any] = json.loads(page.evaluate("document.querySelector('#content').textContent"))
    return found
