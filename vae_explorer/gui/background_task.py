"""One function in a thread of its own, its end told to the GUI thread."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from vae_explorer.errors import UserError

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


class CancelledError(Exception):
    """Raised inside a task to leave it early; no error is shown for it."""


class BackgroundTask(QObject):
    """Runs `function(progress)` once; `progress(text, share)` tells how far it is and leaves it if it was cancelled.

    `returned` or `errored` (one sentence) comes, or neither after `cancel`; `finished` comes always and last, and then
    the task goes.
    """

    progressed = Signal(str, float)
    returned = Signal(object)
    errored = Signal(str)
    finished = Signal()

    def __init__(self, function: Callable[[Callable[[str, float], None]], object]) -> None:
        super().__init__(QCoreApplication.instance())  # no dialog that is closed meanwhile takes it along
        self._function = function
        self._told = "", -1.0
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background-task", daemon=True)

    def start(self) -> None:
        self.finished.connect(self._go)
        self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Whether the task has ended, after waiting that long at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _go(self) -> None:
        self._thread.join()  # it may still be emitting `finished` to the others
        self.deleteLater()

    def _progress(self, text: str, share: float) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        said, told = self._told
        if text != said or abs(share - told) >= LEAST_STEP:  # what would be seen to change
            self._told = text, share
            self.progressed.emit(text, share)

    def _run(self) -> None:
        try:
            result = self._function(self._progress)
            if not self._cancelled.is_set():
                self.returned.emit(result)
        except CancelledError:
            pass
        except UserError as error:
            if not self._cancelled.is_set():
                self.errored.emit(str(error))
        except Exception as error:
            log.exception("background task failed")
            self.errored.emit(f"{type(error).__name__}: {error} (Help > Open log has more)")
        finally:
            self.finished.emit()
