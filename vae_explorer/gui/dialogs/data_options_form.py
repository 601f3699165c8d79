"""A form for how the images of a set are read and brought to one shape."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from vae_explorer.data.options import (
    LARGEST,
    SMALLEST,
    ImageOptions,
    parse_shape,
    parse_size,
    parse_value_range,
    shape_text,
)
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.sizes import size_text

SIZES = (16, 28, 32, 48, 64, 96, 128)
AS_FOUND, OTHER = "as found", "other"
FITS = {"crop": "Crop the edges", "pad": "Pad with black", "stretch": "Stretch"}
PAGES = {"first": "The first is an image", "all": "Each is an image"}
LABELS_BY = {"auto": "By name, if the table has names", "row": "Row by row, in the order of the images"}
COLOURS = {"auto": "As the images are", "grey": "Grey", "rgb": "Colour"}


class DataOptionsForm(QWidget):
    """`changed` is emitted when another way to read the images is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(7)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.size_combo = QComboBox()
        self.size_combo.setObjectName("dataSizeCombo")
        self.size_combo.addItem("As found", AS_FOUND)
        for side in SIZES:
            self.size_combo.addItem(size_text(side, side), size_text(side, side))
        self.size_combo.addItem("Other…", OTHER)
        self.other_size = QLineEdit()
        self.other_size.setObjectName("dataSizeEdit")
        self.other_size.setPlaceholderText("width x height, such as 64 x 48")
        self.fit = QComboBox()
        self.fit.setObjectName("dataFitCombo")
        self.color = QComboBox()
        self.color.setObjectName("dataColorCombo")
        self.labels_by = QComboBox()
        self.labels_by.setObjectName("dataLabelsByCombo")
        self.pages = QComboBox()
        self.pages.setObjectName("dataPagesCombo")
        lists = ((self.fit, FITS), (self.color, COLOURS), (self.pages, PAGES), (self.labels_by, LABELS_BY))
        for combo, choices in lists:
            for choice, text in choices.items():
                combo.addItem(text, choice)
        self.invert = QCheckBox("white becomes black")
        self.invert.setObjectName("dataInvertCheck")
        self.value_range = QLineEdit()
        self.value_range.setObjectName("dataRangeEdit")
        self.value_range.setPlaceholderText("found in the images")
        self.shape = QLineEdit()
        self.shape.setObjectName("dataShapeEdit")
        self.shape.setPlaceholderText("square, if left empty")
        self.labels = QLineEdit()
        self.labels.setObjectName("dataLabelsEdit")
        self.labels.setPlaceholderText("found with the images")
        browse = QPushButton("…")
        browse.setFixedWidth(30)
        browse.setObjectName("dataLabelsButton")
        browse.setAccessibleName("Choose a file of labels")
        browse.setToolTip("Choose a file of labels")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.validation_share = NumberSpin()
        self.validation_share.setObjectName("dataValidationSpin")
        self.validation_share.setRange(0.1, 50)
        self.validation_share.setDecimals(2)
        self.validation_share.setSuffix(" %")
        self._row("Si&ze", self.size_combo, f"Size in pixels that all images are scaled to, {SMALLEST} to "
                  f"{LARGEST} per side. Smaller images train faster and show less detail")  # fmt: skip
        self._row("", self.other_size, "Width x height in pixels, or one number for both")
        self._row("&Fit", self.fit, "What is done to images of another aspect ratio: their edges are cut, a black "
                  "margin is added, or they are distorted")  # fmt: skip
        self._row("Co&lour", self.color, "Grey or colour. As the images are: grey if nearly all of them are grey")
        self._row("&Invert", self.invert, "Learn from the negative: dark ink on paper becomes light on dark, which "
                  "a network learns more easily")  # fmt: skip
        self._row("&Values", self.value_range, "Which values become black and white, such as 0,4095; if empty, they "
                  "are found in the images")  # fmt: skip
        self._row("&Rows", self.shape, "Width and height of images that an array or a CSV stores as rows of numbers, "
                  "such as 28x20; 28x20x3 or 3x28x20 in colour. If empty, they are square")  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.labels)
        row.addWidget(browse)
        self._row("La&bels", self.labels, "A CSV with a row for each image, or an array, .npy or .npz: classes and "
                  "numbers to colour the map by. They do not influence the training", row)  # fmt: skip
        self._row("&TIFF pages", self.pages, "Whether a TIFF file of several pages is one image, or one for each page")
        self._row("&Match", self.labels_by, "How the rows of a CSV of labels belong to image files")
        self._row("V&alidation", self.validation_share, "Share of the training images that is kept apart to check "
                  "the model while it learns; the Training tab has the same field")  # fmt: skip
        self.size_combo.currentIndexChanged.connect(self._size_chosen)
        for combo in (self.fit, self.color, self.pages, self.labels_by):
            combo.currentIndexChanged.connect(self.changed)
        self.invert.toggled.connect(self.changed)
        for edit in (self.other_size, self.value_range, self.shape, self.labels):
            edit.textChanged.connect(self.changed)
        self._form.setRowVisible(self.other_size, False)

    def options(self) -> ImageOptions:
        """The options that are chosen. Raises UserError for invalid ones."""
        size = self.other_size.text().strip() if self._is_other() else self.size_combo.currentData()
        text = self.value_range.text().strip()
        return ImageOptions(
            size=None if size == AS_FOUND else parse_size(size),
            fit=self.fit.currentData(),
            color=self.color.currentData(),
            invert=self.invert.isChecked(),
            value_range=parse_value_range(text) if text else None,
            shape=parse_shape(self.shape.text()) if self.shape.text().strip() else None,
            labels=self.labels.text().strip(),
            pages=self.pages.currentData(),
            labels_by=self.labels_by.currentData(),
        )

    def set_options(self, options: ImageOptions) -> None:
        """Show these options, without emitting `changed`."""
        blocked = self.blockSignals(True)
        size = AS_FOUND if options.size is None else size_text(*options.size)
        index = self.size_combo.findData(size)
        self.size_combo.setCurrentIndex(index if index >= 0 else self.size_combo.findData(OTHER))
        self.other_size.setText("" if index >= 0 else size)
        self.fit.setCurrentIndex(self.fit.findData(options.fit))
        self.color.setCurrentIndex(self.color.findData(options.color))
        self.invert.setChecked(options.invert)
        low_high = options.value_range
        self.value_range.setText("" if low_high is None else f"{low_high[0]:g},{low_high[1]:g}")
        self.shape.setText("" if options.shape is None else shape_text(options.shape))
        self.labels.setText(options.labels)
        self.pages.setCurrentIndex(self.pages.findData(options.pages))
        self.labels_by.setCurrentIndex(self.labels_by.findData(options.labels_by))
        self.blockSignals(blocked)

    def choose_range(self, black: float, white: float) -> None:
        """Choose the values that become black and white."""
        self.value_range.setText(f"{black:g},{white:g}")

    def _row(self, text: str, field: QWidget, tip: str, row: QHBoxLayout | None = None) -> None:
        field.setToolTip(tip)
        field.setAccessibleName(text.replace("&", "") or "Width x height")
        field.setAccessibleDescription(tip)
        if row is None:
            self._form.addRow(text, field)
            return
        self._form.addRow(text, row)
        label = self._form.labelForField(row)
        assert isinstance(label, QLabel)
        label.setBuddy(field)

    def _size_chosen(self) -> None:
        other = self._is_other()
        self._form.setRowVisible(self.other_size, other)
        if other:
            self.other_size.setFocus()
        self.changed.emit()

    def _is_other(self) -> bool:
        return bool(self.size_combo.currentData() == OTHER)

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose the labels", "", "Labels (*.csv *.npy *.npz *.gz);;All (*)")
        if name:
            self.labels.setText(name)
