"""The Help menu: keys and gestures, the messages, the log, and About the program and its libraries."""

import platform
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from vae_explorer import __version__
from vae_explorer.gui.parts.settings import log_path

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow


def show_keyboard_help(window: "MainWindow") -> None:
    """Show the keys and mouse gestures."""
    from vae_explorer.gui.keyboard_help import keyboard_help
    from vae_explorer.gui.text_dialog import TextDialog

    TextDialog("keyboardHelp", "Keyboard and mouse", keyboard_help(window.menus.records), 720, window).show()


def show_messages(window: "MainWindow") -> None:
    """Show all messages since the window was opened, the newest first."""
    from vae_explorer.gui.text_dialog import TextDialog, table

    rows = [(f"{said.when:%H:%M:%S}", "error" * said.is_error, said.text) for said in reversed(window.toast.kept)]
    html = table(rows) if rows else "There was no message yet."
    TextDialog("messagesDialog", "Messages", html, 480, window).show()


def open_log(noted: Callable[[str], None]) -> None:
    """Open the log in the system's program for it, or report its path through `noted`."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path()))):
        noted(f"The log is {log_path()}")


def show_about(window: QWidget) -> None:
    """Show the versions of the program and of the libraries it uses, and the licences."""
    from importlib.metadata import version

    names = ("tensorflow", "keras", "pyside6-essentials", "pyqtgraph", "bokeh", "ai-edge-litert", "numpy")
    versions = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{version(name)}</td></tr>" for name in names)
    QMessageBox.about(
        window,
        "About VAE Explorer",
        f"<h3>VAE Explorer {__version__}</h3><p>Train variational autoencoders on images and walk through what "
        f"they learned.</p><table>{versions}<tr><td>Python</td><td>{platform.python_version()}</td></tr></table>"
        "<p>MIT licence. MNIST: Yann LeCun, Corinna Cortes, Christopher J. C. Burges; CC BY-SA 3.0.</p>",
    )
