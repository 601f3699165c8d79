"""The decoded grid in a corner of the map, away from the handle."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from vae_explorer.array_types import Bytes
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.sheet_view import SheetView

MARGIN = 10  # pixels from the corner of the map
PADDING = 6
CLEAR = 14  # pixels around the card in which the handle is too near
SHARE = 0.32  # longer side of the grid as a share of the map's shorter side
LEAST, MOST = 120, 300  # pixels, limits of the grid's longer side


class GridCard(QFrame):
    """Lies over the map, in its lower right corner; in the lower left one after the handle has come under it."""

    def __init__(self, view: LatentView) -> None:
        super().__init__(view)
        self._view = view
        self._left = False  # whether it lies at the left
        self.setProperty("card", True)
        self.sheet = SheetView("replayGrid", "Images decoded over the latent plane", QSize(1, 1))
        self.sheet.setToolTip("The latent plane decoded with the model of this epoch: z1 rises to the right, z2 up")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.addWidget(self.sheet)
        view.installEventFilter(self)
        view.handle.placed.connect(self._make_way)
        view.getViewBox().sigRangeChanged.connect(self._make_way)
        self.hide()

    def show_images(self, images: Bytes) -> None:
        """images: (rows, columns, H, W, C) uint8."""
        before = self.sheet.sheet.size()
        self.sheet.show_images(images)
        if self.sheet.sheet.size() != before:
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._fit)  # later, when the map inside the view has its new size
        return False

    def _fit(self) -> None:
        size = self.sheet.sheet.size()
        if size.isEmpty():
            return
        side = min(max(SHARE * min(self._view.width(), self._view.height()), LEAST), MOST)
        factor = side / max(size.width(), size.height())
        if factor >= 2:  # SheetView enlarges by whole factors from 2 on
            factor = int(factor)
        around = 2 * PADDING + 2  # with one pixel of frame on each side
        self.resize(round(size.width() * factor) + around, round(size.height() * factor) + around)
        self.move(self._place(self._left))
        self._make_way()

    def _place(self, left: bool) -> QPoint:
        """The corner of the card when it lies at this side."""
        corner = self._view.map_corner()
        across = corner.x() + MARGIN if left else self._view.width() - self.width() - MARGIN
        return QPoint(across, corner.y() - self.height() - MARGIN)

    def _make_way(self, *_: object) -> None:
        """Go to the other side if the handle is under the card."""
        near = self.geometry().adjusted(-CLEAR, -CLEAR, CLEAR, CLEAR)
        if self.isVisible() and near.contains(self._view.to_pixels(*self._view.handle_point).toPoint()):
            self._left = not self._left
            self.move(self._place(self._left))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_way()
