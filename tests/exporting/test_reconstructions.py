"""Images above their reconstructions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.picture_files import svg_images, svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.reconstructions import ReconstructionsOptions, draw_reconstructions, sample_of
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.arrays import Sample
from vae_explorer.run.run import Run


def test_each_image_stands_above_what_is_decoded_from_its_code(tiny_run: Run, tmp_path: Path) -> None:
    images, z_mean = sample_of(tiny_run)
    decoder = run_decoder(tiny_run)
    options = ReconstructionsOptions(columns=3, rows=2, seed=5)
    write_picture(
        tmp_path / "r.svg", lambda _: draw_reconstructions(decoder, images, z_mean, options, Paper(caption="$5 & <up>"))
    )
    [found] = svg_images(tmp_path / "r.svg")
    dots = found.shape[1] // (3 * 28 + 2 * 2)
    sheet = found[::dots, ::dots, 0].astype(int)
    chosen = np.random.default_rng(5).permutation(len(images))[:6].reshape(2, 3)
    for pair in range(2):
        top = pair * (2 * 28 + 2 + 2 + 28 // 3)
        for column in range(3):
            left = column * 30
            row = chosen[pair, column]
            original, decoded = sheet[top : top + 28, left : left + 28], sheet[top + 30 : top + 58, left : left + 28]
            np.testing.assert_array_equal(original, images[row, :, :, 0])
            assert np.abs(decoded - as_pixels(decoder(z_mean[row][None]))[0, :, :, 0]).max() <= 1
    texts = svg_texts(tmp_path / "r.svg")
    assert texts.count("image") == texts.count("reconstruction") == 2
    assert "$5 & <up>" in texts


def test_the_sample_has_the_codes_of_its_images(tiny_run: Run) -> None:
    images, z_mean = sample_of(tiny_run)
    assert len(images) == len(z_mean) == len(tiny_run.sample.index)
    for image, z in zip(images[:5], z_mean[:5], strict=True):
        index = next(i for i, other in enumerate(tiny_run.sample.images) if (other == image).all())
        row = np.flatnonzero(tiny_run.codes.index == tiny_run.sample.index[index])[0]
        np.testing.assert_array_equal(tiny_run.codes.z_mean[row], z)


def test_fewer_images_than_asked_for_make_a_smaller_sheet(tiny_run: Run) -> None:
    images, z_mean = sample_of(tiny_run)
    decoder = run_decoder(tiny_run)
    for count in (1, 7):
        figure = draw_reconstructions(decoder, images[:count], z_mean[:count], ReconstructionsOptions(), Paper(8, 100))
        assert to_pixels(figure).size


def test_a_run_without_a_sample_is_refused(tiny_run: Run) -> None:
    sample = tiny_run.sample
    empty = replace(tiny_run, sample=Sample(sample.images[:0], sample.index[:0]))
    with pytest.raises(UserError, match="no held-out images"):
        sample_of(empty)


@pytest.mark.parametrize("settings", [{"columns": 0}, {"rows": 61}, {"seed": 2**31}])
def test_options_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(UserError):
        ReconstructionsOptions(**settings)
