"""File > Runs and Compare with: the table of all runs, and the windows that compare two of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QWidget

from vae_explorer.gui.parts.loaded_data import LoadedData
from vae_explorer.gui.parts.settings import recent_runs, training_folders
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.gui.running_tasks import RunningTasks
from vae_explorer.gui.shown import Shown, title_of
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import runs_folder

if TYPE_CHECKING:
    from vae_explorer.data.dataset import Dataset
    from vae_explorer.exploring.linking import Linked
    from vae_explorer.gui.comparing.window import ComparingWindow
    from vae_explorer.gui.dialogs.runs_dialog import RunsDialog


class AllRuns(QObject):
    """Shows the table and the comparisons, each in a window of its own beside the main window."""

    errored = Signal(str)

    def __init__(
        self,
        shown: Shown,
        data: LoadedData,
        settings: QSettings,
        tasks: RunningTasks,
        open_run: Callable[[Path], object],
        window: QWidget,
    ) -> None:
        """open_run: opens a run in the main window."""
        super().__init__(window)
        self._shown, self._data, self._settings, self._tasks = shown, data, settings, tasks
        self._open_run, self._window = open_run, window
        self._table: RunsDialog | None = None
        self.windows: list[ComparingWindow] = []
        self._theme = LIGHT

    def show_table(self) -> "RunsDialog":
        """Show the table of all runs, which does not block the window."""
        from vae_explorer.gui.dialogs.runs_dialog import RunsDialog  # which the launch does not need

        if self._table is None:
            others = [*recent_runs(self._settings), *training_folders(self._settings)]
            table = RunsDialog(runs_folder(), others, self.opened, self._window)
            table.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            table.set_theme(self._theme)
            table.open_wanted.connect(self._open_run)
            table.compare_wanted.connect(self.compare)
            table.renamed.connect(self._renamed)
            table.finished.connect(self._forget_table)
            self._table = table
        self._table.show()
        self._table.raise_()
        return self._table

    def ask_other(self) -> "RunsDialog":
        """Show the table to choose the run that the open one is compared with."""
        table = self.show_table()
        if self._shown.run is not None:
            table.ask_other(self._shown.run.info.name)
        return table

    def opened(self) -> list[Path]:
        """The paths of the runs that are open, that of the main window first."""
        shown = [self._shown.run] if self._shown.run is not None else []
        return [run.folder for run in (*shown, *(run for window in self.windows for run in window.linked.runs))]

    def compare(self, a: Path, b: Path, images: "Dataset | None" = None) -> None:
        """Read two runs in the background, and show the window that compares them.

        images: those that both were trained on; None: they may be known from elsewhere.
        """
        dataset_of = self._data.of_fingerprint if images is None else lambda _: images

        def read(_: object) -> "Linked":
            from vae_explorer.exploring.linking import link

            return link(open_run_or_page(a), open_run_or_page(b), dataset_of)

        self._tasks.start(read, self._show_comparison, self.errored.emit)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._table is not None:
            self._table.set_theme(theme)
        for window in self.windows:
            window.set_theme(theme)

    def end(self) -> None:
        """Close the table and the comparisons."""
        for window in self.windows.copy():
            window.close()
        if self._table is not None:
            self._table.close()

    def _show_comparison(self, linked: "Linked") -> None:
        from vae_explorer.exploring.settings_compared import told_apart
        from vae_explorer.gui.comparing.window import ComparingWindow

        a, b = linked.runs
        of_a, of_b = told_apart(a.info, b.info)
        window = ComparingWindow(linked, (title_of(a, of_a), title_of(b, of_b)), self._window)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.set_theme(self._theme)
        window.errored.connect(self.errored)
        window.finished.connect(lambda _: self.windows.remove(window))
        self.windows.append(window)
        window.show()

    def _renamed(self, path: Path) -> None:
        if self._shown.run is not None and self._shown.run.folder == path:
            self._open_run(path)

    def _forget_table(self) -> None:
        self._table = None
