"""The line below the map: what the points are coloured by, which of them are shown, and the figures of decoding."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from vae_explorer.data.dataset import SPLITS
from vae_explorer.gui.explorer.colour_chooser import ColourChooser
from vae_explorer.gui.parts.elided_label import ElidedLabel

SPACING = 10  # pixels between two choices


class ExplorerFoot(QWidget):
    """Holds the choices; the tab carries them out."""

    split_wanted = Signal(object)  # the split that the person wants shown, None: all
    live_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.colours = ColourChooser()
        self.splits = QComboBox()
        self.splits.setObjectName("splitsCombo")
        self.splits.setAccessibleName("Splits shown")
        self.splits.addItem("all splits", None)
        for position, split in enumerate(SPLITS):
            self.splits.addItem(f"{split} only", position)
        self.splits.setToolTip("Which images' codes are drawn: those trained on, validated on, or held out")
        self.splits.currentIndexChanged.connect(lambda _: self.split_wanted.emit(self.splits.currentData()))
        self.live = QCheckBox("Live")
        self.live.setObjectName("liveCheck")
        self.live.setToolTip("Explore the model in training; off: the open run")
        self.live.setEnabled(False)
        self.live.toggled.connect(self.live_wanted)
        self.dimensions_check = QCheckBox("Dimensions")
        self.dimensions_check.setObjectName("dimensionsCheck")
        self.dimensions_check.setToolTip("Which plane the map shows, and where each dimension of z is")
        self.dimensions_check.setChecked(True)
        self.dimensions_check.hide()
        self.figures = ElidedLabel()
        self.figures.setObjectName("explorerFigures")
        self.figures.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.figures.setProperty("muted", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for choice in (self.colours, self.splits, self.live):
            row.addWidget(choice)
            row.addSpacing(SPACING)
        row.addWidget(self.dimensions_check)
        row.addWidget(self.figures, 1)

    def show_split(self, split: int | None) -> None:
        with QSignalBlocker(self.splits):
            self.splits.setCurrentIndex(0 if split is None else split + 1)

    def set_live(self, available: bool, on: bool) -> None:
        """Offer the Live switch while there is a model in training."""
        with QSignalBlocker(self.live):
            self.live.setEnabled(available)
            self.live.setChecked(available and on)
