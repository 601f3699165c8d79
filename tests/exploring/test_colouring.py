"""exploring/colouring.py: which colour each code has."""

import numpy as np
import pytest

from vae_explorer.exploring.colouring import (
    LEVELS,
    Range,
    by_class,
    by_cluster,
    by_value,
    find_range,
    plainly,
    range_texts,
    value_text,
)

LABEL = np.arange(640, dtype=np.int32) % 10
NAMES = tuple("0123456789")


def test_classes_keep_their_labels_and_colours():
    colouring = by_class(LABEL, NAMES)
    assert (colouring.style is LABEL, colouring.count) == (True, 10)
    assert len(colouring.colours()) == 10
    assert not colouring.incomplete


def test_without_classes_all_have_one_colour():
    colouring = by_class(LABEL, ())
    assert (colouring.kind, colouring.count, len(colouring.colours())) == ("plain", 1, 1)
    assert not plainly(LABEL).incomplete


def test_values_rise_through_all_levels_and_unknown_ones_have_none():
    values = np.arange(640, dtype=np.float32)
    values[5] = np.nan
    colouring = by_value("age", values)
    known = np.delete(colouring.style, 5)
    assert (colouring.style[5], known[0], known[-1]) == (-1, 0, LEVELS - 1)
    assert (np.diff(known) >= 0).all()
    assert np.bincount(known).min() > 0
    assert colouring.incomplete
    assert len(colouring.colours()) == LEVELS == colouring.count


def test_equal_values_have_one_colour_and_unknown_ones_none():
    assert set(by_value("same", np.full(640, 7, np.float32)).style) == {0}
    nothing = by_value("unknown", np.full(640, np.nan, np.float32))
    assert (set(nothing.style), nothing.range) == ({-1}, None)


def test_clusters_are_named_by_their_number():
    cluster = (np.arange(640) % 3 - 1).astype(np.int32)
    colouring = by_cluster(cluster)
    assert colouring.names == ("cluster 1", "cluster 2")
    assert colouring.incomplete


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 1, 2], Range(1, 3)),
        ([*range(1000), 1e9], Range(10, 990, True, True)),
        ([5] * 1000 + [9], Range(5, 9)),  # without the 9 there would be no range
        ([np.nan, np.inf, 4], Range(4, 4)),
    ],
)
def test_a_few_values_far_away_do_not_take_the_colours_of_the_others(values: list[float], expected: Range):
    assert find_range(np.array(values, np.float32)) == expected


def test_the_ends_of_a_range_as_text():
    assert range_texts(Range(-1.23456, 12_345), "age") == ("−1.235", "12,345")
    assert range_texts(Range(0, 1, True, True), "age") == ("≤ 0", "≥ 1")
    assert range_texts(Range(0, 200_000), "time") == ("earliest", "2.3 days later")
    assert value_text(7200, "time") == "2.0 h later"
    assert value_text(float("nan"), "age") == "unknown"
