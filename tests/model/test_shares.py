"""model/shares.py: how batches are shared out. `training/test_devices.py` and `test_cluster.py` train with them."""

import numpy as np
import pytest
import tensorflow as tf

from vae_explorer.model import batches
from vae_explorer.model.batches import evaluation_batches, training_batches
from vae_explorer.model.shares import shared_evaluation_batches, shared_training_batches
from vae_explorer.run.config import training_config

HOSTS, DEVICES = 3, 2  # of each host
IMAGES = np.arange(205, dtype=np.uint8).reshape(205, 1, 1, 1)  # they carry their number


class Strategy:
    """Stands for the strategies of all hosts: it makes the data set of each of them."""

    num_replicas_in_sync = HOSTS * DEVICES

    def distribute_datasets_from_function(self, made):
        contexts = (tf.distribute.InputContext(HOSTS, host, HOSTS * DEVICES) for host in range(HOSTS))
        return [made(context) for context in contexts]


def batches_of(hosts: list[tf.data.Dataset], steps: int) -> list[tuple[int, np.ndarray]]:
    """(step, images) of each step, put together from the shares; checks that they are of about one size."""
    elements = [list(host.take(steps * DEVICES).as_numpy_iterator()) for host in hosts]
    found = []
    for number in range(steps):
        shares = [one for host in elements for one in host[number * DEVICES : (number + 1) * DEVICES]]
        step, _, _, whole = shares[0]
        counts = [len(images) for _, images, _, _ in shares]
        assert max(counts) - min(counts) <= 1
        assert [first for _, _, first, _ in shares] == np.cumsum([0, *counts[:-1]]).tolist()
        assert all((share[0], share[3]) == (step, whole) for share in shares)
        assert sum(counts) == whole
        found.append((int(step), np.concatenate([images for _, images, _, _ in shares])))
    return found


@pytest.mark.parametrize("in_memory", [2**30, 0])
def test_the_shares_of_all_devices_are_the_batches_of_one(in_memory: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "IN_MEMORY", in_memory)
    config = training_config("dense", epochs=2, batch_size=67)  # the last batch has 4 images, fewer than devices
    expected = list(training_batches(IMAGES, config, first_epoch=1).as_numpy_iterator())
    found = batches_of(shared_training_batches(Strategy(), IMAGES, config, first_epoch=1), steps=4)
    for (step, images), (own_step, own_images) in zip(found, expected, strict=True):
        assert step == own_step
        np.testing.assert_array_equal(images, own_images)


def test_an_evaluation_is_shared_out_likewise_and_begins_anew():
    expected = list(evaluation_batches(IMAGES, 100).as_numpy_iterator())
    found = batches_of(shared_evaluation_batches(Strategy(), IMAGES, 100), steps=6)
    for (step, images), (own_step, own_images) in zip(found, expected * 2, strict=True):
        assert step == own_step
        np.testing.assert_array_equal(images, own_images)
