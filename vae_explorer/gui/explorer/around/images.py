"""The images around the handle: a row for each direction, a column for each step, with the handle in the middle."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vae_explorer.exploring.around import STEPS, Around
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage
from vae_explorer.gui.parts.plain_text import safe_tip, shown

GAP = 3  # pixels between two images
APART = 22  # pixels between two blocks of rows
BESIDE = 8  # pixels between the name of a direction and its images
LONGEST = 120  # pixels of a name
LEAST, USUAL = (150, 90), (400, 190)  # pixels, width and height
MIDDLE = STEPS.index(0)
CHOOSING = Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space
ARROWS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}

Place = tuple[int, int]  # the direction and the step of an image, counted from 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Rows below each other in blocks that stand side by side, all in pixels."""

    lines: int  # rows in a block
    width: float  # of an image
    height: float
    before: float  # of the names, at the left of the images
    above: float  # of the steps, above the images

    def box(self, place: Place) -> QRectF:
        """Where the image at a place is drawn."""
        (block, line), column = divmod(place[0], self.lines), place[1]
        across = self.before + len(STEPS) * (self.width + GAP) - GAP + APART
        x, y = block * across + self.before + column * (self.width + GAP), self.above + line * (self.height + GAP)
        return QRectF(x, y, self.width, self.height)


def step_text(column: int) -> str:
    """The step of a column, such as "+2"."""
    step = STEPS[column]
    return f"{step:+d}".replace("-", "−") if step else "0"


