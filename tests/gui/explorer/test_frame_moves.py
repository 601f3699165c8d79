"""Moves of the pointer within one frame are merged."""

from PySide6.QtCore import QObject, QPointF
from pytestqt.qtbot import QtBot

from vae_explorer.gui.explorer.frame_moves import FrameMoves


def test_the_first_move_is_carried_out_at_once_and_the_newest_other_after_the_paint(qtbot: QtBot) -> None:
    parent, seen = QObject(), []
    moves = FrameMoves(lambda position: seen.append(position.x()), parent)
    for x in (1, 2, 3):
        moves.move_to(QPointF(x, 0))
    assert seen == [1]
    moves.painted()
    assert seen == [1]  # the next move waits until the paint has ended
    qtbot.waitUntil(lambda: seen == [1, 3])


def test_flush_carries_out_a_waiting_move_once(qtbot: QtBot) -> None:
    parent, seen = QObject(), []
    moves = FrameMoves(lambda position: seen.append(position.x()), parent)
    for x in (1, 2):
        moves.move_to(QPointF(x, 0))
    moves.flush()
    moves.flush()
    moves.painted()
    qtbot.wait(20)
    assert seen == [1, 2]
