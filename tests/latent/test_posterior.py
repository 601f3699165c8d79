"""The posterior of one image, projected into a plane: closed forms, and the covariance of projected samples."""

import numpy as np
import pytest

from vae_explorer.latent.plane import Plane, axes_plane, principal_plane
from vae_explorer.latent.posterior import Ellipse, projected_posterior

MEAN = np.array([1.0, -2.0, 0.5, 3.0], np.float32)
LOG_VARIANCE = np.log(np.array([0.25, 4.0, 0.01, 9.0], np.float32))


def covariance(ellipse: Ellipse) -> np.ndarray:
    return ellipse.half_axes.T @ ellipse.half_axes


def test_in_the_plane_of_two_dimensions_it_has_their_standard_deviations() -> None:
    ellipse = projected_posterior(MEAN, LOG_VARIANCE, axes_plane((4, 1), 4))
    np.testing.assert_allclose(ellipse.centre, [3, 1])
    assert ellipse.deviations == pytest.approx((3, 0.5), rel=1e-6)
    np.testing.assert_allclose(covariance(ellipse), [[9, 0], [0, 0.25]], rtol=1e-6, atol=1e-9)


def test_in_a_turned_plane_it_is_turned() -> None:
    half = np.sqrt(np.float32(0.5))
    directions = np.array([[half, half, 0, 0], [-half, half, 0, 0]], np.float32)
    ellipse = projected_posterior(MEAN, LOG_VARIANCE, Plane(("a", "b"), directions, np.zeros(4, np.float32), None))
    # In the turned coordinates: ((0.25 + 4) / 2, (4 - 0.25) / 2), by hand.
    np.testing.assert_allclose(covariance(ellipse), [[2.125, 1.875], [1.875, 2.125]], rtol=1e-6)
    assert ellipse.deviations == pytest.approx((2, 0.5), rel=1e-6)
    assert abs(ellipse.half_axes[0] @ ellipse.half_axes[1]) < 1e-9


def test_in_principal_components_it_is_that_of_projected_samples() -> None:
    random = np.random.default_rng(0)
    plane = principal_plane(random.normal(size=(500, 4)).astype(np.float32) @ random.normal(size=(4, 4)))
    samples = MEAN + np.exp(LOG_VARIANCE / 2) * random.standard_normal((400_000, 4))
    points = samples @ plane.directions.T.astype(np.float64)
    ellipse = projected_posterior(MEAN, LOG_VARIANCE, plane)
    np.testing.assert_allclose(ellipse.centre, points.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(covariance(ellipse), np.cov(points, rowvar=False), atol=0.05)
    inside = ((np.linalg.solve(ellipse.half_axes.T, (points - ellipse.centre).T) ** 2).sum(axis=0) < [[1], [4]]).mean(1)
    np.testing.assert_allclose(inside, 1 - np.exp([-0.5, -2]), atol=0.005)


def test_where_the_plane_lies_does_not_matter() -> None:
    plane = axes_plane((1, 2), 4)
    far = projected_posterior(MEAN, LOG_VARIANCE, plane.through(np.full(4, 7, np.float32)))
    np.testing.assert_array_equal(far.centre, projected_posterior(MEAN, LOG_VARIANCE, plane).centre)


def test_in_one_dimension_it_is_a_line() -> None:
    ellipse = projected_posterior(MEAN[:1], LOG_VARIANCE[:1], axes_plane((1, 2), 1))
    assert ellipse.deviations == pytest.approx((0.5, 0), rel=1e-6)
    np.testing.assert_allclose(np.abs(ellipse.half_axes), [[0.5, 0], [0, 0]], rtol=1e-6)
    assert ellipse.centre.tolist() == [1, 0]
