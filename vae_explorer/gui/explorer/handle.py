"""The handle on the map: a ring with a cross-hair, and its position."""

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QRegion

from vae_explorer.gui.parts.moving_item import MovingItem
from vae_explorer.gui.parts.theme import LIGHT

RING, LINE = 11.5, 2.0  # pixels from the centre that the ring and a line of the cross-hair cover
GRAB_RADIUS = 14  # pixels from the handle's centre within which a press takes it
STEP, FAR = 1 / 200, 10  # step of an arrow key in widths of the map, and its factor with Shift
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class HandleItem(MovingItem):
    """A ring with a thin cross-hair to the axes, always the same size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.point = (0.0, 0.0)
        self.theme = LIGHT
        self.setZValue(10)

    def put(self, x: float, y: float) -> None:
        self.point = x, y
        self.moved()

    def region(self) -> QRegion:
        (x, y), whole = self.point, self.boundingRect()
        level, upright = QRectF(whole.left(), y, whole.width(), 0), QRectF(x, whole.top(), 0, whole.height())
        return self.around(QRectF(x, y, 0, 0), RING) + self.around(level, LINE) + self.around(upright, LINE)

    def paint(self, painter: QPainter, *_: object) -> None:
        to_pixels = painter.worldTransform()
        centre, whole = to_pixels.map(QPointF(*self.point)), to_pixels.mapRect(self.boundingRect())
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Dashes of the text's colour on a line of the ground's, so that one of them is seen on any image.
        for name, style in ((self.theme.base, Qt.PenStyle.SolidLine), (self.theme.text, Qt.PenStyle.DashLine)):
            thin = QColor(name)
            thin.setAlpha(110)
            painter.setPen(QPen(thin, 1, style))
            painter.drawLine(QPointF(whole.left(), centre.y()), QPointF(whole.right(), centre.y()))
            painter.drawLine(QPointF(centre.x(), whole.top()), QPointF(centre.x(), whole.bottom()))
        painter.setBrush(QColor(self.theme.accent))
        painter.setPen(QPen(QColor(self.theme.base), 3))
        painter.drawEllipse(centre, 8.5, 8.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), 1.2))
        painter.drawEllipse(centre, 9.5, 9.5)


class LatentHandle(QObject):
    """The position of the handle in the plane and on the screen; tests and assistive tools can set it."""

    moved = Signal(float, float)  # the person moved it to this point of the plane
    placed = Signal()  # it is at another point of the plane, or was put there again

    def __init__(self, to_pixels: Callable[[float, float], QPointF], parent: QObject) -> None:
        """to_pixels: converts a point of the plane to pixels of the view."""
        super().__init__(parent)
        self.setObjectName("latentHandle")
        self.item = HandleItem()
        self.flat = False  # whether it stays on the first axis, because there is only one latent dimension
        self.drag = 0  # number of the present drag; 0: it is not dragged
        self._drags = 0
        self._to_pixels = to_pixels

    @property
    def point(self) -> tuple[float, float]:
        return self.item.point

    def put(self, x: float, y: float) -> None:
        """Put it at a point of the plane without emitting `moved`."""
        self.item.put(x, 0.0 if self.flat else y)
        self.placed.emit()

    def move(self, x: float, y: float) -> None:
        """Put it at a point of the plane and emit `moved`."""
        self.put(x, y)
        self.moved.emit(*self.point)

    def begin_drag(self) -> None:
        """Begin a drag, which `end_drag` ends; all its moves have the same number."""
        self._drags += 1
        self.drag = self._drags

    def end_drag(self) -> None:
        self.drag = 0

    def offset(self, pixels: QPointF) -> QPointF | None:
        """The way from a position in the view to the handle's centre; None: too far away to take the handle."""
        offset = self._to_pixels(*self.point) - pixels
        return offset if offset.manhattanLength() <= GRAB_RADIUS * 1.4 else None

    def press_key(self, event: QKeyEvent, width: float) -> bool:
        """Move by an arrow key; returns whether it was one. width: of the map, in units of the plane."""
        if event.key() not in ARROWS:
            return False
        step = width * STEP * (FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        across, up = ARROWS[Qt.Key(event.key())]
        self.move(self.point[0] + across * step, self.point[1] + up * step)
        return True

    def _set(self, axis: int, value: float) -> None:
        point = list(self.point)
        point[axis] = value
        self.move(*point)

    def _position(self) -> QPoint:
        return self._to_pixels(*self.point).toPoint()

    z1 = Property(float, lambda self: self.point[0], lambda self, value: self._set(0, value))
    z2 = Property(float, lambda self: self.point[1], lambda self, value: self._set(1, value))
    position = Property(QPoint, _position)
