"""The views of the Training tab: they follow the events of a training."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from vae_explorer.data.dataset import DatasetInfo
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.training.loss_controls import LossControls
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.gui.training.preview import TrainingPreview
from vae_explorer.gui.training.run_comparison import Present
from vae_explorer.gui.training.run_header import RunHeader
from vae_explorer.run.config import TrainingConfig, for_images
from vae_explorer.run.history import EpochRecord
from vae_explorer.training.events import (
    BatchProgress,
    EpochEnded,
    Event,
    Finishing,
    Paused,
    Preview,
    Started,
    strip_rows,
)

SOON = "The losses appear here once the first steps are done."


class TrainingViews(QWidget):
    """Shows a training, or else the open run: its settings, losses and preview, and below them progress and figures."""

    def __init__(self, request: Callable[[], str]) -> None:
        """request: returns the present request to the training, as `Control.request` does."""
        super().__init__()
        self._request = request
        self.images: DatasetInfo | None = None  # the images of the training
        self._config: TrainingConfig | None = None  # settings of the training that runs or ran last
        self._folder: Path | None = None  # of its run
        self._device, self._epoch, self._waited = "", 0, 0
        self._validated: EpochRecord | None = None  # the newest epoch
        self.plot, self.preview = LossPlot(), TrainingPreview()
        self.controls = LossControls(self.plot)
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plot.customContextMenuRequested.connect(self._open_menu)
        self.header = RunHeader()
        upper = QWidget()
        upper_rows = QVBoxLayout(upper)
        upper_rows.setContentsMargins(0, 0, 0, 0)
        upper_rows.addWidget(self.header)
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
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(split, 1)
        rows.addWidget(self.progress)
        rows.addLayout(foot)
        rows.addWidget(self.pace)

    def _open_menu(self, at: QPoint) -> None:
        from vae_explorer.gui.training.loss_menu import open_menu  # which the launch does not need

        open_menu(self.controls, self.plot, at)

    @property
    def title(self) -> str:
        """A short text on the training that runs; "" if there was none."""
        return f"{self._config.preset} in training, epoch {self._epoch} of {self._epochs}" if self._config else ""

    @property
    def _epochs(self) -> int:
        return self._config.epochs if self._config else 0

    def begin(self, config: TrainingConfig, folder: Path, images: str) -> None:
        """Show that a training begins. folder: of its run; images: the name of its data set."""
        self._config, self._folder, self._waited, self._validated = config, folder, 0, None
        self.header.show_training(folder.name, config, images)
        self.plot.set_empty(SOON)
        self.plot.clear(1)
        self.preview.clear()
        self.wait_for_tensorflow()

    def wait_for_tensorflow(self) -> None:
        """Show that TensorFlow is loading; how long it takes is not known."""
        self.progress.setRange(0, 0)
        self.state.setText("Loading TensorFlow…")

    def show_share(self, text: str, share: float) -> None:
        """Show a task and its share done, 0 to 1."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(share * 1000))
        self.state.setText(text)

    def end(self, outcome: str) -> None:
        """Show a sentence on how the training ended."""
        self.progress.setRange(0, 1)
        self.progress.setValue(0)
        self._clear_figures()
        self.state.setText(outcome)

    def follow(self, event: Event) -> None:
        """Show an event of the training."""
        if isinstance(event, Started):
            self._show_start(event)
        elif isinstance(event, BatchProgress):
            self._show_progress(event)
        elif isinstance(event, EpochEnded):
            self.plot.add_epoch(event.record, event.best)
            self._waited, self._validated = event.waited, event.record
            self._epoch_seconds = event.record.seconds
            self._epoch = min(event.record.epoch + 1, self._epochs)
        elif isinstance(event, Preview):
            self.preview.show_preview(event, trained=self._validated is not None)
        elif isinstance(event, Paused):
            if event.on:
                self.state.setText(f"Paused in epoch {self._epoch} of {self._epochs}")
        elif isinstance(event, Finishing):
            self.show_share(f"{event.task}…", event.done)
            self._clear_figures()

    def _show_start(self, event: Started) -> None:
        done = len(event.history)
        self._device, self._epoch = event.device, min(done + 1, self._epochs)
        self._validated = event.history[-1] if done else None
        self.plot.clear(event.steps_per_epoch, event.first_comparable, event.seams)
        for record in event.history:
            self.plot.add_epoch(record)
        self._steps_per_epoch, self._first_step = event.steps_per_epoch, done * event.steps_per_epoch
        self._epoch_seconds = event.history[-1].seconds if done else 0.0
        if self.images and self._config:
            config = for_images(self._config, self.images.image_shape)
            present = Present(self.images, config.beta, config.pixels, config.likelihood, self._folder)
            self.controls.comparison.set_present(present)
        self.progress.setRange(0, event.steps_per_epoch * self._epochs)
        shown = event.sample.images[strip_rows(len(event.sample.images))]
        self.preview.start(shown, event.columns.label, len(event.columns.class_names))
        self.state.setText(f"Starting on {event.device}…")

    def _show_progress(self, event: BatchProgress) -> None:
        self.plot.add_batches(event.steps, event.losses)
        self.progress.setValue(int(event.steps[-1]))
        if self._request() == "run":
            patience = self._config.patience if self._config else None
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
            f"{clock(event.elapsed)} elapsed   {_short(epoch_seconds)} per epoch   {clock(event.seconds_left)} left"
            f"   {event.images_per_second:,.0f} images/s   learning rate {event.learning_rate:.3g}   {self._device}"
        )

    def _clear_figures(self) -> None:
        self.figures.clear()
        self.pace.clear()


def clock(seconds: float) -> str:
    """A duration as minutes and seconds, from an hour on also with hours."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _short(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)
