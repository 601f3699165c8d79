"""The latent map: its layers, the handle over them, and the visible part of the plane."""

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from vae_explorer.array_types import Indices
from vae_explorer.exploring.colouring import Colouring
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.beyond import BeyondItem
from vae_explorer.gui.explorer.fitting import Fit, Fitting
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.handle import LatentHandle
from vae_explorer.gui.explorer.hover import Hover
from vae_explorer.gui.explorer.layers.images import ImagesLayer
from vae_explorer.gui.explorer.layers.points import PointsLayer
from vae_explorer.gui.explorer.layers.posterior import PosteriorLayer
from vae_explorer.gui.explorer.layers.selected import SelectedLayer
from vae_explorer.gui.explorer.layers.stack import LayerStack
from vae_explorer.gui.explorer.mouse import MapMouse
from vae_explorer.gui.explorer.outline import OutlineItem
from vae_explorer.gui.explorer.selecting.selection import NONE, Combine
from vae_explorer.gui.explorer.tools import PATH, TOOLS, Tool
from vae_explorer.gui.parts.still_picture import StillPicture
from vae_explorer.gui.parts.theme import Theme

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.paths.hands import AnchorHands

WHOLE = QRect(QPoint(0, 0), QSize(-1, -1))  # as Qt says it
AXIS_WIDTH = 50  # pixels
REMOVING = Qt.Key.Key_Delete, Qt.Key.Key_Backspace
ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}  # factor of the visible width, by key


