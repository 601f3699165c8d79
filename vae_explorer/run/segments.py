"""The segments of a run: its first training is one, and each time it is trained further adds another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vae_explorer.run.config import TrainingConfig

if TYPE_CHECKING:
    from vae_explorer.run.history import EpochRecord


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive epochs that were trained with one optimizer and one schedule of the learning rate."""

    first_epoch: int  # from 1
    epochs: int  # number of whole epochs that were trained
    steps: int  # of the optimizer, including those of an interrupted epoch
    learning_rate: float  # at the start
    schedule: str
    optimizer: str
    beta: float
    seed: int
    began: str  # ISO 8601; "": unknown, in runs older than segments
    ended: str


def segment(config: TrainingConfig, first_epoch: int, epochs: int, steps: int, began: str, ended: str) -> Segment:
    """The record of a segment that was trained with these settings."""
    return Segment(
        first_epoch=first_epoch,
        epochs=epochs,
        steps=steps,
        learning_rate=config.learning_rate,
        schedule=config.schedule,
        optimizer=config.optimizer,
        beta=config.beta,
        seed=config.seed,
        began=began,
        ended=ended,
    )


def parse_segments(content: Sequence[dict[str, Any]]) -> tuple[Segment, ...]:
    """Segments from plain data. Raises TypeError if the data are damaged."""
    segments = tuple(Segment(**record) for record in content)
    for segment in segments:
        if not all(isinstance(number, int) for number in (segment.first_epoch, segment.epochs, segment.steps)):
            raise TypeError("the counts of a segment have to be whole numbers")
    return segments


def seams(segments: Sequence[Segment]) -> tuple[int, ...]:
    """The epochs after which a run was trained further."""
    return tuple(segment.first_epoch - 1 for segment in segments[1:] if segment.first_epoch > 1)


def first_comparable(config: TrainingConfig, segments: Sequence[Segment]) -> int:
    """The number of epochs that cannot be the best: those in which beta rose, and those before the last segment.

    The weights of earlier segments are no longer available, so they could not be restored.
    """
    return max(config.kl_warmup, segments[-1].first_epoch - 1 if segments else 0)


def best_epoch(history: "Sequence[EpochRecord]", first: int) -> "EpochRecord | None":
    """The epoch with the least validation loss, reconstruction + beta KL, without the first `first` epochs."""
    return min(history[first:], key=lambda record: record.val_loss, default=None)
