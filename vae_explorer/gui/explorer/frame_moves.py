"""Limits the moves of the pointer to one per frame."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QTimer


class FrameMoves(QObject):
    """Carries out a move, and the next one after the paint; of the moves in between, only the newest."""

    def __init__(self, carry_out: Callable[[QPointF], None], parent: QObject) -> None:
        """carry_out: called with the position of a move; must cause a paint."""
        super().__init__(parent)
        self._carry_out = carry_out
        self._painted = True  # whether the last move is on the screen
        self._held: QPointF | None = None  # the newest position, which waits for the paint

    def move_to(self, position: QPointF) -> None:
        self._held = position
        if self._painted:
            self.flush()

    def painted(self) -> None:
        """Call this after the paint that shows the last move."""
        self._painted = True
        if self._held is not None:
            QTimer.singleShot(0, self, self.flush)

    def flush(self) -> None:
        """Carry out a waiting move now, if there is one."""
        if self._held is not None:
            position, self._held = self._held, None
            self._painted = False
            self._carry_out(position)
