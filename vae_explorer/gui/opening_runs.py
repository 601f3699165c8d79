"""Opening runs: reading one in the background, finding its images, and remembering it."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vae_explorer.data.dataset import Dataset
from vae_explorer.exploring.opening import find_dataset, load_run, run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.opening_images import ask_where_images_are
from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.gui.parts.settings import recent_runs, remember_run
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.gui.shown import Shown
from vae_explorer.progress import Progress
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from concurrent.futures import Future

FIRST_IMAGE_SECONDS = 1  # longest time that slow tasks wait for the first image


class RunsOpener(QObject):
    """Opens runs and shows them. `opened` is emitted with each run."""

    opened = Signal(object)  # the Run
    noted = Signal(str)
    errored = Signal(str)

    def __init__(
        self, shown: Shown, data: LoadedData, settings: QSettings, tasks: RunningTasks, window: QWidget
    ) -> None:
        super().__init__(window)
        self._shown, self._data, self._settings, self._tasks, self._window = shown, data, settings, tasks, window
        self._wanted = 0  # number of requests so far; only the newest one counts
        self._image_seen = threading.Event()  # slow imports wait for it, so that the first image is not delayed

    def open(
        self, folder: Path, fallback: Path | None = None, loading: "Future[tuple[Run, Subject]] | None" = None
    ) -> None:
        """Open a run, or a page that contains one, in the background; on failure, report why and open `fallback`.

        loading: the result of loading this run, if loading has begun.
        """
        self._wanted += 1
        wanted = self._wanted

        def load(_: object) -> tuple[Run, Subject]:
            return loading.result() if loading is not None else load_run(folder)

        def opened(loaded: tuple[Run, Subject]) -> None:
            if wanted == self._wanted:
                self._take(*loaded)

        def failed(text: str) -> None:
            self.errored.emit(text)
            if fallback is not None and wanted == self._wanted:
                self.open(fallback)

        if loading is not None and loading.done() and not loading.exception():
            opened(loading.result())
        else:
            self._tasks.start(load, opened, failed)

    def open_builtin(self) -> None:
        """Open the built-in run."""
        self.open(find_run(BUILTIN))

    def remember_last(self, folder: Path) -> None:
        """Open this run or page first at the next launch."""
        self._settings.setValue("lastRun", str(folder))

    def ask_run(self) -> None:
        """Ask for a run's folder, and open it."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a run's folder", str(self._first_folder()))
        if name:
            self.open(Path(name))

    def ask_page(self) -> None:
        """Ask for an exported page, which contains its run, and open that run."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open an exported page", str(self._first_folder()), "HTML pages (*.html *.htm)"
        )
        if name:
            self.open(Path(name))

    def fill_recent(self, menu: QMenu) -> None:
        """Fill a menu with the runs opened most recently."""
        menu.clear()
        for folder in recent_runs(self._settings):
            action = menu.addAction(folder.name.replace("&", "&&"))
            action.setToolTip(safe_tip(str(folder)))
            action.triggered.connect(lambda _=False, folder=folder: self.open(folder))
        if menu.isEmpty():
            menu.addAction("No runs yet").setEnabled(False)

    def locate_images(self, button: QWidget) -> None:
        """Ask for the folder or file of the open run's images, with a menu below the button, and read them."""
        run = self._shown.run
        if run is not None:
            ask_where_images_are(button, lambda source: self.find_images(run, source))

    def find_images(self, run: Run, source: str | None = None) -> None:
        """Read the run's data set to show its images; from `source`, if the person chose one."""
        if not run.info.dataset.images:  # an imported decoder without images
            return

        def load(progress: Progress) -> tuple[Dataset, Subject]:
            self.wait_for_first_image()
            dataset = self._data.of_fingerprint(run.info.dataset.fingerprint)
            if dataset is None:
                dataset = find_dataset(run, source, progress)
            return dataset, run_subject(run, dataset)

        def found(loaded: tuple[Dataset, Subject]) -> None:
            dataset, subject = loaded
            if run is self._shown.run:
                self._data.keep(dataset)
                self._shown.images_found(run, subject)

        def failed(text: str) -> None:
            if run is not self._shown.run:
                return
            self._shown.images_not_found(run)
            if source is not None:
                self.errored.emit(text)
            else:
                self.noted.emit(f"The data set of this run was not found, so its sample is used instead. {text}")

        self._tasks.start(load, found, failed)

    def first_image_painted(self) -> None:
        """Let the tasks start that waited for the first image."""
        self._image_seen.set()

    def wait_for_first_image(self) -> None:
        """Wait in a task until the first image is painted, at most for FIRST_IMAGE_SECONDS."""
        self._image_seen.wait(FIRST_IMAGE_SECONDS)

    def end(self) -> None:
        """Show none of the runs that are still being read."""
        self._wanted += 1

    def _take(self, run: Run, subject: Subject) -> None:
        self.remember_last(run.folder)
        if run.folder != find_run(BUILTIN):
            remember_run(self._settings, run.folder)
        self._shown.open_run(run, subject)
        self.opened.emit(run)
        self.find_images(run)

    def _first_folder(self) -> Path:
        """The folder that a file dialog shows first."""
        recent = recent_runs(self._settings)
        return recent[0].parent if recent else Path.home()
