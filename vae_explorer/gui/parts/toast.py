"""Messages in a strip that covers nothing, with the actions that follow from them; all are kept for Help > Messages."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTabWidget, QToolButton, QWidget

from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.gui.parts.settings import LOG_HAS_MORE, log_path

NOTE_SECONDS, SECONDS_A_LETTER = 6, 0.06  # shortest time that a note stays, and how much longer for its text
MOST_KEPT = 500  # messages
PLACING = QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest  # events that may move the strip
BESIDE = 10  # pixels between the strip and what is beside it


@dataclass(frozen=True, slots=True)
class Follow:
    """What a person may want to do after a message."""

    title: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is kept."""

    when: datetime
    text: str
    is_error: bool


def open_folder(path: Path) -> Follow:
    """To open the folder of a file, or a folder itself, in the system's program for folders."""
    folder = path if path.is_dir() else path.parent
    return Follow("Open folder", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.absolute()))))


class Toast(QFrame):
    """One message at a time: beside the tabs if it fits there, else in a row of its own above them if there is room.

    A note goes after a while, an error when it is closed.
    """

    def __init__(self, tabs: QTabWidget, title: QWidget, parent: QWidget) -> None:
        """The strip lies between the tabs and the title in their corner. parent: holds `room` and below it the tabs."""
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("toast", True)
        self.setAutoFillBackground(True)
        self._tabs, self._title = tabs, title
        self.kept: deque[Message] = deque(maxlen=MOST_KEPT)  # the oldest first
        self.room = QWidget()  # where a message lies that is too long for the row of the tabs
        self.room.setFixedHeight(0)
        self.text = QLabel()
        self.text.setObjectName("toastText")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.follow, self.second = self._button("toastFollow"), self._button("toastSecondFollow")
        self._follows: tuple[Follow, ...] = ()  # one for each of these buttons that is shown
        close = QToolButton()
        close.setText("✕")
        close.setAccessibleName("Close the message")
        close.setToolTip("Close the message: Help > Messages keeps it")
        close.setAutoRaise(True)
        close.clicked.connect(self._leave)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 1, 2, 1)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.follow)
        layout.addWidget(self.second)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_over)
        for widget in (tabs, title):
            widget.installEventFilter(self)
        self.hide()

    def note(self, text: str, follows: Sequence[Follow] = ()) -> None:
        """Show a note and at most two things that may follow; an error that is shown stays above it."""
        self._keep(text, is_error=False)
        if self.isVisible() and self.property("kind") == "error":
            self._show(f"{self.text.text()}\n{text}", "error", follows)
            return
        self._show(text, "note", follows)
        self._timer.start(round(1000 * (NOTE_SECONDS + SECONDS_A_LETTER * len(text))))

    def error(self, text: str) -> None:
        """Show an error; if the log has more, the log can be opened."""
        self._timer.stop()
        follows: tuple[Follow, ...] = ()
        if LOG_HAS_MORE in text:
            text = text.replace(f" ({LOG_HAS_MORE})", ".").replace(f" {LOG_HAS_MORE}.", "")
            follows = (Follow("Show log", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path())))),)
        self._keep(text, is_error=True)
        self._show(text, "error", follows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in PLACING and not self.isHidden():
            self._place()
        return False

    def _keep(self, text: str, is_error: bool) -> None:
        self.kept.append(Message(datetime.now(), text, is_error))

    def _show(self, text: str, kind: str, follows: Sequence[Follow]) -> None:
        self.text.setText(text)
        self.setAccessibleName(text)
        self.text.setToolTip(safe_tip(text))
        self._follows = tuple(follows)
        for at, button in enumerate((self.follow, self.second)):
            button.setVisible(at < len(follows))
            if at < len(follows):
                button.setText(follows[at].title)
                button.setAccessibleName(follows[at].title)
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._place()
        self.show()
        self.raise_()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName("What follows from the message")
        button.clicked.connect(lambda: self._do(button))
        return button

    def _do(self, button: QToolButton) -> None:
        follow = self._follows[0 if button is self.follow else 1]
        self._leave()
        follow.do()

    def _leave(self) -> None:
        self._timer.stop()
        self._follows = ()
        self.hide()
        self.room.setFixedHeight(0)

    def _time_is_over(self) -> None:
        """Go, unless the pointer is here, or a drag goes on that a change of the layout would disturb."""
        if self.underMouse() or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._timer.start(1000)
        else:
            self._leave()

    def _place(self) -> None:
        bar, corner = self._tabs.tabBar(), self._tabs.pos()
        left = corner.x() + bar.x() + bar.tabRect(bar.count() - 1).right() + BESIDE
        right = corner.x() + self._title.x() - BESIDE
        beside = QRect(left, corner.y() + 1, right - left, bar.height() - 2)
        self.text.setWordWrap(False)
        needed = self.layout().totalSizeHint() + QSize(2, 0)  # with the line around it
        width, whole = self.parentWidget().width() - 2 * BESIDE, self.parentWidget().height()
        fits = needed.width() <= beside.width() and "\n" not in self.text.text()
        self.text.setWordWrap(not fits)
        height = self.layout().totalHeightForWidth(width)
        if fits or height + BESIDE // 2 + self._tabs.minimumSizeHint().height() > whole:  # else the window would grow
            self.room.setFixedHeight(0)
            beside.setWidth(min(needed.width(), beside.width()))
            self.setGeometry(beside)
        else:
            self.room.setFixedHeight(height + BESIDE // 2)
            self.setGeometry(BESIDE, BESIDE // 2, width, height)
