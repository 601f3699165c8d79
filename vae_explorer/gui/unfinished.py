"""Searches for interrupted trainings after the window has opened."""

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from vae_explorer.gui.parts.settings import training_folders
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.run.places import runs_folder

PAUSE = 1000  # milliseconds between opening the first run and the search


class UnfinishedTrainings(QObject):
    """`found` is emitted with the interrupted trainings in the user's runs folder and in folders used for training."""

    found = Signal(list)  # of Unfinished
    errored = Signal(str)

    def __init__(self, settings: QSettings, tasks: RunningTasks, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._tasks = settings, tasks
        self._looked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.look)

    def look_once(self) -> None:
        """Search after a pause, so that the first image is not delayed; further calls do nothing."""
        if not self._looked:
            self._looked = True
            self._timer.start()

    def look(self) -> None:
        """Search now, in the background."""
        folders = training_folders(self._settings)

        def find(_: object) -> list[object]:
            from vae_explorer.run.folder import find_unfinished  # imported late

            there = runs_folder().iterdir() if runs_folder().is_dir() else ()
            return list(find_unfinished(dict.fromkeys([*there, *folders])))

        self._tasks.start(find, self.found.emit, self.errored.emit)

    def end(self) -> None:
        """Do not search again."""
        self._timer.stop()
