"""An image of the person's own, drawn, pasted or dropped: read, encoded, and shown on the map and on the pad."""

import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from vae_explorer.array_types import Bytes
from vae_explorer.data.image_file import SUFFIXES
from vae_explorer.errors import UserError
from vae_explorer.exploring.own_image import OwnImage, describe_own, read_own
from vae_explorer.exploring.preparing import Preparation, ground_of, preparation_of
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.draw_pad import DrawPad
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.run.run import Run

MARGIN = 12  # pixels from the window's edges to the pad
NO_IMAGE = "There is no image on the clipboard."


class OwnImages(QObject):
    """Encodes what is on the pad whenever it changes, one image at a time; what is drawn meanwhile follows.

    Threads and pad are made when they are first wanted.
    """

    errored = Signal(str)

    def __init__(self, explorer: ExplorerTab) -> None:
        super().__init__(explorer)
        self._explorer = explorer
        self.layer = explorer.view.layers.find(OwnImageLayer)
        self.layer.subject_shown.connect(self._take_subject)
        self._subject: Subject | None = None
        self._first = 0  # requests before this one are about another subject or an erased image
        self._own: OwnImage | None = None
        self._known: tuple[Run, int, Preparation | None] | None = None  # what `_drawn_as` returns for this run
        self.pad: DrawPad | None = None
        self._encoding: LatestWorker | None = None
        self._reading: LatestWorker | None = None

    def draw(self) -> DrawPad | None:
        """Open the pad beside the map; None: no image can be encoded, which is said."""
        subject = self._subject
        if subject is None or subject.encoder is None:
            self.errored.emit(
                f"No image can be encoded: {subject.why_no_encoder}" if subject else "No run is open yet."
            )
            return None
        if self.pad is None:
            self._make_pad(subject)
        assert self.pad is not None
        if not self.pad.isVisible():
            self._place(self.pad)
        self.pad.show()
        self.pad.raise_()
        self.pad.activateWindow()
        return self.pad

    def paste(self) -> None:
        """Take the image, or the image file, that is on the clipboard."""
        data = QApplication.clipboard().mimeData() or QMimeData()  # None: there is nothing on it
        files = image_files(data)
        image = QApplication.clipboard().image() if data.hasImage() else QImage()
        if not image.isNull():
            self._read(image)
        elif len(files) == 1:
            self._read(files[0])
        else:
            self.errored.emit(NO_IMAGE)

    def open_file(self, path: Path) -> None:
        """Take the image in a file."""
        self._read(path)

    def end(self) -> None:
        """Stop reading and encoding."""
        for worker in (self._encoding, self._reading):
            if worker is not None:
                worker.end()
        if self.pad is not None:
            self.pad.samples.end()
            self.pad.close()

    def _make_pad(self, subject: Subject) -> None:
        pad = DrawPad(self._explorer.window())
        self.pad = pad
        pad.begin(subject.image_shape, *self._drawn_as(subject))
        pad.changed.connect(self._encode)
        pad.paste_wanted.connect(self.paste)
        pad.handle_wanted.connect(self._go_there)
        pad.path_wanted.connect(self._add_to_path)

    def _place(self, pad: DrawPad) -> None:
        """Put the pad over the panel at the right, so that the map stays in view."""
        window = self._explorer.window()
        inside = window.geometry()
        top = self._explorer.mapTo(window, self._explorer.rect().topLeft()).y()
        height = min(690, inside.height() - top - MARGIN)
        pad.resize(QSize(pad.width(), max(height, pad.minimumSizeHint().height())))
        pad.move(inside.right() - pad.width() - MARGIN, inside.top() + top)

    def _take_subject(self, subject: Subject) -> None:
        """Encode the same image by another model; called 30 times per second during a replay."""
        before, self._subject = self._subject, subject
        if self.pad is None or (before is not None and before.encoder is subject.encoder is None):
            return
        if subject.encoder is None:
            self._forget(f"No image can be encoded: {subject.why_no_encoder}")
            return
        ground, preparation = self._drawn_as(subject)
        if (subject.image_shape, ground) != (self.pad.canvas.shape, self.pad.canvas.ground):
            self.pad.begin(subject.image_shape, ground, preparation)
            return
        self.pad.prepare_as(preparation)
        if before is None or before.decoder is not subject.decoder or before.encoder is not subject.encoder:
            self._encode()

    def _drawn_as(self, subject: Subject) -> tuple[int, Preparation | None]:
        """The ground of the images of the subject's run, and how they were prepared."""
        assert subject.run is not None  # it has an encoder
        if self._known is None or self._known[0] is not subject.run:
            images = subject.run.sample.images
            self._known = subject.run, ground_of(images), preparation_of(images)
        return self._known[1:]

    def _encode(self) -> None:
        if self.pad is None or self._subject is None or self._subject.encoder is None:
            return
        pixels = self.pad.pixels()
        if pixels is None:
            self._forget()
            return
        if self._encoding is None:
            self._encoding = LatestWorker(describe_own, "encoding the image", self)
            self._encoding.answered.connect(self._show)
            self._encoding.errored.connect(self._forget)
        self._encoding.request(self._subject, pixels)

    def _show(self, generation: int, own: OwnImage) -> None:
        if generation < self._first or self.pad is None or self._subject is None:
            return
        if own.subject.encoder is not self._subject.encoder:
            return
        self._own = own
        self.layer.put(own)
        self.pad.show_own(own)

    def _forget(self, sentence: str = "") -> None:
        self._first = self._encoding.newest + 1 if self._encoding is not None else 0
        self._own = None
        self.layer.put(None)
        if self.pad is not None:
            self.pad.forget(sentence)

    def _go_there(self) -> None:
        if self._own is not None:
            self._explorer.go_to_code(self._own.z_mean)

    def _add_to_path(self) -> None:
        if self._own is not None:
            self._explorer.path.add(self._own.z_mean)

    def _read(self, source: Path | QImage) -> None:
        if self.draw() is None:
            return
        if self._reading is None:
            self._reading = LatestWorker(_read, "reading the image", self)
            self._reading.answered.connect(self._take)
            self._reading.errored.connect(self.errored)
        self._reading.request(self._subject, source)

    def _take(self, _generation: int, answer: tuple[Subject, Bytes | str]) -> None:
        subject, found = answer
        if isinstance(found, str):
            self.errored.emit(found)
        elif self.pad is not None and self._subject is not None and subject.run is self._subject.run:
            self.pad.canvas.put(found, "Image")


def image_files(data: QMimeData) -> list[Path]:
    """The local files, if all that is dropped or copied are image files; else nothing."""
    paths = [Path(url.toLocalFile()) for url in data.urls()]
    alone = all(path.suffix.lower() in SUFFIXES and path.is_file() for path in paths)
    return paths if alone else []


def _read(subject: Subject, source: Path | QImage) -> tuple[Subject, Bytes | str]:
    """Read an image as those of the run were read; a sentence if that cannot be done."""
    try:
        if isinstance(source, Path):
            return subject, read_own(subject, source)
        with tempfile.TemporaryDirectory() as folder:  # then it is read as a file is
            path = Path(folder, "clipboard.png")
            if not source.save(str(path)):
                return subject, "The image on the clipboard cannot be read."
            return subject, read_own(subject, path)
    except UserError as error:
        return subject, str(error)
