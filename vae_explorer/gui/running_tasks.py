"""The window's background tasks, which end with the window."""

from collections.abc import Callable
from typing import Any

from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.progress import Progress


class RunningTasks:
    """Starts tasks and keeps those that have not ended; false when there are none."""

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
        """Call the function in a thread; then call `returned` with its result or `errored` with one sentence."""
        task = BackgroundTask(function)
        self._tasks.add(task)
        task.returned.connect(returned)
        task.errored.connect(errored)
        task.finished.connect(lambda: self._tasks.discard(task))
        task.start()

    def cancel(self) -> None:
        """Cancel all tasks and drop their results."""
        for task in self._tasks:
            task.cancel()
