"""model/batches.py: the order of the images."""

import numpy as np
import pytest

from vae_explorer.data.dataset import Rows
from vae_explorer.model import batches
from vae_explorer.model.batches import evaluation_batches, training_batches
from vae_explorer.run.config import TrainingConfig, training_config


def numbered(count: int) -> np.ndarray:
    """Images (count, 1, 1, 1) that carry their number."""
    return np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1)


def epochs_of(config: TrainingConfig, count: int) -> tuple[list[int], list[list[int]], list[int]]:
    """(steps, the image numbers of each epoch in their order, batch sizes)."""
    steps, sizes, order = [], [], []
    for step, images in training_batches(numbered(count), config).as_numpy_iterator():
        steps.append(int(step))
        sizes.append(len(images))
        order.extend(images.ravel().tolist())
    return steps, [order[i : i + count] for i in range(0, len(order), count)], sizes


def test_each_epoch_is_a_permutation_of_all_images():
    steps, epochs, sizes = epochs_of(training_config("dense", epochs=4, batch_size=16), 50)
    assert len(epochs) == 4
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert sizes == [16, 16, 16, 2] * 4
    assert steps == list(range(16))


@pytest.mark.parametrize("steps_per_call", [2, 3, 4, 100])
def test_several_steps_of_one_call_have_the_images_of_single_ones(steps_per_call: int):
    config = training_config("dense", epochs=2, batch_size=16)
    single = [images for _, images in training_batches(numbered(50), config).as_numpy_iterator()]
    called = list(training_batches(numbered(50), config, 0, steps_per_call).as_numpy_iterator())
    np.testing.assert_array_equal(np.concatenate([images for _, images in called]), np.concatenate(single))
    firsts = [*range(0, 4, steps_per_call)]
    assert [int(step) for step, _ in called] == [*firsts, *(4 + first for first in firsts)]


def test_no_two_epochs_have_the_same_order():
    _, epochs, _ = epochs_of(training_config("dense", epochs=4, batch_size=16), 50)
    assert len({tuple(epoch) for epoch in [*epochs, range(50)]}) == 5


def test_the_order_is_a_function_of_the_seed():
    def order(seed: int, epochs: int = 3) -> list[list[int]]:
        return epochs_of(training_config("dense", epochs=epochs, batch_size=16, seed=seed), 50)[1]

    assert order(1) == order(1)
    assert order(1)[:2] == order(1, epochs=2)
    assert not any(a == b for a, b in zip(order(1), order(2), strict=True))


def test_evaluation_goes_through_the_images_in_order_with_negative_steps():
    batches = list(evaluation_batches(numbered(10), 4).as_numpy_iterator())
    assert [int(step) for step, _ in batches] == [-1, -2, -3]
    np.testing.assert_array_equal(np.concatenate([images for _, images in batches]), numbered(10))


def test_a_set_that_is_too_large_to_be_copied_gives_the_same_batches(monkeypatch: pytest.MonkeyPatch):
    rows = Rows(numbered(60), np.arange(5, 55))

    def all_batches() -> list[np.ndarray]:
        pairs = training_batches(rows, training_config("dense", epochs=2, batch_size=16)).as_numpy_iterator()
        return [images for _, images in pairs]

    copied = all_batches()
    monkeypatch.setattr(batches, "IN_MEMORY", 0)
    for left, right in zip(copied, all_batches(), strict=True):
        np.testing.assert_array_equal(left, right)
