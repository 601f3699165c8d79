"""Graphics items that often move over a map, such as its handle."""

from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QGraphicsItem

from vae_explorer.gui.parts.view_item import ViewItem


class MovingItem(ViewItem):
    """An item that the view draws over a picture of everything else, so that a move draws nothing else again.

    Subclasses override `paint` and `region`, and call `moved` after each change.
    """

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)  # the scene does not draw it
        self._drawn = QRegion()  # what it covers on the screen

    def region(self) -> QRegion:
        """What it covers now, in pixels of the widget; nothing: it is not drawn."""
        raise NotImplementedError

    def moved(self) -> None:
        """Draw again what it covered before and what it covers now."""
        widget = self.getViewWidget()
        if widget is not None:
            widget.viewport().update(self._drawn + self.region())

    def draw(self, painter: QPainter) -> None:
        """Draw it, if it is visible, with a painter of the widget in pixels, whose state may change."""
        self._drawn = self.region() if self.isVisible() else QRegion()
        if not self._drawn.isEmpty():
            painter.setOpacity(self.effectiveOpacity())
            painter.setTransform(self.deviceTransform(self.getViewWidget().viewportTransform()))
            self.paint(painter)

    def around(self, rect: QRectF, pixels: float = 0.0) -> QRegion:
        """The pixels of the widget that a rectangle in plot coordinates covers, and so many around it."""
        across = self.deviceTransform(self.getViewWidget().viewportTransform()).mapRect(rect)
        return QRegion(across.adjusted(-pixels, -pixels, pixels, pixels).toAlignedRect())

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        result = super().itemChange(change, value)
        kinds = QGraphicsItem.GraphicsItemChange
        if change in (kinds.ItemVisibleHasChanged, kinds.ItemOpacityHasChanged):
            self.moved()
        return result
