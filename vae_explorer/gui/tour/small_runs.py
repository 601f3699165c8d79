"""The two small runs of the tour, which differ in beta alone: trained once, and kept in the user's cache."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.gui.parts.priority import let_the_window_go_first
from vae_explorer.progress import LeftError, Progress, portion
from vae_explorer.run.config import TrainingConfig, for_images, training_config
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run
from vae_explorer.training.events import BatchProgress, Control, Event, Finishing, Started

BETAS = 1.0, 10.0
LATENT_DIM, EPOCHS = 6, 5
TRAINED_ON, HELD_OUT = 6000, 400  # images
TRAINING_SHARE = 0.8  # of the time of a training; the rest is encoding, measuring and writing


@dataclass(frozen=True, slots=True)
class SmallRuns:
    runs: tuple[Run, Run]  # with the betas of BETAS
    images: Dataset  # that both were trained on


def small_runs(progress: Progress) -> SmallRuns:
    """Read both runs, or train them if they are not there. For a thread of its own.

    Raises UserError if they cannot be written.
    """
    let_the_window_go_first()
    progress("Reading the images", 0.0)
    images, place = _images(), small_runs_folder()
    runs = []
    for number, beta in enumerate(BETAS):
        config = training_config("dense", latent_dim=LATENT_DIM, beta=beta, epochs=EPOCHS)
        config, folder = for_images(config, images.info.image_shape), place / f"beta-{beta:g}"
        if not _is_kept(folder, config, images):
            _train(config, images, folder, portion(progress, number / len(BETAS), (number + 1) / len(BETAS)))
        runs.append(open_run(folder))
    return SmallRuns((runs[0], runs[1]), images)


def small_runs_folder() -> Path:
    """The folder in which they are kept, in the user's cache."""
    return user_cache_path("vae-explorer", appauthor=False) / "tour"


def _images() -> Dataset:
    """A few digits, so that a training takes seconds."""
    from vae_explorer.data.reading import load_dataset, make_dataset

    whole = load_dataset(BUILTIN)
    rows = np.concatenate([np.flatnonzero(~whole.held_out)[:TRAINED_ON], np.flatnonzero(whole.held_out)[:HELD_OUT]])
    return make_dataset(
        f"{len(rows):,} digits of {whole.info.name}",
        "",
        whole.images[rows],
        None if whole.labels is None else whole.labels[rows],
        whole.held_out[rows],
        whole.info.class_names,
        whole.info.licence,
    )


def _is_kept(folder: Path, config: TrainingConfig, images: Dataset) -> bool:
    try:
        info = open_run(folder).info
    except UserError:
        return False
    return info.origin == config and info.dataset.fingerprint == images.info.fingerprint


def _train(config: TrainingConfig, images: Dataset, folder: Path, progress: Progress) -> None:
    """Train beside the folder, which is replaced once the run is complete. Raises LeftError if it is cancelled."""
    from vae_explorer.training.start import train

    control, name = Control(), f"β = {config.beta:g}"
    steps = 1

    def watch(event: Event) -> None:
        nonlocal steps
        if isinstance(event, Started):
            steps = event.steps_per_epoch * EPOCHS
        elif isinstance(event, Finishing):
            control.stop()  # which at this point leaves out the log-likelihood alone, that takes longest
        try:
            if isinstance(event, BatchProgress):
                share = TRAINING_SHARE * float(event.steps[-1]) / steps
                progress(f"{name}: epoch {event.epoch} of {EPOCHS}", share)
            elif isinstance(event, Finishing):
                progress(f"{name}: measuring", TRAINING_SHARE + (1 - TRAINING_SHARE) * event.done)
        except LeftError:
            control.discard()

    progress(f"{name}: starting TensorFlow", 0.0)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            new = Path(beside, folder.name)
            if train(config, images, new, watch, control) is None:
                raise LeftError
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
    except OSError as error:
        raise UserError(refusal(folder, error)) from error
