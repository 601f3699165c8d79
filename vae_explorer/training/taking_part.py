"""The part of a host that is not the chief: it computes its share of each step, shows nothing and writes nothing."""

from dataclasses import replace
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.data.dataset import TRAINING
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.training.agreement import agreed
from vae_explorer.training.course import Course
from vae_explorer.training.epochs import Epochs
from vae_explorer.training.events import Joined
from vae_explorer.training.keeping import load_checkpoint
from vae_explorer.training.loop import fit, new_vae
from vae_explorer.training.reporting import Reporter
from vae_explorer.training.task import Task, Watcher


def take_part(task: Task, watcher: Watcher, checkpoint: Checkpoint | None = None) -> None:
    """Train with the other hosts until the chief ends the training. The parameters are those of `loop.carry_out`."""
    course = Course(task.config, task.steps_per_epoch, checkpoint)
    vae = new_vae(task, course)
    if checkpoint:
        load_checkpoint(checkpoint, vae, task.folder)
    reporter = Reporter(course, len(task.images_of(TRAINING)), lambda: 0.0, lambda _: None)
    following = agreed(Watcher(lambda _: None, watcher.control), vae, task.devices)
    watcher.on_event(Joined(task.devices.prepare()))
    nothing: Any = _Nothing()
    epochs = Epochs(following, course, reporter, live=nothing, keeper=nothing)
    if not (course.has_all_epochs or course.is_out_of_patience):
        fit(replace(task, log=""), following, course, vae, epochs)


class _Nothing:
    """Shows and keeps nothing, in the place of a live model and a keeper."""

    network = None

    def follow(self) -> None: ...

    def update_if_due(self, now: float) -> None: ...

    def preview_if_due(self, now: float) -> None: ...

    def encode_sample(self) -> tuple[Floats, Floats]:
        return np.empty((0, 0), np.float32), np.empty((0, 0), np.float32)

    def preview(self, z_mean: Floats, z_log_var: Floats) -> None: ...

    def keep_epoch(self) -> None: ...

    def keep_snapshot(self, z_mean: Floats, network: bytes | None) -> None: ...
