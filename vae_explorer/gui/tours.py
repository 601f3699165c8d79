"""Help > Tour: there is one tour at a time."""

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow
    from vae_explorer.gui.tour.tour import Tour


class Tours:
    """Begins and ends the tour; nothing of it is loaded before it is wanted."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.tour: Tour | None = None

    def open(
        self, step: int = 1, back_to: Path | None = None, loading: "Future[tuple[Run, Subject]] | None" = None
    ) -> None:
        """Begin the tour on this step, from 1; if there is one already, it goes on.

        back_to: the run or page that is opened at its end; None: the one that is open now. loading: the result of
        loading the built-in run, if that has begun.
        """
        from vae_explorer.gui.tour.tour import Tour

        if self.tour is None:
            self.tour = Tour(self._window, back_to)
            self.tour.ended.connect(self._forget)
            self.tour.go(step, loading)
        self.tour.card.show()
        self.tour.card.raise_()

    def end(self) -> None:
        """End the tour, because the window closes."""
        if self.tour is not None:
            self.tour.end(closing=True)

    def _forget(self) -> None:
        self.tour = None
