"""One row of the panel of layers: switch, choice and opacity of a layer, its key, and why it cannot be shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSlider, QWidget

from vae_explorer.gui.explorer.history import Run
from vae_explorer.gui.explorer.layers.layer import MapLayer

SLIDER = 76  # pixels, width of the slider
INDENT = 22  # pixels by which the second line begins farther right than the first
TEXT_WIDTH = 240  # pixels


class LayerRow(QWidget):
    """Shows the state of a layer; other objects apply what the person wants."""

    wanted = Signal(object, object)  # LayerState, and the Run of changes that are undone together or None

    def __init__(self, layer: MapLayer) -> None:
        super().__init__()
        self._layer = layer
        self.check = QCheckBox(layer.title)
        self.check.setObjectName(f"{layer.name}LayerCheck")
        self.choice = QComboBox()
        self.choice.setObjectName(f"{layer.name}LayerChoice")
        self.choice.setAccessibleName(f"{layer.title}: choice")
        self.choice.addItems(layer.choices)
        self.choice.setVisible(bool(layer.choices))
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName(f"{layer.name}LayerOpacity")
        self.opacity.setAccessibleName(f"Opacity of {layer.title}")
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.setFixedWidth(SLIDER)
        self._reason = QLabel()
        self._reason.setTextFormat(Qt.TextFormat.PlainText)
        self._reason.setProperty("muted", True)
        self._reason.setWordWrap(True)
        self._reason.setFixedWidth(TEXT_WIDTH)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.setColumnMinimumWidth(0, INDENT)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.check, 0, 0, 1, 2)
        layout.addWidget(self.choice, 0, 2)
        layout.addWidget(self.opacity, 0, 3)
        layout.addWidget(self._reason, 1, 1, 1, 3)
        if layer.key is not None:
            layout.addWidget(layer.key, 2, 1, 1, 3)
        self.check.toggled.connect(lambda on: self.wanted.emit(replace(layer.state, on=on), None))
        self.choice.textActivated.connect(lambda text: self.wanted.emit(replace(layer.state, choice=text), None))
        self.opacity.valueChanged.connect(
            lambda percent: self.wanted.emit(replace(layer.state, opacity=percent / 100), Run(("opacity", layer.name)))
        )
        layer.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the present state of the layer."""
        layer = self._layer
        can, percent = not layer.reason, round(layer.opacity * 100)
        with self._silent():
            self.check.setChecked(layer.on)
            self.choice.setCurrentText(layer.choice)
            self.opacity.setValue(percent)
        self.check.setEnabled(can)
        self.choice.setEnabled(layer.active)
        self.opacity.setEnabled(layer.active)
        self.opacity.setToolTip(f"Opacity: {percent} %")
        said = " ".join(filter(None, (layer.sentence, layer.reason)))
        for widget in (self, self.check):
            widget.setToolTip(f"<p>{said}</p>")  # as rich text, so that the tool tip has several lines
            widget.setWhatsThis(said)
        self._reason.setText(layer.reason)
        self._reason.setFixedHeight(max(0, self._reason.heightForWidth(TEXT_WIDTH)))  # a layout cuts off a second line
        self._reason.setVisible(not can)
        if layer.key is not None:
            layer.key.setVisible(layer.active)

    @contextmanager
    def _silent(self) -> Iterator[None]:
        with QSignalBlocker(self.check), QSignalBlocker(self.choice), QSignalBlocker(self.opacity):
            yield
