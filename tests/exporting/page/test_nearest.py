"""nearest.js: the nearest real examples, and whether there are data near a code."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser import code, pixels, until
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.plane import axes_plane
from vae_explorer.latent.support import VERDICTS, measure_support
from vae_explorer.run.run import Run, sample_image_of

Opener = Callable[..., Page]


@pytest.mark.long
def test_at_the_code_of_an_example_its_image_is_shown(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    image_of = sample_image_of(tiny_run)
    for row in np.flatnonzero(image_of >= 0)[:40:25]:
        z = tiny_run.codes.z_mean[row]
        page = open_page(page_file, place=f"#z={z[0]:.5f},{z[1]:.5f}")
        image = tiny_run.sample.images[image_of[row]]
        np.testing.assert_array_equal(pixels(page, "#nearest"), np.broadcast_to(image, (28, 28, 3)))
        assert page.inner_text("#nearest-name") == tiny_run.info.dataset.class_names[tiny_run.codes.label[row]]
        assert page.inner_text("#nearest-distance") == "0.00 away"
        assert page.inner_text("#support") == "well supported"


@pytest.mark.long
def test_the_distance_is_that_to_the_nearest_of_all_examples(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=0.3,0.4")
    image_of = sample_image_of(tiny_run)
    rows = np.flatnonzero(image_of >= 0)
    distances = np.linalg.norm(tiny_run.codes.z_mean[rows] - np.array(code(page)), axis=1)
    assert page.inner_text("#nearest-distance") == f"{distances.min():.2f} away"
    nearest = rows[np.argsort(distances)]
    canvases = ["#nearest", "#others canvas:first-child", "#others canvas:last-child"]
    for row, canvas, rank in zip(nearest, canvases, ("Nearest", "Second nearest", "Third nearest"), strict=False):
        image = tiny_run.sample.images[image_of[row]]
        np.testing.assert_array_equal(pixels(page, canvas), np.broadcast_to(image, (28, 28, 3)))
        name = tiny_run.info.dataset.class_names[tiny_run.codes.label[row]]
        assert page.get_attribute(canvas, "aria-label") == f"{rank} real example, {name}"


@pytest.mark.long
def test_the_nearest_are_of_the_classes_that_are_shown(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=0.3,0.4")
    rows = np.flatnonzero(sample_image_of(tiny_run) >= 0)
    distances = np.linalg.norm(tiny_run.codes.z_mean[rows] - np.array(code(page)), axis=1)
    label = tiny_run.codes.label[rows]
    before, support = page.inner_text("#nearest-distance"), page.inner_text("#support")
    hidden = label[distances.argmin()]
    page.click(f"[data-class='{hidden}']")
    nearest = np.where(label == hidden, np.inf, distances)
    until(page, f"document.querySelector('#nearest-distance').textContent === '{nearest.min():.2f} away'")
    assert page.inner_text("#nearest-name") == tiny_run.info.dataset.class_names[label[nearest.argmin()]]
    assert page.inner_text("#nearest-caption") == "nearest shown"
    until(page, "document.querySelector('#spoken').textContent.includes('nearest example shown')")
    page.click(f"[data-class='{hidden}']")
    until(page, f"document.querySelector('#nearest-distance').textContent === '{before}'")
    assert page.inner_text("#nearest-caption") == "nearest examples"
    page.evaluate("document.querySelectorAll('[data-class]').forEach((chip) => chip.click())")
    until(page, "document.querySelector('#nearest-distance').textContent === 'none'")
    assert not pixels(page, "#nearest").any()
    assert page.inner_text("#support") == support  # judged by all points


@pytest.mark.long
def test_a_long_class_name_does_not_change_the_layout(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    boxes = []
    for names in ("", " of a class whose name goes on for longer than there is room"):
        dataset = dataclasses.replace(tiny_run.info.dataset, class_names=tuple(f"{i}{names}" for i in range(10)))
        info = dataclasses.replace(tiny_run.info, dataset=dataset)
        write_page(dataclasses.replace(tiny_run, info=info), tmp_path / "page.html")
        page = open_page(tmp_path / "page.html")
        boxes.append([page.locator(one).bounding_box() for one in ("#image", "#nearest", "#support")])
        assert page.get_attribute("#nearest-name", "title") == page.inner_text("#nearest-name")
    assert boxes[0] == boxes[1]


@pytest.mark.long
def test_the_decoded_image_and_the_examples_are_as_high(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    top, bottom = page.locator("#nearest").bounding_box(), page.locator("#others").bounding_box()
    image = page.locator("#image").bounding_box()
    assert top
    assert bottom
    assert image
    assert top["y"] == pytest.approx(image["y"], abs=4)
    assert bottom["y"] + bottom["height"] == pytest.approx(image["y"] + image["height"], abs=1)


@pytest.mark.long
def test_far_from_all_codes_the_decoder_guesses(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=50,50")
    assert page.inner_text("#support") == "no data here: the decoder is guessing"
    until(page, "document.querySelector('#spoken').textContent.endsWith('the decoder is guessing')")


@pytest.mark.long
def test_support_is_judged_in_all_dimensions(deep_run: Run, open_page: Opener, tmp_path: Path) -> None:
    z_mean = np.random.default_rng(0).normal(size=deep_run.codes.z_mean.shape).astype(np.float32)
    z_mean[:, 2] = 0.1 * z_mean[:, 2] + 1.9  # the plane z3 = 0 looks full of points and is 1.9 from them
    run = dataclasses.replace(deep_run, codes=dataclasses.replace(deep_run.codes, z_mean=z_mean))
    support = measure_support(z_mean)
    assert support is not None
    seen = set()
    for held in (0.0, 1.9):
        plane = axes_plane((1, 2), 4).through(np.array([0, 0, held, 0], np.float32))
        write_page(run, tmp_path / "page.html", PageOptions(plane=plane))
        for x, y in ((0.2, 0.1), (2, 2.2), (3.6, 0.5)):
            page = open_page(tmp_path / "page.html", place=f"#z={x},{y}")
            apart = float(np.linalg.norm(z_mean - [x, y, held, 0], axis=1).min())
            assert page.inner_text("#support") == support.verdict(apart)
            assert page.get_attribute("#support", "title") == f"The nearest point is {apart:.2f} away"
            seen.add(support.verdict(apart))
            if not held:
                assert support.verdict(apart) == VERDICTS[2]
    assert len(seen) >= 2
    assert "in all 4 dimensions to the nearest point" in page.inner_text("dl")


@pytest.mark.long
def test_a_page_of_few_points_says_nothing_of_support(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(points=10))
    page = open_page(tmp_path / "page.html")
    assert page.inner_text("#nearest-distance").endswith("away")
    assert page.locator("#support").count() == 0
    assert "Support" not in page.inner_text("dl")


@pytest.mark.long
def test_the_longest_verdict_moves_nothing(page_file: Path, open_page: Opener) -> None:
    boxes = []
    for place in ("#z=0.3,0.4", "#z=50,50"):
        page = open_page(page_file, place=place)
        boxes.append([page.locator(one).bounding_box() for one in ("#image", "#nearest", "#support", "#home")])
    assert boxes[0] == boxes[1]
