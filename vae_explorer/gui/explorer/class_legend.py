"""The legend of the classes over the map: which are shown, which one is emphasised, and a search among many."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QVBoxLayout

from vae_explorer.data.names import printable
from vae_explorer.gui.explorer.class_list import ClassList

NOTE_INDENT = 8  # pixels beside the note, both sides together
BESIDE = 120  # pixels of the map's height that the class names do not use
MANY = 15  # number of classes from which there is a search
MOST_ROWS = 20  # shown at once, so that the map is not hidden


class ClassLegend(QFrame):
    """Hidden where there are no classes."""

    filtered = Signal(object)  # frozenset of the indices of the classes to hide
    hovered = Signal(int)  # index of the class; -1: none

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("classLegend")
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._hidden: frozenset[int] = frozenset()
        self._map_height = 0  # pixels
        self._least = 0  # pixels, minimum width of the names
        self.search = QLineEdit()
        self.search.setObjectName("classSearch")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._show_first_found)
        self.list = ClassList()
        self.list.toggled.connect(self.toggle)
        self.list.only_wanted.connect(self._show_alone)
        self.list.pointed.connect(self.hovered)
        self.list.menu_wanted.connect(self._open_menu)
        self.all = QToolButton()
        self.all.setObjectName("showAllClassesButton")
        self.all.setText("Show all")
        self.all.setAutoRaise(True)
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all.clicked.connect(self.show_all)
        self._note = QLabel()
        self._note.setProperty("muted", True)
        self._note.setContentsMargins(NOTE_INDENT // 2, 0, NOTE_INDENT // 2, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        foot = QHBoxLayout()
        foot.addWidget(self.all)
        foot.addStretch()
        layout.addLayout(foot)
        layout.addWidget(self._note)
        self.all.hide()
        self.hide()

    def set_classes(self, names: tuple[str, ...], kind: str = "class") -> None:
        """List these classes, all visible. kind: the word for one of them, "class", "cluster" or "group"."""
        self._hidden, self._kind = frozenset(), kind
        several = {"class": "classes"}.get(kind, f"{kind}s")
        self.list.setAccessibleName(several.capitalize())
        self.list.set_names(tuple(map(printable, names)), kind)
        self.search.clear()
        self.search.setPlaceholderText(f"Search {len(names):,} {several}")
        self.search.setAccessibleName(f"Search the {several}")
        self.search.setVisible(len(names) >= MANY)
        self.all.hide()
        self.setVisible(bool(names))
        self._fit_names()

    def explain(self, note: str) -> None:
        """Show a note below the classes; "" hides it."""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._fit_names()

    def keep_room_for(self, text: str) -> None:
        """Be wide enough for a line of the note, so that a click on a class does not move it from the pointer."""
        self._least = self._note.fontMetrics().horizontalAdvance(text) + NOTE_INDENT
        self._fit_names()

    def set_colours(self, colours: list[str]) -> None:
        self.list.colours = colours
        self.list.viewport().update()

    def show_hidden(self, hidden: frozenset[int]) -> None:
        """Mark the classes with these indices as hidden."""
        self._hidden = hidden
        self.list.show_hidden(hidden)
        self.all.setVisible(bool(hidden))

    def keep_to(self, height: int) -> None:
        """Fit the legend into a map of this height in pixels; if there are too many classes, they scroll."""
        if height != self._map_height:
            self._map_height = height
            self._fit_names()

    def toggle(self, position: int) -> None:
        """Hide or show a class, as a click on it does."""
        self.filtered.emit(self._hidden ^ {position})

    def show_only(self, position: int) -> None:
        """Hide all classes but this one."""
        self.filtered.emit(frozenset(range(self.list.count())) - {position})

    def show_all(self) -> None:
        """Hide no class."""
        self.filtered.emit(frozenset())

    def _show_alone(self, position: int) -> None:
        """Show a class alone; all of them again, if it is alone already."""
        others = frozenset(range(self.list.count())) - {position}
        self.filtered.emit(frozenset() if self._hidden >= others else others)

    def _fit_names(self) -> None:
        if not self.list.count():
            return
        wanted = self.list.wanted(MOST_ROWS)
        room = max(60, self._map_height - BESIDE - (0 if self.search.isHidden() else self.search.sizeHint().height()))
        scrolls = self.list.count() > MOST_ROWS or wanted.height() > room
        width = max(wanted.width(), self._note.sizeHint().width(), self._least) + (18 if scrolls else 2)
        self.list.setFixedSize(width, min(wanted.height(), room))
        self.search.setFixedWidth(width)

    def _search(self, text: str) -> None:
        self.list.search(text)

    def _show_first_found(self) -> None:
        """Show the first class that is found alone."""
        found = self.list.search(self.search.text())
        if found:
            self._show_alone(found[0])

    def _open_menu(self, position: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("legendMenu")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = self.list.item(position).text().replace("&", "&&")
        menu.addAction(f"&Only {name}", lambda: self.show_only(position))
        shown = position not in self._hidden
        menu.addAction(f"&Hide {name}" if shown else f"&Show {name}", lambda: self.toggle(position))
        show_all = menu.addAction("Show &all", self.show_all)
        show_all.setEnabled(bool(self._hidden))
        show_all.setToolTip("" if self._hidden else "All are shown.")
        menu.popup(place)
