"""The hint beside the handle at the first launch."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.gui.explorer.handle_hint import TEXT, HandleHint, teach
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.main_window import MainWindow


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def hint_of(tab: ExplorerTab) -> HandleHint | None:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return tab.view.findChild(HandleHint, "handleHint")


@pytest.fixture
def hint(tab: ExplorerTab, settings: QSettings) -> HandleHint:
    teach(tab.view, settings)
    found = hint_of(tab)
    assert found is not None
    return found


def gone_for_good(tab: ExplorerTab, settings: QSettings) -> bool:
    gone = hint_of(tab) is None
    teach(tab.view, settings)
    return gone and hint_of(tab) is None


def test_it_is_beside_the_handle_wherever_that_is_put(tab: ExplorerTab, hint: HandleHint) -> None:
    assert hint.text.text() == TEXT
    for code in ((0, 0), (2.5, -2.5), (-2, 2)):
        tab.go_to(*code)
        handle = tab.view.to_pixels(*tab.view.handle_point).toPoint()
        assert hint.isVisible()
        assert tab.view.rect().contains(hint.geometry())
        assert not hint.geometry().contains(handle)
        assert hint.geometry().adjusted(-30, -30, 30, 30).contains(handle)
    tab.go_to(90, 0)
    assert not hint.isVisible()


def test_the_first_drag_ends_it_for_good(tab: ExplorerTab, hint: HandleHint, settings: QSettings) -> None:
    at = tab.view.to_pixels(*tab.view.handle_point)
    drag(tab.view.viewport(), at, at + QPointF(-40, 0), steps=3)
    assert gone_for_good(tab, settings)


def test_a_click_on_its_cross_ends_it_for_good(
    qtbot: QtBot, tab: ExplorerTab, hint: HandleHint, settings: QSettings
) -> None:
    qtbot.mouseClick(hint.close_button, Qt.MouseButton.LeftButton)
    assert gone_for_good(tab, settings)


def test_the_first_launch_shows_it(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: hint_of(window.explorer) is not None)
