"""Closing the window while a training runs; each test controls a fake training."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot

from vae_explorer.gui.closing import Closing


class Training(QObject):
    """A fake training that runs until the test ends it."""

    failed, finished = Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.running = True
        self.kept: list[bool] = []

    def end_training(self, keep: bool) -> None:
        self.kept.append(keep)


class Window(QMainWindow):
    def __init__(self, training: Training, seconds: float) -> None:
        super().__init__()
        self.closing = Closing(self, training, seconds)  # type: ignore[arg-type]

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.closing.may_close())


@pytest.fixture
def training() -> Training:
    return Training()


@pytest.fixture
def open_window(qtbot: QtBot, training: Training) -> Callable[..., Window]:
    def open_it(seconds: float = 60) -> Window:
        window = Window(training, seconds)
        qtbot.addWidget(window, before_close_func=lambda _: setattr(training, "running", False))
        window.show()
        return window

    return open_it


def answer(text: str, first: Callable[[], object] = lambda: None) -> None:
    """Call `first`, then click the button with this text in the question that opens."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.objectName() == "closeQuestion"
        first()
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()

    QTimer.singleShot(0, look)


def test_without_a_training_nothing_is_asked(open_window: Callable[..., Window], training: Training) -> None:
    training.running = False
    assert open_window().close()
    assert training.kept == []


def test_cancel_changes_nothing(open_window: Callable[..., Window], training: Training) -> None:
    window = open_window()
    answer("Cancel")
    assert not window.close()
    assert training.kept == []
    assert window.isEnabled()
    training.finished.emit()
    assert window.isVisible()


@pytest.mark.parametrize(("text", "keep"), [("Stop and keep", True), ("Discard", False)])
def test_the_window_waits_for_the_training_and_closes(
    open_window: Callable[..., Window], training: Training, text: str, keep: bool
) -> None:
    window = open_window()
    said: list[str] = []
    window.closing.noted.connect(said.append)
    answer(text)
    assert not window.close()
    assert training.kept == [keep]
    assert not window.isEnabled()
    assert said == ["Saving the training; the window closes when that is done…"]
    assert not window.close()  # a second attempt asks nothing, and the window still waits
    training.finished.emit()  # the thread may not have finished yet
    assert not window.isVisible()


def test_a_training_that_ends_while_the_question_is_open_is_not_waited_for(
    open_window: Callable[..., Window], training: Training
) -> None:
    window = open_window()
    answer("Stop and keep", first=lambda: setattr(training, "running", False))
    assert window.close()
    assert training.kept == []


def test_a_training_that_fails_keeps_the_window_open(open_window: Callable[..., Window], training: Training) -> None:
    window = open_window()
    answer("Stop and keep")
    window.close()
    training.failed.emit()
    training.finished.emit()
    assert window.isVisible()
    assert window.isEnabled()


def test_after_the_longest_wait_the_window_closes(
    qtbot: QtBot, open_window: Callable[..., Window], training: Training
) -> None:
    window = open_window(seconds=0.05)
    answer("Stop and keep")
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5_000)


def test_the_deadline_of_a_training_that_failed_does_not_close_the_window(
    qtbot: QtBot, open_window: Callable[..., Window], training: Training
) -> None:
    window = open_window(seconds=0.2)
    answer("Stop and keep")
    window.close()
    training.failed.emit()
    answer("Stop and keep")
    window.closing._deadline.setInterval(60_000)
    window.close()
    qtbot.wait(400)
    assert window.isVisible()
