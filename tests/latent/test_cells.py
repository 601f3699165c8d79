"""latent/cells.py: cells cover an area without gaps, nest, and have an order."""

import math

import numpy as np
import pytest

from vae_explorer.latent.cells import Area, centres, covering, level_of, nearest_first, overlapping

AREAS = [
    Area(-3.3, 4.1, -2.0, 2.7),
    Area(0, 1, 0, 1),
    Area(1e6, 1e6 + 3, -1e6, -1e6 + 2),
    Area(-1e-5, 2e-5, 1, 1 + 1e-5),
]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("level", [-7, -3, -1, 0, 2])
def test_they_cover_the_area_and_no_column_or_row_is_too_many(area: Area, level: int) -> None:
    side = 2.0**level
    cells = covering(area, level)
    covered = cells.area()
    assert covered.contains(area)
    for outside in (area.left - covered.left, covered.right - area.right, area.low - covered.low):
        assert 0 <= outside < side
    assert 0 <= covered.high - area.high < side
    indices = cells.indices()
    assert len(indices) == cells.count == len(set(map(tuple, indices.tolist())))
    assert overlapping(indices, level, area).all()


def test_an_area_without_extent_is_covered_by_a_cell() -> None:
    assert covering(Area(1, 1, 2, 2), 0).count == 1


def test_cells_of_two_levels_nest() -> None:
    fine = covering(Area(-2, 2, -2, 2), -3)
    at = centres(fine.indices(), -3)
    inside = np.floor(at / 2.0**-1)  # the cells two levels above in which they lie
    corners = np.floor((at - 2.0**-4) / 2.0**-1), np.floor((at + 2.0**-4 - 1e-9) / 2.0**-1)
    assert (corners[0] == inside).all()
    assert (corners[1] == inside).all()


def test_they_are_listed_like_the_pixels_of_a_picture() -> None:
    at = centres(covering(Area(0, 2, 0, 2), 0).indices(), 0)
    np.testing.assert_allclose(at, [(0.5, 1.5), (1.5, 1.5), (0.5, 0.5), (1.5, 0.5)])


@pytest.mark.parametrize("side", [1e-9, 0.3, 0.7071, 1.0, 5.0, 1e12])
def test_the_level_has_about_the_wanted_side(side: float) -> None:
    assert 1 / math.sqrt(2) <= 2.0 ** level_of(side) / side <= math.sqrt(2)


def test_cells_in_view_come_first_and_of_them_the_nearest() -> None:
    indices = covering(Area(-4, 4, -4, 4), 0).indices()
    view = Area(-2, 2, -2, 2)
    ordered = indices[nearest_first(indices, 0, (1.4, 1.4), view)]
    assert tuple(ordered[0]) == (1, 1)
    inside = overlapping(ordered, 0, view)
    assert inside[:16].all()
    assert not inside[16:].any()
    distances = np.hypot(*(centres(ordered, 0) - 1.4).T)
    assert (np.diff(distances[:16]) >= 0).all()
    assert (np.diff(distances[16:]) >= 0).all()
