"""Latency and frame rate of the last seconds, shown over the map."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from vae_explorer.gui.explorer.frame_clock import FrameClock

REFRESH = 250  # milliseconds
MARGIN = 10  # pixels from the corner of the map


class PerformanceOverlay(QLabel):
    """A label near the lower left corner of the map."""

    def __init__(
        self,
        clock: FrameClock,
        decoding: Callable[[], str],
        points: Callable[[], int],
        corner: Callable[[], QPoint],
        parent: QWidget,
    ) -> None:
        """decoding: engine and speed as text; points: number drawn; corner: the map's lower left, in parent pixels."""
        super().__init__(parent)
        self.setObjectName("performanceOverlay")
        self.setAccessibleName("Performance")
        self.setProperty("card", True)
        self.setContentsMargins(8, 4, 8, 4)
        self.setToolTip(
            "From the arrival of a mouse event to the end of the paint that shows its image, over the last 5 s"
        )
        self._clock, self._decoding, self._points, self._corner = clock, decoding, points, corner
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._timer.start(REFRESH)

    def refresh(self) -> None:
        if not self.isVisible():
            self._timer.stop()
            return
        figures = self._clock.figures()
        waits = (
            f"median {figures.median:.1f}   p99 {figures.p99:.1f}   worst {figures.worst:.1f} ms"
            if figures.waits
            else "drag the handle"
        )
        self.setText(
            f"event to paint   {waits}\n{self._decoding()}\n"
            f"{figures.frames_per_second} frames/s   {self._points():,} points drawn"
        )
        self.setMinimumWidth(max(self.minimumWidth(), self.sizeHint().width()))  # never shrinks, so it does not flicker
        self.adjustSize()
        corner = self._corner()
        self.move(corner.x() + MARGIN, corner.y() - MARGIN - self.height())
