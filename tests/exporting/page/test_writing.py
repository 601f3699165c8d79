"""Writing the standalone page, and the page in a real browser, opened from disk as by somebody it was sent to."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser import code, drag, drag_by_finger, pixels, until
from tests.exporting.page.pages import Opener, as_other_data, by_keras, with_lowered
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.lowering import lower
from vae_explorer.model.networks import build_decoder, with_sigmoid
from vae_explorer.run.config import training_config
from vae_explorer.run.lowered import pack, read
from vae_explorer.run.run import Run
from vae_explorer.training.start import train

BLOG = training_config("blog")


@pytest.fixture(
    scope="module", params=["dense", *(pytest.param(name, marks=pytest.mark.long) for name in ("keras-io", "blog"))]
)
def preset_run(request: pytest.FixtureRequest, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A real training of each preset, short as it is."""
    if request.param == "dense":
        tiny: Run = request.getfixturevalue("tiny_run")
        return tiny
    config = training_config(request.param, epochs=1, limit=128, batch_size=64)
    run = train(config, digits, tmp_path_factory.mktemp("presets") / request.param)
    assert run is not None
    return run


def test_the_image_after_a_drag_is_what_keras_decodes(preset_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert write_page(preset_run, path) == "The decoder runs in the page."
    page = open_page(path)
    # From the probe, and from where the probe is not.
    for start, end in [((0, 0), (1.5, -2)), ((-1, 1), (-2.3, 0.7))]:
        drag(page, start, end)
        assert code(page) == pytest.approx(end, abs=0.05)
        assert np.abs(pixels(page) - by_keras(preset_run, code(page))).max() <= 1
    assert path.stat().st_size < (3e6 if preset_run.info.origin.preset == "blog" else 5e6)


@pytest.mark.long
def test_a_finger_drags_and_does_not_scroll(tiny_run: Run, written: tuple[Path, str], open_page: Opener) -> None:
    page = open_page(written[0], 390, 844, touch=True)
    drag_by_finger(page, (0, 0), (0, -2))
    assert code(page) == pytest.approx((0, -2), abs=0.1)
    assert page.evaluate("scrollY") == 0
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.parametrize(
    ("before", "engine"),
    [("", "WebAssembly"), pytest.param("delete window.WebAssembly", "JavaScript", marks=pytest.mark.long)],
)
def test_the_page_checks_itself_against_keras(
    tiny_run: Run, written: tuple[Path, str], open_page: Opener, before: str, engine: str
) -> None:
    page = open_page(written[0], before=before)
    until(page, "document.querySelector('#check').textContent")
    text = page.inner_text("#check")
    assert text.startswith("Checked against Keras at 8 codes: largest difference ")
    assert text.endswith(f"Computed in {engine}.")
    assert 0 < float(page.get_attribute("#check", "data-largest") or 1) < 1e-5
    drag(page, (0, 0), (1, 1))
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.long
def test_a_page_that_computes_other_images_shows_a_message(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    assert tiny_run.networks.lowered is not None
    lowered = read(tiny_run.networks.lowered)
    images = np.clip(lowered.check_images + np.float32(0.01), 0, 1)
    wrong = with_lowered(tiny_run, pack(dataclasses.replace(lowered, check_images=images)))
    write_page(wrong, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    until(page, "!document.querySelector('#failure').hidden")
    assert "does not compute the images as Keras did" in page.inner_text("#failure")
    assert "(2.6 of 255 levels)" in page.inner_text("#failure")


@pytest.mark.long
def test_weights_of_a_large_page_have_half_precision_and_the_caption_says_so(
    tiny_run: Run, written: tuple[Path, str], open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_explorer.exporting.page.writing.LARGEST_FLOAT32", 1_000_000)
    path = tmp_path / "page.html"
    assert "half precision" in write_page(tiny_run, path)
    assert path.stat().st_size < written[0].stat().st_size - 1_000_000
    page = open_page(path)
    assert "567,184 parameters in half precision" in page.inner_text("dl")
    until(page, "document.querySelector('#check').textContent")
    assert 1e-6 < float(page.get_attribute("#check", "data-largest") or 0) < 1 / 255
    drag(page, (0, 0), (1, 1))
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.parametrize("factor", [1e6, 40.0], ids=["beyond its range", "too coarse"])
def test_weights_too_large_for_half_precision_keep_single_precision(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    monkeypatch.setattr("vae_explorer.exporting.page.writing.LARGEST_FLOAT32", 1_000_000)
    assert tiny_run.networks.lowered is not None
    lowered = read(tiny_run.networks.lowered)
    large = dataclasses.replace(lowered, weights=tuple(weight * np.float32(factor) for weight in lowered.weights))
    assert write_page(with_lowered(tiny_run, pack(large)), tmp_path / "page.html") == ("The decoder runs in the page.")


def test_much_data_alone_does_not_lower_the_precision_of_weights(tiny_run: Run, tmp_path: Path) -> None:
    assert tiny_run.networks.lowered is not None
    small = with_lowered(tiny_run, pack(lower(with_sigmoid(build_decoder(BLOG, (28, 28, 1))))))
    codes = small.codes.take(np.repeat(np.arange(len(small.codes.index)), 200))
    z_mean = np.random.default_rng(0).normal(size=codes.z_mean.shape).astype(np.float32)
    many = dataclasses.replace(small, codes=dataclasses.replace(codes, z_mean=z_mean))
    said = write_page(many, tmp_path / "page.html", PageOptions(points=200_000))
    assert (tmp_path / "page.html").stat().st_size > 3_000_000
    assert said == "The decoder runs in the page."


def test_a_run_without_decoder_npz_is_lowered_for_the_page(
    tiny_run: Run, written: tuple[Path, str], tmp_path: Path
) -> None:
    said = write_page(with_lowered(tiny_run, None), tmp_path / "page.html")
    assert re.fullmatch(r"The decoder runs in the page\. This run has no decoder\.npz, so TensorFlow .*: \d+ s\.", said)
    assert (tmp_path / "page.html").stat().st_size == pytest.approx(written[0].stat().st_size, abs=20_000)


def test_the_content_policy_allows_no_request(written: tuple[Path, str]) -> None:
    policy = (
        "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:"
    )
    assert policy in written[0].read_text(encoding="utf-8")


def test_the_content_policy_is_enforced(written: tuple[Path, str], browser: Browser) -> None:
    """That no page of these tests asks for anything is not for want of trying alone."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(written[0].as_uri())
    blocked = page.evaluate(
        """() => new Promise((done) => {
        document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
        new Image().src = 'http://localhost:9/leak.png'; })"""
    )
    context.close()
    assert blocked == "img-src"


@pytest.mark.long
def test_images_in_colour_of_any_proportion(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    shape = (24, 40, 3)
    decoder = with_sigmoid(build_decoder(training_config("keras-io"), shape))
    decoder.set_weights([3 * weight for weight in decoder.get_weights()])
    run = with_lowered(as_other_data(tiny_run, 2, shape), pack(lower(decoder)))
    write_page(run, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    drag(page, (0, 0), (1, -1))
    expected = as_pixels(decoder(np.array([code(page)], np.float32)).numpy())[0].astype(int)
    assert np.ptp(expected) > 100
    assert np.abs(pixels(page) - expected).max() <= 1
    assert pixels(page, "#nearest").shape == shape
    page.click("#sheet-button")
    until(page, "document.querySelector('#sheet').dataset.done")
    columns, rows = map(int, page.evaluate("document.querySelector('#sheet').dataset.done").split(" x "))
    box = page.locator("#sheet").bounding_box()
    assert box is not None
    assert box["width"] / columns / (box["height"] / rows) == pytest.approx(40 / 24, rel=0.01)


def test_ending_an_export_leaves_the_old_page(tiny_run: Run, tmp_path: Path) -> None:
    class EndedError(Exception):
        pass

    path = tmp_path / "page.html"
    path.write_text("old")
    tasks: list[str] = []
    write_page(tiny_run, tmp_path / "other.html", progress=lambda task, _fraction: tasks.append(task))
    (tmp_path / "other.html").unlink()
    assert len(set(tasks)) >= 2
    for last in dict.fromkeys(tasks):

        def end(task: str, _fraction: float, last: str = last) -> None:
            if task == last:
                raise EndedError

        with pytest.raises(EndedError):
            write_page(tiny_run, path, progress=end)
        assert path.read_text() == "old"
        assert [found.name for found in tmp_path.iterdir() if found.suffix == ".html"] == ["page.html"]


def test_a_missing_folder_is_reported_before_any_work(tiny_run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        write_page(tiny_run, tmp_path / "missing" / "page.html", progress=lambda *_: pytest.fail("work was done"))


def test_writing_loads_no_tensorflow(tiny_run: Run, tmp_path: Path) -> None:
    program = (
        "import sys, json; from pathlib import Path; from vae_explorer.run.opening import open_run;"
        "from vae_explorer.exporting.page.writing import write_page;"
        f"write_page(open_run(Path({str(tiny_run.folder)!r})), Path({str(tmp_path / 'p.html')!r}));"
        "print(json.dumps([n for n in ('tensorflow', 'keras', 'PySide6', 'ai_edge_litert') if n in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == []
