"""The path over the map and its panel below it, built when they are first wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import History
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.shelf import Shelf
from vae_explorer.gui.explorer.tools import EXPLORE, PATH, Tool
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.theme import LIGHT, Theme
from vae_explorer.latent.plane import Plane

if TYPE_CHECKING:
    from vae_explorer.exploring.paths import Kind
    from vae_explorer.gui.explorer.paths.paths import Paths

NO_OWN = "There is no own image on the map: draw one (Ctrl+D), or paste one (Ctrl+V)."


class PathSide(QObject):
    """Passes what the map shows on to the path if there is one, and repeats its signals."""

    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does
    save_wanted = Signal()
    load_wanted = Signal()
    errored = Signal(str)

    def __init__(
        self, shelf: Shelf, view: LatentView, history: History, code: Callable[[], Floats], parent: QObject
    ) -> None:
        """shelf: gets the panel. code: returns the latent code at the handle (latent_dim,)."""
        super().__init__(parent)
        self._shelf, self._view, self._history, self._code = shelf, view, history, code
        self._subject: Subject | None = None
        self._plane: Plane | None = None
        self._theme = LIGHT
        self.paths: Paths | None = None
        view.tool_changed.connect(self._tool_changed)

    def show_subject(self, subject: Subject) -> None:
        self._subject = subject
        if self.paths is not None:
            self.paths.show_subject(subject)

    def decoder_changed(self) -> None:
        if self.paths is not None:
            self.paths.decoder_changed()

    def go(self, plane: Plane) -> None:
        """The map shows this plane, which goes through the handle."""
        self._plane = plane
        if self.paths is not None:
            self.paths.go(plane)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.paths is not None:
            self.paths.set_theme(theme)

    def end(self) -> None:
        if self.paths is not None:
            self.paths.end()

    def open(self) -> "Paths | None":
        """Open the panel; None: there is nothing to explore yet."""
        if self._subject is None or self._plane is None:
            return None
        if self.paths is None:
            self.paths = self._build(self._subject, self._plane)
        if self.paths.panel.isHidden():
            self.paths.panel.show()
            self.paths.set_shown(True)
        return self.paths

    def add_handle(self) -> None:
        """Add the position of the handle to the path."""
        paths = self.open()
        if paths is not None:
            paths.anchors.add(self._code())

    def add_own(self) -> None:
        """Add the own image to the path, or say that there is none."""
        own = self._view.layers.find(OwnImageLayer).shown
        if own is None:
            self.open()
            self.errored.emit(NO_OWN)
        else:
            self.add(own)

    def add(self, code: Floats) -> None:
        """Add a latent code (latent_dim,) to the path as its last anchor."""
        paths = self.open()
        if paths is not None:
            paths.anchors.add(code)

    @property
    def kept(self) -> "tuple[Kind, list[list[float]], bool] | None":
        """Kind, anchors (A, latent_dim), and whether the panel is open; None: there are no anchors."""
        paths = self.paths
        if paths is None or not len(paths.anchors.codes):
            return None
        return paths.kind, paths.anchors.codes.tolist(), not paths.panel.isHidden()

    def put(self, kind: "Kind", anchors: Floats, opened: bool) -> None:
        """Begin with these anchors (A, latent_dim), without a step of the history; A = 0: without a path."""
        if len(anchors) and self.paths is None:
            self.open()
        if self.paths is not None:
            self.paths.begin(anchors, kind)
            if not opened:
                self.close()

    def close(self) -> None:
        """Close the panel, and hide the path; its anchors are kept."""
        if self.paths is not None:
            self.paths.panel.hide()
            self.paths.set_shown(False)
        if self._view.tool is PATH:
            self._view.use_tool(EXPLORE)
        self._view.setFocus()

    def _path_changed(self) -> None:
        """Undo and redo open the panel, too, so that one sees what they do."""
        if self.paths is not None and len(self.paths.anchors.codes):
            self.open()

    def _tool_changed(self, tool: Tool) -> None:
        if tool is PATH:
            self.open()

    def _build(self, subject: Subject, plane: Plane) -> "Paths":
        from vae_explorer.gui.explorer.paths.paths import Paths

        paths = Paths(self._view, self._history, self._code, self)
        paths.set_theme(self._theme)
        self._shelf.add(paths.panel, self.close)
        paths.show_subject(subject)
        paths.go(plane)
        self._view.anchors = paths.hands
        for signal in (paths.anchors.changed, paths.kind_changed):
            signal.connect(self._path_changed)
        paths.code_wanted.connect(self.code_wanted)
        paths.errored.connect(self.errored)
        paths.panel.save_wanted.connect(self.save_wanted)
        paths.panel.load_wanted.connect(self.load_wanted)
        paths.panel.closed.connect(self.close)
        return paths
