"""exploring/alignment.py: known rotations and reflections between maps are found."""

import numpy as np
import pytest

from vae_explorer.exploring.alignment import aligning_rotations, rotation_between


def orthogonal(dimensions: int, seed: int, reflected: bool) -> np.ndarray:
    """A random rotation, or a reflection."""
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(dimensions, dimensions)))
    if (np.linalg.det(turn) < 0) != reflected:
        turn[:, 0] = -turn[:, 0]
    return turn.astype(np.float32)


def cloud(dimensions: int) -> np.ndarray:
    """Codes around a point that is not the origin, with another spread in each dimension."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(200, dimensions)) * (1 + np.arange(dimensions)) + 0.5).astype(np.float32)


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 3, 16])
def test_a_known_rotation_is_found(dimensions: int, reflected: bool) -> None:
    turn, codes = orthogonal(dimensions, 1, reflected), cloud(dimensions)
    found = rotation_between(codes, codes @ turn)
    np.testing.assert_allclose(found, turn, atol=1e-5)
    assert np.sign(np.linalg.det(found)) == (-1 if reflected else 1)


def test_nothing_is_scaled_or_moved() -> None:
    codes = cloud(2)
    np.testing.assert_allclose(rotation_between(codes, 3 * codes), np.eye(2), atol=1e-6)
    found = rotation_between(codes, codes @ orthogonal(2, 1, True) + [1, 0])
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-6)


def test_without_codes_nothing_is_rotated() -> None:
    np.testing.assert_array_equal(
        rotation_between(np.empty((0, 3), np.float32), np.empty((0, 3), np.float32)), np.eye(3)
    )


def test_a_map_that_flips_between_epochs_is_aligned_with_the_last() -> None:
    last = cloud(2)
    epochs = [last @ orthogonal(2, 1, True), last @ orthogonal(2, 2, False), last @ orthogonal(2, 3, True), last]
    rotations = aligning_rotations(epochs)
    np.testing.assert_array_equal(rotations[-1], np.eye(2))
    for codes, rotation in zip(epochs, rotations, strict=True):
        np.testing.assert_allclose(codes @ rotation, last, atol=1e-4)
