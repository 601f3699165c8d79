"""The room below the map, which one panel at a time takes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QSplitter, QWidget


class Shelf(QObject):
    """Closes the panel that is open when another one is opened."""

    def __init__(self, split: QSplitter) -> None:
        super().__init__(split)
        self._split = split
        self._closing: dict[QWidget, Callable[[], object]] = {}

    def add(self, panel: QWidget, close: Callable[[], object]) -> None:
        """Add a panel, which is hidden at first. close: hides it, with all that belongs to it."""
        panel.hide()
        panel.installEventFilter(self)
        self._split.addWidget(panel)
        self._closing[panel] = close

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShowToParent:
            for panel, close in self._closing.items():
                if panel is not watched and not panel.isHidden():
                    close()
        return False
