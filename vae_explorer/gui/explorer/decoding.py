"""Decoding under the handle: what is asked of the decoder, and which of its answers are still shown."""

import threading

from PySide6.QtCore import QObject, QTimer, Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.decoded import Answer, explore
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.parts.latest_worker import LatestWorker

INDEX_PAUSE = 500  # milliseconds that a subject is explored before searches in it are made fast


class Decoding(QObject):
    """Answers for the subject that was asked about last; those for one before it are dropped."""

    answered = Signal(object, object)  # Subject, Answer

    def __init__(self, clock: FrameClock, parent: QObject) -> None:
        super().__init__(parent)
        self.worker = LatestWorker(explore, "decoding", self)
        self.worker.answered.connect(self._take)
        self.generation = 0  # of the answer that is shown; 0: there is none yet
        self._clock = clock
        self._subject: Subject | None = None
        self._first_generation = 0  # answers of earlier ones belong to another subject
        self._milliseconds = 0.0
        self._index_soon = QTimer(self)
        self._index_soon.setSingleShot(True)
        self._index_soon.setInterval(INDEX_PAUSE)
        self._index_soon.timeout.connect(self._build_trees)

    def ask(self, subject: Subject, code: Floats, other: bool = False) -> None:
        """Decode a code (latent_dim,) and find the nearest image. other: no earlier answer may be shown any more."""
        self._subject = subject
        generation = self.worker.request(subject, code)
        self._clock.image_asked(generation)
        if other:
            self._first_generation = generation
            self._index_soon.start()

    def text(self) -> str:
        """What decodes, and how long one code takes."""
        engine = self._subject.decoder.engine if self._subject is not None else ""
        return f"{engine}: decode {self._milliseconds:.2f} ms"

    def end(self) -> None:
        """Decode no more."""
        self._index_soon.stop()
        self.worker.end()

    def _take(self, generation: int, answer: Answer) -> None:
        if self._subject is not None and generation >= self._first_generation:
            self.generation, self._milliseconds = generation, answer.milliseconds
            self.answered.emit(self._subject, answer)

    def _build_trees(self) -> None:
        if self._subject is not None:
            threading.Thread(target=self._subject.build_trees, name="trees", daemon=True).start()