class LatentView(pg.PlotWidget):
    """A map with equal scales on both axes; `gestures` lists what mouse and keys do on it."""

    moved = Signal(float, float)  # the person moved the handle to this point of the plane
    jumped = Signal(float, float)  # the person clicked this position in the plane, where there is no point
    picked = Signal(int)  # the person clicked the point in this row
    chosen = Signal(object, object)  # row or None, Combine: the person chose the point in this row, or none, by a click
    outlined = Signal(object, object)  # corners (M, 2) in the plane, Combine: the person drew an outline to select in
    hovered = Signal(int)  # the pointer is on the point in this row now; -1: on none
    menu_wanted = Signal(QPoint)  # the person asked for the context menu; position on the screen
    play_wanted = Signal()  # the person wants to play the training, or to pause it
    tool_changed = Signal(object)  # Tool

    def __init__(self, clock: FrameClock, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.setObjectName("latentView")
        self.setAccessibleName("Latent map")
        self.setAccessibleDescription("Arrow keys move the handle, with Shift ten times as far; plus and minus zoom.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._subject: Subject | None = None
        self._selected = NONE  # rows of the selected images
        self._clock = clock
        self.anchors: AnchorHands | None = None  # for the tool Path; None: it was not used yet
        plot = self.getPlotItem()
        plot.setAspectLocked(True)
        plot.hideButtons()
        for name in ("bottom", "left"):
            self.getAxis(name).enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(AXIS_WIDTH)  # fixed, so that longer numbers do not move the map
        self._still = StillPicture(self)
        self.layers = LayerStack(self)
        self.points = self.layers.find(PointsLayer)
        self.layers.find(ImagesLayer).ground_changed.connect(self.points.lie_on)
        self.layers.find(SelectedLayer).follow(self.points)
        self.points.shown_changed.connect(self._draw_selected)
        self.handle = LatentHandle(self.to_pixels, self)
        self.handle.moved.connect(self.moved)
        self.hover = Hover(self, self.points)
        self.outline = OutlineItem()
        self.beyond = BeyondItem(self.handle)
        self._moving = self.handle.item, self.hover.ring, self.outline, self.beyond
        for item in self._moving:
            self.addItem(item, ignoreBounds=True)
        self._mouse = MapMouse(self, clock)
        self._mouse.menu_wanted.connect(self.menu_wanted)
        self._fitting = Fitting(self)
        self.getViewBox().sigRangeChangedManually.connect(self._leave_fit)
        plot.setRange(xRange=(-3.5, 3.5), yRange=(-3.5, 3.5), padding=0)

    def set_theme(self, theme: Theme) -> None:
        self.setBackground(theme.base)
        self._still.forget()
        for name in ("bottom", "left"):
            axis = self.getAxis(name)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        self.layers.set_theme(theme)
        for item in self._moving:
            item.theme = theme
            item.moved()

    def show_subject(self, subject: Subject, fit: bool) -> None:
        """Show this subject. fit: bring the prior and its points into view, even if the person has zoomed."""
        before, self._subject = self._subject, subject
        self.handle.flat = subject.z_mean.shape[1] == 1
        if before is None or before.drawn_in is not subject.drawn_in:
            across, up = subject.drawn_in.names
            self.setLabel("bottom", across)
            self.setLabel("left", "unused: points are spread out to be visible" if self.handle.flat else up)
        self.layers.show(subject)
        self.hover.show_subject(subject)
        self._fitting.show_points(subject.plane, anew=fit)

    def end(self) -> None:
        """Stop drawing."""
        self.layers.end()

    @property
    def colouring(self) -> Colouring | None:
        """The colouring of the points."""
        return self.points.colouring

    @property
    def points_shown(self) -> int:
        return self.points.count

    @property
    def handle_point(self) -> tuple[float, float]:
        """The position of the handle in the plane."""
        return self.handle.point

    def show_selected(self, rows: Indices) -> None:
        """Show that the images in these rows (M,) of the latent codes are selected."""
        if rows is not self._selected:
            self._selected = rows
            self._draw_selected()

    def move_handle(self, x: float, y: float) -> None:
        """Put the handle at a point of the plane without emitting `moved`."""
        self.handle.put(x, y)

    @property
    def tool(self) -> Tool:
        """The tool of the left button."""
        return self._mouse.tool

    def use_tool(self, tool: Tool) -> None:
        if tool is not self.tool:
            self._mouse.use(tool)
            self.tool_changed.emit(tool)

    def to_pixels(self, x: float, y: float) -> QPointF:
        """The position of a point of the plane, in pixels of this widget."""
        scene = self.getViewBox().mapViewToScene(QPointF(x, y))
        return QPointF(self.mapFromScene(scene))

    def to_plane(self, pixels: QPointF) -> tuple[float, float]:
        """The point of the plane at a position in this widget."""
        point = self.getViewBox().mapSceneToView(self.mapToScene(pixels.toPoint()))
        return point.x(), point.y()

    def covers(self, pixels: QPointF) -> bool:
        """Whether a position in this widget is on the map, inside the axes."""
        return bool(self.getViewBox().sceneBoundingRect().contains(self.mapToScene(pixels.toPoint())))

    def on_map(self, pixels: QPointF) -> QPointF:
        """The position on the map, inside the axes, that is nearest to a position in this widget."""
        box = self.mapFromScene(self.getViewBox().sceneBoundingRect()).boundingRect()
        return QPointF(min(max(pixels.x(), box.left()), box.right()), min(max(pixels.y(), box.top()), box.bottom()))

    def map_corner(self) -> QPoint:
        """The lower left corner of the map, inside the axes, in pixels of this widget."""
        return self.mapFromScene(self.getViewBox().sceneBoundingRect().bottomLeft())

    def pan(self, x: float, y: float) -> None:
        """Move the visible part by this distance in the plane, as the person asked."""
        self.getViewBox().setRange(self.getViewBox().viewRect().translated(x, y), padding=0)
        self._leave_fit()
        self.viewport().update()

    def fit(self, what: Fit = "all") -> None:
        """Bring the codes, the prior or both into view, now and after each change of the size."""
        self._fitting.fit(what)

    @property
    def part(self) -> QRectF | None:
        """The part of the plane in view, which the person chose by zooming or panning; None: it is fitted."""
        return self._fitting.part

    def show_part(self, part: QRectF) -> None:
        """Bring this part of the plane into view."""
        self._fitting.show_part(part)

    def show_handle(self) -> None:
        """Bring the handle to the middle of the view, if it is beyond it."""
        if self.beyond.needed:
            middle = QPointF(*self.handle_point) - self.getViewBox().viewRect().center()
            self.pan(middle.x(), middle.y())

    @property
    def busy(self) -> bool:
        """Whether the person drags something on the map."""
        return self._mouse.pressed

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hover.leave()
        if not self._mouse.press(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._mouse.move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._mouse.release(event):
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit("codes")
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Handle the menu key. MapMouse handles a right press, which may still become a drag."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.mapToGlobal(self.to_pixels(*self.handle_point).toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        (left, right), _ = self.viewRange()
        tool = next((tool for tool in TOOLS if tool.key == event.key()), None)
        if self.handle.press_key(event, right - left):
            return
        if event.key() == Qt.Key.Key_Escape:
            if not self._mouse.cancel():
                self.chosen.emit(None, Combine.REPLACE)
        elif event.key() in REMOVING and self.tool is PATH and self.anchors is not None:
            self.anchors.remove_marked()
        elif event.key() in ZOOMS:
            zoom = ZOOMS[Qt.Key(event.key())]
            self.getViewBox().scaleBy((zoom, zoom), center=QPointF(*self.handle_point))
            self._leave_fit()
        elif event.key() == Qt.Key.Key_Space:
            self.play_wanted.emit()
        elif tool is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.use_tool(tool)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:  # also when the pointer enters a legend, which lies over the map
            self.hover.leave()
        return super().viewportEvent(event)

    def grab(self, rectangle: QRect = WHOLE) -> QPixmap:
        """A picture of the map as it is now, also before its scene has reported its last changes."""
        QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall)
        return super().grab(rectangle)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._still.draw(painter, self.mapFromScene(self.getViewBox().sceneBoundingRect()).boundingRect())
        painter.end()
        if hasattr(self, "_mouse"):  # pyqtgraph may paint before __init__ has ended
            if event.rect().width() > self.width() // 2:  # not just the small area under a changed card
                self._clock.map_painted()
            self._mouse.moves.painted()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_mouse"):  # pyqtgraph resizes before __init__ has ended
            self.layers.view_changed()
            self.layers.arrange_legends()
            self._fitting.resized()

    def _draw_selected(self) -> None:
        rows = self._selected
        rows = rows[self.points.shown[rows]]
        self.layers.find(SelectedLayer).show_rows(rows)
        self.layers.find(PosteriorLayer).show_rows(rows)

    def _leave_fit(self) -> None:
        self._fitting.leave()
        self.hover.leave()  # the point is no longer under the pointer
