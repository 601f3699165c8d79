"""The segments of a run: it is trained in one go, and each Train further adds another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vae_explorer.run.config import TrainingConfig

if TYPE_CHECKING:
    from vae_explorer.run.history import EpochRecord


@dataclass(frozen=True, slots=True)
class Segment:
    """Epochs that were trained in one go, with one optimizer and under one schedule of its learning rate."""

    first_epoch: int  # from 1
    epochs: int  # whole ones that were trained
    steps: int  # of the optimizer, with those of an epoch that was broken off
    learning_rate: float  # at the start
    schedule: str
    optimizer: str
    beta: float
    seed: int
    began: str  # ISO 8601; "": not known, of a run from before there were segments
    ended: str


def segment(config: TrainingConfig, first_epoch: int, epochs: int, steps: int, began: str, ended: str) -> Segment:
    """What is kept of a segment that was trained by these settings."""
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
    """Segments from plain data. Raises what reading damaged data raises."""
    segments = tuple(Segment(**part) for part in content)
    for part in segments:
        if not all(isinstance(number, int) for number in (part.first_epoch, part.epochs, part.steps)):
            raise TypeError("the counts of a segment have to be whole numbers")
    return segments


def seams(segments: Sequence[Segment]) -> tuple[int, ...]:
    """The epochs after which a run was trained further."""
    return tuple(part.first_epoch - 1 for part in segments[1:] if part.first_epoch > 1)


def first_comparable(config: TrainingConfig, segments: Sequence[Segment]) -> int:
    """How many epochs cannot be the best: those in which beta rose, and those of segments before the last.

    Their weights are not at hand any more when a run is trained further, so that they could not be restored.
    """
    return max(config.kl_warmup, segments[-1].first_epoch - 1 if segments else 0)


def best_epoch(history: "Sequence[EpochRecord]", first: int) -> "EpochRecord | None":
    """The epoch of least validation loss, reconstruction + beta KL, among those after the first so many."""
    return min(history[first:], key=lambda record: record.val_loss, default=None)
