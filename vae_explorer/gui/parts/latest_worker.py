"""Calls a function outside the GUI thread; only the newest waiting request is carried out."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from vae_explorer.gui.parts.priority import let_the_window_go_first
from vae_explorer.gui.parts.settings import LOG_HAS_MORE

log = logging.getLogger(__name__)


class LatestWorker(QObject):
    """Calls a function in a separate thread, which begins with the first request, one call at a time.

    A newer request replaces one that waits, so no queue grows. Answers arrive in the order of the requests.
    """

    answered = Signal(object, object)  # generation of the request, return value of the function
    errored = Signal(str)  # one sentence

    def __init__(
        self, function: Callable[..., object], task: str, parent: QObject | None = None, gives_way: bool = False
    ) -> None:
        """task: what the function does, as the subject of a sentence. gives_way: with a low priority."""
        super().__init__(parent)
        self._function, self._task, self._gives_way = function, task, gives_way
        self._wake = threading.Condition()
        self._pending: tuple[int, tuple[Any, ...]] | None = None
        self._ending = False
        self._generation = 0
        self._thread: threading.Thread | None = None

    def request(self, *arguments: Any) -> int:
        """Request function(*arguments). Returns the generation of the request, which grows by one each time."""
        with self._wake:
            self._generation += 1
            self._pending = self._generation, arguments
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(target=self._run, name=self._task, daemon=True)
                self._thread.start()
            self._wake.notify()
            return self._generation

    @property
    def newest(self) -> int:
        """Generation of the newest request; 0 if there was none."""
        return self._generation

    def end(self) -> None:
        """Stop answering; wait at most 5 s for the running call."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        if self._gives_way:
            let_the_window_go_first()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending is not None or self._ending)
                if self._ending or self._pending is None:
                    return
                (generation, arguments), self._pending = self._pending, None
            try:
                answer = self._function(*arguments)
            except Exception as error:
                log.exception("%s failed", self._task)
                self.errored.emit(f"{self._task.capitalize()} failed: {error} ({LOG_HAS_MORE})")
            else:
                self.answered.emit(generation, answer)
