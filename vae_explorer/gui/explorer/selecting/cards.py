"""Draws a card for an image: the original, or that it is not at hand, with name, class and the figure sorted by."""

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPalette, QPen

from vae_explorer.array_types import Bytes, Floats, Indices
from vae_explorer.exploring.errors import reconstructed
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage
from vae_explorer.gui.parts.latest_worker import LatestWorker

GAP, MARGIN = 4, 3  # pixels between two cards, and inside one
KEPT = 16_000_000  # bytes of pictures of each kind that are kept
ABSENT = "image not at hand"
RECONSTRUCTION, BETWEEN = "reconstruction", " · "


def short_name(name: str) -> str:
    """A name of an image without what tells least of it: "image " before its number, or the folders of its file."""
    return name.removeprefix("image ").rpartition("/")[2]


def fitting_facts(name: str, value: str, font: QFontMetrics, width: int) -> str:
    """The name of a class and a figure in a line of this width in pixels: the name is elided, the figure is not."""
    behind = BETWEEN + value if name and value else value
    return font.elidedText(name, Qt.TextElideMode.ElideRight, max(0, width - font.horizontalAdvance(behind))) + behind


class Cards(QObject):
    """Keeps the pictures of the images that were drawn last. Reconstructions, if wanted, are decoded in the background.

    An original is never replaced by a reconstruction: a card has a place for each.
    """

    came = Signal()  # reconstructions that a card waits for

    def __init__(self) -> None:
        super().__init__()
        self._subject: Subject | None = None
        self._values: Floats | None = None
        self._originals: OrderedDict[int, QImage] = OrderedDict()
        self._decoded: OrderedDict[int, QImage] = OrderedDict()
        self._worker: LatestWorker | None = None
        self._asked: list[int] = []
        self._short = False  # whether names are shortened, since that of an image in view does not fit
        self.reconstructions = False  # whether they are shown beside the originals

    def show_subject(self, subject: Subject, values: Floats | None) -> None:
        """values: (N,), to be written on the cards; None: nothing."""
        before, self._subject, self._values = self._subject, subject, values
        if before is None or before.images is not subject.images or before.images_key != subject.images_key:
            self._originals.clear()
        if before is None or before.decoder is not subject.decoder or before.z_mean is not subject.z_mean:
            self._decoded.clear()
            self._asked = []

    def end(self) -> None:
        """Stop decoding."""
        if self._worker is not None:
            self._worker.end()

    def size(self, side: int, font: QFontMetrics) -> QSize:
        """The size of a card with images of this side."""
        across = 2 * side + MARGIN if self.reconstructions else side
        lines = 3 if self.reconstructions else 2
        return QSize(max(across, 64) + 2 * MARGIN, side + lines * font.height() + 2 * MARGIN + 2)

    def prepare(self, rows: list[int], side: int, font: QFontMetrics) -> None:
        """Get ready to draw the images in these rows: ask for their reconstructions, and see whether names fit."""
        subject, room = self._subject, self.size(side, font).width() - 2
        self._short = subject is not None and any(font.horizontalAdvance(subject.name_of(row)) > room for row in rows)
        missing = [row for row in rows if row not in self._decoded]
        if not self.reconstructions or subject is None or not missing or rows == self._asked:
            return
        if self._worker is None:
            self._worker = LatestWorker(_decode, "decoding the gallery", self, gives_way=True)
            self._worker.answered.connect(self._take)
        self._asked = list(rows)  # once: a view may have more images than are kept
        self._worker.request(subject, np.array(missing, np.intp))

    def draw(self, painter: QPainter, box: QRect, side: int, row: int, selected: bool, palette: QPalette) -> None:
        """Draw the card of the image in this row. selected: with the mark of the selected ones."""
        subject = self._subject
        if subject is None:
            return
        accent = palette.color(QPalette.ColorRole.Highlight)
        if selected:
            accent.setAlpha(70)
            painter.fillRect(box, accent)
        font = painter.fontMetrics()
        pair = 2 * side + MARGIN if self.reconstructions else side
        place = QRect(box.x() + (box.width() - pair) // 2, box.y() + MARGIN, side, side)
        _draw_picture(painter, place, self._original(row), ABSENT, palette)
        below = place.bottom() + 2
        if self.reconstructions:
            other = place.translated(side + MARGIN, 0)
            _draw_picture(painter, other, self._decoded.get(row), "", palette)
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            for each, said in ((place, "original"), (other, RECONSTRUCTION)):
                line = QRect(each.x(), below, side, font.height())
                said = font.elidedText(said, Qt.TextElideMode.ElideRight, side)
                painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, said)
            below += font.height()
        name = short_name(subject.name_of(row)) if self._short else subject.name_of(row)
        name = font.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width() - 2)
        facts = fitting_facts(*self._facts(row), font, box.width() - 2)
        for text, role in ((name, QPalette.ColorRole.Text), (facts, QPalette.ColorRole.PlaceholderText)):
            painter.setPen(palette.color(role))
            line = QRect(box.x() + 1, below, box.width() - 2, font.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextSingleLine, text)
            below += font.height()

    def tip(self, row: int) -> str:
        """What is known of the image in this row, in words."""
        subject = self._subject
        if subject is None:
            return ""
        absent = "" if subject.image_of[row] >= 0 else ABSENT
        return "\n".join(filter(None, (subject.name_of(row), BETWEEN.join(filter(None, self._facts(row))), absent)))

    def _facts(self, row: int) -> tuple[str, str]:
        """Class and figure of the image; "": it has none."""
        assert self._subject is not None
        name, value = self._subject.columns.class_of(row), ""
        if self._values is not None:
            value = f"{self._values[row]:.3g}" if np.isfinite(self._values[row]) else "–"
        return name, value

    def _original(self, row: int) -> QImage | None:
        """The original image; None: it is not at hand."""
        assert self._subject is not None
        place = int(self._subject.image_of[row])
        if place < 0:
            return None
        if row not in self._originals:
            _keep(self._originals, row, to_qimage(self._subject.images[place]))
        return self._originals[row]

    def _take(self, _: int, answer: tuple[Subject, Indices, Bytes]) -> None:
        subject, rows, images = answer
        now = self._subject
        if now is not None and subject.decoder is now.decoder and subject.z_mean is now.z_mean:
            for row, image in zip(rows.tolist(), images, strict=True):
                _keep(self._decoded, row, to_qimage(image))
            self.came.emit()


def _decode(subject: Subject, rows: Indices) -> tuple[Subject, Indices, Bytes]:
    images = reconstructed(subject.decoder, subject.z_mean[rows], subject.label[rows], subject.image_shape)
    return subject, rows, np.rint(np.nan_to_num(images).clip(0, 1) * 255).astype(np.uint8)


def _keep(pictures: "OrderedDict[int, QImage]", row: int, picture: QImage) -> None:
    pictures[row] = picture
    while len(pictures) > max(256, KEPT // max(1, picture.sizeInBytes())):
        pictures.popitem(last=False)


def _draw_picture(painter: QPainter, place: QRect, picture: QImage | None, absent: str, palette: QPalette) -> None:
    """Draw a picture in proportion; in words why there is none."""
    if picture is None:
        painter.setPen(QPen(FRAME, 1, Qt.PenStyle.DashLine))
        painter.drawRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, absent)
        return
    size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    box = QRect(place.topLeft(), size)
    box.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.width() < picture.width())
    painter.drawImage(box, picture)
    painter.setPen(FRAME)
    painter.drawRect(box.adjusted(0, 0, -1, -1))
