"""Which values become black and white, for numbers of every kind."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_explorer.data.fitting import Scale, Scales, Target, fit_arrays, kind_of, parse_scales, scaled
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.value_range import LEAST_LEVELS, ValueRange, decide_range
from vae_explorer.data.value_sample import MOST_VALUES, ValueSample, picked

CONTAINERS = [np.uint8, np.uint16, np.int16, np.int32, np.int64, np.float32, np.float64]
RANDOM = np.random.default_rng(0)
PHOTOS = np.clip(RANDOM.normal(90, 30, (40, 32, 32)), 0, 180).astype(np.uint8)
DIGITS = RANDOM.integers(0, 17, (40, 8, 8))
MASKS = RANDOM.integers(0, 2, (40, 16, 16))
LABELS = RANDOM.integers(0, 21, (40, 16, 16))
DEEP = np.clip(RANDOM.normal(1200, 500, (40, 32, 32)), 0, 3900).astype(np.uint16)
DEEP[0, 0, 0] = 3900
PROPERTY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def decided(images: np.ndarray, options: ImageOptions = AS_FOUND) -> ValueRange:
    sample = ValueSample(len(images))
    sample.add(kind_of(images.dtype), picked(images, sample.each, 0))
    return decide_range(sample, options)


def scale_of(images: np.ndarray) -> Scale:
    return getattr(decided(images).scales, kind_of(images.dtype))


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    ("images", "white"), [(PHOTOS, 255), (DIGITS, 16), (MASKS, 1), (LABELS, 20), (MASKS * 255, 255), (DIGITS // 15, 1)]
)
def test_whole_numbers_have_the_same_range_in_every_container(container: type, images: np.ndarray, white: float):
    if container is np.int16 or images.max() <= np.iinfo(np.uint8).max:
        assert scale_of(images.astype(container)) == Scale(0, white)


FRACTIONS = {
    "0 to 1": (DEEP / 4095, Scale(0, 1)),
    "0 to 1, and a rounding error above": (DEEP / 3900 * (1 + 1e-6), Scale(0, 1)),
    "a little more than 1": (DEEP / 3900 * 1.02, Scale(0, 1.02)),
    "-1 to 1": (DEEP / 1950 - 1, Scale(-1, 1)),
    "-0.5 to 0.5": (DEEP / 3900 - 0.5, Scale(-0.5, 0.5)),
    "divided by 255 twice": (DEEP / 3900 / 255, Scale(0, 1 / 255)),
    "photographs that were resized": (PHOTOS * 0.999 + 0.001, Scale(0, 255)),
    "per cent": (DEEP / 39 * 0.9999, Scale(0, 99.99)),
    "kelvin": (DEEP / 3900 * 60 + 250.25, Scale(250.25, 310.25)),
}


@pytest.mark.parametrize("case", FRACTIONS)
def test_fractions_have_a_usual_range_or_their_own(case: str):
    images, scale = FRACTIONS[case]
    found = scale_of(images)
    assert (found.low, found.high) == pytest.approx((scale.low, scale.high), abs=1e-9)


def test_twelve_bits_in_sixteen_are_twelve():
    assert scale_of(DEEP) == Scale(0, 4095)
    assert scale_of(DEEP.astype(np.float32)) == Scale(0, 4095)


def test_integers_far_above_zero_have_their_own_range():
    assert scale_of(DEEP + np.uint16(61000)) == Scale(61000, 61000 + int(DEEP.max()))


@pytest.mark.parametrize("images", [DEEP, DEEP / 4095, DIGITS, DIGITS.astype(np.uint8), DEEP / 1950 - 1])
def test_hot_pixels_do_not_darken_a_set_and_that_is_said(images: np.ndarray):
    hot = images.copy()
    hot[::10, 3, 3] = 255 if images.dtype == np.uint8 else 60_000
    assert scale_of(hot) == scale_of(images)
    assert "lie far outside, up to " in decided(hot).note
    assert "far outside" not in decided(images).note


def test_rare_lights_in_photographs_stay_distinct_from_hot_pixels():
    lights = PHOTOS.copy()
    lights[::10, 3, 3] = 255
    assert decided(lights).note == "8-bit values: 0 to 255."


def test_a_chosen_range_is_taken_for_every_kind():
    assert decided(DIGITS, ImageOptions(value_range=(2, 9))).scales == Scales(*[Scale(2, 9)] * 3)


def test_values_that_become_almost_the_same_grey_are_warned_of():
    fog = np.random.default_rng(1).normal(128, 2, (40, 32, 32)).astype(np.uint8)
    fog[0, 0, :20] = range(200, 220)
    (sentence,) = decided(fog).warnings
    assert sentence.startswith("Nearly all 8-bit values, 123 to 134, become almost the same grey, 123 to 134 of 0 to")
    assert not decided(PHOTOS).warnings
    assert decided(DIGITS, ImageOptions(value_range=(0, 4095))).warnings
    assert not decided(MASKS, ImageOptions(value_range=(0, 4095))).warnings  # two levels alone


def test_a_histogram_counts_whole_numbers_one_by_one_and_leaves_hot_pixels_out():
    hot = DIGITS.copy()
    hot[0, 0, 0] = 60_000
    (histogram,) = decided(hot).histograms
    assert (histogram.low, histogram.high, histogram.black, histogram.white) == (-0.5, 16.5, 0, 16)
    assert list(histogram.counts) == np.bincount(hot[hot < 17]).tolist()


def test_a_range_is_the_same_after_it_was_kept():
    scales = decided(DEEP / 7).scales
    assert parse_scales(json.loads(json.dumps(asdict(scales)))) == scales


def images_of(draw: st.DrawFn) -> np.ndarray:
    """Images of any kind of number, whose values are spread evenly, or few, or mostly one."""
    dtype = np.dtype(draw(st.sampled_from(CONTAINERS)))
    shape = draw(st.integers(3, 30)), draw(st.integers(8, 24)), draw(st.integers(8, 24))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    if dtype.kind == "f":
        low, high = sorted(draw(st.tuples(*[st.floats(-1e6, 1e6, width=32)] * 2)))
        images = low + (high - low) * random.random(shape)
    else:
        info = np.iinfo(dtype)
        low, high = sorted(draw(st.tuples(*[st.integers(max(info.min, -(2**31)), min(info.max, 2**31))] * 2)))
        images = random.integers(low, high + 1, shape)
    if draw(st.booleans()):
        images = np.where(random.random(shape) < draw(st.floats(0, 1)), images.flat[0], images)
    return images.astype(dtype)


any_images = st.composite(images_of)


@PROPERTY
@given(any_images())
def test_any_images_are_spread_over_the_levels_or_there_is_a_warning(images: np.ndarray):
    found = decided(images)
    first, last = np.percentile(scaled(images, found.scales.of(images.dtype)), (1, 99.9))
    assert last - first >= LEAST_LEVELS - 1 or found.warnings or len(np.unique(images)) <= LEAST_LEVELS


@PROPERTY
@given(any_images(), st.randoms())
def test_the_order_of_the_images_does_not_matter(images: np.ndarray, random):
    order = list(range(len(images)))
    random.shuffle(order)
    assert decided(images[order]) == decided(images)


@PROPERTY
@given(any_images())
def test_whatever_the_images_more_is_more_white(images: np.ndarray):
    scale = scale_of(images)
    assert scale.low < scale.high
    levels = scaled(images, scale).ravel()[np.argsort(images.ravel())]
    assert (np.diff(levels.astype(int)) >= 0).all()


@PROPERTY
@given(st.integers(0, 2**32), st.integers(1, 3), st.floats(10, 1e6), st.sampled_from([np.int64, np.float64]))
def test_a_few_values_far_outside_change_nothing(seed: int, count: int, times: float, dtype: type):
    random = np.random.default_rng(seed)
    images = random.integers(0, 1001, (10, 16, 16)).astype(dtype)
    hot = images.copy()
    hot.flat[random.choice(images.size, count, replace=False)] = dtype(1000 * times)
    assert scale_of(hot) == scale_of(images)


@PROPERTY
@given(any_images())
def test_bytes_as_other_numbers_look_the_same(images: np.ndarray):
    low, high = float(images.min()), float(images.max())
    levels = scaled(images, Scale(low, high if high > low else low + 1))
    seen = []
    for container in (np.uint8, np.int32, np.float32):
        stored = levels.astype(container)[..., None]
        target = Target((*levels.shape[1:], 1), "crop", False, decided(stored).scales)
        seen.append(fit_arrays(stored, target))
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], seen[2])


def test_of_ten_million_images_no_more_values_are_kept_than_of_fewer():
    assert ValueSample(10_000_000).each == 1
    assert ValueSample(100_000).each * 100_000 <= MOST_VALUES
