"""Help > About: the program, and what it is built on."""

import platform

from PySide6.QtWidgets import QMessageBox, QWidget

from vae_explorer import __version__


def tell_about(window: QWidget) -> None:
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
