"""Selecting on the map with its tools and keys, with real mouse events."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag, mouse
from tests.gui.explorer.layers.test_fields import seen
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.points import Filter
from vae_explorer.gui.explorer.layers.posterior import PosteriorLayer
from vae_explorer.gui.explorer.layers.selected import SelectedLayer
from vae_explorer.gui.explorer.selecting.selection import NONE
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import BOX, EXPLORE, HAND, LASSO, TOOLS, Tool
from vae_explorer.gui.parts.picture_item import STILL
from vae_explorer.latent.polygon import in_polygon

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def outermost(subject: Subject, count: int = 1) -> list[int]:
    """The rows of codes with nothing around them that a click could hit instead."""
    return np.argsort(-np.linalg.norm(subject.z_mean, axis=1))[:count].tolist()


def click(tab: ExplorerTab, at: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    mouse(tab.view.viewport(), PRESS, at, LEFT, keys=keys)
    mouse(tab.view.viewport(), RELEASE, at, NO_BUTTON, keys=keys)


def show_all(tab: ExplorerTab) -> None:
    """Bring all points into view, with room around them."""
    assert tab.selection.subject is not None
    plane = tab.selection.subject.plane
    (left, low), (right, high) = (plane.min(axis=0) - 1).tolist(), (plane.max(axis=0) + 1).tolist()
    tab.view.getPlotItem().setRange(xRange=(left, right), yRange=(low, high))
    QApplication.processEvents()


def middle(tab: ExplorerTab, x: float = 0.0, y: float = 0.0) -> QPointF:
    """The position in pixels that is this far from the median of all codes, in units of the plane."""
    assert tab.selection.subject is not None
    across, up = np.median(tab.selection.subject.plane, axis=0).tolist()
    return tab.view.to_pixels(across + x, up + y)


def lasso(tab: ExplorerTab, corners: list[tuple[float, float]], keys: Qt.KeyboardModifier = NO_KEY) -> None:
    """Press at the first corner, move through the others, release at the last. Corners are around the median code."""
    at = [middle(tab, *corner) for corner in corners]
    assert all(map(tab.view.covers, at))
    mouse(tab.view.viewport(), PRESS, at[0], LEFT, keys=keys)
    for position in at[1:]:
        mouse(tab.view.viewport(), MOVE, position, LEFT, keys=keys)
        tab.view._mouse.moves.flush()
    mouse(tab.view.viewport(), RELEASE, at[-1], NO_BUTTON, keys=keys)


def test_the_lasso_selects_what_is_inside(tab: ExplorerTab, subject: Subject) -> None:
    tab.view.use_tool(LASSO)
    show_all(tab)
    corners = [(-0.5, -0.3), (0.3, -0.5), (0.5, 0.3), (0.0, 0.1), (-0.3, 0.5)]
    lasso(tab, corners)
    drawn = np.array([tab.view.to_plane(middle(tab, *corner)) for corner in corners])
    expected = np.flatnonzero(in_polygon(subject.plane, drawn))
    assert 0 < len(expected) < len(subject.plane)
    np.testing.assert_array_equal(tab.selection.rows, expected)
    assert not tab.view.outline.isVisible()


@pytest.mark.parametrize("tool", [LASSO, BOX])
def test_shift_adds_and_ctrl_toggles(tab: ExplorerTab, subject: Subject, tool: Tool) -> None:
    tab.view.use_tool(tool)
    show_all(tab)
    before = np.array(outermost(subject, 5))
    tab.selection.select(before)
    corners = [(-0.3, -0.3), (0.3, -0.3), (0.3, 0.3), (-0.3, 0.3)] if tool is LASSO else [(-0.3, -0.3), (0.3, 0.3)]
    lasso(tab, corners, SHIFT)
    added = np.setdiff1d(tab.selection.rows, before)
    assert len(added)
    assert np.isin(before, tab.selection.rows).all()
    lasso(tab, corners, CTRL)
    assert tab.selection.rows.tolist() == sorted(before.tolist())


def test_the_box_selects_also_when_it_is_drawn_backwards_and_over_the_edge(tab: ExplorerTab, subject: Subject) -> None:
    tab.view.use_tool(BOX)
    show_all(tab)
    start = middle(tab)
    drag(tab.view.viewport(), start, QPointF(-50, -50), steps=3)  # up and to the left, over the axis
    inside = (subject.plane[:, 0] < tab.view.to_plane(start)[0]) & (subject.plane[:, 1] > tab.view.to_plane(start)[1])
    assert inside.any()
    np.testing.assert_array_equal(tab.selection.rows, np.flatnonzero(inside))


class Paints(QObject):
    """Remembers how many pixels of a widget each of its paints draws."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.areas: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.areas.append(sum(part.width() * part.height() for part in event.region()))
        return False


