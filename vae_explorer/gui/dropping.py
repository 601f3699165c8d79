"""Files that are dropped on the window: a run, a page, images for a training, or one image to encode."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDropEvent

from vae_explorer.gui.explorer.own_images import image_files
from vae_explorer.run.page import is_page
from vae_explorer.run.places import is_run

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow


def open_dropped(window: "MainWindow", event: QDropEvent) -> None:
    """Open the first local file or folder of a drop. One image on the map is encoded by the open run."""
    path = Path(next(url for url in event.mimeData().urls() if url.isLocalFile()).toLocalFile())
    folder = path.parent if path.name == "run.toml" else path
    map_ = window.explorer.view
    on_map = map_.isVisible() and map_.rect().contains(map_.mapFrom(window, event.position().toPoint()))
    if is_run(folder) or is_page(path):
        window.open_run(folder)
    elif on_map and len(image_files(event.mimeData())) == 1:
        window.own.open_file(path)
    else:
        window.images.ask(str(path))
