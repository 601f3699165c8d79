"""The gallery of many selected images: opening it, and scrolling through it with the wheel.

python -m tests.benchmarks.gallery RUN IMAGES
"""

import sys
import time

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.benchmarks.memory import status
from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import open_window, wait, wait_until
from vae_explorer.gui.explorer.selecting.gallery import Gallery

TURNS = 300
paints: list[float] = []


class Timed(Gallery):
    """Notes how long each paint takes."""

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        super().paintEvent(event)
        paints.append((time.perf_counter() - began) * 1000)


def turn(gallery: Gallery, steps: int) -> None:
    centre = QPointF(gallery.viewport().rect().center())
    position, keys = QPointF(gallery.viewport().mapToGlobal(centre)), Qt.KeyboardModifier.NoModifier
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(centre, position, QPoint(), QPoint(0, steps), buttons, keys, phase, False)
    QApplication.sendEvent(gallery.viewport(), event)


def main() -> None:
    count = int(sys.argv[2])
    from vae_explorer.gui.explorer.selecting import gallery_side

    gallery_side.Gallery = Timed  # type: ignore[misc]
    window = open_window(sys.argv[1])
    explorer = window.explorer
    gallery = explorer.gallery.gallery
    rows = np.random.default_rng(0).permutation(len(explorer.selection.flags))[:count]
    explorer.selection.select(rows)
    wait(1)
    before = status()["RssAnon"]
    began = time.perf_counter()
    explorer.selecting.toggle()
    wait_until(lambda: bool(paints) and len(gallery.rows) == count)
    opened = (time.perf_counter() - began) * 1000
    wait(0.5)
    paints.clear()
    bar = gallery.verticalScrollBar()
    for number in range(TURNS):  # with the wheel, and now and then far away with the scroll bar
        if number % 10 == 9:
            bar.setValue(bar.maximum() * number // TURNS)
        turn(gallery, -120)
        wait(1 / 60)
    more = (status()["RssAnon"] - before) * 1000
    finish({"images": count, "open": opened, "paint": percentiles(paints), "MB": more})


if __name__ == "__main__":
    main()
