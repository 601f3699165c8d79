"""The input of a training: its settings and images, and who listens to it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import TRAINING, Dataset, Rows
from vae_explorer.progress import LeftError
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.training.devices import ONE, Devices
from vae_explorer.training.events import Control, Event, Warned


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """The settings and images of a training, the folder of its run, and what it computes on."""

    config: TrainingConfig
    dataset: Dataset
    splits: Bytes  # (N,), the split of each image, as `dataset.split` returns them
    folder: Path
    note: str
    log: str  # folder of the log for TensorBoard, absolute or relative to `folder`; "": no log
    devices: Devices = ONE

    @classmethod
    def of(cls, checkpoint: Checkpoint, dataset: Dataset, splits: Bytes, folder: Path, devices: Devices) -> "Task":
        """The task of a training that continues from a checkpoint."""
        return cls(checkpoint.config, dataset, splits, folder, checkpoint.note, checkpoint.log, devices)

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.images_of(TRAINING)) // self.config.batch_size)

    def images_of(self, split: int) -> Rows:
        return Rows(self.dataset.images, np.flatnonzero(self.splits == split))


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who listens to a training and makes requests to it."""

    on_event: Callable[[Event], None]
    control: Control

    def warn(self, text: str) -> None:
        """Report a sentence on a fault that does not end the training."""
        self.on_event(Warned(text, ended=False))

    def leave_if_asked(self, has_learned: bool) -> None:
        """Raises LeftError if the training is to be discarded, or stopped before there is anything to keep."""
        request = self.control.request
        if request == "discard" or (request == "stop" and not has_learned):
            raise LeftError
