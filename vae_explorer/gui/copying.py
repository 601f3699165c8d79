"""Edit > Copy as Python: what is shown as a script that draws it without this program."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.parts.toast import Toast
from vae_explorer.gui.shown import Shown
from vae_explorer.run.storage import InPage

NO_PATH = "There is no path yet: set its anchors with the tool Path (P)."


def without_script(shown: Shown) -> str:
    """Why nothing of what is shown can be copied as a script; empty if it can."""
    if shown.run is None:
        return "No run is open yet."
    if isinstance(shown.run.storage, InPage):
        return "A page holds no files that a script can read: open the run from which it was exported."
    if shown.shown_run is not shown.run or shown.replaying:
        return "The network that is shown is in no file: show the final model of the run."
    return ""


class Copying(QObject):
    """Copies scripts of the open run."""

    def __init__(self, shown: Shown, explorer: ExplorerTab, toast: Toast, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown, self._explorer, self._toast = shown, explorer, toast

    def copy_image(self) -> None:
        """Copy the script of the decoded image at the handle."""
        from vae_explorer.exporting.script import image_script  # what it needs is not needed for the launch

        if self._shown.run is not None:
            self._copy(image_script(self._shown.run, self._explorer.code, self._shown.label), "the decoded image")

    def copy_grid(self) -> None:
        """Copy the script of the decoded grid in the plane of the map."""
        from vae_explorer.exporting.grid import GridOptions
        from vae_explorer.exporting.script import grid_script

        if self._shown.run is not None:
            options = GridOptions(plane=self._explorer.plane)
            self._copy(grid_script(self._shown.run, options, self._shown.label), "the decoded grid")

    def copy_path(self) -> None:
        """Copy the script of the images along the path that is shown."""
        from vae_explorer.exporting.script import path_script

        paths = self._explorer.path.paths
        if self._shown.run is None or paths is None or paths.chosen is None:
            self._toast.error(NO_PATH)
            return
        count, equal = paths.panel.images
        codes = paths.chosen.points(count, equal)
        self._copy(path_script(self._shown.run, codes, self._shown.label), "the path")

    def copy_map(self) -> None:
        """Copy the script of the map: its points and the prior; what it does not draw of the map is said."""
        from vae_explorer.exporting.map_script import DRAWN, ShownMap, map_script

        run, view, choices = self._shown.run, self._explorer.view, self._explorer.choices
        if run is None or view.colouring is None:
            return
        layers = [layer for layer in view.layers if any(item.isVisible() for item in layer.items)]
        names = tuple(name for name in DRAWN if name in [layer.name for layer in layers])
        plane, hidden, handle = self._explorer.plane, choices.filter.hidden, view.handle_point
        shown = ShownMap(plane, view.colouring, names, choices.split, hidden, handle)
        others = [layer.title for layer in layers if layer.name not in (*DRAWN, "grid-lines")]  # its axes have ticks
        missing = f" These layers of the map are not in it: {', '.join(others)}." if others else ""
        # In the background, since Matplotlib is loaded for it.
        run_with_progress(
            self._window, "Copying the map", lambda _: map_script(run, shown),
            lambda script: self._copy(str(script), "the map", missing), self._toast.error,
        )  # fmt: skip

    def _copy(self, script: str, what: str, missing: str = "") -> None:
        QGuiApplication.clipboard().setText(script)
        self._toast.note(f"Copied a Python script of {what}.{missing}")
