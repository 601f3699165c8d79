"""Train further: by how many epochs, under which schedule, and where to."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.errors import UserError
from vae_explorer.gui.parts.number_spin import PlainNumberSpin
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.folder import check_folder
from vae_explorer.run.places import find_run
from vae_explorer.run.run import Run
from vae_explorer.training.further import further_config, further_folder

NEW, REPLACE = "new", "replace"
MOST_PATIENCE = 100_000


@dataclass(frozen=True, slots=True)
class Further:
    """How a run is to be trained further."""

    config: TrainingConfig
    folder: Path
    overwrite: bool
    note: str
    tensorboard: bool


class FurtherDialog(QDialog):
    """Asks how to train a run further. `chosen` brings the Run and a Further."""

    chosen = Signal(object, object)

    def __init__(self, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("furtherDialog")
        self.setWindowTitle("Train further")
        self._run = run
        config = run.info.trained_with()
        text = QLabel(
            f"{run.info.name} has {run.info.epochs:,} epochs. Training goes on from its weights, with a new optimizer "
            "and the schedule of its learning rate restarted; network, beta, pixels, seed and split stay the same."
        )
        text.setWordWrap(True)
        self.epochs = QSpinBox()
        self.epochs.setRange(1, 100_000)
        left = config.epochs - run.info.epochs if run.info.stopped_note else 0
        self.epochs.setValue(left if left > 0 else run.info.epochs or config.epochs)
        self.rate = PlainNumberSpin()
        self.rate.setDecimals(7)
        self.rate.setRange(1e-7, 10)
        self.rate.setStepType(PlainNumberSpin.StepType.AdaptiveDecimalStepType)
        self.rate.setValue(config.learning_rate)
        self.schedule = QComboBox()
        self.schedule.addItem("constant", "constant")
        self.schedule.addItem("falling to 0, a cosine", "cosine")
        self.schedule.setCurrentIndex(self.schedule.findData(config.schedule))
        self.patience = QSpinBox()
        self.patience.setRange(0, MOST_PATIENCE)
        self.patience.setSpecialValueText("to the last epoch")
        self.patience.setSuffix(" epochs")
        self.patience.setValue(config.patience or 0)
        self.restore_best = QCheckBox("the best of the new epochs")
        self.restore_best.setChecked(config.restore_best)
        self.note = QLineEdit(run.info.note)
        self.tensorboard = QCheckBox("for TensorBoard")
        self.place = QComboBox()
        self._new = further_folder(run)
        self.place.addItem(f"a new run, {self._new.name}", NEW)
        if run.folder != find_run("builtin"):
            self.place.addItem(f"replace {run.info.name}, when it is done", REPLACE)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, name, field, tip in (
            ("More &epochs", "furtherEpochsSpin", self.epochs, "How many more epochs to train for"),
            ("Learning &rate", "furtherRateSpin", self.rate, "Length of the optimizer's steps at the start of the new "
             "epochs. A smaller one refines the model; with the same one as before, the loss first rises a little"),
            ("Rate sc&hedule", "furtherScheduleCombo", self.schedule, "How the rate changes over the new epochs"),
            ("Patien&ce", "furtherPatienceSpin", self.patience, "End the training after this many of the new "
             "epochs without a better one among them"),
            ("Rest&ore", "furtherRestoreCheck", self.restore_best, "Whether the weights of the best of the new epochs "
             "or the last ones are kept; the run from before stays unless it is replaced"),
            ("&Note", "furtherNoteEdit", self.note, "A line that is kept with the run"),
            ("Lo&g", "furtherTensorboardCheck", self.tensorboard, "Also write the losses of the new epochs to the "
             "folder tensorboard of the run"),
            ("Save &as", "furtherPlaceCombo", self.place, "A new run beside this one, or this run itself, which stays "
             "unchanged until the new one is complete"),
        ):  # fmt: skip
            field.setObjectName(name)
            field.setToolTip(tip)
            field.setAccessibleName(title.replace("&", ""))
            field.setAccessibleDescription(tip)
            form.addRow(title, field)
            form.labelForField(field).setToolTip(tip)
        self.refusal = QLabel()
        self.refusal.setObjectName("furtherRefusal")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Train further")
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(self.refusal)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
        self.epochs.setFocus()
        self.epochs.selectAll()

    def _choose(self) -> None:
        overwrite = self.place.currentData() == REPLACE
        folder = self._run.folder if overwrite else self._new
        try:
            config = further_config(
                self._run,
                self.epochs.value(),
                learning_rate=self.rate.value(),
                schedule=self.schedule.currentData(),
                patience=self.patience.value(),
                restore_best=self.restore_best.isChecked(),
            )
            check_folder(folder, overwrite)
        except UserError as error:
            self.refusal.setText(str(error))
            self.refusal.show()
            return
        note, log = self.note.text().strip(), self.tensorboard.isChecked()
        self.chosen.emit(self._run, Further(config, folder, overwrite, note, log))
        self.accept()