@pytest.mark.parametrize("tool", [LASSO, BOX])
def test_a_move_draws_only_a_part_of_the_map_again(qtbot: QtBot, tab: ExplorerTab, tool: Tool) -> None:
    tab.view.use_tool(tool)
    show_all(tab)
    viewport, start = tab.view.viewport(), middle(tab)
    paints = Paints(viewport)
    mouse(viewport, PRESS, start, LEFT)
    mouse(viewport, MOVE, start + QPointF(100, 100), LEFT)
    qtbot.waitUntil(lambda: tab.view.points.drawing.exact and bool(paints.areas))
    while paints.areas:  # until all is painted that has changed before
        paints.areas.clear()
        qtbot.wait(STILL + 50)
    mouse(viewport, MOVE, start + QPointF(104, 104), LEFT)
    qtbot.waitUntil(lambda: bool(paints.areas))
    mouse(viewport, RELEASE, start + QPointF(104, 104), NO_BUTTON)
    assert paints.areas[0] < tab.view.width() * tab.view.height() / 20


def test_hidden_points_are_not_selected_and_hidden_selected_ones_not_drawn(tab: ExplorerTab, subject: Subject) -> None:
    points, layer = tab.view.points, tab.view.layers.find(SelectedLayer)
    hidden = int(subject.label[0])
    points.show_filter(Filter(points.filter.names, frozenset({hidden})))
    tab.by_hand.select_all()
    assert tab.selection.rows.tolist() == np.flatnonzero(subject.label != hidden).tolist()
    tab.by_hand.invert()
    assert not len(tab.selection.rows)
    tab.selection.select(np.flatnonzero(subject.label == hidden))
    assert layer.reason
    points.show_filter(Filter(points.filter.names, frozenset()))
    assert layer.drawing.count == len(tab.selection.rows)
    assert not layer.reason


@pytest.mark.parametrize("tool", TOOLS)
def test_a_click_with_shift_adds_and_with_ctrl_toggles_without_moving_the_handle(
    tab: ExplorerTab, subject: Subject, tool: Tool
) -> None:
    tab.view.use_tool(tool)
    show_all(tab)
    first, second = outermost(subject, 2)
    at = [tab.view.to_pixels(*subject.plane[row].tolist()) for row in (first, second)]
    before = tab.view.handle_point
    click(tab, at[0], SHIFT)
    click(tab, at[1], SHIFT)
    assert tab.selection.rows.tolist() == sorted([first, second])
    click(tab, at[0], CTRL)
    click(tab, QPointF(tab.view.width() - 200, tab.view.height() - 60), SHIFT)  # beside all points
    assert tab.selection.rows.tolist() == [second]
    assert tab.view.handle_point == before


def test_the_point_under_the_handle_can_be_selected(tab: ExplorerTab, subject: Subject) -> None:
    (row,) = outermost(subject)
    show_all(tab)
    tab._jump_to_row(row)
    at = tab.view.to_pixels(*subject.plane[row].tolist())
    click(tab, at, CTRL)
    assert tab.selection.rows.tolist() == [row]
    tab.view.use_tool(LASSO)
    tab.selection.select(NONE)
    click(tab, at)
    assert tab.selection.rows.tolist() == [row]


@pytest.mark.parametrize("tool", [LASSO, BOX])
def test_a_click_selects_one_point_and_beside_all_points_none(tab: ExplorerTab, subject: Subject, tool: Tool) -> None:
    tab.view.use_tool(tool)
    show_all(tab)
    first, second = outermost(subject, 2)
    for row in (first, second):
        click(tab, tab.view.to_pixels(*subject.plane[row].tolist()))
        assert tab.selection.rows.tolist() == [row]
    click(tab, QPointF(tab.view.width() - 200, tab.view.height() - 60))
    assert not len(tab.selection.rows)


