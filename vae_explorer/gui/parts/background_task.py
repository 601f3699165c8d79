"""One function in a thread of its own, its end told to the GUI thread."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from vae_explorer.errors import UserError
from vae_explorer.progress import LeftError, Progress

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LEAST_STEP = 0.002  # of a task's share that is done, from which on it is told


def begin(function: Callable[[], Result]) -> Future[Result]:
    """Call a function in a thread of its own, which no one waits for when the program ends."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except Exception as error:  # noqa: BLE001  whoever asks for the result gets it
            future.set_exception(error)

    threading.Thread(target=run, name="begun", daemon=True).start()
    return future


class BackgroundTask(QObject):
    """Runs `function(progress)` once; `progress(text, share)` tells how far it is and leaves it if it was cancelled.

    `returned` or `errored` (one sentence) comes, or neither after `cancel`; `finished` comes always and last, and then
    the task goes.
    """

    progressed = Signal(str, float)
    returned = Signal(object)
    errored = Signal(str)
    finished = Signal()
    _ended = Signal(object)  # what to tell; told in the GUI thread, which may have cancelled the task meanwhile

    def __init__(self, function: Callable[[Progress], object]) -> None:
        super().__init__(QCoreApplication.instance())  # no dialog that is closed meanwhile takes it along
        self._function = function
        self._told = "", -1.0
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background-task", daemon=True)

    def start(self) -> None:
        self._ended.connect(self._end)
        self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Whether the task has ended, after waiting that long at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _progress(self, text: str, share: float) -> None:
        if self._cancelled.is_set():
            raise LeftError
        said, told = self._told
        if text != said or abs(share - told) >= LEAST_STEP:  # what would be seen to change
            self._told = text, share
            self.progressed.emit(text, share)

    def _run(self) -> None:
        tell: Callable[[], object] | None = None
        try:
            tell = partial(self.returned.emit, self._function(self._progress))
        except LeftError:
            pass
        except UserError as error:
            tell = partial(self.errored.emit, str(error))
        except Exception as error:
            log.exception("background task failed")
            tell = partial(self.errored.emit, f"{type(error).__name__}: {error} (Help > Open log has more)")
        self._ended.emit(tell)

    def _end(self, tell: Callable[[], object] | None) -> None:
        self._thread.join()
        if tell is not None and not self._cancelled.is_set():
            tell()
        self.finished.emit()
        self.deleteLater()
