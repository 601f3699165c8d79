"""From a mouse event to the end of the paint that shows its image, in the real window.

    python tests/benchmarks/drag.py [MOVES]

Real mouse events at 60 a second on the built-in run with its 70,000 points: idle, and while the default preset trains
and the explorer stays on the open run (LiteRT) or follows the training (TensorFlow). Prints percentiles in
milliseconds. A move whose image was overtaken by a newer one counts up to the paint of that newer one.
"""

import math
import os
import sys
import tempfile
import time
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from vae_explorer.gui.app import create_app
from vae_explorer.gui.main_window import MainWindow


class Clock(QObject):
    """Notes when each request was caused and when a paint first showed it or a newer one."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.caused: list[tuple[int, float]] = []
        self.painted: list[tuple[int, float]] = []
        self.shown = 0
        self.image = window.explorer.image
        window.explorer.worker.answered.connect(self._answered)
        self._paint = self.image.paintEvent
        self.image.paintEvent = self._paint_and_note

    def _answered(self, request: Request, _answer: object) -> None:
        self.shown = request.generation

    def _paint_and_note(self, event: object) -> None:
        self._paint(event)
        self.painted.append((self.shown, time.perf_counter()))

    def milliseconds(self) -> np.ndarray:
        generations = np.array([generation for generation, _ in self.painted])
        times = np.array([at for _, at in self.painted])
        waits = []
        for generation, began in self.caused:
            after = (generations >= generation) & (times >= began)
            if after.any():
                waits.append((times[after].min() - began) * 1000)
        return np.array(waits)


def wait(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        QApplication.processEvents()
        time.sleep(0.0005)


def drag(window: MainWindow, moves: int) -> np.ndarray:
    clock, view = Clock(window), window.explorer.view
    viewport = view.viewport()

    def send(kind: QEvent.Type, at: QPointF) -> None:
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        position = QPointF(viewport.mapToGlobal(at))
        keys = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(viewport, QMouseEvent(kind, at, position, button, Qt.MouseButton.LeftButton, keys))

    centre = view.to_pixels(*view.handle_point)
    send(QEvent.Type.MouseButtonPress, centre)
    for i in range(moves):
        angle = i / 40
        began = time.perf_counter()
        send(QEvent.Type.MouseMove, centre + QPointF(150 * math.sin(angle), 120 * math.sin(1.7 * angle)))
        clock.caused.append((window.explorer.worker._generation, began))
        wait(max(0.0, 1 / 60 - (time.perf_counter() - began)))
    wait(0.5)
    send(QEvent.Type.MouseButtonRelease, centre)
    clock.image.paintEvent = clock._paint
    return clock.milliseconds()


def report(name: str, waits: np.ndarray) -> None:
    p50, p95, p99 = np.percentile(waits, [50, 95, 99])
    late = (waits > 1000 / 60).mean() * 100
    print(
        f"{name:34} median {p50:5.1f}  p95 {p95:5.1f}  p99 {p99:5.1f}  worst {waits.max():6.1f} ms, "
        f"over a frame {late:.1f} %"
    )


def main() -> None:
    moves = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    window = create_app(["vae-explorer", "builtin"], exec_app=False)
    window.resize(1360, 860)
    wait(4)
    report("idle", drag(window, moves))
    window.training.settings.folder.setText(str(Path(tempfile.mkdtemp()) / "run"))
    window.training._start()
    while not window.explorer.live.isEnabled():
        wait(0.1)
    wait(5)
    report("while dense trains, live", drag(window, moves))
    window.explorer.live.click()
    report("while dense trains, the open run", drag(window, moves))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
