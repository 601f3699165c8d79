"""Changes of the map's state that can be undone: moves of the handle, the plane, splits, colours and the filter."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand, QUndoStack

PAUSE = 0.7  # seconds without a change that end a run of key strokes or of clicks on an arrow

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive changes of one run are undone together."""

    name: Hashable
    pause: float = PAUSE  # seconds without a change that end it


def drag_run(number: int) -> Run:
    """One drag, however long the hand rests in it. number: of the drag."""
    return Run(("drag", number), math.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Change(Generic[State]):
    """From one state to another. `apply` puts the map into a state, and must not lead to another change."""

    text: str  # what is changed: it stands after "Undo" in the menu
    before: State
    after: State
    apply: Callable[[State], None]
    run: Run | None = None  # None: it is undone alone


class History(QUndoStack):
    """The one undo stack of the map."""

    def do(self, change: Change[State]) -> None:
        """Carry the change out and remember it."""
        self.push(_Step(change))


class _Step(QUndoCommand):
    """A change, or a run of them."""

    def __init__(self, change: Change[State]) -> None:
        super().__init__(change.text)
        self._change, self._after = change, change.after
        self._when = time.monotonic()

    def id(self) -> int:
        return -1 if self._change.run is None else 1  # steps of an equal id are offered to mergeWith

    def mergeWith(self, other: QUndoCommand) -> bool:
        run = self._change.run
        if not isinstance(other, _Step) or run is None or other._change.run != run:
            return False
        if other._when - self._when > run.pause:
            return False
        self._after, self._when = other._after, other._when
        return True

    def undo(self) -> None:
        self._change.apply(self._change.before)

    def redo(self) -> None:
        self._change.apply(self._after)
