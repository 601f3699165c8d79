"""What a training does after each batch and each epoch. It does not import Keras: `callback.py` connects the two."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.run.history import EpochRecord
from vae_explorer.training.course import Course
from vae_explorer.training.events import EpochEnded, Paused
from vae_explorer.training.keeping import Keeper
from vae_explorer.training.preview import LiveModel
from vae_explorer.training.reporting import Reporter
from vae_explorer.training.task import Watcher

ENDING = ("stop", "discard")  # requests that end a training


class Epochs:
    """Counts and reports steps, pauses, and keeps epochs. A method with a bool returns whether the training is to end.

    interrupted: whether the epoch in progress was broken off, so that it gets no row in the history and no checkpoint.
    failure: "", or a sentence on why the training cannot continue.
    """

    def __init__(self, watcher: Watcher, course: Course, reporter: Reporter, live: LiveModel, keeper: Keeper) -> None:
        self.interrupted, self.failure = False, ""
        self._watcher, self._course, self._reporter = watcher, course, reporter
        self._live, self._keeper = live, keeper
        self._began = time.perf_counter()  # start of the epoch in progress

    def begin(self) -> None:
        """Called at the start of an epoch."""
        self._began = time.perf_counter()
        self.interrupted = False

    def end_steps(self, losses: Floats) -> bool:
        """Called after one or more steps. losses: (steps, 3), the loss, reconstruction loss and KL of their batches."""
        for values in losses:
            self._course.step += 1
            if not np.isfinite(values).all():
                self.fail()
                break
            self._reporter.add(values)
        self._pause_if_asked()
        if self._watcher.control.request in ENDING or self.failure:
            self.interrupted = True
            return True
        now = time.perf_counter()
        self._reporter.report_if_due(now)
        self._live.update_if_due(now)
        if self._course.epoch == 1:
            self._live.preview_if_due(now)
        return False

    def end_validation_batch(self) -> bool:
        """Called after each batch of a validation, which follows the steps of each epoch, even of one broken off."""
        self._pause_if_asked()
        if self.interrupted or self._watcher.control.request in ENDING:
            self.interrupted = True
            return True
        self._live.update_if_due(time.perf_counter())  # a validation may outlast the time since the last update
        return False

    def end(self, losses: Mapping[str, Any], learning_rate: float) -> bool:
        """Called after an epoch and its validation. losses: their means, by the field names of `EpochRecord`."""
        if self.interrupted:
            return False
        record = EpochRecord(
            epoch=self._course.epoch,
            **{name: float(losses[name]) for name in EpochRecord.__slots__[1:7]},
            seconds=time.perf_counter() - self._began,
            learning_rate=learning_rate,
        )
        if not np.isfinite([record.loss, record.val_loss]).all():
            self.fail()
            return True
        self._reporter.report()
        self._course.end_epoch(record)
        self._live.follow()
        self._keeper.keep_epoch()
        best = self._course.best
        self._watcher.on_event(EpochEnded(record, best, record.epoch - best.epoch if best else 0))
        show_and_keep(self._live, self._keeper)
        return self._course.is_out_of_patience

    def fail(self) -> None:
        """Set `failure`: the loss of the epoch in progress is not a finite number."""
        config = self._course.config
        setting = f"the learning rate (now {config.learning_rate:g})"
        if config.beta > 10:
            setting += f" or beta (now {config.beta:g})"
        self.failure = f"The loss stopped being a finite number in epoch {self._course.epoch}: lower {setting}."

    def _pause_if_asked(self) -> None:
        """Wait between two batches while a pause is requested; the time is left out of all measured times."""
        if self._watcher.control.request != "pause":
            return
        self._reporter.report()
        self._live.follow()
        self._watcher.on_event(Paused(True))
        seconds = self._watcher.control.wait_while_paused()
        self._reporter.leave_out(seconds)
        self._began += seconds
        self._watcher.on_event(Paused(False))


def show_and_keep(live: LiveModel, keeper: Keeper) -> None:
    """Preview the present model, and keep a snapshot of it."""
    z_mean, z_log_var = live.encode_sample()
    keeper.keep_snapshot(z_mean, live.network)
    live.preview(z_mean, z_log_var)
