"""The real window, with real events, on the small run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.data.dataset import Dataset
from vae_explorer.gui.app import create_app
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.run.run import Run


@pytest.fixture
def npz(digits: Dataset, tmp_path: Path) -> Path:
    """The small data set as a file that the program can load."""
    path = tmp_path / "digits.npz"
    assert digits.labels is not None
    train, test = ~digits.held_out, digits.held_out
    np.savez(
        path,
        x_train=digits.images[train],
        y_train=digits.labels[train],
        x_test=digits.images[test],
        y_test=digits.labels[test],
    )
    return path


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


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    buttons: Qt.MouseButton,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Send one real mouse event to a widget, at a point of it in pixels.

    buttons: those that are down; button: the one that is pressed or released.
    """
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    QApplication.sendEvent(widget, QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at)), button, buttons, keys))


def drag(
    widget: QWidget,
    start: QPointF,
    end: QPointF,
    steps: int = 12,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press, move and release with real mouse events."""
    none = Qt.MouseButton.NoButton
    mouse(widget, QEvent.Type.MouseMove, start, none)
    mouse(widget, QEvent.Type.MouseButtonPress, start, button, button, keys)
    for i in range(1, steps + 1):
        mouse(widget, QEvent.Type.MouseMove, start + (end - start) * i / steps, button, button, keys)
        QTest.qWait(12)  # pyqtgraph takes at most 100 moves a second
    mouse(widget, QEvent.Type.MouseButtonRelease, end, none, button, keys)
