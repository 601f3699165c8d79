"""latent/plane.py: the drawn plane, and lattices on it."""

from statistics import NormalDist

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.latent.plane import (
    FIRST_TWO,
    Axes,
    axes_plane,
    axis_positions,
    chosen_plane,
    lattice,
    on_plane,
    plane_note,
    principal_plane,
    to_plane,
)

POINTS = np.array([[0.5, -1.5], [2.0, 3.0]], np.float32)


def test_in_two_dimensions_points_are_codes():
    np.testing.assert_array_equal(on_plane(POINTS, axes_plane(FIRST_TWO, 2)), POINTS)


def test_in_more_dimensions_the_others_are_zero():
    codes = on_plane(POINTS, axes_plane(FIRST_TWO, 5))
    assert codes.dtype == np.float32
    np.testing.assert_array_equal(codes[:, :2], POINTS)
    np.testing.assert_array_equal(codes[:, 2:], np.zeros((2, 3)))


def test_in_one_dimension_the_second_coordinate_is_unused():
    np.testing.assert_array_equal(on_plane(POINTS, axes_plane(FIRST_TWO, 1)), POINTS[:, :1])


def test_codes_of_more_dimensions_are_drawn_at_the_first_two():
    codes = np.arange(15, dtype=np.float32).reshape(3, 5)
    plane = to_plane(codes)
    np.testing.assert_array_equal(plane, [[0, 1], [5, 6], [10, 11]])
    assert plane.flags.c_contiguous


def test_codes_of_one_dimension_are_spread_but_always_alike():
    codes = np.linspace(-2, 2, 50, dtype=np.float32)[:, None]
    plane = to_plane(codes)
    assert plane.dtype == np.float32
    np.testing.assert_array_equal(plane[:, 0], codes[:, 0])
    assert len(np.unique(plane[:, 1])) == 50
    assert np.abs(plane[:, 1]).max() <= 1
    np.testing.assert_array_equal(plane, to_plane(codes))


