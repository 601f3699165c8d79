"""A bar that offers to resume a training that was cut off."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QPushButton, QWidget

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.elided_label import ElidedLabel

if TYPE_CHECKING:
    from vae_explorer.run.folder import Unfinished


class ResumeBar(QFrame):
    """Hidden while there is nothing to resume. Shows one training at a time."""

    resumed = Signal(object)  # an Unfinished
    errored = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resumeBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._waiting: list[Unfinished] = []
        self.text = ElidedLabel()
        self.resume = self._button("Resume", "resumeButton", "Continue from its last whole epoch", self._resume)
        self.discard = self._button("Discard…", "discardUnfinishedButton", "Remove what is left of it", self._discard)
        self.later = self._button("Later", "resumeLaterButton", "Keep it for later", self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.text, 1)
        for button in (self.resume, self.discard, self.later):
            row.addWidget(button)
        self.hide()

    def offer(self, unfinished: Sequence["Unfinished"]) -> None:
        self._waiting = list(unfinished)
        self._show_first()

    @property
    def first(self) -> "Unfinished | None":
        return self._waiting[0] if self._waiting else None

    def _button(self, text: str, name: str, tip: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    def _show_first(self) -> None:
        first = self.first
        self.setVisible(first is not None)
        if first is None:
            return
        self.text.setText(describe(first))
        self.text.setToolTip(str(first.folder))
        for button in (self.resume, self.discard):
            button.setVisible(not first.locked)

    def _next(self) -> None:
        self._waiting = self._waiting[1:]
        self._show_first()

    def _resume(self) -> None:
        if self.first is not None:
            self.resumed.emit(self.first)

    def taken(self, folder: Path) -> None:
        """Remove from the offers a training that now runs in this window."""
        self._waiting = [one for one in self._waiting if one.folder != folder]
        self._show_first()

    def _discard(self) -> None:
        from vae_explorer.run.folder import discard_unfinished  # which the launch does not need

        first = self.first
        if first is None:
            return
        question = QMessageBox(QMessageBox.Icon.Question, "Discard", f"Discard {first.folder.name}?", parent=self)
        question.setInformativeText("What it has learned is lost. A run that it was to replace comes back.")
        discard = question.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(question.addButton("Keep it", QMessageBox.ButtonRole.RejectRole))
        question.exec()
        agreed = question.clickedButton() is discard
        question.deleteLater()
        if not agreed:
            return
        try:
            discard_unfinished(first.folder)
        except UserError as error:
            self.errored.emit(str(error))
        self._next()


def describe(unfinished: "Unfinished") -> str:
    """One sentence on a training that did not end."""
    progress = unfinished.progress
    done = f"{progress.epochs} of {progress.config.epochs} epochs of {progress.config.preset}"
    if unfinished.locked:
        return f"{unfinished.folder.name} is being trained by another process: {done} are done."
    return f"{unfinished.folder.name} was cut off after {done} on {progress.dataset.name}."
