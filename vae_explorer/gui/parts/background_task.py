"""Runs one function in a separate thread and reports its end in the GUI thread."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.settings import LOG_HAS_MORE
from vae_explorer.progress import LeftError, Progress

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LEAST_STEP = 0.002  # smallest change of the share done that is reported


def begin(function: Callable[[], Result]) -> Future[Result]:
    """Call a function in a daemon thread, which does not delay the program's end."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except Exception as error:  # noqa: BLE001  raised where the result is read
            future.set_exception(error)

    threading.Thread(target=run, name="begun", daemon=True).start()
    return future


def unexpected(error: Exception) -> str:
    """A sentence on an error that nobody foresaw, whose traceback is in the log."""
    what = f"{type(error).__name__}: {error}"
    return f"Something went wrong that the program did not expect ({what}). {LOG_HAS_MORE}."


class BackgroundTask(QObject):
    """Runs `function(progress)` once; `progress(text, share)` reports the share done, or stops it if cancelled.

    It emits `returned` or `errored` (one sentence), or neither after `cancel`. `finished` is always emitted last; then
    the task is deleted.
    """

    progressed = Signal(str, float)
    returned = Signal(object)
    errored = Signal(str)
    finished = Signal()
    _ended = Signal(object)  # the call that reports the outcome; made in the GUI thread, unless the task is cancelled

    def __init__(self, function: Callable[[Progress], object]) -> None:
        super().__init__(QCoreApplication.instance())  # closing a dialog must not delete the task
        self._function = function
        self._reported = "", -1.0
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background-task", daemon=True)

    def start(self) -> None:
        self._ended.connect(self._end)
        self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Whether the task has ended, after waiting at most this long."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _progress(self, text: str, share: float) -> None:
        if self._cancelled.is_set():
            raise LeftError
        last_text, last_share = self._reported
        if text != last_text or abs(share - last_share) >= LEAST_STEP:  # smaller changes cannot be seen
            self._reported = text, share
            self.progressed.emit(text, share)

    def _run(self) -> None:
        report: Callable[[], object] | None = None
        try:
            report = partial(self.returned.emit, self._function(self._progress))
        except LeftError:
            pass
        except UserError as error:
            report = partial(self.errored.emit, str(error))
        except Exception as error:
            log.exception("background task failed")
            report = partial(self.errored.emit, unexpected(error))
        self._ended.emit(report)

    def _end(self, report: Callable[[], object] | None) -> None:
        self._thread.join()
        if report is not None and not self._cancelled.is_set():
            report()
        self.finished.emit()
        self.deleteLater()
