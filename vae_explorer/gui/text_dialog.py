"""A dialog of the Help menu: tables as text that can be selected and copied, above a button that closes it."""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

WIDTH = 720  # pixels


class TextDialog(QDialog):
    """Does not block the window, and is destroyed when it is closed."""

    def __init__(self, name: str, title: str, html: str, height: int, parent: QWidget) -> None:
        """html: without colours, so that the text follows the appearance. height: pixels, at first."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QTextBrowser()
        self.text.setAccessibleName(title)
        self.text.document().setDocumentMargin(12)
        self.text.setHtml(html)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(WIDTH, height)


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows of plain text as HTML."""
    lines = ("".join(f"<td style='padding: 2px 24px 2px 0'>{escape(cell)}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines).replace("\n", "<br>") + "</table>"
