"""Selecting images: by distance, class, figures and name."""

import numpy as np
import pytest

from vae_explorer.data.columns import Columns
from vae_explorer.data.names import pack_names
from vae_explorer.errors import UserError
from vae_explorer.exploring.selection import distances_to_nearest, largest, nearest_to, of_class, row_of

CODES = np.array([[0, 0], [3, 0], [0, 1], [9, 9]], np.float32)
ALL = np.ones(4, bool)
INDEX = np.array([10, 11, 12, 1300])


def test_the_nearest_come_first_with_their_distances():
    rows, distances = nearest_to(CODES, np.array([3, 1], np.float32), 3, ALL)
    assert rows.tolist() == [1, 2, 0]
    np.testing.assert_allclose(distances, [1, 3, 10**0.5], rtol=1e-6)


def test_only_some_can_be_selected():
    among = np.array([True, False, True, False])
    assert nearest_to(CODES, np.array([3, 1], np.float32), 9, among)[0].tolist() == [2, 0]
    assert largest(np.array([1.0, 9.0, 2.0, np.nan]), 9, among).tolist() == [2, 0]


def test_figures_that_are_not_known_are_not_selected():
    assert largest(np.array([1.0, np.nan, 2.0, 0.5]), 3, ALL).tolist() == [2, 0, 3]


@pytest.mark.parametrize("dimensions", [2, 8, 9, 30])
def test_each_code_has_the_distance_to_the_nearest_other(dimensions: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vae_explorer.exploring.selection.COMPARED", 1000)  # several blocks
    codes = np.random.default_rng(0).standard_normal((200, dimensions)).astype(np.float32)
    codes[7] = codes[3]  # two images with the same code
    apart = np.linalg.norm(codes[:, None].astype(float) - codes, axis=2)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(distances_to_nearest(codes), apart.min(axis=1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1])
def test_without_another_code_there_is_no_distance(count: int):
    assert np.isnan(distances_to_nearest(np.zeros((count, 2), np.float32))).all()


def test_a_class_is_given_by_name_or_number():
    columns = Columns(np.array([0, 1, -1, 1], np.int32), ("cat", "3"), np.empty((4, 0), np.float32))
    assert of_class(columns, "cat").tolist() == of_class(columns, "0").tolist() == [True, False, False, False]
    assert of_class(columns, "3").tolist() == of_class(columns, "1").tolist() == [False, True, False, True]
    with pytest.raises(UserError, match="no class 'dog': choose cat, 3"):
        of_class(columns, "dog")
    with pytest.raises(UserError, match="have no classes"):
        of_class(Columns(None, (), np.empty((4, 0), np.float32)), "cat")


def test_an_image_is_found_by_its_path_the_end_of_it_or_its_number():
    names = pack_names(["a/one.png", "b/one.png", "b/two.v2.png", "11"])
    assert row_of(names, INDEX, "a/one.png") == 0
    assert row_of(names, INDEX, "b\\one") == 1
    assert row_of(names, INDEX, "two.v2") == row_of(names, INDEX, "two.v2.png") == 2
    assert row_of(names, INDEX, "11") == 3  # the name before the number
    assert row_of(names, INDEX, "image 11") == 1
    assert row_of(names, INDEX, "wo.v2.png") is None
    with pytest.raises(UserError, match=r"2 images are named one\.png, such as a/one\.png and b/one\.png"):
        row_of(names, INDEX, "one.png")


def test_images_that_are_no_files_are_found_by_number_alone():
    assert row_of(None, INDEX, "12") == row_of(None, INDEX, "image 12") == 2
    assert row_of(None, INDEX, "image 1,300") == 3
    assert [row_of(None, INDEX, text) for text in ("1,300", "1,2", "99", "", "one")] == [None] * 5
