"""data/columns.py: labels and numbers of images in one value."""

import numpy as np

from vae_explorer.data.columns import Columns, no_columns

COLUMNS = Columns(
    np.array([1, -1, 0], np.int32), ("cat", "dog"), np.array([[1, 2], [3, 4], [5, np.nan]], np.float32), ("a", "b")
)


def test_some_rows_keep_class_and_numbers_together():
    some = COLUMNS.take([2, 0])
    assert [some.class_of(row) for row in range(2)] == ["cat", "dog"]
    np.testing.assert_array_equal(some.value("b"), [np.nan, 2])
    assert (some.class_names, some.value_names) == (COLUMNS.class_names, COLUMNS.value_names)


def test_an_image_without_a_label_has_no_class():
    assert [COLUMNS.class_of(row) for row in range(3)] == ["dog", "", "cat"]
    assert COLUMNS.label.tolist() == [1, -1, 0]


def test_without_labels_every_image_has_the_label_minus_one():
    nothing = no_columns(3)
    assert nothing.label.tolist() == [-1, -1, -1]
    assert nothing.take([0]).label.tolist() == [-1]
    assert nothing.class_of(1) == ""
    assert nothing.values.shape == (3, 0)
