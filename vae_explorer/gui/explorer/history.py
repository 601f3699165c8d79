"""Undo on the map: moves of the handle and changes of the plane, split, colours and filter."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand, QUndoStack

PAUSE = 0.7  # seconds without a change after which the next key stroke or click is a new step

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive changes with equal runs are undone together."""

    name: Hashable
    pause: float = PAUSE  # seconds without a change after which it ends


def drag_run(number: int) -> Run:
    """The run of one drag, which no pause ends. number: of the drag."""
    return Run(("drag", number), math.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Change(Generic[State]):
    """A change from one state to another. `apply` sets a state, and must not make another change."""

    text: str  # what is changed, shown after "Undo" in the menu
    before: State
    after: State
    apply: Callable[[State], None]
    run: Run | None = None  # None: it is undone alone


class History(QUndoStack):
    """The undo stack of the map."""

    def do(self, change: Change[State]) -> None:
        """Carry the change out and remember it."""
        self.push(_Step(change))

    def take_back(self, apply: Callable[[State], None]) -> None:
        """Undo the newest change and forget it, if it was made by `apply`: it turned out to be impossible."""
        step = self.command(self.index() - 1) if self.index() else None
        if isinstance(step, _Step) and step.made_by(apply):
            step.setObsolete(True)  # the stack removes it without undoing it
            self.undo()
            step.undo()


class _Step(QUndoCommand):
    """A change, or a run of them."""

    def __init__(self, change: Change[State]) -> None:
        super().__init__(change.text)
        self._change, self._after = change, change.after
        self._when = time.monotonic()

    def made_by(self, apply: Callable[..., None]) -> bool:
        return self._change.apply == apply

    def id(self) -> int:
        return -1 if self._change.run is None else 1  # Qt calls mergeWith for steps with equal ids

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
