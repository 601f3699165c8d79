"""exploring/local_directions.py: directions of decoders and codes for which they are known."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exploring.local_directions import (
    along_axes,
    along_change,
    along_codes,
    along_difference,
    near_count,
    rates_along,
)
from vae_explorer.latent.principal import signed


class Linear:
    """z -> z @ matrix as images (N, 1, P, 1)."""

    engine = "test"

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix, self.latent_dim = matrix.astype(np.float32), len(matrix)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return (z @ self.matrix).reshape(len(z), 1, -1, 1)


class Paraboloid:
    """(x, y) -> (x, y, (x² + y²) / 2), which rises fastest away from its apex."""

    engine, latent_dim = "test", 2

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.column_stack([z, np.square(z).sum(axis=1) / 2]).reshape(-1, 1, 3, 1).astype(np.float32)


@pytest.mark.parametrize("latent_dim", [2, 7, 300])
def test_those_of_change_are_the_singular_vectors_of_a_linear_decoder(latent_dim: int) -> None:
    random = np.random.default_rng(latent_dim)
    axes = np.linalg.qr(random.normal(size=(latent_dim, latent_dim)))[0].T
    pixels = np.linalg.qr(random.normal(size=(310, latent_dim)))[0]
    rates = np.linspace(3, 0.01, latent_dim)
    decoder = Linear((pixels * rates @ axes).T)
    code = random.normal(size=latent_dim).astype(np.float32)
    found = along_change(decoder, code, 310)
    count = min(8, latent_dim)
    assert found.names == tuple(f"change {number}" for number in range(1, count + 1))
    np.testing.assert_allclose(found.units, signed(axes[:count]), atol=0.02)
    np.testing.assert_allclose(found.rates, rates[:count], rtol=1e-2)
    measured = rates_along(decoder, code, along_axes(code, np.arange(latent_dim)))
    np.testing.assert_allclose(measured, np.linalg.norm(decoder.matrix, axis=1)[:count], rtol=1e-2)


def test_on_a_paraboloid_the_image_changes_most_up_the_slope() -> None:
    found = along_change(Paraboloid(), np.array((1.2, 1.6), np.float32), 3)
    np.testing.assert_allclose(found.units, [(0.6, 0.8), (0.8, -0.6)], atol=1e-3)
    assert found.facts[0] == f"changes the image by {np.sqrt(5):.2f} for each 1 in z"
    assert "1.00" in found.facts[1]


def test_of_one_dimension_there_is_one_direction() -> None:
    np.testing.assert_array_equal(along_change(Linear(np.ones((1, 4))), np.zeros(1, np.float32), 4).units, [[1]])


def test_those_of_codes_are_their_principal_components() -> None:
    codes = np.random.default_rng(0).normal(size=(4000, 3)) * (0.1, 2, 1) + (5, 5, 5)
    found = along_codes(codes.astype(np.float32), most=2)
    np.testing.assert_allclose(found.units, [(0, 1, 0), (0, 0, 1)], atol=0.05)
    assert found.names == ("here 1", "here 2")
    assert found.facts[0] == "holds 79% of the variance of the codes here"


def test_codes_that_do_not_vary_have_as_many_directions_as_they_allow() -> None:
    assert len(along_codes(np.ones((3, 6), np.float32)).units) == 2
    with pytest.raises(UserError, match="two or more"):
        along_codes(np.ones((1, 6), np.float32))


def test_the_dimensions_that_say_most_come_first_unless_all_are_shown() -> None:
    code, order = np.arange(5, dtype=np.float32), np.array([4, 1, 3, 0, 2])
    found = along_axes(code, order, most=2)
    assert found.names == ("z5", "z2")
    np.testing.assert_array_equal(found.units, np.eye(5)[[4, 1]])
    assert along_axes(code, order).names == ("z1", "z2", "z3", "z4", "z5")


def test_a_difference_is_one_direction() -> None:
    found = along_difference("3 minus 5", np.array((3, -4), np.float32))
    np.testing.assert_allclose(found.units, [(0.6, -0.8)])
    assert (found.names, found.facts) == (("3 minus 5",), ("is 5.00 long in z",))


@pytest.mark.parametrize(
    ("count", "latent_dim", "near"), [(70_000, 2, 1400), (640, 2, 50), (640, 64, 256), (20, 2, 20), (0, 2, 0)]
)
def test_enough_codes_are_near(count: int, latent_dim: int, near: int) -> None:
    assert near_count(count, latent_dim) == near
