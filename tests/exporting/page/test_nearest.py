"""nearest.js: the nearest real examples, and whether a code is inside the data."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser import code, pixels
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.run.run import Run, sample_image_of

Opener = Callable[..., Page]


def test_at_the_code_of_an_example_its_image_is_shown(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    image_of = sample_image_of(tiny_run)
    for row in np.flatnonzero(image_of >= 0)[:40:25]:
        z = tiny_run.codes.z_mean[row]
        page = open_page(page_file, place=f"#z={z[0]:.5f},{z[1]:.5f}")
        image = tiny_run.sample.images[image_of[row]]
        np.testing.assert_array_equal(pixels(page, "#nearest"), np.broadcast_to(image, (28, 28, 3)))
        assert page.inner_text("#nearest-name") == tiny_run.info.dataset.class_names[tiny_run.codes.label[row]]
        assert page.inner_text("#nearest-distance") == "0.00 away"
        assert page.inner_text("#inside") == "inside the data"


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


def test_a_long_class_name_does_not_change_the_layout(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    boxes = []
    for names in ("", " of a class whose name goes on for longer than there is room"):
        dataset = dataclasses.replace(tiny_run.info.dataset, class_names=tuple(f"{i}{names}" for i in range(10)))
        info = dataclasses.replace(tiny_run.info, dataset=dataset)
        write_page(dataclasses.replace(tiny_run, info=info), tmp_path / "page.html")
        page = open_page(tmp_path / "page.html")
        boxes.append([page.locator(one).bounding_box() for one in ("#image", "#nearest", "#inside")])
        assert page.get_attribute("#nearest-name", "title") == page.inner_text("#nearest-name")
    assert boxes[0] == boxes[1]


def test_the_decoded_image_and_the_examples_are_as_high(page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file)
    top, bottom = page.locator("#nearest").bounding_box(), page.locator("#others").bounding_box()
    image = page.locator("#image").bounding_box()
    assert top
    assert bottom
    assert image
    assert top["y"] == pytest.approx(image["y"], abs=4)
    assert bottom["y"] + bottom["height"] == pytest.approx(image["y"] + image["height"], abs=1)


def test_far_from_all_codes_is_outside_the_data(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=50,50")
    assert page.inner_text("#inside") == "outside the data"
