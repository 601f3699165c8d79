"""The end of a training: writes its latent codes, figures and files; run.toml comes last and completes the run."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer import __version__
from vae_explorer.array_types import Bytes, Flags, Floats
from vae_explorer.data.ahead import batches_ahead
from vae_explorer.data.dataset import HELD_OUT, UNUSED, Dataset, Rows
from vae_explorer.model.files import write_models
from vae_explorer.model.metrics import EVALUATION_BATCH, bounds_of, measure, with_log_likelihood
from vae_explorer.progress import LeftError, Progress, portion
from vae_explorer.run.arrays import Codes, Sample
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.info import HeldOutLoss, RunInfo, Status
from vae_explorer.run.quality import SAMPLES, Quality
from vae_explorer.run.run import Run
from vae_explorer.run.segments import Segment
from vae_explorer.run.writing import Contents, write_run
from vae_explorer.training.events import WRITING
from vae_explorer.training.task import Task

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


SAMPLE_SIZE = 2000  # held-out images kept in the run


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a training, without its weights."""

    config: TrainingConfig
    status: Status
    history: tuple[EpochRecord, ...]
    best: EpochRecord | None
    steps: int  # steps of the optimizer that led to the weights
    note: str
    segments: tuple[Segment, ...]


def finish_run(
    task: Task,
    vae: "VAE",
    ended: Ended,
    sample: Sample,
    *,
    warned: Callable[[str], None],
    progress: Progress,
    hurried: Callable[[], bool],
    skipped: Callable[[], bool],
) -> Run:
    """Encode all images, measure the held-out ones and write the run.

    progress: called with a task and its share done; it may raise to end everything. warned: called with one sentence
    for each file that could not be made or is kept apart. hurried: whether to leave out the log-likelihood, which takes
    longest. skipped: whether to leave out all figures of the held-out images that are not computed yet.
    """
    from vae_explorer.model.networks import with_sigmoid

    codes = _codes_of(vae, task.dataset, task.splits, progress)
    quality = _measure(vae, task.dataset, task.splits, codes, progress, hurried, skipped)

    def writing(low: float, high: float) -> Progress:
        return portion(lambda _task, share: progress(WRITING, share), low, high)

    def write_networks() -> None:
        write_models(
            task.folder,
            {"encoder": vae.encoder, "decoder": with_sigmoid(vae.decoder)},
            warned=warned,
            progress=writing(0.4, 0.9),
        )

    def described() -> RunInfo:
        progress(WRITING, 0.9)
        return _info(task.folder.name, vae, ended, task.dataset, quality)

    contents = Contents(codes, sample, ended.history)
    return write_run(task.folder, contents, write_networks, described, writing(0.0, 0.4), warned)


def encoded(vae: "VAE", images: Bytes | Rows) -> Iterator[tuple[Floats, Floats]]:
    """Yield z_mean and z_log_var, (batch, latent_dim) each, of images (N, H, W, C), batch by batch."""
    for number, batch in enumerate(batches_ahead(images, EVALUATION_BATCH)):
        z_mean, z_log_var = vae.posterior_of(batch, np.int64(-1 - number))
        yield z_mean.numpy(), z_log_var.numpy()


def sample_of(dataset: Dataset, held_out: Flags) -> Sample:
    """The held-out images that a run keeps, spread evenly over them. held_out: (N,), whether each image is one."""
    index = np.flatnonzero(held_out)
    index = index[np.linspace(0, len(index) - 1, min(len(index), SAMPLE_SIZE)).astype(int)]
    return Sample(np.ascontiguousarray(dataset.images[index]), index.astype(np.int64))


def _codes_of(vae: "VAE", dataset: Dataset, splits: Bytes, progress: Progress) -> Codes:
    used = np.flatnonzero(splits != UNUSED)
    shape, done = (len(used), vae.decoder.input_shape[1]), 0
    z_mean, z_log_var = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for some_means, some_log_vars in encoded(vae, Rows(dataset.images, used)):
        rows = slice(done, done := done + len(some_means))
        z_mean[rows], z_log_var[rows] = some_means, some_log_vars
        progress("Encoding all images", done / len(used))
    return Codes(z_mean, z_log_var, dataset.columns.take(used), used.astype(np.int64), splits[used])


def _measure(
    vae: "VAE",
    dataset: Dataset,
    splits: Bytes,
    codes: Codes,
    progress: Progress,
    hurried: Callable[[], bool],
    skipped: Callable[[], bool],
) -> Quality | None:
    held_out = np.flatnonzero(splits == HELD_OUT)
    if not len(held_out):
        return None
    images = Rows(dataset.images, held_out)

    def measuring(task: str, share: float) -> None:
        progress(task, share)
        if skipped():
            raise LeftError

    def estimating(task: str, share: float) -> None:
        measuring(task, share)
        if hurried():
            raise LeftError

    try:
        measuring("Evaluating held-out images", 0.0)
        quality = measure(vae, images, dataset.columns.take(held_out).label, codes, measuring)
    except LeftError:
        if not skipped():  # the training is to be discarded, not only its figures left out
            raise
        return None
    try:
        estimating("Estimating the log-likelihood", 0.0)
        bounds = bounds_of(vae, images, SAMPLES, progress=estimating)
    except LeftError:
        if not (hurried() or skipped()):  # the training is to be discarded, not only this figure left out
            raise
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
        origin=ended.config,
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
