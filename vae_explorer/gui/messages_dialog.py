"""Help > Messages: all that the window said since it was opened."""

from collections.abc import Sequence
from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from vae_explorer.gui.parts.toast import Message

SIZE = 720, 480  # pixels


class MessagesDialog(QDialog):
    """A table, the newest message first, as text that can be selected and copied."""

    def __init__(self, messages: Sequence[Message], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("messagesDialog")
        self.setWindowTitle("Messages")
        self.text = QTextBrowser()
        self.text.setObjectName("messagesText")
        self.text.setAccessibleName("Messages, the newest first")
        self.text.document().setDocumentMargin(12)
        self.text.setHtml("".join(map(_row, reversed(messages))).join(("<table>", "</table>")))
        if not messages:
            self.text.setPlainText("There was no message yet.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(*SIZE)


def _row(message: Message) -> str:
    """A message as HTML without colours, so that the text follows the appearance."""
    cell = "<td style='padding: 2px 24px 2px 0'>"
    text = escape(message.text).replace("\n", "<br>")
    return (
        f"<tr>{cell}{message.when:%H:%M:%S}</td>{cell}{'error' if message.is_error else ''}</td>{cell}{text}</td></tr>"
    )
