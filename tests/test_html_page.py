"""The standalone page in a real browser, opened from disk as somebody opens it who was sent it."""

import dataclasses
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

from vae_explorer.decoding import LiteRTDecoder
from vae_explorer.errors import UserError
from vae_explorer.html_page import write_page
from vae_explorer.latent import on_plane
from vae_explorer.run import Run

HOSTILE = "</script><img src=x onerror=alert(1)>"
# Resolves once an image is drawn (alpha is 0 before), or the page says why not. The page's policy forbids the strings
# of code that Playwright's own waiting uses.
STANDING = """() => new Promise((done) => {
  const look = () => {
    const alpha = document.querySelector('#image').getContext('2d').getImageData(0, 0, 1, 1).data[3];
    const drawn = document.querySelector('#position').dataset.z1 !== undefined;
    if (drawn && (alpha === 255 || !document.querySelector('#failure').hidden)) done();
    else setTimeout(look, 20);
  };
  look();
})"""
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        missing = "No Chromium was found: install it (on Debian: apt install chromium) to test the standalone page."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        chromium = playwright.chromium.launch(executable_path=found[0], args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Opens a file, and afterwards holds that nothing went wrong in it and that it asked for no other file."""
    contexts, wrong = [], []

    def open_page(
        path: Path,
        width: int = 1360,
        height: int = 860,
        scheme: str = "light",
        before: str = "",
        touch: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: wrong.append(request.url) if request.url != path.as_uri() else None)
        if before:
            page.add_init_script(before)
        page.goto(path.as_uri())
        page.evaluate(STANDING)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def written(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    path = tmp_path_factory.mktemp("page") / "page.html"
    return path, write_page(tiny_run, path)


def pixels(page: Page) -> NDArray[np.uint8]:
    """(H, W, 3), as the canvas holds them."""
    width, height, rgba = page.evaluate(
        """() => { const c = document.querySelector('#image');
        return [c.width, c.height, Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)] }"""
    )
    return np.array(rgba, np.uint8).reshape(height, width, 4)[..., :3]


def code(page: Page) -> tuple[float, float]:
    z1, z2 = page.evaluate("(({ z1, z2 }) => [z1, z2])(document.querySelector('#position').dataset)")
    return float(z1), float(z2)


def settle(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def where(page: Page, z1: float, z2: float) -> tuple[float, float]:
    """Pixels of the window at which a point of the map is drawn."""
    x, y = page.evaluate(
        """([z1, z2]) => { const view = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));
        const box = view.canvas_view.events_el.getBoundingClientRect();
        return [box.x + view.frame.x_scale.compute(z1), box.y + view.frame.y_scale.compute(z2)] }""",
        [z1, z2],
    )
    return x, y


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*where(page, *start))
    page.mouse.down()
    page.mouse.move(*where(page, *end), steps=8)
    page.mouse.up()
    settle(page)


def exact(run: Run, z: tuple[float, float]) -> NDArray[np.float32]:
    """What the run's own decoder makes of a point: (H, W, 3) in [0, 1]."""
    decoder = LiteRTDecoder(run.decoder, run.info.config.latent_dim, run.info.dataset.image_shape)
    image = decoder(on_plane(np.array([z], np.float32), decoder.latent_dim))[0]
    return np.broadcast_to(image, (*image.shape[:2], 3))


def variant(run: Run, **dataset: object) -> Run:
    info = dataclasses.replace(run.info, dataset=dataclasses.replace(run.info.dataset, **dataset))
    return dataclasses.replace(run, info=info)


def test_dragging_shows_what_the_decoder_makes_of_each_point(
    tiny_run: Run, written: tuple[Path, float], open_page: Opener
) -> None:
    path, difference = written
    page = open_page(path)
    before = pixels(page)
    assert code(page) == (0, 0)
    # From the probe, and from where the probe is not.
    for start, end in [((0, 0), (1.5, -2)), ((-1, 1), (-2.3, 0.7))]:
        drag(page, start, end)
        assert code(page) == pytest.approx(end, abs=0.05)
        assert np.abs(pixels(page) / 255 - exact(tiny_run, code(page))).max() <= difference + 1e-6
    assert (pixels(page) != before).any()
    assert page.inner_text("#z1") == f"\N{MINUS SIGN}{-code(page)[0]:.2f}"


def test_the_page_holds_the_measured_difference(written: tuple[Path, float], open_page: Opener) -> None:
    path, difference = written
    text = open_page(path).inner_text("dl")
    found = re.search(r"65 x 65 lattice; largest difference measured (\S+) \((\S+) of 255 grey levels\)", text)
    assert found
    assert difference <= float(found[1]) < difference + 0.001
    assert difference * 255 <= float(found[2]) < difference * 255 + 0.1
    for fact in ("MNIST-512", "nats an image", "CC BY-SA 3.0", "640 of 640"):
        assert fact in text


