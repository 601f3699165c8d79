"""A picture of a part of a map, moved and scaled to fit where the view is now."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QImage, QPainter

from vae_explorer.gui.parts.view_item import ViewItem
from vae_explorer.latent.raster import View

STILL = 150  # milliseconds without a change of the view, after which it is drawn exactly


class PictureItem(ViewItem):
    """Shows a picture that was drawn for a view; for another view it is approximate until the next one comes."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QImage | None = None
        self._drawn_for: View | None = None

    def show_picture(self, picture: QImage | None, view: View | None = None) -> None:
        """picture: of the size of the view in device pixels; None: nothing."""
        self._picture, self._drawn_for = picture, view
        self.update()

    def view_now(self, painter: QPainter) -> View:
        """The view that the painter draws."""
        rect, ratio = self._rect(), painter.device().devicePixelRatioF()
        (left, right), (low, high) = self.getViewBox().viewRange()
        size = max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio))
        return View(left, right, low, high, *size, ratio)

    def paint(self, painter: QPainter, *_: object) -> None:
        picture, old = self._picture, self._drawn_for
        if picture is None or old is None:
            return
        rect, now = self._rect(), self.view_now(painter)
        painter.resetTransform()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        if old == now:
            painter.drawImage(rect.topLeft(), picture)
        else:
            across, up = rect.width() / (now.right - now.left), rect.height() / (now.high - now.low)
            corner = QPointF(rect.left() + (old.left - now.left) * across, rect.top() + (now.high - old.high) * up)
            size = QSizeF((old.right - old.left) * across, (old.high - old.low) * up)
            painter.drawImage(QRectF(corner, size), picture)

    def _rect(self) -> QRectF:
        """The map in pixels of the widget."""
        box = self.getViewBox()
        rect: QRectF = self.getViewWidget().viewportTransform().mapRect(box.mapRectToScene(box.rect()))
        return rect


class DrawnItem(PictureItem):
    """A picture that is drawn for the view in another thread; a subclass asks for it whenever the view is painted."""

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._still = QTimer()  # active while the view moves
        self._still.setSingleShot(True)
        self._still.setInterval(STILL)
        self._still.timeout.connect(self.update)

    def paint(self, painter: QPainter, *_: object) -> None:
        view = self.view_now(painter)
        if view != self._view:
            if self._view is not None:
                self._still.start()
            self._view = view
        self._ask()
        super().paint(painter)

    def _ask(self) -> None:
        """Request what is missing for the present view."""
