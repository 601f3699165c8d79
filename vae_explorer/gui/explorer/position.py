"""The position of the handle as text: copied, and asked for."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog

from vae_explorer.errors import UserError
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.code_text import code_text, read_code


def copy_position(explorer: ExplorerTab) -> str:
    """Copy the latent code at the handle; returns what was copied."""
    text = code_text(explorer.code)
    QGuiApplication.clipboard().setText(text)
    return text


class PositionDialog(QInputDialog):
    """Asks for a latent code, or for a point of the plane that is shown, and moves the handle there."""

    def __init__(self, explorer: ExplorerTab) -> None:
        super().__init__(explorer)
        self._explorer = explorer
        self.setObjectName("positionDialog")
        self.setWindowTitle("Go to a position")
        self.setLabelText(self._asked())
        self.setTextValue(code_text(explorer.code))

    def accept(self) -> None:
        """Move the handle and close, or say what is wrong with the text."""
        try:
            self._go(self.textValue())
        except UserError as error:
            self.setLabelText(str(error))
        else:
            super().accept()

    def _asked(self) -> str:
        count = len(self._explorer.code)
        plane = ", or the two of a point of the map" if count > 2 else ""
        return f"The {count} numbers of the latent code{plane}, such as #z=0.71,1.79:"

    def _go(self, text: str) -> None:
        code, count = read_code(text), len(self._explorer.code)
        if len(code) == count:
            self._explorer.go_to_code(code)
        elif len(code) == 2 and count > 2:
            self._explorer.go_to(*code.tolist())
        else:
            raise UserError(f"These are {len(code)} numbers. {self._asked()}")


def ask_position(explorer: ExplorerTab) -> PositionDialog:
    """Open the dialog."""
    dialog = PositionDialog(explorer)
    dialog.open()
    return dialog
