"""Shows names from files, which may contain any text, without interpreting them."""

from PySide6.QtGui import Qt


def safe_tip(text: str) -> str:
    """A tooltip that shows names from files literally: Qt would interpret some as rich text."""
    if not Qt.mightBeRichText(text):
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{escaped}</span>"


def shown(text: str) -> str:
    """The text without characters that break a line or reverse its direction."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
