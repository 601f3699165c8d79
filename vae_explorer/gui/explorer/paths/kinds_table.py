"""The kinds of paths with the length of each in z and in images, of which the person chooses one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QWidget

from vae_explorer.exploring.paths import KINDS, Kind, Path

TITLES: dict[Kind, str] = {
    "straight": "Straight",
    "spherical": "Spherical",
    "data": "Along the data",
    "geodesic": "Geodesic",
    "supported": "Geodesic near data",
}
SENTENCES: dict[Kind, str] = {
    "straight": "The line between two anchors.",
    "spherical": "At equal angles around z = 0, so that it keeps the distance that the codes of the prior have from it "
    "in many dimensions (Shoemake 1985).",
    "data": "From neighbour to neighbour over the codes of the data, in many small steps (Tenenbaum et al. 2000).",
    "geodesic": "The way on which the decoded image changes least: a geodesic of the pull-back metric (Shao et al. "
    "2018).",
    "supported": "A geodesic for which a step is up to 11 times as long where there are no codes of the data "
    "(Arvanitidis et al. 2021).",
}
IN_Z = "Length in z, in standard deviations of the prior"
IN_IMAGES = "By how much the image changes on the way in all: Euclidean, pixels 0 to 1"


class KindsTable(QWidget):
    """A row for each kind."""

    chosen = Signal(object)  # Kind

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pathKinds")
        self.setAccessibleName("Kinds of paths")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for column, (text, tip) in enumerate((("in z", IN_Z), ("in images", IN_IMAGES)), start=1):
            label = QLabel(text)
            label.setProperty("muted", True)
            label.setToolTip(f"<p>{tip}</p>")
            grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignRight)
        length = QLabel("Length")
        length.setProperty("muted", True)
        grid.addWidget(length, 0, 0)
        self.buttons: dict[Kind, QRadioButton] = {}
        self.lengths: dict[Kind, tuple[QLabel, QLabel]] = {}
        self._group = QButtonGroup(self)
        for row, kind in enumerate(KINDS, start=1):
            button = QRadioButton(TITLES[kind])
            button.setObjectName(f"pathKind{kind.capitalize()}")
            button.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            self._group.addButton(button)
            labels = QLabel(), QLabel()
            grid.addWidget(button, row, 0)
            for column, label in enumerate(labels, start=1):
                label.setMinimumWidth(label.fontMetrics().horizontalAdvance("000.0"))
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(label, row, column)
            self.buttons[kind], self.lengths[kind] = button, labels

    def choose(self, kind: Kind) -> None:
        self.buttons[kind].setChecked(True)

    def offer(self, reasons: dict[Kind, str]) -> None:
        """Disable the kinds for which there is a reason, one sentence; "" enables."""
        for kind, button in self.buttons.items():
            reason = reasons.get(kind, "")
            button.setEnabled(not reason)
            button.setToolTip(f"<p>{reason or SENTENCES[kind]}</p>")

    def show_path(self, kind: Kind, path: Path | None) -> None:
        """Show the lengths of the path of this kind; None: it was not found."""
        texts = ("", "") if path is None else (f"{path.in_z[-1]:.2f}", f"{path.in_image[-1]:.2f}")
        for label, text in zip(self.lengths[kind], texts, strict=True):
            if label.text() != text:
                label.setText(text)
