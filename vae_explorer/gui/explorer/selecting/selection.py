"""Which images of the subject are selected. Each change by the person is a step of the map's history."""

from enum import Enum

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from vae_explorer.array_types import Flags, Indices
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import Change, History

NONE = np.empty(0, np.intp)


class Combine(Enum):
    """What becomes of the images that are selected already, as in every list: plain, with Shift, with Ctrl."""

    REPLACE = "replace"
    ADD = "add"
    TOGGLE = "toggle"


def combine_of(keys: Qt.KeyboardModifier) -> Combine:
    """How to combine, by the keys that are held."""
    if keys & Qt.KeyboardModifier.ShiftModifier:
        return Combine.ADD
    return Combine.TOGGLE if keys & Qt.KeyboardModifier.ControlModifier else Combine.REPLACE


class Selection(QObject):
    """The selected rows of the subject's latent codes. It stays while the images do: in a replay, and in training."""

    changed = Signal()  # the rows, or the subject whose rows they are

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self._subject: Subject | None = None
        self._rows = NONE

    @property
    def subject(self) -> Subject | None:
        """The subject whose images are selected; None before the first one."""
        return self._subject

    @property
    def rows(self) -> Indices:
        """The selected rows (M,), ascending."""
        return self._rows

    @property
    def flags(self) -> Flags:
        """Which of the N images are selected (N,)."""
        flags = np.zeros(0 if self._subject is None else len(self._subject.z_mean), np.bool_)
        flags[self._rows] = True
        return flags

    def show_subject(self, subject: Subject) -> None:
        """Keep the selection if the images are the same, row by row, else select nothing."""
        before, self._subject = self._subject, subject
        if before is None or before.images_key != subject.images_key:
            self._rows = NONE
        self.changed.emit()

    def select(self, rows: Indices, how: Combine = Combine.REPLACE) -> None:
        """Select these rows (M,), in any order, as the person asked."""
        if self._subject is None:
            return
        flags = np.zeros(len(self._subject.z_mean), np.bool_)
        flags[rows] = True
        if how is Combine.ADD:
            flags |= self.flags
        elif how is Combine.TOGGLE:
            flags ^= self.flags
        rows = np.flatnonzero(flags)
        if np.array_equal(rows, self._rows):
            return
        key = self._subject.images_key
        self._history.do(Change("selection", (key, self._rows), (key, rows), self._show))

    def _show(self, state: tuple[object, Indices]) -> None:
        """state: the key of the images, and the rows; nothing happens if other images are shown by now."""
        key, rows = state
        if self._subject is not None and self._subject.images_key == key:
            self._rows = rows
            self.changed.emit()
