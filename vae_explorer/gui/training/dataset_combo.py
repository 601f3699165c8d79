"""The data set that the next training learns from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from vae_explorer.gui.parts.chosen_set import MNIST, ChosenSet
from vae_explorer.gui.parts.plain_text import safe_tip

OPEN = "open…"
CHOSEN = Qt.ItemDataRole.UserRole + 1


class DatasetCombo(QComboBox):
    """Lists the built-in set, the sets that were opened, and an entry to open others, which emits `open_wanted`."""

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetCombo")
        self._current = 0
        self.addItem("Open images…", OPEN)
        self.choose(MNIST)
        self.activated.connect(self._activated)

    def chosen(self) -> ChosenSet:
        """The set that is selected."""
        return self.itemData(self._current, CHOSEN)

    def choose(self, chosen: ChosenSet) -> None:
        """Select a set, adding it to the list if needed. A set already listed takes the options of `chosen`."""
        index = self.findData(chosen.source)
        if index < 0:
            index = self.count() - 1
            self.insertItem(index, "")
            self.setItemData(index, chosen.source)
        self.setItemText(index, chosen.title)
        self.setItemData(index, chosen, CHOSEN)
        self.setItemData(index, safe_tip(chosen.source), Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(index)
        self._current = index

    def _activated(self) -> None:
        if self.currentData() == OPEN:
            self.setCurrentIndex(self._current)
            self.open_wanted.emit()
        else:
            self._current = self.currentIndex()
