"""The figures of the last seconds, in a corner of the map."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from vae_explorer.gui.frame_clock import FrameClock

REFRESH = 250  # milliseconds
MARGIN = 12


class PerformanceOverlay(QLabel):
    """Lies over the lower left corner of its parent, to the right of `left()` and above `below()` pixels."""

    def __init__(
        self, clock: FrameClock, engine: Callable[[], str], points: Callable[[], int], parent: QWidget
    ) -> None:
        """engine: what decodes, and how fast; points: how many are drawn."""
        super().__init__(parent)
        self.setObjectName("performanceOverlay")
        self.setAccessibleName("Performance")
        self.setAutoFillBackground(True)  # opaque, so that a refresh does not paint the map again
        self.setContentsMargins(8, 4, 8, 4)
        self.setToolTip(
            "From the arrival of a mouse event to the end of the paint that shows its image, over the last 5 s"
        )
        self._clock, self._engine, self._points = clock, engine, points
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
            f"event to paint   {waits}\n{self._engine()}\n"
            f"{figures.frames_per_second} frames/s   {self._points():,} points drawn"
        )
        self.place()

    def place(self) -> None:
        self.adjustSize()
        self.move(MARGIN, self.parentWidget().height() - self.height() - MARGIN)
