"""Collects Python's cyclic garbage in the GUI thread alone.

Python collects garbage in whichever thread allocates. If a closed dialog or plot is part of it, its Qt objects are
destroyed in that thread, which Qt does not allow: the program crashes sooner or later. So the window turns Python's own
collection off and does the same from a timer.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500  # milliseconds between two looks at how much was allocated


class GarbageCollector(QObject):
    """Collects garbage in the thread of its event loop, by Python's thresholds, until `end` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(_collect_if_due)
        self._timer.start()

    def end(self) -> None:
        """Leave the collection to Python again."""
        self._timer.stop()
        gc.enable()


def _collect_if_due() -> None:
    """Collect the oldest generation whose count is beyond its threshold, and with it all younger ones."""
    due = [generation for generation in range(3) if gc.get_count()[generation] > gc.get_threshold()[generation]]
    if due:
        gc.collect(due[-1])
