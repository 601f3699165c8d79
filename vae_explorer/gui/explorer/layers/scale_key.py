"""The key of a shaded layer in the panel of layers: a bar of its opacities with both ends labelled, and a note."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vae_explorer.latent.palette import SHADES

WIDTH, HEIGHT = 60, 10  # pixels of the bar
TEXT_WIDTH = 240  # pixels, width of the note


class ScaleKey(QWidget):
    """Shows what the palest and the strongest colour mean, once that is known."""

    def __init__(self, shade: str, opacities: tuple[float, float]) -> None:
        """shade: one of `SHADES`, "": there is no bar. opacities: at the two ends of the bar."""
        super().__init__()
        self._bar, self._low, self._high, self._note = _Bar(shade, opacities), QLabel(), QLabel(), QLabel()
        self._note.setWordWrap(True)
        self._note.setFixedWidth(TEXT_WIDTH)
        for label in (self._low, self._high, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("muted", True)
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self._low, self._bar, self._high):
            row.addWidget(widget)
            widget.hide()
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        column.addWidget(self._note)
        self._note.hide()

    def show_ends(self, ends: tuple[str, str], note: str) -> None:
        """ends: what the palest and the strongest colour mean; note: a line below, "": none."""
        for label, text in zip((self._low, self._high), ends, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
        self._bar.setVisible(bool(ends[1]))
        self.say(note)

    def say(self, note: str) -> None:
        """Show a line below the bar; "" hides it."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    @property
    def text(self) -> str:
        """What it says, for tests and assistive tools."""
        return " ".join(filter(None, (self._low.text(), self._high.text(), self._note.text())))

    def set_dark(self, dark: bool) -> None:
        self._bar.dark = dark
        self._bar.update()


class _Bar(QWidget):
    def __init__(self, shade: str, opacities: tuple[float, float]) -> None:
        super().__init__()
        self._shade, self._opacities = shade, opacities
        self.dark = False
        self.setFixedSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for place, opacity in enumerate(self._opacities):
            colour = QColor(SHADES[self._shade][self.dark])
            colour.setAlphaF(opacity)
            gradient.setColorAt(place, colour)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
