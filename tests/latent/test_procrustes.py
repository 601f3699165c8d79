"""latent/procrustes.py: known rotations, reflections, translations and scales are undone."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.latent.procrustes import align


def orthogonal(dimensions: int, reflected: bool) -> np.ndarray:
    """A random rotation, or a reflection."""
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(dimensions, dimensions)))
    if (np.linalg.det(turn) < 0) != reflected:
        turn[:, 0] = -turn[:, 0]
    return turn


def cloud(dimensions: int) -> np.ndarray:
    """Codes with another spread in each dimension."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(200, dimensions)) * (1 + np.arange(dimensions)) + 0.5).astype(np.float32)


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 3, 16])
def test_a_known_similarity_is_undone(dimensions: int, reflected: bool) -> None:
    codes, turn = cloud(dimensions), orthogonal(dimensions, reflected)
    others = (3 - 0.4 * codes @ turn).astype(np.float32)
    found = align(codes, others)
    np.testing.assert_allclose(found.to_b(codes), others, atol=1e-4)
    np.testing.assert_allclose(found.to_a(others), codes, atol=1e-4)
    np.testing.assert_allclose(found.turn, -turn, atol=1e-5)
    assert found.scale == pytest.approx(0.4, rel=1e-5)
    assert found.correlation == pytest.approx(1)


def test_the_shorter_codes_are_padded_with_zeros() -> None:
    short = cloud(2)
    long = np.concatenate([short, np.zeros((200, 3), np.float32)], axis=1) @ orthogonal(5, True).astype(np.float32)
    there = align(short, long)
    np.testing.assert_allclose(there.to_b(short), long, atol=1e-4)
    np.testing.assert_allclose(there.to_a(there.to_b(short)), short, atol=1e-4)
    np.testing.assert_allclose(align(long, short).to_b(long), short, atol=1e-4)


def test_back_is_the_inverse_of_there_where_codes_agree_little() -> None:
    codes = cloud(3)
    others = np.random.default_rng(2).normal(size=(200, 3)).astype(np.float32)
    there, back = align(codes, others), align(others, codes)
    np.testing.assert_allclose(back.to_b(others), there.to_a(others), atol=1e-4)
    assert there.scale == pytest.approx(1 / back.scale)
    assert 0 < there.correlation < 0.5


def test_codes_that_are_all_the_same_are_moved_only() -> None:
    one = np.ones((9, 2), np.float32)
    found = align(one, 5 * one)
    assert (found.scale, found.correlation) == (1, 0)
    np.testing.assert_allclose(found.to_b(one), 5 * one)


def test_too_few_images_are_refused() -> None:
    with pytest.raises(UserError, match="more than 3 images, not 3"):
        align(cloud(2)[:3], cloud(3)[:3])
