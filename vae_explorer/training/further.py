"""Training a run further: its new settings, and the checkpoint from which it starts."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import UNUSED, Dataset
from vae_explorer.errors import UserError
from vae_explorer.model.run_vae import load_vae
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.places import new_run_folder
from vae_explorer.run.run import Run
from vae_explorer.run.segments import Segment

# Other settings change the network, the objective or the split, after which losses cannot be compared.
CHANGEABLE = ("epochs", "learning_rate", "schedule", "patience", "restore_best")


def further_config(run: Run, epochs: int, **settings: Any) -> TrainingConfig:
    """The settings of a run that is trained for `epochs` more, its schedule restarted.

    settings: new values for some of `CHANGEABLE`. None keeps the value; a patience of 0 sets none.
    Raises UserError for another setting or a value out of range.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given:
        if name not in CHANGEABLE:
            option = name.replace("_", " ")
            raise UserError(
                f"A run is trained further with the {option} that it has: leave it out, or train a new run."
            )
    before = run.info.trained_with()
    if epochs < 1:
        raise UserError(f"A run is trained further by 1 epoch or more, not {epochs}.")
    if given.get("patience") == 0:
        given["patience"] = None
    return replace(before, epochs=run.info.epochs + epochs, **given)


def further_folder(run: Run) -> Path:
    """The default folder of a run that is trained further: a new one among the user's runs."""
    return new_run_folder(f"{run.info.dataset.name.lower()}-{run.info.model_name}-further")


def check_same_settings(run: Run, config: TrainingConfig) -> None:
    """Raises UserError if a setting outside CHANGEABLE differs from the run's."""
    for field in fields(config):
        if field.name not in CHANGEABLE and getattr(config, field.name) != getattr(run.info.origin, field.name):
            raise UserError(f"A run is trained further with the {field.name.replace('_', ' ')} that it has.")


def check_same_images(run: Run, dataset: Dataset, splits: Bytes) -> None:
    """Raises UserError if these are not the run's images, or their splits differ from the run's.

    splits: (N,), as `dataset.split` returns them. Images that were held out or used for validation must not be
    trained on.
    """
    if dataset.info.fingerprint != run.info.dataset.fingerprint:
        raise UserError(f"{dataset.info.source} does not hold the images that the run {run.folder} was trained on.")
    codes = run.codes
    if int((splits != UNUSED).sum()) != len(codes.index) or not np.array_equal(splits[codes.index], codes.split):
        raise UserError(f"{dataset.info.source} does not hold out the images that the run {run.folder} has held out.")


def starting_point(run: Run, config: TrainingConfig, note: str) -> Checkpoint:
    """The run as a checkpoint to train further from: its weights, with a new optimizer. Loads TensorFlow.

    A run keeps no state of the optimizer: its moments belong to the small steps at the end of a schedule, and a
    schedule that restarts works better with new ones. Raises UserError for a page and a damaged run.
    """
    return Checkpoint(
        config=config,
        dataset=run.info.dataset,
        note=note,
        history=run.history,
        weights=load_vae(run).get_weights(),
        optimizer=(),
        best=None,
        segments=run.info.all_segments,
        began=datetime.now().astimezone().isoformat(timespec="seconds"),
        log="",
    )


def epochs_drawn_for(segments: Sequence[Segment], steps_per_epoch: int) -> int:
    """How many epochs of earlier segments were cut short by a Stop. Their orders and draws are not used again."""
    return sum(-(-segment.steps // steps_per_epoch) - segment.epochs for segment in segments)
