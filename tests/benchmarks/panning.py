"""Panning and zooming the map with the mouse: from each event to the end of its frame, and to the redrawn points.

    python -m tests.benchmarks.panning RUN SIDE

SIDE: the map's width and height in device pixels; above 1000 at two device pixels to a pixel of the layout.
"""

import os
import sys
import time
from collections.abc import Iterator

if len(sys.argv) > 2 and int(sys.argv[2]) > 1000:
    os.environ["QT_SCALE_FACTOR"] = "2"

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import drag, open_window, wait, wait_until
from vae_explorer.gui.explorer.tools import HAND
from vae_explorer.gui.main_window import MainWindow

EVENTS = 240


class Frames:
    """Times from an event to the end of the frame that is painted after it, and to the next drawing of the points."""

    def __init__(self, window: MainWindow) -> None:
        self.began: float | None = None
        self.asked: float | None = None
        self.frames: list[float] = []
        self.drawings: list[float] = []
        window.explorer.clock.frame_painted = self._painted
        window.explorer.view.points.drawing._worker.answered.connect(self._drawn)

    def event_sent(self) -> None:
        now = time.perf_counter()
        self.began, self.asked = self.began or now, self.asked or now

    def _painted(self) -> None:
        if self.began is not None:
            self.frames.append((time.perf_counter() - self.began) * 1000)
            self.began = None

    def _drawn(self, *_: object) -> None:
        if self.asked is not None:
            self.drawings.append((time.perf_counter() - self.asked) * 1000)
            self.asked = None


def pan(window: MainWindow, frames: Frames) -> None:
    view = window.explorer.view
    view.use_tool(HAND)
    start = view.viewport().rect().center() + QPoint(60, 90)

    def path() -> Iterator[QPoint]:
        for i in range(EVENTS + 1):
            yield start + QPoint(abs(i % 120 - 60) * 2 - 120, abs(i % 80 - 40))

    drag(view.viewport(), path(), frames.event_sent)


def zoom(window: MainWindow, frames: Frames) -> None:
    viewport = window.explorer.view.viewport()
    centre = QPointF(viewport.rect().center())
    for i in range(EVENTS):
        began = time.perf_counter()
        frames.event_sent()
        turn = QPoint(0, 30 if i % 60 < 30 else -30)
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        position = QPointF(viewport.mapToGlobal(centre))
        event = QWheelEvent(centre, position, QPoint(), turn, buttons, keys, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(viewport, event)
        wait(max(0.0, 1 / 60 - (time.perf_counter() - began)))
    wait(0.5)


def main() -> None:
    side = int(sys.argv[2])
    window = open_window(sys.argv[1])
    ratio = window.devicePixelRatioF()
    box = window.explorer.view.getViewBox()
    for _ in range(3):  # until the map has that many pixels
        more = side / ratio - box.width(), side / ratio - box.height()
        window.resize(window.width() + round(more[0]), window.height() + round(more[1]))
        wait(0.3)
    assert abs(box.width() * ratio - side) < 4, "the screen is too small for this map"
    assert abs(box.height() * ratio - side) < 4, "the screen is too small for this map"
    result: dict[str, object] = {"points": window.explorer.view.points_shown, "side": side}
    for name, move in (("pan", pan), ("zoom", zoom)):
        wait_until(lambda: window.explorer.view.points.drawing.exact)
        frames = Frames(window)
        move(window, frames)
        result[name] = percentiles(frames.frames) | {"drawn anew": percentiles(frames.drawings)}
    finish(result)


if __name__ == "__main__":
    main()
