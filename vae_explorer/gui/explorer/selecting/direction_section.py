"""The section of the panel with which the handle is moved along the direction from one group to another."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.gui.explorer.direction_slider import DirectionSlider


class DirectionSection(QWidget):
    """Hidden until a direction is given."""

    swap_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("directionSection")
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
        self.way = DirectionSlider("direction")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.swap)
        head.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.addLayout(head)
        rows.addWidget(self.way)
        self.hide()

    def show_direction(self, title: str, direction: Floats, code: Floats) -> None:
        """Offer a direction (latent_dim,) from this latent code (latent_dim,)."""
        self.title.setText(title)
        self.way.show_direction(direction, code)
        self.show()

    def go(self, code: Floats) -> None:
        """The handle was put at this latent code, from where the direction leads now."""
        if self.way.fits(code):
            self.way.go(code)
        else:
            self.hide()
