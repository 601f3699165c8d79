"""The callback by which Keras's fit calls `Epochs`."""

from typing import Any

from vae_explorer.training.epochs import Epochs


def epochs_callback(epochs: Epochs) -> Any:
    """A Keras callback that calls `epochs` after steps and epochs, and ends fit when `epochs` returns True."""
    import keras
    import numpy as np

    class EpochsCallback(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            epochs.begin()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            losses = [np.atleast_1d(logs[name]) for name in ("loss", "reconstruction_loss", "kl_loss")]
            if epochs.end_steps(np.stack(losses, axis=1)):
                self.model.stop_training = True

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            # Keras validates even after stop_training, and resets stop_evaluating when a validation starts.
            if epochs.end_validation_batch():
                self.model.stop_training = self.model.stop_evaluating = True

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epochs.end(logs, float(self.model.optimizer.learning_rate)):
                self.model.stop_training = True

    return EpochsCallback()
