"""File > Save image and the exports: their dialogs, and writing the files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QWidget

from vae_explorer.errors import UserError
from vae_explorer.files import replacing
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.gui.parts.progress_dialog import run_with_progress
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.gui.parts.toast import Toast, open_folder
from vae_explorer.gui.shown import Shown
from vae_explorer.progress import Progress

if TYPE_CHECKING:
    from vae_explorer.exporting.animation import FilmOptions
    from vae_explorer.exporting.page.choosing import PageOptions
    from vae_explorer.gui.dialogs.animation_dialog import AnimationDialog
    from vae_explorer.gui.dialogs.page_dialog import PageDialog
    from vae_explorer.gui.dialogs.picture_dialog import PictureDialog


SELECTION_KINDS = (
    "CSV tables (*.csv)", "NumPy arrays (*.npz)", "Contact sheets (*.png)", "Contact sheets (*.svg)",
    "Contact sheets (*.pdf)",
)  # fmt: skip


class Exports(QObject):
    """Writes images, pictures, pages and films of what the window shows."""

    def __init__(self, window: QWidget, shown: Shown, explorer: ExplorerTab, toast: Toast) -> None:
        """explorer: supplies image, plane and colours. toast: reports what was written, or why it was not."""
        super().__init__(window)
        self._window, self._shown, self._explorer, self._toast = window, shown, explorer, toast

    def save_image(self) -> None:
        """Ask for a path, and save the decoded image at its own resolution."""
        if self._explorer.image.pixels() is not None:
            from vae_explorer.exporting.origin import file_name

            name = file_name(self._name, self._place, ".png")
            path = ask_where(self._window, "Save the decoded image", name, "PNG pictures (*.png)")
            if path:
                self.write_image(path)

    def write_image(self, path: Path) -> None:
        """Save the decoded image to this path."""
        pixels, subject = self._explorer.image.pixels(), self._explorer.selection.subject
        if pixels is None or subject is None:
            return
        from vae_explorer.exporting.origin import subject_origin  # which the launch does not need

        picture = to_qimage(pixels)
        for key, text in subject_origin(subject, f"image decoded at {self._place}").texts().items():
            picture.setText(key, text)
        try:
            with replacing(path) as temporary:
                if not picture.save(str(temporary)):
                    raise OSError(0, "the picture could not be encoded or written")
        except UserError as error:
            self._toast.error(str(error))
        else:
            self._toast.note(f"Saved {path}", [open_folder(path)])

    def export_picture(self) -> "PictureDialog | None":
        """Open the dialog for pictures of what the explorer shows."""
        from vae_explorer.gui.dialogs.picture_dialog import PictureDialog

        shown, explorer = self._shown, self._explorer
        if shown.subject is None:
            return None
        dialog = PictureDialog(shown.shown_run, shown.subject, self._window, explorer.plane, explorer.view.colouring)
        dialog.written.connect(lambda path: self._toast.note(f"Wrote {path}", [open_folder(path)]))
        self._open(dialog)
        return dialog

    def ask_selection(self) -> None:
        """Ask for a path, and write the images of the gallery as a table or a contact sheet, by its ending."""
        from vae_explorer.exporting.origin import file_name

        name = file_name(self._name, "selection", ".csv")
        path = ask_where(self._window, "Export the selected images", name, ";;".join(SELECTION_KINDS))
        if path:
            self.write_selection(path)

    def write_selection(self, path: Path) -> None:
        """Write the images of the gallery, in its order, in the background: those selected, or all that are shown."""
        gallery = self._explorer.gallery
        subject, rows = self._explorer.selection.subject, gallery.rows_in_order
        if subject is None or not len(rows):
            self._toast.error("There are no images to export: the filters of the map hide all of them.")
            return

        def write(progress: Progress) -> str:
            from vae_explorer.exporting.selected import write_selected

            return write_selected(path, subject, rows, progress)

        self._write("Exporting the images", path, write)

    def ask_page(self) -> "PageDialog | None":
        """Ask for the contents of the open run's page, and export it."""
        from vae_explorer.gui.dialogs.page_dialog import (
            PageDialog,  # imported late, because the first window does not need it
        )

        run = self._shown.run
        if run is None:
            return None
        from vae_explorer.exporting.page.paths import page_path

        explorer, colouring = self._explorer, self._explorer.view.colouring
        shows, paths = self._shown.shown_run is run, explorer.path.paths
        grouped = shows and not self._shown.replaying and colouring is not None and colouring.kind == "group"
        groups = explorer.selecting.grouping.groups if grouped else None
        known = paths.known if shows and paths is not None and not paths.stale else []
        carried = tuple(page_path(path, paths.panel.images[1]) for path in known) if paths is not None else ()
        plane = explorer.plane if shows else None
        dialog = PageDialog(run, self._window, plane, self._shown.label, groups, carried)
        dialog.chosen.connect(self.export_html)
        self._open(dialog)
        return dialog

    def export_html(self, path: Path, options: "PageOptions") -> None:
        """Write the open run as a standalone page, in the background."""
        run = self._shown.run
        if run is None:
            return

        def write(progress: Progress) -> str:
            from vae_explorer.exporting.page.writing import write_page

            return write_page(run, path, options, progress)

        self._write("Exporting the page", path, write)

    def ask_animation(self) -> "AnimationDialog | None":
        """Ask for the settings of a film of the open run's training, and export it."""
        from vae_explorer.gui.dialogs.animation_dialog import AnimationDialog  # imported late

        run = self._shown.run
        if run is None:
            return None
        dialog = AnimationDialog(run, self._window)
        dialog.chosen.connect(self.export_animation)
        self._open(dialog)
        return dialog

    def export_animation(self, path: Path, options: "FilmOptions") -> None:
        """Write the film of the open run's training, in the background."""
        run = self._shown.run
        if run is None:
            return

        def write(progress: Progress) -> str:
            from vae_explorer.exploring.replay import load_replay
            from vae_explorer.exporting.animation import write_film
            from vae_explorer.exporting.origin import run_origin

            replay = load_replay(run, progress)
            said = write_film(replay, run.info.name, path, options, progress, run_origin(run.info, "training"))
            return f"{said}. {replay.left_out}".rstrip()

        self._write("Exporting the animation", path, write)

    @property
    def _name(self) -> str:
        """The run or the model that the explorer shows, as file names call it."""
        subject = self._explorer.selection.subject
        return subject.title if subject is not None else ""

    @property
    def _place(self) -> str:
        """The latent code at the handle, as file names spell it."""
        from vae_explorer.exporting.origin import place_text

        return place_text(self._explorer.code, self._explorer.plane)

    def _write(self, title: str, path: Path, write: Callable[[Progress], str]) -> None:
        """Write a file in the background; `write` returns what is said of it."""

        def written(said: object) -> None:
            self._toast.note(f"Wrote {path}: {said}", [open_folder(path)])

        run_with_progress(self._window, title, write, written, self._toast.error)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
