"""Where a run is stored: in a folder or in a page."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InFolder:
    """A folder with all of the run's files, as a training or an import writes it."""

    path: Path


@dataclass(frozen=True, slots=True)
class InPage:
    """The file of an exported page, with the decoder, some latent codes and images, but no encoder."""

    path: Path


Storage = InFolder | InPage
