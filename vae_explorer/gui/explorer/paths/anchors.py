"""The anchors of the path. Each change of them is a step of the map's history."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.gui.explorer.history import Change, History, drag_run


class Anchors(QObject):
    """Latent codes, in the order of the path."""

    changed = Signal()

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self.codes: Floats = np.zeros((0, 2), np.float32)  # (A, latent_dim); replaced by each change, never written to
        self.marked = -1  # number of the one that was touched last, -1: none

    def begin(self, codes: Floats) -> None:
        """Begin with these anchors (A, latent_dim), perhaps in another latent space; the history does not know it."""
        self._put(codes)

    def mark(self, number: int) -> None:
        """Mark this one, which the key Delete would remove; -1: none."""
        if number != self.marked:
            self.marked = number
            self.changed.emit()

    def add(self, code: Floats, drag: int = 0) -> None:
        """Add a latent code (latent_dim,) at the end. drag: number of the drag in which this happens, 0: of none."""
        self.marked = len(self.codes)
        self._do("anchor", np.concatenate([self.codes, code[None]]).astype(np.float32), drag)

    def move(self, number: int, code: Floats, drag: int) -> None:
        """Put an anchor at another latent code (latent_dim,), as one of the moves of a drag."""
        codes = self.codes.copy()
        codes[number] = code
        self._do("anchor", codes, drag)

    def remove(self, number: int) -> None:
        self._do("anchor", np.delete(self.codes, number, axis=0))

    def put(self, codes: Floats) -> None:
        """Replace all of them by latent codes (A, latent_dim)."""
        self._do("anchors", codes)

    def _do(self, text: str, codes: Floats, drag: int = 0) -> None:
        run = drag_run(drag) if drag else None
        self._history.do(Change(text, self.codes, codes, self._put, run))

    def _put(self, codes: Floats) -> None:
        self.codes = codes
        if self.marked >= len(codes):
            self.marked = -1
        self.changed.emit()
