"""The records of all actions are consistent, and each says when and why it is disabled."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from tests.run.test_imported import DECODER
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui import actions
from vae_explorer.gui.actions import MENUS
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.menus import actions_of, plain
from vae_explorer.gui.shown import Shown
from vae_explorer.gui.training.taking import why_not_further
from vae_explorer.run.imported import ImportedModel
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

RECORDS = list(actions_of(MENUS))
BY_NAME = {record.name: record for record in RECORDS}


def test_each_has_a_unique_name_and_a_text() -> None:
    assert len(BY_NAME) == len(RECORDS)
    assert all(record.name.endswith("Action") and plain(record.text) for record in RECORDS)


def test_each_has_exactly_one_function() -> None:
    for record in RECORDS:
        assert [record.do, record.switch, record.make].count(None) == 2, record.name


def test_no_keys_are_used_twice_in_one_widget(qapp: QApplication) -> None:  # qapp supplies the standard keys
    for one, other in combinations([record for record in RECORDS if record.keys], 2):
        assert QKeySequence(one.keys) != QKeySequence(other.keys), (one.name, other.name)


def test_letters_without_a_modifier_work_on_the_map_only() -> None:
    for record in RECORDS:
        keys = QKeySequence(record.keys).toString()
        assert record.heard == "map" or len(keys) != 1, record.name


@pytest.fixture
def shown(tiny_run: Run, tiny_subject: Subject) -> Shown:
    shown = Shown()
    shown.open_run(tiny_run, tiny_subject)
    return shown


def imported(run: Run) -> Run:
    """The run as if its decoder had been imported."""
    return replace(run, info=replace(run.info, origin=ImportedModel(2, DECODER)))


def refused(shown: Shown) -> set[str]:
    """Names of the disabled actions except undo and redo; each gives its reason in a sentence."""
    reasons = {record.name: record.refused(shown) for record in RECORDS if record.make is None}
    assert all(reason == "" or reason.endswith(".") for reason in reasons.values())
    return {name for name, reason in reasons.items() if reason}


OF_A_NETWORK = {"copyImageScriptAction", "copyGridScriptAction", "copyPathScriptAction", "copyMapScriptAction"}
OF_A_RUN = OF_A_NETWORK | {
    "compareAction",
    "exportHtmlAction",
    "exportAnimationAction",
    "playAction",
    "trainFurtherAction",
    "takeSettingsAction",
    "qualityAction",
    "newGroupAction",
    "addBookmarkAction",
    "bookmarksAction",
}
OF_A_SUBJECT = {
    "saveImageAction", "exportGridAction", "copyImageAction", "randomAction", "homeAction", "fitMapAction",
    "fitPriorAction", "showHandleAction", "imageDisplayAction",
    "selectAllAction", "invertSelectionAction", "pasteImageAction", "drawImageAction", "exportSelectionAction",
    "openClassifierAction", "goToAction", "copyPositionAction", "pathHandleAction", "pathOwnAction",
    "aroundAction",
}  # fmt: skip
OF_NO_TRAINING = {"openImagesAction", "trainFurtherAction", "takeSettingsAction"}


def test_without_a_run_nothing_can_be_exported_or_explored() -> None:
    assert refused(Shown()) == OF_A_RUN | OF_A_SUBJECT
    assert {BY_NAME[name].refused(Shown()) for name in OF_A_RUN | OF_A_SUBJECT} == {actions.NOTHING_OPEN}


def test_all_is_enabled_for_a_run_that_was_trained_here(shown: Shown) -> None:
    assert refused(shown) == set()


def test_no_second_training_can_be_prepared_while_one_runs(shown: Shown) -> None:
    shown.set_training(True)
    assert refused(shown) == OF_NO_TRAINING
    assert all(BY_NAME[name].refused(shown).startswith("A training has not ended yet: ") for name in OF_NO_TRAINING)
    shown.set_training(False)
    assert refused(shown) == set()


def test_an_imported_model_has_no_training(shown: Shown, tiny_run: Run, tiny_subject: Subject) -> None:
    shown.open_run(imported(tiny_run), tiny_subject)
    assert refused(shown) == {"trainFurtherAction", "takeSettingsAction"}
    assert "imported" in BY_NAME["trainFurtherAction"].refused(shown)


def test_a_page_is_not_trained_further_and_has_no_film(
    shown: Shown, tiny_run: Run, tiny_subject: Subject, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("a page")
    shown.open_run(replace(tiny_run, storage=InPage(page)), tiny_subject)
    assert refused(shown) == {"trainFurtherAction", "exportAnimationAction", "playAction"} | OF_A_NETWORK
    assert "page" in BY_NAME["trainFurtherAction"].refused(shown)


def test_one_snapshot_is_not_enough_for_a_film(shown: Shown, tiny_run: Run) -> None:
    shown.snapshots = shown.snapshots[:1]
    assert refused(shown) == {"exportAnimationAction", "playAction"}
    assert BY_NAME["exportAnimationAction"].refused(shown).startswith(f"{tiny_run.info.name} has kept no snapshots")


# In the window


def test_every_entry_that_is_disabled_in_the_window_has_a_reason(window: MainWindow) -> None:
    for record in RECORDS:
        action = window.findChild(QAction, record.name)
        assert action is not None, record.name
        assert action.isEnabled() or action.statusTip(), record.name


def test_keys_work_on_the_map_or_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.explorer.splits.setFocus()
    qtbot.keyClick(window.explorer.splits, Qt.Key.Key_R)
    assert window.explorer.view.handle_point == (0.0, 0.0)
    window.explorer.view.setFocus()
    qtbot.keyClick(window.explorer.view, Qt.Key.Key_R)
    assert window.explorer.view.handle_point != (0.0, 0.0)
    undo = window.findChild(QAction, "undoAction")
    assert undo.isEnabled()
    assert undo.text().startswith("Undo")
    qtbot.keyClick(window.explorer.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.explorer.view.handle_point == (0.0, 0.0)


def test_the_map_asks_for_its_context_menu(qtbot: QtBot, window: MainWindow) -> None:
    menu = window.menus.on_map
    with qtbot.waitExposed(menu):
        window.explorer.view.menu_wanted.emit(QPoint(200, 200))
    texts = [plain(action.text()) for action in menu.actions() if not action.isSeparator()]
    assert texts == ["Save image", "Export picture", "Undo", "Redo", "Copy image", "Paste an image", "Draw an image",
                     "Add the handle to the path", "Add your own image to the path", "Go to a random point", "Go home",
                     "Go to", "Copy the position", "Fit to the codes", "Fit to the prior", "Map layers", "Selection",
                     "Around the handle"]  # fmt: skip
    menu.close()


def test_a_run_without_a_training_disables_its_entries(
    window: MainWindow, tiny_run: Run, tiny_subject: Subject
) -> None:
    further = window.findChild(QAction, "trainFurtherAction")
    assert further.isEnabled()
    window.shown.open_run(imported(tiny_run), tiny_subject)
    assert not further.isEnabled()
    assert "imported" in further.toolTip()


def test_the_tabs_are_shown_from_the_menu(window: MainWindow) -> None:
    window.findChild(QAction, "showTrainingAction").trigger()
    assert window.tabs.currentWidget() is window.training
    window.findChild(QAction, "showExplorerAction").trigger()
    assert window.tabs.currentWidget() is window.explorer


def test_the_training_tab_offers_further_training_as_the_menu_does(
    window: MainWindow, tiny_run: Run, tmp_path: Path
) -> None:
    button, page = window.training.further, replace(tiny_run, storage=InPage(tmp_path / "page.html"))
    for run in (imported(tiny_run), page):
        window.training.set_run(run)
        assert not button.isEnabled()
        assert button.toolTip() == why_not_further(run) != ""
    window.training.set_run(tiny_run)
    assert button.isEnabled()
    assert button.toolTip().startswith("More epochs")


def test_no_letter_or_chord_is_used_twice(window: MainWindow) -> None:
    bar = window.menuBar()
    for menu in [bar, *window.findChildren(QMenu)]:  # with the context menu of the map
        letters = [letter for action in menu.actions() if (letter := mnemonic(action.text()))]
        assert len(letters) == len(set(letters)), letters
    labels = [label.text() for label in window.training.findChildren(QLabel) if label.buddy() is not None]
    letters = [letter for text in labels if (letter := mnemonic(text))] + [
        mnemonic(each.text()) for each in bar.actions()
    ]
    assert len(letters) == len(set(letters)), letters
    chords = [action.shortcut().toString() for action in window.findChildren(QAction) if action.shortcut().toString()]
    assert len(chords) == len(set(chords)), chords


def mnemonic(text: str) -> str:
    return text.replace("&&", "").partition("&")[2][:1].lower()


def test_what_cannot_work_now_says_why_in_its_menu(window: MainWindow) -> None:
    edit = next(action.menu() for action in window.menuBar().actions() if plain(action.text()) == "Edit")
    QApplication.clipboard().clear()
    window.explorer.view.points.classes.filtered.emit(frozenset(range(10)))
    edit.aboutToShow.emit()
    names = "pasteImageAction", "pathOwnAction", "copyPathScriptAction", "selectAllAction", "newGroupAction"
    for name in names:
        action = window.findChild(QAction, name)
        assert not action.isEnabled(), name
        assert action.statusTip().endswith("."), name
    edit.aboutToHide.emit()
    assert all(window.findChild(QAction, name).isEnabled() for name in names)
