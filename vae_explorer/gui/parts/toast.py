"""A short message over the window that does not change its layout."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

NOTE_SECONDS = 6


class Toast(QFrame):
    """One message at a time, at the bottom of its parent. Errors stay until they are closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("toast", True)
        self.setAutoFillBackground(True)
        self.text = QLabel()
        self.text.setObjectName("toastText")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setText("✕")
        close.setAccessibleName("Close the message")
        close.setAutoRaise(True)
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.addWidget(self.text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def note(self, text: str) -> None:
        if self.isVisible() and self.property("kind") == "error":  # keep the error and append the note
            self._show(f"{self.text.text()}\n{text}", "error")
            return
        self._show(text, "note")
        self._timer.start(NOTE_SECONDS * 1000)

    def error(self, text: str) -> None:
        self._timer.stop()
        self._show(text, "error")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _show(self, text: str, kind: str) -> None:
        self.text.setText(text)
        self.setAccessibleName(text)
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        parent = self.parentWidget()
        width = min(640, parent.width() - 40)
        self.setFixedWidth(width)
        self.setFixedHeight(self.layout().totalHeightForWidth(width))
        self.move((parent.width() - width) // 2, parent.height() - self.height() - 48)
