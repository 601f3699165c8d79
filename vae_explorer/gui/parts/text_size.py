"""View > Text size: the size of all texts of the window, as a share of the desktop's."""

from PySide6.QtCore import QSettings
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

SIZES = {"normal": 1.0, "large": 1.15, "largest": 1.3}
USUAL = "normal"
KEY = "window/textSize"


def chosen_text_size(settings: QSettings) -> str:
    """The name of the size that the person chose; at first, that of the desktop."""
    chosen = settings.value(KEY)
    return next((name for name in SIZES if name == chosen), USUAL)


def choose_text_size(settings: QSettings, name: str) -> None:
    """Show a size now and at the next launch."""
    settings.setValue(KEY, name)
    show_text_size(name)


def show_text_size(name: str) -> None:
    """Give all widgets, also those to come, texts of a size."""
    font = _of_the_desktop()
    font.setPointSizeF(font.pointSizeF() * SIZES[name])
    if font != QApplication.font():
        QApplication.setFont(font)


def scaled(pixels: int) -> int:
    """A width that holds texts, given for texts of the desktop's size."""
    return round(pixels * QApplication.font().pointSizeF() / _of_the_desktop().pointSizeF())


def _of_the_desktop() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
