"""latent/dimensions.py: KL, activity and reach of each latent dimension."""

import numpy as np
import pytest

from vae_explorer.latent.dimensions import mean_information, mean_kl, measure_dimensions


def test_mean_kl_is_that_of_the_closed_form():
    # N(1, e^0) and N(0, e^2) from N(0, 1): 1/2 and (e^2 - 3) / 2.
    z_mean, z_log_var = np.array([[1, 0], [1, 0]], np.float32), np.array([[0, 2], [0, 2]], np.float32)
    np.testing.assert_allclose(mean_kl(z_mean, z_log_var), [0.5, (np.e**2 - 3) / 2], rtol=1e-6)


def test_information_of_gaussians_is_their_mutual_information():
    # z is drawn from N(x, s^2) with x from N(5, 1): its mutual information with x is log(1 + 1 / s^2) / 2.
    x = np.random.default_rng(0).normal(5, 1, (200_000, 2)).astype(np.float32)
    sigma = np.array([0.5, 2.0], np.float32)
    found = mean_information(x, np.broadcast_to(2 * np.log(sigma), x.shape))
    np.testing.assert_allclose(found, np.log(1 + 1 / sigma**2) / 2, rtol=0.01)


def test_a_shifted_mean_or_a_narrow_posterior_alone_says_nothing():
    shifted, narrow = np.full((100, 1), 4.0, np.float32), np.zeros((100, 1), np.float32)
    z_mean, z_log_var = np.hstack([shifted, narrow]), np.array([[0.0, -8.0]] * 100, np.float32)
    assert (mean_kl(z_mean, z_log_var) > 3).all()
    np.testing.assert_allclose(mean_information(z_mean, z_log_var), 0, atol=1e-5)


def test_information_is_at_most_the_kl():
    rng = np.random.default_rng(0)
    z_mean, z_log_var = rng.normal(0.3, 2, (300, 9)), rng.normal(-2, 1, (300, 9))
    assert (mean_information(z_mean, z_log_var) <= mean_kl(z_mean, z_log_var)).all()


def test_without_codes_nothing_is_known_and_nothing_collapsed():
    nothing = np.empty((0, 3), np.float32)
    found = measure_dimensions(nothing, nothing)
    assert np.isnan(found.kl).all()
    assert np.isnan(found.information).all()
    assert found.active.all()
    assert found.order.tolist() == [0, 1, 2]
    assert found.axes == (1, 2)
    np.testing.assert_array_equal(found.reach, [3, 3, 3])


@pytest.mark.parametrize(("scale", "axes"), [([1, 2, 0.5, 3], (2, 4)), ([1, 2], (1, 2)), ([1], (1, 2))])
def test_the_axes_are_the_two_dimensions_that_say_most(scale: list[float], axes: tuple[int, int]):
    z_mean = np.random.default_rng(0).normal(size=(500, len(scale))).astype(np.float32) * np.array(scale, np.float32)
    assert measure_dimensions(z_mean, np.zeros_like(z_mean)).axes == axes


def test_a_collapsed_dimension_of_large_kl_comes_last():
    z_mean = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32) * np.array([0.01, 0.3, 1], np.float32)
    z_mean[:, 0] += 4  # a shift of 4 costs 8 nats and says nothing
    z_log_var = np.zeros_like(z_mean)
    z_log_var[:, 0] = np.random.default_rng(1).normal(size=500)  # so that it has some information by its variance
    found = measure_dimensions(z_mean, z_log_var)
    assert found.kl.argmax() == 0
    assert found.order.tolist() == [2, 1, 0]
    assert found.axes == (2, 3)


def test_codes_that_diverged_leave_the_first_two_axes():
    z_mean = np.full((5, 4), np.nan, np.float32)
    assert measure_dimensions(z_mean, z_mean).axes == (1, 2)


def test_a_dimension_whose_mean_hardly_varies_has_collapsed():
    z_mean = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32) * np.array([1, 0.05, 4], np.float32)
    found = measure_dimensions(z_mean, np.zeros_like(z_mean))
    assert found.active.tolist() == [True, False, True]
    assert found.order.tolist() == [2, 0, 1]
    assert found.reach[1] == 3
    assert found.reach[2] == np.ceil(2 * np.sort(np.abs(z_mean[:, 2]))[-11]) / 2


def test_codes_that_are_no_numbers_are_left_out():
    z_mean = np.array([[1, 2], [np.nan, 0], [-1, np.inf], [-1, 2]], np.float32)
    assert measure_dimensions(z_mean, np.zeros_like(z_mean)).active.tolist() == [True, False]
