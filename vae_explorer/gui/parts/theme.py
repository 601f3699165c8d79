"""Light and dark: one set of colours for widgets and plots."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

Appearance = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    dark: bool
    window: str
    base: str  # background of plots
    field: str  # background of text fields and check boxes
    raised: str  # background of buttons
    text: str
    muted: str  # secondary text, axes
    line: str  # borders, grid lines
    accent: str
    on_accent: str
    error: str


LIGHT = Theme(
    False, "#f4f5f7", "#ffffff", "#ffffff", "#fafbfc", "#1c2026", "#5a626e", "#d5d9e0", "#2f6fde", "#ffffff", "#b3261e"
)
DARK = Theme(
    True, "#1f2228", "#15171b", "#2d323c", "#343a45", "#e4e7ec", "#9aa3b0", "#3b414c", "#6ea8ff", "#0c1424", "#ff8a80"
)


def theme_of(appearance: Appearance) -> Theme:
    """The theme of an appearance; "system" follows the desktop, or is light if the desktop sets none."""
    if appearance == "system":
        return DARK if QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if appearance == "dark" else LIGHT


def apply_theme(window: QWidget, theme: Theme) -> None:
    """Give the application the theme's palette, and a window and its dialogs its rules.

    Rules of the application would style every widget again and again while a window is built. Plots get the theme from
    their own `set_theme`.
    """
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.window), (role.WindowText, theme.text), (role.Base, theme.field),
        (role.AlternateBase, theme.window), (role.Text, theme.text), (role.Button, theme.raised),
        (role.ButtonText, theme.text), (role.ToolTipBase, theme.raised), (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted), (role.Highlight, theme.accent), (role.HighlightedText, theme.on_accent),
        (role.Accent, theme.accent), (role.Link, theme.accent), (role.Mid, theme.line), (role.Dark, theme.line),
        (role.Light, theme.raised), (role.Midlight, theme.line), (role.BrightText, theme.error),
        (role.Shadow, "#000000"),
    ):  # fmt: skip
        palette.setColor(which, QColor(colour))
    faint = QColor(theme.muted)
    faint.setAlpha(140)
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.line))
    QApplication.setPalette(palette)
    window.setStyleSheet(
        f"""
        QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.line}; padding: 4px; }}
        QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.line}; }}
        QLabel[muted="true"] {{ color: {theme.muted}; }}
        QToolButton[over_map="true"] {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 4px;
            padding: 2px 8px; }}
        QToolButton[over_map="true"]:hover {{ border: 1px solid {theme.muted}; }}
        QToolButton[over_map="true"]:checked {{ background: {theme.accent}; color: {theme.on_accent};
            border: 1px solid {theme.accent}; }}
        QFrame[card="true"] {{ background: {theme.base}; border: 1px solid {theme.line}; border-radius: 6px; }}
        QFrame[toast="true"] {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 4px; }}
        QFrame[toast="true"][kind="error"] {{ border: 1px solid {theme.error}; }}
        """
    )
