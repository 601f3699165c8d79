"""exploring/linking.py: codes, planes and images of one run in another."""

import math

import numpy as np
import pytest

from tests.exploring.compared_runs import of_other_data, with_codes
from vae_explorer.exploring.linking import Linked, decode_pair, link
from vae_explorer.run.run import Run

WHITE = (255, 255, 255)


def linked(a: Run, b: Run) -> Linked:
    return link(a, b, lambda _: None)


def test_a_reflected_map_is_drawn_as_the_other_one(tiny_run: Run) -> None:
    reflected = with_codes(tiny_run, 2 * tiny_run.codes.z_mean[:, ::-1] + 1)
    found = linked(tiny_run, reflected)
    one, two = (subject.plane for subject in found.subjects)
    centred = two - two.mean(axis=0)
    np.testing.assert_allclose(centred, 2 * (one - one.mean(axis=0)), atol=1e-3)
    assert found.same_plane


def test_a_code_is_followed_there_and_back(tiny_run: Run, deep_run: Run) -> None:
    found = linked(tiny_run, deep_run)
    there = found.follow(0, tiny_run.codes.z_mean[5])
    assert there is not None
    assert there.shape == (4,)
    back = found.follow(1, there)
    np.testing.assert_allclose(back, tiny_run.codes.z_mean[5], atol=1e-4)


def test_the_plane_of_more_dimensions_is_orthonormal_and_lies_as_the_other(tiny_run: Run, deep_run: Run) -> None:
    found = linked(tiny_run, deep_run)
    directions = found.subjects[1].drawn_in.directions
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-5)
    assert found.alignment is not None
    step = found.alignment.to_b(np.array([[1, 0], [0, 0]], np.float32))
    along = directions @ (step[0] - step[1])
    np.testing.assert_allclose(along, [found.alignment.scale, 0], atol=1e-4)


def test_partners_are_the_same_images(tiny_run: Run, deep_run: Run) -> None:
    found = linked(tiny_run, deep_run)
    known = np.flatnonzero(found.partners[0] >= 0)
    assert 0 < len(known) < len(tiny_run.codes.index)  # the other one was trained on fewer images
    np.testing.assert_array_equal(tiny_run.codes.index[known], deep_run.codes.index[found.partners[0][known]])
    np.testing.assert_array_equal(found.partners[1][found.partners[0][known]], known)


def test_runs_without_common_images_are_not_linked(tiny_run: Run) -> None:
    other = of_other_data(tiny_run, ["a"] * len(tiny_run.codes.index), fingerprint="other")
    found = linked(with_codes(of_other_data(tiny_run, fingerprint="one"), tiny_run.codes.z_mean), other)
    assert (found.partners[0] >= 0).sum() <= len(tiny_run.sample.images)


def test_a_map_of_one_dimension_keeps_its_own_axes(tiny_run: Run, thin_run: Run) -> None:
    found = linked(tiny_run, thin_run)
    assert not found.same_plane


@pytest.mark.parametrize("same", [True, False])
def test_both_decode_and_the_difference_is_drawn(tiny_run: Run, deep_run: Run, same: bool) -> None:
    found = linked(tiny_run, tiny_run if same else deep_run)
    codes = tuple(np.zeros(subject.z_mean.shape[1], np.float32) for subject in found.subjects)
    pair = decode_pair(found, codes, WHITE)
    assert pair.difference is not None
    assert pair.difference.shape == (28, 28, 3)
    assert (pair.rms == 0) is same
    assert bool((pair.difference == 255).all()) is same
    assert not math.isnan(pair.rms)
