"""The two small runs in the tour's card: progress of their training, and the KL of each dimension."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from vae_explorer.gui.dialogs.quality_bars import QualityBars
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.run.run import Run
from vae_explorer.tensorflow_import import import_ahead

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow
    from vae_explorer.gui.tour.small_runs import SmallRuns

STEPS = 1000  # of the progress bar
BARS = 62  # pixels, height of the bars of a run
BUSY = "A training has not ended yet: train the two runs when it has."


class TwoRuns(QWidget):
    """Trains both, which can be cancelled, then shows and compares them."""

    trained = Signal()
    changed = Signal()  # `text` may be another one

    def __init__(self, window: "MainWindow") -> None:
        super().__init__()
        self.setObjectName("tourTwoRuns")
        self._window = window
        self._task: BackgroundTask | None = None
        self._found: SmallRuns | None = None
        self.bar = QProgressBar()
        self.bar.setObjectName("tourProgress")
        self.bar.setAccessibleName("Progress of the training of both runs")
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.stop = QToolButton()
        self.stop.setObjectName("tourCancelButton")
        self.stop.setText("Cancel")
        self.stop.clicked.connect(self.cancel)
        self.note = QLabel("It takes about half a minute; then they are kept.")
        self.note.setObjectName("tourTrainingNote")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(row)
        self._column.addWidget(self.note)
        self._show_progress_bar(False)

    @property
    def text(self) -> str:
        """What `train_or_compare` does now; "": nothing, because it trains."""
        if self._task is not None:
            return ""
        return "&Compare" if self._found is not None else "&Train both"

    def offer(self) -> None:
        """Prepare for a training, which may be wanted soon."""
        if self._found is None:
            import_ahead()

    def train_or_compare(self) -> None:
        if self._found is not None:
            a, b = (run.folder for run in self._found.runs)
            self._window.all_runs.compare(a, b, self._found.images)
        elif self._task is None and self._window.shown.training:
            self.note.setText(BUSY)
        elif self._task is None:
            self._train()

    def cancel(self) -> None:
        """End the training; nothing of it is kept."""
        if self._task is not None:
            self._task.cancel()
            self.note.setText("Cancelling…")
            self.stop.setEnabled(False)

    def _train(self) -> None:
        from vae_explorer.gui.tour.small_runs import small_runs

        task = self._task = BackgroundTask(small_runs)
        task.progressed.connect(self._show_progress)
        task.returned.connect(self._take)
        task.errored.connect(self.note.setText)
        task.finished.connect(self._ended)
        self.bar.setValue(0)
        self.stop.setEnabled(True)
        self._show_progress_bar(True)
        self.changed.emit()
        task.start()

    def _show_progress(self, text: str, share: float) -> None:
        if self.stop.isEnabled():
            self.bar.setValue(round(share * STEPS))
            self.note.setText(text)

    def _take(self, found: "SmallRuns") -> None:
        self._found = found
        qualities = [run.info.quality for run in found.runs]
        most = max(figure.value for quality in qualities if quality for figure in quality.kl_by_dimension)
        for run in found.runs:
            self._add_bars(run, most)
        self.note.setText("KL of each dimension in nats, both on the same scale.")
        self.trained.emit()

    def _add_bars(self, run: Run, most: float) -> None:
        quality = run.info.quality
        if quality is None:
            return
        beta = run.info.name.removeprefix("beta-")
        said = QLabel(f"β = {beta}: {sum(quality.active)} of {len(quality.active)} dimensions are active")
        said.setObjectName(f"tourActive{beta}")
        bars = QualityBars()
        bars.setFixedHeight(BARS)
        bars.show_quality(quality, most)
        self._column.addWidget(said)
        self._column.addWidget(bars)

    def _ended(self) -> None:
        cancelled = not self.stop.isEnabled()
        self._task = None
        self._show_progress_bar(False)
        if cancelled:
            self.note.setText("Cancelled.")
        self.changed.emit()

    def _show_progress_bar(self, on: bool) -> None:
        self.bar.setVisible(on)
        self.stop.setVisible(on)
