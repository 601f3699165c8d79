"""latent/density.py and latent/grid.py: the density of the aggregated posterior in a plane."""

import numpy as np
import pytest

from vae_explorer.latent.density import (
    MASSES,
    cells_for,
    density_on,
    kernels_at,
    levels_of,
    posteriors_in,
    sums_on,
)
from vae_explorer.latent.grid import extent_of, grid_over
from vae_explorer.latent.plane import axes_plane, principal_plane

FLAT = axes_plane((1, 2), 2)
RECTANGLE = -6.0, 6.0, -5.0, 5.0


def codes(count: int, latent_dim: int = 2, low: float = 0.02, high: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Means and log-variances, (count, latent_dim) each."""
    random = np.random.default_rng(count)
    deviation = np.exp(random.uniform(np.log(low), np.log(high), (count, latent_dim)))
    return random.normal(size=(count, latent_dim)).astype(np.float32), (2 * np.log(deviation)).astype(np.float32)


def exact(point: np.ndarray, z_mean: np.ndarray, z_log_var: np.ndarray, directions: np.ndarray) -> float:
    """The density at a point (2,), posterior by posterior in double precision."""
    means = z_mean.astype(float) @ directions.T.astype(float)
    covariances = np.einsum("ik,nk,jk->nij", directions, np.exp(z_log_var.astype(float)), directions)
    away = point - means
    squared = np.einsum("ni,nij,nj->n", away, np.linalg.inv(covariances), away)
    return float((np.exp(-squared / 2) / (2 * np.pi * np.sqrt(np.linalg.det(covariances)))).mean())


def test_the_density_integrates_to_one():
    z_mean, z_log_var = codes(3000, low=0.1)
    grid = grid_over(RECTANGLE, 240)
    assert density_on(grid, posteriors_in(FLAT, z_mean, z_log_var)).sum() * grid.cell == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("count", [1, 7, 20_000])
def test_it_is_within_a_thousandth_of_its_maximum_of_the_exact_one(count: int):
    z_mean, z_log_var = codes(count)
    grid = grid_over(RECTANGLE, 200)
    density = density_on(grid, posteriors_in(FLAT, z_mean, z_log_var))
    largest = np.unravel_index(density.argmax(), density.shape)
    places = [largest, *np.random.default_rng(0).integers(0, grid.shape, (60, 2)).tolist()]
    for row, column in places:
        wanted = exact(np.array([grid.x[column], grid.y[row]]), z_mean, z_log_var, FLAT.directions)
        assert abs(density[row, column] - wanted) < 1e-3 * density.max()


def test_in_a_plane_of_principal_components_posteriors_are_correlated():
    z_mean, z_log_var = codes(2000, latent_dim=5)
    plane = principal_plane(z_mean)
    gaussians = posteriors_in(plane, z_mean, z_log_var)
    assert gaussians.correlation is not None
    assert np.abs(gaussians.correlation).max() > 0.5
    grid = grid_over(RECTANGLE, 100)
    density = density_on(grid, gaussians)
    for row, column in np.random.default_rng(0).integers(0, grid.shape, (40, 2)).tolist():
        wanted = exact(np.array([grid.x[column], grid.y[row]]), z_mean, z_log_var, plane.directions)
        assert abs(density[row, column] - wanted) < 1e-3 * density.max()


def test_it_equals_a_monte_carlo_estimate():
    z_mean, z_log_var = codes(500, low=0.2)
    grid = grid_over((-3, 3, -3, 3), 24)
    random = np.random.default_rng(1)
    rows = random.integers(0, 500, 1_000_000)
    drawn = z_mean[rows] + np.exp(z_log_var[rows] / 2) * random.standard_normal((len(rows), 2))
    counted, _, _ = np.histogram2d(drawn[:, 1], drawn[:, 0], bins=24, range=[(-3, 3), (-3, 3)])
    estimate = counted[::-1] / len(rows) / grid.cell
    density = density_on(grid, posteriors_in(FLAT, z_mean, z_log_var))
    noise = np.sqrt(density.max() / len(rows) / grid.cell)
    np.testing.assert_allclose(density, estimate, atol=6 * noise + 0.02 * density.max())  # cells have a size


def test_one_dimension_gives_the_density_of_that_dimension_in_every_row():
    z_mean, z_log_var = codes(300, latent_dim=1, low=0.1)
    grid = grid_over(RECTANGLE, 240)
    density = density_on(grid, posteriors_in(axes_plane((1, 2), 1), z_mean, z_log_var))
    assert (density == density[0]).all()
    assert density[0].sum() * (grid.x[1] - grid.x[0]) == pytest.approx(1, abs=1e-3)


def test_without_variances_a_kernel_estimate_integrates_to_one_and_outliers_do_not_widen_it():
    z_mean, _ = codes(2000)
    grid = grid_over(RECTANGLE, 120)
    kernels = kernels_at(FLAT, z_mean)
    assert density_on(grid, kernels).sum() * grid.cell == pytest.approx(1, abs=5e-3)
    np.testing.assert_allclose(kernels.deviation[0], 2000 ** (-1 / 6), rtol=0.1)  # Scott's rule for N(0, I)
    far = np.vstack([z_mean, np.full((20, 2), 500, np.float32)])
    np.testing.assert_allclose(kernels_at(FLAT, far).deviation[0], kernels.deviation[0], rtol=0.1)


def test_posteriors_that_are_no_numbers_are_left_out():
    z_mean, z_log_var = codes(10)
    z_mean[3], z_log_var[5, 1] = np.nan, np.inf
    assert len(posteriors_in(FLAT, z_mean, z_log_var).mean) == 8
    assert len(kernels_at(FLAT, z_mean).mean) == 9


def test_no_codes_have_no_density():
    none = np.empty((0, 2), np.float32)
    grid = grid_over(RECTANGLE, 10)
    for gaussians in (posteriors_in(FLAT, none, none), kernels_at(FLAT, none)):
        density = density_on(grid, gaussians)
        assert density.shape == grid.shape
        assert not density.any()
        assert levels_of(density) == (0,) * len(MASSES)
        assert cells_for(gaussians, RECTANGLE) > 0


def test_weighted_sums_are_sums_of_the_weights():
    z_mean, z_log_var = codes(50, low=0.2)
    gaussians, grid = posteriors_in(FLAT, z_mean, z_log_var), grid_over(RECTANGLE, 60)
    weights = np.column_stack([np.ones(50), np.arange(50)]).astype(np.float32)
    plain, weighted = sums_on(grid, gaussians, weights) * grid.cell
    assert plain.sum() == pytest.approx(50, rel=1e-2)
    assert weighted.sum() == pytest.approx(np.arange(50).sum(), rel=1e-2)


def test_the_levels_enclose_the_shares_that_they_name():
    grid = grid_over((-5, 5, -5, 5), 400)
    distance = np.add.outer(np.square(grid.y), np.square(grid.x))
    levels = levels_of(np.exp(-distance / 2))
    radii = np.sqrt(-2 * np.log(levels))
    np.testing.assert_allclose(radii, np.sqrt(-2 * np.log(1 - np.array(MASSES))), rtol=5e-3)  # of N(0, I)


def test_a_grid_lies_in_its_rectangle_with_nearly_square_cells():
    grid = grid_over((-2, 6, 1, 3), 80)
    assert grid.shape == (20, 80)
    assert (grid.x[0], grid.y[0], grid.y[-1]) == pytest.approx((-1.95, 2.95, 1.05))
    assert grid.points()[0].tolist() == pytest.approx([-1.95, 2.95])
    assert grid.points()[81].tolist() == pytest.approx([-1.85, 2.85])
    assert grid.cell == pytest.approx(0.01)


def test_the_extent_leaves_out_the_farthest_few():
    points = np.random.default_rng(0).uniform(-1, 1, (5000, 2)).astype(np.float32)
    points[0] = 900
    assert extent_of(points, 0.5) == pytest.approx((-1.5, 1.5, -1.5, 1.5), abs=0.01)
    assert extent_of(points[:0], 3) == (-3, 3, -3, 3)
