"""The panel of the map's layers: each choice is applied, undone in one step, and remembered."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.layer_choices import from_text, to_text
from vae_explorer.gui.explorer.layer_row import LayerRow
from vae_explorer.gui.explorer.layers.layer import LayerState, MapLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.view_item import ViewItem

SPACE = Qt.Key.Key_Space


class Chosen(MapLayer):
    """A layer with a choice and a key."""

    name = "chosen"
    title = "Chosen"
    sentence = "Shows nothing."
    choices = ("few", "many")


def open_panel(tab: ExplorerTab) -> None:
    QTest.mouseClick(tab.layers_panel.button, Qt.MouseButton.LeftButton)


def test_the_button_opens_and_closes_the_panel_inside_the_map(tab: ExplorerTab) -> None:
    panel = tab.layers_panel
    assert not panel.isVisible()
    open_panel(tab)
    assert panel.isVisible()
    assert tab.view.rect().contains(panel.geometry())
    assert list(panel.rows) == [layer.name for layer in tab.view.layers][::-1]
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert tab.view.hasFocus()


def test_a_switch_is_applied_and_undone(tab: ExplorerTab) -> None:
    open_panel(tab)
    check = tab.layers_panel.rows["points"].check
    QTest.keyClick(check, SPACE)
    assert not tab.view.points.on
    assert tab.view.points_shown == 0
    assert " 0 points" in tab.figures.text()
    assert tab.moves.undoText() == "layer Points"
    tab.moves.undo()
    assert tab.view.points.on
    assert check.isChecked()
    tab.moves.redo()
    assert not check.isChecked()


def test_steps_of_an_opacity_are_one_step_of_the_history(tab: ExplorerTab) -> None:
    open_panel(tab)
    slider = tab.layers_panel.rows["points"].opacity
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert tab.view.points.item.opacity() == pytest.approx(0.7)
    assert tab.moves.count() == 1
    tab.moves.undo()
    assert tab.view.points.opacity == 1
    assert slider.value() == 100


def test_the_prior_is_off_over_codes_until_somebody_wants_it(tab: ExplorerTab) -> None:
    row, prior = tab.layers_panel.rows["prior"], next(layer for layer in tab.view.layers if layer.name == "prior")
    assert not row.check.isChecked()
    assert not prior.item.isVisible()
    open_panel(tab)
    QTest.keyClick(row.check, SPACE)
    assert prior.item.isVisible()


def test_the_states_are_remembered(tab: ExplorerTab, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    tab.view.points.set_state(LayerState(False, 0.35))
    tab.store(settings)
    tab.view.points.set_state(LayerState())
    tab.restore(settings)
    assert tab.view.points.state == LayerState(False, 0.35)


@pytest.mark.parametrize("state", [LayerState(), LayerState(True, 0.25), LayerState(False, 1.0, "two words")])
def test_a_state_is_written_as_a_text(state: LayerState) -> None:
    assert from_text(to_text(state)) == state


@pytest.mark.parametrize("text", [None, "", "on", "perhaps 0.5", "on much", 7])
def test_a_damaged_text_gives_the_default_state(text: object) -> None:
    assert from_text(text) == LayerState()


def test_a_layer_that_cannot_be_shown_is_disabled_with_the_reason(qtbot: QtBot) -> None:
    layer = Chosen(ViewItem(), key=QLabel("a key"))
    row = LayerRow(layer)
    qtbot.addWidget(row)
    row.show()
    assert layer.key is not None
    assert layer.key.isVisible()
    layer._offer(reason="The run has no encoder.")
    assert not layer.active
    assert layer.on
    assert not layer.item.isVisible()
    assert not row.check.isEnabled()
    assert not layer.key.isVisible()
    assert "The run has no encoder." in row.check.toolTip()
    assert [label.text() for label in row.findChildren(QLabel) if label.isVisible()] == ["The run has no encoder."]
    layer._offer()
    assert row.check.isEnabled()
    assert layer.key.isVisible()


def test_a_choice_is_offered_and_wanted(qtbot: QtBot) -> None:
    layer = Chosen(ViewItem())
    row = LayerRow(layer)
    qtbot.addWidget(row)
    row.show()
    row.wanted.connect(lambda state, _: layer.set_state(state))
    assert layer.choice == "few"
    QTest.keyClick(row.findChild(QComboBox), Qt.Key.Key_Down)
    assert layer.choice == "many"
    layer.set_state(LayerState(choice="nothing that exists"))
    assert layer.choice == "few"
