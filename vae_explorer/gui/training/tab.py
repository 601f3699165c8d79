"""The Training tab: settings, Start, Stop and Discard, and the training as it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import ImageShape
from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.errors import UserError
from vae_explorer.gui.parts.chosen_set import ChosenSet
from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.text_size import scaled
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.gui.parts.toast import Follow
from vae_explorer.gui.training.buttons import TrainingButtons
from vae_explorer.gui.training.open_run import OpenRun, outcome
from vae_explorer.gui.training.resume_bar import ResumeBar, describe
from vae_explorer.gui.training.settings import TrainingSettings
from vae_explorer.gui.training.taking import FURTHER, take_settings, why_not_further
from vae_explorer.gui.training.views import TrainingViews
from vae_explorer.gui.training.worker import TrainingWorker
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.run import Run
from vae_explorer.tensorflow_import import import_ahead
from vae_explorer.training.events import WRITING, Event, Finishing, Paused, Warned

if TYPE_CHECKING:
    from vae_explorer.gui.training.further_dialog import Further, FurtherDialog
    from vae_explorer.run.folder import Unfinished


WIDTH = 310  # pixels, of the column of settings, for texts of the desktop's size


class TrainingTab(QWidget):
    """Wires the settings and the buttons to the worker, and the worker's events to the views."""

    errored = Signal(str)
    noted = Signal(str)
    offered = Signal(str, object)  # a sentence, and the Follows that may follow
    begun = Signal(object)  # the folder of a new training
    running_changed = Signal(bool)  # whether a training runs
    reported = Signal(object)  # an event of the training that runs
    returned = Signal(object)  # the Run, or None if it was discarded
    failed = Signal()  # the training failed; `errored` brings the sentence
    finished = Signal()  # always emitted, and last; the thread may still be ending
    images_wanted = Signal()  # the person wants to open other images

    def __init__(self, data: LoadedData, parent: QWidget | None = None) -> None:
        """data: the data set that was read last, here or for the explorer."""
        super().__init__(parent)
        self.setObjectName("trainingTab")
        self._data = data
        self.worker = TrainingWorker(self)
        self.worker.reported.connect(self._take_event)
        self.worker.loading.connect(self._show_loading)
        self.worker.loaded.connect(self._loaded)
        self.worker.returned.connect(self._returned)
        self.worker.errored.connect(self.errored)
        self.worker.finished.connect(self._finished)
        self.worker.reported.connect(self.reported)
        self.worker.returned.connect(self.returned)
        self.worker.errored.connect(self.failed)
        self.worker.finished.connect(self.finished)
        self.settings = TrainingSettings()
        self.settings.dataset.open_wanted.connect(self.images_wanted)
        self.views = TrainingViews(lambda: self.worker.control.request)
        self.plot, self.preview, self.controls = self.views.plot, self.views.preview, self.views.controls
        self.progress, self.state = self.views.progress, self.views.state
        self.figures, self.pace = self.views.figures, self.views.pace
        self.controls.errored.connect(self.errored)
        self.controls.noted.connect(self.noted)
        self.controls.offered.connect(self.offered)
        self.views.header.wanted.connect(self._use_settings)
        self.open_run = OpenRun(self.views, self)
        self.open_run.errored.connect(self.errored)
        self.resume_bar = ResumeBar()
        self.resume_bar.resumed.connect(self.resume)
        self.resume_bar.errored.connect(self.errored)
        self.run: Run | None = None  # the run that is open, or whose training has ended here since it was opened
        self.config: TrainingConfig | None = None  # settings of the training that runs or ran last
        self._outcome = ""
        self._training = False  # whether a training is shown, from its beginning to its end
        self._trained: Path | None = None  # the run whose training has ended here, until another run is opened
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(12)
        layout.addWidget(self._build_controls())
        rows = QVBoxLayout()
        rows.addWidget(self.resume_bar)
        rows.addWidget(self.views, 1)
        layout.addLayout(rows, 1)
        self._set_running(False)

    def showEvent(self, event: QShowEvent) -> None:
        import_ahead()  # a person who opens this tab is likely to train
        super().showEvent(event)
        self.open_run.seen()

    @property
    def running(self) -> bool:
        """Whether a training runs, or its thread has not left yet."""
        return self.worker.running

    def end_training(self, keep: bool) -> None:
        """Stop the training that runs and keep what is learned, or discard it."""
        (self.worker.control.stop if keep else self.worker.control.discard)()

    def end(self) -> None:
        """Draw no more."""
        self.open_run.leave()
        self.preview.end()

    def store(self, settings: QSettings) -> None:
        """Remember the form for the next launch."""
        self.settings.store(settings)

    def restore(self, settings: QSettings) -> None:
        """Set the form to the remembered settings."""
        self.settings.restore(settings)

    @property
    def validation_share(self) -> float:
        """Percent of the images that the form keeps for validation."""
        return self.settings.validation_share.value()

    def take_images(self, chosen: ChosenSet, image_shape: ImageShape, validation_share: float) -> None:
        """Set the form to images, and to the percentage of them that is kept for validation."""
        self.settings.choose_dataset(chosen, image_shape)
        self.settings.validation_share.setValue(validation_share)

    def offer_to_resume(self, unfinished: Sequence["Unfinished"]) -> None:
        """Offer to resume trainings that were cut off, with a note if there are any."""
        self.resume_bar.offer(unfinished)
        if unfinished:
            text = f"{describe(unfinished[0])} The Training tab has more."
            resume = Follow("Resume", lambda: self.resume(unfinished[0]))
            self.offered.emit(text, [] if unfinished[0].locked else [resume])

    def _build_controls(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setAccessibleName("Settings of the training")
        scroll.setWidget(self.settings)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        self.settings.setAutoFillBackground(False)
        self.buttons = buttons = TrainingButtons()
        self.start, self.further = buttons.start, buttons.further
        self.pause, self.stop, self.discard = buttons.pause, buttons.stop, buttons.discard
        for button, action in (
            (self.start, self._start), (self.further, lambda: self.ask_further(self.run)), (self.pause, self._pause),
            (self.stop, self._stop), (self.discard, self.ask_discard),
        ):  # fmt: skip
            button.clicked.connect(action)
        self._column = column = QWidget()
        column.setFixedWidth(scaled(WIDTH))
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(scroll, 1)
        rows.addWidget(self.buttons)
        return column

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._column.setFixedWidth(scaled(WIDTH))

    def set_theme(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self.preview.set_theme(theme)

    def ask_discard(self) -> bool:
        """Discard the training if the person agrees."""
        question = QMessageBox(QMessageBox.Icon.Question, "Discard", "Discard this training?", parent=self)
        question.setInformativeText("What it has learned so far is lost. Stop would keep it.")
        discard = question.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(question.addButton("Continue training", QMessageBox.ButtonRole.RejectRole))
        question.exec()
        agreed = question.clickedButton() is discard
        question.deleteLater()
        if not agreed or not self.worker.running:
            return False
        self.worker.control.discard()
        self.state.setText("Discarding…")
        return True

    def _use_settings(self) -> None:
        if self.run is not None:
            self.take_settings(self.run)

    def _start(self) -> None:
        from vae_explorer.run.folder import check_folder  # which the launch does not need

        try:
            config, folder = self.settings.config(), self.settings.run_folder()
            check_folder(folder, overwrite=False)
        except UserError as error:
            self.errored.emit(str(error))
            return
        source, options = self.settings.source, self.settings.options
        self._begin(config, folder, self.settings.dataset.chosen().title)
        self.begun.emit(folder)
        note, log = self.settings.note.text().strip(), self.settings.tensorboard.isChecked()
        self.worker.start(config, source, folder, self._data.of_source(source, options), note, log, options)

    def take_settings(self, run: Run) -> bool:
        """Fill the form with what a run was trained with, and say so; not while a training holds the form."""
        if self.worker.running:
            self.noted.emit("A training has not ended yet: use the settings of the run when it has.")
            return False
        taken, sentence = take_settings(self.settings, run.info)
        self.noted.emit(sentence)
        return taken

    def set_run(self, run: Run) -> None:
        """The run that is open: it is shown here unless a training is, can be trained further, and lends its images."""
        self.run, images = run, run.info.dataset
        at_hand = ChosenSet(images.source, images.options, images.name)
        if images.source != BUILTIN and self.settings.source == BUILTIN and images.images and at_hand.available:
            self.settings.choose_dataset(at_hand, images.image_shape)
        self._offer_further(not self.worker.running)
        if not self._training and run.folder != self._trained:  # which is shown since its training has ended
            self._show_run(run)

    def _show_run(self, run: Run) -> None:
        # After its training it is known better here than from its folder, which holds no losses of batches.
        known = run.folder == self._trained
        self._trained = run.folder if known else None
        self.open_run.show(run, curves=not known)

    def _offer_further(self, free: bool) -> None:
        """Enable the button for training further if the open run can be; else its tool tip says why not."""
        reason = why_not_further(self.run) if self.run is not None else ""
        self.further.setEnabled(free and self.run is not None and not reason)
        self.further.setToolTip(reason or FURTHER)

    def ask_further(self, run: Run | None) -> "FurtherDialog | None":
        """Ask by how much to train a run further, and do it."""
        from vae_explorer.gui.training.further_dialog import FurtherDialog  # which the launch does not need

        if run is None:
            return None
        reason = "A training has not ended yet: train further when it has." if self._training else why_not_further(run)
        if reason:
            self.noted.emit(reason)
            return None
        dialog = FurtherDialog(run, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._train_further)
        dialog.open()
        return dialog

    def _train_further(self, run: Run, wanted: "Further") -> None:
        if self.worker.running:
            self.noted.emit("A training has not ended yet: train further when it has.")
            return
        images = run.info.dataset
        self._begin(wanted.config, wanted.folder, images.name)
        self.begun.emit(wanted.folder)
        self.worker.further(run, wanted, self._data.of_source(images.source, images.options))

    def resume(self, unfinished: "Unfinished") -> None:
        """Resume a training that was cut off."""
        if self.worker.running:
            self.noted.emit("A training has not ended yet: resume the other one when it has.")
            return
        progress = unfinished.progress
        images = progress.dataset
        self._begin(progress.config, unfinished.folder, images.name)
        self.resume_bar.taken(unfinished.folder)
        self.worker.resume(unfinished.folder, images, self._data.of_source(images.source, images.options))

    def _begin(self, config: TrainingConfig, folder: Path, images: str) -> None:
        self.config, self.controls.run_name = config, folder.name
        self._outcome, self._training, self._trained = "Ended without a run", True, None
        self.open_run.leave()
        self.views.begin(config, folder, images)
        self._set_running(True)

    def _pause(self) -> None:
        control = self.worker.control
        if control.request == "pause":
            control.go_on()
        else:
            control.pause()
            self.state.setText("Pausing…")

    def _stop(self) -> None:
        """End the training, or, if it has ended, its evaluation."""
        if self.buttons.skips:
            self.worker.control.skip()
            self.stop.setEnabled(False)
            return
        self.worker.control.stop()
        self.pause.setEnabled(False)
        self.stop.setEnabled(False)
        self.state.setText("Stopping…")

    @property
    def title(self) -> str:
        """A short text on the training that runs; "" if there was none."""
        return self.views.title

    def _show_loading(self, share: float) -> None:
        if self.worker.control.request in ("stop", "discard"):
            return
        self.pause.setEnabled(False)
        self.views.show_share(f"Reading the images: {share:.0%}", share)

    def _loaded(self, dataset: Dataset) -> None:
        self._data.keep(dataset)
        self.views.images = dataset.info
        if self.worker.control.request == "run":
            self.pause.setEnabled(True)
            self.views.wait_for_tensorflow()

    def _take_event(self, event: Event) -> None:
        self.views.follow(event)
        if isinstance(event, Paused):
            self.pause.setText("Continue" if event.on else "Pause")
        elif isinstance(event, Finishing):
            self.pause.setEnabled(False)
            self.buttons.offer_to_skip()
            self.stop.setEnabled(event.task != WRITING and not self.worker.control.skipping)
        elif isinstance(event, Warned):
            self.errored.emit(event.text)

    def _returned(self, run: Run | None) -> None:
        if run is None:
            stopped = self.worker.control.request == "stop"
            self._outcome = "Stopped before anything was learned" if stopped else "Discarded; nothing was kept"
            return
        self._outcome, self._trained, self.run = outcome(run.info), run.folder, run
        if run.info.held_out is None and self.worker.control.skipping:
            self._outcome += ", without the final evaluation"

    def _finished(self) -> None:
        self._training = False
        if self.run is not None:
            self._show_run(self.run)
        self.views.end(self._outcome)
        self._set_running(False)

    def _set_running(self, running: bool) -> None:
        self.settings.setEnabled(not running)
        self.buttons.set_running(running)
        self._offer_further(not running)
        self.resume_bar.setEnabled(not running)
        self.running_changed.emit(running)
