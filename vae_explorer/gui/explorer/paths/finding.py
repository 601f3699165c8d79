"""Finds paths in the background, one request at a time; a newer request cancels the one before."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.paths import Data, Kind, find_path
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.priority import let_the_window_go_first
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Paths of several kinds through the same anchors."""

    kinds: tuple[Kind, ...]  # in the order in which they are found
    anchors: Floats  # (A, latent_dim), A >= 2
    decoder: Decoder
    codes: Floats  # (N, latent_dim), of the data


class PathFinding(QObject):
    """Emits each path as soon as it is found; what the data say of all paths is computed once."""

    found = Signal(object, object)  # Wanted, Path
    failed = Signal(object, object, str)  # Wanted, Kind, one sentence
    progressed = Signal(str, float)
    errored = Signal(str)  # what nobody foresaw
    rested = Signal()  # nothing is being found any more

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: BackgroundTask | None = None
        self._next: Wanted | None = None
        self._data: tuple[Floats, Data] | None = None  # of these codes; only the task reads and writes it

    @property
    def running(self) -> bool:
        return self._task is not None

    def find(self, wanted: Wanted) -> None:
        """Find these, and give up what is being found."""
        if self._task is None:
            self._start(wanted)
        else:
            self._next = wanted
            self._task.cancel()

    def cancel(self) -> None:
        """Give up what is being found."""
        self._next = None
        if self._task is not None:
            self._task.cancel()

    def end(self) -> None:
        """Stop, because the window closes."""
        self.cancel()
        if self._task is not None:
            self._task.wait(5)

    def _start(self, wanted: Wanted) -> None:
        self._task = BackgroundTask(lambda progress: self._work(wanted, progress))
        self._task.progressed.connect(self.progressed)
        self._task.errored.connect(self.errored)
        self._task.finished.connect(self._finished)
        self._task.start()

    def _work(self, wanted: Wanted, progress: Progress) -> None:
        let_the_window_go_first()
        if self._data is None or self._data[0] is not wanted.codes:
            self._data = wanted.codes, Data(wanted.codes)
        for kind in wanted.kinds:
            try:
                path = find_path(kind, wanted.anchors, wanted.decoder, self._data[1], progress)
            except UserError as error:
                self.failed.emit(wanted, kind, str(error))
            else:
                self.found.emit(wanted, path)

    def _finished(self) -> None:
        self._task = None
        if self._next is not None:
            wanted, self._next = self._next, None
            self._start(wanted)
        else:
            self.rested.emit()
