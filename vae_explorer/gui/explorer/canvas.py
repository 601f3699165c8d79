"""An image that the person draws on, pixel by pixel, with mouse or pen."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QUndoCommand,
    QUndoStack,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vae_explorer.array_types import Bytes, ImageShape
from vae_explorer.exploring.preparing import blank
from vae_explorer.gui.parts.decoded_image import FRAME, to_qimage

MOST_UNDONE = 100  # changes that can be undone
LEAST = 168  # pixels, minimum side on the screen
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Canvas(QWidget):
    """Draws a round brush on an image of a given shape. A stroke, from press to release, is one change."""

    changed = Signal()  # the image is another one, also in the middle of a stroke

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drawCanvas")
        self.setAccessibleName("Drawing")
        self.setToolTip("Draw with the left button or a pen, erase with the right button or the pen's other end")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST, LEAST)
        self.brush = 3.0  # diameter in pixels of the image
        self.colour = QColor("white")
        self.erasing = False
        self.changes = QUndoStack(self)
        self.changes.setUndoLimit(MOST_UNDONE)
        self._shape: ImageShape = (28, 28, 1)
        self._ground = 0
        self._image = QImage()
        self._before: QImage | None = None  # the image before the present stroke; None: there is no stroke
        self._last = QPointF()  # the pointer, in pixels of the image
        self._pointed = False
        self.begin(self._shape, 0)

    def begin(self, shape: ImageShape, ground: int) -> None:
        """Begin anew with an empty image of this shape, whose ground is this level; nothing can be undone."""
        self._shape, self._ground, self._before = shape, ground, None
        self.changes.clear()
        self.show_image(self._qimage(blank(shape, ground)))

    @property
    def shape(self) -> ImageShape:
        return self._shape

    @property
    def ground(self) -> int:
        """The level of an empty image."""
        return self._ground

    def pixels(self) -> Bytes:
        """The image, (H, W, C)."""
        height, width, channels = self._shape
        colours = np.frombuffer(self._image.constBits(), np.uint8).reshape(height, width, 4)[..., 2::-1]
        return np.ascontiguousarray(colours[..., :channels])

    @property
    def empty(self) -> bool:
        """Whether there is nothing on the ground."""
        return bool((self.pixels() == self._ground).all())

    def put(self, pixels: Bytes, text: str) -> None:
        """Replace the image with pixels (H, W, C), as a change with this name."""
        before = self._image.copy()
        self._image = self._qimage(pixels)
        self._keep(text, before)

    def clear(self) -> None:
        """Erase everything, as a change."""
        if not self.empty:
            self.put(blank(self._shape, self._ground), "Clear")

    def show_image(self, image: QImage) -> None:
        """Show this image without a change that can be undone."""
        self._image = image.copy()
        self.update()
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (LEFT, RIGHT) and self._before is None:
            self._press(event.position(), event.button() == RIGHT, 1.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._before is not None and event.buttons() & (LEFT | RIGHT):
            self._draw_to(event.position(), bool(event.buttons() & RIGHT), 1.0)
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen draws broader the more it is pressed."""
        erases = event.pointerType() == QPointingDevice.PointerType.Eraser
        width = 0.4 + 0.9 * event.pressure() if event.pressure() > 0 else 1.0
        if event.type() == QEvent.Type.TabletPress:
            self._press(event.position(), erases, width)
        elif event.type() == QEvent.Type.TabletMove and self._before is not None:
            self._draw_to(event.position(), erases, width)
        elif event.type() == QEvent.Type.TabletRelease:
            self._release()
        self._point_at(event.position())
        event.accept()  # else Qt would make mouse events of it

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = False
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST, LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self._box()
        painter.drawImage(box, self._image)
        painter.setPen(FRAME)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        if self._pointed:  # the brush, seen on any colour
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            scale = box.width() / self._shape[1]
            centre, radius = box.topLeft() + self._last * scale, self.brush * scale / 2
            for colour, width in ((QColor(0, 0, 0, 150), 2.5), (QColor(255, 255, 255, 220), 1.0)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(centre, radius, radius)

    def _qimage(self, pixels: Bytes) -> QImage:
        return to_qimage(pixels).convertToFormat(QImage.Format.Format_RGB32)

    def _box(self) -> QRectF:
        """Where the image is drawn: as large as possible with pixels of equal size."""
        height, width, _ = self._shape
        ratio = self.devicePixelRatioF()
        factor = min(self.width() * ratio / width, self.height() * ratio / height)
        factor = (int(factor) if factor >= 1 else factor) / ratio
        left, top = (self.width() - width * factor) // 2, (self.height() - height * factor) // 2
        return QRectF(left, top, width * factor, height * factor)

    def _at(self, position: QPointF) -> QPointF:
        """A position in this widget in pixels of the image."""
        box = self._box()
        return (position - box.topLeft()) * (self._shape[1] / box.width())

    def _press(self, position: QPointF, erases: bool, width: float) -> None:
        self._before = self._image.copy()
        self._last = self._at(position)
        self._draw_to(position, erases, width)

    def _draw_to(self, position: QPointF, erases: bool, width: float) -> None:
        here = self._at(position)
        ground = QColor(self._ground, self._ground, self._ground)
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = ground if erases or self.erasing else self.colour
        if here == self._last:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(here, self.brush * width / 2, self.brush * width / 2)
        else:
            painter.setPen(QPen(colour, self.brush * width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(self._last, here)
        painter.end()
        self._last = here
        self.update()
        self.changed.emit()

    def _release(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self._keep("Stroke", before)

    def _keep(self, text: str, before: QImage) -> None:
        if before != self._image:
            self.changes.push(_Change(self, text, before, self._image.copy()))

    def _point_at(self, position: QPointF) -> None:
        self._pointed = True
        if self._before is None:
            self._last = self._at(position)
        self.update()


class _Change(QUndoCommand):
    """From one image to another."""

    def __init__(self, canvas: Canvas, text: str, before: QImage, after: QImage) -> None:
        super().__init__(text)
        self._canvas, self._before, self._after = canvas, before, after

    def undo(self) -> None:
        self._canvas.show_image(self._before)

    def redo(self) -> None:
        self._canvas.show_image(self._after)
