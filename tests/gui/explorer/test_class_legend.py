"""The legend of the classes: what a click on a row does, showing one or all, and many classes."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from vae_explorer.gui.explorer.class_legend import ClassLegend
from vae_explorer.latent.palette import class_colours

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def legend(qtbot: QtBot) -> ClassLegend:
    """Ten classes, which follows its own requests as the map does."""
    legend = ClassLegend()
    qtbot.addWidget(legend)
    legend.keep_to(700)
    legend.filtered.connect(legend.show_hidden)
    show(legend, tuple("0123456789"))
    return legend


def show(legend: ClassLegend, names: tuple[str, ...]) -> None:
    legend.set_classes(names)
    legend.set_colours(class_colours(len(names)))
    legend.show()
    QApplication.processEvents()


def click(qtbot: QtBot, legend: ClassLegend, at: QPoint) -> None:
    qtbot.mouseClick(legend.list.viewport(), LEFT, pos=at)


def shown(legend: ClassLegend) -> list[int]:
    rows = range(legend.list.count())
    return [row for row in rows if legend.list.item(row).checkState() is Qt.CheckState.Checked]


def test_the_whole_row_reacts(qtbot: QtBot, legend: ClassLegend) -> None:
    row = legend.list.visualItemRect(legend.list.item(3))
    assert row.width() == legend.list.viewport().width()
    for x in (row.left() + 1, legend.list.only_rect(3).left() - 1):
        click(qtbot, legend, QPoint(x, row.center().y()))
        assert shown(legend) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
        click(qtbot, legend, QPoint(x, row.center().y()))
        assert len(shown(legend)) == 10


def test_its_end_and_a_double_click_show_one_alone_and_the_button_shows_all(qtbot: QtBot, legend: ClassLegend) -> None:
    assert not legend.all.isVisible()
    click(qtbot, legend, legend.list.only_rect(4).center())
    assert shown(legend) == [4]
    legend.all.click()
    assert len(shown(legend)) == 10
    at = QPointF(legend.list.visualItemRect(legend.list.item(6)).topLeft() + QPoint(3, 3))
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
        mouse(legend.list.viewport(), kind, at, NONE if kind == QEvent.Type.MouseButtonRelease else LEFT)
    mouse(legend.list.viewport(), QEvent.Type.MouseButtonRelease, at, NONE)
    assert shown(legend) == [6]


def test_a_right_click_offers_the_same(qtbot: QtBot, legend: ClassLegend) -> None:
    def choose(text: str) -> bool:
        legend.list.menu_wanted.emit(2, QPoint(0, 0))
        menu = legend.findChildren(QMenu, "legendMenu")[-1]
        action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
        enabled = action.isEnabled()
        action.trigger()
        menu.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return enabled

    assert not choose("Show all")
    choose("Only 2")
    assert shown(legend) == [2]
    assert choose("Show all")
    assert len(shown(legend)) == 10
    choose("Hide 2")
    choose("Show 2")
    assert len(shown(legend)) == 10


def test_the_pointer_and_the_keys_say_which_class_is_meant(qtbot: QtBot, legend: ClassLegend) -> None:
    pointed: list[int] = []
    legend.hovered.connect(pointed.append)
    mouse(legend.list.viewport(), QEvent.Type.MouseMove, QPointF(legend.list.only_rect(5).center()), NONE)
    QApplication.sendEvent(legend.list.viewport(), QEvent(QEvent.Type.Leave))
    assert pointed == [5, -1]
    legend.list.setCurrentRow(7)
    qtbot.keyClick(legend.list, Qt.Key.Key_Space)
    assert 7 not in shown(legend)
    assert legend.list.item(7).data(Qt.ItemDataRole.AccessibleTextRole) == "Class 7"


def test_a_thousand_classes_are_found_by_their_name(qtbot: QtBot, legend: ClassLegend) -> None:
    assert not legend.search.isVisible()
    show(legend, tuple(f"species {number}" for number in range(1000)))
    assert legend.search.isVisible()
    assert legend.height() <= 700
    qtbot.keyClicks(legend.search, "ES 77")
    listed = [row for row in range(1000) if not legend.list.isRowHidden(row)]
    assert listed == [77, *range(770, 780)]
    qtbot.keyClick(legend.search, Qt.Key.Key_Return)
    assert shown(legend) == [77]
    show(legend, ("a", "b"))
    assert not legend.search.isVisible()
    assert not legend.list.isRowHidden(0)
