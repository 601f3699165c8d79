"""The bounded history of losses, against one that keeps everything."""

import numpy as np
import pytest

from vae_explorer.gui.training.loss_history import MOST, NEWEST, Buckets, LossHistory


def fill(count: int, chunk: int) -> tuple[LossHistory, np.ndarray]:
    """A history of steps from 1 on, added in chunks of uneven size, and all of its values."""
    rng = np.random.default_rng(0)
    values = rng.normal(100, 10, (count, 3))
    history, start = LossHistory(3), 0
    while start < count:
        end = min(count, start + int(rng.integers(1, 2 * chunk)))
        history.add(np.arange(start + 1, end + 1), values[start:end])
        start = end
    return history, values


@pytest.mark.parametrize(("count", "chunk"), [(1, 1), (MOST, 100), (MOST + 1, 7), (100_003, 31), (300_000, 50_000)])
def test_each_bucket_summarizes_the_steps_that_it_spans(count: int, chunk: int) -> None:
    history, values = fill(count, chunk)
    whole = history.whole
    assert len(whole) <= MOST
    assert whole.first[0] == 1
    assert whole.last[-1] == count
    np.testing.assert_array_equal(whole.first[1:], whole.last[:-1] + 1)
    starts = whole.first - 1
    np.testing.assert_array_equal(whole.low, np.minimum.reduceat(values, starts))
    np.testing.assert_array_equal(whole.high, np.maximum.reduceat(values, starts))
    np.testing.assert_allclose(whole.mean, np.add.reduceat(values, starts) / whole.count[:, None])


def test_all_buckets_but_the_last_span_as_much() -> None:
    history, _ = fill(100_003, 31)
    assert len(set(history.whole.count[:-1])) == 1
    assert history.whole.count[-1] <= history.whole.count[0]


def test_memory_stays_the_same_for_ten_million_steps() -> None:
    history, chunk = LossHistory(3), 100_000
    values = np.ones((chunk, 3))
    values[77] = 1e6
    for start in range(0, 10_000_000, chunk):
        history.add(np.arange(start + 1, start + chunk + 1), values)
    assert MOST // 2 <= len(history.whole) <= MOST
    assert len(history.newest(NEWEST)) == NEWEST
    spiked = history.whole.high[:, 0] == 1e6
    assert spiked.sum() >= 90  # none of a hundred is lost, though two may share a bucket


def test_the_newest_steps_are_kept_one_by_one() -> None:
    history, values = fill(50_000, 900)
    newest = history.newest(1000)
    np.testing.assert_array_equal(newest.first, np.arange(49_001, 50_001))
    np.testing.assert_array_equal(newest.mean, values[-1000:])


def test_nothing_is_in_a_new_history() -> None:
    history = LossHistory(3)
    assert len(history.whole) == len(history.newest(1000)) == len(history.whole.fewer(100)) == 0
    assert history.whole.smoothed(3).shape == (0, 3)


def test_smoothing_stays_within_what_is_around() -> None:
    values = np.random.default_rng(1).normal(0, 1, (200, 3))
    smooth = Buckets.single(np.arange(200), values).smoothed(5)
    for i in range(200):
        around = values[max(0, i - 5) : i + 6]
        np.testing.assert_allclose(smooth[i], around.mean(axis=0))


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_smoothing_over_more_than_there_is_has_as_many_values(count: int) -> None:
    smooth = Buckets.single(np.arange(count), np.ones((count, 3))).smoothed(50)
    np.testing.assert_allclose(smooth, np.ones((count, 3)))


def test_a_range_comes_with_the_neighbours_that_its_lines_lead_to() -> None:
    part = Buckets.single(np.arange(100), np.zeros((100, 1))).within(40, 60)
    assert (part.first[0], part.last[-1]) == (39, 61)
