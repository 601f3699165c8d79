"""A lasso around about half of the points: from its release to the painted selection, and the moves while it is drawn.

python -m tests.benchmarks.lasso RUN [TIMES]
"""

import math
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPoint, Qt
from PySide6.QtTest import QTest

from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import LEFT, PERIOD, open_window, wait
from vae_explorer.gui.explorer.layers.selected import SelectedLayer
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.explorer.tools import LASSO
from vae_explorer.gui.main_window import MainWindow

CORNERS = 200


class Paints(QObject):
    """The times at which a widget was asked to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


def around(centre: QPoint, radius: float) -> Iterator[QPoint]:
    """A wavy line once around a position."""
    for i in range(CORNERS + 1):
        angle = 2 * math.pi * i / CORNERS
        far = radius * (1 + 0.1 * math.sin(9 * angle))
        yield centre + QPoint(round(far * math.cos(angle)), round(far * math.sin(angle)))


def until(condition: Callable[[], bool]) -> None:
    """Let the event loop run until something is so."""
    while not condition():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)


def measure(window: MainWindow) -> tuple[float, list[float]]:
    """Seconds from the release to the painted selection, and milliseconds from each move to its paint."""
    explorer, view = window.explorer, window.explorer.view
    layer, subject = view.layers.find(SelectedLayer), explorer.selection.subject
    assert subject is not None
    explorer.selection.select(NONE)
    wait(0.5)
    view.use_tool(LASSO)
    centre = view.to_pixels(*np.median(subject.plane, axis=0).tolist()).toPoint()
    viewport = view.viewport()
    paints, moved = Paints(), list[float]()
    viewport.installEventFilter(paints)
    handle, place = window.windowHandle(), viewport.mapTo(window, QPoint(0, 0))
    for place_in_line, point in enumerate(around(centre, view.height() / 4)):
        if place_in_line:
            moved.append(time.perf_counter())
        QTest.mouseMove(handle, place + point)
        if not place_in_line:
            QTest.mousePress(handle, LEFT, Qt.KeyboardModifier.NoModifier, place + point)
        wait(PERIOD / 1000)
    wait(0.2)
    waits = [1000 * (min(paint for paint in paints.times if paint > event) - event) for event in moved[:-1]]
    began = time.perf_counter()
    QTest.mouseRelease(handle, LEFT, Qt.KeyboardModifier.NoModifier, place + point)
    until(lambda: layer.drawing.count > 0 and layer.drawing.exact)
    drawn = time.perf_counter()
    until(lambda: paints.times[-1] > drawn)
    viewport.removeEventFilter(paints)
    return paints.times[-1] - began, waits


def main() -> None:
    window = open_window(sys.argv[1])
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    window.explorer.selecting.toggle()
    window.explorer.selecting.toggle()  # closed by the person, so that it does not open and change the map's size
    measured = [measure(window) for _ in range(times)][1:]
    finish(
        {
            "points": window.explorer.view.points_shown,
            "selected": len(window.explorer.selection.rows),
            "seconds": float(np.median([seconds for seconds, _ in measured])),
            "moves": percentiles([wait for _, waits in measured for wait in waits]),
        }
    )


if __name__ == "__main__":
    main()