def test_a_drag_beyond_the_lattice_ends_at_its_edge(written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0])
    low, high = page.evaluate("(({ low, high }) => [low, high])(JSON.parse(document.querySelector('#content').text))")
    drag(page, (0, 0), (high[0] + 0.2, 0))
    assert code(page)[0] == high[0]
    page.mouse.click(*where(page, low[0] + 0.5, 0.5))
    settle(page)
    assert code(page) == pytest.approx((low[0] + 0.5, 0.5), abs=0.05)


def test_keys_and_buttons_move_the_probe(written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0])
    page.focus("#map")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "Backspace"):
        page.keyboard.press(key)
        settle(page)
    assert code(page) == pytest.approx((0.1, 0.25))
    page.mouse.click(*where(page, 1, 1))
    settle(page)
    z1, z2 = code(page)
    page.keyboard.press("ArrowLeft")  # The map has the keyboard after a click on it, too.
    settle(page)
    assert code(page) == pytest.approx((z1 - 0.05, z2))
    page.click("#random")
    settle(page)
    assert code(page) != pytest.approx((z1 - 0.05, z2))
    page.click("#home")
    settle(page)
    assert code(page) == (0, 0)


def test_a_finger_drags_and_does_not_scroll(written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0], 390, 844, touch=True)
    session = page.context.new_cdp_session(page)
    path = [where(page, 0, t) for t in np.linspace(0, -2, 8)]
    for kind, at in [("touchStart", path[0]), *[("touchMove", at) for at in path[1:]]]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert code(page) == pytest.approx((0, -2), abs=0.1)
    assert page.evaluate("scrollY") == 0


def test_the_legend_hides_a_class(tiny_run: Run, written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0])
    shown = "Bokeh.documents[0].get_model_by_name('shown').booleans?.filter(Boolean).length"
    page.click("#classes button:has-text('7')")
    assert page.get_attribute("#classes button:has-text('7')", "aria-pressed") == "false"
    assert page.evaluate(shown) == (tiny_run.codes.label != 7).sum()
    page.click("#classes button:has-text('7')")
    assert page.evaluate(shown) == len(tiny_run.codes.label)


def test_dark_and_light_follow_the_system_at_once(written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0])
    grounds = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        settle(page)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        axis = page.evaluate("Bokeh.documents[0].get_model_by_name('map').below[0].axis_label_text_color")
        points = page.evaluate("Bokeh.documents[0].get_model_by_name('colours').palette[0]")
        grounds[scheme] = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3, axis, points
    assert grounds["light"][0] > 200
    assert grounds["dark"][0] < 60
    assert grounds["light"][1:] == ("#1b2330", "#332288")
    assert grounds["dark"][1:] == ("#e7eaef", "#7d6fe0")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (768, 1024), (1360, 860)])
