"""The real window, with real events, on the small run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.app import create_app
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


@pytest.fixture(scope="session", autouse=True)
def _no_training_waits_for_other_tests() -> Iterator[None]:
    """A training gives way to the window; here it would give way to the tests of the other processes.

    The threads that TensorFlow begins in it would do so for good, and whatever waits for them, for up to a minute.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vae_explorer.gui.training.worker._let_the_window_go_first", lambda: None)
        yield


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Open the window on a run, and wait for its first decoded image."""
    windows: list[MainWindow] = []

    def open_it(run: Path | str, size: tuple[int, int] = (1100, 760)) -> MainWindow:
        window = create_app(["vae-explorer", str(run)], exec_app=False)
        windows.append(window)
        window.resize(*size)
        qtbot.waitUntil(lambda: window.explorer.image.pixels() is not None, timeout=20_000)
        qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
        return window

    yield open_it
    for window in windows:
        window.training.worker.control.discard()
        assert window.training.worker.wait(60)
        QApplication.processEvents()
        assert window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_window: Callable[..., MainWindow], tiny_run: Run) -> MainWindow:
    return open_window(tiny_run.folder)


def mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, buttons: Qt.MouseButton) -> None:
    """Send one real mouse event to a widget, at a point of it in pixels."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    QApplication.sendEvent(
        widget,
        QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at)), button, buttons, Qt.KeyboardModifier.NoModifier),
    )


def drag(widget: QWidget, start: QPointF, end: QPointF, steps: int = 12) -> None:
    """Press, move and release with real mouse events."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    mouse(widget, QEvent.Type.MouseMove, start, none)
    mouse(widget, QEvent.Type.MouseButtonPress, start, left)
    for i in range(1, steps + 1):
        mouse(widget, QEvent.Type.MouseMove, start + (end - start) * i / steps, left)
        QTest.qWait(12)  # pyqtgraph takes at most 100 moves a second
    mouse(widget, QEvent.Type.MouseButtonRelease, end, none)
