"""The nearest real example, and whether a code is inside the data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from tests.browser import code, pixels
from vae_explorer.exploring import sample_image_of
from vae_explorer.run import Run

Opener = Callable[..., Page]


def test_at_the_code_of_an_example_stands_its_image(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    image_of = sample_image_of(tiny_run)
    for row in np.flatnonzero(image_of >= 0)[:40:13]:
        z = tiny_run.codes.z_mean[row]
        page = open_page(page_file, place=f"#z={z[0]:.5f},{z[1]:.5f}")
        image = tiny_run.sample.images[image_of[row]]
        np.testing.assert_array_equal(pixels(page, "#nearest"), np.broadcast_to(image, (28, 28, 3)))
        assert page.inner_text("#nearest-name") == tiny_run.info.dataset.class_names[tiny_run.codes.label[row]]
        assert page.inner_text("#nearest-distance") == "0.00 away"
        assert page.inner_text("#inside") == "inside the data"


def test_the_distance_is_that_to_the_nearest_of_all_examples(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=0.3,0.4")
    examples = tiny_run.codes.z_mean[sample_image_of(tiny_run) >= 0]
    least = np.linalg.norm(examples - np.array(code(page)), axis=1).min()
    assert page.inner_text("#nearest-distance") == f"{least:.2f} away"


def test_far_from_all_codes_is_outside_the_data(tiny_run: Run, page_file: Path, open_page: Opener) -> None:
    page = open_page(page_file, place="#z=50,50")
    assert page.inner_text("#inside") == "outside the data"
