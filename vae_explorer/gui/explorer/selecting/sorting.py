"""Sorts the images of the gallery, and measures what they are sorted by, in the background if it takes long."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats, Indices
from vae_explorer.exploring.ordering import NAME, Order, in_order, measured
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.progress import Progress

FEW_NAMES, FEW = 2_000, 200_000  # images that are sorted by name, or by another order, within some milliseconds
WAIT = 5  # seconds for a computation to end with the window


class Sorting(QObject):
    """Emits `done` at once or later, only for the newest request, or `failed` with one sentence."""

    done = Signal(object, object)  # rows (M,) in order, and the values (N,) by which they are sorted or None
    progressed = Signal(str)  # what is being done, in words
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._task: BackgroundTask | None = None
        # Of each figure that was measured: the objects that it was measured from, and its values.
        self._known: dict[str, tuple[tuple[Any, ...], Floats]] = {}

    @property
    def running(self) -> bool:
        """Whether something is measured or sorted in the background."""
        return self._task is not None

    def known(self, order: Order, subject: Subject) -> Floats | None:
        """The values (N,) of an order's figure if they were measured already."""
        if order.figure is None or order.name not in self._known:
            return None
        parts, values = self._known[order.name]
        now = order.figure.measured_from(subject)
        same = len(parts) == len(now) and all(old is new for old, new in zip(parts, now, strict=True))
        return values if same else None

    def keep(self, order: Order, subject: Subject, values: Floats) -> None:
        """Remember the values (N,) of an order's figure."""
        assert order.figure is not None
        self._known[order.name] = order.figure.measured_from(subject), values

    def sort(self, subject: Subject, rows: Indices, order: Order, descending: bool, code: Floats) -> None:
        """Sort rows (M,). code: (latent_dim,), at the handle."""
        self.cancel()
        values = self.known(order, subject)
        few = len(rows) <= (FEW_NAMES if order.name == NAME else FEW)
        if few and (values is not None or order.figure is None):
            values = measured(order, subject, code) if values is None else values
            self.done.emit(in_order(order, descending, subject, rows, values), values)
            return

        def work(progress: Progress) -> tuple[Indices, Floats | None]:
            found = measured(order, subject, code, progress) if values is None else values
            progress("Sorting", 1.0)
            return in_order(order, descending, subject, rows, found), found

        task = self._task = BackgroundTask(work)
        task.progressed.connect(lambda text, share: self._say(task, f"{text}: {share:.0%}".replace("%", " %")))
        task.returned.connect(lambda answer: self._take(task, order, subject, *answer))
        task.errored.connect(self.failed)
        task.finished.connect(lambda: self._ended(task))
        task.start()

    def cancel(self) -> None:
        """Give up what runs in the background."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def end(self) -> None:
        """Give up what runs, and wait for it."""
        task = self._task
        self.cancel()
        if task is not None:
            task.wait(WAIT)

    def _say(self, task: BackgroundTask, text: str) -> None:
        if task is self._task:
            self.progressed.emit(text)

    def _take(self, task: BackgroundTask, order: Order, subject: Subject, rows: Indices, values: Floats | None) -> None:
        if task is self._task:
            self._task = None
            if order.figure is not None and values is not None:
                self.keep(order, subject, values)
            self.done.emit(rows, values)

    def _ended(self, task: BackgroundTask) -> None:
        if task is self._task:
            self._task = None
