"""The progress of a training: its steps and epochs, with those of earlier segments."""

from datetime import datetime

from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.segments import Segment, best_epoch, first_comparable, seams, segment


class Course:
    """The progress of a training. Only `step` and `history` change; everything else is computed from them."""

    def __init__(self, config: TrainingConfig, steps_per_epoch: int, checkpoint: Checkpoint | None) -> None:
        """checkpoint: where the training continues; None: the training is new."""
        self.config, self.steps_per_epoch = config, steps_per_epoch
        self.history = checkpoint.history if checkpoint else ()
        self.earlier_segments = checkpoint.segments if checkpoint else ()
        self.began = checkpoint.began if checkpoint else _now()  # start of this segment, ISO 8601
        self._first_epoch = sum(earlier.epochs for earlier in self.earlier_segments)
        self.start = self._first_epoch * steps_per_epoch  # step at which this segment began
        self.step = len(self.history) * steps_per_epoch  # number of the last step, counted from 1 over all epochs

    @property
    def epoch(self) -> int:
        """The number of the epoch in progress, counted from 1."""
        return len(self.history) + 1

    @property
    def steps_left(self) -> int:
        return self.config.epochs * self.steps_per_epoch - self.step

    @property
    def has_learned(self) -> bool:
        """Whether this segment has done a step."""
        return self.step > self.start

    @property
    def has_all_epochs(self) -> bool:
        return len(self.history) >= self.config.epochs

    @property
    def is_out_of_patience(self) -> bool:
        best, patience = self.best, self.config.patience
        return best is not None and patience is not None and len(self.history) - best.epoch >= patience

    @property
    def best(self) -> EpochRecord | None:
        """The best epoch by val_loss; None while beta still rises."""
        return best_epoch(self.history, self.first_comparable)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments, the last of which ends now."""
        epochs, steps = len(self.history) - self._first_epoch, self.step - self.start
        now = segment(self.config, self._first_epoch + 1, epochs, steps, self.began, _now())
        return (*self.earlier_segments, now)

    @property
    def first_comparable(self) -> int:
        """How many epochs at the beginning cannot be the best."""
        return first_comparable(self.config, self.segments)

    @property
    def seams(self) -> tuple[int, ...]:
        """The epochs after which the run was trained further."""
        return seams(self.segments)

    def end_epoch(self, record: EpochRecord) -> None:
        self.history = (*self.history, record)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
