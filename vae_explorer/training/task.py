"""What a training is given: what to train on which images, and who watches it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import TRAINING, Dataset, Rows
from vae_explorer.progress import LeftError
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.training.events import Control, Event, Warned


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be trained, on which images, and where the run is written."""

    config: TrainingConfig
    dataset: Dataset
    splits: Bytes  # (N,), of each image, as `dataset.split` returns them
    folder: Path
    note: str
    log: str  # folder of the log for TensorBoard, in that of the run or absolute; "": none is asked for

    @classmethod
    def of(cls, checkpoint: Checkpoint, dataset: Dataset, splits: Bytes, folder: Path) -> "Task":
        """That of a training which goes on from a checkpoint."""
        return cls(checkpoint.config, dataset, splits, folder, checkpoint.note, checkpoint.log)

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
        """Of something that does not end the training."""
        self.on_event(Warned(text, ended=False))

    def leave_if_asked(self, has_learned: bool) -> None:
        """Raises LeftError if the training is to be discarded, or stopped before there is anything to keep."""
        request = self.control.request
        if request == "discard" or (request == "stop" and not has_learned):
            raise LeftError
