"""page.js: what a reader can do on the page with mouse, keyboard and touch."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import STANDING, code, drag, drag_by_finger, pixels, settle, until, where
from vae_explorer.run.run import Run

Opener = Callable[..., Page]


@pytest.mark.long
def test_keys_and_buttons_move_the_probe(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.focus("#map")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "Backspace"):
        page.keyboard.press(key)
        settle(page)
    assert code(page) == pytest.approx((0.1, 0.25))
    page.mouse.click(*where(page, 1, 1))
    settle(page)
    z1, z2 = code(page)
    assert (z1, z2) == pytest.approx((1, 1), abs=0.02)
    page.keyboard.press("ArrowLeft")  # the map also has the keyboard after a click on it
    settle(page)
    assert code(page) == pytest.approx((z1 - 0.05, z2))
    page.click("#random")
    settle(page)
    assert code(page) != pytest.approx((z1 - 0.05, z2))
    page.click("#home")
    settle(page)
    assert code(page) == (0, 0)
    assert page.inner_text("#z1") == "0.00"


@pytest.mark.long
def test_the_legend_hides_a_class(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    shown = "Bokeh.documents[0].get_model_by_name('shown').booleans?.filter(Boolean).length"
    page.click("#classes button:has-text('7')")
    assert page.get_attribute("#classes button:has-text('7')", "aria-pressed") == "false"
    assert page.evaluate(shown) == (tiny_run.codes.label != 7).sum()
    page.click("#classes button:has-text('7')")
    assert page.evaluate(shown) == len(tiny_run.codes.label)
    page.click("#points-button")
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('scatter').visible") is False


def test_the_points_are_the_codes(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    drawn = page.evaluate(
        "(({ x, y, label }) => [...x].map((v, i) => [v, y[i], label[i]]))"
        "(Bokeh.documents[0].get_model_by_name('points').data)"
    )
    expected = np.column_stack([tiny_run.codes.z_mean, tiny_run.codes.label])
    np.testing.assert_array_equal(sorted(drawn), sorted(expected.astype(float).tolist()))


@pytest.mark.long
def test_dark_and_light_follow_the_system_at_once(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
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


@pytest.mark.long
@pytest.mark.parametrize(
    ("width", "height"),
    [
        (390, 844),
        (1360, 860),
        *(
            pytest.param(*size, marks=pytest.mark.long)
            for size in ((320, 568), (600, 640), (740, 640), (768, 1024), (2560, 1300))
        ),
    ],
)
def test_every_width_holds_the_page(page_file: Path, open_page: Opener, width: int, height: int) -> None:
    page = open_page(page_file, width, height)
    page.click("#sheet-button")
    until(page, "document.querySelector('#sheet').dataset.done")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    image, chart = page.locator("#image").bounding_box(), page.locator("#map").bounding_box()
    assert image is not None
    assert chart is not None
    assert min(chart["width"], chart["height"]) >= 250
    assert min(image["width"], image["height"]) >= 150
    # A unit has the same length on both axes.
    (x0, y0), (x1, y1) = where(page, 0, 0), where(page, 1, 1)
    assert x1 - x0 == pytest.approx(y0 - y1, rel=0.01)
    # The image is as wide as its figure, without empty space beside it.
    figure = page.locator("#images figure").first.bounding_box()
    assert figure is not None
    assert image["height"] == pytest.approx(figure["width"], abs=2)
    # The probe can be dragged with the image in view.
    assert image["y"] + image["height"] <= height
    assert chart["y"] + chart["height"] / 2 <= height


@pytest.mark.long
def test_a_link_leads_to_its_point(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=0.71,-1.79")
    assert code(page) == (0.71, -1.79)
    page.evaluate("location.hash = '#z=1,0.5'")
    settle(page)
    settle(page)
    assert code(page) == (1, 0.5)
    drag(page, (1, 0.5), (-1, 1))
    z1, z2 = code(page)
    until(page, "location.hash !== '#z=1,0.5'")
    assert [float(number) for number in page.evaluate("location.hash").removeprefix("#z=").split(",")] == pytest.approx(
        [z1, z2], abs=1e-3
    )


@pytest.mark.long
@pytest.mark.parametrize("fragment", ["#z=", "#z=a,b", "#z=1e9,..", "#z=<img>,1", "#elsewhere"])
def test_other_links_lead_to_the_origin(page_file: Path, open_page: Opener, fragment: str) -> None:
    assert code(open_page(page_file, place=fragment)) == (0, 0)


@pytest.mark.long
def test_the_link_can_be_copied(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drag(page, (0, 0), (1, 1))
    page.click("#link")
    until(page, "document.querySelector('#link').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "#z=" in page.url


@pytest.mark.long
def test_the_picture_can_be_saved(page_file: Path, open_page: Opener, tmp_path: Path) -> None:
    page = open_page(page_file)
    drag(page, (0, 0), (1, -1))
    with page.expect_download() as download:
        page.click("#save")
    assert re.fullmatch(r"decoded z1 [01]\.\d\d z2 -[01]\.\d\d\.png", download.value.suggested_filename)
    download.value.save_as(tmp_path / "saved.png")
    with Image.open(tmp_path / "saved.png") as picture:
        saved = np.asarray(picture.convert("RGB"))
    assert saved.shape == (504, 504, 3)
    np.testing.assert_array_equal(saved[::18, ::18], pixels(page))


@pytest.mark.long
def test_a_screen_reader_reads_where_a_move_ended(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.focus("#map")
    page.keyboard.press("Shift+ArrowRight")
    until(page, "document.querySelector('#spoken').textContent.includes('0.25')")
    said = r"z1 0\.25, z2 0\.00; nearest example \d \d\.\d\d away, no data here: the decoder is guessing"
    assert re.fullmatch(said, page.inner_text("#spoken"))
    assert page.get_attribute("#image", "aria-label") == "Decoded image at z1 0.25, z2 0.00"
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, canvas[role], [role=application], [role=group]')]
        .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label'))).map((one) => one.outerHTML)"""
    )
    assert unnamed == []


