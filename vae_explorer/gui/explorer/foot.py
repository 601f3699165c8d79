"""The line below the map: the colouring and the split of the points, switches, and the time that decoding takes."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from vae_explorer.data.dataset import SPLITS
from vae_explorer.gui.explorer.colour_chooser import ColourChooser
from vae_explorer.gui.parts.elided_label import ElidedLabel

SPACING = 10  # pixels between two controls


class ExplorerFoot(QWidget):
    """Holds the controls; other objects apply the choices."""

    split_wanted = Signal(object)  # index of the split to show; None: all
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
        self.splits.setToolTip("Which points are shown: the training, validation or held-out images, or all")
        self.splits.currentIndexChanged.connect(lambda _: self.split_wanted.emit(self.splits.currentData()))
        self.live = QCheckBox("Live")
        self.live.setObjectName("liveCheck")
        self.live.setToolTip("On: explore the model in training. Off: explore the open run.")
        self.live.setEnabled(False)
        self.live.toggled.connect(self.live_wanted)
        self.dimensions_check = QCheckBox("Dimensions")
        self.dimensions_check.setObjectName("dimensionsCheck")
        self.dimensions_check.setToolTip("Show the panel for the plane of the map and the value of each dimension of z")
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
        """available: enable the Live switch, since there is a model in training. on: check it."""
        with QSignalBlocker(self.live):
            self.live.setEnabled(available)
            self.live.setChecked(available and on)
