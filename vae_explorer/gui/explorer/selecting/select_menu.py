"""The menu Select: all, a class, or the images that a measure says, each among those that are shown."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from vae_explorer.array_types import Flags, Indices
from vae_explorer.data.names import printable
from vae_explorer.exploring.subject import Subject
from vae_explorer.exploring.ways import WAYS

MOST_CLASSES = 200  # in a menu


class SelectMenu(QMenu):
    """What cannot be selected is disabled, and its tooltip says why."""

    all_wanted = Signal()
    inverse_wanted = Signal()
    rows_wanted = Signal(object)  # rows (M,) to select
    way_wanted = Signal(object)  # Way

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("selectMenu")
        self.setToolTipsVisible(True)
        self.addAction("All shown\tCtrl+A").triggered.connect(self.all_wanted)
        self.addAction("Invert\tI").triggered.connect(self.inverse_wanted)
        self.classes = QMenu("Of a class", self)
        self.classes.setObjectName("selectClassMenu")
        self.addMenu(self.classes)
        self.addSeparator()
        self.ways: list[QAction] = []
        for way in WAYS:
            action = self.addAction(way.text)
            action.triggered.connect(lambda _=False, way=way: self.way_wanted.emit(way))
            self.ways.append(action)

    def show_subject(self, subject: Subject | None, shown: Flags) -> None:
        """Offer what can be selected of this subject. shown: (N,), whether each image is shown."""
        for way, action in zip(WAYS, self.ways, strict=True):
            reason = "No run is open yet." if subject is None else way.missing(subject)
            if not reason and not shown.any():
                reason = "The filters of the map hide all images."
            action.setEnabled(not reason)
            action.setToolTip(reason or f"{way.sentence}.")
        reason = _no_classes(subject)
        entry = self.classes.menuAction()
        entry.setEnabled(not reason)
        entry.setToolTip(reason)
        self.classes.clear()
        if subject is not None and not reason:
            self._list_classes(subject, shown)

    def _list_classes(self, subject: Subject, shown: Flags) -> None:
        for label, name in enumerate(subject.columns.class_names):
            rows = np.flatnonzero((subject.label == label) & shown)
            action = self.classes.addAction(f"{printable(name).replace('&', '&&')}\t{len(rows):,}")
            action.setEnabled(len(rows) > 0)
            action.triggered.connect(lambda _=False, rows=rows: self._want(rows))

    def _want(self, rows: Indices) -> None:
        self.rows_wanted.emit(rows)


def _no_classes(subject: Subject | None) -> str:
    """Why no class can be selected, one sentence; "": one can."""
    if subject is None:
        return "No run is open yet."
    if subject.columns.labels is None or not subject.columns.class_names:
        return "The images have no classes."
    if len(subject.columns.class_names) > MOST_CLASSES:
        return "There are too many classes for a menu: type the name of one beside it."
    return ""
