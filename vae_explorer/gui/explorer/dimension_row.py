"""One dimension of z: its KL, a slider for its value, and images decoded along it."""

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.array_types import ImageShape
from vae_explorer.gui.explorer.traversal_strip import STEPS, TraversalStrip
from vae_explorer.gui.parts.number_spin import NumberSpin
from vae_explorer.gui.parts.text_size import scaled

FINENESS = 100  # steps of a slider per standard deviation of the prior
HANDLE = 12  # pixels, width of a slider's handle
GREYED = 0.45  # opacity of a collapsed dimension


class DimensionRow(QWidget):
    """Shows and changes the value of one dimension."""

    moved = Signal(float)  # new value, one of a series that is undone together
    jumped = Signal(float)  # new value, undone alone

    def __init__(self, dimension: int, image_shape: ImageShape, strip_width: int) -> None:
        """dimension: counted from 0. strip_width: in pixels."""
        super().__init__()
        self.dimension = dimension
        self.values = np.zeros(STEPS, np.float32)  # of the images in the strip
        name = f"z{dimension + 1}"
        self.title = QLabel(name)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.kl = QLabel()
        self.kl.setProperty("muted", True)
        self.kl.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.spin = NumberSpin()
        self.spin.setObjectName(f"heldSpin{dimension + 1}")
        self.spin.setAccessibleName(f"Value of {name}")
        self.spin.setRange(-1000, 1000)
        self.spin.setSingleStep(0.05)
        self.spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.spin.setFixedWidth(scaled(58))
        self.spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.spin.setKeyboardTracking(False)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"heldSlider{dimension + 1}")
        self.slider.setAccessibleName(name)
        self.slider.setSingleStep(FINENESS // 20)
        self.slider.setPageStep(FINENESS // 2)
        self.strip = TraversalStrip(image_shape)
        self.strip.setObjectName(f"traversal{dimension + 1}")
        self.strip.setAccessibleName(f"Images along {name}")
        self.strip.setFixedSize(strip_width, self.strip.heightForWidth(strip_width))
        for field in (self.spin, self.slider):
            field.setToolTip(f"Value of {name}, in standard deviations of the prior")
        self.spin.valueChanged.connect(self.moved)
        self.slider.valueChanged.connect(lambda value: self.moved.emit(value / FINENESS))
        self.strip.chosen.connect(lambda index: self.jumped.emit(float(self.values[index])))
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.kl, 1)
        head.addWidget(self.spin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        beside = max(0, (strip_width // STEPS - HANDLE) // 2)  # so that the handle is above the image of its value
        track = QHBoxLayout()
        track.setContentsMargins(beside, 0, beside, 0)
        track.addWidget(self.slider)
        layout.addLayout(track)
        layout.addWidget(self.strip)

    def describe(self, kl: float, information: float, active: bool, reach: float) -> None:
        """kl, information: nats per image, NaN: unknown. active: whether it has not collapsed. reach: of the slider."""
        known = "" if math.isnan(kl) else f"KL {kl:.2f} nats"
        said = known if active else "collapsed"
        self.kl.setText(said)
        tells = f"{known} per image on average, of which {information:.2f} tell one image from another"
        carried = tells if known else "The KL of this dimension is not known"
        self.kl.setToolTip(carried if active else f"{carried}. The dimension has collapsed: it carries no information.")
        self.slider.setAccessibleDescription(f"{known}{'' if active else ', collapsed'}")
        self.values = np.linspace(-reach, reach, STEPS, dtype=np.float32)
        self.strip.setToolTip(
            f"Decoded with z{self.dimension + 1} from −{reach:g} to {reach:g}, the other dimensions unchanged; "
            "click an image to go there"
        )
        with QSignalBlocker(self.slider):
            self.slider.setRange(round(-reach * FINENESS), round(reach * FINENESS))
        if active != (self.graphicsEffect() is None):
            self._grey(not active)

    def show_value(self, value: float) -> None:
        """Show this value without emitting `moved`."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            self.spin.setValue(value)
            self.slider.setValue(round(value * FINENESS))

    def show_axis(self, mark: str) -> None:
        """mark: "↔" or "↕", the direction of the dimension on the map; "" if it is not an axis of the map."""
        self.title.setText(f"z{self.dimension + 1} {mark}".rstrip())

    def _grey(self, on: bool) -> None:
        if not on:
            self.setGraphicsEffect(None)  # type: ignore[arg-type]
            return
        effect = QGraphicsOpacityEffect(self)
        effect.setOpacity(GREYED)
        self.setGraphicsEffect(effect)
