"""Saves the path of the Explorer to a file, and loads anchors from one."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from vae_explorer.errors import UserError
from vae_explorer.gui.explorer.path_side import PathSide
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.gui.parts.settings import last_folder
from vae_explorer.gui.parts.toast import Toast, open_folder
from vae_explorer.progress import Progress

KINDS = (
    "PNG pictures (*.png)", "SVG pictures (*.svg)", "PDF files (*.pdf)", "GIF films (*.gif)", "MP4 films (*.mp4)",
    "CSV tables (*.csv)", "NumPy arrays (*.npz)",
)  # fmt: skip
LOADED = "Tables (*.csv *.tsv *.txt *.npz);;All files (*)"


class PathFiles(QObject):
    """Asks where, and writes in the background."""

    def __init__(self, window: QWidget, path: PathSide, toast: Toast) -> None:
        """toast: reports what was written, or why it was not."""
        super().__init__(window)
        self._window, self._path, self._toast = window, path, toast
        path.save_wanted.connect(self.ask_where)
        path.load_wanted.connect(self.ask_which)

    def ask_where(self) -> None:
        """Ask for a file, and save the path that is shown, by its ending."""
        from vae_explorer.exporting.origin import file_name

        subject = self._path.paths.subject if self._path.paths is not None else None
        if subject is None:
            return
        run = subject.run.info.name if subject.run is not None else subject.title
        file = ask_where(self._window, "Save the path", file_name(run, "path", ".png"), ";;".join(KINDS))
        if file:
            self.save(file)

    def ask_which(self) -> None:
        """Ask for a table, and take its anchors."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Load the anchors of a path", last_folder(), LOADED)
        if name:
            self.load(Path(name))

    def save(self, file: Path) -> None:
        """Save the path that is shown, by the ending of the file."""
        paths = self._path.paths
        if paths is None or paths.chosen is None or paths.subject is None:
            return
        path, subject, (count, equal) = paths.chosen, paths.subject, paths.panel.images

        def write(progress: Progress) -> None:
            from vae_explorer.exporting.origin import subject_origin
            from vae_explorer.exporting.path import write_path

            write_path(file, path, subject.decoder, count, equal, progress, subject_origin(subject, "path"))

        run_with_progress(
            self._window,
            "Saving the path",
            write,
            lambda _: self._toast.note(f"Wrote {file}", [open_folder(file)]),
            self._toast.error,
        )

    def load(self, file: Path) -> None:
        """Take the anchors in a table, which replace those that there are."""
        from vae_explorer.exploring.path_table import read_anchors

        paths = self._path.open()
        if paths is None or paths.subject is None:
            return
        try:
            anchors, kind = read_anchors(file, paths.subject.decoder.latent_dim)
        except UserError as error:
            self._toast.error(str(error))
        else:
            paths.load(anchors, kind or paths.kind)
