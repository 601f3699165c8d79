"""The preview of a whole run, which is what its training showed last."""

from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.latent.plane import GRID_SIDE
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.arrays import no_codes
from vae_explorer.run.run import Run
from vae_explorer.training.events import STRIP_SIZE, strip_rows
from vae_explorer.training.previewed import preview_of_run


def test_a_run_is_shown_by_images_from_the_whole_of_its_sample(tiny_run: Run) -> None:
    decoder = run_decoder(tiny_run)
    found = preview_of_run(tiny_run, decoder)
    sample, codes = tiny_run.sample, tiny_run.codes
    strip = strip_rows(len(sample.index))
    rows = [int(np.flatnonzero(codes.index == index)[0]) for index in sample.index]
    np.testing.assert_array_equal(found.originals, sample.images[strip])
    np.testing.assert_array_equal(found.labels, codes.label[rows])
    np.testing.assert_array_equal(found.preview.z_mean, codes.z_mean[rows])
    expected = as_pixels(decoder(codes.z_mean[np.array(rows)[strip]])).astype(int)
    assert np.abs(found.preview.reconstructions - expected).max() <= 1  # of a batch of another size
    assert found.preview.grid.shape == (GRID_SIDE, GRID_SIDE, 28, 28, 1)
    assert found.preview.dimensions.kl.shape == (2,)


def test_the_strip_reaches_from_the_first_class_of_a_folder_to_the_last() -> None:
    rows = strip_rows(1000)
    assert len(rows) == STRIP_SIZE
    assert (rows[0], rows[-1]) == (0, 999)
    assert (np.diff(rows) == 111).all()
    assert strip_rows(3).tolist() == [0, 1, 2]
    assert strip_rows(0).tolist() == []


@pytest.mark.parametrize(("name", "rows"), [("thin_run", 1), ("wide_run", GRID_SIDE)])
def test_the_grid_of_any_number_of_dimensions_is_decoded(request: pytest.FixtureRequest, name: str, rows: int) -> None:
    run = request.getfixturevalue(name)
    assert len(preview_of_run(run, run_decoder(run)).preview.grid) == rows


def test_a_run_without_images_has_its_grid(tiny_run: Run) -> None:
    empty = replace(tiny_run.sample, images=tiny_run.sample.images[:0], index=tiny_run.sample.index[:0])
    bare = replace(tiny_run, codes=no_codes(tiny_run.info.dataset, 2), sample=empty)
    found = preview_of_run(bare, run_decoder(bare))
    assert len(found.originals) == len(found.labels) == len(found.preview.reconstructions) == 0
    assert found.preview.grid.any()


def test_a_conditional_decoder_reconstructs_each_image_as_its_own_class(tiny_run: Run) -> None:
    def conditional(z: np.ndarray) -> np.ndarray:
        """An image as bright as its label."""
        return np.broadcast_to(z[:, 2:].argmax(axis=1)[:, None, None, None] / 255, (len(z), 28, 28, 1))

    decoder = ClassDecoder(conditional, 2, "", np.eye(10, dtype=np.float32), tiny_run.info.dataset.class_names, 0)
    found = preview_of_run(tiny_run, decoder)
    strip = strip_rows(len(found.labels))
    np.testing.assert_array_equal(found.preview.reconstructions[:, 0, 0, 0], found.labels[strip])
