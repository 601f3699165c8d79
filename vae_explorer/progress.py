"""How a long task reports how far it is, and how it is left early: the same for all of them."""

from collections.abc import Callable

# Called with the task in words and its share done, 0 to 1. It may raise `LeftError`, or anything else, to end the task.
Progress = Callable[[str, float], None]


class LeftError(Exception):
    """Leaves a long task early because somebody wished so. It is no failure, and nothing is shown for it."""


def no_progress(_task: str, _share: float) -> None:
    """For callers who do not watch."""


def portion(progress: Progress, low: float, high: float) -> Progress:
    """The progress of one step of a task, which goes from the share `low` of the task to the share `high`."""
    return lambda task, share: progress(task, low + (high - low) * share)
