"""File > Export grid: how the picture is to look, with a live preview."""

from pathlib import Path

from PIL.Image import Image
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.errors import UserError
from vae_explorer.exploring import Subject
from vae_explorer.grid_picture import LARGEST, SMALLEST, GridOptions, compose_grid, decode_grid, write_grid
from vae_explorer.gui.background_task import BackgroundTask
from vae_explorer.gui.progress_dialog import run_with_progress
from vae_explorer.gui.save_dialog import ask_where
from vae_explorer.latent import plane_note


class GridDialog(QDialog):
    """Writes the decoded grid of a subject as PNG. `written` brings its path."""

    written = Signal(object)

    def __init__(self, subject: Subject, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("gridDialog")
        self.setWindowTitle("Export grid")
        self.resize(880, 600)
        self._subject = subject
        self._task: BackgroundTask | None = None
        self._stale = False
        self._picture = QPixmap()
        self._gap_colour = "#808080"
        self.preview = QLabel("Decoding…")
        self.preview.setObjectName("gridPreview")
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setMinimumSize(320, 320)
        self.preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Save).setText("Save as PNG…")
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.addLayout(self._build_form())
        left.addWidget(self.note)
        left.addStretch()
        middle = QHBoxLayout()
        middle.addLayout(left)
        middle.addWidget(self.preview, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(middle, 1)
        layout.addWidget(buttons)
        self._refresh()

    def _build_form(self) -> QFormLayout:
        self.size_spin = QSpinBox()
        self.size_spin.setObjectName("gridSizeSpin")
        self.size_spin.setRange(SMALLEST, LARGEST)
        self.size_spin.setValue(20)
        self.size_spin.setSuffix(" images a side")
        self.spacing = QComboBox()
        self.spacing.setObjectName("gridSpacingCombo")
        self.spacing.addItem("quantiles of the prior", "quantile")
        self.spacing.addItem("even steps", "even")
        self.limit = QDoubleSpinBox()
        self.limit.setRange(0.1, 100)
        self.limit.setValue(3)
        self.limit.setPrefix("± ")
        self.gap = QSpinBox()
        self.gap.setRange(0, 64)
        self.gap.setSuffix(" pixels")
        self.gap_button = QPushButton(self._gap_colour)
        self.gap_button.clicked.connect(self._choose_gap_colour)
        self.colours = QComboBox()
        self.colours.addItem("as decoded", "as-is")
        self.colours.addItem("inverted", "inverted")
        self.axes = QCheckBox("coordinates along the edges")
        self.axes.setObjectName("gridAxesCheck")
        form = QFormLayout()
        for text, field, tip in (
            ("&Size", self.size_spin, "How many images along each axis"),
            ("S&pacing", self.spacing, "Quantiles: each step holds as much of the prior. Even: the same distance"),
            ("&Range", self.limit, "Even steps go from minus to plus this z"),
            ("&Gap", self.gap, "Pixels between two images"),
            ("Gap &colour", self.gap_button, "What shows between the images"),
            ("Co&lours", self.colours, "Inverted: dark on light, as it prints well"),
            ("&Axes", self.axes, "Write z1 below and z2 at the left"),
        ):  # fmt: skip
            field.setToolTip(tip)
            field.setAccessibleName(text.replace("&", ""))
            form.addRow(text, field)
        for spin in (self.size_spin, self.limit, self.gap):
            spin.valueChanged.connect(self._refresh)
        for combo in (self.spacing, self.colours):
            combo.currentIndexChanged.connect(self._refresh)
        self.axes.toggled.connect(self._refresh)
        return form

    def options(self) -> GridOptions:
        return GridOptions(
            size=self.size_spin.value(),
            spacing=self.spacing.currentData(),
            limit=self.limit.value(),
            gap=self.gap.value(),
            gap_colour=self._gap_colour,
            colours=self.colours.currentData(),
            axes=self.axes.isChecked(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_picture()

    def _choose_gap_colour(self) -> None:
        chosen = QColorDialog.getColor(parent=self)
        if chosen.isValid():
            self._gap_colour = chosen.name()
            self.gap_button.setText(self._gap_colour)
            self._refresh()

    def _refresh(self) -> None:
        """Draw the preview anew; while one is being drawn, remember that it is stale and draw once more after it."""
        self.limit.setEnabled(self.spacing.currentData() == "even")
        if self._task is not None:
            self._stale = True
            return
        options, decoder = self.options(), self._subject.decoder
        self._task = BackgroundTask(lambda _: compose_grid(decode_grid(decoder, options), options, decoder.latent_dim))
        self._task.returned.connect(self._take_picture)
        self._task.errored.connect(self.note.setText)
        self._task.finished.connect(self._drawn)
        self._task.start()

    def _drawn(self) -> None:
        self._task = None
        if self._stale:
            self._stale = False
            self._refresh()

    def _take_picture(self, picture: Image) -> None:
        rgb = picture.convert("RGB")
        image = QImage(rgb.tobytes(), rgb.width, rgb.height, 3 * rgb.width, QImage.Format.Format_RGB888)
        self._picture = QPixmap.fromImage(image.copy())
        note = plane_note(self._subject.decoder.latent_dim)
        self.note.setText(f"{picture.width} x {picture.height} pixels. {note}".strip())
        self._show_picture()

    def _show_picture(self) -> None:
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            room = self.preview.size() * ratio
            larger = self._picture.width() < room.width() and self._picture.height() < room.height()
            mode = Qt.TransformationMode.FastTransformation if larger else Qt.TransformationMode.SmoothTransformation
            scaled = self._picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, mode)
            scaled.setDevicePixelRatio(ratio)
            self.preview.setPixmap(scaled)

    def _save(self) -> None:
        path = ask_where(self, "Save the grid", "grid.png", "PNG pictures (*.png)")
        if path:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the picture in the background; closes the dialog when it is there."""
        try:
            options = self.options()
        except UserError as error:
            self.note.setText(str(error))
            return
        run_with_progress(
            self,
            "Writing the grid",
            lambda progress: write_grid(
                self._subject.decoder, path, options, lambda share: progress("decoding", share)
            ),
            lambda _: self._written(path),
            self.note.setText,
        )

    def _written(self, path: Path) -> None:
        self.written.emit(path)
        self.accept()
