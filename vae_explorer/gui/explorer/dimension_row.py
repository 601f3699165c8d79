"""One dimension of z: what it carries, a slider for where it is, and what is decoded along it."""

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

FINENESS = 100  # steps of a slider in one standard deviation of the prior
HANDLE = 12  # pixels of a slider's handle across
GREYED = 0.45  # opacity of what has collapsed


class DimensionRow(QWidget):
    """`moved` and `jumped` tell the value that the person gave it: by steps that belong together, or at once."""

    moved = Signal(float)
    jumped = Signal(float)

    def __init__(self, dimension: int, image_shape: ImageShape, strip_width: int) -> None:
        """dimension: counted from 0."""
        super().__init__()
        self.dimension = dimension
        self.places = np.zeros(STEPS, np.float32)
        name = f"z{dimension + 1}"
        self.title = QLabel(name)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.kl = QLabel()
        self.kl.setProperty("muted", True)
        self.kl.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.spin = QDoubleSpinBox()
        self.spin.setObjectName(f"heldSpin{dimension + 1}")
        self.spin.setAccessibleName(f"Value of {name}")
        self.spin.setRange(-1000, 1000)
        self.spin.setSingleStep(0.05)
        self.spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.spin.setFixedWidth(58)
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
            field.setToolTip(f"Where {name} is, in standard deviations of the prior")
        self.spin.valueChanged.connect(self.moved)
        self.slider.valueChanged.connect(lambda value: self.moved.emit(value / FINENESS))
        self.strip.chosen.connect(lambda place: self.jumped.emit(float(self.places[place])))
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.kl, 1)
        head.addWidget(self.spin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        beside = max(0, (strip_width // STEPS - HANDLE) // 2)  # its handle stands above the image of its value
        track = QHBoxLayout()
        track.setContentsMargins(beside, 0, beside, 0)
        track.addWidget(self.slider)
        layout.addLayout(track)
        layout.addWidget(self.strip)

    def describe(self, kl: float, active: bool, reach: float) -> None:
        """What the dimension carries, NaN: unknown; `reach`: how far the slider goes from 0."""
        known = "" if math.isnan(kl) else f"KL {kl:.2f} nats"
        said = known if active else "collapsed"
        self.kl.setText(said)
        carried = f"{known} an image on average" if known else "How much it carries is not known"
        self.kl.setToolTip(carried if active else f"{carried}: it has collapsed, and tells nothing of the images")
        self.slider.setAccessibleDescription(f"{known}{'' if active else ', collapsed'}")
        self.places = np.linspace(-reach, reach, STEPS, dtype=np.float32)
        self.strip.setToolTip(
            f"Decoded with z{self.dimension + 1} from −{reach:g} to {reach:g}, the rest as it is; a click goes there"
        )
        with QSignalBlocker(self.slider):
            self.slider.setRange(round(-reach * FINENESS), round(reach * FINENESS))
        if active != (self.graphicsEffect() is None):
            self._grey(not active)

    def show_value(self, value: float) -> None:
        """Without telling `moved`."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            self.spin.setValue(value)
            self.slider.setValue(round(value * FINENESS))

    def show_axis(self, mark: str) -> None:
        """mark: how the dimension lies on the map, "" for one that the map leaves out."""
        self.title.setText(f"z{self.dimension + 1} {mark}".rstrip())

    def _grey(self, on: bool) -> None:
        if not on:
            self.setGraphicsEffect(None)  # type: ignore[arg-type]
            return
        effect = QGraphicsOpacityEffect(self)
        effect.setOpacity(GREYED)
        self.setGraphicsEffect(effect)
