"""The card of the tour, docked beside the map: a step's texts, and the buttons that lead through the steps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

WIDTH = 262  # pixels
MARGIN = 12  # pixels around the texts


class TourCard(QDockWidget):
    """Shows what it is told, and tells what the person wants. The mouse leaves the keyboard to the map."""

    step_wanted = Signal(int)  # number of the step, from 1; one more than there are: the end of the tour
    show_wanted = Signal()
    closed = Signal()

    def __init__(self, titles: Sequence[str], extra: QWidget, parent: QWidget) -> None:
        """titles: of the steps. extra: a widget below the texts, hidden unless a step wants it."""
        super().__init__("Tour", parent)
        self.setObjectName("tourDock")
        self.setAccessibleName("Tour")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._titles, self.extra = titles, extra
        self._number = 1
        self._done: set[int] = set()
        self.title, self.progress = self._text("tourTitle"), self._text("tourProgressText", muted=True)
        self.aim, self.see = self._text("tourTry"), self._text("tourSee")
        self.equation, self.source = self._text("tourEquation"), self._text("tourSource", muted=True)
        self.note = self._text("tourNote", muted=True)
        self.title.setStyleSheet("font-size: 15pt; font-weight: 600")
        self.numbers = [self._number_button(number, title) for number, title in enumerate(titles, start=1)]
        self.back, self.show_me, self.next = (
            self._button(text, name) for text, name in (("&Back", "tourBackButton"), ("", "tourShowButton"),
                                                        ("&Next", "tourNextButton"))
        )  # fmt: skip
        self.back.clicked.connect(lambda: self.step_wanted.emit(self._number - 1))
        self.next.clicked.connect(lambda: self.step_wanted.emit(self._number + 1))
        self.show_me.clicked.connect(self.show_wanted)
        self.setWidget(self._lay_out())

    def show_step(self, number: int, aim: str, see: str, equation: str, source: str) -> None:
        """Show a step, from 1. All texts are HTML."""
        self._number = number
        self.title.setText(self._titles[number - 1])
        for label, text in ((self.aim, aim), (self.see, see), (self.equation, equation), (self.source, source)):
            label.setText(text)
        self.equation.setAccessibleName(f"Equation, {source}")
        self.back.setEnabled(number > 1)
        self.next.setText("&Next" if number < len(self._titles) else "&Finish")
        self.numbers[number - 1].setChecked(True)
        self._scroll.verticalScrollBar().setValue(0)
        self._say_progress()

    def name_show(self, text: str) -> None:
        """What the button that does the step is called; "": it is disabled, because that is being done."""
        self.show_me.setEnabled(bool(text))
        if text:
            self.show_me.setText(text)

    def tick(self, number: int) -> None:
        """Show that a step was tried."""
        self._done.add(number)
        button = self.numbers[number - 1]
        button.setText("✓")
        button.setAccessibleName(f"Step {number}: {self._titles[number - 1]}, tried")
        self._say_progress()

    def say(self, note: str) -> None:
        """A sentence below the step; "": none."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _say_progress(self) -> None:
        tried = "  ✓ tried" if self._number in self._done else ""
        self.progress.setText(f"{self._number} of {len(self._titles)}{tried}")

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        texts = QVBoxLayout(inside)
        texts.setContentsMargins(MARGIN, 4, MARGIN, 4)
        texts.setSpacing(4)
        texts.addWidget(self.progress)
        texts.addWidget(self.title)
        for heading, label in (("Try", self.aim), ("See", self.see)):
            texts.addSpacing(8)
            texts.addWidget(self._heading(heading))
            texts.addWidget(label)
        card = QFrame()
        card.setProperty("card", True)
        in_card = QVBoxLayout(card)
        in_card.setContentsMargins(9, 8, 9, 8)
        in_card.addWidget(self.equation)
        in_card.addWidget(self.source)
        texts.addSpacing(12)
        texts.addWidget(card)
        texts.addSpacing(8)
        texts.addWidget(self.extra)
        texts.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setObjectName("tourScroll")
        self._scroll.setAccessibleName("Tour")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setWidget(inside)
        for part in (self._scroll.viewport(), inside):
            part.setAutoFillBackground(False)
        steps, buttons = QHBoxLayout(), QHBoxLayout()
        steps.setContentsMargins(MARGIN, 0, MARGIN, 0)
        steps.setSpacing(2)
        for number in self.numbers:
            steps.addWidget(number, 1)
        for button in (self.back, self.show_me, self.next):
            buttons.addWidget(button, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(MARGIN, 4, MARGIN, 10)
        foot.addWidget(self.note)
        foot.addLayout(buttons)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 6, 0, 0)
        column.addLayout(steps)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)
        whole.setFixedWidth(WIDTH)
        return whole

    def _text(self, name: str, muted: bool = False) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setProperty("muted", muted)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setStyleSheet("font-weight: 600")
        return label

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumWidth(1)
        return button

    def _number_button(self, number: int, title: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"tourStep{number}Button")
        button.setText(str(number))
        button.setToolTip(f"{number}. {title}")
        button.setAccessibleName(f"Step {number}: {title}")
        button.setProperty("over_map", True)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.step_wanted.emit(number))
        return button
