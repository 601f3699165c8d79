"""A whole run in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Longs
from vae_explorer.run.arrays import Codes, Sample
from vae_explorer.run.groups import Groups
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.info import RunInfo
from vae_explorer.run.storage import Storage


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks that a run can be explored with without TensorFlow, as the content of their files; None: missing."""

    decoder: bytes | None = None  # decoder.tflite; None: LiteRT could not convert it
    encoder: bytes | None = None  # encoder.tflite; None: LiteRT could not convert it
    lowered: bytes | None = None  # decoder.npz; None: it was not written, or has a layer that cannot be lowered
    onnx_decoder: bytes | None = None  # decoder.onnx; None: the run was not imported from ONNX


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run in memory. No file stays open."""

    storage: Storage
    info: RunInfo
    codes: Codes
    sample: Sample
    history: tuple[EpochRecord, ...]
    networks: Networks
    groups: Groups | None = None  # that a person made, as `groups_file.read_groups` read them; None: they were not read
    why_no_groups: str = ""  # why they could not be read

    @property
    def folder(self) -> Path:
        """The path of the run: a folder, or the file of a page."""
        return self.storage.path


def sample_image_of(run: Run) -> Longs:
    """For each of the run's N latent codes the index of its image in the run's sample, -1: not in the sample; (N,)."""
    index, order = run.codes.index, np.argsort(run.sample.index)
    if not len(order):
        return np.full(len(index), -1, np.int64)
    nearest = np.searchsorted(run.sample.index[order], index).clip(max=len(order) - 1)
    found: Longs = np.where(run.sample.index[order][nearest] == index, order[nearest], -1)
    return found
