"""The handle on the map: a ring with a cross-hair, and its position."""

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from vae_explorer.gui.parts.theme import LIGHT
from vae_explorer.gui.parts.view_item import ViewItem

RING, LINE = 11.5, 2.0  # pixels from the centre that the ring and a line of the cross-hair cover
GRAB_RADIUS = 14  # pixels from the handle's centre within which a press takes it
STEP, FAR = 1 / 200, 10  # step of an arrow key in widths of the map, and its factor with Shift
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class HandleItem(ViewItem):
    """A ring with a thin cross-hair to the axes, always the same size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.point = (0.0, 0.0)
        self.theme = LIGHT
        self.setZValue(10)
        self._lines = CrossHairItem(self, level=True), CrossHairItem(self, level=False)

    def put(self, x: float, y: float) -> None:
        for item in (self, *self._lines):
            item.prepareGeometryChange()
        self.point = x, y
        for item in (self, *self._lines):
            item.update()

    def boundingRect(self) -> QRectF:
        across, up = self.margins(RING)
        return QRectF(self.point[0] - across, self.point[1] - up, 2 * across, 2 * up)

    def paint(self, painter: QPainter, *_: object) -> None:
        centre = painter.worldTransform().map(QPointF(*self.point))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(self.theme.accent))
        painter.setPen(QPen(QColor(self.theme.base), 3))
        painter.drawEllipse(centre, 8.5, 8.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), 1.2))
        painter.drawEllipse(centre, 9.5, 9.5)


class CrossHairItem(ViewItem):
    """A line of the cross-hair. It covers only itself, so that a drag draws little of the map again."""

    def __init__(self, handle: HandleItem, level: bool) -> None:
        super().__init__(handle)
        self._handle, self._level = handle, level
        self.setFlag(self.GraphicsItemFlag.ItemStacksBehindParent)

    def boundingRect(self) -> QRectF:
        whole, (x, y), (across, up) = super().boundingRect(), self._handle.point, self.margins(LINE)
        if self._level:
            return QRectF(whole.left(), y - up, whole.width(), 2 * up)
        return QRectF(x - across, whole.top(), 2 * across, whole.height())

    def paint(self, painter: QPainter, *_: object) -> None:
        box = painter.worldTransform().mapRect(self.boundingRect())
        centre = box.center()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._handle.theme
        # Dashes of the text's colour on a line of the ground's, so that one of them is seen on any image.
        for name, style in ((theme.base, Qt.PenStyle.SolidLine), (theme.text, Qt.PenStyle.DashLine)):
            thin = QColor(name)
            thin.setAlpha(110)
            painter.setPen(QPen(thin, 1, style))
            if self._level:
                painter.drawLine(QPointF(box.left(), centre.y()), QPointF(box.right(), centre.y()))
            else:
                painter.drawLine(QPointF(centre.x(), box.top()), QPointF(centre.x(), box.bottom()))


class LatentHandle(QObject):
    """The position of the handle in the plane and on the screen; tests and assistive tools can set it."""

    moved = Signal(float, float)  # the person moved it to this point of the plane

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
