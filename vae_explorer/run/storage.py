"""What a run is kept in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InFolder:
    """A folder with all of the run's files, as a training or an import writes it."""

    path: Path


@dataclass(frozen=True, slots=True)
class InPage:
    """An exported page, which carries the decoder and some codes and images, and no encoder."""

    path: Path


Storage = InFolder | InPage
