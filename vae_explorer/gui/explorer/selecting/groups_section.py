"""The section of the panel with the groups of the run: names, colours and counts, and what can be done with them."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.data.names import printable
from vae_explorer.gui.explorer.selecting.grouping import Grouping
from vae_explorer.gui.explorer.selecting.selection import Selection
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.latent.palette import class_colours, with_chosen
from vae_explorer.run.groups import Groups

SWATCH = 12  # pixels
ROWS = 3, 8  # least and most groups that are seen without scrolling


class GroupsSection(QWidget):
    """The images of the groups that are chosen in the list are selected; F2 or a double click renames a group."""

    made = Signal()  # the first group of the run was made
    direction_wanted = Signal(int, int)  # the positions of two groups, the first minus the second

    def __init__(self, selection: Selection, grouping: Grouping) -> None:
        super().__init__()
        self.setObjectName("groupsSection")
        self._selection, self._grouping = selection, grouping
        self._dark = False
        self.list = QTreeWidget()
        self.list.setObjectName("groupsList")
        self.list.setAccessibleName("Groups")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setIconSize(QSize(SWATCH, SWATCH))
        self.list.setRootIsDecorated(False)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, self.list.header().ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, self.list.header().ResizeMode.ResizeToContents)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setToolTip("Click: select the images of a group. Double click or F2: rename it.")
        self.list.itemSelectionChanged.connect(self._select)
        self.list.itemChanged.connect(self._rename)
        self.note = QLabel()
        self.note.setObjectName("groupsNote")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.new = self._button("New group", "Make a group of the selected images  (Ctrl+Shift+N)", self.make)
        self.add = self._button("Add", "Put the selected images into the chosen group", self._add)
        self.take = self._button("Take out", "Take the selected images out of their groups", self._take_out)
        self.colour = self._button("Colour", "The colour of the chosen groups on the map and in pictures", None)
        self._colours = QMenu(self)
        self._colours.addAction("&Choose…", self._choose_colour)
        self.usual = self._colours.addAction("The &usual one", lambda: self._paint(""))
        self.colour.setMenu(self._colours)
        self.colour.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.merge = self._button("Merge", "Merge the chosen groups into the first of them", self._merge)
        self.delete = self._button("Delete", "Delete the chosen groups; their images stay  (Del)", self._delete)
        self.minus = self._button("A − B", "Move the handle from one chosen group to another", self._direct)
        title = QLabel("Groups")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(4)
        for widgets in ((title, self.new), (self.add, self.take, self.colour), (self.merge, self.delete, self.minus)):
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget)
            rows.addLayout(row)
        rows.insertWidget(1, self.list)
        rows.insertWidget(2, self.note)
        selection.changed.connect(self._enable)
        grouping.changed.connect(self._show)
        self._show()

    def _button(self, text: str, tip: str, do: Callable[[], object] | None) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setObjectName(f"group{text.title().replace(' ', '').replace('−', 'Minus')}Button")
        button.setToolTip(tip)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if do is not None:
            button.clicked.connect(do)
        return button

    def set_dark(self, dark: bool) -> None:
        """Show the colours that the map has on a dark or a light ground."""
        self._dark = dark
        self._show()

    def make(self) -> None:
        """Make a group of the selected images, and let the person type its name."""
        rows, names = self._selection.rows, self._grouping.groups.names
        if not len(rows) or self._grouping.reason:
            return
        number = next(number for number in range(1, len(names) + 2) if f"group {number}" not in names)
        name = f"group {number}"
        if self._grouping.change("new group", lambda groups: groups.put(rows, name)):
            if not names:
                self.made.emit()
            item = self.list.topLevelItem(self._grouping.groups.names.index(name))
            assert item is not None
            self.list.setFocus()
            self.list.setCurrentItem(item)
            self.list.editItem(item, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.delete.isEnabled():
            self._delete()
        else:
            super().keyPressEvent(event)

    @property
    def _chosen(self) -> list[int]:
        return sorted(self.list.indexOfTopLevelItem(item) for item in self.list.selectedItems())

    def _show(self) -> None:
        groups, chosen = self._grouping.groups, self._chosen
        counts = np.bincount(groups.member + 1, minlength=len(groups.names) + 1)[1:].tolist()
        with QSignalBlocker(self.list):
            self.list.clear()
            colours = with_chosen(class_colours(len(groups.names), self._dark), groups.colours)
            for position, (name, colour) in enumerate(zip(groups.names, colours, strict=False)):
                item = QTreeWidgetItem([name, f"{counts[position]:,}"])
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(0, safe_tip(printable(name)))
                swatch = QPixmap(SWATCH, SWATCH)
                swatch.fill(QColor(colour))
                icon = QIcon(swatch)
                icon.addPixmap(swatch, QIcon.Mode.Selected)  # else it would be tinted while its group is chosen
                item.setIcon(0, icon)
                self.list.addTopLevelItem(item)
                item.setSelected(position in chosen)
        seen = min(max(len(groups.names), ROWS[0]), ROWS[1])
        self.list.setFixedHeight(seen * (self.fontMetrics().height() + 6) + 2 * self.list.frameWidth())
        self.list.setVisible(bool(groups.names))
        said = self._grouping.reason or ("" if groups.names else "Select images, and make a group of them.")
        self.note.setText(said)
        self.note.setVisible(bool(said))
        self._enable()

    def _enable(self) -> None:
        selected, chosen = bool(len(self._selection.rows)), len(self._chosen)
        can = not self._grouping.reason
        grouped = selected and bool((self._grouping.groups.member[self._selection.rows] >= 0).any()) if can else False
        for button, on in (
            (self.new, can and selected),
            (self.add, can and selected and chosen == 1),
            (self.take, grouped),
            (self.colour, can and chosen > 0),
            (self.merge, can and chosen > 1),
            (self.delete, can and chosen > 0),
            (self.minus, can and chosen == 2),
        ):
            button.setEnabled(on)
        self.usual.setEnabled(any(self._grouping.groups.colours[at] for at in self._chosen))

    def _select(self) -> None:
        groups = self._grouping.groups
        if self._chosen:
            self._selection.select((groups.member[:, None] == self._chosen).any(axis=1).nonzero()[0])
        self._enable()

    def _rename(self, item: QTreeWidgetItem, column: int) -> None:
        position, name = self.list.indexOfTopLevelItem(item), item.text(0)
        if column or name == self._grouping.groups.names[position]:
            return
        if not self._grouping.change("name of a group", lambda groups: groups.rename(position, name)):
            self._show()

    def _add(self) -> None:
        rows, [position] = self._selection.rows, self._chosen
        name = self._grouping.groups.names[position]
        self._grouping.change("group of images", lambda groups: groups.put(rows, name))

    def _take_out(self) -> None:
        rows = self._selection.rows
        self._grouping.change("group of images", lambda groups: groups.leave(rows))

    def _choose_colour(self) -> None:
        chosen, groups = self._chosen, self._grouping.groups
        now = with_chosen(class_colours(len(groups.names), self._dark), groups.colours)[chosen[0]]
        names = ", ".join(printable(groups.names[at]) for at in chosen)
        colour = QColorDialog.getColor(QColor(now), self, f"Colour of {names}")
        if colour.isValid() and self._chosen == chosen:
            self._paint(colour.name())

    def _paint(self, colour: str) -> None:
        chosen = self._chosen

        def painted(groups: Groups) -> Groups:
            for position in chosen:
                groups = groups.paint(position, colour)
            return groups

        self._grouping.change("colour of a group", painted)

    def _merge(self) -> None:
        chosen = self._chosen
        self._grouping.change("merged groups", lambda groups: groups.merge(chosen))

    def _delete(self) -> None:
        chosen = self._chosen
        self._grouping.change("deleted groups", lambda groups: groups.without(chosen))

    def _direct(self) -> None:
        first, second = self._chosen
        self.direction_wanted.emit(first, second)
