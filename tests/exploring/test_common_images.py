"""exploring/common_images.py: which images two runs both know."""

from dataclasses import replace

import numpy as np

from tests.exploring.compared_runs import of_other_data, with_pixels
from vae_explorer.exploring.common_images import common_images, kept_in_both
from vae_explorer.run.run import Run


def names_of(run: Run) -> list[str]:
    return [f"{index}.png" for index in run.codes.index.tolist()]


def test_runs_of_one_data_set_know_the_images_of_the_same_numbers(tiny_run: Run) -> None:
    reverse = np.arange(len(tiny_run.codes.index))[::-1]
    other = replace(tiny_run, codes=tiny_run.codes.take(reverse[5:]))
    found = common_images(tiny_run, other)
    assert len(found) == len(reverse) - 5
    np.testing.assert_array_equal(tiny_run.codes.index[found.rows_a], other.codes.index[found.rows_b])


def test_other_data_are_matched_by_file_names(tiny_run: Run) -> None:
    names = names_of(tiny_run)
    one, two = of_other_data(tiny_run, names, fingerprint="one"), of_other_data(tiny_run, ["new", *names[1:]])
    found = common_images(one, two)
    assert found.how == "of the same file names"
    np.testing.assert_array_equal(found.rows_a, np.arange(1, len(names)))
    np.testing.assert_array_equal(found.rows_b, found.rows_a)


def test_a_name_that_two_images_have_matches_nothing(tiny_run: Run) -> None:
    names = names_of(tiny_run)
    one, two = of_other_data(tiny_run, names, fingerprint="one"), of_other_data(tiny_run, [names[1], *names[1:]])
    assert 1 not in common_images(one, two).rows_a.tolist()


def test_other_images_of_the_same_names_are_not_matched(tiny_run: Run) -> None:
    names, noise = names_of(tiny_run), np.random.default_rng(0)
    two = of_other_data(tiny_run, names)
    two = with_pixels(two, noise.integers(0, 256, two.sample.images.shape, np.uint8))
    found = common_images(of_other_data(tiny_run, names, fingerprint="one"), two)
    assert len(found) == 0
    assert "other images" in found.why_none


def test_inverted_images_of_the_same_names_are_the_same(tiny_run: Run) -> None:
    names = names_of(tiny_run)
    two = with_pixels(of_other_data(tiny_run, names), 255 - tiny_run.sample.images)
    assert len(common_images(of_other_data(tiny_run, names, fingerprint="one"), two)) == len(names)


def test_without_names_images_are_matched_by_their_pixels(tiny_run: Run) -> None:
    found = common_images(tiny_run, of_other_data(tiny_run))
    assert len(found) == len(kept_in_both(tiny_run, tiny_run, common_images(tiny_run, tiny_run)))
    np.testing.assert_array_equal(found.rows_a, found.rows_b)


def test_a_run_without_codes_is_named(tiny_run: Run) -> None:
    empty = replace(tiny_run, codes=tiny_run.codes.take(slice(0)))
    assert common_images(tiny_run, empty).why_none == f"{tiny_run.info.name} has no codes of images."
