"""Notices that a step was tried."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal, SignalInstance


class Watch(QObject):
    """Watches some signals of the window until it ends."""

    tried = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._signals: list[SignalInstance] = []
        self._counts: Callable[..., bool] = lambda *_: True

    def follow(self, signals: Iterable[SignalInstance], counts: Callable[..., bool]) -> None:
        """Emit `tried` with each of these signals if `counts`, called with what it brings, says that it counts."""
        self._counts = counts
        for signal in signals:
            signal.connect(self._take)
            self._signals.append(signal)

    def end(self) -> None:
        for signal in self._signals:
            signal.disconnect(self._take)
        self._signals.clear()
        self.deleteLater()

    def _take(self, *brought: object) -> None:
        if self._counts(*brought):
            self.tried.emit()
