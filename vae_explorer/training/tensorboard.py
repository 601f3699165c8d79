"""Writes the losses as a log for TensorBoard, with Keras's own callback."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.run.places import TENSORBOARD


def check_tensorboard() -> None:
    """Raises UserError where TensorBoard is not installed: TensorFlow comes without it, and cannot write its log."""
    if find_spec("tensorboard") is None:
        raise UserError("TensorBoard is not installed, so its log cannot be written: pip install tensorboard.")


def log_place(tensorboard: bool | Path, folder: Path) -> str:
    """The folder of the log of a run in `folder`, absolute or relative to it; "" if `tensorboard` is False.

    tensorboard: True: in the run's folder; a folder: in a subfolder with the run's name, so that several runs can be
    compared. Raises UserError if TensorBoard is not installed.
    """
    if tensorboard is False:
        return ""
    check_tensorboard()
    return TENSORBOARD if tensorboard is True else str(tensorboard.expanduser().absolute() / folder.name)


def epoch_log(folder: Path, is_whole: Callable[[], bool], warned: Callable[[str], None]) -> Any:
    """A Keras callback that writes losses (nats per image) and learning rate of each whole epoch.

    They go to folder/train and folder/validation, and reach the disk before the epoch's checkpoint does, so that a
    training that is resumed leaves none out; an epoch that it repeats is logged again with the same values.
    is_whole: whether the epoch that ends was not broken off. warned: called with one sentence if the log can no longer
    be written; the training continues.
    """
    import keras
    import tensorflow as tf

    class EpochLog(keras.callbacks.TensorBoard):  # type: ignore[misc]
        failed = False

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            """Batches are not logged."""

        def on_test_begin(self, logs: Any = None) -> None:
            """Batches of validation are not logged."""

        def on_test_end(self, logs: Any = None) -> None:
            """The figures of validation come with those of the epoch."""

        def on_train_begin(self, logs: Any = None) -> None:
            self._attempt(lambda: super(EpochLog, self).on_train_begin(logs))

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if is_whole():
                self._attempt(lambda: super(EpochLog, self).on_epoch_end(epoch, logs))
                self._attempt(lambda: [writer.flush() for writer in (self._train_writer, self._val_writer)])

        def on_train_end(self, logs: Any = None) -> None:
            self._attempt(lambda: super(EpochLog, self).on_train_end(logs))

        def _attempt(self, write: Callable[[], object]) -> None:
            if self.failed:
                return
            try:
                write()
            except (tf.errors.OpError, OSError) as error:
                self.failed = True
                said = str(getattr(error, "message", error)).rpartition("}} ")[2].splitlines()[0]
                warned(f"The log for TensorBoard in {folder} can no longer be written: {said}. The training continues.")

    return EpochLog(log_dir=str(folder), write_graph=False)
