"""latent/dimensions.py: KL, activity and reach of each latent dimension."""

import numpy as np

from vae_explorer.latent.dimensions import mean_kl, measure_dimensions, telling_axes


def test_mean_kl_is_that_of_the_closed_form():
    # N(1, e^0) and N(0, e^2) from N(0, 1): 1/2 and (e^2 - 3) / 2.
    z_mean, z_log_var = np.array([[1, 0], [1, 0]], np.float32), np.array([[0, 2], [0, 2]], np.float32)
    np.testing.assert_allclose(mean_kl(z_mean, z_log_var), [0.5, (np.e**2 - 3) / 2], rtol=1e-6)


def test_without_codes_nothing_is_known_and_nothing_collapsed():
    nothing = np.empty((0, 3), np.float32)
    kl = mean_kl(nothing, nothing)
    assert np.isnan(kl).all()
    found = measure_dimensions(nothing, kl)
    assert found.active.all()
    assert found.order.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(found.reach, [3, 3, 3])


def test_the_axes_are_the_two_dimensions_of_the_largest_kl():
    assert telling_axes(np.array([0.1, 2.0, 0.0, 3.0], np.float32)) == (2, 4)
    assert telling_axes(np.array([0.0, 1.0], np.float32)) == (1, 2)
    assert telling_axes(np.array([1.0], np.float32)) == (1, 2)
    assert telling_axes(np.full(5, np.nan, np.float32)) == (1, 2)


def test_a_dimension_whose_mean_hardly_varies_has_collapsed():
    z_mean = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32) * np.array([1, 0.05, 4], np.float32)
    found = measure_dimensions(z_mean, np.array([0.7, 0.1, 2.0], np.float32))
    assert found.active.tolist() == [True, False, True]
    assert found.order.tolist() == [2, 0, 1]
    assert found.reach[1] == 3
    assert found.reach[2] == np.ceil(2 * np.sort(np.abs(z_mean[:, 2]))[-11]) / 2


def test_codes_that_are_no_numbers_are_left_out():
    z_mean = np.array([[1, 2], [np.nan, 0], [-1, np.inf], [-1, 2]], np.float32)
    found = measure_dimensions(z_mean, mean_kl(z_mean, np.zeros_like(z_mean)))
    assert found.active.tolist() == [True, False]
