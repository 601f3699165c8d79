"""The end of a training: its codes, its figures and its files, of which run.toml, the last, makes the folder a run."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer import __version__
from vae_explorer.array_types import Bytes, Flags, Floats, Ints, Longs
from vae_explorer.data.dataset import HELD_OUT, Dataset, Rows
from vae_explorer.model.files import write_models
from vae_explorer.model.metrics import EVALUATION_BATCH, bounds_of, measure, with_log_likelihood
from vae_explorer.run.arrays import Codes, Sample, write_arrays
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord, write_history
from vae_explorer.run.info import HeldOutLoss, RunInfo, Status
from vae_explorer.run.opening import open_run
from vae_explorer.run.quality import SAMPLES, Quality
from vae_explorer.run.run import Run
from vae_explorer.run.segments import Segment
from vae_explorer.run.writing import write_info

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE

Progressed = Callable[[str, float], None]

SAMPLE_SIZE = 2000  # held-out images kept in the run


@dataclass(frozen=True, slots=True)
class Ended:
    """What a training came to, besides its weights."""

    config: TrainingConfig
    status: Status
    history: tuple[EpochRecord, ...]
    best: EpochRecord | None
    steps: int  # of the optimizer that the weights have seen
    note: str
    segments: tuple[Segment, ...]


class _HurriedError(Exception):
    """Leaves a figure that takes long unmeasured."""


def write_run(
    folder: Path,
    vae: "VAE",
    ended: Ended,
    dataset: Dataset,
    parts: Bytes,
    sample: Sample,
    *,
    warned: Callable[[str], None],
    progressed: Progressed,
    hurried: Callable[[], bool],
) -> Run:
    """Encode all images, measure the held-out ones and write the run.

    parts: (N,), of each image, as `data.split` tells. `progressed` is told the task and the share of it that is done,
    and may raise to end it; hurried: whether to leave out the log-likelihood, which takes longest.
    """
    from vae_explorer.model.networks import with_sigmoid

    codes = _codes_of(vae, dataset, parts, progressed)
    write_arrays(folder / "codes.npz", codes)
    quality = _measure(vae, dataset, parts, codes, progressed, hurried)
    progressed("Writing the run", 0.0)
    write_models(
        folder,
        {"encoder": vae.encoder, "decoder": with_sigmoid(vae.decoder)},
        warned=warned,
        progressed=lambda done: progressed("Writing the run", 0.9 * done),
    )
    write_history(folder / "history.csv", ended.history)
    write_arrays(folder / "sample.npz", sample)
    progressed("Writing the run", 0.9)
    write_info(folder, _info(folder.name, vae, ended, dataset, quality))
    return open_run(folder)


def encoded(vae: "VAE", images: Bytes | Rows) -> Iterator[tuple[Floats, Floats]]:
    """z_mean and z_log_var of images (N, H, W, C), a batch at a time."""
    for number, start in enumerate(range(0, len(images), EVALUATION_BATCH)):
        pixels = vae.pixels_of(images[start : start + EVALUATION_BATCH], -1 - number)
        z_mean, z_log_var = vae.encoder(pixels, training=False)
        yield z_mean.numpy(), z_log_var.numpy()


def sample_of(dataset: Dataset, held_out: Flags) -> Sample:
    """The held-out images that a run keeps, spread evenly over them. held_out: (N,), whether each image is one."""
    index = np.flatnonzero(held_out)
    index = index[np.linspace(0, len(index) - 1, min(len(index), SAMPLE_SIZE)).astype(int)]
    return Sample(np.ascontiguousarray(dataset.images[index]), index.astype(np.int64))


def labels_of(dataset: Dataset, index: Longs) -> Ints:
    """Of the images at these positions: positions in the class names, -1: none."""
    return np.full(len(index), -1, np.int32) if dataset.labels is None else dataset.labels[index]


def _codes_of(vae: "VAE", dataset: Dataset, parts: Bytes, progressed: Progressed) -> Codes:
    used = np.flatnonzero(parts != 255)
    codes: list[tuple[Floats, Floats]] = []
    for some in encoded(vae, Rows(dataset.images, used)):
        codes.append(some)
        progressed("Encoding all images", len(codes) * EVALUATION_BATCH / len(used))
    z_mean, z_log_var = (np.concatenate(arrays) for arrays in zip(*codes, strict=True))
    labels, index = labels_of(dataset, used), used.astype(np.int64)
    return Codes(z_mean, z_log_var, labels, index, parts[used], dataset.values[used])


def _measure(
    vae: "VAE",
    dataset: Dataset,
    parts: Bytes,
    codes: Codes,
    progressed: Progressed,
    hurried: Callable[[], bool],
) -> Quality | None:
    held_out = np.flatnonzero(parts == HELD_OUT)
    if not len(held_out):
        return None
    images, evaluating = Rows(dataset.images, held_out), partial(progressed, "Evaluating held-out images")
    quality = measure(vae, images, labels_of(dataset, held_out), codes, evaluating)

    def estimating(done: float) -> None:
        progressed("Estimating the log-likelihood", done)
        if hurried():
            raise _HurriedError

    try:
        estimating(0.0)
        bounds = bounds_of(vae, images, SAMPLES, progressed=estimating)
    except _HurriedError:
        return quality
    return with_log_likelihood(quality, bounds, SAMPLES)


def _info(name: str, vae: "VAE", ended: Ended, dataset: Dataset, quality: Quality | None) -> RunInfo:
    import keras
    import tensorflow as tf

    return RunInfo(
        name=name,
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        status=ended.status,
        dataset=dataset.info,
        config=ended.config,
        encoder_parameters=vae.encoder.count_params(),
        decoder_parameters=vae.decoder.count_params(),
        epochs=len(ended.history),
        steps=ended.steps,
        held_out=HeldOutLoss.of(quality) if quality else None,
        quality=quality,
        best_epoch=ended.best.epoch if ended.best else None,
        note=ended.note,
        segments=ended.segments,
        likelihood=ended.config.likelihood,
        sigma=vae.sigma(),
        versions={
            "vae_explorer": __version__,
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
        },
    )
