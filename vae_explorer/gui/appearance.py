"""Light or dark: as the person chose, else as the desktop is."""

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from vae_explorer.gui.parts.theme import Appearance, theme_of

APPEARANCES: tuple[Appearance, ...] = ("system", "light", "dark")


class AppearanceChoice(QObject):
    """Says which theme is to be shown, also when the desktop changes to another."""

    changed = Signal(object)  # the theme to show

    def __init__(self, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        QApplication.styleHints().colorSchemeChanged.connect(self.apply)

    @property
    def chosen(self) -> Appearance:
        chosen = self._settings.value("window/appearance")
        return next((each for each in APPEARANCES if each == chosen), "system")

    def choose(self, appearance: Appearance) -> None:
        """Show an appearance now and at the next launch."""
        self._settings.setValue("window/appearance", appearance)
        self.apply()

    def apply(self) -> None:
        """Show the theme of the present appearance."""
        self.changed.emit(theme_of(self.chosen))
