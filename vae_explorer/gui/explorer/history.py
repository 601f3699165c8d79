"""Undo on the map: moves of the handle and changes of the plane, split, colours and filter."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from vae_explorer.errors import UserError

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
    """A change from one state to another. `apply` sets a state, and must not make another change.

    It raises UserError if it cannot: then there is no step, or the step to be undone or redone stays where it was.
    """

    text: str  # what is changed, shown after "Undo" in the menu
    before: State
    after: State
    apply: Callable[[State], None]
    run: Run | None = None  # None: it is undone alone


class History(QUndoStack):
    """The undo stack of the map. `refused` brings one sentence on why something could not be done, undone or redone."""

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._back: int | None = None  # the index to return to, since what leads away from it was refused
        self.indexChanged.connect(self._return)

    def do(self, change: Change[State]) -> bool:
        """Carry the change out and remember it. Returns whether that was possible."""
        try:
            change.apply(change.after)
        except UserError as error:
            self.refused.emit(str(error))
            return False
        self.push(_Step(change, self))
        return True

    def take_back(self, apply: Callable[[State], None]) -> None:
        """Undo the newest change and forget it, if it was made by `apply`: it turned out to be impossible."""
        step = self.command(self.index() - 1) if self.index() else None
        if isinstance(step, _Step) and step.made_by(apply):
            step.setObsolete(True)  # the stack removes it without undoing it
            self.undo()
            step.undo()

    def carry_out(self, change: Change[State], state: State) -> None:
        """Set a state of a step that is undone or redone. If that is refused, the step stays where it was."""
        if self._back is not None:  # the step only returns to where it was
            return
        try:
            change.apply(state)
        except UserError as error:
            self._back = self.index()  # which Qt changes as soon as it has called the step, whatever came of it
            self.refused.emit(str(error))

    def _return(self) -> None:
        if self._back is not None:
            self.setIndex(self._back)
            self._back = None


class _Step(QUndoCommand):
    """A change that was carried out, or a run of them."""

    def __init__(self, change: Change[State], history: History) -> None:
        super().__init__(change.text)
        self._change, self._after, self._history = change, change.after, history
        self._pushed = False
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
        self._history.carry_out(self._change, self._change.before)

    def redo(self) -> None:
        if self._pushed:
            self._history.carry_out(self._change, self._after)
        self._pushed = True