def test_every_width_holds_the_page(written: tuple[Path, float], open_page: Opener, width: int, height: int) -> None:
    page = open_page(written[0], width, height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    image, chart = page.locator("#image").bounding_box(), page.locator("#map").bounding_box()
    assert image is not None
    assert chart is not None
    assert min(chart["width"], chart["height"]) >= 250
    assert min(image["width"], image["height"]) >= 150
    # A unit is as long across as it is up.
    (x0, y0), (x1, y1) = where(page, 0, 0), where(page, 1, 1)
    assert x1 - x0 == pytest.approx(y0 - y1, rel=0.01)


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lattice of few images, for what does not look at them: written in a tenth of the time."""
    monkeypatch.setattr("vae_explorer.html_page.MOST_A_SIDE", 9)


def test_hostile_names_are_only_text(coarse: None, tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    names = (HOSTILE, *tiny_run.info.dataset.class_names[1:])
    run = variant(tiny_run, name=HOSTILE, licence=HOSTILE, class_names=names)
    write_page(dataclasses.replace(run, info=dataclasses.replace(run.info, name=HOSTILE)), path)
    page = open_page(path)
    assert page.locator("img").count() == 0
    assert page.inner_text("h1") == HOSTILE
    assert page.inner_text("[data-class='0'] span") == HOSTILE
    assert page.title().startswith(HOSTILE)


def test_the_policy_lets_nothing_out_and_the_maker_is_not_named(tiny_run: Run, written: tuple[Path, float]) -> None:
    text = written[0].read_text(encoding="utf-8")
    assert "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:" in text
    for secret in (str(tiny_run.folder), str(tiny_run.folder.parent), str(Path.home()) + "/", str(written[0].parent)):
        assert secret not in text


def test_many_classes_none_and_some_without_a_label(
    coarse: None, tiny_run: Run, open_page: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    label = np.arange(len(tiny_run.codes.label), dtype=np.int32) % 47
    many = variant(tiny_run, class_names=tuple(f"sort {i}" for i in range(47)))
    write_page(dataclasses.replace(many, codes=dataclasses.replace(tiny_run.codes, label=label)), path)
    page = open_page(path)
    assert page.locator("[data-class]").count() == 47
    page.click("#all")
    page.click("[data-class='3']")
    shown = "Bokeh.documents[0].get_model_by_name('shown').booleans.filter(Boolean).length"
    assert page.evaluate(shown) == (label == 3).sum()

    unknown = np.where(label < 20, -1, 0).astype(np.int32)
    some = variant(tiny_run, class_names=("cat",))
    write_page(dataclasses.replace(some, codes=dataclasses.replace(tiny_run.codes, label=unknown)), path)
    assert open_page(path).locator("[data-class]").all_inner_texts() == ["cat", "no label"]

    none = variant(tiny_run, class_names=())
    write_page(dataclasses.replace(none, codes=dataclasses.replace(tiny_run.codes, label=unknown * 0 - 1)), path)
    page = open_page(path)
    assert page.locator("#classes").count() == 0
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('colours').palette") == ["#4c8fc9"]


class AnyDecoder:
    """Stands for the decoder of other data: smooth images of any shape, from a latent space of any size."""

    engine = "test"

    def __init__(self, latent_dim: int, image_shape: tuple[int, int, int]) -> None:
        self.latent_dim = latent_dim
        rng = np.random.default_rng(1)
        self._phase = rng.uniform(0, 6, image_shape)
        self._weight = rng.normal(size=(latent_dim, *image_shape))

    def __call__(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        return (0.5 + 0.5 * np.sin(np.tensordot(z, self._weight, 1) * 0.3 + self._phase)).astype(np.float32)


@pytest.mark.parametrize(
    ("latent_dim", "shape", "lattice", "note"),
    [
        (1, (16, 20, 1), "lattice of 4,225 points", "second axis is unused"),
        (5, (32, 24, 3), "38 x 38 lattice", "z3 to z5 are 0"),
        (2, (128, 128, 3), "8 x 8 lattice", ""),
    ],
)
def test_other_images_and_other_latent_spaces(
    tiny_run: Run, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    latent_dim: int, shape: tuple[int, int, int], lattice: str, note: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("vae_explorer.html_page.run_decoder", lambda _: AnyDecoder(latent_dim, shape))
    run = variant(tiny_run, image_shape=shape)
    config = dataclasses.replace(run.info.config, latent_dim=latent_dim)
    z_mean = np.random.default_rng(0).normal(size=(len(run.codes.label), latent_dim)).astype(np.float32)
    run = dataclasses.replace(
        run,
        info=dataclasses.replace(run.info, config=config, held_out=None),
        codes=dataclasses.replace(run.codes, z_mean=z_mean),
    )
    path = tmp_path / "page.html"
    difference = write_page(run, path)
    page = open_page(path)
    assert lattice in page.inner_text("dl")
    assert "negative ELBO" not in page.inner_text("dl")
    assert note in page.inner_text("header")
    label = page.evaluate("Bokeh.documents[0].get_model_by_name('map').left[0].axis_label")
    assert label == ("unused" if latent_dim == 1 else "z2")
    drag(page, (0, 0), (1.2, 0.6))
    assert page.inner_text("#z2") == ("unused" if latent_dim == 1 else f"{code(page)[1]:.2f}")
    expected = AnyDecoder(latent_dim, shape)(on_plane(np.array([code(page)], np.float32), latent_dim))[0]
    assert pixels(page).shape[:2] == shape[:2]
    assert np.abs(pixels(page) / 255 - expected).max() <= difference + 1e-6


def test_an_old_browser_is_told_so(written: tuple[Path, float], open_page: Opener) -> None:
    page = open_page(written[0], before="delete window.DecompressionStream")
    assert page.inner_text("#failure").startswith("This browser is too old")


def test_ending_an_export_leaves_the_old_page(coarse: None, tiny_run: Run, tmp_path: Path) -> None:
    class EndedError(Exception):
        pass

    path = tmp_path / "page.html"
    path.write_text("old")
    tasks: list[str] = []
    write_page(tiny_run, tmp_path / "other.html", lambda task, _fraction: tasks.append(task))
    (tmp_path / "other.html").unlink()
    for last in dict.fromkeys(tasks):

        def end(task: str, _fraction: float, last: str = last) -> None:
            if task == last:
                raise EndedError

        with pytest.raises(EndedError):
            write_page(tiny_run, path, end)
        assert path.read_text() == "old"
        assert [found.name for found in tmp_path.iterdir() if found.suffix == ".html"] == ["page.html"]


def test_a_missing_folder_is_told_before_any_work(tiny_run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        write_page(tiny_run, tmp_path / "missing" / "page.html", lambda *_: pytest.fail("work was done"))
