"""The latent map: codes as points, a handle to drag over them."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Property, QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.data.dataset import HELD_OUT, SPLITS
from vae_explorer.exploring.colouring import Colouring, by_class, range_texts, value_text
from vae_explorer.exploring.subject import Subject, group_of
from vae_explorer.gui.explorer.class_legend import ClassLegend
from vae_explorer.gui.explorer.colour_bar import ColourBar
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.grid_lines import GridLines
from vae_explorer.gui.explorer.prior_item import PriorItem
from vae_explorer.gui.parts.hover_card import HoverCard
from vae_explorer.gui.parts.points_item import PointsItem
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.parts.view_item import ViewItem
from vae_explorer.latent.palette import as_rgb

ENOUGH = 10_000  # points that tell where nearly all lie
GRAB_RADIUS = 14  # pixels around the handle's centre in which it is taken
PICK_RADIUS = 6  # pixels around a point in which the pointer means it
CLICK_SLACK = 4  # pixels that the pointer may move in a click
AXIS_WIDTH = 50  # pixels
STRONG, PALE, FADED = 0.9, 0.45, 0.06  # opacities: held-out, training, other than the emphasised class


class LatentHandle(QObject):
    """The handle as tests and assistive tools see it: where it is in the latent space and on the screen."""

    def __init__(self, view: "LatentView") -> None:
        super().__init__(view)
        self.setObjectName("latentHandle")
        self._view = view

    def _get(self, axis: int) -> float:
        return float(self._view.handle_point[axis])

    def _set(self, axis: int, value: float) -> None:
        point = list(self._view.handle_point)
        point[axis] = value
        self._view.move_handle(*point)
        self._view.moved.emit(*point)

    def _position(self) -> QPoint:
        return self._view.to_pixels(*self._view.handle_point).toPoint()

    z1 = Property(float, lambda self: self._get(0), lambda self, value: self._set(0, value))
    z2 = Property(float, lambda self: self._get(1), lambda self, value: self._set(1, value))
    position = Property(QPoint, _position)


class _HandleItem(ViewItem):
    """A ring with a thin cross-hair to the axes, always the same size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.point = (0.0, 0.0)
        self.hovered: tuple[float, float] | None = None  # the point that is under the pointer
        self.theme = LIGHT
        self.setZValue(10)

    def paint(self, painter: QPainter, *_: object) -> None:
        centre = painter.worldTransform().map(QPointF(*self.point))
        hovered = None if self.hovered is None else painter.worldTransform().map(QPointF(*self.hovered))
        box = painter.worldTransform().mapRect(self.boundingRect())
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thin = QColor(self.theme.text)
        thin.setAlpha(110)
        painter.setPen(QPen(thin, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), centre.y()), QPointF(box.right(), centre.y()))
        painter.drawLine(QPointF(centre.x(), box.top()), QPointF(centre.x(), box.bottom()))
        painter.setBrush(QColor(self.theme.accent))
        painter.setPen(QPen(QColor(self.theme.base), 3))
        painter.drawEllipse(centre, 8.5, 8.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), 1.2))
        painter.drawEllipse(centre, 9.5, 9.5)
        if hovered is not None:
            painter.setPen(QPen(QColor(self.theme.text), 1.5))
            painter.drawEllipse(hovered, 5, 5)


