"""Closing the window while a training runs: ask, wait until the training is saved, and close."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QMessageBox

from vae_explorer.gui.training.tab import TrainingTab

SAVING_SECONDS = 120  # longest wait for a stopped training to be saved


class Closing(QObject):
    """Decides whether the window may close, and closes it when the awaited training has ended."""

    noted = Signal(str)

    def __init__(self, window: QMainWindow, training: TrainingTab, seconds: float = SAVING_SECONDS) -> None:
        super().__init__(window)
        self._window, self._training = window, training
        self._waiting = False  # whether the window closes when the training has ended
        self._ended = False  # whether the training or the longest wait is over
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(round(seconds * 1000))
        self._deadline.timeout.connect(self._close)
        training.failed.connect(self._stay)
        training.finished.connect(self._close)

    def may_close(self) -> bool:
        """Whether to close now. If a training runs, ask; if it is to be kept, the window closes after it is saved."""
        if not self._training.running:
            return True
        if self._waiting:
            return self._ended
        keep = self._ask()
        if keep is None:
            return False
        if not self._training.running:  # it has ended while the question was open
            return True
        self._training.end_training(keep)
        self._waiting = True
        self._window.setEnabled(False)
        self.noted.emit("Saving the training; the window closes when that is done…")
        self._deadline.start()
        return False

    def _ask(self) -> bool | None:
        """Whether to keep the trained model; None if the window is not to close."""
        question = QMessageBox(QMessageBox.Icon.Question, "Close", "A training has not ended yet.", parent=self._window)
        question.setObjectName("closeQuestion")
        question.setInformativeText("Stop it and keep what is learned, or discard it?")
        keep = question.addButton("Stop and keep", QMessageBox.ButtonRole.AcceptRole)
        discard = question.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(keep)
        question.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        question.exec()
        clicked = question.clickedButton()
        question.deleteLater()
        return clicked is keep if clicked in (keep, discard) else None

    def _stay(self) -> None:
        """Keep the window open after a failed training, so that its error can be read."""
        if self._waiting:
            self._waiting = False
            self._deadline.stop()
            self._window.setEnabled(True)

    def _close(self) -> None:
        if self._waiting:
            self._ended = True  # even if the thread has not finished yet
            self._window.close()
