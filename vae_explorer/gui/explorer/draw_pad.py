"""The drawing pad: draws an image of one's own and shows what the model makes of it. It does not block the window."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import Bytes, ImageShape
from vae_explorer.exploring.own_image import OwnImage
from vae_explorer.exploring.preparing import Preparation, prepare
from vae_explorer.gui.explorer.canvas import Canvas
from vae_explorer.gui.explorer.pad_keys import CLEAR, ERASER, LARGER, PASTE, REDO, SMALLER, UNDO, PadKey
from vae_explorer.gui.explorer.posterior_samples import COUNT, PosteriorSamples
from vae_explorer.gui.parts.decoded_image import DecodedImage

WIDTH = 330  # pixels
THUMBNAIL = 84  # pixels, side of the three images
USUAL_BRUSH = 0.09  # of the image's longer side; a stroke of MNIST is about that broad
BROADEST = 0.3  # of it


class DrawPad(QDialog):
    """`changed` says that there is another image to encode; `show_own` shows the answer."""

    changed = Signal()
    paste_wanted = Signal()
    handle_wanted = Signal()  # the person wants the handle at the mean
    path_wanted = Signal()  # the person wants an anchor of the path at the mean

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drawPad")
        self.setWindowTitle("Your own image")
        self._preparation: Preparation | None = None
        self.canvas = Canvas()
        self.canvas.changed.connect(self._changed)
        self.brush = self._slider(
            "brushSlider", "Brush size", f"Diameter of the brush in image pixels  ({SMALLER.text} and {LARGER.text})"
        )
        self.brush.valueChanged.connect(self._set_brush)
        self.level = self._slider("levelSlider", "Grey level", "Grey level of the brush, 0 (black) to 255 (white)")
        self.level.setRange(0, 255)
        self.level.valueChanged.connect(lambda level: self._set_colour(QColor(level, level, level)))
        self.colour = QToolButton()
        self.colour.setObjectName("colourButton")
        self.colour.setAccessibleName("Colour of the brush")
        self.colour.setToolTip("Colour of the brush")
        self.colour.clicked.connect(self._ask_colour)
        self.eraser = self._button("Eraser", "eraserButton", ERASER)
        self.eraser.setCheckable(True)
        self.eraser.toggled.connect(self._set_eraser)
        self.undo = self._button("Undo", "padUndoButton", UNDO)
        self.redo = self._button("Redo", "padRedoButton", REDO)
        self.clear = self._button("Clear", "padClearButton", CLEAR)
        changes = self.canvas.changes
        for button, signal, do in (
            (self.undo, changes.canUndoChanged, changes.undo),
            (self.redo, changes.canRedoChanged, changes.redo),
        ):
            button.setEnabled(False)
            button.clicked.connect(do)
            signal.connect(button.setEnabled)
        self.clear.clicked.connect(self.canvas.clear)
        self.prepare = QCheckBox()
        self.prepare.setObjectName("prepareCheck")
        self.prepare.setChecked(True)
        self.prepare.toggled.connect(self._changed)
        self.encoded, self.reconstruction, self.residual = (DecodedImage(THUMBNAIL) for _ in range(3))
        self.captions = QLabel("encoded"), QLabel("reconstruction"), QLabel("difference")
        self.figures = QLabel()
        self.figures.setObjectName("ownFigures")
        self.figures.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setWordWrap(True)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.samples = PosteriorSamples(columns=COUNT)
        self.samples.layout().setContentsMargins(0, 0, 0, 0)
        self.go = QPushButton("Move the handle there")
        self.go.setObjectName("goThereButton")
        self.go.setToolTip("Bring the handle to the mean of q(z|x), the diamond on the map")
        self.go.clicked.connect(self.handle_wanted)
        self.to_path = QPushButton("Add to the path")
        self.to_path.setObjectName("addToPathButton")
        self.to_path.setToolTip("Set an anchor of the path at the mean of q(z|x); two or more make a path")
        self.to_path.clicked.connect(self.path_wanted)
        for button in (self.go, self.to_path):
            button.setAutoDefault(False)
            button.setEnabled(False)
        for key, by in ((SMALLER, -1), (LARGER, 1)):
            QShortcut(key.sequence, self, lambda by=by: self.brush.setValue(self.brush.value() + by))
        QShortcut(PASTE.sequence, self, self.paste_wanted.emit)
        self._lay_out()
        self.say("")

    def _slider(self, name: str, accessible: str, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(name)
        slider.setAccessibleName(accessible)
        slider.setToolTip(tip)
        return slider

    def _button(self, text: str, name: str, key: PadKey) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setShortcut(key.sequence)
        button.setToolTip(f"{key.effect}  ({key.text})")
        return button

    def _lay_out(self) -> None:
        tools = QGridLayout()
        tools.setHorizontalSpacing(8)
        self._level_name = QLabel("Level")
        tools.addWidget(QLabel("Brush"), 0, 0)
        tools.addWidget(self.brush, 0, 1)
        tools.addWidget(self._level_name, 0, 2)
        tools.addWidget(self.level, 0, 3)
        tools.addWidget(self.colour, 0, 3, Qt.AlignmentFlag.AlignLeft)
        tools.setColumnStretch(1, 1)
        tools.setColumnStretch(3, 1)
        buttons = QHBoxLayout()
        for button in (self.eraser, self.undo, self.redo, self.clear):
            buttons.addWidget(button, 1)
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(8)
        pictures.setVerticalSpacing(3)
        tips = (
            ("encodedImage", "The image as it is encoded"),
            ("ownReconstruction", "Decoded from the mean of q(z|x)"),
            ("ownDifference", "Image less reconstruction, what the model could not express: grey is no difference"),
        )
        images = self.encoded, self.reconstruction, self.residual
        for place, (image, caption, (name, tip)) in enumerate(zip(images, self.captions, tips, strict=True)):
            image.setObjectName(name)
            image.setAccessibleName(caption.text().capitalize())
            image.setToolTip(tip)
            image.setFixedSize(THUMBNAIL, THUMBNAIL)
            caption.setProperty("muted", True)
            pictures.addWidget(image, 0, place, Qt.AlignmentFlag.AlignHCenter)
            pictures.addWidget(caption, 1, place, Qt.AlignmentFlag.AlignHCenter)
        at_mean = QHBoxLayout()
        for button in (self.go, self.to_path):
            at_mean.addWidget(button, 1)
        self.samples.button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(7)
        column.addWidget(self.canvas, 1)
        column.addLayout(tools)
        column.addLayout(buttons)
        column.addWidget(self.prepare)
        column.addLayout(pictures)
        column.addWidget(self.figures)
        column.addWidget(self.samples)
        column.addLayout(at_mean)
        self.figures.setFixedHeight(3 * self.fontMetrics().height() + 2)
        self.setFixedWidth(WIDTH)

    def begin(self, shape: ImageShape, ground: int, preparation: Preparation | None) -> None:
        """Begin anew with an empty image of this shape on this ground, prepared so if the person wants it."""
        self.prepare_as(preparation)
        in_colour, longer = shape[2] == 3, max(shape[:2])
        self.level.setVisible(not in_colour)
        self.colour.setVisible(in_colour)
        self._level_name.setText("Colour" if in_colour else "Level")
        self.brush.setRange(1, max(4, round(longer * BROADEST)))
        self.brush.setValue(max(1, round(longer * USUAL_BRUSH)))
        self._set_brush(self.brush.value())
        self.level.setValue(255 - ground)
        self._set_colour(QColor(255 - ground, 255 - ground, 255 - ground))
        self.canvas.begin(shape, ground)

    def prepare_as(self, preparation: Preparation | None) -> None:
        """Prepare drawings so from now on, if the person wants it."""
        self._preparation = preparation
        self.prepare.setVisible(preparation is not None)
        self.prepare.setText(f"Prepare: {preparation}")
        self.prepare.setToolTip("Prepare the drawing as the data was: the images of the run are all prepared so")

    def pixels(self) -> Bytes | None:
        """The image to encode, (H, W, C): prepared, if the person wants it; None: nothing is drawn."""
        if self.canvas.empty:
            return None
        drawn = self.canvas.pixels()
        return prepare(drawn, self._preparation) if self._preparation and self.prepare.isChecked() else drawn

    def show_own(self, own: OwnImage) -> None:
        """Show what the model makes of the image."""
        self.encoded.show_pixels(own.pixels)
        self.reconstruction.show_pixels(own.reconstruction, own.z_mean)
        self.residual.show_pixels(own.residual)
        self.say(_describe(own))
        if own.z_log_var is not None:
            self.samples.show_posterior(own.subject.decoder, own.z_mean, own.z_log_var)
        else:
            self.samples.clear()
        self._enable(True)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of figures."""
        self.figures.setText(sentence or "Draw, paste (Ctrl+V), or drop an image file on the map.")

    def forget(self, sentence: str = "") -> None:
        """Show that there is no answer, and why."""
        for image in (self.encoded, self.reconstruction, self.residual):
            image.clear()
        self.samples.clear()
        self._enable(False)
        self.say(sentence)

    def _enable(self, known: bool) -> None:
        for button in (self.go, self.to_path):
            button.setEnabled(known)

    def _changed(self) -> None:
        self.captions[0].setText("prepared" if self._preparation and self.prepare.isChecked() else "encoded")
        self.changed.emit()

    def _set_brush(self, size: int) -> None:
        self.canvas.brush = float(size)
        self.canvas.update()

    def _set_eraser(self, on: bool) -> None:
        self.canvas.erasing = on

    def _set_colour(self, colour: QColor) -> None:
        self.canvas.colour = colour
        swatch = QPixmap(28, 14)
        swatch.fill(colour)
        self.colour.setIcon(QIcon(swatch))
        self.eraser.setChecked(False)

    def _ask_colour(self) -> None:
        colour = QColorDialog.getColor(self.canvas.colour, self, "Colour of the brush")
        if colour.isValid():
            self._set_colour(colour)


def _describe(own: OwnImage) -> str:
    lines = [f"RMS reconstruction error {own.error:.3f}, pixels 0 to 1"]
    if math.isfinite(own.loss):
        lines.append(f"Reconstruction loss {own.loss:.1f} nats per image")
    lines.append(
        f"KL from the prior {own.kl:.2f} nats per image"
        if math.isfinite(own.kl)
        else "The encoder gives no finite variances: there is no KL."
    )
    return "\n".join(lines)
