"""latent/curves.py, latent/codes_graph.py and latent/cost_of_gaps.py: curves that need no decoder."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.latent.codes_graph import CodesGraph, some_codes
from vae_explorer.latent.cost_of_gaps import DEAREST, CostOfGaps
from vae_explorer.latent.curves import along, at_equal_steps, great_circle, line, refined

RNG = np.random.default_rng(0)
ONE, OTHER = RNG.normal(size=(2, 5)).astype(np.float32)


def test_a_line_has_equal_steps():
    points = line(ONE, OTHER, 5)
    np.testing.assert_allclose(points[2], (ONE + OTHER) / 2, atol=1e-6)
    np.testing.assert_array_equal(points[[0, -1]], [ONE, OTHER])


def test_a_great_circle_between_codes_of_one_length_stays_at_it_and_turns_evenly():
    start, end = ONE / np.linalg.norm(ONE) * 3, OTHER / np.linalg.norm(OTHER) * 3
    points = great_circle(start, end, 7)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 3, rtol=1e-5)
    np.testing.assert_allclose(points[[0, -1]], [start, end], atol=1e-5)
    turns = (points[:-1] * points[1:]).sum(axis=1)
    np.testing.assert_allclose(turns, turns[0], rtol=1e-4)


@pytest.mark.parametrize("end", [2 * ONE, -ONE, 0 * ONE])
def test_on_a_line_through_the_origin_it_is_the_line(end: np.ndarray):
    np.testing.assert_allclose(great_circle(ONE, end, 5), line(ONE, end, 5), atol=1e-5)


def test_equal_steps_along_a_curve():
    curve = np.array([(0, 0), (3, 0), (3, 1)], np.float32)
    np.testing.assert_allclose(at_equal_steps(curve, along(curve), 5), [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1)])
    assert at_equal_steps(np.repeat(curve[:1], 3, axis=0), np.zeros(3), 4).shape == (4, 2)


def test_a_refined_curve_is_the_same_curve():
    curve = RNG.normal(size=(4, 3)).astype(np.float32)
    fine = refined(curve, 5)
    assert len(fine) == 16
    np.testing.assert_allclose(fine[::5], curve, atol=1e-6)
    assert along(fine)[-1] == pytest.approx(along(curve)[-1], rel=1e-5)


def test_a_way_along_data_on_a_ring_goes_around_it():
    angles = RNG.uniform(0, 2 * np.pi, 2000)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    start, end = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    way = CodesGraph(some_codes(ring)).way(start, end)
    np.testing.assert_array_equal(way[[0, -1]], [start, end])
    assert np.abs(np.linalg.norm(way, axis=1) - 1).max() < 1e-3
    assert along(way)[-1] == pytest.approx(np.pi / 2, rel=0.02)


def test_there_is_none_between_pieces():
    pieces = np.concatenate([RNG.normal(size=(300, 2)), RNG.normal(size=(300, 2)) + 1000]).astype(np.float32)
    with pytest.raises(UserError, match="pieces"):
        CodesGraph(some_codes(pieces)).way(pieces[0], pieces[-1])


def test_equal_codes_are_passed():
    codes = np.repeat(line(np.zeros(2, np.float32), np.ones(2, np.float32), 40), 3, axis=0)
    assert along(CodesGraph(some_codes(codes)).way(codes[0], codes[-1]))[-1] == pytest.approx(np.sqrt(2), rel=1e-3)


def test_a_step_is_dear_far_from_the_data_and_cheap_among_them():
    cost = CostOfGaps(RNG.normal(size=(3000, 3)))
    near, far = cost(np.array([(0, 0, 0), (50, 0, 0)], np.float64))[0]
    assert near < 1 + 0.2 * DEAREST
    assert far == pytest.approx(1 + DEAREST)


def test_its_gradient_is_that_of_differences():
    cost = CostOfGaps(RNG.normal(size=(500, 2)))
    points = RNG.normal(size=(20, 2)) * 2
    slopes = cost(points)[1]
    for axis in range(2):
        move = np.zeros(2)
        move[axis] = 1e-5
        differences = (cost(points + move)[0] - cost(points - move)[0]) / 2e-5
        np.testing.assert_allclose(slopes[:, axis], differences, atol=2e-3 * np.abs(slopes).max())
