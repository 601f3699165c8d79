"""The Training tab: settings, Start, Stop and Discard, and the training as it goes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import ImageShape
from vae_explorer.data.dataset import Dataset, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.gui.parts.chosen_set import ChosenSet
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.gui.training.loss_controls import LossControls
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.gui.training.preview import TrainingPreview
from vae_explorer.gui.training.resume_bar import ResumeBar, describe
from vae_explorer.gui.training.run_comparison import Present
from vae_explorer.gui.training.settings import TrainingSettings
from vae_explorer.gui.training.worker import TrainingWorker
from vae_explorer.run.config import TrainingConfig, for_images
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.run import Run
from vae_explorer.tensorflow_import import import_ahead
from vae_explorer.training.events import (
    STRIP_SIZE,
    BatchProgress,
    EpochEnded,
    Event,
    Finishing,
    Paused,
    Preview,
    Started,
    Warned,
)

if TYPE_CHECKING:
    from vae_explorer.gui.training.further_dialog import Further, FurtherDialog
    from vae_explorer.run.folder import Unfinished


class TrainingTab(QWidget):
    """Wires the settings to the worker and the worker's events to plot, preview and progress."""

    errored = Signal(str)
    noted = Signal(str)
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
        self._images: DatasetInfo | None = None  # the images of the training
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
        self.plot, self.preview = LossPlot(), TrainingPreview()
        self.controls = LossControls(self.plot)
        self.controls.errored.connect(self.errored)
        self.controls.noted.connect(self.noted)
        self.run: Run | None = None  # the run that is open
        self.config: TrainingConfig | None = None  # settings of the training that runs or ran last
        self._device, self._epoch, self._outcome, self._waited = "", 0, "", 0
        self._validated: EpochRecord | None = None  # the newest epoch
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(12)
        layout.addWidget(self._build_controls())
        layout.addWidget(self._build_views(), 1)
        self._set_running(False)

    def showEvent(self, event: QShowEvent) -> None:
        import_ahead()  # a person who opens this tab is likely to train
        super().showEvent(event)

    @property
    def running(self) -> bool:
        """Whether a training runs, or its thread has not left yet."""
        return self.worker.running

    def end_training(self, keep: bool) -> None:
        """Stop the training that runs and keep what is learned, or discard it."""
        (self.worker.control.stop if keep else self.worker.control.discard)()

    def end(self) -> None:
        """Draw no more."""
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
            self.noted.emit(f"{describe(unfinished[0])} The Training tab has more.")

    def _build_controls(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setWidget(self.settings)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        self.settings.setAutoFillBackground(False)
        self.start = self._button("Start", "startButton", "Train with these settings", self._start)
        self.further = self._button(
            "Train further…", "furtherButton", "More epochs for the run that is open: from its weights, with its "
            "schedule restarted", self.ask_further
        )  # fmt: skip
        self.stop = self._button(
            "Stop", "stopButton", "End now and keep what is learned: the present weights become the model", self._stop
        )
        self.discard = self._button("Discard…", "discardButton", "End now and keep nothing", self.ask_discard)
        self.pause = self._button("Pause", "pauseButton", "Wait, and continue later from the same step", self._pause)
        ends = QHBoxLayout()
        ends.addWidget(self.pause)
        ends.addWidget(self.stop)
        ends.addWidget(self.discard)
        column = QWidget()
        column.setFixedWidth(310)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(scroll, 1)
        begins = QHBoxLayout()
        begins.addWidget(self.start, 1)
        begins.addWidget(self.further)
        rows.addLayout(begins)
        rows.addLayout(ends)
        return column

    def _button(self, text: str, name: str, tip: str, action: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.clicked.connect(action)
        return button

    def _build_views(self) -> QWidget:
        upper = QWidget()
        upper_rows = QVBoxLayout(upper)
        upper_rows.setContentsMargins(0, 0, 0, 0)
        upper_rows.addWidget(self.controls)
        upper_rows.addWidget(self.plot, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(upper)
        split.addWidget(self.preview)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([560, 240])  # in this proportion
        self.progress = QProgressBar()
        self.progress.setObjectName("trainingProgress")
        self.progress.setAccessibleName("Training progress")
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(8)
        self.state = QLabel("Ready")
        self.state.setObjectName("trainingState")
        self.figures, self.pace = ElidedLabel(), ElidedLabel()
        for line in (self.figures, self.pace):
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            line.setProperty("muted", True)
        foot = QHBoxLayout()
        foot.addWidget(self.state)
        foot.addWidget(self.figures, 1)
        self.resume_bar = ResumeBar()
        self.resume_bar.resumed.connect(self.resume)
        self.resume_bar.errored.connect(self.errored)
        views = QWidget()
        rows = QVBoxLayout(views)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.resume_bar)
        rows.addWidget(split, 1)
        rows.addWidget(self.progress)
        rows.addLayout(foot)
        rows.addWidget(self.pace)
        return views

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

    def _start(self) -> None:
        from vae_explorer.run.folder import check_folder  # which the launch does not need

        try:
            config, folder = self.settings.config(), self.settings.run_folder()
            check_folder(folder, overwrite=False)
        except UserError as error:
            self.errored.emit(str(error))
            return
        source, options = self.settings.source, self.settings.options
        self._begin(config)
        self.begun.emit(folder)
        note, log = self.settings.note.text().strip(), self.settings.tensorboard.isChecked()
        self.worker.start(config, source, folder, self._data.of_source(source, options), note, log, options)

    def take_settings(self, run: Run) -> bool:
        """Fill the form with what a run was trained with, and say so; not while a training holds the form."""
        if self.worker.running:
            self.noted.emit("A training is running: take the settings of the run when it has ended.")
            return False
        info = run.info
        if not isinstance(info.origin, TrainingConfig):
            self.noted.emit("This model was imported, so there are no settings of its training to take.")
            return False
        self.settings.take(info.origin, info.dataset)
        said = f"The settings are those of {info.name}"
        if len(info.segments) > 1:
            said += f" (the last of its {len(info.segments)} segments, with the epochs of all of them)"
        if self.settings.source != info.dataset.source:
            said += ". Its images were not found, so the data set was not changed"
        self.noted.emit(f"{said}.")
        return True

    def set_run(self, run: Run) -> None:
        """The run that is open, which can be trained further."""
        self.run = run
        self.further.setEnabled(not self.worker.running)

    def ask_further(self) -> "FurtherDialog | None":
        """Ask by how much to train the open run further, and do it."""
        from vae_explorer.gui.training.further_dialog import FurtherDialog  # which the launch does not need

        if self.run is None or self.worker.running:
            return None
        if not isinstance(self.run.info.origin, TrainingConfig):
            self.noted.emit("This model was imported, so it cannot be trained further.")
            return None
        dialog = FurtherDialog(self.run, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._train_further)
        dialog.open()
        return dialog

    def _train_further(self, run: Run, wanted: "Further") -> None:
        if self.worker.running:
            self.noted.emit("A training is running: train further when it has ended.")
            return
        self._begin(wanted.config)
        self.begun.emit(wanted.folder)
        images = run.info.dataset
        self.worker.further(run, wanted, self._data.of_source(images.source, images.options))

    def resume(self, unfinished: "Unfinished") -> None:
        """Resume a training that was cut off."""
        if self.worker.running:
            self.noted.emit("A training is running: resume the other one when it has ended.")
            return
        progress = unfinished.progress
        self._begin(progress.config)
        self.resume_bar.taken(unfinished.folder)
        source, options = progress.dataset.source, progress.dataset.options
        self.worker.resume(unfinished.folder, source, self._data.of_source(source, options), options)

    def _begin(self, config: TrainingConfig) -> None:
        self.config = config
        self._outcome = "Ended without a run"
        self._set_running(True)
        self.state.setText("Loading TensorFlow…")
        self.progress.setRange(0, 0)

    def _pause(self) -> None:
        control = self.worker.control
        if control.request == "pause":
            control.go_on()
        else:
            control.pause()
            self.state.setText("Pausing…")

    def _stop(self) -> None:
        self.worker.control.stop()
        self.pause.setEnabled(False)
        self.stop.setEnabled(False)
        self.state.setText("Stopping…")

    @property
    def _epochs(self) -> int:
        return self.config.epochs if self.config else 0

    @property
    def title(self) -> str:
        """A short text on the training that runs; "" if there was none."""
        return f"{self.config.preset} in training, epoch {self._epoch} of {self._epochs}" if self.config else ""

    def _show_loading(self, share: float) -> None:
        if self.worker.control.request in ("stop", "discard"):
            return
        self.pause.setEnabled(False)
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(share * 1000))
        self.state.setText(f"Reading the images: {share:.0%}")

    def _loaded(self, dataset: Dataset) -> None:
        self._data.keep(dataset)
        self._images = dataset.info
        if self.worker.control.request == "run":
            self.pause.setEnabled(True)
            self.progress.setRange(0, 0)
            self.state.setText("Loading TensorFlow…")

    def _take_event(self, event: Event) -> None:
        if isinstance(event, Started):
            done = len(event.history)
            self._device, self._epoch = event.device, min(done + 1, self._epochs)
            self._validated = event.history[-1] if done else None
            self.plot.clear(event.steps_per_epoch, event.first_comparable, event.seams)
            for record in event.history:
                self.plot.add_epoch(record)
            self._steps_per_epoch, self._first_step = event.steps_per_epoch, done * event.steps_per_epoch
            self._epoch_seconds = event.history[-1].seconds if done else 0.0
            if self._images and self.config:
                config = for_images(self.config, self._images.image_shape)
                present = Present(self._images, config.beta, config.pixels, config.likelihood)
                self.controls.comparison.set_present(present)
            self.progress.setRange(0, event.steps_per_epoch * self._epochs)
            self.preview.start(event.sample.images[:STRIP_SIZE], event.columns.label, len(event.columns.class_names))
            self.state.setText(f"Starting on {event.device}…")
        elif isinstance(event, BatchProgress):
            self._show_progress(event)
        elif isinstance(event, EpochEnded):
            self.plot.add_epoch(event.record, event.best)
            self._waited, self._validated = event.waited, event.record
            self._epoch_seconds = event.record.seconds
            self._epoch = min(event.record.epoch + 1, self._epochs)
        elif isinstance(event, Preview):
            self.preview.show_preview(event)
        elif isinstance(event, Paused):
            self.pause.setText("Continue" if event.on else "Pause")
            if event.on:
                self.state.setText(f"Paused in epoch {self._epoch} of {self._epochs}")
        elif isinstance(event, Finishing):
            self.stop.setEnabled(False)
            self.pause.setEnabled(False)
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(event.done * 1000))
            self.state.setText(f"{event.task}…")
            self._clear_figures()
        elif isinstance(event, Warned):
            self.errored.emit(event.text)

    def _show_progress(self, event: BatchProgress) -> None:
        self.plot.add_batches(event.steps, event.losses)
        self.progress.setValue(int(event.steps[-1]))
        if self.worker.control.request == "run":
            patience = self.config.patience if self.config else None
            waited = f", {self._waited} of {patience} without a better one" if patience and self._waited else ""
            self.state.setText(f"Epoch {event.epoch} of {self._epochs}{waited}")
        loss, reconstruction, kl = event.losses[-1]
        text = f"batch {loss:.1f} nats (reconstruction {reconstruction:.1f}, KL {kl:.1f})"
        if self._validated:  # validation comes first, since a narrow window shows only the beginning
            validation = f"{self._validated.val_loss:.1f}, negative ELBO {self._validated.val_negative_elbo:.1f}"
            text = f"validation {validation} nats   {text}"
        self.figures.setText(text)
        epoch_seconds = self._epoch_seconds or (
            event.elapsed / (int(event.steps[-1]) - self._first_step) * self._steps_per_epoch
        )
        self.pace.setText(
            f"{_clock(event.elapsed)} elapsed   {_short(epoch_seconds)} per epoch   {_clock(event.seconds_left)} left"
            f"   {event.images_per_second:,.0f} images/s   learning rate {event.learning_rate:.3g}   {self._device}"
        )

    def _returned(self, run: Run | None) -> None:
        if run is None:
            stopped = self.worker.control.request == "stop"
            self._outcome = "Stopped before anything was learned" if stopped else "Discarded; nothing was kept"
            return
        held_out = run.info.held_out
        figure = f": held-out negative ELBO {held_out.negative_elbo:.1f} nats per image" if held_out else ""
        figure += run.info.pixels_note
        self._outcome = f"Done{figure}"
        self.noted.emit(f"The run is saved in {run.folder}")

    def _finished(self) -> None:
        self.progress.setRange(0, 1)
        self.progress.setValue(0)
        self._clear_figures()
        self.state.setText(self._outcome)
        self._set_running(False)

    def _clear_figures(self) -> None:
        self.figures.clear()
        self.pace.clear()

    def _set_running(self, running: bool) -> None:
        self.settings.setEnabled(not running)
        self.start.setEnabled(not running)
        self.further.setEnabled(not running and self.run is not None)
        self.stop.setEnabled(running)
        self.pause.setEnabled(running)
        self.pause.setText("Pause")
        self.resume_bar.setEnabled(not running)
        self._waited = 0
        self.discard.setEnabled(running)
        self.running_changed.emit(running)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _short(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else _clock(seconds)
