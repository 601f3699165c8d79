"""latent/regions.py and latent/averages.py: what the codes near a point say about it."""

import numpy as np
import pytest

from vae_explorer.latent.averages import averages_on
from vae_explorer.latent.density import kernels_at
from vae_explorer.latent.grid import grid_over
from vae_explorer.latent.plane import axes_plane
from vae_explorer.latent.regions import VOTERS, class_regions

RED_AND_BLUE = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)
GRID = grid_over((-4.0, 4.0, -2.0, 2.0), 40)


def halves(count: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Codes of class 0 at the left and of class 1 at the right."""
    codes = np.random.default_rng(0).uniform(-2, 2, (count, 2)).astype(np.float32)
    return codes, (codes[:, 0] > 0).astype(np.int32)


def test_votes_equal_those_counted_one_by_one():
    random = np.random.default_rng(0)
    codes, label = random.normal(size=(400, 2)).astype(np.float32), random.integers(0, 5, 400).astype(np.int32)
    colours = random.integers(0, 256, (5, 3)).astype(np.uint8)
    grid = grid_over((-0.5, 0.5, -0.5, 0.5), 5)
    regions = class_regions(grid, codes, label, colours)
    for point, rgb, strength in zip(grid.points(), regions.rgb.reshape(-1, 3), regions.strength.ravel(), strict=True):
        nearest = np.argsort(np.linalg.norm(codes - point, axis=1))[:VOTERS]
        votes = np.sort(np.bincount(label[nearest], minlength=5))
        np.testing.assert_allclose(rgb, colours[label[nearest]].mean(axis=0), rtol=1e-5)
        assert strength == pytest.approx((votes[-1] - votes[-2]) / VOTERS)


def test_a_border_between_classes_fades_and_has_no_edge():
    regions = class_regions(GRID, *halves(), RED_AND_BLUE)
    middle = GRID.shape[0] // 2
    inside = regions.strength[middle, 10:30]
    assert inside[[2, -3]].min() > 0.95
    assert inside[9:11].max() < 0.6
    assert regions.rgb[middle, 12].tolist() == [255, 0, 0]
    assert regions.rgb[middle, 27].tolist() == [0, 0, 255]


def test_nothing_is_drawn_far_from_all_codes():
    assert not class_regions(GRID, *halves(), RED_AND_BLUE).strength[:, [0, -1]].any()


def test_codes_without_a_class_or_that_are_no_numbers_have_no_vote():
    codes, label = halves()
    more = np.vstack([codes, codes + 0.01, np.full((1, 2), np.nan, np.float32)])
    labels = np.concatenate([label, np.full(len(codes), -1, np.int32), [1]]).astype(np.int32)
    few, many = (class_regions(GRID, *given, RED_AND_BLUE) for given in ((codes, label), (more, labels)))
    np.testing.assert_array_equal(few.rgb, many.rgb)
    np.testing.assert_array_equal(few.strength, many.strength)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_few_codes_are_no_fault(count: int):
    regions = class_regions(GRID, *halves(count), RED_AND_BLUE)
    assert np.isfinite(regions.strength).all()


def test_the_average_of_a_constant_is_the_constant():
    codes, _ = halves()
    averages = averages_on(GRID, kernels_at(axes_plane((1, 2), 2), codes), np.full(len(codes), 0.25, np.float32))
    known = np.isfinite(averages.mean)
    np.testing.assert_allclose(averages.mean[known], 0.25, rtol=1e-5)
    assert not known[:, [0, -1]].any()


def test_averages_equal_those_weighted_one_by_one():
    random = np.random.default_rng(0)
    codes, values = random.normal(size=(300, 2)).astype(np.float32), random.uniform(size=300).astype(np.float32)
    kernels = kernels_at(axes_plane((1, 2), 2), codes)
    averages = averages_on(GRID, kernels, values)
    row, column = 7, 18
    away = (np.array([GRID.x[column], GRID.y[row]]) - codes) / kernels.deviation[0]
    weights = np.exp(-np.square(away).sum(axis=1) / 2)
    assert averages.mean[row, column] == pytest.approx((weights * values).sum() / weights.sum(), rel=1e-4)
    assert averages.codes[row, column] == pytest.approx(weights.sum(), rel=1e-4)


def test_without_codes_there_is_no_average():
    none = np.empty((0, 2), np.float32)
    averages = averages_on(GRID, kernels_at(axes_plane((1, 2), 2), none), none[:, 0])
    assert np.isnan(averages.mean).all()
    assert not averages.codes.any()
