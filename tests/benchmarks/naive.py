"""The naive way, for comparison: pyqtgraph's scatter plot, and `decoder.predict` in the mouse handler.

python -m tests.benchmarks.naive RUN MOVES    MOVES 0: only the time of one repaint
"""

import sys
import time
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QApplication

from tests.benchmarks.results import finish, percentiles
from tests.benchmarks.window import SIZE, drag, wait
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run
from vae_explorer.tensorflow_import import import_keras

PERIOD = 400  # milliseconds between two moves: so slow that each is painted before the next


def main() -> None:
    folder, moves = sys.argv[1], int(sys.argv[2])
    app = QApplication([])  # noqa: F841  kept
    run = open_run(find_run(folder))
    rgb = as_rgb(class_colours(10))[run.codes.label]
    waits: list[float] = []
    began = 0.0

    class Layout(pg.GraphicsLayoutWidget):
        def event(self, event: QEvent) -> bool:
            done = super().event(event)
            if event.type() == QEvent.Type.UpdateRequest and began:
                waits.append((time.perf_counter() - began) * 1000)
            return done

    layout = Layout()
    plot = layout.addPlot(0, 0)
    plot.setAspectLocked(True)
    scatter = pg.ScatterPlotItem(pos=run.codes.z_mean, size=3, pen=None, brush=[pg.mkBrush(*colour) for colour in rgb])
    plot.addItem(scatter)
    handle = pg.TargetItem((0, 0), size=18, movable=True)
    plot.addItem(handle)
    image = pg.ImageItem(np.zeros((28, 28)))
    layout.addViewBox(0, 1, lockAspect=True, invertY=True).addItem(image)
    layout.resize(*SIZE)
    layout.show()
    wait(2)
    began = time.perf_counter()
    layout.viewport().repaint()
    repaint = (time.perf_counter() - began) * 1000
    if not moves:
        finish({"points": len(run.codes.index), "repaint": repaint})

    keras = import_keras()
    decoder = keras.saving.load_model(find_run("builtin") / "model/decoder.keras", compile=False)
    decoder.predict(np.zeros((1, 2), np.float32), verbose=0)

    def decode() -> None:
        z = np.array([[handle.pos().x(), handle.pos().y()]], np.float32)
        image.setImage(decoder.predict(z, verbose=0)[0, :, :, 0].T, levels=(0, 1))

    def each() -> None:
        nonlocal began
        began = time.perf_counter()

    def path() -> Iterator[QPoint]:
        centre = layout.mapFromScene(plot.getViewBox().mapViewToScene(handle.pos()))
        for i in range(moves + 1):
            yield centre + QPoint(2 * i, i)

    handle.sigPositionChanged.connect(decode)
    drag(layout.viewport(), path(), each, period=PERIOD)
    finish({"points": len(run.codes.index), "repaint": repaint, "event to paint": percentiles(waits)})


if __name__ == "__main__":
    main()
