"""The decoded grid in a corner of the map."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout

from vae_explorer.array_types import Bytes
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.sheet_view import SheetView

MARGIN = 10  # pixels from the corner of the map
PADDING = 6
SHARE, LEAST, MOST = 0.32, 120, 300  # of the map's shorter side; pixels


class GridCard(QFrame):
    """Lies over the map, in its lower right corner."""

    def __init__(self, view: LatentView) -> None:
        super().__init__(view)
        self._view = view
        self.setProperty("card", True)
        self.sheet = SheetView("replayGrid", "Images decoded over the latent plane", QSize(1, 1))
        self.sheet.setToolTip("What the decoder of this epoch makes of the latent plane: z1 rises to the right, z2 up")
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
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._place)  # when the map has its new size, too
        return False

    def _place(self) -> None:
        size = self.sheet.sheet.size()
        if size.isEmpty():
            return
        side = min(max(SHARE * min(self._view.width(), self._view.height()), LEAST), MOST)
        factor = side / max(size.width(), size.height())
        if factor >= 2:  # as SheetView enlarges it
            factor = int(factor)
        # The frame takes a pixel at each side.
        around = 2 * PADDING + 2
        self.resize(round(size.width() * factor) + around, round(size.height() * factor) + around)
        corner = self._view.map_corner()
        self.move(QPoint(self._view.width() - self.width() - MARGIN, corner.y() - self.height() - MARGIN))
