"""Why an entry cannot work at the moment, in ways that are looked up when its menu opens; empty: it can."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from vae_explorer.gui.copying import NO_PATH
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.own_images import NO_IMAGE, image_files
from vae_explorer.gui.explorer.path_side import NO_OWN

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow


def without_image_to_paste(_: "MainWindow") -> str:
    """There is no image on the clipboard."""
    data = QApplication.clipboard().mimeData() or QMimeData()  # None: there is nothing on it
    return "" if data.hasImage() or len(image_files(data)) == 1 else NO_IMAGE


def without_own_image(window: "MainWindow") -> str:
    """There is no own image to add to the path."""
    return "" if window.explorer.view.layers.find(OwnImageLayer).shown is not None else NO_OWN


def without_path(window: "MainWindow") -> str:
    """There is no path to copy."""
    paths = window.explorer.path.paths
    return "" if paths is not None and paths.chosen is not None else NO_PATH


def without_points(window: "MainWindow") -> str:
    """There is nothing to select."""
    return "" if window.explorer.view.points.shown.any() else "The filters of the map hide all images."


def without_selection(window: "MainWindow") -> str:
    """There is nothing to make a group of, or no groups can be kept."""
    if not len(window.explorer.selection.rows):
        return "No image is selected: select some with the tool Lasso (L) or Box (B)."
    return window.explorer.selecting.grouping.reason


def with_handle_in_view(window: "MainWindow") -> str:
    """The handle is to be seen already."""
    return "" if window.explorer.view.beyond.needed else "The handle is in view."
