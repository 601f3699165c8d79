"""The decoded grid, read back pixel by pixel."""

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from PIL import Image

from vae_explorer.decoding import LiteRTDecoder, as_pixels
from vae_explorer.errors import UserError
from vae_explorer.grid_picture import GridOptions, compose_grid, decode_grid, write_grid
from vae_explorer.run import Run


@pytest.fixture
def decoder(tiny_run: Run) -> LiteRTDecoder:
    return LiteRTDecoder(tiny_run.decoder, 2, (28, 28, 1))


def test_written_grid_holds_each_decoded_image_in_its_place(decoder: LiteRTDecoder, tmp_path: Path) -> None:
    write_grid(decoder, tmp_path / "grid.png", GridOptions(size=4, gap=3))
    sheet = np.asarray(Image.open(tmp_path / "grid.png"))
    assert sheet.shape == (4 * 28 + 9, 4 * 28 + 9)
    quantiles = [NormalDist().inv_cdf((i + 0.5) / 4) for i in range(4)]
    for row in range(4):
        for column in range(4):
            z = np.array([[quantiles[column], quantiles[3 - row]]], np.float32)
            expected = as_pixels(decoder(z))[0, :, :, 0].astype(int)
            found = sheet[row * 31 : row * 31 + 28, column * 31 : column * 31 + 28].astype(int)
            assert np.abs(found - expected).max() <= 1  # batches may round a value on the edge the other way


def test_gap_has_its_colour(decoder: LiteRTDecoder) -> None:
    sheet = np.asarray(
        compose_grid(decode_grid(decoder, GridOptions(size=2)), GridOptions(size=2, gap=2, gap_colour="red"), 2)
    )
    np.testing.assert_array_equal(sheet[:, 28:30], np.broadcast_to([255, 0, 0], (58, 2, 3)))


def test_even_spacing_goes_to_its_limits(decoder: LiteRTDecoder) -> None:
    images = decode_grid(decoder, GridOptions(size=3, spacing="even", limit=2.5))
    corner = as_pixels(decoder(np.array([[-2.5, 2.5]], np.float32)))[0].astype(int)
    assert np.abs(images[0, 0].astype(int) - corner).max() <= 1


def test_inverted_is_the_negative(decoder: LiteRTDecoder) -> None:
    plain = decode_grid(decoder, GridOptions(size=3))
    np.testing.assert_array_equal(decode_grid(decoder, GridOptions(size=3, colours="inverted")), 255 - plain)


def test_axes_frame_the_same_sheet_in_white(decoder: LiteRTDecoder) -> None:
    options = GridOptions(size=6, axes=True)
    images = decode_grid(decoder, options)
    plain = np.asarray(compose_grid(images, GridOptions(size=6), 2).convert("RGB"))
    framed = np.asarray(compose_grid(images, options, 2))
    windows = np.lib.stride_tricks.sliding_window_view(framed[..., 0], plain.shape[:2])
    assert (windows == plain[..., 0]).all(axis=(2, 3)).sum() == 1
    assert (framed[0] == 255).all()
    assert (framed[-40:] < 128).any(), "coordinates are written below"


def test_colour_images_stay_in_colour() -> None:
    images = np.zeros((2, 2, 16, 20, 3), np.uint8)
    images[..., 0] = 200
    picture = compose_grid(images, GridOptions(size=2), 2)
    assert picture.mode == "RGB"
    assert picture.size == (40, 32)
    assert picture.getpixel((3, 3)) == (200, 0, 0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"size": 1}, "2 to 60"),
        ({"size": 61}, "2 to 60"),
        ({"gap": -1}, "0 to 64"),
        ({"limit": 0.0}, "above 0"),
        ({"gap_colour": "bluish"}, "no colour"),
    ],
)
def test_options_out_of_range_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        GridOptions(**settings)


def test_other_endings_than_png_are_refused(decoder: LiteRTDecoder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.png"):
        write_grid(decoder, tmp_path / "grid.jpg", GridOptions())
    assert list(tmp_path.glob("grid*")) == []


def test_cancelled_grid_leaves_the_old_picture(decoder: LiteRTDecoder, tmp_path: Path) -> None:
    (tmp_path / "grid.png").write_bytes(b"the old one")

    def cancel(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_grid(decoder, tmp_path / "grid.png", GridOptions(), cancel)
    assert (tmp_path / "grid.png").read_bytes() == b"the old one"


@pytest.mark.parametrize(("latent_dim", "rows_labelled"), [(1, False), (2, True)])
def test_unused_axis_has_no_coordinates(latent_dim: int, rows_labelled: bool) -> None:
    options = GridOptions(size=3, axes=True, gap_colour="white")
    images = np.full((3, 3, 28, 28, 1), 255, np.uint8)
    picture = np.asarray(compose_grid(images, options, latent_dim).convert("L"))
    sheet_left = picture.shape[1] - 84 - 30
    beside_first_row = picture[:30, :sheet_left]  # the title of the axis stands at the middle row
    assert (beside_first_row < 200).any() == rows_labelled


def test_axes_say_what_more_than_two_dimensions_are() -> None:
    images = np.full((3, 3, 28, 28, 1), 255, np.uint8)
    options = GridOptions(size=3, axes=True)
    two, four = (compose_grid(images, options, latent_dim) for latent_dim in (2, 4))
    assert four.height > two.height
