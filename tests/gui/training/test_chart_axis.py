"""Axes of charts: pixels of values and round values."""

import numpy as np
import pytest

from vae_explorer.gui.training.chart_axis import FAR, Axis, round_up


def test_values_lie_where_they_should_and_are_read_back() -> None:
    axis = Axis(100, 200, 400, 0)
    np.testing.assert_allclose(axis.pixels([100, 150, 200]), [400, 200, 0])
    assert axis.value(200) == 150


def test_a_logarithmic_axis_has_equal_lengths_for_equal_factors() -> None:
    pixels = Axis(1, 1000, 0, 300, log=True).pixels([1, 10, 100, 1000])
    np.testing.assert_allclose(pixels, [0, 100, 200, 300])


def test_what_has_no_logarithm_lies_far_below_and_what_is_far_stays_finite() -> None:
    assert Axis(1, 10, 300, 0, log=True).pixels(-5.0) > 1000
    assert abs(Axis(0, 1, 0, 300).pixels(1e300)) == FAR


@pytest.mark.parametrize(("step", "rounded"), [(1, 1), (1.1, 2), (0.03, 0.05), (7, 10), (500, 500)])
def test_steps_are_rounded_to_one_two_or_five(step: float, rounded: float) -> None:
    assert round_up(step) == pytest.approx(rounded)


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (Axis(99, 201, 240, 0), ["100", "120", "140", "160", "180", "200"]),
        (Axis(0.11, 0.26, 0, 120), ["0.15", "0.20", "0.25"]),
        (Axis(0, 12e6, 0, 150), ["0", "5,000,000", "10,000,000"]),
        (Axis(0.5, 300, 340, 0, log=True), ["0.5", "1", "2", "5", "10", "20", "50", "100", "200"]),
        (Axis(1, 1e6, 150, 0, log=True), ["1", "100", "10,000", "1,000,000"]),
        (Axis(100, 200, 120, 0, log=True), ["100", "150", "200"]),
    ],
)
def test_round_values_are_named(axis: Axis, texts: list[str]) -> None:
    assert [text for _, text in axis.ticks()] == texts
