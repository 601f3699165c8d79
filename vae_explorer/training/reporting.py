"""Reports the losses of batches, the speed of the training and the time left."""

import time
from collections.abc import Callable

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.training.course import Course
from vae_explorer.training.events import BatchProgress, Event

REPORT_SECONDS = 0.25  # least time between two BatchProgress events, since drawing them slows the training


class Reporter:
    """Collects the losses of batches and reports them together, at most every REPORT_SECONDS."""

    def __init__(
        self, course: Course, images: int, learning_rate: Callable[[], float], on_event: Callable[[Event], None]
    ) -> None:
        """images: the number of training images. learning_rate: returns the learning rate of the next step."""
        self._course, self._learning_rate, self._on_event = course, learning_rate, on_event
        self._images_per_step = images / course.steps_per_epoch
        self._began, self._first_step = time.perf_counter(), course.step
        self._reported = 0.0  # so that the first batch is reported at once
        self._unreported: list[tuple[float, ...]] = []

    def add(self, losses: Floats) -> None:
        """Losses of the course's newest step: (3,), loss, reconstruction loss, KL, nats per image."""
        self._unreported.append((self._course.step, *losses))

    def report_if_due(self, now: float) -> None:
        """Report if REPORT_SECONDS have passed. now: from `time.perf_counter`."""
        if now - self._reported >= REPORT_SECONDS:
            self.report()

    def report(self) -> None:
        """Report the losses that were not reported yet, if there are any."""
        if not self._unreported:
            return
        now = time.perf_counter()
        elapsed = now - self._began
        values = np.array(self._unreported)
        per_step = elapsed / (self._course.step - self._first_step)
        self._on_event(
            BatchProgress(
                steps=values[:, 0].astype(np.int64),
                losses=values[:, 1:],
                epoch=self._course.epoch,
                elapsed=elapsed,
                seconds_left=per_step * self._course.steps_left,
                images_per_second=self._images_per_step / per_step,
                learning_rate=self._learning_rate(),
            )
        )
        self._unreported, self._reported = [], now

    def leave_out(self, seconds: float) -> None:
        """Do not count the seconds of a pause that ends now."""
        self._began += seconds