def unit_lengths(page: Page) -> tuple[float, float]:
    """Length of a unit on each axis, in pixels."""
    (x0, y0), (x1, y1) = where(page, 0, 0), where(page, 1e-3, 1e-3)
    return x1 - x0, y0 - y1


@pytest.mark.long
def test_a_unit_stays_as_long_across_as_up(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    page.mouse.move(*where(page, 1, 1))
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(200)
    across, up = unit_lengths(page)
    assert across == pytest.approx(up, rel=0.01)
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_timeout(500)
    across, up = unit_lengths(page)
    assert across == pytest.approx(up, rel=0.01)


@pytest.mark.long
@pytest.mark.parametrize("direction", [-1, 1])
def test_zooming_has_limits(page_file: Path, open_page: Opener, direction: int) -> None:
    page = open_page(page_file)
    page.mouse.move(*where(page, 1, 1))
    for _ in range(40):
        page.mouse.wheel(0, 1500 * direction)
    page.wait_for_timeout(200)
    span = page.evaluate("(({ start, end }) => end - start)(Bokeh.documents[0].get_model_by_name('map').x_range)")
    assert 5e-4 < span < 5e3
    page.mouse.down()
    page.mouse.up()
    settle(page)
    assert np.isfinite(code(page)).all()


@pytest.mark.long
def test_keys_zoom_and_the_map_follows_the_probe(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    ranges = "(({ start, end }) => [start, end])(Bokeh.documents[0].get_model_by_name('map').x_range)"
    low, high = page.evaluate(ranges)
    page.focus("#map")
    for _ in range(8):
        page.keyboard.press("+")
    page.wait_for_timeout(100)
    nearer = page.evaluate(ranges)
    assert nearer[1] - nearer[0] < (high - low) / 4
    for _ in range(30):
        page.keyboard.press("Shift+ArrowRight")
    settle(page)
    settle(page)
    low, high = page.evaluate(ranges)
    assert low < code(page)[0] < high


@pytest.mark.long
def test_a_drag_that_begins_on_an_axis_moves_nothing(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    left = page.evaluate("Bokeh.documents[0].get_model_by_name('map').x_range.start")
    x, y = where(page, left, 1)
    page.mouse.move(x - 20, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=5)
    page.mouse.up()
    page.mouse.click(x - 20, y)
    settle(page)
    assert code(page) == (0, 0)


@pytest.mark.long
def test_examples_that_cannot_be_drawn_do_not_stop_the_decoder(
    page_file: Path, open_page: Opener, tmp_path: Path
) -> None:
    text = page_file.read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(text.replace("data:image/webp;base64,", "data:image/webp;base64,AAAA"))
    page = open_page(tmp_path / "page.html")
    drag(page, (0, 0), (1, 1))
    assert code(page) == pytest.approx((1, 1), abs=0.05)
    assert page.is_hidden("#nearest")


@pytest.mark.long
def test_a_printed_page_is_light_and_complete(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    settle(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.is_hidden("#play")


@pytest.mark.long
def test_an_old_browser_gets_a_message(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, before="delete window.DecompressionStream")
    assert page.inner_text("#failure").startswith("This browser is too old")


def test_a_damaged_page_shows_a_message(page_file: Path, open_page: Opener, tmp_path: Path) -> None:
    text = page_file.read_text(encoding="utf-8")
    start = text.index('id="arrays">') + 200_000
    damaged = tmp_path / "damaged.html"
    damaged.write_text(text[:start] + "A" * 5000 + text[start + 5000 :], encoding="utf-8")
    assert "may be damaged" in open_page(damaged).inner_text("#failure")


@pytest.fixture
def post(page_file: Path, tmp_path: Path) -> Path:
    """A blog post that contains the page in the way that html --help shows."""
    path = tmp_path / "post.html"
    frame = f'<iframe src="{page_file.as_uri()}" style="border: 0; width: 100%; height: 640px" title="VAE"'
    text = "<p>Words.</p>" * 60
    path.write_text(
        f'<!doctype html><body style="margin: 0">{frame} sandbox="allow-scripts allow-downloads"></iframe>{text}'
    )
    return path


@pytest.mark.long
def test_inside_another_page_the_wheel_scrolls_until_the_map_is_pressed(
    page_file: Path, post: Path, open_page: Opener
) -> None:
    page = open_page(post, 800, 700, standing="() => {}", others=(page_file,))
    inner = page.frames[1]
    inner.evaluate(STANDING)
    page.mouse.move(*where(inner, 0, 0))
    page.mouse.wheel(0, 100)
    until(inner, "scrollY > 50")
    ranges = "(({ start, end }) => end - start)(Bokeh.documents[0].get_model_by_name('map').x_range)"
    before = inner.evaluate(ranges)
    inner.evaluate("scrollTo(0, 0)")
    page.mouse.move(*where(inner, 0, 0))
    page.mouse.down()
    page.mouse.move(*where(inner, 1, -0.5), steps=6)
    page.mouse.up()
    settle(inner)
    assert code(inner) == pytest.approx((1, -0.5), abs=0.05)
    assert inner.evaluate(ranges) == before
    page.mouse.wheel(0, -100)
    until(inner, f"{ranges} < {before} * 0.95")
    assert inner.evaluate("scrollY") == 0


@pytest.mark.long
@pytest.mark.parametrize("by", [drag, drag_by_finger])
def test_a_finger_or_button_that_rests_before_it_moves_drags_too(
    page_file: Path, open_page: Opener, by: Callable[..., None]
) -> None:
    page = open_page(page_file, touch=by is drag_by_finger)
    by(page, (0, 0), (1.2, -0.6), rest=600)
    assert code(page) == pytest.approx((1.2, -0.6), abs=0.05)
    page.mouse.move(*where(page, -1, 1))  # the button is up: the probe must not follow
    settle(page)
    assert code(page) == pytest.approx((1.2, -0.6), abs=0.05)


@pytest.mark.long
def test_a_finger_drags_on_a_phone(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, 390, 844, touch=True)
    drag_by_finger(page, (0, 0), (1, 1))
    assert code(page) == pytest.approx((1, 1), abs=0.1)


@pytest.mark.long
def test_a_phone_has_what_moves_the_probe_at_its_lower_edge(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, 390, 844, touch=True)
    map_card = page.locator("#map-card").bounding_box()
    assert map_card is not None
    for scroll in (0, 10_000):
        page.evaluate(f"window.scrollTo(0, {scroll})")
        rows = []
        for names in (("home", "random", "save", "link"), ("a", "b", "play")):
            boxes = [page.locator(f"#{name}").bounding_box() for name in names]
            assert all(box is not None and box["height"] >= 40 for box in boxes)
            rows.append({(box["y"], box["y"] + box["height"]) for box in boxes if box is not None})
        [(top, above)], [(below, bottom)] = rows
        assert above <= below
        assert bottom <= 844
        if scroll == 0:
            assert top > 844 * 0.6, "in reach of the thumb"
            assert map_card["y"] + map_card["height"] <= top, "it hides nothing of the map"


def test_every_tick_of_the_map_has_a_number(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, 390, 844)
    page.mouse.move(*where(page, 0.3, 0.2))
    page.mouse.wheel(0, -240)  # a map that changes must not keep the ticks that it had
    settle(page)
    settle(page)
    box = page.locator("#map").bounding_box()
    assert box is not None
    left = where(page, 0, 0)[0] - page.evaluate(
        "(() => { const v = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));"
        " return v.frame.x_scale.compute(0) - v.frame.bbox.left; })()"
    )
    clip = {"x": left - 5, "y": box["y"], "width": 3, "height": box["height"] - 40}
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        dark = (np.asarray(picture.convert("L")) < 240).all(axis=1)
    ticks = int((np.diff(dark.astype(int)) == 1).sum())
    numbered = page.evaluate(
        "(() => { const v = Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('map'));"
        " const axis = v.views.find_one(v.model.left[0]); const [start, end] = axis.computed_bounds;"
        " return axis.model.ticker.get_ticks(start, end, axis.range, NaN).major.filter("
        " (at) => at >= start && at <= end).length; })()"
    )
    assert ticks == numbered
