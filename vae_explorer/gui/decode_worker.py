"""Decoding off the GUI thread: only the newest request counts."""

import logging
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from vae_explorer.exploring import Answer, Subject, explore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    generation: int
    subject: Subject
    z: NDArray[np.float32]  # (latent_dim,)


class DecodeWorker(QObject):
    """Answers requests one at a time. A request that waits is replaced by a newer one, so no queue can grow."""

    answered = Signal(object, object)  # Request, Answer
    errored = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._pending: Request | None = None
        self._ending = False
        self._generation = 0
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)
        self._thread.start()

    def request(self, subject: Subject, z: NDArray[np.float32]) -> int:
        """Ask what stands at z. Returns the generation of the request; it grows by one each time."""
        with self._wake:
            self._generation += 1
            self._pending = Request(self._generation, subject, z)
            self._wake.notify()
            return self._generation

    def end(self) -> None:
        """Answer no more; waits for the decode in flight, 5 s at most."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending is not None or self._ending)
                if self._ending or self._pending is None:
                    return
                request, self._pending = self._pending, None
            try:
                answer: Answer = explore(request.subject, request.z)
            except Exception as error:
                log.exception("decoding failed")
                self.errored.emit(f"Decoding failed: {error} (Help > Open log has more)")
            else:
                self.answered.emit(request, answer)
