"""exploring/clusters.py: clusters of latent codes."""

import sys

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exploring.clusters import FITTED, MISSING, find_clusters


def heaps(*sizes: int) -> tuple[np.ndarray, np.ndarray]:
    """Shuffled codes in heaps far apart, and the heap of each."""
    random = np.random.default_rng(1)
    heap = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    centres = np.array([(0, 0), (6, 0), (0, 6), (6, 6), (12, 3)])[: len(sizes)]
    return (centres[heap] + random.normal(0, 0.4, (len(heap), 2))).astype(np.float32), heap


def test_the_number_of_heaps_is_found_and_the_largest_is_first():
    codes, heap = heaps(30, 200, 90, 60)
    np.testing.assert_array_equal(find_clusters(codes), np.array([3, 0, 1, 2])[heap])


def test_the_given_number_of_clusters_is_found_the_same_each_time():
    codes, _ = heaps(300, 300)
    found = find_clusters(codes, 7)
    assert set(found) == set(range(7))
    assert (np.diff(np.bincount(found)) <= 0).all()
    np.testing.assert_array_equal(found, find_clusters(codes, 7))


def test_codes_that_the_centres_are_not_fitted_to_are_assigned_too():
    codes, heap = heaps(FITTED, FITTED // 2)
    np.testing.assert_array_equal(find_clusters(codes, 2), heap)


def test_codes_that_are_not_finite_have_no_cluster():
    codes, _ = heaps(50, 50)
    codes[3, 0], codes[8, 1] = np.nan, np.inf
    found = find_clusters(codes, 2)
    assert set(np.flatnonzero(found < 0)) == {3, 8}


@pytest.mark.parametrize("codes", [np.zeros((0, 2)), np.ones((40, 2)), np.eye(2)[[0, 1, 0]]])
def test_codes_without_clusters_are_one_cluster(codes: np.ndarray):
    assert not find_clusters(codes.astype(np.float32)).any()


def test_fewer_different_codes_than_clusters():
    codes = np.eye(3, dtype=np.float32)[np.arange(30) % 3]
    assert set(find_clusters(codes, 9)) == {0, 1, 2}
    assert set(find_clusters(codes)) <= {0, 1, 2}


@pytest.mark.parametrize("count", [1, 21])
def test_a_number_out_of_range_is_refused(count: int):
    with pytest.raises(UserError, match="2 to 20 clusters"):
        find_clusters(heaps(5, 5)[0], count)


def test_without_scikit_learn_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UserError) as refused:
        find_clusters(heaps(5, 5)[0])
    assert str(refused.value) == MISSING
