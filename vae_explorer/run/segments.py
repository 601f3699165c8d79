"""The segments of a run: its first training is one, and each Train further adds another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vae_explorer.run.config import TrainingConfig

if TYPE_CHECKING:
    from vae_explorer.run.history import EpochRecord


@dataclass(frozen=True, slots=True)
class Segment:
    """Epochs that were trained together, with one optimizer and one schedule of its learning rate."""

    first_epoch: int  # from 1
    epochs: int  # number of complete epochs
    steps: int  # steps of the optimizer, including those of an incomplete epoch
    learning_rate: float  # at the start
    schedule: str
    optimizer: str
    beta: float
    seed: int
    began: str  # ISO 8601; "": not known, since the run is older than segments
    ended: str


def segment(config: TrainingConfig, first_epoch: int, epochs: int, steps: int, began: str, ended: str) -> Segment:
    """The segment that was trained with these settings."""
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
    """Segments from plain data. Raises TypeError if they are damaged."""
    segments = tuple(Segment(**item) for item in content)
    for item in segments:
        if not all(isinstance(number, int) for number in (item.first_epoch, item.epochs, item.steps)):
            raise TypeError("the counts of a segment have to be whole numbers")
    return segments


def seams(segments: Sequence[Segment]) -> tuple[int, ...]:
    """The epochs after which a run was trained further."""
    return tuple(item.first_epoch - 1 for item in segments[1:] if item.first_epoch > 1)


def first_comparable(config: TrainingConfig, segments: Sequence[Segment]) -> int:
    """How many epochs at the beginning cannot be the best: those of the warm-up of beta and of earlier segments.

    The weights of earlier segments are not kept when a run is trained further, so they could not be restored.
    """
    return max(config.kl_warmup, segments[-1].first_epoch - 1 if segments else 0)


def best_epoch(history: "Sequence[EpochRecord]", first: int) -> "EpochRecord | None":
    """The epoch with the least validation loss, without the `first` epochs of the history; None: there is none."""
    return min(history[first:], key=lambda record: record.val_loss, default=None)
