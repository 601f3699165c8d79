"""The panel of the selection, below the map: how many images are selected, and what can be done with them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vae_explorer.gui.explorer.selecting.selection import NONE, Selection

SIDE_WIDTH = 250  # pixels of the column beside the gallery


class SelectionPanel(QWidget):
    """A column of sections at the left, added with `add_section`, and room for the gallery at the right."""

    closed = Signal()

    def __init__(self, selection: Selection) -> None:
        super().__init__()
        self.setObjectName("selectionPanel")
        self.setAccessibleName("Selection")
        self._selection = selection
        self.count = QLabel()
        self.count.setObjectName("selectionCount")
        self.count.setWordWrap(True)
        self.clear = QToolButton()
        self.clear.setObjectName("clearSelectionButton")
        self.clear.setText("Clear")
        self.clear.setToolTip("Select nothing  (Esc)")
        self.clear.clicked.connect(lambda: selection.select(NONE))
        self._side, side = QVBoxLayout(), QWidget()
        side.setLayout(self._side)
        side.setFixedWidth(SIDE_WIDTH)
        self._side.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(self.clear)
        self._side.addLayout(head)
        self._side.addStretch()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 6, 0, 0)
        self._row.addWidget(side)
        selection.changed.connect(self._show)
        self._show()

    def add_section(self, widget: QWidget) -> None:
        """Add a section below the others of the column."""
        self._side.insertWidget(self._side.count() - 1, widget)

    def add_gallery(self, widget: QWidget) -> None:
        """Put the gallery beside the column."""
        self._row.addWidget(widget, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        subject, count = self._selection.subject, len(self._selection.rows)
        total = 0 if subject is None else len(subject.z_mean)
        self.count.setText(f"{count:,} of {total:,} selected" if count else "No image is selected.")
        self.clear.setEnabled(count > 0)