def test_the_height_of_a_one_dimensional_code_does_not_depend_on_those_after_it():
    codes = np.linspace(-2, 2, 50, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(to_plane(codes)[:20], to_plane(codes[:20]))


@pytest.mark.parametrize(
    ("latent_dim", "note"),
    [
        (1, "One latent dimension: the second axis is unused."),
        (2, ""),
        (3, "Showing z1 and z2; z3 is 0."),
        (4, "Showing z1 and z2; z3 to z4 are 0."),
        (64, "Showing z1 and z2; z3 to z64 are 0."),
    ],
)
def test_the_note_says_what_the_plane_leaves_out(latent_dim: int, note: str):
    assert plane_note(axes_plane(FIRST_TWO, latent_dim)) == note


def test_quantile_positions_hold_equal_prior_mass():
    positions = axis_positions(20, "quantile")
    mass = [NormalDist().cdf(float(position)) for position in positions]
    np.testing.assert_allclose(mass, (np.arange(20) + 0.5) / 20, atol=1e-7)


def test_quantile_positions_have_the_values_of_the_tables():
    # Quartiles and 1/8, 3/8 ... of N(0, 1) from printed tables.
    np.testing.assert_allclose(axis_positions(2, "quantile"), [-0.67448975, 0.67448975], rtol=1e-6)
    np.testing.assert_allclose(
        axis_positions(4, "quantile"), [-1.15034938, -0.31863936, 0.31863936, 1.15034938], rtol=1e-6
    )


def test_even_positions_are_equally_spaced_up_to_the_limit():
    positions = axis_positions(5, "even", limit=2.0)
    assert positions.dtype == np.float32
    np.testing.assert_allclose(positions, [-2, -1, 0, 1, 2])


@pytest.mark.parametrize("spacing", ["quantile", "even"])
@pytest.mark.parametrize("size", [2, 3, 20, 60])
def test_positions_rise_and_are_symmetric(spacing: str, size: int):
    positions = axis_positions(size, spacing)  # type: ignore[arg-type]
    assert len(positions) == size
    assert (np.diff(positions) > 0).all()
    np.testing.assert_allclose(positions, -positions[::-1], atol=1e-6)


@pytest.mark.parametrize("spacing", ["quantile", "even"])
def test_a_lattice_of_one_point_is_refused(spacing: str):
    with pytest.raises(UserError, match="at least 2"):
        axis_positions(1, spacing)  # type: ignore[arg-type]


def test_a_lattice_is_read_like_a_picture_with_z2_up():
    z1, z2 = np.array([-1, 0, 1], np.float32), np.array([10, 20], np.float32)
    codes = lattice(z1, z2, axes_plane(FIRST_TWO, 2))
    np.testing.assert_array_equal(codes, [[-1, 20], [0, 20], [1, 20], [-1, 10], [0, 10], [1, 10]])


@pytest.mark.parametrize("latent_dim", [1, 5])
def test_a_lattice_of_other_dimensions_lies_on_the_plane(latent_dim: int):
    z1, z2 = np.array([-1, 1], np.float32), np.array([3, 4], np.float32)
    codes = lattice(z1, z2, axes_plane(FIRST_TWO, latent_dim))
    assert codes.shape == (4, latent_dim)
    np.testing.assert_array_equal(codes[:, 0], [-1, 1, -1, 1])
    if latent_dim > 1:
        np.testing.assert_array_equal(codes[:, 1], [4, 4, 3, 3])
        assert not codes[:, 2:].any()


def test_any_two_dimensions_make_a_plane():
    codes = on_plane(POINTS, axes_plane((4, 2), 5))
    np.testing.assert_array_equal(codes[:, [3, 1]], POINTS)
    assert not codes[:, [0, 2, 4]].any()
    np.testing.assert_array_equal(to_plane(codes, axes_plane((4, 2), 5)), POINTS)
    np.testing.assert_array_equal(to_plane(codes, axes_plane((2, 4), 5)), POINTS[:, ::-1])


@pytest.mark.parametrize(
    ("plane", "note"),
    [
        ((1, 3), "Showing z1 and z3; the others are 0."),
        ((1, 4), "Showing z1 and z4; z2 to z3 are 0."),
        ((3, 4), "Showing z3 and z4; z1 to z2 are 0."),
    ],
)
def test_the_note_names_the_plane(plane: Axes, note: str):
    assert plane_note(axes_plane(plane, 4)) == note


@pytest.mark.parametrize(("plane", "latent_dim"), [((1, 1), 4), ((0, 1), 4), ((1, 5), 4), ((2, 1), 1), ((-1, 2), 3)])
def test_a_plane_that_does_not_exist_is_refused(plane: Axes, latent_dim: int):
    with pytest.raises(UserError, match="There is no plane"):
        axes_plane(plane, latent_dim)


@pytest.mark.parametrize(
    ("axes", "at", "note"),
    [
        ((1, 3), [9, 0.5, 9, 0], "Showing z1 and z3; z2 is 0.50, the others 0."),
        ((1, 3), [9, 0.5, 9, -1.25], "Showing z1 and z3; z2 is 0.50, z4 is −1.25."),
        ((2, 4), [9] * 9, "Showing z2 and z4; the others are those of a chosen code."),
    ],
)
def test_the_note_names_the_values_of_the_other_dimensions(axes: Axes, at: list[float], note: str):
    code = np.array(at, np.float32)
    assert plane_note(axes_plane(axes, len(code)).through(code)) == note


def test_a_plane_through_a_code_holds_what_it_does_not_move():
    code = np.array([1, 2, 3, 4, 5], np.float32)
    plane = axes_plane((4, 2), 5).through(code)
    np.testing.assert_array_equal(plane.held, [1, 0, 3, 0, 5])
    assert plane.point(code) == (4, 2)
    np.testing.assert_array_equal(on_plane(POINTS, plane), [[1, -1.5, 3, 0.5, 5], [1, 3, 3, 2, 5]])
    np.testing.assert_array_equal(on_plane(np.array([plane.point(code)], np.float32), plane), [code])


# Columns are the principal directions of the covariance that `correlated` draws from, with variances 9, 4, 1 and 0.25.
ROTATION = np.array([[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, -0.5, -0.5], [0.5, -0.5, 0.5, -0.5], [0.5, -0.5, -0.5, 0.5]])
VARIANCES = np.array([9, 4, 1, 0.25])


def correlated() -> np.ndarray:
    """Codes whose covariance is exactly ROTATION diag(VARIANCES) ROTATION^T, about a mean that is not 0."""
    white = np.random.default_rng(0).normal(size=(500, 4))
    white -= white.mean(axis=0)
    white @= np.linalg.inv(np.linalg.cholesky(np.cov(white, rowvar=False))).T
    return (white * np.sqrt(VARIANCES) @ ROTATION.T + [1, 2, 3, 4]).astype(np.float32)


def test_the_principal_plane_is_that_of_the_largest_eigenvalues():
    codes = correlated()
    plane = principal_plane(codes)
    assert plane.names == ("PC 1", "PC 2")
    # Each column of ROTATION has entries of one size, so which of them is largest is up to rounding: signs apart.
    products = np.abs(plane.directions @ ROTATION)
    np.testing.assert_allclose(products, [[1, 0, 0, 0], [0, 1, 0, 0]], atol=1e-4)
    np.testing.assert_allclose(np.var(to_plane(codes, plane), axis=0, ddof=1), VARIANCES[:2], rtol=1e-4)


def test_principal_directions_do_not_depend_on_the_sign_of_the_codes():
    codes = np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32) * np.array([1, 5, 2, 1, 1], np.float32)
    directions = principal_plane(codes).directions
    assert directions[0, 1] > 0.9
    assert directions[1, 2] > 0.9
    np.testing.assert_array_equal(principal_plane(-codes).directions, directions)
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-6)


def test_a_code_lies_on_the_principal_plane_through_it():
    codes = correlated()
    for code in codes[:20]:
        plane = principal_plane(codes).through(code)
        np.testing.assert_allclose(plane.directions @ plane.held, 0, atol=1e-6)
        np.testing.assert_allclose(on_plane(np.array([plane.point(code)], np.float32), plane)[0], code, atol=1e-5)
        np.testing.assert_allclose(to_plane(code[None], plane)[0], plane.point(code), atol=1e-6)


def test_the_note_of_the_principal_plane():
    plane = principal_plane(correlated())
    assert plane_note(plane) == ("Showing principal components; the rest is 0.")
    # The third principal direction, twice.
    note = plane_note(plane.through((2 * ROTATION[:, 2]).astype(np.float32)))
    assert note.endswith("; the rest is (z1 1.00, z2 −1.00, z3 1.00, z4 −1.00).")


@pytest.mark.parametrize("codes", [np.empty((0, 4)), np.ones((1, 4)), np.full((9, 4), np.nan)])
def test_without_codes_there_are_no_principal_components(codes: np.ndarray):
    with pytest.raises(UserError, match="no codes"):
        chosen_plane("pca", codes.astype(np.float32))


def test_one_dimension_has_no_principal_plane():
    with pytest.raises(UserError, match="One latent dimension"):
        chosen_plane("pca", np.zeros((9, 1), np.float32))


def test_the_plane_of_one_dimension_has_an_unused_second_axis():
    assert axes_plane(FIRST_TWO, 1).point(np.array([0.7], np.float32)) == (pytest.approx(0.7), 0)
