"""The events that a training reports, and the requests that it obeys."""

import threading
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Bytes, Doubles, Floats, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.latent.dimensions import Dimensions
from vae_explorer.model.decoder import Decoder
from vae_explorer.run.arrays import Sample
from vae_explorer.run.history import EpochRecord

WRITING = "Writing the run"  # the last task of `Finishing`
STRIP_SIZE = 10  # images of the held-out sample that are shown beside their reconstructions


def strip_rows(count: int) -> Longs:
    """Which of a sample of `count` images stand in the strip: STRIP_SIZE at most, evenly spread.

    The first of a sample from a folder are all of the first class.
    """
    return np.linspace(0, count - 1, min(count, STRIP_SIZE)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Started:
    """The network is built; training begins."""

    device: str
    steps_per_epoch: int
    history: tuple[EpochRecord, ...]  # the earlier epochs, if a training is resumed or a run trained further
    first_comparable: int  # first epochs, which cannot be the best: beta rises, or earlier segments
    seams: tuple[int, ...]  # epochs after which the run was trained further
    decoder: Decoder  # the live decoder, whose weights follow the training
    sample: Sample  # the held-out images that every Preview shows
    columns: Columns  # labels and values of the sample, a row for each image


@dataclass(frozen=True, slots=True)
class Joined:
    """This host of a cluster begins to compute its part of the steps. The chief alone reports the training."""

    device: str


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """Batches since the last report. losses: (n, 3): loss, reconstruction loss, KL, nats per image."""

    steps: Longs  # (n,), counted from 1 over all epochs
    losses: Doubles
    epoch: int  # the epoch in progress, counted from 1
    elapsed: float  # seconds
    seconds_left: float
    images_per_second: float
    learning_rate: float  # the learning rate of the next step


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """A whole epoch was trained, validated and kept on disk."""

    record: EpochRecord
    best: EpochRecord | None  # the best epoch so far, by val_loss; None while beta still rises
    waited: int  # epochs since the best one


@dataclass(frozen=True, slots=True)
class Preview:
    """The present outputs of the model for the held-out sample, before the first epoch, in it, and after each one."""

    z_mean: Floats  # (M, latent_dim)
    reconstructions: Bytes  # (STRIP_SIZE, H, W, C)
    dimensions: Dimensions  # figures of each dimension of z, over the sample
    grid: Bytes  # (rows, GRID_SIDE, H, W, C), decoded at quantiles of z1 and z2; z2 falls from row to row


@dataclass(frozen=True, slots=True)
class DecoderUpdated:
    """The live decoder has newer weights."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The training was paused (on is true) or continues."""

    on: bool


@dataclass(frozen=True, slots=True)
class Finishing:
    """Progress after the last step: encoding, evaluating, writing. done: share of `task`, 0 to 1."""

    task: str
    done: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the person should know; the run is saved all the same."""

    text: str
    ended: bool  # whether the training ended because of it


Event = Started | Joined | BatchProgress | EpochEnded | Preview | DecoderUpdated | Paused | Finishing | Warned


class Control:
    """A request to a training, from any thread: run on, pause, stop and keep what is learned, or discard.

    Besides, the evaluation of what is learned can be skipped.
    """

    def __init__(self) -> None:
        self._stop, self._discard, self._skip = threading.Event(), threading.Event(), threading.Event()
        self._running = threading.Event()  # not paused
        self._running.set()

    def pause(self) -> None:
        self._running.clear()

    def go_on(self) -> None:
        self._running.set()

    def stop(self) -> None:
        self._stop.set()
        self._running.set()

    def discard(self) -> None:
        self._discard.set()
        self._running.set()

    def skip(self) -> None:
        """Leave out the evaluation, or what is left of it."""
        self._skip.set()

    @property
    def skipping(self) -> bool:
        """Whether the evaluation is to be left out."""
        return self._skip.is_set()

    @property
    def request(self) -> Literal["run", "pause", "stop", "discard"]:
        if self._discard.is_set():
            return "discard"
        if self._stop.is_set():
            return "stop"
        return "run" if self._running.is_set() else "pause"

    def wait_while_paused(self) -> float:
        """Block while a pause is requested. Returns for how many seconds."""
        began = time.perf_counter()
        self._running.wait()
        return time.perf_counter() - began
