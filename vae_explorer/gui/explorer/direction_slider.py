"""A slider that leads the handle along a direction in latent space."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats

STEPS = 100  # of the slider for the length of the direction
REACH = 2  # how many times this length the slider leads each way


class DirectionSlider(QWidget):
    """It leads from where the handle was when the direction was given, or was put since by other means."""

    moved = Signal(object, int)  # the latent code (latent_dim,), and the number of the drag

    def __init__(self, name: str) -> None:
        """name: its objectName begins so, and those of its parts."""
        super().__init__()
        self.setObjectName(f"{name}Way")
        self._origin, self._direction = np.zeros(2, np.float32), np.zeros(2, np.float32)
        self._drags = 0
        self._moving = False  # whether the handle moves because the slider does
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}Slider")
        self.slider.setAccessibleName("Way along the direction")
        self.slider.setRange(-REACH * STEPS, REACH * STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setTickInterval(STEPS)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.sliderPressed.connect(self._begin)
        self.slider.valueChanged.connect(self._move)
        self.note = QLabel()
        self.note.setObjectName(f"{name}Note")
        self.note.setProperty("muted", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.slider)
        rows.addWidget(self.note)

    def show_direction(self, direction: Floats, code: Floats) -> None:
        """Lead along a direction (latent_dim,) from this latent code (latent_dim,)."""
        self._direction = direction
        self.go(code)

    def fits(self, code: Floats) -> bool:
        """Whether the direction has as many dimensions as a latent code (latent_dim,)."""
        return len(code) == len(self._direction)

    def go(self, code: Floats) -> None:
        """The handle was put at this latent code, from where the direction leads now."""
        if self._moving:
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
        self.note.setText(f"{share:+.2f} of its length, {length:.2f} in z".replace("-", "−"))
