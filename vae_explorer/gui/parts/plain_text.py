"""Names from files, which anyone may have written, shown as they are."""

from PySide6.QtGui import Qt


def safe_tip(text: str) -> str:
    """A tooltip that shows names from files as they are: Qt would take some for rich text."""
    if not Qt.mightBeRichText(text):
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{escaped}</span>"


def shown(text: str) -> str:
    """Without what would break a line or turn its direction around."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
