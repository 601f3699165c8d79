"""Each row of the table of gestures, with real mouse and key events."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag, mouse
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.gestures import GESTURES
from vae_explorer.gui.explorer.mouse import CLICK_SLACK
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import EXPLORE, HAND, TOOLS
from vae_explorer.gui.explorer.view import LatentView

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
NO_KEY, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def view(tab: ExplorerTab) -> LatentView:
    """The map, showing a part of the plane without points."""
    tab.view.getPlotItem().setRange(xRange=(40, 44), yRange=(40, 44), padding=0)
    tab.go_to(41, 41)
    tab.moves.clear()
    QApplication.processEvents()
    return tab.view


@pytest.fixture
def lonely(tab: ExplorerTab, subject: Subject) -> int:
    """The row of a point far from all others; it is in the middle of the view, and the handle is elsewhere."""
    row = int(np.argmax(np.square(subject.z_mean - np.median(subject.z_mean, axis=0)).sum(axis=1)))
    x, y = subject.z_mean[row].tolist()
    tab.view.getPlotItem().setRange(xRange=(x - 0.1, x + 0.1), yRange=(y - 0.1, y + 0.1))
    tab.go_to(x + 0.05, y + 0.05)
    tab.moves.clear()
    QApplication.processEvents()
    return row


def cursor(view: LatentView) -> Qt.CursorShape:
    return view.viewport().cursor().shape()


def test_a_drag_on_an_empty_area_moves_the_handle_to_the_pointer_in_one_step(
    tab: ExplorerTab, view: LatentView
) -> None:
    shown = view.viewRange()
    start = view.to_pixels(43, 42)
    end = start + QPointF(-60, 40)
    drag(view.viewport(), start, end)
    assert view.handle_point == pytest.approx(view.to_plane(end))
    assert view.viewRange() == shown
    assert tab.moves.count() == 1
    tab.moves.undo()
    assert view.handle_point == pytest.approx((41, 41))


def test_the_handle_follows_before_the_button_is_released(qtbot: QtBot, view: LatentView) -> None:
    start = view.to_pixels(43, 42)
    mouse(view.viewport(), PRESS, start, LEFT)
    for i in (1, 2, 3):
        at = start + QPointF(10 * i, 0)
        mouse(view.viewport(), MOVE, at, LEFT)
        qtbot.waitUntil(lambda at=at: view.handle_point == pytest.approx(view.to_plane(at)))  # type: ignore[misc]
    mouse(view.viewport(), RELEASE, at, NONE)


def test_a_click_on_a_point_moves_the_handle_only_at_the_release(
    tab: ExplorerTab, subject: Subject, lonely: int
) -> None:
    view, moves = tab.view, []
    view.moved.connect(lambda x, y: moves.append((x, y)))
    at = view.to_pixels(*subject.z_mean[lonely].tolist())
    mouse(view.viewport(), PRESS, at, LEFT)
    mouse(view.viewport(), MOVE, at + QPointF(CLICK_SLACK, 0), LEFT)
    assert tab.moves.count() == 0
    mouse(view.viewport(), RELEASE, at + QPointF(CLICK_SLACK, 0), NONE)
    assert not moves
    np.testing.assert_array_equal(tab.code, subject.z_mean[lonely])
    assert tab.moves.count() == 1


def test_a_drag_from_a_point_does_not_click_it(tab: ExplorerTab, subject: Subject, lonely: int) -> None:
    at = tab.view.to_pixels(*subject.z_mean[lonely].tolist())
    drag(tab.view.viewport(), at, at + QPointF(-30, -20))
    assert tab.view.handle_point == pytest.approx(tab.view.to_plane(at + QPointF(-30, -20)))


def test_a_click_on_an_empty_area_jumps_there(view: LatentView) -> None:
    at = view.to_pixels(43, 42)
    mouse(view.viewport(), PRESS, at, LEFT)
    mouse(view.viewport(), RELEASE, at, NONE)
    assert view.handle_point == pytest.approx(view.to_plane(at), abs=1e-5)


@pytest.mark.parametrize(
    ("tool", "button", "keys"),
    [(EXPLORE, MIDDLE, NO_KEY), (EXPLORE, RIGHT, NO_KEY), (EXPLORE, LEFT, ALT), (HAND, LEFT, NO_KEY)],
)
def test_these_pan_and_leave_the_handle(tab: ExplorerTab, view: LatentView, tool, button, keys) -> None:
    view.use_tool(tool)
    start = view.to_pixels(43, 42)
    pressed = view.to_plane(start)
    (left, right), _ = view.viewRange()
    drag(view.viewport(), start, start + QPointF(60, 30), button=button, keys=keys)
    assert view.to_plane(start + QPointF(60, 30)) == pytest.approx(pressed, abs=1e-3)  # the map follows the pointer
    (moved_left, moved_right), _ = view.viewRange()
    assert moved_left < left
    assert moved_right - moved_left == pytest.approx(right - left)
    assert view.handle_point == pytest.approx((41, 41))
    assert tab.moves.count() == 0


def test_the_handle_is_dragged_with_the_hand_too(view: LatentView) -> None:
    view.use_tool(HAND)
    shown, start = view.viewRange(), view.to_pixels(*view.handle_point)
    drag(view.viewport(), start, start + QPointF(50, -20))
    assert view.handle_point == pytest.approx(view.to_plane(start + QPointF(50, -20)), abs=0.02)
    assert view.viewRange() == shown


def test_a_click_with_the_hand_selects_points_and_ignores_empty_areas(
    tab: ExplorerTab, subject: Subject, lonely: int
) -> None:
    view, before = tab.view, tab.view.handle_point
    view.use_tool(HAND)
    at = view.to_pixels(*subject.z_mean[lonely].tolist())
    for position, expected in ((at + QPointF(-40, 0), before), (at, tuple(subject.z_mean[lonely].tolist()))):
        mouse(view.viewport(), PRESS, position, LEFT)
        mouse(view.viewport(), RELEASE, position, NONE)
        assert view.handle_point == pytest.approx(expected)


def test_a_right_click_asks_for_the_menu_where_it_was_and_a_right_drag_does_not(view: LatentView) -> None:
    asked: list[QPoint] = []
    view.menu_wanted.connect(asked.append)
    start = view.to_pixels(43, 42)
    drag(view.viewport(), start, start + QPointF(40, 0), button=RIGHT)
    assert not asked
    mouse(view.viewport(), PRESS, start, RIGHT, RIGHT)
    mouse(view.viewport(), RELEASE, start, NONE, RIGHT)
    assert asked == [view.viewport().mapToGlobal(start).toPoint()]


def test_the_menu_key_asks_for_the_menu_at_the_handle(view: LatentView) -> None:
    asked: list[QPoint] = []
    view.menu_wanted.connect(asked.append)
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, QPoint(5, 5), QPoint(5, 5)))
    assert asked == [view.mapToGlobal(view.to_pixels(*view.handle_point).toPoint())]


def test_keys_take_the_tools_and_the_cursor_shows_which(qtbot: QtBot, view: LatentView) -> None:
    tools: list[object] = []
    view.tool_changed.connect(tools.append)
    ground = view.to_pixels(43, 42)
    for tool in (HAND, EXPLORE):
        qtbot.keyClick(view, tool.key)
        assert view.tool is tool
        mouse(view.viewport(), MOVE, ground, NONE)
        assert cursor(view) == tool.cursor
    qtbot.keyClick(view, HAND.key, Qt.KeyboardModifier.ControlModifier)
    assert view.tool is EXPLORE
    assert tools == [HAND, EXPLORE]
    assert len({tool.cursor for tool in TOOLS}) == len({tool.key for tool in TOOLS}) == len(TOOLS)


def test_the_cursor_over_the_handle_is_the_same_for_all_tools(view: LatentView) -> None:
    mouse(view.viewport(), MOVE, view.to_pixels(*view.handle_point), NONE)
    assert cursor(view) not in {tool.cursor for tool in TOOLS}


def test_a_drag_whose_release_was_not_seen_ends(view: LatentView) -> None:
    start = view.to_pixels(43, 42)
    mouse(view.viewport(), PRESS, start, LEFT)
    mouse(view.viewport(), MOVE, start + QPointF(20, 0), LEFT)
    mouse(view.viewport(), MOVE, start + QPointF(40, 0), NONE)
    at = view.handle_point
    mouse(view.viewport(), MOVE, start + QPointF(60, 0), NONE)
    assert view.handle_point == at


def test_dragging_an_axis_does_not_move_the_handle(view: LatentView) -> None:
    at = QPointF(10, view.height() / 2)
    drag(view.viewport(), at, at + QPointF(0, 40))
    assert view.handle_point == pytest.approx((41, 41))


def test_the_table_names_each_tool() -> None:
    for tool in TOOLS:
        assert any(f"the tool {tool.title}" in row.gesture for row in GESTURES)
    keys = next(row for row in GESTURES if "takes the tool" in row.effect)
    assert keys.gesture == ", ".join(chr(tool.key) for tool in TOOLS)
