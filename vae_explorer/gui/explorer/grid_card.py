"""The decoded grid in a corner of the map."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout

from vae_explorer.array_types import Bytes
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.sheet_view import SheetView

MARGIN = 10  # pixels from the corner of the map
PADDING = 6
SHARE = 0.32  # longer side of the grid as a share of the map's shorter side
LEAST, MOST = 120, 300  # pixels, limits of the grid's longer side


class GridCard(QFrame):
    """Lies over the map, in its lower right corner."""

    def __init__(self, view: LatentView) -> None:
        super().__init__(view)
        self._view = view
        self.setProperty("card", True)
        self.sheet = SheetView("replayGrid", "Images decoded over the latent plane", QSize(1, 1))
        self.sheet.setToolTip("The latent plane decoded with the model of this epoch: z1 rises to the right, z2 up")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.addWidget(self.sheet)
        view.installEventFilter(self)
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
        corner = self._view.map_corner()
        self.move(QPoint(self._view.width() - self.width() - MARGIN, corner.y() - self.height() - MARGIN))