class LatentView(pg.PlotWidget):
    """A map with equal axes. The handle is dragged, moved by arrow keys, or jumps to where the map is clicked.

    Wheel zooms, dragging the background pans, a double click fits the points. What lies under the pointer is shown
    beside it.
    """

    moved = Signal(float, float)  # the person moved the handle to this point of the plane
    jumped = Signal(float, float)  # the person clicked this point of the plane, where nothing is drawn
    picked = Signal(int)  # the person clicked this point

    def __init__(self, clock: FrameClock, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.setObjectName("latentView")
        self.setAccessibleName("Latent map")
        self.setAccessibleDescription("Arrow keys move the handle, with Shift ten times as far; plus and minus zoom.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.handle_point = (0.0, 0.0)
        self._subject: Subject | None = None
        self._colouring: Colouring | None = None
        self._wanted: Colouring | None = None  # perhaps of a subject that is not shown yet
        self._group = np.empty(0, np.int32)  # (N,), colour and split of each code as one number
        self._theme = LIGHT
        self._split: int | None = None
        self._emphasised: int | None = None
        self._pressed_at: QPoint | None = None
        self._grabbed: QPointF | None = None  # from the pointer to the handle's centre
        self._clock = clock
        self._painted = True  # whether the last move of the handle is on the screen
        self._held: QPointF | None = None  # a newer place for it, which waits for that
        self._flat = False
        self._names = "z1", "z2"
        plot = self.getPlotItem()
        plot.setAspectLocked(True)
        plot.hideButtons()
        self._grid, self._points, self._handle = GridLines(), PointsItem(), _HandleItem()
        self.prior = PriorItem()
        for name in ("bottom", "left"):
            self.getAxis(name).enableAutoSIPrefix(False)
            # Its text takes milliseconds to draw, and does not change while the handle moves.
            self.getAxis(name).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.getAxis("left").setWidth(AXIS_WIDTH)  # else the map jumps as the numbers grow longer
        for item in (self._grid, self.prior, self._points, self._handle):
            self.addItem(item, ignoreBounds=True)
        self.legend = ClassLegend(self)
        self.legend.filtered.connect(self._draw_points)
        self.legend.hovered.connect(self._emphasise)
        self.colour_bar = ColourBar(self)
        self._card = HoverCard(self.viewport())
        LatentHandle(self)
        self._fitted = True  # until the person zooms or pans
        self.getViewBox().sigRangeChangedManually.connect(self._leave_fit)
        plot.setRange(xRange=(-3.5, 3.5), yRange=(-3.5, 3.5), padding=0)

    def set_theme(self, theme: Theme) -> None:
        self._theme = self._handle.theme = self._grid.theme = self.prior.theme = theme
        self.setBackground(theme.base)
        for name in ("bottom", "left"):
            axis = self.getAxis(name)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        self._recolour()

    def show_subject(self, subject: Subject, fit: bool) -> None:
        """Draw the subject's codes; `fit` brings them into view."""
        latent_dim = subject.z_mean.shape[1]
        self._flat = latent_dim == 1
        across, up = self._names = subject.drawn_in.names
        self.setLabel("bottom", across)
        self.setLabel("left", "unused: points are spread to be seen" if self._flat else up)
        self._subject = subject
        self.prior.show_subject(subject)
        self._leave_point()
        by_labels = by_class(subject.label, subject.class_names, subject.images_key)
        wanted = self._wanted
        self._take_colouring(subject, wanted if wanted is not None and wanted.fits(subject) else by_labels)
        if fit:
            self.fit()

    def colour_by(self, colouring: Colouring) -> None:
        """Colour the codes so that it is of: now, or once their subject is shown."""
        self._wanted = colouring
        if self._subject is not None and colouring.fits(self._subject):
            self._take_colouring(self._subject, colouring)

    @property
    def colouring(self) -> Colouring | None:
        """What the codes are coloured by."""
        return self._colouring

    def _take_colouring(self, subject: Subject, colouring: Colouring) -> None:
        before, self._colouring = self._colouring, colouring
        if before is None or (before.kind, before.names) != (colouring.kind, colouring.names):
            self._emphasised = None
            self.legend.set_classes(colouring.names, colouring.kind)
        self._group = group_of(colouring.style, subject.split)
        note = "held-out strong,\ntraining pale" if (subject.split != HELD_OUT).any() else ""
        if colouring.incomplete:
            note += "\n"[: len(note)] + ("grey: unknown" if colouring.kind == "value" else f"grey: no {colouring.kind}")
        if colouring.range is not None:
            self.colour_bar.show_range(colouring.title, *range_texts(colouring.range, colouring.title))
        else:
            self.colour_bar.hide()
        for legend in (self.legend, self.colour_bar):
            legend.explain(note)
        self._recolour()

    def move_points(self, subject: Subject) -> None:
        """Draw the codes of a subject with the same images as the one before, which have moved."""
        self._subject = subject
        self._leave_point()
        self._draw_points()

    def end(self) -> None:
        """Draw no more points."""
        self._points.end()

    def show_split(self, split: int | None) -> None:
        """Draw one split only; None: all."""
        self._split = split
        self._draw_points()

    @property
    def points_shown(self) -> int:
        return self._points.count

    def move_handle(self, x: float, y: float) -> None:
        """Put the handle at a point of the plane, without telling `moved`."""
        self.handle_point = (x, 0.0 if self._flat else y)
        self._handle.point = self.handle_point
        self._handle.update()

    def to_pixels(self, x: float, y: float) -> QPointF:
        """Where a point of the plane is drawn, in pixels of this widget."""
        scene = self.getViewBox().mapViewToScene(QPointF(x, y))
        return QPointF(self.mapFromScene(scene))

    def map_corner(self) -> QPoint:
        """The lower left corner of the map, inside the axes, in pixels of this widget."""
        return self.mapFromScene(self.getViewBox().sceneBoundingRect().bottomLeft())

    def to_plane(self, pixels: QPointF) -> tuple[float, float]:
        point = self.getViewBox().mapSceneToView(self.mapToScene(pixels.toPoint()))
        return point.x(), point.y()

    def fit(self) -> None:
        """Bring the prior and all codes into view, but for the farthest few in a thousand."""
        low, high = np.array([-3.0, -3.0]), np.array([3.0, 3.0])  # nearly all of the prior
        if self._subject is not None and len(self._subject.plane):
            plane = self._subject.plane
            ordered = np.sort(plane[:: max(1, len(plane) // ENOUGH)], axis=0)  # np.percentile takes 15 ms to import
            rest = len(ordered) // 500
            low, high = np.minimum(low, ordered[rest]), np.maximum(high, ordered[-1 - rest])
        box = self.getViewBox()
        legends = [legend for legend in (self.legend, self.colour_bar) if legend.isVisibleTo(self)]
        covered = max((legend.width() + 10 for legend in legends), default=0)  # at the right
        share = min(0.4, covered / max(box.width(), 1))
        # Where the height decides the scale there is room at the sides anyway; the codes are put in the middle of it.
        aspect = (high[0] - low[0]) / (1 - share) / (high[1] - low[1]) * box.height() / max(box.width(), 1)
        across = (high[0] - low[0]) / (1 - share) / min(1.0, aspect)
        left = (low[0] + high[0]) / 2 - across * (1 - share) / 2
        self.getPlotItem().setRange(xRange=(left, left + across), yRange=(low[1], high[1]), padding=0.04)
        self._fitted = True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        self._leave_point()
        if event.button() == Qt.MouseButton.LeftButton:
            offset = self.to_pixels(*self.handle_point) - event.position()
            if offset.manhattanLength() <= GRAB_RADIUS * 1.4:
                self._grabbed = offset
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                event.accept()
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._clock.event_arrived()
            self._held = event.position() + self._grabbed
            if self._painted:  # else the moves until then are one
                self._move_to_held()
            event.accept()
            return
        if not event.buttons():
            near = (self.to_pixels(*self.handle_point) - event.position()).manhattanLength() <= GRAB_RADIUS * 1.4
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if near else Qt.CursorShape.CrossCursor)
            self._hover(event.position(), None if near else self._point_at(event.position(), wait=False))
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._move_to_held()
            self._grabbed = None
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            event.accept()
            return
        super().mouseReleaseEvent(event)
        moved = self._pressed_at is None or (event.position().toPoint() - self._pressed_at).manhattanLength()
        if event.button() == Qt.MouseButton.LeftButton and moved is not True and moved <= CLICK_SLACK:
            self._click(event.position())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:  # to the legend, too, which lies over the map and is no part of it
            self._leave_point()
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if hasattr(self, "_painted"):  # pyqtgraph paints while it is being built
            self._painted = True
            if event.rect().width() > self.width() // 2:  # not only what lies under a card that changed
                self._clock.map_painted()
            if self._held is not None:
                QTimer.singleShot(0, self, self._move_to_held)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        self.fit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event.key() in steps:
            (left, right), _ = self.viewRange()
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            across, up = steps[Qt.Key(event.key())]
            step = (right - left) / 200 * far
            self._user_moves(self.handle_point[0] + across * step, self.handle_point[1] + up * step)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.getViewBox().scaleBy((0.8, 0.8), center=QPointF(*self.handle_point))
            self._leave_fit()
        elif event.key() == Qt.Key.Key_Minus:
            self.getViewBox().scaleBy((1.25, 1.25), center=QPointF(*self.handle_point))
            self._leave_fit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "legend"):  # pyqtgraph resizes while it is being built
            self.legend.move_to_corner()
            self.colour_bar.move_to_corner()
            if self._fitted:
                self.fit()

    def _leave_fit(self) -> None:
        self._fitted = False
        self._leave_point()  # the map has moved away under the pointer

    def _click(self, position: QPointF) -> None:
        row = self._point_at(position)
        if row is not None:
            self.picked.emit(row)
        elif self.getViewBox().sceneBoundingRect().contains(self.mapToScene(position.toPoint())):
            self.jumped.emit(*self.to_plane(position))

    def _move_to_held(self) -> None:
        if self._held is not None:
            target, self._held = self._held, None
            self._painted = False
            self._user_moves(*self.to_plane(target))

    def _point_at(self, position: QPointF, wait: bool = True) -> int | None:
        """The visible point under the pointer; without `wait` only if that can be told at once."""
        subject = self._subject
        if subject is None or not (wait or subject.on_map.fast):
            return None
        (left, right), _ = self.viewRange()
        reach = PICK_RADIUS * (right - left) / max(self.getViewBox().width(), 1)
        shown = self._opacity() > 0
        point = np.array(self.to_plane(position), np.float32)
        row, _ = subject.on_map.nearest(point, reach, lambda rows: shown[self._group[rows]])
        return row if row >= 0 else None

    def _hover(self, position: QPointF, row: int | None) -> None:
        subject = self._subject
        if subject is None or row is None:
            self._leave_point()
            return
        x, y = subject.plane[row].tolist()
        label, place = subject.label[row], subject.image_of[row]
        name = f"class {subject.class_names[label]}, " if label >= 0 and subject.class_names else ""
        name = self._colour_text(subject, row) + name
        across, up = self._names
        coordinates = f"{across} {x:.3f}" if self._flat else f"{across} {x:.3f}   {up} {y:.3f}"
        image = subject.images[place] if place >= 0 else None
        self._card.show_at(position.toPoint(), f"{name}{SPLITS[subject.split[row]]}\n{coordinates}", image)
        if self._handle.hovered != (x, y):
            self._handle.hovered = x, y
            self._handle.update()

    def _leave_point(self) -> None:
        if self._handle.hovered is not None:
            self._handle.hovered = None
            self._handle.update()
            self._card.hide()

    def _user_moves(self, x: float, y: float) -> None:
        self.move_handle(x, y)
        self.moved.emit(*self.handle_point)

    def _emphasise(self, position: int) -> None:
        self._emphasised = None if position < 0 else position
        self._draw_points()

    def _colour_text(self, subject: Subject, row: int) -> str:
        """What the colour of a code tells besides its class."""
        colouring = self._colouring
        if colouring is None:
            return ""
        if colouring.kind == "value":
            value = float(subject.values[row, subject.value_names.index(colouring.title)])
            return f"{colouring.title} {value_text(value, colouring.title)}, "
        if colouring.kind == "cluster" and colouring.style[row] >= 0:
            return f"{colouring.names[colouring.style[row]]}, "
        return ""

    def _recolour(self) -> None:
        if self._colouring is not None:
            colours = self._colouring.colours(self._theme.dark)
            self.legend.set_colours(colours)
            self.colour_bar.set_colours(colours)
            self._draw_points()

    def _draw_points(self) -> None:
        subject, colouring = self._subject, self._colouring
        if subject is not None and colouring is not None:
            colours = colouring.colours(self._theme.dark)
            none = colours[0] if colouring.kind == "plain" else self._theme.muted
            rgb = as_rgb([none, *colours]).repeat(len(SPLITS), axis=0)
            self._points.set_points(subject.plane, self._group, rgb, self._opacity())

    def _opacity(self) -> Floats:
        """Of the points of each group; 0: not shown."""
        count = self._colouring.count if self._colouring is not None else 1
        opacity = np.empty((count + 1) * len(SPLITS), np.float32)
        for style in range(-1, count):
            for split in range(len(SPLITS)):
                strength = STRONG if split == HELD_OUT else PALE
                if self._emphasised not in (None, style):
                    strength = FADED
                if self._split not in (None, split) or style in self.legend.hidden_classes:
                    strength = 0
                opacity[group_of(style, split)] = strength
        return opacity
