"""The settings of a training as a form, with the effect of each on the result."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import ImageShape
from vae_explorer.data.dataset import BUILTIN, DatasetInfo
from vae_explorer.data.options import ImageOptions
from vae_explorer.errors import UserError
from vae_explorer.files import as_path
from vae_explorer.gui.parts.chosen_set import ChosenSet, from_text, to_text
from vae_explorer.gui.parts.fold import Fold
from vae_explorer.gui.parts.number_spin import PlainNumberSpin
from vae_explorer.gui.parts.settings import last_folder, remember_folder
from vae_explorer.gui.training.dataset_combo import DatasetCombo
from vae_explorer.gui.training.setting_words import IMAGES, MORE, USUAL, Words
from vae_explorer.run.config import (
    MAX_LATENT_DIM,
    PIXELS,
    PRESETS,
    SIGMA,
    VALIDATION_SHARE,
    TrainingConfig,
    check_image_shape,
    training_config,
    usual_preset,
)
from vae_explorer.run.places import free_folder, new_run_folder

CHOSEN = ("deep", "conv")  # presets that `usual_preset` chooses from

LIKELIHOODS = {
    "usual": "usual for the images",
    "bernoulli": "Bernoulli",
    "gaussian": "Gaussian, learned width",
    "gaussian-fixed": "Gaussian, fixed width",
}


class TrainingSettings(QWidget):
    """The settings of the next training. Choosing a preset sets its usual settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dataset = DatasetCombo()
        self.preset = QComboBox()
        self.preset.setObjectName("presetCombo")
        for combo in (self.dataset, self.preset):  # long names must not widen the form
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(12)
        for name, preset in PRESETS.items():
            self.preset.addItem(preset.title, name)
            self.preset.setItemData(self.preset.count() - 1, preset.sentence, Qt.ItemDataRole.ToolTipRole)
        self.preset.currentIndexChanged.connect(self._take_preset)
        self.latent_dim = self._whole("latentDimSpin", 1, MAX_LATENT_DIM)
        self.latent_dim.valueChanged.connect(self._latent_dim_changed)
        self.beta = self._real("betaSpin", 0, 1e6, 8)
        self.epochs = self._whole("epochsSpin", 1, 100_000)
        self.batch_size = self._whole("batchSizeSpin", 1, 65_536)
        self.learning_rate = self._real("learningRateSpin", 1e-7, 10, 7)
        self.seed = self._whole("seedSpin", 0, 2**31 - 1)
        self.limit = self._whole("limitSpin", 0, 10_000_000)
        self.limit.setSpecialValueText("all")
        self.pixels = QComboBox()
        self.pixels.setObjectName("pixelsCombo")
        for name in PIXELS:
            self.pixels.addItem("As they are" if name == "grey" else name.capitalize(), name)
        self.likelihood = QComboBox()
        self.likelihood.setObjectName("likelihoodCombo")
        for name, title in LIKELIHOODS.items():
            self.likelihood.addItem(title, name)
        self.likelihood.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.likelihood.setMinimumContentsLength(12)
        self.sigma = self._real("sigmaSpin", 0.001, 10, 4)
        self.sigma.setValue(SIGMA)
        self.sigma.setEnabled(False)
        self.likelihood.currentIndexChanged.connect(lambda: self.sigma.setEnabled(self._fixes_sigma()))
        self.schedule = QComboBox()
        self.schedule.setObjectName("scheduleCombo")
        self.schedule.addItem("constant", "constant")
        self.schedule.addItem("falling to 0, a cosine", "cosine")
        self.kl_warmup = self._whole("klWarmupSpin", 0, 100_000)
        self.kl_warmup.setSpecialValueText("none")
        self.kl_warmup.setSuffix(" epochs")
        self.patience = self._whole("patienceSpin", 0, 100_000)
        self.patience.setSpecialValueText("to the last epoch")
        self.patience.setSuffix(" epochs")
        self.restore_best = QCheckBox("the best epoch")
        self.restore_best.setObjectName("restoreBestCheck")
        self.validation_share = self._real("validationShareSpin", 0.1, 50, 4)
        self.validation_share.setSuffix(" %")
        self.validation_share.setValue(100 * VALIDATION_SHARE)
        self.note = QLineEdit()
        self.note.setObjectName("noteEdit")
        self.tensorboard = QCheckBox("for TensorBoard")
        self.tensorboard.setObjectName("tensorboardCheck")
        self.folder = QLineEdit()
        self.folder.setObjectName("runFolderEdit")
        self.folder.setPlaceholderText("among your runs")
        browse = QPushButton("…")
        browse.setFixedWidth(30)
        browse.setAccessibleName("Choose the run's folder")
        browse.clicked.connect(self._browse)
        folder_row = QHBoxLayout()
        folder_row.setSpacing(4)
        folder_row.addWidget(self.folder)
        folder_row.addWidget(browse)

        images, usual = self._form(IMAGES), self._form(USUAL)
        more = QWidget()
        more_form = self._form(MORE)
        more.setLayout(more_form)
        more_form.setContentsMargins(8, 0, 0, 0)
        more_form.setVerticalSpacing(2)
        folder_label = QLabel("Save &to")
        folder_label.setBuddy(self.folder)
        more_form.addRow(folder_label, folder_row)
        self.folder.setToolTip("An empty or new folder for the run; empty: a new one among your runs")
        self.folder.setAccessibleName("Save to")
        self.more = Fold("More settings", more, "Settings that are seldom changed: the preset has chosen them")
        self.more.button.setObjectName("moreSettingsButton")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(images)
        layout.addLayout(usual)
        layout.addSpacing(4)
        layout.addWidget(self.more)
        layout.addStretch()
        self._take_preset()

    @property
    def source(self) -> str:
        """The source of the images, for `data.reading.load_dataset`."""
        return self.dataset.chosen().source

    @property
    def options(self) -> ImageOptions:
        """How the images are to be read."""
        return self.dataset.chosen().options

    def config(self) -> TrainingConfig:
        """Raises UserError for settings out of range."""
        return training_config(
            self.preset.currentData(),
            latent_dim=self.latent_dim.value(),
            beta=self.beta.value(),
            epochs=self.epochs.value(),
            batch_size=self.batch_size.value(),
            learning_rate=self.learning_rate.value(),
            seed=self.seed.value(),
            limit=self.limit.value() or None,
            schedule=self.schedule.currentData(),
            kl_warmup=self.kl_warmup.value(),
            patience=self.patience.value(),
            restore_best=self.restore_best.isChecked(),
            validation_share=self.validation_share.value() / 100,
            pixels=self.pixels.currentData(),
            likelihood=self.likelihood.currentData(),
            sigma=self.sigma.value() if self._fixes_sigma() else None,
        )

    def _fixes_sigma(self) -> bool:
        return self.likelihood.currentData() == "gaussian-fixed"

    def run_folder(self) -> Path:
        """The folder that the run is to be written to."""
        if self.folder.text().strip():
            return Path(self.folder.text().strip()).expanduser()
        name = "mnist" if self.source == BUILTIN else Path(self.source).stem
        return new_run_folder(f"{name}-{self.preset.currentData()}")

    def choose_dataset(self, chosen: ChosenSet, image_shape: ImageShape | None = None) -> None:
        """Select a data set. If the shape of its images is given, also select the preset that is usual for it."""
        self.dataset.choose(chosen)
        if image_shape is None:
            return
        usual, preset = usual_preset(image_shape), self.preset.currentData()
        if preset != usual and (preset in CHOSEN or not fits_preset(preset, image_shape)):
            self.preset.setCurrentIndex(self.preset.findData(usual))

    def take(self, config: TrainingConfig, dataset: DatasetInfo) -> None:
        """Set the form to the settings of a run, and to its data set if it still exists."""
        self.preset.setCurrentIndex(self.preset.findData(config.preset))
        chosen = ChosenSet(dataset.source, dataset.options, dataset.name)
        if chosen.available:
            self.choose_dataset(chosen)
        self.latent_dim.setValue(config.latent_dim)
        values: tuple[tuple[Any, float], ...] = (
            (self.beta, config.beta), (self.epochs, config.epochs), (self.batch_size, config.batch_size),
            (self.learning_rate, config.learning_rate), (self.seed, config.seed), (self.limit, config.limit or 0),
            (self.kl_warmup, config.kl_warmup), (self.patience, config.patience or 0),
            (self.validation_share, 100 * config.validation_share), (self.sigma, config.sigma or SIGMA),
        )  # fmt: skip
        for spin, value in values:
            spin.setValue(value)
        self.schedule.setCurrentIndex(self.schedule.findData(config.schedule))
        self.restore_best.setChecked(config.restore_best)
        self.pixels.setCurrentIndex(self.pixels.findData(config.pixels))
        self.likelihood.setCurrentIndex(self.likelihood.findData(config.likelihood))

    def values(self) -> dict[str, Any]:
        """What is remembered of the form, by its name in the settings."""
        return {
            "preset": self.preset.currentData(),
            "dataset": to_text(self.dataset.chosen()),
            "schedule": self.schedule.currentData(),
            "restoreBest": self.restore_best.isChecked(),
            "tensorboard": self.tensorboard.isChecked(),
            "pixels": self.pixels.currentData(),
            "likelihood": self.likelihood.currentData(),
            "note": self.note.text(),
            "folder": self.folder.text(),
        } | {spin.objectName(): spin.value() for spin in self._spins()}

    def store(self, settings: QSettings) -> None:
        """Remember the form for the next launch."""
        for name, value in self.values().items():
            settings.setValue(f"training/{name}", value)
        settings.setValue("training/more", self.more.button.isChecked())

    def restore(self, settings: QSettings) -> None:
        """Set the form to the remembered settings; those that are no longer valid keep their defaults."""
        self.more.button.setChecked(settings.value("training/more") in (True, "true"))
        index = self.preset.findData(settings.value("training/preset", ""))
        if index < 0:
            return
        self.preset.setCurrentIndex(index)
        self.pixels.setCurrentIndex(max(0, self.pixels.findData(settings.value("training/pixels", ""))))
        self.likelihood.setCurrentIndex(max(0, self.likelihood.findData(settings.value("training/likelihood", ""))))
        chosen = from_text(settings.value("training/dataset", ""))
        if chosen is not None and chosen.available:
            self.choose_dataset(chosen)
        self.schedule.setCurrentIndex(max(0, self.schedule.findData(settings.value("training/schedule", ""))))
        self.restore_best.setChecked(settings.value("training/restoreBest") in (True, "true"))
        self.tensorboard.setChecked(settings.value("training/tensorboard") in (True, "true"))
        self.note.setText(str(settings.value("training/note", "")))
        self.folder.setText(_free(str(settings.value("training/folder", ""))))
        for spin in self._spins():
            try:
                spin.setValue(type(spin.value())(float(str(settings.value(f"training/{spin.objectName()}")))))
            except ValueError:
                continue

    def _spins(self) -> tuple[Any, ...]:
        return (
            self.latent_dim, self.beta, self.epochs, self.batch_size, self.learning_rate, self.seed, self.limit,
            self.kl_warmup, self.patience, self.validation_share, self.sigma,
        )  # fmt: skip

    def _form(self, rows: dict[str, Words]) -> QFormLayout:
        """A form of some of the settings, in this order."""
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, words in rows.items():
            field: QWidget = getattr(self, name)
            field.setToolTip(words.tip)
            field.setAccessibleName(words.title.replace("&", ""))
            field.setAccessibleDescription(words.tip)
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)
            form.addRow(words.title, field)
            form.labelForField(field).setToolTip(words.tip)
            if words.line:
                form.addRow(_line_of(words.line))
        return form

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scrolling over the form does not change what is under the pointer."""
        if event.type() == QEvent.Type.Wheel and (watched is self.dataset or watched is not QApplication.focusWidget()):
            event.ignore()
            return True
        return False

    def _whole(self, name: str, low: int, high: int) -> QSpinBox:
        spin = QSpinBox()
        spin.setObjectName(name)
        spin.setRange(low, high)
        spin.setGroupSeparatorShown(True)
        return spin

    def _real(self, name: str, low: float, high: float, decimals: int) -> QDoubleSpinBox:
        spin = PlainNumberSpin()
        spin.setObjectName(name)
        spin.setDecimals(decimals)
        spin.setRange(low, high)
        spin.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        return spin

    def _take_preset(self) -> None:
        usual = training_config(self.preset.currentData())
        self.preset.setToolTip(f"{IMAGES['preset'].tip}. {PRESETS[usual.preset].sentence}")
        usual_values: tuple[tuple[Any, float], ...] = (
            (self.latent_dim, usual.latent_dim), (self.beta, usual.beta), (self.epochs, usual.epochs),
            (self.batch_size, usual.batch_size), (self.learning_rate, usual.learning_rate),
        )  # fmt: skip
        for spin, value in usual_values:
            spin.setValue(value)
        self.patience.setValue(usual.patience or 0)
        self.schedule.setCurrentIndex(self.schedule.findData(usual.schedule))
        self.pixels.setCurrentIndex(self.pixels.findData(usual.pixels))
        self._usual_beta = usual.beta

    def _latent_dim_changed(self, latent_dim: int) -> None:
        """A preset's beta can depend on the latent dimension; one that the person chose stays."""
        usual = PRESETS[self.preset.currentData()].beta(latent_dim)
        if abs(self.beta.value() - getattr(self, "_usual_beta", usual)) < 1e-7:
            self.beta.setValue(usual)
            self._usual_beta = usual

    def _browse(self) -> None:
        usual = str(Path(last_folder()) / self.run_folder().name)
        name, _ = QFileDialog.getSaveFileName(self, "Folder of the run", usual, "Folder (*)")
        if name:
            remember_folder(Path(name).parent)
            self.folder.setText(name)


def _free(folder: str) -> str:
    """The folder, or one beside it if there is a run in it by now; "" stays."""
    try:
        return str(free_folder(as_path(folder))) if folder.strip() else ""
    except (UserError, ValueError):  # it is no folder, which the start of the training explains
        return folder


def fits_preset(preset: str, image_shape: ImageShape) -> bool:
    """Whether the preset's network can take images of this (height, width, channels)."""
    try:
        check_image_shape(training_config(preset), image_shape)
    except UserError:
        return False
    return True


def _line_of(text: str) -> QLabel:
    """A line to stand below a field."""
    label = QLabel(text)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    label.setContentsMargins(0, 0, 0, 8)
    return label
