"""The page of a conditional decoder decodes one class."""

from pathlib import Path

import numpy as np
import pytest

from tests.browser import code as code_of
from tests.browser import drag, pixels
from tests.exporting.page.pages import Opener
from tests.imported_files import write_conditional
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run


@pytest.fixture
def keras_run(tmp_path: Path) -> Run:
    """A decoder of a one-hot, which a page can compute."""
    import keras
    from keras import layers

    from vae_explorer.training.importing import find_model, write_model

    keras.utils.set_random_seed(0)
    z, label = keras.Input((3,), name="z"), keras.Input((4,), name="label")
    x = layers.Dense(8, activation="relu")(layers.Concatenate()([z, label]))
    keras.Model([z, label], layers.Dense(256, activation="sigmoid")(x)).save(tmp_path / "d.keras")
    return write_model(find_model(tmp_path / "d.keras"), tmp_path / "keras")


@pytest.mark.long
@pytest.mark.parametrize("data", [True, False])
def test_a_page_with_the_decoder_inside_decodes_the_class(keras_run: Run, tmp_path: Path, data: bool) -> None:
    said = write_page(keras_run, tmp_path / "page.html", PageOptions(data, label=2))
    assert said == "The decoder runs in the page. All images are decoded as class 2."
    page = read_page(tmp_path / "page.html")
    assert page.info.name == "keras, class 2"
    assert page.info.decoder_classes == ()
    z = np.random.default_rng(0).standard_normal((20, 3)).astype(np.float32)
    np.testing.assert_allclose(run_decoder(page)(z), run_decoder(keras_run, 2)(z), atol=1e-5)


@pytest.mark.long
def test_a_lattice_is_of_the_class(open_page: Opener, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    run = write_conditional(tmp_path / "run")
    said = write_page(run, tmp_path / "page.html", PageOptions(label=7))
    assert said.endswith("All images are decoded as class 7.")
    page = open_page(tmp_path / "page.html")
    assert "run, class 7" in page.title()
    drag(page, (0, 0), (1.0, 0.5))
    wanted, other = (as_pixels(run_decoder(run, label)(np.array([code_of(page)], np.float32)))[0] for label in (7, 0))
    shown = pixels(page).astype(int)
    assert np.abs(shown - wanted).max() <= 6
    assert np.abs(shown - other.astype(int)).max() > 50
