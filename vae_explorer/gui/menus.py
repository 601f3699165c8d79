"""Menus made from records: texts, keys, where the keys work, and why an entry is disabled."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from vae_explorer.gui.shown import Shown

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow

Heard = Literal["window", "explorer", "map"]  # where the keys of an action work
Keys = str | QKeySequence.StandardKey


def always(_: Shown) -> str:
    """Never refuse: the action is always enabled."""
    return ""


def ready(_: "MainWindow") -> str:
    """Never refuse while the menu is open either."""
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """An entry of a menu. Exactly one of do, switch and make is set."""

    text: str  # with & before its mnemonic letter
    name: str  # its objectName
    do: "Callable[[MainWindow], object] | None" = None
    switch: "Callable[[MainWindow, bool], object] | None" = None  # called when the entry is checked or unchecked
    make: "Callable[[MainWindow], QAction] | None" = None  # makes an action that enables itself
    keys: Keys = ""
    heard: Heard = "window"
    refused: Callable[[Shown], str] = always  # why it is disabled; empty: it is enabled
    unready: "Callable[[MainWindow], str]" = ready  # the same, asked while its menu is open; its keys always work
    group: str = ""  # only one entry of a group is checked
    on_map: bool = False  # whether it is also in the map's context menu


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu or submenu. None is a separator."""

    text: str
    entries: "tuple[Action | Menu | None, ...]" = ()
    name: str = ""
    fill: "Callable[[MainWindow, QMenu], object] | None" = None  # makes the entries each time the menu opens


def actions_of(menus: tuple[Menu, ...]) -> Iterator[Action]:
    """All actions of menus and of those inside them, in order."""
    for menu in menus:
        for entry in menu.entries:
            if isinstance(entry, Menu):
                yield from actions_of((entry,))
            elif entry is not None:
                yield entry


def plain(text: str) -> str:
    """The text of an entry without & and without the ellipsis."""
    return text.replace("&", "").rstrip("…")


def key_text(keys: Keys) -> str:
    """Keys as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class Menus:
    """The menus of the window, whose entries follow what is shown."""

    def __init__(
        self,
        window: "MainWindow",
        bar: QMenuBar,
        menus: tuple[Menu, ...],
        shown: Shown,
        heard_in: Mapping[Heard, QWidget],
    ) -> None:
        """heard_in: the widgets to which the keys of some actions are limited."""
        self.records = menus
        self._window, self._shown, self._heard_in = window, shown, heard_in
        self._groups: dict[str, QActionGroup] = {}
        self._actions: list[tuple[Action, QAction]] = []
        self.on_map = QMenu(window)  # the context menu of the map
        self.on_map.setToolTipsVisible(True)
        self._ask_while_open(self.on_map)
        for menu in menus:
            before = len(self._actions)
            self._fill(bar.addMenu(menu.text), menu)
            on_map = [action for record, action in self._actions[before:] if record.on_map]
            if on_map:
                self.on_map.addSeparator()
                self.on_map.addActions(on_map)
        shown.changed.connect(self._follow)
        self._follow()

    def check(self, name: str) -> None:
        """Check the entry of this objectName."""
        self.action(name).setChecked(True)

    def action(self, name: str) -> QAction:
        """The entry of this objectName."""
        return next(action for record, action in self._actions if record.name == name)

    def _ask_while_open(self, menu: QMenu) -> None:
        """Keep the entries of a menu up to date while it is open, with what may change without a notice."""
        above = menu.parent()
        menu.aboutToShow.connect(lambda: self._follow(open_now=True))
        menu.aboutToHide.connect(lambda: self._follow(open_now=isinstance(above, QMenu) and above.isVisible()))

    def _follow(self, open_now: bool = False) -> None:
        """Enable the actions that fit what is shown; the tooltips of the others say why they are disabled."""
        for record, action in self._actions:
            reason = record.refused(self._shown) or (record.unready(self._window) if open_now else "")
            if record.make is None:
                action.setEnabled(not reason)
            said = "" if action.isEnabled() else reason
            action.setToolTip(said)
            action.setStatusTip(said)

    def _fill(self, widget: QMenu, menu: Menu) -> None:
        widget.setObjectName(menu.name)
        widget.setToolTipsVisible(True)
        self._ask_while_open(widget)
        fill, window = menu.fill, self._window
        if fill is not None:
            widget.aboutToShow.connect(lambda: fill(window, widget))
        for entry in menu.entries:
            if entry is None:
                widget.addSeparator()
            elif isinstance(entry, Menu):
                self._fill(widget.addMenu(entry.text), entry)
            else:
                widget.addAction(self._make(entry))

    def _make(self, record: Action) -> QAction:
        window, do, switch = self._window, record.do, record.switch
        action = QAction(record.text, window) if record.make is None else record.make(window)
        action.setObjectName(record.name)
        if record.keys:
            action.setShortcut(QKeySequence(record.keys))
        if record.heard != "window":
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._heard_in[record.heard].addAction(action)
        if record.group:
            action.setCheckable(True)
            if record.group not in self._groups:
                self._groups[record.group] = QActionGroup(window)
            self._groups[record.group].addAction(action)
        if do is not None:
            action.triggered.connect(lambda _=False: do(window))
        if switch is not None:
            action.setCheckable(True)
            action.toggled.connect(lambda on: switch(window, on))
        self._actions.append((record, action))
        return action
