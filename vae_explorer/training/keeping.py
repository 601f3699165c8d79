"""Keeps the state of a training: on disk to resume and to replay it, in memory to restore earlier weights."""

from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.array_types import Floats, Weights
from vae_explorer.errors import UserError
from vae_explorer.run.checkpoint import Checkpoint, write_checkpoint
from vae_explorer.run.snapshots import Snapshot, SnapshotWriter
from vae_explorer.training.course import Course
from vae_explorer.training.task import Task, Watcher

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


def load_checkpoint(checkpoint: Checkpoint, vae: "VAE", folder: Path) -> None:
    """Give a model, whose optimizer is built, the state of a checkpoint. Raises UserError for another network."""
    try:
        vae.set_weights(checkpoint.weights)
        if checkpoint.optimizer:
            for variable, value in zip(vae.optimizer.variables, checkpoint.optimizer, strict=True):
                variable.assign(value)
    except ValueError as error:
        raise UserError(f"The checkpoint in {folder} belongs to another network than this program's.") from error


class Keeper:
    """Keeps the checkpoint, the snapshots, and the weights of the last whole epoch and of the best one.

    If the disk is full, the watcher is warned and the training continues.
    """

    def __init__(self, task: Task, watcher: Watcher, course: Course, vae: "VAE") -> None:
        self._task, self._watcher, self._course, self._vae = task, watcher, course, vae
        self._snapshots = SnapshotWriter(task.folder, len(course.history))
        self._whole: tuple[Weights, int] | None = None  # weights after the last whole epoch, and their step
        self._best: Weights | None = None  # weights of the best epoch, if they are to be restored

    def load(self, checkpoint: Checkpoint) -> None:
        """Give the model, whose optimizer is built, the state of a checkpoint. Raises UserError for another network."""
        load_checkpoint(checkpoint, self._vae, self._task.folder)
        if checkpoint.optimizer:
            self._whole = checkpoint.weights, self._course.step
        self._best = checkpoint.best

    def keep_epoch(self) -> None:
        """Keep the epoch that has just ended, in memory and on disk. Warns if it cannot be written to disk."""
        course = self._course
        weights, record = self._vae.get_weights(), course.history[-1]
        self._whole = weights, course.step
        if course.config.restore_best and course.best is record:
            self._best = weights
        checkpoint = Checkpoint(
            config=course.config,
            dataset=self._task.dataset.info,
            note=self._task.note,
            history=course.history,
            weights=weights,
            optimizer=[variable.numpy() for variable in self._vae.optimizer.variables],
            best=self._best,
            segments=course.earlier_segments,
            began=course.began,
            log=self._task.log,
        )
        try:
            write_checkpoint(self._task.folder, checkpoint)
        except UserError as error:
            self._watcher.warn(f"Epoch {record.epoch} could not be kept on disk. {error} The training continues.")

    def keep_snapshot(self, z_mean: Floats, network: bytes | None) -> None:
        """z_mean: (M, latent_dim), of the sample. network: a .tflite of z and weights; None: there is none."""
        snapshot = Snapshot(len(self._course.history), self._vae.decoder.get_weights(), z_mean)
        if warning := self._snapshots.keep(snapshot, network):
            self._watcher.warn(warning)

    def go_back(self) -> bool:
        """Take the model and the course back to the last whole epoch. Returns whether there is one."""
        if self._whole is None:
            return False
        weights, self._course.step = self._whole
        self._vae.set_weights(weights)
        return True

    def restore_best(self) -> None:
        """Give the model the weights of the best epoch, if they are to be restored and there is one."""
        if self._best is not None:
            self._vae.set_weights(self._best)
