"""The state of the window is kept while it rests, so that a process that is killed loses only its last seconds."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

REST = 2000  # milliseconds without a change after which the state is kept


class Keeping(QObject):
    """Looks at the state some time after something was painted: whatever a person changes is seen.

    It is kept only when two looks have found the same, so never during a drag or while something plays.
    """

    def __init__(self, state: Callable[[], object], keep: Callable[[], None], parent: QObject) -> None:
        """state: what would be kept, to be compared with ==. keep: keeps it."""
        super().__init__(parent)
        self._state, self._keep = state, keep
        self._seen: object = None  # at the last look
        self._kept: object = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST)
        self.timer.timeout.connect(self._look)

    def painted(self) -> None:
        """Something was painted: there may be another state."""
        if not self.timer.isActive():
            self.timer.start()

    def _look(self) -> None:
        before, self._seen = self._seen, self._state()
        if self._seen == self._kept:
            return
        if self._seen != before or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self.timer.start()
            return
        self._keep()
        self._kept = self._seen
