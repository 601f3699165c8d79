"""Moves of the pointer, one a frame."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QTimer


class FrameMoves(QObject):
    """Lets one move through, and the next when that is painted: those in between are one, the newest."""

    def __init__(self, carry_out: Callable[[QPointF], None], parent: QObject) -> None:
        """carry_out: what a move to a position does; it has to end in a paint."""
        super().__init__(parent)
        self._carry_out = carry_out
        self._painted = True  # whether the last move is on the screen
        self._held: QPointF | None = None  # a newer position, which waits for that

    def move_to(self, position: QPointF) -> None:
        self._held = position
        if self._painted:
            self.flush()

    def painted(self) -> None:
        """What the last move has changed is on the screen."""
        self._painted = True
        if self._held is not None:
            QTimer.singleShot(0, self, self.flush)

    def flush(self) -> None:
        """Carry out the move that waits, if one does, without waiting longer."""
        if self._held is not None:
            position, self._held = self._held, None
            self._painted = False
            self._carry_out(position)
