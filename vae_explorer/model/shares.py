"""The VAE and its batches where several devices train together: each takes its share of every batch.

All devices together do what one does: the same batches, random draws, losses and gradients, up to rounding.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from vae_explorer.array_types import Tensor
from vae_explorer.data.dataset import Rows
from vae_explorer.model.batches import evaluation_order, gathering, training_order
from vae_explorer.model.vae import VAE
from vae_explorer.run.config import TrainingConfig


class SharedVAE(VAE):
    """A VAE that is built in the scope of a strategy of TensorFlow, and trained by all devices of the strategy.

    Takes elements (step, images, first, whole): one device's share of a batch, as `shared_training_batches` yields
    them. With each step the chief's word goes to all devices: a number, so that all hosts can act on it after the
    same step.
    """

    train_function: Any  # of Keras: does one step with the next element of an iterator, and returns its logs
    test_function: Any

    def __init__(self, strategy: Any, *args: Any, **settings: Any) -> None:
        with strategy.scope():
            super().__init__(*args, **settings)
        with tf.device("CPU"):
            self._said = tf.Variable(0.0, trainable=False)  # of this host alone
        self._devices = strategy.num_replicas_in_sync
        self._devices_here = len(strategy.extended.worker_devices)
        self.heard = 0  # the chief's word in the last step

    def say(self, word: int) -> None:
        """Send a word with the steps to come. Only the chief may send another than 0."""
        self._said.assign(word)

    def train_step(self, data: Any) -> Any:
        step, images, first, whole = data
        count = tf.cast(whole, tf.float32)
        with tf.GradientTape() as tape:
            reconstruction, kl = self.losses_of(images, step, training=True, first=first)
            beta = self.beta_at(step)
            loss = tf.reduce_sum(reconstruction + beta * kl) / count
        gradients = tape.gradient(loss, self.trainable_weights)
        if self.optimizer.global_clipnorm is not None:  # Keras would clip the gradients of each device by themselves
            whole = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, gradients)
            clipped, _ = tf.clip_by_global_norm(whole, self.optimizer.global_clipnorm)
            gradients = [gradient / self._devices for gradient in clipped]
        # Keras adds the gradients of all devices.
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self._track(reconstruction, kl, beta)
        return self._told(reconstruction, kl, beta, count)

    def test_step(self, data: Any) -> Any:
        step, images, first, whole = data
        reconstruction, kl = self.losses_of(images, step, training=False, first=first)
        self._track(reconstruction, kl, self.beta)
        return self._told(reconstruction, kl, self.beta, tf.cast(whole, tf.float32))

    def make_train_function(self, force: bool = False) -> None:
        if self.train_function is None or force:
            super().make_train_function(force)
            self.train_function = self._listening(self.train_function)

    def make_test_function(self, force: bool = False) -> None:
        if self.test_function is None or force:
            super().make_test_function(force)
            self.test_function = self._listening(self.test_function)

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Everything is built already. Keras would build it with the mean of a batch, and several hosts have none."""

    def _told(self, reconstruction: Tensor, kl: Tensor, beta: Tensor, count: Tensor) -> Tensor:
        """(1, 4): this device's part of loss, reconstruction loss, KL and word. Keras takes the mean of all devices."""
        sums = [tf.reduce_sum(values) / count for values in (reconstruction + beta * kl, reconstruction, kl)]
        return self._devices * tf.stack([*sums, self._said / self._devices_here])[None]

    def _listening(self, function: Callable[[Any], Tensor]) -> Callable[[Any], dict[str, np.float32]]:
        """A function that makes the values of `function` Keras's logs, and keeps the word."""

        def call(iterator: Any) -> dict[str, np.float32]:
            *losses, word = np.ravel(function(iterator))
            self.heard = round(float(word))
            return dict(zip((tracker.name for tracker in self.trackers), losses, strict=True))

        return call


def shared_training_batches(
    strategy: Any, images: np.ndarray | Rows, config: TrainingConfig, first_epoch: int = 0
) -> Any:
    """The batches of `training_batches`, shared out to the strategy's devices.

    An element is (step, images, first, whole): () int64, (share, H, W, C) uint8, () int32 the row of the batch at
    which the share begins, () int32 how many images the batch has. Shares differ by one image at most; a share of a
    batch with fewer images than there are devices may be empty.
    """
    return _shared(strategy, images, training_order(len(images), config, first_epoch))


def shared_evaluation_batches(strategy: Any, images: np.ndarray | Rows, batch_size: int) -> Any:
    """The batches of `evaluation_batches`, shared out like those of `shared_training_batches`."""
    return _shared(strategy, images, evaluation_order(len(images), batch_size))


def _shared(strategy: Any, images: np.ndarray | Rows, order: tf.data.Dataset) -> Any:
    gathered, shares = gathering(images), strategy.num_replicas_in_sync

    def dataset_of(context: tf.distribute.InputContext) -> tf.data.Dataset:
        """The shares of one host, for one device after the other."""
        here = shares // context.num_input_pipelines
        numbers = tf.range(here * context.input_pipeline_id, here * (context.input_pipeline_id + 1))

        def shares_of(step: Tensor, indices: Tensor) -> tf.data.Dataset:
            return tf.data.Dataset.from_tensor_slices(numbers).map(lambda number: share_of(step, indices, number))

        def share_of(step: Tensor, indices: Tensor, number: Tensor) -> tuple[Tensor, ...]:
            whole = tf.size(indices)
            first, end = number * whole // shares, (number + 1) * whole // shares
            return step, indices[first:end], first, whole

        read = order.flat_map(shares_of).map(
            lambda step, indices, first, whole: (step, gathered(indices), first, whole),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        # Without an end no step has to ask all hosts whether there is another.
        return read.repeat().prefetch(2 * here)

    return strategy.distribute_datasets_from_function(dataset_of)
