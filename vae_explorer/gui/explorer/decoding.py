"""Decoding at the handle: requests to the decoder, and which answers are still current."""

import threading

from PySide6.QtCore import QObject, QTimer, Signal

from vae_explorer.array_types import Flags, Floats
from vae_explorer.exploring.decoded import Answer, explore
from vae_explorer.exploring.shown_images import ShownImages, shown_images
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.latent.neighbours import Neighbours

INDEX_PAUSE = 500  # milliseconds from showing a subject, or other rows of it, until its search trees are built


class Decoding(QObject):
    """Decodes latent codes of one subject at a time; answers for an earlier subject are dropped."""

    answered = Signal(object, object)  # Subject, Answer

    def __init__(self, clock: FrameClock, parent: QObject) -> None:
        super().__init__(parent)
        self.worker = LatestWorker(explore, "decoding", self)
        self.worker.answered.connect(self._take)
        self.generation = 0  # generation of the answer that is shown; 0: there is none yet
        self._clock = clock
        self._subject: Subject | None = None
        self._among: ShownImages | None = None
        self._among_of: tuple[Neighbours, Flags] | None = None  # search of all images, and the shown rows
        self._first_generation = 0  # earlier generations belong to another subject
        self._milliseconds = 0.0
        self._index_soon = QTimer(self)
        self._index_soon.setSingleShot(True)
        self._index_soon.setInterval(INDEX_PAUSE)
        self._index_soon.timeout.connect(self._build_trees)

    def ask(self, subject: Subject, code: Floats, shown: Flags, other: bool = False) -> None:
        """Decode a latent code (latent_dim,) and find the nearest images that are shown.

        shown: (N,), true for those; another array after each change. other: drop all answers to earlier calls.
        """
        self._subject = subject
        self._filter(subject, shown)
        generation = self.worker.request(subject, code, self._among)
        self._clock.image_asked(generation)
        if other:
            self._first_generation = generation
            self._index_soon.start()

    def text(self) -> str:
        """The name of the decoder's engine, and how long it takes for one latent code."""
        engine = self._subject.decoder.engine if self._subject is not None else ""
        return f"{engine}: decode {self._milliseconds:.2f} ms"

    def end(self) -> None:
        """Stop decoding."""
        self._index_soon.stop()
        self.worker.end()

    def _filter(self, subject: Subject, shown: Flags) -> None:
        """Search these rows from now on: without a tree at first, which is built as soon as they stay the same."""
        before = self._among_of
        if before is None or before[0] is not subject.with_image or before[1] is not shown:
            self._among, self._among_of = shown_images(subject, shown), (subject.with_image, shown)
            if before is not None and before[1] is not shown:
                self._index_soon.start()

    def _take(self, generation: int, answer: Answer) -> None:
        if self._subject is not None and generation >= self._first_generation:
            self.generation, self._milliseconds = generation, answer.milliseconds
            self.answered.emit(self._subject, answer)

    def _build_trees(self) -> None:
        subject, among = self._subject, self._among
        if subject is not None and among is not None:

            def build() -> None:
                subject.build_trees()
                among.search.build()

            threading.Thread(target=build, name="trees", daemon=True).start()
