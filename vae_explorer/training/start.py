"""Trains, resumes and trains further: reads images, emits events and writes a run."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from vae_explorer import __version__
from vae_explorer.data.dataset import Dataset, split
from vae_explorer.data.reading import load_again
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.progress import LeftError
from vae_explorer.run.checkpoint import PLACE, Checkpoint, has_checkpoint, read_checkpoint
from vae_explorer.run.config import TrainingConfig, check_image_shape, for_images
from vae_explorer.run.folder import check_folder, new_run, unfinished_run
from vae_explorer.run.places import is_run, set_aside
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import copy_snapshots
from vae_explorer.training.cluster import agree, telling_losses
from vae_explorer.training.devices import ONE, Devices
from vae_explorer.training.events import Control, Event
from vae_explorer.training.further import check_same_images, check_same_settings, starting_point
from vae_explorer.training.loop import carry_out
from vae_explorer.training.taking_part import take_part
from vae_explorer.training.task import Task, Watcher
from vae_explorer.training.tensorboard import log_place


def train(
    config: TrainingConfig,
    dataset: Dataset,
    folder: Path,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
    *,
    overwrite: bool = False,
    note: str = "",
    tensorboard: bool | Path = False,
    devices: Devices = ONE,
) -> Run | None:
    """Train a VAE and write it to `folder` as a run. Blocks; may be called in any thread.

    Returns the run, or None if it was discarded or stopped before the first step; then nothing is left on disk. If it
    is cut off by anything else, its last whole epoch stays in the folder, for `resume`. note: kept with the run.
    overwrite: replace a run in `folder` once the new one is complete.
    tensorboard: write a log for TensorBoard to the run's folder, or to a folder named after the run in the given one.
    devices: what to train on. In a cluster all hosts call this with the same arguments; the chief alone uses `folder`,
    and the others return None in the end.
    Raises UserError for settings, images or a folder that cannot be used, and for a loss that is not finite.
    """
    check_image_shape(config, dataset.info.image_shape)
    config = for_images(config, dataset.info.image_shape)
    splits = split(dataset, config.seed, config.validation_share, config.limit)
    log = log_place(tensorboard, folder)
    _agree(devices, config, dataset, 0)
    with new_run(folder, overwrite) if devices.is_chief else nullcontext(folder) as target:
        task = Task(config, dataset, splits, target, note, log, devices)
        return _carry_out(task, Watcher(on_event, control or Control()))


def resume(
    folder: Path,
    dataset: Dataset | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
    *,
    devices: Devices = ONE,
) -> Run | None:
    """Resume a training that was cut off, from its last whole epoch. Blocks; returns the run or None, like `train`.

    On the same machine the result equals that of a training that was not cut off. dataset: its images; None: they are
    read again from their source. devices: as in `train`, but all hosts of a cluster read `folder`. Raises UserError if
    there is nothing to resume, the images are not the same, or another process is training it.
    """
    with unfinished_run(folder) if devices.is_chief else nullcontext(folder.expanduser()) as target:
        checkpoint = read_checkpoint(target)
        if dataset is None:
            dataset = load_again(checkpoint.dataset)
        if dataset.info.fingerprint != checkpoint.dataset.fingerprint:
            raise UserError(f"{dataset.info.source} does not hold the images that the training in {target} began with.")
        config = checkpoint.config
        splits = split(dataset, config.seed, config.validation_share, config.limit)
        _agree(devices, config, dataset, len(checkpoint.history))
        task = Task.of(checkpoint, dataset, splits, target, devices)
        return _carry_out(task, Watcher(on_event, control or Control()), checkpoint)


def train_further(
    run: Run,
    config: TrainingConfig,
    folder: Path,
    dataset: Dataset | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
    *,
    overwrite: bool = False,
    note: str | None = None,
    tensorboard: bool | Path = False,
    devices: Devices = ONE,
) -> Run | None:
    """Train a run for another segment of epochs, from its weights, with a new optimizer and its schedule restarted.

    The result is a run in `folder`, which may be that of the run itself if `overwrite` is set. config: from
    `further.further_config`. Its history includes the earlier epochs, whose numbers, order and random draws continue.
    The best epoch, patience and restoring consider the new segment alone. note: None: that of the run. The other
    parameters are those of `train`. Raises UserError also if the images, their split or a fixed setting differ.
    """
    check_same_settings(run, config)
    if dataset is None:
        dataset = load_again(run.info.dataset)
    splits = split(dataset, config.seed, config.validation_share, config.limit)
    check_same_images(run, dataset, splits)
    if devices.is_chief:
        check_folder(folder, overwrite)
    start = starting_point(run, config, run.info.note if note is None else note)
    start = replace(start, log=log_place(tensorboard, folder))
    _agree(devices, config, dataset, len(start.history))
    with new_run(folder, overwrite) if devices.is_chief else nullcontext(folder) as target:
        if devices.is_chief:  # a run that is to be replaced has been moved aside
            copy_snapshots(run.folder if is_run(run.folder) else set_aside(target), target)
        task = Task.of(start, dataset, splits, target, devices)
        return _carry_out(task, Watcher(on_event, control or Control()), start)


def _agree(devices: Devices, config: TrainingConfig, dataset: Dataset, epochs: int) -> None:
    """Wait for the other hosts, if there are any. Raises UserError if they are about to train something else."""
    if devices.cluster is None:
        return
    facts = {
        "versions of the program": __version__,
        "images": dataset.info.fingerprint,
        "settings": repr(config),
        "epochs already trained": str(epochs),
    }
    agree(devices.strategy, devices.cluster, facts)


def _carry_out(task: Task, watcher: Watcher, checkpoint: Checkpoint | None = None) -> Run | None:
    try:
        with telling_losses(task.devices.cluster):
            if not task.devices.is_chief:
                take_part(task, watcher, checkpoint)
                return None
            return carry_out(task, watcher, checkpoint)
    except LeftError:
        shutil.rmtree(task.folder / PLACE, ignore_errors=True)
        return None
    except OSError as error:
        kept = has_checkpoint(task.folder)
        more = " The training is kept up to its last whole epoch: resume it then." if kept else ""
        raise UserError(refusal(task.folder, error) + more) from error
