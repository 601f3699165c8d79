"""Training, and going on with one: images in, a run on disk out, events on the way."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vae_explorer.data.dataset import Dataset, split
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.progress import LeftError
from vae_explorer.run.checkpoint import PLACE, Checkpoint, has_checkpoint, read_checkpoint
from vae_explorer.run.config import TrainingConfig, check_image_shape, for_images
from vae_explorer.run.folder import check_folder, new_run, unfinished_run
from vae_explorer.run.places import is_run, set_aside
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import copy_snapshots
from vae_explorer.training.events import Control, Event
from vae_explorer.training.further import check_same_images, check_same_settings, starting_point
from vae_explorer.training.loop import carry_out
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
) -> Run | None:
    """Train a VAE and write it to `folder` as a run. Blocks; may be called in any thread.

    Returns the run, or None if it was discarded or stopped before the first step; then nothing is left on disk. If it
    is cut off by anything else, its last whole epoch stays in the folder, for `resume`. note: kept with the run.
    overwrite: let the new run take the place of a run in `folder`, which stays until the new one is whole.
    tensorboard: write a log for TensorBoard to the run's folder, or to one of the run's name in the folder given.
    Raises UserError for settings, images or a folder that will not do, and for a loss that is not finite.
    """
    check_image_shape(config, dataset.info.image_shape)
    config = for_images(config, dataset.info.image_shape)
    splits = split(dataset, config.seed, config.validation_share, config.limit)
    log = log_place(tensorboard, folder)
    with new_run(folder, overwrite) as target:
        return _carry_out(Task(config, dataset, splits, target, note, log), Watcher(on_event, control or Control()))


def resume(
    folder: Path,
    dataset: Dataset | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    control: Control | None = None,
) -> Run | None:
    """Go on with a training that was cut off, from its last whole epoch. Blocks; otherwise as `train`.

    On the same machine the result is that of a training that was not cut off. dataset: its images, if they are at
    hand; else they are read from where they were. Raises UserError if there is nothing to resume, the images are not
    the same, or another process is at it.
    """
    with unfinished_run(folder) as target:
        checkpoint = read_checkpoint(target)
        if dataset is None:
            dataset = load_dataset(checkpoint.dataset.source, checkpoint.dataset.options)
        if dataset.info.fingerprint != checkpoint.dataset.fingerprint:
            raise UserError(f"{dataset.info.source} does not hold the images that the training in {target} began with.")
        config = checkpoint.config
        splits = split(dataset, config.seed, config.validation_share, config.limit)
        task = Task.of(checkpoint, dataset, splits, target)
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
) -> Run | None:
    """Go on from the weights of a run, with a new optimizer and its schedule restarted: a second segment of epochs.

    The result is a run in `folder`, which may be that of the run itself if `overwrite` is set. config: that of
    `further.further_config`. Its history has the earlier epochs, too, and goes on with their numbers; order and draws
    go on likewise. The best epoch, patience and restoring look at the new segment alone. note: None, that of the run.
    Otherwise as `train`. Raises UserError also if the images, their split or a setting that has to stay are others.
    """
    check_same_settings(run, config)
    if dataset is None:
        dataset = load_dataset(run.info.dataset.source, run.info.dataset.options)
    splits = split(dataset, config.seed, config.validation_share, config.limit)
    check_same_images(run, dataset, splits)
    check_folder(folder, overwrite)
    start = starting_point(run, config, run.info.note if note is None else note)
    start = replace(start, log=log_place(tensorboard, folder))
    with new_run(folder, overwrite) as target:
        copy_snapshots(run.folder if is_run(run.folder) else set_aside(target), target)  # set aside: it is replaced
        task = Task.of(start, dataset, splits, target)
        return _carry_out(task, Watcher(on_event, control or Control()), start)


def _carry_out(task: Task, watcher: Watcher, checkpoint: Checkpoint | None = None) -> Run | None:
    try:
        return carry_out(task, watcher, checkpoint)
    except LeftError:
        shutil.rmtree(task.folder / PLACE, ignore_errors=True)
        return None
    except OSError as error:
        kept = has_checkpoint(task.folder)
        more = " The training is kept up to its last whole epoch: resume it then." if kept else ""
        raise UserError(refusal(task.folder, error) + more) from error
