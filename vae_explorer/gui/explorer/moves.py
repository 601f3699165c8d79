"""Moves of the handle that can be undone: jumps one by one, a drag or a run of key strokes as one."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QUndoCommand

from vae_explorer.array_types import Floats

PAUSE = 0.7  # seconds without a move that end a drag or a run of key strokes


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the handle is: the whole code, also where the plane that is drawn shows only two of its dimensions."""

    code: Floats  # (latent_dim,)


class Move(QUndoCommand):
    """From one place to another, carried out by `go`."""

    def __init__(self, go: Callable[[Place], None], before: Place, after: Place, jump: bool) -> None:
        super().__init__("move")
        self._go, self._before, self._after, self._jump = go, before, after, jump
        self._when = time.monotonic()

    def id(self) -> int:
        return -1 if self._jump else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Move) or other._when - self._when > PAUSE:
            return False
        self._after, self._when = other._after, other._when
        return True

    def undo(self) -> None:
        self._go(self._before)

    def redo(self) -> None:
        self._go(self._after)
