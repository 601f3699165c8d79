"""Brightness, contrast, colours and channels of the images beside the map."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
)

from vae_explorer.gui.parts.decoded_image import DecodedImage
from vae_explorer.gui.parts.image_look import CHANNELS, COLOURS, PLAIN, ImageLook

MARGIN = 6  # pixels from the button to the corner of the image
NOTE = "Only the images beside the map are shown so. What is copied, saved, exported and measured stays as it is."


class Shown(Protocol):
    """Something that shows images."""

    def set_look(self, look: ImageLook) -> None: ...


class ImageDisplay(QObject):
    """A button in the corner of the decoded image opens a card, whose settings hold for all images beside the map.

    The button is seen while the pointer is on the image; an entry of the menu View opens the card, too.
    """

    def __init__(self, image: DecodedImage, shown: Sequence[Shown]) -> None:
        """image: the one with the button; shown: everything that follows the settings."""
        super().__init__(image)
        self._image, self._shown = image, shown
        self.look = PLAIN
        self.card: DisplayCard | None = None
        self.button = QToolButton(image)
        self.button.setObjectName("imageDisplayButton")
        self.button.setText("◐")
        self.button.setAccessibleName("Image display")
        self.button.setToolTip("Brightness, contrast and colours of the images shown here")
        self.button.setProperty("over_map", True)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.clicked.connect(self.open)
        self.button.hide()
        image.installEventFilter(self)

    def open(self) -> None:
        """Open the card beside the image."""
        if self.card is None:
            self.card = DisplayCard(self)
        pixels = self._image.pixels()
        self.card.offer(self.look, in_colour=pixels is not None and pixels.shape[2] == 3)
        self.card.adjustSize()
        corner = self._image.mapToGlobal(QPoint(-self.card.width() - MARGIN, 0))  # beside the image, which it changes
        self.card.move(corner)
        self.card.show()

    def change(self, look: ImageLook) -> None:
        """Show the images so."""
        self.look = look
        for shown in self._shown:
            shown.set_look(look)
        self._show_button()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.button.move(self._image.width() - self.button.sizeHint().width() - MARGIN, MARGIN)
        elif event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._show_button(event.type() == QEvent.Type.Enter)
        return False

    def _show_button(self, pointed: bool = False) -> None:
        """Show the button while the pointer is on the image, or while the image is not shown as it is."""
        self.button.setVisible(pointed or self.look != PLAIN or self._image.underMouse())


class DisplayCard(QFrame):
    """The settings of an ImageDisplay. A click elsewhere closes it."""

    def __init__(self, display: ImageDisplay) -> None:
        super().__init__(display.button.window(), Qt.WindowType.Popup)
        self.setObjectName("imageDisplayCard")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._display = display
        self.automatic = QCheckBox("Automatic, for each image")
        self.automatic.setObjectName("imageAutomaticCheck")
        self.automatic.setToolTip("Stretch each image from its darkest to its brightest pixel")
        self.low, self.high = self._slider("Black level", 0, 254), self._slider("White level", 1, 255)
        self.colours, self.channel = self._combo("Colours", COLOURS), self._combo("Channel", ("all", *CHANNELS))
        note = QLabel(NOTE)
        note.setWordWrap(True)
        note.setProperty("muted", True)
        reset = QPushButton("Reset")
        reset.setObjectName("imageResetButton")
        reset.clicked.connect(self._reset)
        self._form = form = QFormLayout(self)
        form.addRow("&Range", self.automatic)
        self._values = {slider: QLabel() for slider in (self.low, self.high)}
        for text, slider in (("&Black", self.low), ("&White", self.high)):
            row = QHBoxLayout()
            row.addWidget(slider, 1)
            row.addWidget(self._values[slider])
            self._values[slider].setMinimumWidth(self.fontMetrics().horizontalAdvance("000"))
            self._values[slider].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            title = QLabel(text)
            title.setBuddy(slider)
            form.addRow(title, row)
        form.addRow("&Colours", self.colours)
        form.addRow("C&hannel", self.channel)
        form.addRow(note)
        form.addRow("", reset)
        self.setFixedWidth(300)
        self.automatic.toggled.connect(self._take)

    def offer(self, look: ImageLook, in_colour: bool) -> None:
        """Show a look. in_colour: whether the images have three channels."""
        fields = (self.automatic, self.low, self.high, self.colours, self.channel)
        blocked = [QSignalBlocker(field) for field in fields]
        self.automatic.setChecked(look.automatic)
        self.low.setValue(look.low)
        self.high.setValue(look.high)
        self.colours.setCurrentIndex(COLOURS.index(look.colours))
        self.channel.setCurrentIndex(0 if look.channel is None else 1 + look.channel)
        del blocked
        self._in_colour = in_colour
        self._form.setRowVisible(self.channel, in_colour)
        self._enable()

    def _slider(self, name: str, low: int, high: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(name)
        slider.setRange(low, high)
        slider.valueChanged.connect(self._take)
        return slider

    def _combo(self, name: str, texts: Sequence[str]) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(f"image{name}Combo")
        combo.setAccessibleName(name)
        combo.addItems(list(texts))
        combo.currentIndexChanged.connect(self._take)
        return combo

    def _take(self) -> None:
        low, high = self.low.value(), self.high.value()
        if low >= high:  # the one that was moved pushes the other
            pushed, value = (self.high, low + 1) if self.sender() is self.low else (self.low, high - 1)
            with QSignalBlocker(pushed):
                pushed.setValue(value)
        channel = self.channel.currentIndex() - 1
        self._enable()
        self._display.change(
            ImageLook(
                self.low.value(),
                self.high.value(),
                self.automatic.isChecked(),
                COLOURS[self.colours.currentIndex()],
                None if channel < 0 else channel,
            )
        )

    def _enable(self) -> None:
        """Enable what has an effect."""
        for slider, value in self._values.items():
            slider.setEnabled(not self.automatic.isChecked())
            value.setEnabled(not self.automatic.isChecked())
            value.setText(str(slider.value()))
        self.colours.setEnabled(not self._in_colour or self.channel.currentIndex() > 0)

    def _reset(self) -> None:
        self.offer(PLAIN, self._in_colour)
        self._take()
