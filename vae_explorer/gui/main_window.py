"""The main window connects the tabs, menus, runs, images and exports, which do not use each other."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QTabWidget, QVBoxLayout, QWidget

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.actions import MENUS
from vae_explorer.gui.after_training import AfterTraining
from vae_explorer.gui.all_runs import AllRuns
from vae_explorer.gui.appearance import AppearanceChoice
from vae_explorer.gui.bookmarks import Bookmarks
from vae_explorer.gui.closing import Closing
from vae_explorer.gui.context_menus import ContextMenus
from vae_explorer.gui.copying import Copying
from vae_explorer.gui.dropping import open_dropped
from vae_explorer.gui.explorer.own_images import OwnImages
from vae_explorer.gui.explorer.replay_control import ReplayControl
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer_follower import ExplorerFollower
from vae_explorer.gui.exports import Exports
from vae_explorer.gui.keeping import Keeping
from vae_explorer.gui.map_states import MapStates
from vae_explorer.gui.menus import Menus
from vae_explorer.gui.opening_classifiers import ClassifierOpener
from vae_explorer.gui.opening_images import ImagesOpener
from vae_explorer.gui.opening_runs import RunsOpener
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.settings import remember_training
from vae_explorer.gui.parts.text_size import choose_text_size, chosen_text_size
from vae_explorer.gui.parts.theme import Theme, apply_theme
from vae_explorer.gui.parts.toast import Toast
from vae_explorer.gui.path_files import PathFiles
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.gui.shown import Shown, title_of
from vae_explorer.gui.tours import Tours
from vae_explorer.gui.training.tab import TrainingTab
from vae_explorer.gui.unfinished import UnfinishedTrainings
from vae_explorer.run.run import Run
from vae_explorer.training.events import DecoderUpdated, Event

if TYPE_CHECKING:
    from concurrent.futures import Future


class MainWindow(QMainWindow):
    """Holds the components that the menu entries in `actions.py` call."""

    explorer: ExplorerTab
    training: TrainingTab
    runs: RunsOpener
    all_runs: AllRuns
    replay: ReplayControl
    images: ImagesOpener
    classifiers: ClassifierOpener
    exports: Exports
    copying: Copying
    appearance: AppearanceChoice
    bookmarks: Bookmarks
    own: OwnImages
    menus: Menus
    tours: Tours
    toast: Toast

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("VAE Explorer")
        self.setAcceptDrops(True)
        self._settings, self._tasks = settings, RunningTasks()
        data = LoadedData()
        self.explorer, self.training = ExplorerTab(), TrainingTab(data)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("mainTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.explorer, "Explorer")
        self.tabs.addTab(self.training, "Training")
        self.title = ElidedLabel()
        self.title.setObjectName("runTitle")
        self.title.setContentsMargins(0, 0, 12, 4)
        self.title.setProperty("muted", True)
        self.tabs.setCornerWidget(self.title)
        centre = QWidget()
        rows = QVBoxLayout(centre)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.toast, self.appearance = Toast(self.tabs, self.title, centre), AppearanceChoice(settings, self)
        rows.addWidget(self.toast.room)
        rows.addWidget(self.tabs)
        self.setCentralWidget(centre)
        self.shown = Shown(self)
        self.replay, self.own = ReplayControl(self.explorer), OwnImages(self.explorer)
        self.states = MapStates(self.explorer)
        self.keeping = Keeping(lambda: (self.states.state, self.training.settings.values()), self._keep, self)
        self.runs = RunsOpener(self.shown, data, settings, self._tasks, self)
        self.all_runs = AllRuns(self.shown, data, settings, self._tasks, self.open_run, self)
        self.images = ImagesOpener(self.training, settings, self)
        self.classifiers = ClassifierOpener(
            self.shown, self.explorer.view.layers, self.explorer.moves, self.runs, settings, self._tasks, self
        )
        self.unfinished = UnfinishedTrainings(settings, self._tasks, self)
        self.bookmarks = Bookmarks(self.shown, self.explorer, self)
        self.exports = Exports(self, self.shown, self.explorer, self.toast)
        self.copying = Copying(self.shown, self.explorer, self.toast, self)
        self.path_files = PathFiles(self, self.explorer.path, self.toast)
        self.tours = Tours(self)
        AfterTraining(self, settings)
        map_ = self.explorer.view
        self.menus = Menus(self, self.menuBar(), MENUS, self.shown, {"explorer": self.explorer, "map": map_})
        ContextMenus(self.explorer, self.menus)
        self._wire()
        # Created last, so that the window closes after all else has handled the end of a training.
        self.closing = Closing(self, self.training)
        self.closing.noted.connect(self.toast.note)
        map_.setFocus()
        self._restore()

    def _wire(self) -> None:
        explorer, training, shown = self.explorer, self.training, self.shown
        runs, replay = self.runs, self.replay
        for part in (explorer, training, replay, runs, self.all_runs, self.unfinished, self.own):
            part.errored.connect(self.toast.error)
        for signal in (explorer.noted, training.noted, replay.noted, runs.noted, self.images.noted):
            signal.connect(self.toast.note)
        for source in (self.classifiers, self.bookmarks):
            source.errored.connect(self.toast.error)
        self.classifiers.noted.connect(self.toast.note)
        for offer in (training.offered, self.bookmarks.offered):
            offer.connect(self.toast.note)
        ExplorerFollower(shown, explorer, replay, self.states)
        shown.changed.connect(self._show_title)
        runs.opened.connect(training.set_run)
        runs.opened.connect(self.unfinished.look_once)
        self.unfinished.found.connect(training.offer_to_resume)
        self.images.opened.connect(self.show_training)
        explorer.image.painted.connect(runs.first_image_painted)
        explorer.image.painted.connect(self._teach, Qt.ConnectionType.SingleShotConnection)
        explorer.save_wanted.connect(self.exports.save_image)
        explorer.export_selection_wanted.connect(self.exports.ask_selection)
        explorer.locate_data_wanted.connect(lambda: runs.locate_images(explorer.locate))
        training.begun.connect(lambda folder: remember_training(self._settings, folder))
        training.running_changed.connect(shown.set_training)
        training.reported.connect(self._follow_training)
        self.appearance.changed.connect(self._show_theme)

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1360, 860)
        self.explorer.restore(self._settings)
        self.training.restore(self._settings)
        self.menus.check(f"appearance{self.appearance.chosen.capitalize()}Action")
        self.appearance.apply()
        self.menus.check(f"text{chosen_text_size(self._settings).capitalize()}Action")

    def _show_theme(self, theme: Theme) -> None:
        apply_theme(self, theme)
        self.explorer.set_theme(theme)
        self.training.set_theme(theme)
        self.all_runs.set_theme(theme)

    def _teach(self) -> None:
        """The first image is painted: show a newcomer what to do."""
        from vae_explorer.gui.explorer.handle_hint import teach  # which the first image does not wait for

        QTimer.singleShot(0, self, lambda: teach(self.explorer.view, self._settings))

    # Called by menus and by drag and drop

    def open_run(
        self, folder: Path, fallback: Path | None = None, loading: "Future[tuple[Run, Subject]] | None" = None
    ) -> None:
        """Open a run or a page in the background; see `RunsOpener.open`."""
        self.runs.open(folder, fallback, loading)

    def choose_text_size(self, name: str) -> None:
        """Show all texts in a size of `SIZES`, now and at the next launch."""
        choose_text_size(self._settings, name)
        self.appearance.apply()  # widgets with style rules take the application's font when they get their rules

    def show_explorer(self) -> None:
        self.tabs.setCurrentWidget(self.explorer)

    def show_training(self) -> None:
        self.tabs.setCurrentWidget(self.training)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        open_dropped(self, event)

    # During and after a training, and closing

    def _follow_training(self, event: Event) -> None:
        self.shown.follow(event)
        if isinstance(event, DecoderUpdated) and self.shown.shows_live:
            self.explorer.decode_again()

    def _show_title(self) -> None:
        if self.shown.shows_live:
            text = f"live: {self.training.title}"
        else:
            text = title_of(self.shown.run) if self.shown.run is not None else ""
        self.title.setText(text)
        self.setWindowTitle(f"{text} – VAE Explorer" if text else "VAE Explorer")

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # All pending painting is done. Handling this event in Python also keeps Python's lock held while Qt paints;
        # otherwise each item painted by Python would acquire the lock again and wait for the other threads.
        if event.type() == QEvent.Type.UpdateRequest:
            self.explorer.frame_painted()
            self.keeping.painted()
        return done

    def _keep(self) -> None:
        """Keep all that the next launch begins with."""
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.explorer.store(self._settings)
        self.training.store(self._settings)
        self._settings.sync()
        self.states.keep()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.closing.may_close():
            event.ignore()
            return
        self.tours.end()
        self._keep()
        self.states.leave()
        self.keeping.timer.stop()
        for part in (self.own, self.replay, self.explorer, self.training, self.unfinished, self.runs, self.all_runs):
            part.end()
        self._tasks.cancel()
        event.accept()
