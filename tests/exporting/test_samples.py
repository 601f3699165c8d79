"""The contact sheet of samples from the prior."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.exporting.test_grid import AnyDecoder
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.samples import SamplesOptions, draw_samples
from vae_explorer.exporting.sheet import SheetStyle
from vae_explorer.model.decoder import as_pixels


def test_each_sample_is_a_decoded_draw_from_the_prior(tmp_path: Path) -> None:
    decoder = AnyDecoder(5)
    options = SamplesOptions(size=3, seed=7, style=SheetStyle(gap=1))
    write_picture(tmp_path / "s.png", lambda _: draw_samples(decoder, options, Paper(3.15, 100)))
    with Image.open(tmp_path / "s.png") as picture:
        sheet = np.asarray(picture)
    dots = sheet.shape[1] // 62
    codes = np.random.default_rng(7).standard_normal((9, 5), np.float32)
    expected = as_pixels(decoder(codes))[:, 0, 0, 0].reshape(3, 3)
    np.testing.assert_array_equal(sheet[dots * 8 :: dots * 17, dots * 10 :: dots * 21], expected)


def test_another_seed_draws_other_samples() -> None:
    sheets = [to_pixels(draw_samples(AnyDecoder(3), SamplesOptions(4, seed), Paper(3, 100))) for seed in (0, 0, 1)]
    assert (sheets[0] == sheets[1]).all()
    assert (sheets[0] != sheets[2]).any()


@pytest.mark.parametrize(
    ("settings", "words"), [({"size": 0}, "1 to 60"), ({"size": 61}, "1 to 60"), ({"seed": -1}, "seed")]
)
def test_options_out_of_range_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        SamplesOptions(**settings)
