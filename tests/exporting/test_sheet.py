"""Sheets of images: gaps, colours, dots."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import MOST_DOTS, Margins, Paper, drawing, to_pixels, to_screen
from vae_explorer.exporting.sheet import SheetStyle, colour_table, coloured, dots_per_pixel, lay_sheet, tile


def test_each_image_lies_at_its_position_with_a_gap_between() -> None:
    images = np.arange(6, dtype=np.uint8).reshape(2, 3, 1, 1, 1) + np.zeros((2, 3, 4, 5, 1), np.uint8)
    sheet = tile(images, SheetStyle(gap=2, gap_colour="red"))
    assert sheet.shape == (2 * 4 + 2, 3 * 5 + 2 * 2, 3)
    for row in range(2):
        for column in range(3):
            found = sheet[row * 6 : row * 6 + 4, column * 7 : column * 7 + 5]
            assert (found == images[row, column, 0, 0, 0]).all()
    np.testing.assert_array_equal(sheet[:, 5:7], np.broadcast_to([255, 0, 0], (10, 2, 3)))
    np.testing.assert_array_equal(sheet[4:6], np.broadcast_to([255, 0, 0], (2, 19, 3)))


def test_images_in_colour_keep_their_colours_or_are_inverted() -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, 2, 16, 20, 3), np.uint8)
    plain, inverted = (tile(images, SheetStyle(colour_map=name)) for name in ("gray", "gray_r"))
    np.testing.assert_array_equal(plain[:, :20], images[0, 0])
    np.testing.assert_array_equal(inverted, 255 - plain)


def test_grey_images_take_the_colours_of_a_map() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    np.testing.assert_array_equal(coloured(levels, "gray"), levels.repeat(3, axis=2))
    np.testing.assert_array_equal(coloured(levels, "gray_r"), 255 - levels.repeat(3, axis=2))
    viridis = coloured(levels, "viridis")
    np.testing.assert_array_equal(viridis[0, 0], [68, 1, 84])
    np.testing.assert_array_equal(viridis[-1, -1], [253, 231, 36])
    assert (colour_table("viridis_r") == colour_table("viridis")[::-1]).all()


def test_a_colour_map_for_grey_images_is_refused_for_images_in_colour() -> None:
    with pytest.raises(UserError, match="in colour"):
        coloured(np.zeros((2, 2, 3), np.uint8), "viridis")


@pytest.mark.parametrize("name", ["virids", "", "Gray", "$"])
def test_an_unknown_colour_map_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="There is no colour map"):
        colour_table(name)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"gap": -1}, "0 to 64"), ({"gap": 65}, "0 to 64"), ({"gap_colour": "bluish"}, "not a colour")],
)
def test_style_out_of_range_is_refused(settings: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        SheetStyle(**settings)


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 12))])
def test_every_pixel_is_where_it_belongs_whatever_the_sizes(seed: int) -> None:
    generator = np.random.default_rng(seed)
    height, width = generator.integers(16, 120, 2)
    sheet = generator.integers(0, 256, (height, width, 3), np.uint8)
    paper = Paper(float(generator.uniform(12, 20)), int(generator.integers(300, 400)))
    margins = Margins(left=11.3, bottom=7.7)
    dots = dots_per_pixel(sheet, paper, margins)
    with drawing():
        page, _ = lay_sheet(sheet, paper, margins)
    pixels = to_pixels(page.figure)
    assert pixels.shape[1] == paper.across
    middles = [((np.arange(side) + 0.5) * dots).astype(int) for side in (height, width)]
    found = pixels[np.ix_(middles[0] + paper.dots(6), middles[1] + paper.dots(6 + 11.3))]
    assert np.abs(found.astype(int) - sheet).max() <= 128 / dots
    assert (pixels[:, 1 - paper.dots(6) :] == 255).all()


def test_pixels_of_whole_dots_are_crisp() -> None:
    sheet = np.random.default_rng(0).integers(0, 256, (20, 50, 3), np.uint8)
    with drawing():
        page, _ = lay_sheet(sheet, Paper(3, 254))
    np.testing.assert_array_equal(to_pixels(page.figure), sheet.repeat(6, axis=0).repeat(6, axis=1))


@pytest.mark.parametrize(("paper", "width"), [(Paper(16, 300), 1890), (Paper(3, 50), 59)])
@pytest.mark.parametrize("shape", [(100, 560, 3), (960, 800, 3), (800, 960, 3), (7680, 7680, 3)])
def test_a_sheet_fills_the_width(paper: Paper, width: int, shape: tuple[int, int, int]) -> None:
    with drawing():
        page, _ = lay_sheet(np.zeros(shape, np.uint8), paper)
    pixels = to_pixels(page.figure)
    assert pixels.shape[1] == width
    assert pixels.shape[0] == pytest.approx(width * shape[0] / shape[1], abs=0.51)
    assert (pixels == 0).all()


def test_a_sheet_that_would_be_too_high_stands_in_the_middle() -> None:
    with drawing():
        page, _ = lay_sheet(np.zeros((3000, 16, 3), np.uint8), Paper(3, 72))
    pixels = to_pixels(page.figure)
    assert pixels.shape == (MOST_DOTS, 85, 3)
    assert (pixels[:, :16] == 255).all()
    assert (pixels[:, -16:] == 255).all()
    assert (pixels[:, 16:-16] == 0).any()


def test_the_screen_shows_all_pixels_evenly() -> None:
    sheet = np.zeros((400, 400, 3), np.uint8)
    sheet[::2] = 255
    with drawing():
        page, _ = lay_sheet(sheet, Paper(16, 300))
    shown = to_screen(page.figure, 500, 500)
    assert shown[50:-50, 50:-50].mean() == pytest.approx(127, abs=6)
