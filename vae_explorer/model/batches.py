"""The images of an epoch, batch by batch, in an order that depends on the seed and the epoch alone."""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from vae_explorer.array_types import Tensor
from vae_explorer.data.dataset import Rows
from vae_explorer.run.config import TrainingConfig

IN_MEMORY = 2**30  # bytes of images that are copied into a tensor; more are read from the array batch by batch


def training_batches(
    images: np.ndarray | Rows, config: TrainingConfig, first_epoch: int = 0, steps_per_call: int = 1
) -> tf.data.Dataset:
    """(step, images) of the epochs from `first_epoch` (counted from 0) to the last; the order depends on (seed, epoch).

    step: () int64, counted from 0 over all epochs; images: (N, H, W, C) uint8, the batches of `steps_per_call` steps
    one after the other, fewer at the end of an epoch. They are gathered when they are needed, so that a data set may be
    larger than memory.
    """
    gathered = gathering(images)
    order = training_order(len(images), config, first_epoch, steps_per_call)
    return order.map(lambda step, indices: (step, gathered(indices))).prefetch(2)


def training_order(
    count: int, config: TrainingConfig, first_epoch: int = 0, steps_per_call: int = 1
) -> tf.data.Dataset:
    """(step, indices) of the batches that `training_batches` gathers from `count` images; indices: (N,) int32."""
    size = config.batch_size
    steps = -(-count // size)

    def one_epoch(epoch: Tensor) -> tf.data.Dataset:
        order = tf.random.experimental.stateless_shuffle(tf.range(count), seed=[config.seed, epoch])
        calls = tf.data.Dataset.from_tensor_slices(order).batch(size * steps_per_call)
        return calls.enumerate().map(lambda call, indices: (epoch * steps + call * steps_per_call, indices))

    return tf.data.Dataset.range(first_epoch, config.epochs).flat_map(one_epoch)


def evaluation_batches(images: np.ndarray | Rows, batch_size: int) -> tf.data.Dataset:
    """(step, images) of all images once, in order: step () int64 counts -1, -2, ...; images (batch, H, W, C) uint8.

    Negative steps give evaluation random draws that differ from those of training.
    """
    gathered = gathering(images)
    order = evaluation_order(len(images), batch_size)
    return order.map(lambda step, indices: (step, gathered(indices))).prefetch(2)


def evaluation_order(count: int, batch_size: int) -> tf.data.Dataset:
    """(step, indices) of the batches that `evaluation_batches` gathers from `count` images."""
    batches = tf.data.Dataset.range(count).batch(batch_size)
    return batches.enumerate().map(lambda step, indices: (-1 - step, indices))


def gathering(images: np.ndarray | Rows) -> Callable[[Tensor], Tensor]:
    """A pipeline function that reads the images of given indices: (batch,) -> (batch, H, W, C) uint8.

    A pipeline that calls Python needs its lock for each batch, which the window and the training need, too. So only
    sets that are too large to be copied are read in this way.
    """
    if math.prod(images.shape) <= IN_MEMORY:
        with tf.device("CPU"):
            copied = tf.constant(images[:])
        return lambda indices: tf.gather(copied, indices)

    def gathered(indices: Tensor) -> Tensor:
        batch = tf.numpy_function(lambda rows: images[rows], [indices], tf.uint8, stateful=False)
        return tf.ensure_shape(batch, [None, *images.shape[1:]])

    return gathered
