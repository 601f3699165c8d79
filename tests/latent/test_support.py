"""latent/support.py: whether there are data near a code, in all dimensions of z."""

import numpy as np
import pytest

from vae_explorer.latent.support import MEASURED, VERDICTS, measure_support

WELL, SPARSE, EMPTY = VERDICTS


def test_the_limits_are_percentiles_of_the_distances_to_the_nearest_neighbour():
    codes = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)
    apart = np.linalg.norm(codes[:, None] - codes, axis=2)
    np.fill_diagonal(apart, np.inf)
    found = measure_support(codes)
    assert found is not None
    np.testing.assert_allclose(
        (found.usual, *found.limits), np.percentile(apart.min(axis=1), [50, 95, 99.5]), rtol=1e-4
    )


def test_a_code_is_judged_by_the_limits():
    codes = np.arange(100, dtype=np.float32)[:, None] * [1, 0, 0]
    found = measure_support(codes.astype(np.float32))
    assert found is not None
    assert found.limits == (1, 1)
    assert [found.verdict(distance) for distance in (0, 1, 1.01, 9)] == [WELL, WELL, EMPTY, EMPTY]
    codes[-3:, 1] = [2, 5, 9]
    found = measure_support(codes.astype(np.float32))
    assert found is not None
    assert found.verdict((found.limits[0] + found.limits[1]) / 2) == SPARSE


def test_the_same_distance_is_usual_in_eight_dimensions_and_far_in_two():
    rng = np.random.default_rng(0)
    many, flat = rng.normal(size=(1000, 8)).astype(np.float32), rng.normal(size=(1000, 8)).astype(np.float32)
    flat[:, 2:] *= 0.01
    in_many, in_flat = measure_support(many), measure_support(flat)
    assert in_many is not None
    assert in_flat is not None
    assert in_many.verdict(1.5) == WELL
    assert in_flat.verdict(1.5) == EMPTY


def test_new_codes_like_the_data_are_well_supported_and_others_are_not():
    rng = np.random.default_rng(0)
    data, new = rng.normal(size=(2000, 4)).astype(np.float32), rng.normal(size=(400, 4)).astype(np.float32)
    found = measure_support(data)
    assert found is not None
    said = [found.verdict(float(np.linalg.norm(data - code, axis=1).min())) for code in new]
    assert said.count(WELL) == pytest.approx(380, abs=15)
    assert found.verdict(float(np.linalg.norm(data - 5, axis=1).min())) == EMPTY


@pytest.mark.parametrize("copies", [2, 30])
def test_equal_codes_count_as_one(copies: int):
    codes = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    assert measure_support(np.repeat(codes, copies, axis=0)) == measure_support(codes)


def test_codes_that_are_no_numbers_are_left_out():
    codes = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    damaged = np.vstack([codes, np.array([[np.nan, 0], [np.inf, 1]], np.float32)])
    assert measure_support(damaged) == measure_support(codes)


@pytest.mark.parametrize("count", [0, 1, 19])
def test_of_few_codes_nothing_is_said(count: int):
    assert measure_support(np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)) is None


def test_many_codes_are_measured_by_a_share_of_them():
    codes = np.random.default_rng(0).uniform(size=(20 * MEASURED, 2)).astype(np.float32)
    found = measure_support(codes)
    assert found is not None
    assert found.usual == pytest.approx(np.sqrt(np.log(2) / np.pi / len(codes)), rel=0.1)  # of points spread evenly
