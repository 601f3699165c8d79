"""The history of a training: the losses of each complete epoch, and history.csv."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vae_explorer.files import replacing


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """A complete epoch, which is a row of history.csv. Losses are means over the epoch in nats per image."""

    epoch: int  # from 1
    loss: float
    reconstruction_loss: float
    kl_loss: float
    val_loss: float
    val_reconstruction_loss: float
    val_kl_loss: float
    seconds: float  # duration of the epoch
    learning_rate: float

    @property
    def val_negative_elbo(self) -> float:
        """The validation loss for a beta of 1."""
        return self.val_reconstruction_loss + self.val_kl_loss


def write_history(path: Path, history: tuple[EpochRecord, ...]) -> None:
    """Write history.csv with one row per complete epoch."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, EpochRecord.__slots__)
        writer.writeheader()
        writer.writerows(asdict(record) for record in history)


def read_history(content: bytes) -> tuple[EpochRecord, ...]:
    """The rows of history.csv. Raises ValueError, KeyError or TypeError if it is damaged."""
    return tuple(parse_record(row) for row in csv.DictReader(io.StringIO(content.decode("utf-8"))))


def parse_record(row: Mapping[str, Any]) -> EpochRecord:
    """An epoch from a row of history.csv or of JSON. Raises ValueError, KeyError or TypeError if it is damaged."""
    return EpochRecord(int(row["epoch"]), *(float(row[name]) for name in EpochRecord.__slots__[1:]))
