"""A picture of everything in a plot that seldom changes, over which the moving items are drawn."""

import pyqtgraph as pg
from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsView

from vae_explorer.gui.parts.moving_item import MovingItem


class StillPicture(QObject):
    """Draws the whole scene of a view once after each change, and else copies what was drawn; then the moving items."""

    def __init__(self, view: pg.GraphicsView) -> None:
        """The view must call `draw` in its paintEvent, instead of that of its base class."""
        super().__init__(view)
        self._view = view
        self._picture = QPixmap()
        self._current = False
        self._moving: list[MovingItem] = []  # the lowest first
        view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)  # `forget` asks for the paints
        view.scene().changed.connect(self._scene_changed)

    def forget(self) -> None:
        """Draw everything again. Call this for a change that the scene does not know of, such as the background."""
        self._current = False
        self._view.viewport().update()

    def _scene_changed(self, changes: list[QRectF]) -> None:
        if changes:  # the scene also reports that nothing has changed
            self.forget()

    def draw(self, painter: QPainter, clip: QRect) -> None:
        """Draw the scene with a painter of the widget in pixels. clip: where moving items are drawn, in pixels."""
        view, ratio = self._view, self._view.devicePixelRatioF()
        rect = view.viewport().rect()
        if self._picture.size() != rect.size() * ratio or self._picture.devicePixelRatioF() != ratio:
            self._picture = QPixmap(rect.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._current = False
        if not self._current:
            self._current = True
            on_picture = QPainter(self._picture)
            view.render(on_picture, QRectF(rect), rect)
            on_picture.end()
            moving = [item for item in view.scene().items() if isinstance(item, MovingItem)]
            self._moving = sorted(moving, key=lambda item: item.zValue())
        painter.drawPixmap(0, 0, self._picture)
        painter.setClipRect(clip)
        for item in self._moving:
            painter.save()
            item.draw(painter)
            painter.restore()