class AroundImages(QWidget):
    """Shows images, or a sentence. Tab reaches it, the arrow keys go over the images, and Return chooses one."""

    chosen = Signal(int, int)  # the direction and the step of the image that was clicked or chosen with a key
    pointed = Signal(int, int)  # those of the image that the pointer or the keys are at; -1: none

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("aroundImages")
        self.setAccessibleName("Images around the handle")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.around: Around | None = None
        self._said = ""
        self._pictures: list[list[QImage]] = []
        self._at: Place | None = None  # the image that the pointer or the keys are at

    def show_around(self, around: Around) -> None:
        """Show these images."""
        self.around, self._said = around, ""
        fastest = QImage.Format.Format_RGB32  # the format that is enlarged fastest
        self._pictures = [[to_qimage(image).convertToFormat(fastest) for image in row] for row in around.images]
        if self._at is not None and self._at[0] >= len(self._pictures):
            self._point_at(None)
        elif self._at is not None:
            self.pointed.emit(*self._at)  # it is another image by now
        self.update()

    def show_sentence(self, said: str) -> None:
        """Show why there are no images."""
        self.around, self._said, self._pictures = None, said, []
        self._point_at(None)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()

    @property
    def said(self) -> str:
        """The sentence that is shown; "": images are."""
        return self._said

    @property
    def pictures(self) -> list[list[QImage]]:
        """The images of each direction, not enlarged."""
        return self._pictures

    def minimumSizeHint(self) -> QSize:
        return QSize(*LEAST)

    def sizeHint(self) -> QSize:
        return QSize(*USUAL)

    def box(self, place: Place) -> QRectF:
        """Where the image at a place is drawn."""
        return self._arranged().box(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if place != self._at:
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self._point_at(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(*place)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point_at(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._point_at((0, MIDDLE) if self._pictures else None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point_at(None)

    def hideEvent(self, event: QHideEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._at is not None and event.key() in CHOOSING:
            self.chosen.emit(*self._at)
        elif self._at is not None and event.key() in ARROWS:
            down, across = ARROWS[Qt.Key(event.key())]
            row = min(max(self._at[0] + down, 0), len(self._pictures) - 1)
            self._point_at((row, min(max(self._at[1] + across, 0), len(STEPS) - 1)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        muted = self.palette().placeholderText().color()
        if self.around is None:
            painter.setPen(muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._said)
            return
        arranged = self._arranged()
        smooth = arranged.width * self.devicePixelRatioF() < 2 * self._pictures[0][0].width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for row, pictures in enumerate(self._pictures):
            for column, picture in enumerate(pictures):
                box = arranged.box((row, column))
                painter.drawImage(box, picture)
                marked = (row, column) == self._at or column == MIDDLE
                wide = 2 if marked and (column == MIDDLE or self.hasFocus()) else 1
                painter.setPen(QPen(self.palette().highlight().color() if marked else FRAME, wide))
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
                if row % arranged.lines == 0:
                    painter.setPen(muted)
                    head = QRectF(box.x(), 0, box.width(), arranged.above)
                    painter.drawText(head, Qt.AlignmentFlag.AlignCenter, step_text(column))
            self._name(painter, row, arranged)

    def _name(self, painter: QPainter, row: int, arranged: Arrangement) -> None:
        """Write the name of a direction and the length of its steps at the left of its images."""
        assert self.around is not None
        first, metrics = arranged.box((row, 0)), self.fontMetrics()
        line = metrics.height()
        room = QRectF(first.x() - arranged.before, first.center().y() - line, arranged.before - BESIDE, line)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        both = first.height() >= 2 * line
        if not both:
            room.moveTop(first.center().y() - line / 2)
        name = metrics.elidedText(self._name_of(row), Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.setPen(self.palette().text().color())
        painter.drawText(room, side, name)
        if both:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(room.translated(0, line), side, self._step_of(row))

    def _name_of(self, row: int) -> str:
        return shown(self.around.directions.names[row]) if self.around is not None else ""

    def _step_of(self, row: int) -> str:
        return f"step {self.around.lengths[row]:.2f}" if self.around is not None else ""

    def _arranged(self) -> Arrangement:
        """With as many blocks of rows as make the images largest."""
        metrics, count, picture = self.fontMetrics(), len(self._pictures), self._pictures[0][0]
        ratio, above = picture.height() / picture.width(), metrics.height() + 2
        texts = [text for row in range(count) for text in (self._name_of(row), self._step_of(row))]
        before = min(max(map(metrics.horizontalAdvance, texts)) + 2, LONGEST) + BESIDE
        widths: dict[int, float] = {}
        for blocks in range(1, count + 1):
            lines = math.ceil(count / blocks)
            across = ((self.width() - (blocks - 1) * APART) / blocks - before + GAP) / len(STEPS) - GAP
            down = ((self.height() - above + GAP) / lines - GAP) / ratio
            widths[lines] = max(widths.get(lines, 0.0), math.floor(min(across, down)), 1.0)
        lines = max(widths, key=lambda each: (widths[each], each))
        return Arrangement(lines, widths[lines], max(1.0, math.floor(widths[lines] * ratio)), before, above)

    def _place_at(self, position: QPointF) -> Place | None:
        if self.around is None:
            return None
        arranged = self._arranged()
        places = ((row, column) for row in range(len(self._pictures)) for column in range(len(STEPS)))
        return next((place for place in places if arranged.box(place).contains(position)), None)

    def _point_at(self, place: Place | None) -> None:
        self._at = place
        self.update()
        self.pointed.emit(*(place or (-1, -1)))
        if place is None or self.around is None:
            QToolTip.hideText()
            self.setAccessibleDescription("")
            return
        row, column = place
        away = abs(STEPS[column]) * self.around.lengths[row]
        where = f"{step_text(column)} steps, {away:.2f} in z" if STEPS[column] else "the handle"
        text = f"{self._name_of(row)}: {where}\n{self._name_of(row)} {self.around.directions.facts[row]}"
        self.setAccessibleDescription(text)
        arranged = self._arranged()
        below = QPointF(arranged.box(place).left(), arranged.box((arranged.lines - 1, 0)).bottom()).toPoint()
        QToolTip.showText(self.mapToGlobal(below), safe_tip(text), self)
