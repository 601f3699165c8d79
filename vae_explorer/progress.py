"""How every long task reports its progress, and how it ends early."""

from collections.abc import Callable

# A function that is called with the task in words and its share done, 0 to 1. It may raise `LeftError`, or any other
# exception, to end the task.
Progress = Callable[[str, float], None]


class LeftError(Exception):
    """Ends a long task early because the user asked for it. It is not a failure, and no message is shown."""


def no_progress(_task: str, _share: float) -> None:
    """Ignore the progress."""


def portion(progress: Progress, low: float, high: float) -> Progress:
    """The progress of one step of a task. The step goes from the share `low` of the whole task to the share `high`."""
    return lambda task, share: progress(task, low + (high - low) * share)
