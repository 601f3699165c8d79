"""Help > Tour: there is one tour at a time."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow
    from vae_explorer.gui.tour.tour import Tour


class Tours(QObject):
    """Begins and ends the tour; nothing of it is loaded before it is wanted."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._first: tuple[int, Path] | None = None  # step and run of `open_first`
        self.tour: Tour | None = None

    def open(self, step: int = 1, back_to: Path | None = None) -> None:
        """Begin the tour on this step, from 1; if there is one already, it goes on.

        back_to: the run or page that is opened at its end; None: the one that is open now.
        """
        from vae_explorer.gui.tour.tour import Tour

        if self.tour is None:
            self.tour = Tour(self._window, back_to)
            self.tour.ended.connect(self._forget)
            self.tour.go(step)
        self.tour.card.show()
        self.tour.card.raise_()

    def open_first(self, step: int, back_to: Path) -> None:
        """Begin the tour as soon as the window stands with its first image."""
        self._first = step, back_to
        self._window.explorer.image.painted.connect(self._begin, Qt.ConnectionType.QueuedConnection)

    def end(self) -> None:
        """End the tour, because the window closes."""
        if self.tour is not None:
            self.tour.end(closing=True)

    def _begin(self) -> None:
        if self._first is not None:
            first, self._first = self._first, None
            self._window.explorer.image.painted.disconnect(self._begin)
            QTimer.singleShot(0, self, lambda: self.open(*first))  # after the hint at the handle, which it closes

    def _forget(self) -> None:
        self.tour = None
