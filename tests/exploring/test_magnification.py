"""exploring/magnification.py and exploring/round_trip.py: what the decoder, and then the encoder, do to a plane."""

import numpy as np
import pytest

from vae_explorer.exploring.magnification import magnification
from vae_explorer.exploring.round_trip import round_trip
from vae_explorer.latent.plane import axes_plane, principal_plane
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.keras_decoder import load_keras_decoder
from vae_explorer.run.run import Run

POINTS = np.random.default_rng(0).uniform(-2, 2, (50, 2)).astype(np.float32)


class Linear:
    """z -> z @ matrix as images (N, 2, 3, 1); with an exact encoder."""

    engine = "test"

    def __init__(self, latent_dim: int) -> None:
        self.latent_dim = latent_dim
        self.matrix = np.random.default_rng(latent_dim).normal(size=(latent_dim, 6)).astype(np.float32)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return (z @ self.matrix).reshape(-1, 2, 3, 1)

    def encode(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = images.reshape(len(images), -1) @ np.linalg.pinv(self.matrix).astype(np.float32)
        return z, np.zeros_like(z)


class Paraboloid:
    """(x, y) -> (x, y, (x² + y²) / 2), whose area element is sqrt(1 + x² + y²)."""

    engine, latent_dim = "test", 2

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.column_stack([z, np.square(z).sum(axis=1) / 2]).reshape(-1, 1, 3, 1).astype(np.float32)


def test_that_of_a_linear_decoder_is_a_constant():
    decoder = Linear(2)
    wanted = np.sqrt(np.linalg.det(decoder.matrix @ decoder.matrix.T))
    np.testing.assert_allclose(magnification(decoder, POINTS, axes_plane((1, 2), 2), 6), wanted, rtol=1e-3)


def test_that_of_a_paraboloid_is_its_area_element():
    wanted = np.sqrt(1 + np.square(POINTS).sum(axis=1))
    np.testing.assert_allclose(magnification(Paraboloid(), POINTS, axes_plane((1, 2), 2), 3), wanted, rtol=1e-3)


def test_in_more_dimensions_it_is_that_of_the_plane():
    decoder = Linear(5)
    plane = principal_plane(np.random.default_rng(0).normal(size=(100, 5)).astype(np.float32))
    shown = plane.directions @ decoder.matrix
    wanted = np.sqrt(np.linalg.det(shown @ shown.T))
    np.testing.assert_allclose(magnification(decoder, POINTS, plane, 6), wanted, rtol=1e-3)


def test_with_one_dimension_it_is_a_length():
    decoder = Linear(1)
    factors = magnification(decoder, POINTS, axes_plane((1, 2), 1), 6)
    np.testing.assert_allclose(factors, np.linalg.norm(decoder.matrix), rtol=1e-3)


@pytest.mark.long
def test_differences_agree_with_autodiff(tiny_run: Run):
    import tensorflow as tf

    decoder, model = run_decoder(tiny_run), load_keras_decoder(tiny_run)
    z = tf.constant(POINTS)
    with tf.GradientTape() as tape:
        tape.watch(z)
        images = tf.reshape(model(z, training=False), (len(POINTS), -1))
    jacobian = tape.batch_jacobian(images, z).numpy().astype(np.float64)
    wanted = np.sqrt(np.linalg.det(jacobian.transpose(0, 2, 1) @ jacobian))
    found = magnification(decoder, POINTS, axes_plane((1, 2), 2), images.shape[1])
    np.testing.assert_allclose(found, wanted, rtol=1e-2, atol=1e-3 * wanted.max())


@pytest.mark.parametrize("latent_dim", [1, 2, 6])
def test_the_round_trip_of_an_exact_pair_ends_where_it_began(latent_dim: int):
    pair = Linear(latent_dim)
    codes = np.random.default_rng(0).normal(size=(600, latent_dim)).astype(np.float32)
    np.testing.assert_allclose(round_trip(pair, pair.encode, codes), codes, atol=1e-4)
