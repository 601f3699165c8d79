"""The nearest of many points: each search against an exhaustive one, in float64."""

import numpy as np
import pytest

from vae_explorer.latent.neighbours import FEW, Neighbours

MANY = FEW + 1000
NONE = -1, float("inf")


def scattered(count: int, dimensions: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)


def searched(points: np.ndarray, among: np.ndarray | None = None) -> Neighbours:
    neighbours = Neighbours(points, among)
    neighbours.build()
    return neighbours


def distances_from(point: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points.astype(np.float64) - point, axis=1)


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 5, 12])
def test_it_is_that_of_an_exhaustive_search(dimensions: int, built: bool):
    points = scattered(MANY, dimensions)
    neighbours = searched(points) if built else Neighbours(points)
    for point in scattered(20, dimensions, seed=1):
        distances = distances_from(point, points)
        row, distance = neighbours.nearest(point)
        assert distances[row] == pytest.approx(distances.min(), rel=1e-5)
        assert distance == pytest.approx(distances.min(), rel=1e-5)


@pytest.mark.parametrize("count", [500, MANY])
def test_only_points_among_those_given_are_found(count: int):
    points, among = scattered(count), np.random.default_rng(2).random(count) < 0.6
    neighbours = searched(points, among)
    for point in scattered(20, seed=1):
        row, distance = neighbours.nearest(point)
        assert among[row]
        assert distance == pytest.approx(distances_from(point, points)[among].min(), rel=1e-5)


@pytest.mark.parametrize("count", [500, MANY])
@pytest.mark.parametrize("share", [0.5, 0.002])
def test_a_point_that_is_not_wanted_is_passed_over(count: int, share: float):
    points, wanted = scattered(count), np.random.default_rng(2).random(count) < share
    neighbours = searched(points)
    for point in scattered(20, seed=1):
        expected = distances_from(point, points)[wanted].min(initial=np.inf)
        row, distance = neighbours.nearest(point, wanted=lambda rows: wanted[rows])
        assert distance == pytest.approx(expected, rel=1e-5)
        assert row == -1 or wanted[row]


@pytest.mark.parametrize("count", [500, MANY])
def test_a_point_farther_than_the_reach_is_not_found(count: int):
    neighbours, point = searched(scattered(count)), np.array([9.0, 9.0], np.float32)
    row, distance = neighbours.nearest(point)
    assert row >= 0
    assert neighbours.nearest(point, within=distance * 0.999) == NONE
    assert neighbours.nearest(point, within=distance * 1.001)[0] == row
    assert neighbours.nearest(point, within=distance * 0.999, wanted=lambda rows: rows >= 0) == NONE


def test_of_few_equally_near_points_the_first_is_found():
    points = np.array([[3, 0], [0, 1], [1, 0], [0, -1]], np.float32)
    assert Neighbours(points).nearest(np.zeros(2, np.float32)) == (1, 1.0)


@pytest.mark.parametrize("count", [0, 3, MANY])
def test_where_there_is_no_point_none_is_found(count: int):
    neighbours = searched(np.zeros((count, 2), np.float32), np.zeros(count, bool))
    assert neighbours.nearest(np.zeros(2, np.float32)) == NONE


@pytest.mark.parametrize("count", [0, 3, MANY])
def test_where_no_point_is_wanted_none_is_found(count: int):
    neighbours = searched(np.zeros((count, 2), np.float32))
    assert neighbours.nearest(np.zeros(2, np.float32), wanted=lambda rows: np.zeros(len(rows), bool)) == NONE


def test_searches_are_fast_among_few_points_and_once_the_tree_is_built():
    assert Neighbours(scattered(500)).fast
    neighbours = Neighbours(scattered(MANY))
    assert not neighbours.fast
    neighbours.build()
    assert neighbours.fast


@pytest.mark.parametrize("built", [False, True])
def test_several_are_those_of_an_exhaustive_search(built: bool):
    points, places = scattered(MANY), scattered(15, seed=3)
    among = np.random.default_rng(2).random(MANY) < 0.6
    neighbours = searched(points, among) if built else Neighbours(points, among)
    rows, distances = neighbours.several(places, 7)
    for place, found, apart in zip(places, rows, distances, strict=True):
        wanted = np.where(among, distances_from(place, points), np.inf)
        assert found.tolist() == np.argsort(wanted)[:7].tolist()
        np.testing.assert_allclose(apart, np.sort(wanted)[:7], rtol=1e-5)


@pytest.mark.parametrize("count", [0, 3])
def test_of_too_few_points_all_are_found(count: int):
    rows, distances = Neighbours(scattered(count)).several(scattered(4, seed=1), 7)
    assert rows.shape == distances.shape == (4, count)


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 5, 12])
def test_the_closest_are_those_of_an_exhaustive_search_nearest_first(dimensions: int, built: bool):
    points, among = scattered(MANY + 3000, dimensions), np.random.default_rng(2).random(MANY + 3000) < 0.95
    neighbours = searched(points, among) if built else Neighbours(points, among)
    assert len(neighbours) == np.count_nonzero(among)
    for point in scattered(10, dimensions, seed=1):
        expected = np.where(among, distances_from(point, points), np.inf)
        rows, distances = neighbours.closest(point, 8)
        assert among[rows].all()
        np.testing.assert_allclose(expected[rows], np.sort(expected)[:8], rtol=1e-4)
        np.testing.assert_allclose(distances, np.sort(expected)[:8], rtol=1e-4)


def test_of_fewer_points_than_wanted_all_are_the_closest():
    points = np.array([[3, 0], [1, 0], [np.nan, 0]], np.float32)
    rows, distances = Neighbours(points).closest(np.zeros(2, np.float32), 8)
    assert rows.tolist() == [1, 0]
    assert distances.tolist() == [1, 3]
    assert len(Neighbours(points, np.zeros(3, bool)).closest(np.zeros(2, np.float32), 8)[0]) == 0
