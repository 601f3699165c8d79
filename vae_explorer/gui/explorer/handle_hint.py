"""A hint beside the handle at the first launches, until the person has moved the handle or closed the hint."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from vae_explorer.gui.explorer.view import LatentView

TEXT = "Drag me; press anywhere to bring me here."
SEEN = "hints/handle"  # in the settings: whether the hint has done its work
AWAY = 16  # pixels from the handle's centre


class HandleHint(QFrame):
    """A card over the map that stays beside the handle. `done` is emitted when it goes."""

    done = Signal()

    def __init__(self, view: LatentView) -> None:
        super().__init__(view)
        self.setObjectName("handleHint")
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._view = view
        self.text = QLabel(TEXT)
        self.close_button = QToolButton()
        self.close_button.setObjectName("handleHintClose")
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Close the hint")
        self.close_button.setToolTip("Do not show this again")
        self.close_button.setAutoRaise(True)
        self.close_button.clicked.connect(self._end)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.setSpacing(6)
        layout.addWidget(self.text)
        layout.addWidget(self.close_button)
        view.handle.placed.connect(self._place)
        view.getViewBox().sigRangeChanged.connect(self._place)
        for moved in (view.moved, view.jumped, view.picked):
            moved.connect(self._end)
        view.installEventFilter(self)
        self.adjustSize()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self, *_: object) -> None:
        """Lie to the lower right of the handle, or on another side where there is room; hide if it is not seen."""
        view = self._view
        handle = view.to_pixels(*view.handle_point)
        self.setVisible(view.covers(handle))
        away, size, others = QPoint(AWAY, AWAY), self.rect(), self._others()
        for corner in (size.topLeft, size.topRight, size.bottomLeft, size.bottomRight):
            place = size.translated(handle.toPoint() - corner())
            step = place.center() - handle.toPoint()
            place.translate(away.x() if step.x() > 0 else -away.x(), away.y() if step.y() > 0 else -away.y())
            if view.rect().contains(place) and not any(other.intersects(place) for other in others):
                self.move(place.topLeft())
                return
        self.hide()

    def _others(self) -> list[QRect]:
        """Where the legends and the other cards are."""
        cards = self._view.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [card.geometry() for card in cards if card.isVisible() and card not in (self, self._view.viewport())]

    def _end(self, *_: object) -> None:
        self.done.emit()
        self.hide()
        self._view.removeEventFilter(self)
        self.deleteLater()


def teach(view: LatentView, settings: QSettings) -> None:
    """Show the hint, unless the person knows it."""
    if settings.value(SEEN) is None:
        hint = HandleHint(view)
        hint.done.connect(lambda: settings.setValue(SEEN, "yes"))
