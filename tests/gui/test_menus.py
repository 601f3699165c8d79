"""Menus made from records: the effect of each field of a record."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.menus import Action, Menu, Menus, actions_of, key_text, plain
from vae_explorer.gui.shown import Shown


class Window(QMainWindow):
    """Records which entries were chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []
        self.stack = QUndoStack(self)
        self.panel = QWidget(self)


NOT_YET = "Not before a training runs."
TABLE = (
    Menu(
        "&One",
        (
            Action("&Do it…", "doAction", lambda window: window.asked.append("done"), keys="Ctrl+D"),  # type: ignore[attr-defined]
            None,
            Action("&Train", "trainAction", lambda window: window.asked.append("trained"), on_map=True,  # type: ignore[attr-defined]
                   refused=lambda shown: "" if shown.training else NOT_YET),
            Menu("&More", (
                Action("A", "aAction", lambda window: window.asked.append("a"), group="letter"),  # type: ignore[attr-defined]
                Action("B", "bAction", lambda window: window.asked.append("b"), group="letter"),  # type: ignore[attr-defined]
            )),
            Menu("&Filled", name="filledMenu", fill=lambda window, menu: window.asked.append(menu.objectName())),  # type: ignore[attr-defined]
        ),
    ),
    Menu(
        "&Two",
        (
            Action("Undo", "undoAction", make=lambda window: window.stack.createUndoAction(window),  # type: ignore[attr-defined]
                   heard="explorer", keys="Ctrl+Z", refused=lambda _: "Nothing to undo.", on_map=True),
            Action("&Switch", "switchAction", switch=lambda window, on: window.asked.append(on)),  # type: ignore[attr-defined]
        ),
    ),
)  # fmt: skip


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def menus(window: Window, shown: Shown) -> Menus:
    return Menus(window, window.menuBar(), TABLE, shown, {"explorer": window.panel})  # type: ignore[arg-type]


def action(window: Window, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def test_the_bar_has_the_menus_in_order_with_their_separators(window: Window, menus: Menus) -> None:
    assert [each.text() for each in window.menuBar().actions()] == ["&One", "&Two"]
    one = window.menuBar().actions()[0].menu()
    assert isinstance(one, QMenu)
    assert [each.text() for each in one.actions()] == ["&Do it…", "", "&Train", "&More", "&Filled"]
    assert one.actions()[1].isSeparator()


def test_an_entry_does_what_its_record_says(window: Window, menus: Menus) -> None:
    action(window, "doAction").trigger()
    action(window, "switchAction").trigger()
    action(window, "switchAction").trigger()
    filled = window.findChild(QMenu, "filledMenu")
    assert isinstance(filled, QMenu)
    filled.aboutToShow.emit()
    assert window.asked == ["done", True, False, "filledMenu"]


def test_one_entry_of_a_group_is_checked_and_checking_by_name_calls_nothing(window: Window, menus: Menus) -> None:
    menus.check("aAction")
    assert window.asked == []
    action(window, "bAction").trigger()
    assert not action(window, "aAction").isChecked()
    assert window.asked == ["b"]


def test_an_entry_that_cannot_be_chosen_says_why(window: Window, menus: Menus, shown: Shown) -> None:
    train = action(window, "trainAction")
    assert not train.isEnabled()
    assert train.toolTip() == train.statusTip() == NOT_YET
    shown.set_training(True)
    assert train.isEnabled()
    assert train.statusTip() == ""
    assert NOT_YET not in train.toolTip()


def test_an_action_that_enables_itself_says_why_not_when_its_menu_opens(window: Window, menus: Menus) -> None:
    undo = action(window, "undoAction")
    assert not undo.isEnabled()
    assert undo.toolTip() == "Nothing to undo."
    window.stack.push(QUndoCommand("move"))
    menus.on_map.aboutToShow.emit()
    assert undo.isEnabled()
    assert undo.text() == "Undo move"
    assert undo.statusTip() == ""
    window.stack.undo()
    two = window.menuBar().actions()[1].menu()
    assert isinstance(two, QMenu)
    two.aboutToShow.emit()
    assert undo.statusTip() == "Nothing to undo."


def test_keys_work_where_the_record_says(window: Window, menus: Menus) -> None:
    assert action(window, "doAction").shortcut().toString() == "Ctrl+D"
    assert action(window, "doAction").shortcutContext() == Qt.ShortcutContext.WindowShortcut
    undo = action(window, "undoAction")
    assert undo.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut
    assert undo in window.panel.actions()


def test_the_context_menu_has_its_entries_from_all_menus(window: Window, menus: Menus) -> None:
    entries = [each for each in menus.on_map.actions() if not each.isSeparator()]
    assert entries == [action(window, "trainAction"), action(window, "undoAction")]
    assert menus.on_map.toolTipsVisible()


def test_records_are_found_in_menus_inside_menus() -> None:
    names = ["doAction", "trainAction", "aAction", "bAction", "undoAction", "switchAction"]
    assert [record.name for record in actions_of(TABLE)] == names


def test_texts_for_people() -> None:
    assert plain("Export pi&cture…") == "Export picture"
    assert key_text("Ctrl+Shift+E") in ("Ctrl+Shift+E", "⇧⌘E")


def test_an_entry_that_is_not_ready_says_so_while_its_menu_is_open_and_its_keys_work(
    qtbot: QtBot, window: Window, shown: Shown
) -> None:
    table = (
        Menu("&M", (Action("Go", "goAction", lambda w: w.asked.append("go"), keys="Ctrl+K",  # type: ignore[attr-defined]
                           unready=lambda w: "" if w.asked else "Nothing was asked yet."),)),  # type: ignore[attr-defined]
    )  # fmt: skip
    Menus(window, window.menuBar(), table, shown, {"explorer": window.panel})  # type: ignore[arg-type]
    go, menu = action(window, "goAction"), window.menuBar().actions()[0].menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    assert not go.isEnabled()
    assert go.toolTip() == "Nothing was asked yet."
    menu.aboutToHide.emit()
    assert go.isEnabled()
    go.trigger()
    menu.aboutToShow.emit()
    assert go.isEnabled()
