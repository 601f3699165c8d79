"""Graphics items over the map of a plot that are drawn in pixels."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class ViewItem(pg.GraphicsObject):
    """Covers the whole view. Subclasses override `paint`, and `boundingRect` if they are small and often move.

    Where an item changes, Qt draws all items again that lie below it.
    """

    def boundingRect(self) -> QRectF:
        box = self.getViewBox()
        return box.viewRect() if box is not None else QRectF()

    def margins(self, pixels: float) -> tuple[float, float]:
        """A length in pixels as (width, height) in the units of the plot."""
        box, whole = self.getViewBox(), ViewItem.boundingRect(self)
        if box is None or not box.width() or not box.height():
            return 0.0, 0.0
        return pixels * whole.width() / box.width(), pixels * whole.height() / box.height()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        self.update()
