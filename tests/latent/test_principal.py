"""latent/principal.py: the principal components of codes whose covariance is known."""

import numpy as np

from vae_explorer.latent.principal import principal_components, signed


def test_those_of_a_gaussian_are_its_axes():
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0].T
    deviations = np.array([3.0, 2.0, 1.0, 0.5, 0.1])
    codes = (np.random.default_rng(1).normal(size=(20_000, 5)) * deviations) @ axes
    found, along = principal_components(codes.astype(np.float32))
    np.testing.assert_allclose(found, signed(axes), atol=0.02)
    np.testing.assert_allclose(along, deviations, rtol=0.02)
    np.testing.assert_allclose(found @ found.T, np.eye(5), atol=1e-12)


def test_of_few_codes_and_of_one_dimension_too():
    found, along = principal_components(np.array([(0, 0, 0), (0, 3, 4)], np.float32))
    np.testing.assert_allclose(found[0], (0, 0.6, 0.8), atol=1e-7)
    np.testing.assert_allclose(along, (np.sqrt(12.5), 0, 0), atol=1e-6)
    found, along = principal_components(np.array([[1], [3]], np.float32))
    np.testing.assert_array_equal(found, [[1]])
    np.testing.assert_allclose(along, np.sqrt(2))
