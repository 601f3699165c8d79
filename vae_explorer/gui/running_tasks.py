"""The window's tasks in the background, of which none may outlive it."""

from collections.abc import Callable
from typing import Any

from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.progress import Progress


class RunningTasks:
    """Starts tasks, and knows those that have not ended; false when there are none."""

    def __init__(self) -> None:
        self._tasks: set[BackgroundTask] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(
        self,
        function: Callable[[Progress], Any],
        returned: Callable[[Any], object],
        errored: Callable[[str], object],
    ) -> None:
        """Call the function in a thread, and one of the others here with what it returned or one sentence why not."""
        task = BackgroundTask(function)
        self._tasks.add(task)
        task.returned.connect(returned)
        task.errored.connect(errored)
        task.finished.connect(lambda: self._tasks.discard(task))
        task.start()

    def cancel(self) -> None:
        """Leave all tasks; what they return is not wanted any more."""
        for task in self._tasks:
            task.cancel()
