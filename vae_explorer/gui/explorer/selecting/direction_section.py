"""The section of the panel with which the handle is moved along the direction from one group to another."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats

STEPS = 100  # of the slider for the length of the direction
REACH = 2  # how many times this length the slider leads each way


class DirectionSection(QWidget):
    """Hidden until a direction is given. It leads from where the handle was then, or was put since by other means."""

    moved = Signal(object, int)  # the latent code (latent_dim,), and the number of the drag
    swap_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("directionSection")
        self._origin, self._direction = np.zeros(2, np.float32), np.zeros(2, np.float32)
        self._drags = 0
        self._moving = False  # whether the handle moves because the slider does
        self.title = QLabel()
        self.title.setObjectName("directionTitle")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.swap = QToolButton()
        self.swap.setText("Swap")
        self.swap.setObjectName("directionSwapButton")
        self.swap.setToolTip("The other way around, B minus A")
        self.swap.clicked.connect(self.swap_wanted)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setObjectName("directionCloseButton")
        self.close_button.setAccessibleName("Close the direction")
        self.close_button.clicked.connect(self.hide)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("directionSlider")
        self.slider.setAccessibleName("Way along the direction")
        self.slider.setRange(-REACH * STEPS, REACH * STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setTickInterval(STEPS)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.sliderPressed.connect(self._begin)
        self.slider.valueChanged.connect(self._move)
        self.note = QLabel()
        self.note.setObjectName("directionNote")
        self.note.setProperty("muted", True)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.swap)
        head.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.addLayout(head)
        rows.addWidget(self.slider)
        rows.addWidget(self.note)
        self.hide()

    def show_direction(self, title: str, direction: Floats, code: Floats) -> None:
        """Offer a direction (latent_dim,) from this latent code (latent_dim,)."""
        self._direction = direction
        self.title.setText(title)
        self.go(code)
        self.show()

    def go(self, code: Floats) -> None:
        """The handle was put at this latent code, from where the direction leads now."""
        if self._moving:
            return
        if len(code) != len(self._direction):
            self.hide()
            return
        self._origin = code.copy()
        with QSignalBlocker(self.slider):
            self.slider.setValue(0)
        self._say()

    def _begin(self) -> None:
        self._drags += 1

    def _move(self, value: int) -> None:
        if not self.slider.isSliderDown():
            self._begin()  # a key or a click is a step of its own
        self._say()
        self._moving = True
        try:
            self.moved.emit(self._origin + np.float32(value / STEPS) * self._direction, self._drags)
        finally:
            self._moving = False

    def _say(self) -> None:
        share, length = self.slider.value() / STEPS, float(np.linalg.norm(self._direction))
        self.note.setText(f"{share:+.2f} of its length, {length:.2f} in z")
