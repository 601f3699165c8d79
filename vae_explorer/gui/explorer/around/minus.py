"""Choosing a direction "A minus B" between classes and groups of images, with a slider that leads along it."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vae_explorer.array_types import Floats, Indices
from vae_explorer.data.columns import Columns
from vae_explorer.errors import UserError
from vae_explorer.exploring.directions import difference_of_means
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.direction_slider import DirectionSlider
from vae_explorer.gui.parts.plain_text import shown
from vae_explorer.run.groups import Groups

Members = tuple[Literal["class", "group", "others"], int]  # images by the position of their class or group
OTHERS: Members = ("others", 0)  # all images that are not of A
NONE = "There are no classes or groups of images: select images on the map, and make groups of them (Ctrl+Shift+N)."
LETTERS = 8  # of a name for which a list has room at least


def members_of(columns: Columns, groups: Groups) -> dict[Members, str]:
    """What can be chosen, and its name."""
    classes = columns.class_names if columns.labels is not None and len(columns.labels) else ()
    found: dict[Members, str] = {("class", at): name for at, name in enumerate(classes)}
    return found | {("group", at): name for at, name in enumerate(groups.names)}


class MinusSection(QWidget):
    """Two lists, a button that swaps what is chosen in them, and the slider."""

    changed = Signal()  # another direction
    moved = Signal(object, int)  # the latent code (latent_dim,) to go to, and the number of the drag that does

    def __init__(self, code: Callable[[], Floats]) -> None:
        """code: returns the latent code at the handle (latent_dim,)."""
        super().__init__()
        self.setObjectName("minusSection")
        self._code = code
        self._subject: Subject | None = None
        self._groups: Groups | None = None
        self._stale = False  # whether another direction was chosen, and is not computed yet
        self.difference: Floats | None = None  # (latent_dim,); None: there is none, for the reason
        self.reason = NONE
        self.these, self.those = (
            self._list("minusThese", "A, to which the direction leads"),
            self._list("minusThose", "B, from which the direction leads"),
        )
        self.swap = QToolButton()
        self.swap.setText("⇄")
        self.swap.setObjectName("minusSwapButton")
        self.swap.setAccessibleName("Swap A and B")
        self.swap.setToolTip("The other way around, B minus A")
        self.swap.clicked.connect(self._swap)
        self.way = DirectionSlider("minus")
        self.way.moved.connect(self.moved)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.these, 1)
        row.addWidget(QLabel("−"))
        row.addWidget(self.those, 1)
        row.addWidget(self.swap)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(row)
        rows.addWidget(self.way)

    def _list(self, name: str, tip: str) -> QComboBox:
        found = QComboBox()
        found.setObjectName(name)
        found.setAccessibleName(tip)
        found.setToolTip(tip)
        found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        found.setMinimumContentsLength(LETTERS)
        found.currentIndexChanged.connect(self._choose)
        return found

    @property
    def name(self) -> str:
        """The name of the direction, such as "3 minus 5"."""
        return f"{self.these.currentText()} minus {self.those.currentText()}"

    def offer(self, subject: Subject, groups: Groups) -> None:
        """Offer the classes and groups of a subject's images, which it may share with the one before."""
        self._subject, self._groups = subject, groups
        members = members_of(subject.columns, groups)
        for place, each in enumerate((self.these, self.those)):
            offered = members | ({OTHERS: "all others"} if place and members else {})
            if offered != {each.itemData(at): each.itemText(at) for at in range(each.count())}:
                before = each.currentData()
                with QSignalBlocker(each):
                    each.clear()
                    for key, name in offered.items():
                        each.addItem(shown(name), key)
                    at = each.findData(before)
                    each.setCurrentIndex(at if at >= 0 else min(place, each.count() - 1))
        self._choose()

    def go(self, code: Floats) -> None:
        """The handle is at this latent code (latent_dim,)."""
        if self.way.fits(code):
            self.way.go(code)

    def _swap(self) -> None:
        these, those = self.these.currentData(), self.those.currentData()
        at, other = self.these.findData(those), self.those.findData(these)
        if at >= 0:  # "all others" cannot be A
            with QSignalBlocker(self.these):
                self.these.setCurrentIndex(at)
            with QSignalBlocker(self.those):
                self.those.setCurrentIndex(other)
            self._choose()

    def compute(self) -> None:
        """Compute the direction that is chosen, if it is not known yet."""
        subject, these, those = self._subject, self.these.currentData(), self.those.currentData()
        if not self._stale:
            return
        self._stale = False
        self.difference, self.reason = None, NONE
        if subject is not None and these is not None and those is not None:
            first = self._rows(these)
            second = self._rows(those) if those != OTHERS else np.setdiff1d(np.arange(len(subject.z_mean)), first)
            try:
                self.difference, self.reason = difference_of_means(subject.z_mean, first, second), ""
            except UserError as error:
                self.reason = str(error)
        if self.difference is not None:
            self.way.show_direction(self.difference, self._code())
        self.way.setEnabled(self.difference is not None)

    def _choose(self) -> None:
        self.swap.setEnabled(self.these.findData(self.those.currentData()) >= 0)
        self._stale = True
        self.changed.emit()

    def _rows(self, members: Members) -> Indices:
        assert self._subject is not None
        assert self._groups is not None
        kind, at = members
        return self._groups.rows(at) if kind == "group" else np.flatnonzero(self._subject.label == at)
