"""How far a training has come: its steps and epochs, with those of the segments before."""

from datetime import datetime

from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.segments import Segment, best_epoch, first_comparable, seams, segment


class Course:
    """How far a training has come. `step` and `history` grow with it; all else follows from them."""

    def __init__(self, config: TrainingConfig, steps_per_epoch: int, checkpoint: Checkpoint | None) -> None:
        """checkpoint: from which the training goes on; None: it is a new one."""
        self.config, self.steps_per_epoch = config, steps_per_epoch
        self.history = checkpoint.history if checkpoint else ()
        self.earlier_segments = checkpoint.segments if checkpoint else ()
        self.began = checkpoint.began if checkpoint else _now()  # this segment, ISO 8601
        self._first_epoch = sum(part.epochs for part in self.earlier_segments)
        self.start = self._first_epoch * steps_per_epoch  # step at which this segment began
        self.step = len(self.history) * steps_per_epoch  # the last one that was done, from 1 through all epochs

    @property
    def epoch(self) -> int:
        """The one in progress, from 1."""
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
        """All of them, with this one up to now."""
        epochs, steps = len(self.history) - self._first_epoch, self.step - self.start
        now = segment(self.config, self._first_epoch + 1, epochs, steps, self.began, _now())
        return (*self.earlier_segments, now)

    @property
    def first_comparable(self) -> int:
        """How many epochs at the beginning cannot be the best."""
        return first_comparable(self.config, self.segments)

    @property
    def seams(self) -> tuple[int, ...]:
        """The epochs after which it was trained further."""
        return seams(self.segments)

    def end_epoch(self, record: EpochRecord) -> None:
        self.history = (*self.history, record)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
