"""The main window: tabs, menus, opening runs, exporting; it wires what does not know each other."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMenu, QMessageBox, QTabWidget

from vae_explorer.data.dataset import Dataset
from vae_explorer.exploring.opening import find_dataset, load_run, run_subject
from vae_explorer.exploring.subject import Subject, live_subject
from vae_explorer.gui.about import open_log, tell_about
from vae_explorer.gui.explorer.replay_control import ReplayControl
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.exports import Exports
from vae_explorer.gui.imports import ask_import
from vae_explorer.gui.opening_images import ImagesOpener, ask_where_images_are
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.gui.parts.settings import recent_runs, remember_run, remember_training, training_folders
from vae_explorer.gui.parts.theme import Appearance, apply_theme, theme_of
from vae_explorer.gui.parts.toast import Toast
from vae_explorer.gui.training.tab import TrainingTab
from vae_explorer.run.page import is_page
from vae_explorer.run.places import BUILTIN, find_run, is_run, runs_folder
from vae_explorer.run.run import Run
from vae_explorer.training.events import DecoderUpdated, Event, Preview, Started

if TYPE_CHECKING:
    from concurrent.futures import Future

    from vae_explorer.gui.dialogs.quality_dialog import QualityDialog

FIRST_IMAGE_SECONDS = 1  # that reading the data set waits for it at most
SAVING_SECONDS = 120  # that closing waits for a stopped training to be saved


class MainWindow(QMainWindow):
    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("VAE Explorer")
        self.setAcceptDrops(True)
        self._settings = settings
        self._run: Run | None = None
        self._run_subject: Subject | None = None
        self._images_missing = False
        self._live: Subject | None = None
        self._live_parts: Started | None = None
        self._tasks: set[BackgroundTask] = set()
        self._closing = self._deadline_passed = False
        self._looked = False  # for trainings that were cut off
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(1000)
        self._look_soon.timeout.connect(self.look_for_unfinished)
        self._image_seen = threading.Event()  # what imports much waits for it, not to hold up the first image
        self._opening = 0  # how often a run was asked for
        self._data = LoadedData()
        self.explorer, self.training = ExplorerTab(), TrainingTab(self._data)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("mainTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.explorer, "Explorer")
        self.tabs.addTab(self.training, "Training")
        self.setCentralWidget(self.tabs)
        self.title = ElidedLabel()
        self.title.setObjectName("runTitle")
        self.title.setContentsMargins(0, 0, 12, 4)
        self.title.setProperty("muted", True)
        self.tabs.setCornerWidget(self.title)
        self.toast = Toast(self)
        self.images = ImagesOpener(self.training, settings, self)
        explorer = self.explorer
        self.exports = Exports(
            self, explorer.image, self.toast, lambda: self._run, self._shown, lambda: explorer.plane,
            lambda: explorer.view.colouring,
        )  # fmt: skip
        self.replay = ReplayControl(self.explorer)
        self._build_menus()
        self._wire()
        self._restore()

    def _wire(self) -> None:
        for source in (self.explorer, self.training, self.replay):
            source.errored.connect(self.toast.error)
        self.training.noted.connect(self.toast.note)
        self.images.noted.connect(self.toast.note)
        self.images.opened.connect(lambda: self.tabs.setCurrentWidget(self.training))
        self.training.begun.connect(lambda folder: remember_training(self._settings, folder))
        self.explorer.live_wanted.connect(self._show_subject)
        self.explorer.image.painted.connect(self._image_seen.set)
        self.explorer.save_wanted.connect(self.exports.save_image)
        self.explorer.locate_data_wanted.connect(self._locate_data)
        self.replay.ended.connect(self._back_to_the_open_run)
        self.replay.noted.connect(self.toast.note)
        worker = self.training.worker
        worker.reported.connect(self._follow_training)
        worker.returned.connect(self._training_returned)
        worker.errored.connect(self._stay_open)
        worker.finished.connect(self._training_finished)
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self._apply_appearance())

    def _build_menus(self) -> None:
        names = ("&File", "&Edit", "R&un", "&View", "&Help")
        file, edit, run, view, help_menu = (self.menuBar().addMenu(text) for text in names)
        self._action(file, "&Open run…", self._ask_run, "Ctrl+O", "openRunAction")
        self._action(file, "Open &page…", self._ask_page_to_open, "Ctrl+Shift+O", "openPageAction")
        self.recent = file.addMenu("Open &recent")
        self.recent.setToolTipsVisible(True)
        self.recent.aboutToShow.connect(self._fill_recent)
        self._action(file, "Open the &built-in run", lambda: self.open_run(find_run(BUILTIN)), name="openBuiltinAction")
        file.addSeparator()
        self._action(file, "Open &images…", self.images.ask, "Ctrl+I", "openImagesAction")
        ask = partial(ask_import, self, self.open_run, self.toast.note)
        self._action(file, "I&mport model…", ask, "Ctrl+Shift+I", "importModelAction")
        file.addSeparator()
        self._action(file, "&Save image…", self.exports.save_image, "Ctrl+S", "saveImageAction")
        self._action(file, "Export pi&cture…", self.exports.export_picture, "Ctrl+G", "exportGridAction")
        self._action(file, "Export &HTML page…", self.exports.ask_page, "Ctrl+E", "exportHtmlAction")
        self._action(file, "Export &animation…", self.exports.ask_animation, "Ctrl+Shift+E", "exportAnimationAction")
        file.addSeparator()
        self._action(file, "&Quit", self.close, "Ctrl+Q", "quitAction")
        undo, redo = self.explorer.moves.createUndoAction(self), self.explorer.moves.createRedoAction(self)
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        redo.setShortcut(QKeySequence.StandardKey.Redo)
        edit.addActions([undo, redo])
        edit.addSeparator()
        copy = self._action(edit, "&Copy image", self.explorer.copy_image, "Ctrl+C", "copyImageAction")
        edit.addSeparator()
        random = self._action(edit, "Go to a &random point", self.explorer.go_random, "R", "randomAction")
        home = self._action(edit, "Go &home", self.explorer.go_home, "H", "homeAction")
        self._action(run, "Train &further…", self._ask_further, "Ctrl+T", "trainFurtherAction")
        self._action(run, "&Use its settings", self._take_settings, name="takeSettingsAction")
        self._action(view, "&Explorer", lambda: self.tabs.setCurrentIndex(0), "Ctrl+1")
        self._action(view, "&Training", lambda: self.tabs.setCurrentIndex(1), "Ctrl+2")
        fit = self._action(view, "&Fit map", self.explorer.view.fit, "F")
        # Only where they mean something: letters choose in a list elsewhere, and Ctrl+C copies a selected text.
        for place, actions in ((self.explorer, (undo, redo, copy)), (self.explorer.view, (random, home, fit))):
            for action in actions:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                place.addAction(action)
        self.explorer.view.setFocus()
        view.addSeparator()
        self._action(view, "&Quality…", self.show_quality, "Ctrl+Shift+Q", "qualityAction")
        overlay = self._action(view, "&Performance overlay", lambda: None, "Ctrl+Shift+P", "performanceOverlayAction")
        overlay.setCheckable(True)
        overlay.toggled.connect(self.explorer.overlay.setVisible)
        menu, group = view.addMenu("&Appearance"), QActionGroup(self)
        self._appearances: dict[Appearance, QAction] = {}
        for appearance in ("system", "light", "dark"):
            action = self._action(menu, f"&{appearance.capitalize()}", self._appearance_chosen, None)
            action.setObjectName(f"appearance{appearance.capitalize()}Action")
            action.setCheckable(True)
            group.addAction(action)
            self._appearances[appearance] = action
        self._action(help_menu, "Open &log", partial(open_log, self.toast.note), name="openLogAction")
        self._action(help_menu, "&About VAE Explorer", lambda: tell_about(self), name="aboutAction")

    def _action(
        self, menu: QMenu, text: str, slot: Callable[[], object], keys: str | None = None, name: str = ""
    ) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(name)
        action.triggered.connect(lambda _=False: slot())
        if keys:
            action.setShortcut(QKeySequence(keys))
        return action

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1360, 860)
        self.training.settings.restore(self._settings)
        chosen = self._settings.value("window/appearance")
        for appearance, action in self._appearances.items():
            action.setChecked(appearance == chosen or (appearance == "system" and chosen not in self._appearances))
        self._apply_appearance()

    # Appearance

    def _appearance_chosen(self) -> None:
        self._settings.setValue("window/appearance", self._appearance())
        self._apply_appearance()

    def _appearance(self) -> Appearance:
        return next(name for name, action in self._appearances.items() if action.isChecked())

    def _apply_appearance(self) -> None:
        theme = theme_of(self._appearance())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, theme)
        self.explorer.set_theme(theme)
        self.training.set_theme(theme)

    # Opening runs

    def open_run(
        self, folder: Path, fallback: Path | None = None, loading: "Future[tuple[Run, Subject]] | None" = None
    ) -> None:
        """Open a run, or a page that carries one, in the background; if that fails, say why and open `fallback`.

        loading: this run, if loading it has begun.
        """
        self._opening += 1
        wanted = self._opening  # a run that was asked for later makes this one stale

        def load(_: object) -> tuple[Run, Subject]:
            return loading.result() if loading is not None else load_run(folder)

        def opened(loaded: tuple[Run, Subject]) -> None:
            if wanted == self._opening:
                self._run_opened(*loaded)

        def failed(text: str) -> None:
            self.toast.error(text)
            if fallback is not None and wanted == self._opening:
                self.open_run(fallback)

        if loading is not None and loading.done() and not loading.exception():
            opened(loading.result())
        else:
            self._start_task(load, opened, failed)

    def _run_opened(self, run: Run, subject: Subject) -> None:
        self._run, self._run_subject = run, subject
        self.training.set_run(run)
        self._images_missing = False
        self._settings.setValue("lastRun", str(run.folder))
        if run.folder != find_run(BUILTIN):
            remember_run(self._settings, run.folder)
        self.explorer.set_live(available=self._live_parts is not None, on=False)
        self._show_subject()
        self._find_images(run)
        if not self._looked:  # after the first image: the launch does not wait for it
            self._looked = True
            self._look_soon.start()

    def _find_images(self, run: Run, source: str | None = None) -> None:
        """Load the run's data set to show its images; from another `source` if the person located it."""
        if not run.info.dataset.images:  # a decoder that was imported without any
            return

        def load(progress: Callable[[str, float], None]) -> tuple[Run, Dataset, Subject]:
            self._image_seen.wait(FIRST_IMAGE_SECONDS)
            known = self._data.of_fingerprint(run.info.dataset.fingerprint)
            if known is None:
                known = find_dataset(run, source, lambda share: progress("Reading", share))
            return run, known, run_subject(run, known)

        def failed(text: str) -> None:
            if run is not self._run:
                return
            self._images_missing = True
            self.explorer.show_locate(not self._shows_live())
            if source is not None:
                self.toast.error(text)
            else:
                self.toast.note(f"The data set of this run was not found, so its sample stands in. {text}")

        self._start_task(load, self._images_found, failed)

    def _images_found(self, loaded: tuple[Run, Dataset, Subject]) -> None:
        run, dataset, subject = loaded
        if run is not self._run:
            return
        self._data.keep(dataset)
        self._run_subject, self._images_missing = subject, False
        if not self._shows_live() and not self.replay.active:
            self.explorer.show_subject(subject, same=True)

    def _locate_data(self) -> None:
        run = self._run
        if run is not None:
            ask_where_images_are(self.explorer.locate, lambda place: self._find_images(run, place))

    def _ask_run(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open a run's folder", str(self._runs_place()))
        if name:
            self.open_run(Path(name))

    def _ask_page_to_open(self) -> None:
        """A page that was exported carries its run."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Open an exported page", str(self._runs_place()), "HTML pages (*.html *.htm)"
        )
        if name:
            self.open_run(Path(name))

    def _runs_place(self) -> Path:
        recent = recent_runs(self._settings)
        return recent[0].parent if recent else Path.home()

    def _fill_recent(self) -> None:
        self.recent.clear()
        for folder in recent_runs(self._settings):
            action = self.recent.addAction(folder.name.replace("&", "&&"))
            action.setToolTip(safe_tip(str(folder)))
            action.triggered.connect(lambda _=False, folder=folder: self.open_run(folder))
        if self.recent.isEmpty():
            self.recent.addAction("No runs yet").setEnabled(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = Path(next(url for url in event.mimeData().urls() if url.isLocalFile()).toLocalFile())
        folder = path.parent if path.name == "run.toml" else path
        if is_run(folder) or is_page(path):
            self.open_run(folder)
        else:
            self.images.ask(str(path))

    def _take_settings(self) -> None:
        """Fill the form of the Training tab with what the open run was trained with."""
        if self._run is not None and self.training.take_settings(self._run):
            self.tabs.setCurrentWidget(self.training)

    def _ask_further(self) -> None:
        if self.training.worker.running:
            self.toast.note("A training is running: train the run further when it has ended.")
            return
        self.tabs.setCurrentWidget(self.training)
        self.training.ask_further()

    def look_for_unfinished(self) -> None:
        """Offer to resume what was cut off among the user's runs, and wherever a training was begun from here."""
        folders = training_folders(self._settings)

        def find(_: object) -> list[object]:
            from vae_explorer.run.folder import find_unfinished  # which the launch does not need

            there = runs_folder().iterdir() if runs_folder().is_dir() else ()
            return list(find_unfinished(dict.fromkeys([*there, *folders])))

        def found(unfinished: list) -> None:
            self.training.resume_bar.offer(unfinished)
            if unfinished:
                first = self.training.resume_bar.text.text()
                self.toast.note(f"{first} The Training tab has more.")

        self._start_task(find, found, self.toast.error)

    # What the explorer shows: the open run, or the model in training

    def _shows_live(self) -> bool:
        return self._live is not None and self.explorer.live.isChecked()

    def _shown(self) -> tuple[Run | None, Subject | None]:
        """What the explorer shows: a run, or a model in training, that has none yet."""
        return (None, self._live) if self._shows_live() else (self._run, self._run_subject)

    def _show_subject(self) -> None:
        run, subject = self._shown()
        self.replay.offer(run)
        if subject is not None:
            self.explorer.show_subject(subject, images_missing=self._images_missing and run is not None)
        self._show_title()

    def _back_to_the_open_run(self) -> None:
        self.replay.offer(self._run)
        if self._run_subject is not None:
            self.explorer.show_subject(self._run_subject, same=True, images_missing=self._images_missing)

    def _show_title(self) -> None:
        if self._shows_live():
            text = f"live: {self.training.title}"
        elif self._run is not None:
            info = self._run.info
            builtin = "built-in: " if self._run.folder == find_run(BUILTIN) else f"{info.name}: "
            loss = f", {info.held_out.negative_elbo:.1f} nats held-out" if info.held_out else ""
            partial = f", stopped after {info.epochs} epochs" if info.status == "stopped" else ""
            text = f"{builtin}{info.dataset.name}{info.pixels_note}, {info.model_name}{loss}{partial}"
        else:
            text = ""
        self.title.setText(text)
        self.setWindowTitle(f"{text} – VAE Explorer" if text else "VAE Explorer")

    def _follow_training(self, event: Event) -> None:
        if isinstance(event, Started):
            self._live_parts, self._live = event, None
            self.explorer.set_live(available=True, on=True)
        elif isinstance(event, Preview) and self._live_parts is not None:
            self._take_preview(event, self._live_parts)
        elif isinstance(event, DecoderUpdated) and self._shows_live():
            self.explorer.decode_again()

    def _take_preview(self, event: Preview, parts: Started) -> None:
        first = self._live is None
        self._live = live_subject(
            parts.decoder, event.z_mean, event.kl, parts.sample_labels, parts.sample, parts.class_names
        )
        self._live = replace(self._live, value_names=parts.value_names, values=parts.sample_values)
        if self._shows_live():
            self.replay.offer(None)
            self.explorer.show_subject(self._live, same=not first)
            self._show_title()

    def _training_returned(self, run: Run | None) -> None:
        if run is not None:
            self.open_run(run.folder)

    def _training_finished(self) -> None:
        was_live = self._shows_live()
        self._live = self._live_parts = None
        self.explorer.set_live(available=False, on=False)
        if was_live:
            self._show_subject()
        if self._closing:
            self._close_anyway()  # the thread may still be leaving its `finally`

    def _stay_open(self) -> None:
        """A training that failed while the window was closing is told, not taken down with it."""
        if self._closing:
            self._closing = False
            self.setEnabled(True)

    def show_quality(self) -> "QualityDialog | None":
        """Open the figures of the open run, also while the explorer shows the model in training."""
        from vae_explorer.gui.dialogs.quality_dialog import QualityDialog

        if self._run is None:
            return None
        dialog = QualityDialog(self._run, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    # Background tasks and closing

    def _start_task(self, function: Callable[..., object], returned: Callable, errored: Callable[[str], None]) -> None:
        task = BackgroundTask(function)
        self._tasks.add(task)
        task.returned.connect(returned)
        task.errored.connect(errored)
        task.finished.connect(lambda: self._tasks.discard(task))
        task.start()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # All that was waiting to be painted now is. That this is told in Python has a use of its own: its lock stays
        # held while Qt paints. Each of the items painted by Python would take it anew, and wait for the other threads.
        if event.type() == QEvent.Type.UpdateRequest:
            self.explorer.clock.frame_painted()
        return done

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.training.worker.running and not self._may_close():
            event.ignore()
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.training.settings.store(self._settings)
        self._settings.sync()
        self.replay.end()
        self.explorer.end()
        self.training.preview.end()
        self._look_soon.stop()
        self._opening += 1  # a run that was read meanwhile comes too late
        for task in self._tasks:
            task.cancel()
        event.accept()

    def _may_close(self) -> bool:
        """Whether to close although a training runs: not yet, if it is to be kept and is still being saved."""
        if self._closing:
            return self._deadline_passed
        question = QMessageBox(QMessageBox.Icon.Question, "Training is running", "A training is running.", parent=self)
        question.setObjectName("closeQuestion")
        question.setInformativeText("Stop it and keep what is learned, or discard it?")
        keep = question.addButton("Stop and keep", QMessageBox.ButtonRole.AcceptRole)
        discard = question.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(keep)
        question.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        question.exec()
        clicked = question.clickedButton()
        question.deleteLater()
        if clicked not in (keep, discard):
            return False
        if not self.training.worker.running:
            return True
        control = self.training.worker.control
        (control.stop if clicked is keep else control.discard)()
        self._closing = True
        self.setEnabled(False)
        self.toast.note("Saving the training; the window closes when that is done…")
        QTimer.singleShot(SAVING_SECONDS * 1000, self, self._close_anyway)
        return False

    def _close_anyway(self) -> None:
        if self._closing:
            self._deadline_passed = True
            self.close()
