"""File > Import model: a decoder, an encoder and images from elsewhere become a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
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

from vae_explorer.data.dataset import BUILTIN
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.network.posterior import ORDERS
from vae_explorer.progress import Progress
from vae_explorer.run.imported import MOST_CLASSES, describe_networks
from vae_explorer.run.places import new_run_folder
from vae_explorer.run.run import Run
from vae_explorer.sizes import shape_text

WIDTH = 640  # pixels at least
MODELS = "Models (*.keras *.h5 *.hdf5 *.onnx)"
ENDINGS = (
    ("detected", None),
    ("sigmoid: pixels in 0 to 1", "sigmoid"),
    ("tanh: pixels in -1 to 1", "tanh"),
    ("logits", "logits"),
    ("pixels in 0 to 255", "0..255"),
)
CHANNELS = (("detected", None), ("first", "first"), ("last", "last"))
RANGES = (("detected", None), ("0 to 1", "0..1"), ("-1 to 1", "-1..1"), ("0 to 255", "0..255"))
ORDERS_SHOWN = (("detected", None), *((", ".join(order).replace("_", "-"), order) for order in ORDERS))


class ImportDialog(QDialog):
    """Asks for the files, shows what was found in them, and writes the run: `imported` brings its folder."""

    imported = Signal(object, object)  # the folder, and a list of sentences

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("importDialog")
        self.setWindowTitle("Import model")
        self._found: Any = None
        text = QLabel(
            "A decoder that was trained elsewhere becomes a run to explore. With its encoder and images, the map shows "
            "their latent codes; without them, it shows the prior. The files are read as data: no program in them runs."
        )
        text.setWordWrap(True)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.decoder = self._file_row(form, "&Decoder", "importDecoder", "z to images: .keras, .h5 or .onnx", MODELS)
        self.encoder = self._file_row(
            form, "&Encoder", "importEncoder", "Images to mean and log-variance of z; may be left out", MODELS
        )
        self.dataset = self._file_row(
            form, "D&ata set", "importDataset",
            f"{BUILTIN}, or a folder or file of images; may be left out", "All files (*)",
        )  # fmt: skip
        self.output = self._choice(
            form, "&Output of the decoder", "importOutputCombo", ENDINGS, "How output values become pixels"
        )
        self.channels = self._choice(
            form, "&Channels", "importChannelsCombo", CHANNELS, "Which axis of a tensor holds the colours"
        )
        self.shape = QLineEdit()
        self.shape.setObjectName("importShape")
        self.shape.setPlaceholderText("detected, or for flat images such as 48x40")
        self.shape.setToolTip("Width x height, if the decoder returns flat images: 48x40, or 48x40x3 in colour")
        self.shape.textChanged.connect(self._changed)
        form.addRow("&Shape of flat images", self.shape)
        self.range = self._choice(
            form, "Pixels for the e&ncoder", "importRangeCombo", RANGES, "The values that the encoder was trained on"
        )
        self.order = self._choice(
            form, "Ou&tputs of the encoder", "importOrderCombo", ORDERS_SHOWN, "What its outputs are, in their order"
        )
        self._build_label(form)
        self.found_text, self.error = QLabel(), QLabel()
        self.found_text.setObjectName("importFound")
        self.error.setObjectName("importError")
        for label in (self.found_text, self.error):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
        self.found_text.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(self.found_text)
        layout.addWidget(self.error)
        layout.addStretch()
        layout.addWidget(self._build_buttons())
        self.setMinimumWidth(WIDTH)
        self._changed()

    def _file_row(self, form: QFormLayout, name: str, object_name: str, tip: str, kinds: str) -> QLineEdit:
        line, browse = QLineEdit(), QPushButton("Browse…")
        line.setObjectName(f"{object_name}Path")
        line.setPlaceholderText(tip)
        line.setToolTip(tip)
        line.textChanged.connect(self._changed)
        browse.setObjectName(f"{object_name}Browse")
        browse.setAccessibleName(f"Browse for the {name.replace('&', '').lower()}")
        browse.setToolTip("Choose a file")
        browse.setAutoDefault(False)
        browse.clicked.connect(lambda: self._browse(line, kinds))
        row = QHBoxLayout()
        row.addWidget(line, 1)
        row.addWidget(browse)
        label = QLabel(name)
        label.setBuddy(line)
        form.addRow(label, row)
        return line

    def _choice(self, form: QFormLayout, name: str, object_name: str, choices: Any, tip: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(object_name)
        combo.setAccessibleName(name.replace("&", ""))
        combo.setToolTip(tip)
        for text, value in choices:
            combo.addItem(text, value)
        combo.currentIndexChanged.connect(self._changed)
        form.addRow(name, combo)
        return combo

    def _build_label(self, form: QFormLayout) -> None:
        self.label_input, self.classes = QLineEdit(), QSpinBox()
        self.label_input.setObjectName("importLabelInput")
        self.label_input.setAccessibleName("Input of the class label")
        self.label_input.setPlaceholderText("detected, or the name of the decoder's input")
        self.label_input.setToolTip("The input of a conditional decoder that takes the label of a class")
        self.label_input.textChanged.connect(self._changed)
        self.classes.setObjectName("importClassesSpin")
        self.classes.setAccessibleName("Number of classes")
        self.classes.setRange(0, MOST_CLASSES)
        self.classes.setSpecialValueText("detected")
        self.classes.setSuffix(" classes")
        self.classes.setToolTip("How many classes a conditional decoder knows, if its label is a number")
        self.classes.valueChanged.connect(self._changed)
        row = QHBoxLayout()
        row.addWidget(self.label_input, 1)
        row.addWidget(self.classes)
        label = QLabel("Class la&bel")
        label.setBuddy(self.label_input)
        form.addRow(label, row)

    def _build_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.look_button = buttons.addButton("&Look at the model", QDialogButtonBox.ButtonRole.ActionRole)
        self.look_button.setObjectName("importFindButton")
        self.look_button.setToolTip("Read the files and show how their tensors are understood; takes seconds")
        self.look_button.clicked.connect(self._find)
        self.import_button = buttons.addButton("&Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setObjectName("importButton")
        self.import_button.setToolTip("Write the run among your runs, encode the images and open it")
        buttons.accepted.connect(self._write)
        buttons.rejected.connect(self.reject)
        return buttons

    def _browse(self, line: QLineEdit, kinds: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a file", line.text(), kinds)
        if name:
            line.setText(name)

    def _changed(self) -> None:
        """Forget what was found, since the choices have changed."""
        self._found = None
        self.found_text.hide()
        self.error.hide()
        self.look_button.setEnabled(bool(self.decoder.text().strip()))
        self.import_button.setEnabled(self.look_button.isEnabled())

    def _find(self) -> None:
        self._start("Reading the model", self._reading(), self._show_found)

    def _write(self) -> None:
        find = self._reading() if self._found is None else None
        found = self._found

        def write(progress: Progress) -> tuple[Run, list[str]]:
            from vae_explorer.training.importing import write_model

            chosen = find(progress) if find is not None else found
            warnings: list[str] = []
            folder = new_run_folder(Path(chosen.decoder.name).stem)
            run = write_model(chosen, folder, progress=progress, warned=warnings.append)
            return run, [*chosen.notes, *warnings]

        self._start("Importing", write, self._written)

    def _reading(self) -> Callable[[Progress], Any]:
        """A function that reads the chosen files, for another thread."""
        decoder, encoder, dataset, shape = (
            line.text().strip() for line in (self.decoder, self.encoder, self.dataset, self.shape)
        )
        combos = self.output, self.channels, self.range, self.order
        ending, channels, input_range, order = (combo.currentData() for combo in combos)
        label, classes = self.label_input.text().strip() or None, self.classes.value() or None

        def read(progress: Progress) -> Any:
            from vae_explorer.data.reading import load_dataset
            from vae_explorer.network.fitting import Choices, parse_shape
            from vae_explorer.training.importing import find_model

            sides = parse_shape(shape) if shape else None
            roles = tuple(order) if order else None
            choices = Choices(ending, channels, sides, input_range, roles, label, classes)
            images = None
            if dataset:
                images = load_dataset(dataset, progress=progress)
            return find_model(Path(decoder), Path(encoder) if encoder else None, images, choices, progress)

        return read

    def _start(self, title: str, function: Callable[..., Any], returned: Callable[[Any], None]) -> None:
        self.error.hide()
        self.look_button.setEnabled(False)
        self.import_button.setEnabled(False)
        # Qt disconnects methods when the dialog is destroyed; plain functions would still be called.
        task = run_with_progress(self, title, function, returned, self._failed)
        task.finished.connect(self._ended)

    def _ended(self) -> None:
        self.look_button.setEnabled(bool(self.decoder.text().strip()))
        self.import_button.setEnabled(self.look_button.isEnabled())

    def _show_found(self, found: Any) -> None:
        self._found = found
        lines = [f"Images of {shape_text(found.image_shape)}.", *describe_networks(found.model), *found.notes]
        self.found_text.setText("\n".join(line[:1].upper() + line[1:] for line in lines))
        self.found_text.show()
        self._grow()

    def _written(self, result: tuple[Run, list[str]]) -> None:
        run, sentences = result
        self.imported.emit(run.folder, sentences)
        self.accept()

    def _failed(self, text: str) -> None:
        self.error.setText(text)
        self.error.show()
        self._grow()

    def _grow(self) -> None:
        """Make the dialog high enough for wrapped lines, which do not do so by themselves."""
        width = max(self.width(), WIDTH)
        self.setMinimumHeight(self.layout().totalHeightForWidth(width))
