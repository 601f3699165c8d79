"""A whole run in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Longs
from vae_explorer.run.arrays import Codes, Sample
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.info import RunInfo
from vae_explorer.run.storage import Storage


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a run that explore it without TensorFlow, as the content of their files; None: not there."""

    decoder: bytes | None = None  # decoder.tflite; LiteRT could not convert it
    encoder: bytes | None = None  # encoder.tflite, likewise
    lowered: bytes | None = None  # decoder.npz; it was not written, or has a layer that cannot be lowered
    onnx_decoder: bytes | None = None  # decoder.onnx, of an imported run


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run in memory; no file stays open."""

    storage: Storage
    info: RunInfo
    codes: Codes
    sample: Sample
    history: tuple[EpochRecord, ...]
    networks: Networks

    @property
    def folder(self) -> Path:
        """The path of what it is kept in: a folder, or a page."""
        return self.storage.path


def sample_image_of(run: Run) -> Longs:
    """Of each of the run's N codes, the position of its image in the run's sample, -1 where it is not in it: (N,)."""
    index, order = run.codes.index, np.argsort(run.sample.index)
    if not len(order):
        return np.full(len(index), -1, np.int64)
    place = np.searchsorted(run.sample.index[order], index).clip(max=len(order) - 1)
    found: Longs = np.where(run.sample.index[order][place] == index, order[place], -1)
    return found
