"""Points in polygons, compared with a ray cast for each point and each edge."""

import numpy as np
import pytest

from vae_explorer.latent.polygon import in_polygon


def by_brute_force(points: np.ndarray, corners: np.ndarray) -> list[bool]:
    inside = []
    for x, y in points.tolist():
        odd = False
        for i in range(len(corners)):
            (x0, y0), (x1, y1) = corners[i].tolist(), corners[i - 1].tolist()
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
        inside.append(odd)
    return inside


@pytest.mark.parametrize("count", [3, 4, 7, 60])
def test_it_agrees_with_brute_force_also_where_the_polygon_crosses_itself(count: int) -> None:
    rng = np.random.default_rng(count)
    points, corners = rng.normal(size=(500, 2)).astype(np.float32), rng.normal(size=(count, 2))
    found = in_polygon(points, corners)
    assert found.tolist() == by_brute_force(points, corners)
    assert found.any()


def test_points_at_the_height_of_a_corner_are_counted_once() -> None:
    diamond = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)], np.float64)
    points = np.array([(0, 0), (-0.5, 0), (2, 0), (-2, 0)], np.float32)
    assert in_polygon(points, diamond).tolist() == [True, True, False, False]


def test_where_a_polygon_lies_twice_over_itself_is_outside() -> None:
    once = [(0, 0), (1, 0), (1, 1), (0, 1)]
    points = np.array([(0.5, 0.5)], np.float32)
    assert in_polygon(points, np.array(once, np.float64)).all()
    assert not in_polygon(points, np.array(once + once, np.float64)).any()


@pytest.mark.parametrize("corners", [[], [(0, 0)], [(0, 0), (2, 2)], [(0, 0), (2, 2), (1, 1)]])
def test_nothing_lies_in_a_polygon_without_an_area(corners: list[tuple[float, float]]) -> None:
    points = np.array([(0.5, 0.25), (1, 1)], np.float32)
    assert not in_polygon(points, np.array(corners, np.float64).reshape(-1, 2)).any()


def test_codes_that_are_not_finite_are_outside() -> None:
    points = np.array([(np.nan, 0), (0, np.inf), (0, 0)], np.float32)
    assert in_polygon(points, np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)).tolist() == [
        False,
        False,
        True,
    ]


def test_no_points() -> None:
    assert in_polygon(np.empty((0, 2), np.float32), np.eye(3, 2)).shape == (0,)
