"""Help > Keyboard and mouse: the keys of the menus, and what mouse and fingers do on the map."""

from collections.abc import Iterable
from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from vae_explorer.gui.explorer.gestures import GESTURES
from vae_explorer.gui.explorer.pad_keys import PAD_KEYS
from vae_explorer.gui.menus import Heard, Menu, actions_of, key_text, plain

WHERE: dict[Heard, str] = {"window": "", "explorer": "in the Explorer", "map": "on the map"}
SIZE = 720, 720  # pixels


def key_rows(menus: tuple[Menu, ...]) -> list[tuple[str, str, str]]:
    """For each action with keys, and each key of the pad: the keys, what they do, where they work if not everywhere."""
    of_menus = [
        (key_text(record.keys), plain(record.text), WHERE[record.heard]) for record in actions_of(menus) if record.keys
    ]
    return of_menus + [(key.text, key.effect, "on the drawing pad") for key in PAD_KEYS]


class KeyboardHelp(QDialog):
    """Two tables, as text that can be selected and copied."""

    def __init__(self, menus: tuple[Menu, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keyboardHelp")
        self.setWindowTitle("Keyboard and mouse")
        self.text = QTextBrowser()
        self.text.setObjectName("keyboardHelpText")
        self.text.setAccessibleName("Keyboard and mouse")
        self.text.document().setDocumentMargin(12)
        gestures = ((each.gesture, each.effect) for each in GESTURES)
        self.text.setHtml(
            f"<h3>Keys</h3>{_table(key_rows(menus))}<br><h3>Mouse and keys on the map</h3>{_table(gestures)}"
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(*SIZE)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as HTML without colours, so that the text follows the appearance."""
    lines = ("".join(f"<td style='padding: 2px 24px 2px 0'>{escape(cell)}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
