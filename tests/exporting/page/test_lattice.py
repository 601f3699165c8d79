"""exporting/page/lattice.py: images in the stead of a decoder that no page computes."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.browser import code, content, drag, pixels
from tests.exporting.page.pages import Opener, as_other_data
from vae_explorer.data.dataset import Dataset
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.plane import FIRST_TWO, axes_plane, on_plane
from vae_explorer.run.config import training_config
from vae_explorer.run.run import Run
from vae_explorer.training.start import train


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
        pytest.param(1, (16, 20, 1), "lattice of 4,225 points", "second axis is unused", marks=pytest.mark.long),
        pytest.param(5, (32, 24, 3), "38 x 38 lattice", "z3 to z5 are 0", marks=pytest.mark.long),
        pytest.param(2, (128, 128, 3), "8 x 8 lattice", "", marks=pytest.mark.long),
    ],
)
def test_a_lattice_replaces_a_decoder_that_a_page_cannot_compute(
    tiny_run: Run, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    latent_dim: int, shape: tuple[int, int, int], lattice: str, note: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("vae_explorer.exporting.page.writing.run_decoder", lambda *_: AnyDecoder(latent_dim, shape))
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
def test_a_lattice_is_of_the_plane_that_was_chosen(
    tiny_run: Run, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = AnyDecoder(5, (16, 16, 1))
    monkeypatch.setattr("vae_explorer.exporting.page.writing.run_decoder", lambda *_: decoder)
    monkeypatch.setattr("vae_explorer.exporting.page.writing._lowered", lambda *_: (None, "no reason"))
    plane = axes_plane((4, 2), 5).through(np.array([0.5, 0, -0.25, 0, 0.75], np.float32))
    write_page(as_other_data(tiny_run, 5, (16, 16, 1)), tmp_path / "page.html", PageOptions(plane=plane))
    page = open_page(tmp_path / "page.html")
    drag(page, (0, 0), (0.8, -0.4))
    expected = decoder(on_plane(np.array([code(page)], np.float32), plane))[0]
    assert np.abs(pixels(page)[..., :1] / 255 - expected).max() <= 0.02


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
