"""View > Quality: shows the figures of a run's quality and measures those that are missing."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.exploring.quality_judged import judge
from vae_explorer.gui.dialogs.quality_bars import QualityBars
from vae_explorer.gui.dialogs.quality_table import QualityTable
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.model.metrics import MOST_SAMPLES, measure_run
from vae_explorer.progress import Progress
from vae_explorer.run.quality import SAMPLES, Quality
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder

SIZE = QSize(980, 720)  # pixels, at first
FRAME = QSize(20, 50)  # room for the frame of the dialog on a small screen


class QualityDialog(QDialog):
    """Shows a run's figures, each with its unit and what it means; Measure computes them from the run's sample."""

    def __init__(self, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("qualityDialog")
        self.setWindowTitle(f"Quality of {run.info.name}")
        self._run = run
        self.note = QLabel()
        self.note.setObjectName("qualityNote")
        self.error = QLabel()
        self.error.setObjectName("qualityError")
        self.table = QualityTable(run.info.likelihood)
        self.bars = QualityBars()
        self.collapsed = QLabel()
        self.collapsed.setObjectName("qualityCollapsed")
        for label in (self.note, self.error, self.collapsed):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("muted", True)
        self.collapsed.setProperty("muted", True)
        self.error.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)
        self.bars_title = QLabel("KL of each dimension, nats per image")
        for widget in (self.bars_title, self.bars, self.collapsed, self.error):
            layout.addWidget(widget)
        layout.addLayout(self._build_buttons())
        self._show(run.info.quality, "")
        self.resize(SIZE.boundedTo(self.screen().availableSize() - FRAME))

    def _build_buttons(self) -> QHBoxLayout:
        self.samples = QSpinBox()
        self.samples.setObjectName("qualitySamplesSpin")
        self.samples.setRange(1, MOST_SAMPLES)
        self.samples.setValue(SAMPLES)
        self.samples.setGroupSeparatorShown(True)
        self.samples.setAccessibleName("Samples of z per image")
        self.samples.setToolTip("Samples of z per image for the log-likelihood: more are more exact and slower")
        self.measure = QPushButton("&Measure")
        self.measure.setObjectName("qualityMeasureButton")
        self._lacking = _lacking(self._run)
        self.measure.setEnabled(not self._lacking)
        tip = self._lacking[:1].upper() + self._lacking[1:]
        self.measure.setToolTip(tip or "On the up to 2,000 held-out images that the run holds")
        self.measure.clicked.connect(self._measure)
        self.copy = QPushButton("&Copy table")
        self.copy.setObjectName("qualityCopyButton")
        self.copy.setToolTip("Copy the table for a spreadsheet or a text. Ctrl+C copies the cells that are selected")
        self.copy.clicked.connect(self.table.copy_all)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        label = QLabel("&Samples")
        label.setBuddy(self.samples)
        row = QHBoxLayout()
        for widget in (label, self.samples, self.measure):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self.copy)
        row.addWidget(close)
        return row

    def _show(self, quality: Quality | None, source: str) -> None:
        info = self._run.info
        gaussian = "" if info.sigma is None else f", Gaussian with standard deviation {info.sigma:.3g}, pixels 0 to 1"
        said = f"{info.dataset.name}, {info.model_name}, {info.pixels_name} pixels{gaussian}. Figures of "
        said += "binarized, of Gaussian and of other pixels cannot be compared. "
        lacking = "Measure computes the figures, which this run lacks."
        if self._lacking:
            lacking = f"There are none: {self._lacking}."
        self.note.setText(said + (source if quality else lacking))
        self.bars_title.setVisible(quality is not None)
        self.bars.setVisible(quality is not None)
        self.collapsed.setVisible(quality is not None)
        self.copy.setEnabled(quality is not None)
        if quality is None:
            return
        self.table.show_quality(quality, judge(self._run, quality))
        self.bars.show_quality(quality)
        names = [f"z{number}" for number, active in enumerate(quality.active, start=1) if not active]
        self.collapsed.setText(f"Collapsed: {', '.join(names)}" if names else "No dimension has collapsed.")

    def _measure(self) -> None:
        run, samples = self._run, self.samples.value()
        self.error.hide()
        self.measure.setEnabled(False)

        def measure(progress: Progress) -> Quality:
            return measure_run(run, samples, progress=progress)

        task = run_with_progress(self, "Measuring", measure, self._measured, self._failed)
        task.finished.connect(self._ended)

    def _measured(self, quality: object) -> None:
        assert isinstance(quality, Quality)
        self._show(quality, "Measured now, on the held-out images that the run holds.")

    def _failed(self, text: str) -> None:
        self.error.setText(text)
        self.error.show()

    def _ended(self) -> None:
        self.measure.setEnabled(True)


def _lacking(run: Run) -> str:
    """Why a run cannot be measured, "": it can."""
    if run.info.decoder_label is not None:
        return "this run's decoder takes a class label, and with one class for all images it is no VAE"
    if isinstance(run.storage, InFolder) and len(run.sample.images) > 0:
        return ""
    return "this run holds no encoder or no held-out images to measure with"
