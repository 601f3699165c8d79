"""latent/palette.py: one colour per class."""

import itertools
import re

import numpy as np
import pytest

from vae_explorer.latent.palette import ONE, TEN, TEN_ON_DARK, as_rgb, class_colours, value_colours

# Machado, Oliveira and Fernandes 2009, severity 1.0: what a person with this colour blindness sees, in linear RGB.
SIGHTS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def lab(rgb: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of (n, 3) uint8 sRGB colours under a sight."""
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ sight.T, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("sight", SIGHTS)
def test_colour_blind_people_can_distinguish_ten_classes(sight: str, dark: bool):
    colours = lab(as_rgb(class_colours(10, dark)), SIGHTS[sight])
    closest = min(np.linalg.norm(one - other) for one, other in itertools.combinations(colours, 2))
    assert closest > 5  # 2.3 is just noticeable


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("count", [1, 2, 10])
def test_up_to_ten_classes_have_the_ten_colours_in_their_order(count: int, dark: bool):
    assert class_colours(count, dark) == list((TEN_ON_DARK if dark else TEN)[:count])


def test_without_classes_there_is_one_colour():
    assert class_colours(0) == class_colours(0, dark=True) == [ONE]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("count", [11, 26, 100])
def test_more_classes_have_as_many_different_colours(count: int, dark: bool):
    colours = class_colours(count, dark)
    assert len(set(colours)) == count
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("sight", "apart"), [("usual", 12), ("protanopia", 5), ("deuteranopia", 5)])
def test_any_two_of_many_classes_can_be_distinguished(dark: bool, sight: str, apart: float):
    colours = lab(as_rgb(class_colours(47, dark)), SIGHTS[sight])
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(colours, 2)) > apart


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("sight", SIGHTS)
def test_values_rise_in_lightness_in_even_steps(sight: str, dark: bool):
    steps = np.diff(lab(as_rgb(value_colours(16, dark)), SIGHTS[sight])[:, 0])
    assert steps.min() > 2
    assert steps.max() < 3 * steps.min()


def test_the_colours_for_dark_ground_are_nowhere_darker():
    light, dark = (lab(as_rgb(class_colours(10, on_dark)), SIGHTS["usual"])[:, 0] for on_dark in (False, True))
    assert (dark >= light).all()
    assert dark.min() > 45


def test_colours_as_numbers():
    np.testing.assert_array_equal(as_rgb(["#000000", "#ff8001"]), np.array([[0, 0, 0], [255, 128, 1]], np.uint8))
    assert as_rgb(["#ff8001"]).dtype == np.uint8