def test_escape_gives_up_the_lasso_and_then_the_selection(qtbot: QtBot, tab: ExplorerTab) -> None:
    tab.selection.select(np.array([1, 2]))
    tab.view.use_tool(LASSO)
    show_all(tab)
    start = middle(tab)
    mouse(tab.view.viewport(), PRESS, start, LEFT)
    mouse(tab.view.viewport(), MOVE, start + QPointF(60, 0), LEFT)
    assert tab.view.outline.isVisible()
    qtbot.keyClick(tab.view, Qt.Key.Key_Escape)
    assert not tab.view.outline.isVisible()
    mouse(tab.view.viewport(), RELEASE, start + QPointF(60, 60), NO_BUTTON)
    assert tab.selection.rows.tolist() == [1, 2]
    qtbot.keyClick(tab.view, Qt.Key.Key_Escape)
    assert not len(tab.selection.rows)


def test_alt_and_drag_pans_with_the_lasso_too(tab: ExplorerTab) -> None:
    tab.view.use_tool(LASSO)
    show_all(tab)
    shown = tab.view.viewRange()
    start = middle(tab)
    drag(tab.view.viewport(), start, start + QPointF(60, 30), steps=3, keys=ALT)
    assert tab.view.viewRange() != shown
    assert not len(tab.selection.rows)


def test_the_buttons_take_the_tools_and_show_which_is_taken(qtbot: QtBot, tab: ExplorerTab) -> None:
    buttons = tab.tool_bar.buttons
    assert [title for title, button in buttons.items() if button.isChecked()] == ["Explore"]
    qtbot.mouseClick(buttons["Lasso"], LEFT)
    assert tab.view.tool is LASSO
    qtbot.keyClick(tab.view, HAND.key)
    assert [title for title, button in buttons.items() if button.isChecked()] == ["Hand"]
    tab.view.use_tool(EXPLORE)
    for tool in TOOLS:
        assert f"({chr(tool.key)})" in buttons[tool.title].toolTip()


def test_the_buttons_stay_on_a_narrow_map(qtbot: QtBot, tab: ExplorerTab) -> None:
    bar, view = tab.tool_bar, tab.view
    qtbot.waitUntil(lambda: bar.x() > 0 and bar.width() > bar.height())
    tab.panel.setFixedWidth(tab.width() - 300)
    qtbot.waitUntil(lambda: bar.height() > bar.width())
    assert view.rect().contains(bar.geometry())
    assert bar.y() > tab.layers_panel.button.geometry().bottom()


def test_the_panel_opens_for_the_first_selection_until_the_person_closes_it(tab: ExplorerTab) -> None:
    tab.selection.select(np.array([1]))  # not with a tool
    assert tab.selection_panel.isHidden()
    tab.view.use_tool(BOX)
    show_all(tab)
    lasso(tab, [(-0.3, -0.3), (0.3, 0.3)])
    assert not tab.selection_panel.isHidden()
    tab.selecting.toggle()
    lasso(tab, [(-0.3, -0.3), (0.2, 0.2)])
    assert tab.selection_panel.isHidden()


def test_the_foot_line_says_how_many_are_selected(tab: ExplorerTab) -> None:
    assert "selected" not in tab.figures.text()
    tab.selection.select(np.array([1, 2, 5]))
    assert tab.figures.text().endswith(", 3 selected")


def test_selected_points_are_drawn_and_the_others_faded(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer, points = tab.view.layers.find(SelectedLayer), tab.view.points
    plain = seen(tab)
    tab.selection.select(np.array(outermost(subject, 3)))
    assert layer.drawing.count == 3
    qtbot.waitUntil(lambda: layer.drawing.exact and points.drawing.exact)
    marked = seen(tab)
    assert (marked != plain).any()
    tab.selection.select(NONE)
    assert not layer.item.isVisible()
    qtbot.waitUntil(lambda: points.drawing.exact)
    assert (seen(tab) == plain).all()


def test_posteriors_of_the_selected_images_are_drawn_up_to_a_number(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = tab.view.layers.find(PosteriorLayer)
    layer.switch(True)
    qtbot.waitUntil(lambda: layer.posterior is not None)
    plain = seen(tab)
    tab.view.layers.find(SelectedLayer).switch(False)
    tab.selection.select(np.array(outermost(subject, 3)))
    assert layer.key is not None
    assert "3 selected" in layer.key.text
    assert (seen(tab) != plain).any()
    monkeypatch.setattr("vae_explorer.gui.explorer.layers.selected_ellipses.MOST", 2)
    tab.selection.select(np.array(outermost(subject, 4)))
    assert "4 images are selected; at most 2" in layer.key.text
