"""Levels, colours and channels in which images are shown."""

import numpy as np
import pytest

from vae_explorer.gui.parts.image_look import COLOURS, PLAIN, ImageLook

GREY = np.array([[10, 60], [110, 210]], np.uint8)[:, :, None]
COLOUR = np.stack([GREY[..., 0], np.full((2, 2), 7, np.uint8), 255 - GREY[..., 0]], axis=2)


def test_the_first_look_changes_nothing() -> None:
    assert PLAIN.applied(GREY) is GREY
    assert PLAIN.applied(COLOUR) is COLOUR


def test_a_range_is_stretched_and_what_is_outside_is_black_or_white() -> None:
    found = ImageLook(low=60, high=110).applied(GREY)
    np.testing.assert_array_equal(found[..., 0], [[0, 0], [255, 255]])
    np.testing.assert_array_equal(ImageLook(low=10, high=210).applied(COLOUR)[..., 0], [[0, 64], [128, 255]])


def test_automatic_stretches_each_image_from_its_darkest_to_its_brightest_pixel() -> None:
    look = ImageLook(automatic=True)
    np.testing.assert_array_equal(look.applied(GREY)[..., 0], [[0, 64], [128, 255]])
    np.testing.assert_array_equal(look.applied(GREY // 10 * 2)[..., 0].max(), 255)
    assert (look.applied(np.full((2, 2, 1), 9, np.uint8)) == 0).all()


@pytest.mark.parametrize("colours", COLOURS)
def test_grey_images_take_colours_and_colour_ones_keep_theirs(colours: str) -> None:
    look = ImageLook(colours=colours)
    found = look.applied(GREY)
    assert found.shape in ((2, 2, 1), (2, 2, 3))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(look.applied(COLOUR), COLOUR)
    if colours == "inverted":
        np.testing.assert_array_equal(found[..., 0], 255 - GREY[..., 0])


def test_a_channel_alone_is_grey_or_in_other_colours() -> None:
    np.testing.assert_array_equal(ImageLook(channel=0).applied(COLOUR), GREY)
    assert ImageLook(channel=2, colours="magma").applied(COLOUR).shape == (2, 2, 3)
    np.testing.assert_array_equal(ImageLook(channel=2).applied(GREY), GREY)  # grey images have no channels


def test_no_image_stays_none() -> None:
    assert ImageLook(automatic=True).applied(np.empty((0, 0, 1), np.uint8)).size == 0
