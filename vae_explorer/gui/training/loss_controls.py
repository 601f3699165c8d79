"""The row over the loss plot: how the losses are shown, what they are compared with, and saving them."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.gui.parts.toast import open_folder
from vae_explorer.gui.training.loss_plot import LossPlot
from vae_explorer.gui.training.run_comparison import RunComparison
from vae_explorer.progress import Progress
from vae_explorer.run.history import EpochRecord, write_history

KINDS = "PNG picture (*.png);;SVG drawing (*.svg);;Table (*.csv)"
CHOICES = (
    ("rangeCombo", "Steps in view", "newest",
     (("whole run", None), ("last 1,000", 1000), ("last 10,000", 10_000))),
    ("unitCombo", "Axis across", "by_epoch", (("by step", False), ("by epoch", True))),
    ("scaleCombo", "Axis up", "log", (("linear", False), ("log", True))),
)  # fmt: skip


class LossControls(QWidget):
    """Controls a LossPlot. `errored` and `noted` bring a sentence, `offered` one with the Follows that may follow."""

    errored = Signal(str)
    noted = Signal(str)
    offered = Signal(str, object)

    def __init__(self, plot: LossPlot) -> None:
        super().__init__()
        self._plot, self.run_name = plot, "run"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for name, title, field, choices in CHOICES:
            row.addWidget(self._combo(name, title, field, choices))
        self.smoothing = QSpinBox()
        self.smoothing.setObjectName("smoothingSpin")
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setRange(0, 50)
        self.smoothing.setSuffix(" %")
        self.smoothing.setSpecialValueText("off")
        self.smoothing.setToolTip(
            "A running mean over this percentage of the steps in view, drawn above the single batches"
        )
        self.smoothing.valueChanged.connect(lambda value: plot.set_look(smoothing=value))
        text = QLabel("S&moothing")
        text.setBuddy(self.smoothing)
        row.addSpacing(6)
        row.addWidget(text)
        row.addWidget(self.smoothing)
        row.addStretch()
        self.comparison = RunComparison()
        self.comparison.changed.connect(plot.set_references)
        self.comparison.errored.connect(self.errored)
        self.save = QPushButton("Save…")
        self.save.setObjectName("saveLossesButton")
        self.save.setToolTip("Save the losses of the epochs so far as a picture or a table")
        self.save.setEnabled(False)
        self.save.clicked.connect(self._ask_save)
        plot.epochs_changed.connect(lambda count: self.save.setEnabled(count > 0))
        row.addWidget(self.comparison)
        row.addWidget(self.save)

    def _combo(self, name: str, title: str, field: str, choices: tuple[tuple[str, object], ...]) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(title)
        combo.setToolTip(title)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.setMinimumWidth(60)  # pixels: a narrow window cuts off its text
        for text, value in choices:
            combo.addItem(text, value)
        combo.currentIndexChanged.connect(lambda index: self._plot.set_look(**{field: choices[index][1]}))
        return combo

    def _ask_save(self) -> None:
        from vae_explorer.exporting.origin import file_name  # which the launch does not need

        path = ask_where(self, "Save the losses", file_name(self.run_name, "losses", ".png"), KINDS)
        if path is None:
            return
        run_name, history = self.run_name, tuple(self._plot.records)
        first, seams = self._plot.first_comparable, self._plot.seams
        task = BackgroundTask(lambda progressed: write_losses(path, run_name, history, progressed, first, seams))
        task.returned.connect(lambda _: self.offered.emit(f"Saved {path}", [open_folder(path)]))
        task.errored.connect(self.errored)
        task.start()


def write_losses(
    path: Path,
    run_name: str,
    history: tuple[EpochRecord, ...],
    progressed: Progress,
    first: int = 0,
    seams: tuple[int, ...] = (),
) -> None:
    """Write the losses of whole epochs. The ending .csv gives a table like history.csv, any other ending a picture.

    first: how many epochs at the beginning cannot be the best; seams: epochs after which the run was trained further.
    """
    if path.suffix.lower() == ".csv":
        write_history(path, history)
    else:
        from vae_explorer.exporting.figure import Paper, write_picture  # which the launch does not need
        from vae_explorer.exporting.losses import draw_losses
        from vae_explorer.exporting.origin import Origin

        origin = Origin(f"{run_name}: losses by epoch", f"{len(history):,} epochs, in nats per image")
        write_picture(path, lambda progress: draw_losses(history, Paper(), progress, first, seams), progressed, origin)
