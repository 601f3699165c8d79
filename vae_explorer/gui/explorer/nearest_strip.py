"""The nearest real images side by side; a click or Return on one brings the handle to its latent code."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from vae_explorer.data.dataset import SPLITS
from vae_explorer.exploring.decoded import NEAREST, Answer
from vae_explorer.exploring.shown_images import ShownImages
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage
from vae_explorer.gui.parts.image_look import PLAIN, ImageLook
from vae_explorer.gui.parts.plain_text import safe_tip

GAP = 3  # pixels between two images
TIP = 44  # pixels from a tip's text to the strip, so that the tip does not cover the strip, also at the screen's end
FOCUSED = 2  # pixels, width of the frame of the image that the keys are at
CHOOSING = Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space
FIRST, LAST = -NEAREST, NEAREST  # steps to the first and to the last image
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: FIRST, Qt.Key.Key_End: LAST}


def facts_of(subject: Subject, row: int, distance: float) -> tuple[str, str]:
    """Class, split and distance of the image of a latent code as one line, and its name."""
    name = subject.columns.class_of(row)
    facts = [f"class {name}" if name else "", SPLITS[subject.split[row]], f"distance {distance:.3f}"]
    return ", ".join(filter(None, facts)), subject.name_of(row)


def title_of(among: ShownImages) -> str:
    """What the nearest images are the nearest of."""
    title = f"Nearest of the {among.count:,} shown" if among.filtered else "Nearest images"
    return f"{title} ({among.missing:,} cannot be reached)" if among.missing else title


class NearestStrip(QWidget):
    """NEAREST squares in a row, nearest first; those without an image stay empty.

    Tab reaches it and the arrow keys go along it; a click leaves the keys with the map, where they move the handle.
    """

    chosen = Signal(int)  # the row of the latent code whose image was clicked or chosen with a key

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("nearestStrip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._shown: tuple[Subject, Answer] | None = None
        self._pictures: list[QImage] = []
        self._look = PLAIN
        self._pointed = -1  # the image that the pointer or the keys are at, and the tip is about

    def show_answer(self, subject: Subject, answer: Answer) -> None:
        """Show the nearest images of this answer."""
        self._shown = subject, answer
        self._draw_pictures()
        self.setAccessibleName(f"{title_of(answer.among)}: {len(self._pictures)}")
        if self._pointed >= 0:  # another image is there now
            self._point_at(min(self._pointed, len(self._pictures) - 1))
        elif self.hasFocus() and self._pictures:
            self._point_at(0)
        self.update()

    def set_look(self, look: ImageLook) -> None:
        """Show the images in other levels or colours."""
        self._look = look
        self._draw_pictures()
        self.update()

    def _draw_pictures(self) -> None:
        if self._shown is not None:
            subject, answer = self._shown
            images = (subject.images[place] for place in subject.image_of[answer.rows])
            self._pictures = [to_qimage(self._look.applied(image)) for image in images]

    @property
    def rows(self) -> list[int]:
        """The rows of the latent codes whose images are shown, nearest first."""
        return self._shown[1].rows.tolist() if self._shown is not None else []

    @property
    def pictures(self) -> list[QImage]:
        """The images shown, not enlarged."""
        return self._pictures

    def square(self, place: int) -> QRectF:
        """Where the image at this place is drawn, counted from 0."""
        step = (self.width() + GAP) / NEAREST
        return QRectF(place * step, 0, step - GAP, step - GAP)

    def row_at(self, position: QPointF) -> int:
        """The row of the image at a position in pixels, else of the one that the keys are at; -1: there is none."""
        place = self._place_at(position)
        place = place if place >= 0 else self._pointed
        return self.rows[place] if 0 <= place < len(self._pictures) else -1

    def fit_width(self, width: int) -> None:
        """Take this width in pixels, and the height that squares need."""
        self.setFixedSize(width, self.height_for(width))

    @staticmethod
    def height_for(width: int) -> int:
        """The height in pixels of squares in a row of this width."""
        return int((width + GAP) / NEAREST) - GAP

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place != self._pointed:
            self._point_at(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self.chosen.emit(self.rows[place])

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point_at(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._point_at(0 if self._pictures else -1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in CHOOSING and self._pointed >= 0:
            row = self.rows[self._pointed]
            self._pointed = 0  # where its image will be, since it is the nearest to itself
            self.chosen.emit(row)
        elif event.key() in STEPS and self._pictures:
            step = STEPS[Qt.Key(event.key())]
            self._point_at(min(max(self._pointed + step, 0), len(self._pictures) - 1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place in range(NEAREST):
            square = self.square(place)
            if place >= len(self._pictures):
                painter.fillRect(square, self.palette().midlight())
                continue
            picture = self._pictures[place]
            size = picture.size().scaled(square.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(square.center())
            painter.drawImage(box, picture)
            width = FOCUSED if place == self._pointed and self.hasFocus() else 1
            painter.setPen(QPen(self.palette().highlight().color() if place == self._pointed else FRAME, width))
            painter.drawRect(box.adjusted(width / 2, width / 2, -width / 2, -width / 2))

    def _place_at(self, position: QPointF) -> int:
        """The place of the image at a position in pixels, -1: there is none."""
        places = range(len(self._pictures))
        return next((place for place in places if self.square(place).contains(position)), -1)

    def _point_at(self, place: int) -> None:
        self._pointed = place
        self.update()
        if self._shown is None or place < 0:
            QToolTip.hideText()
            self.setAccessibleDescription("")
            return
        subject, answer = self._shown
        facts, name = facts_of(subject, self.rows[place], float(answer.distances[place]))
        text = f"{facts}\n{name}"
        self.setAccessibleDescription(f"{place + 1} of {len(self._pictures)}: {facts}, {name}")
        above = self.square(place).topLeft() - QPointF(0, 2 * self.fontMetrics().height() + TIP)
        QToolTip.showText(self.mapToGlobal(above.toPoint()), safe_tip(text), self)
