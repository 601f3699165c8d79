"""Moves of the pointer that arrive within a frame are one."""

from PySide6.QtCore import QObject, QPointF
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.frame_moves import FrameMoves


def test_the_first_move_is_at_once_and_the_newest_of_the_others_after_the_paint(qtbot: QtBot) -> None:
    parent, seen = QObject(), []
    moves = FrameMoves(lambda position: seen.append(position.x()), parent)
    for x in (1, 2, 3):
        moves.move_to(QPointF(x, 0))
    assert seen == [1]
    moves.painted()
    assert seen == [1]  # not within the paint
    qtbot.waitUntil(lambda: seen == [1, 3])


def test_what_waits_can_be_carried_out_at_once_and_then_waits_no_more(qtbot: QtBot) -> None:
    parent, seen = QObject(), []
    moves = FrameMoves(lambda position: seen.append(position.x()), parent)
    for x in (1, 2):
        moves.move_to(QPointF(x, 0))
    moves.flush()
    moves.flush()
    moves.painted()
    qtbot.wait(20)
    assert seen == [1, 2]
