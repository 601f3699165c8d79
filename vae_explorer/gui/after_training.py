"""After a training: its run is opened unless another is being explored, and what one may want next is offered."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vae_explorer.gui.entries import train_further
from vae_explorer.gui.parts.settings import remember_run
from vae_explorer.gui.parts.toast import Follow, open_folder
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from vae_explorer.gui.main_window import MainWindow


class AfterTraining(QObject):
    """Takes each run that the Training tab returns."""

    def __init__(self, window: "MainWindow", settings: "QSettings") -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        window.training.returned.connect(self._take)

    def _take(self, run: Run | None) -> None:
        if run is None:
            return
        window, folder = self._window, open_folder(run.folder)
        remember_run(self._settings, run.folder)  # also if it is not opened now
        if self._explores_other(run):
            window.toast.note(
                f"The training has ended. Its run is saved in {run.folder}",
                [Follow("Open it", lambda: window.open_run(run.folder)), folder],
            )
            return
        # What a training that was stopped left out can be trained yet.
        further = [Follow("Train further…", lambda: train_further(window, run))] if run.info.stopped_note else []
        window.toast.note(f"The run is saved in {run.folder}", [*further, folder])
        window.open_run(run.folder)

    def _explores_other(self, run: Run) -> bool:
        """Whether the person looks at another run in the Explorer tab, and not at the model in training."""
        window, shown = self._window, self._window.shown
        explores = window.tabs.currentWidget() is window.explorer and not shown.live_wanted
        return explores and shown.run is not None and shown.run.folder != run.folder
