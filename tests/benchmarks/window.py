"""The real window and real mouse events at 60 per second, for benchmarks."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

SCRATCH = Path(tempfile.mkdtemp())
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):  # not the person's own settings
    os.environ[name] = str(SCRATCH / name)
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402

from vae_explorer.gui.app import create_app  # noqa: E402
from vae_explorer.gui.main_window import MainWindow  # noqa: E402

LEFT = Qt.MouseButton.LeftButton
SIZE = 1360, 860
PERIOD = 1000 // 60  # milliseconds between two mouse moves


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    for _ in range(round(seconds / 0.02)):
        if condition():
            return
        wait(0.02)
    raise TimeoutError


def open_window(run: Path | str, size: tuple[int, int] = SIZE) -> MainWindow:
    """The window on a run, its points drawn and its searches made fast."""
    window = create_app(["vae-explorer", str(run)], exec_app=False)
    window.resize(*size)
    explorer = window.explorer
    wait_until(lambda: explorer.image.pixels() is not None and not window._tasks)
    wait_until(lambda: explorer.view.points.drawing.exact)
    assert explorer._subject is not None
    on_map = explorer._subject.on_map
    wait_until(lambda: on_map.fast)
    wait(1)
    return window


def drag(
    widget: QWidget, path: Iterator[QPoint], each: Callable[[], None] = lambda: None, period: int = PERIOD
) -> None:
    """Press at the first point of the path and move through the others as the window system would, one in a period.

    Points are in pixels of the widget, the period in milliseconds. each: called right before each move.
    """
    window = widget.window().windowHandle()

    def at(point: QPoint) -> QPoint:
        return widget.mapTo(widget.window(), point)

    point = next(path)
    QTest.mouseMove(window, at(point))
    QTest.mousePress(window, LEFT, Qt.KeyboardModifier.NoModifier, at(point))
    loop, timer = QEventLoop(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)

    def move() -> None:
        nonlocal point
        following = next(path, None)
        if following is None:
            timer.stop()
            QTimer.singleShot(500, loop.quit)
        else:
            point = following
            each()
            QTest.mouseMove(window, at(point))

    timer.timeout.connect(move)
    timer.start(period)
    loop.exec()
    QTest.mouseRelease(window, LEFT, Qt.KeyboardModifier.NoModifier, at(point))
