"""page/writing.py: the standalone page is written, and opened from disk in a real browser."""

import dataclasses
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from tests.browser import code, content, drag, drag_by_finger, pixels, until
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.dimensions import mean_kl, telling_axes
from vae_explorer.latent.plane import FIRST_TWO, Plane, PlaneChoice, axes_plane, chosen_plane, on_plane, plane_note
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.model.lowering import lower
from vae_explorer.model.networks import build_decoder, with_sigmoid
from vae_explorer.run.config import training_config
from vae_explorer.run.lowered import pack, read
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run, sample_image_of
from vae_explorer.training.start import train

BLOG = training_config("blog")
HOSTILE = "</script><img src=x onerror=alert(1)>"
Opener = Callable[..., Page]


@pytest.fixture(scope="module", params=["dense", "keras-io", "blog"])
def preset_run(request: pytest.FixtureRequest, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short training of each preset."""
    if request.param == "dense":
        tiny: Run = request.getfixturevalue("tiny_run")
        return tiny
    config = training_config(request.param, epochs=1, limit=128, batch_size=64)
    run = train(config, digits, tmp_path_factory.mktemp("presets") / request.param)
    assert run is not None
    return run


@pytest.fixture(scope="module")
def written(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    path = tmp_path_factory.mktemp("page") / "page.html"
    return path, write_page(tiny_run, path)


def by_keras(run: Run, z: tuple[float, float], plane: Plane | None = None) -> NDArray[np.int16]:
    """The image that the run's Keras decoder draws at a point of the plane, as levels: (H, W, 3)."""
    plane = plane or axes_plane(FIRST_TWO, run.info.origin.latent_dim)
    decoder = keras.saving.load_model(run.folder / "model/decoder.keras", compile=False)
    image = as_pixels(decoder(on_plane(np.array([z], np.float32), plane)).numpy())[0]
    return np.broadcast_to(image, (*image.shape[:2], 3)).astype(np.int16)


def variant(run: Run, **dataset: object) -> Run:
    info = dataclasses.replace(run.info, dataset=dataclasses.replace(run.info.dataset, **dataset))
    return dataclasses.replace(run, info=info)


def test_the_image_after_a_drag_is_what_keras_decodes(preset_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert write_page(preset_run, path) == "The decoder runs in the page."
    page = open_page(path)
    # A drag that begins on the probe, and one that begins elsewhere.
    for start, end in [((0, 0), (1.5, -2)), ((-1, 1), (-2.3, 0.7))]:
        drag(page, start, end)
        assert code(page) == pytest.approx(end, abs=0.05)
        assert np.abs(pixels(page) - by_keras(preset_run, code(page))).max() <= 1
    assert path.stat().st_size < (3e6 if preset_run.info.origin.preset == "blog" else 5e6)


def test_a_finger_drags_and_does_not_scroll(tiny_run: Run, written: tuple[Path, str], open_page: Opener) -> None:
    page = open_page(written[0], 390, 844, touch=True)
    drag_by_finger(page, (0, 0), (0, -2))
    assert code(page) == pytest.approx((0, -2), abs=0.1)
    assert page.evaluate("scrollY") == 0
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.parametrize(("before", "engine"), [("", "WebAssembly"), ("delete window.WebAssembly", "JavaScript")])
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


def test_a_run_whose_figures_are_not_finite_is_exported_and_read_back(tiny_run: Run, tmp_path: Path) -> None:
    held_out = dataclasses.replace(tiny_run.info.held_out, negative_elbo=math.nan, kl_loss=math.inf)
    history = tuple(dataclasses.replace(record, val_loss=math.nan) for record in tiny_run.history)
    info = dataclasses.replace(tiny_run.info, held_out=held_out)
    write_page(dataclasses.replace(tiny_run, info=info, history=history), tmp_path / "page.html")
    run = read_page(tmp_path / "page.html")
    assert run.info.held_out is not None
    assert math.isnan(run.info.held_out.negative_elbo)
    assert math.isnan(run.history[0].val_loss)
    write_page(run, tmp_path / "again.html")


def test_a_run_without_decoder_npz_is_lowered_for_the_page(
    tiny_run: Run, written: tuple[Path, str], tmp_path: Path
) -> None:
    said = write_page(with_lowered(tiny_run, None), tmp_path / "page.html")
    assert re.fullmatch(r"The decoder runs in the page\. This run has no decoder\.npz, so TensorFlow .*: \d+ s\.", said)
    assert (tmp_path / "page.html").stat().st_size == pytest.approx(written[0].stat().st_size, abs=20_000)


def test_the_caption_names_data_model_and_versions(written: tuple[Path, str], open_page: Opener) -> None:
    text = open_page(written[0]).inner_text("dl")
    for fact in ("MNIST-512", "nats per image", "CC BY-SA 3.0", "640 of 640", "dense, 2 latent dimensions", "2 epochs",
                 f"Keras {keras.__version__}", "567,184 parameters in single precision"):  # fmt: skip
        assert fact in text


def test_hostile_names_are_only_text(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    names = (HOSTILE, *tiny_run.info.dataset.class_names[1:])
    run = variant(tiny_run, name=HOSTILE, licence=HOSTILE, class_names=names)
    write_page(dataclasses.replace(run, info=dataclasses.replace(run.info, name=HOSTILE)), path)
    page = open_page(path)
    assert page.locator("img").count() == 0
    assert page.inner_text("h1") == HOSTILE
    assert page.inner_text("[data-class='0'] span") == HOSTILE
    assert page.title().startswith(HOSTILE)
    zeros = tiny_run.codes.z_mean[tiny_run.codes.label == 0]
    drag(page, (0, 0), (float(zeros[0, 0]), float(zeros[0, 1])))
    assert page.locator("img").count() == 0


def test_the_content_policy_allows_no_request(written: tuple[Path, str]) -> None:
    policy = (
        "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:"
    )
    assert policy in written[0].read_text(encoding="utf-8")


def test_the_content_policy_is_enforced(written: tuple[Path, str], browser: Browser) -> None:
    """A page that does ask for another file is stopped by its content policy."""
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


def test_the_page_does_not_name_its_maker(tiny_run: Run, tmp_path: Path) -> None:
    secret = "/home/maker/secret/images.npz"
    run = variant(tiny_run, source=secret)
    write_page(dataclasses.replace(run, info=dataclasses.replace(run.info, note="for maker")), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for path in (secret, "maker", str(tiny_run.folder), str(tiny_run.folder.parent), f"{Path.home()}/", str(tmp_path)):
        assert path not in text


def test_without_data_there_are_no_codes_images_and_names(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    run = variant(tiny_run, class_names=tuple(f"patient-{i}" for i in range(10)))
    path = tmp_path / "page.html"
    write_page(run, path, PageOptions(data=False))
    page = open_page(path)
    held = content(page)
    assert {name for name, _, _ in held["arrays"] if not name.startswith(("weight_", "check_"))} == set()
    assert "atlas" not in held
    assert "patient" not in path.read_text(encoding="utf-8")
    drag(page, (0, 0), (1, 1))
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.long
def test_the_given_number_of_points_is_drawn(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(points=100))
    page = open_page(tmp_path / "page.html")
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('points').data.x.length") == 100
    assert "100 of 640" in page.inner_text("dl")
    with pytest.raises(UserError, match="1 to 200,000"):
        PageOptions(points=0)


def with_lowered(run: Run, lowered: bytes | None) -> Run:
    return dataclasses.replace(run, networks=dataclasses.replace(run.networks, lowered=lowered))


def labelled(run: Run, labels: np.ndarray) -> Run:
    columns = dataclasses.replace(run.codes.columns, labels=labels)
    return dataclasses.replace(run, codes=dataclasses.replace(run.codes, columns=columns))


def test_many_classes_none_and_some_without_a_label(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    label = np.arange(len(tiny_run.codes.label), dtype=np.int32) % 47
    many = variant(tiny_run, class_names=tuple(f"sort {i}" for i in range(47)))
    write_page(labelled(many, label), path)
    page = open_page(path)
    assert page.locator("[data-class]").count() == 47
    page.click("#all")
    page.click("[data-class='3']")
    shown = "Bokeh.documents[0].get_model_by_name('shown').booleans.filter(Boolean).length"
    assert page.evaluate(shown) == (label == 3).sum()

    unknown = np.where(label < 20, -1, 0).astype(np.int32)
    some = variant(tiny_run, class_names=("cat",))
    write_page(labelled(some, unknown), path)
    assert open_page(path).locator("[data-class]").all_inner_texts() == ["cat", "no label"]

    none = variant(tiny_run, class_names=())
    write_page(labelled(none, unknown * 0 - 1), path)
    page = open_page(path)
    assert page.locator("#classes").count() == 0
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('colours').palette") == ["#4c8fc9"]


@pytest.mark.parametrize("kind", ["thin_run", "deep_run"])
def test_other_latent_spaces(kind: str, request: pytest.FixtureRequest, open_page: Opener, tmp_path: Path) -> None:
    run = request.getfixturevalue(kind)
    latent_dim = run.info.latent_dim
    plane = axes_plane(telling_axes(mean_kl(run.codes.z_mean, run.codes.z_log_var)), latent_dim)
    write_page(run, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    assert plane_note(plane) in page.inner_text("header")
    drag(page, (0, 0), (1.2, 0.6))
    z1, z2 = code(page)
    assert (z1, z2) == pytest.approx((1.2, 0.6 if latent_dim > 1 else 0), abs=0.05)
    assert np.abs(pixels(page) - by_keras(run, (z1, z2), plane)).max() <= 1
    z = on_plane(np.array([[z1, z2]], np.float32), plane)
    at_hand = run.codes.z_mean[sample_image_of(run) >= 0]
    assert page.inner_text("#nearest-distance") == f"{np.linalg.norm(at_hand - z, axis=1).min():.2f} away"


@pytest.mark.parametrize("choice", [(2, 4), "pca"])
def test_a_page_drags_in_the_plane_that_was_chosen(
    deep_run: Run, open_page: Opener, tmp_path: Path, choice: PlaneChoice
) -> None:
    codes = deep_run.codes.z_mean
    plane = chosen_plane(choice, codes, np.array([0.5, 9, -1.25, 9], np.float32))
    write_page(deep_run, tmp_path / "page.html", PageOptions(plane=plane))
    page = open_page(tmp_path / "page.html", place="#z=0.25,-0.5")
    assert code(page) == (0.25, -0.5)
    assert np.abs(pixels(page) - by_keras(deep_run, (0.25, -0.5), plane)).max() <= 1
    drag(page, (0.25, -0.5), (-0.8, 0.6))
    point = code(page)
    assert point == pytest.approx((-0.8, 0.6), abs=0.05)
    assert np.abs(pixels(page) - by_keras(deep_run, point, plane)).max() <= 1
    z = on_plane(np.array([point], np.float32), plane)
    at_hand = codes[sample_image_of(deep_run) >= 0]
    assert page.inner_text("#nearest-distance") == f"{np.linalg.norm(at_hand - z, axis=1).min():.2f} away"
    assert page.eval_on_selector_all("#position small", "(all) => all.map((one) => one.textContent)") == list(
        plane.names
    )
    drawn = page.evaluate(
        "(({ x, y }) => [...x].map((v, i) => [v, y[i]]))(Bokeh.documents[0].get_model_by_name('points').data)"
    )
    np.testing.assert_allclose(sorted(drawn), sorted((codes @ plane.directions.T).tolist()), atol=1e-5)
    labels = page.evaluate(
        "(({ below, left }) => [below[0].axis_label, left[0].axis_label])(Bokeh.documents[0].get_model_by_name('map'))"
    )
    assert labels == list(plane.names)
    assert plane_note(plane) in page.inner_text("header")
    assert "Plane held at" in page.inner_text("dl")
    again = read_page(tmp_path / "page.html")
    np.testing.assert_allclose(run_decoder(again)(z), run_decoder(deep_run)(z), atol=1e-5)


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


class AnyDecoder:
    """A decoder for tests: smooth images of any shape from a latent space of any dimension."""

    engine = "test"

    def __init__(self, latent_dim: int, image_shape: tuple[int, int, int]) -> None:
        self.latent_dim = latent_dim
        rng = np.random.default_rng(1)
        self._phase = rng.uniform(0, 6, image_shape)
        self._weight = rng.normal(size=(latent_dim, *image_shape))

    def __call__(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        return (0.5 + 0.5 * np.sin(np.tensordot(z, self._weight, 1) * 0.3 + self._phase)).astype(np.float32)


def as_other_data(run: Run, latent_dim: int, shape: tuple[int, int, int]) -> Run:
    run = variant(run, image_shape=shape)
    config = dataclasses.replace(run.info.origin, latent_dim=latent_dim)
    rng = np.random.default_rng(0)
    z_mean = rng.normal(size=(len(run.codes.label), latent_dim)).astype(np.float32)
    z_log_var = np.tile(
        np.arange(-latent_dim, 0, dtype=np.float32), (len(z_mean), 1)
    )  # the first dimensions have the largest KL
    images = rng.integers(0, 256, (len(run.sample.index), *shape), np.uint8)
    return dataclasses.replace(
        run,
        info=dataclasses.replace(run.info, origin=config, held_out=None),
        codes=dataclasses.replace(run.codes, z_mean=z_mean, z_log_var=z_log_var),
        sample=dataclasses.replace(run.sample, images=images),
    )


@pytest.mark.parametrize(
    ("latent_dim", "shape", "lattice", "note"),
    [
        (1, (16, 20, 1), "lattice of 4,225 points", "second axis is unused"),
        (5, (32, 24, 3), "38 x 38 lattice", "z3 to z5 are 0"),
        pytest.param(2, (128, 128, 3), "8 x 8 lattice", "", marks=pytest.mark.long),
    ],
)
def test_a_lattice_replaces_a_decoder_that_a_page_cannot_compute(
    tiny_run: Run, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    latent_dim: int, shape: tuple[int, int, int], lattice: str, note: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("vae_explorer.exporting.page.writing.run_decoder", lambda _: AnyDecoder(latent_dim, shape))
    monkeypatch.setattr(
        "vae_explorer.exporting.page.writing._lowered", lambda *_: (None, "a page cannot compute layer 'x'")
    )
    path = tmp_path / "page.html"
    said = write_page(as_other_data(tiny_run, latent_dim, shape), path)
    found = re.fullmatch(
        r"Its images are interpolated, since a page cannot compute layer 'x': largest difference measured (0\.\d+) "
        r"\(\d+ of 255 levels\)\.", said
    )  # fmt: skip
    assert found
    page = open_page(path)
    facts = page.inner_text("dl")
    assert lattice in facts
    assert "since a page cannot compute layer 'x'" in facts
    assert "negative ELBO" not in facts
    assert note in page.inner_text("header")
    measured = re.search(r"largest difference measured (0\.\d+)", facts)
    assert measured
    assert float(found[1]) - 0.001 <= float(measured[1]) <= float(found[1]) + 0.001
    label = page.evaluate("Bokeh.documents[0].get_model_by_name('map').left[0].axis_label")
    assert label == ("unused" if latent_dim == 1 else "z2")
    drag(page, (0, 0), (1.2, 0.6))
    assert page.inner_text("#z2") == ("unused" if latent_dim == 1 else f"{code(page)[1]:.2f}")
    plane = axes_plane(FIRST_TWO, latent_dim)
    expected = AnyDecoder(latent_dim, shape)(on_plane(np.array([code(page)], np.float32), plane))[0]
    assert pixels(page).shape[:2] == shape[:2]
    assert np.abs(pixels(page) / 255 - expected).max() <= float(measured[1]) + 1e-6
    high = content(page)["lattice"]["high"]
    drag(page, (1, 0), (high[0] + 0.2, 0))
    assert code(page)[0] == pytest.approx(high[0])


@pytest.mark.long
def test_a_layer_without_a_counterpart_is_named(
    odd_decoder: None, digits: Dataset, open_page: Opener, tmp_path: Path
) -> None:
    run = train(training_config("dense", epochs=1, limit=64), digits, tmp_path / "odd")
    assert run is not None
    assert run.networks.lowered is None
    said = write_page(run, tmp_path / "page.html")
    assert "since a page cannot compute" in said
    assert "Bending" in said
    assert "Bending" in open_page(tmp_path / "page.html").inner_text("dl")


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
