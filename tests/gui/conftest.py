"""The real window, with real events, on the small run."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.data.columns import Columns
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.app import create_app
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.run.run import Run
from vae_explorer.training.events import Preview, Started


@pytest.fixture(scope="session", autouse=True)
def _no_training_waits_for_other_tests() -> Iterator[None]:
    """A training yields to the window; in the tests it would also yield to tests in other processes.

    The threads that TensorFlow begins in it would do so for good, and whatever waits for them, for up to a minute.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vae_explorer.gui.training.worker.let_the_window_go_first", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_xla() -> Iterator[None]:
    """No compiling by XLA, which takes seconds and would save minutes in a training that is not stopped."""
    from vae_explorer.training import calls

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "XLA_STEPS", 1_000_000)
        yield


@pytest.fixture(autouse=True)
def _garbage_is_collected_between_tests() -> Iterator[None]:
    """As in the program, no other thread destroys Qt objects; here those of the test before are collected at once."""
    gc.disable()
    gc.collect(1)
    yield
    gc.enable()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Open the window on a run, and wait for its first decoded image."""
    windows: list[MainWindow] = []

    def open_it(run: Path | str, size: tuple[int, int] = (1100, 760), tour: int | None = None) -> MainWindow:
        window = create_app(["vae-explorer", str(run)], exec_app=False, tour=tour)
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


@pytest.fixture
def tiny_subject(tiny_run: Run) -> Subject:
    """The small run as a subject to explore, with the images of its sample."""
    return run_subject(tiny_run, None)


@pytest.fixture
def started(tiny_run: Run, tiny_subject: Subject) -> Started:
    """A training whose sample is that of the small run."""
    count = len(tiny_run.sample.images)
    return Started(
        device="CPU",
        steps_per_epoch=8,
        history=(),
        first_comparable=0,
        seams=(),
        decoder=tiny_subject.decoder,
        sample=tiny_run.sample,
        columns=Columns(np.zeros(count, np.int32), ("all",), np.ones((count, 1), np.float32), ("weight",)),
    )


@pytest.fixture
def preview(tiny_run: Run) -> Preview:
    """Latent codes of the images in `started`'s sample."""
    count = len(tiny_run.sample.images)
    nothing = np.empty((0, 28, 28, 1), np.uint8)
    codes = np.zeros((count, 2), np.float32)
    return Preview(codes, nothing, measure_dimensions(codes, codes), nothing[None])


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    buttons: Qt.MouseButton,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Send one real mouse event to a widget, at a position in pixels.

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
        QTest.qWait(12)  # pyqtgraph takes at most 100 moves per second
    mouse(widget, QEvent.Type.MouseButtonRelease, end, none, button, keys)


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file or folder on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))
