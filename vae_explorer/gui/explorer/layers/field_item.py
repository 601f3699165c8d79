"""A field as one cached picture over the whole map, computed in a separate thread."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage

from vae_explorer.exploring.fields import Field, FieldKind, Place
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.field_picture import draw_contours, draw_shade
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.picture_item import DrawnItem, PictureItem
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import Plane
from vae_explorer.latent.raster import View
from vae_explorer.progress import LeftError


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be shown, wherever the view is."""

    subject: Subject
    plane: Plane
    theme: Theme


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    task: Task
    view: View
    field: Field
    shade: QImage
    contours: QImage | None
    rough: bool


class FieldItem(DrawnItem):
    """Shows the newest task. Until its picture is ready, the last one is shown, moved and scaled to fit the view.

    So a drag of the handle costs one copy of a picture, whatever the field. A computation for a run ends early if its
    task has been replaced; those for moments of a replay and for a model in training are finished, since another task
    follows at once and none would ever be seen.
    """

    drawn = Signal(object)  # Field
    progressed = Signal(str, float)
    errored = Signal(str)

    def __init__(self, kind: FieldKind, name: str, rough_first: bool) -> None:
        """rough_first: a field of few cells is shown until the whole one is ready."""
        super().__init__()
        self.contours = PictureItem()  # above the points, which would cover them
        self._kind, self._rough_first = kind, rough_first
        self._task: Task | None = None
        self._drawing: _Drawing | None = None
        self._asked: tuple[Task, View, bool] | None = None
        self._worker = LatestWorker(self._compute, f"drawing the layer {name}", gives_way=True)
        self._worker.answered.connect(self._show)
        self._worker.errored.connect(self.errored)

    def show_task(self, task: Task | None) -> None:
        """Draw this; None: nothing, so that no memory is kept."""
        before = self._drawing
        if before is not None and (task is None or task.subject.images_key != before.task.subject.images_key):
            self._drawing = None
            self.show_picture(None)
            self.contours.show_picture(None)
        self._task = task
        self.update()

    @property
    def ready(self) -> bool:
        """Whether the newest task is drawn for the present view."""
        drawing = self._drawing
        return drawing is not None and not drawing.rough and (drawing.task, drawing.view) == (self._task, self._view)

    def end(self) -> None:
        """Stop computing."""
        self._task = None
        self._still.stop()
        self._worker.end()

    def _ask(self) -> None:
        """Request the picture of the task in the present view, unless it is ready, requested, or the view moves."""
        if self._task is None or self._view is None or (self._still.isActive() and self._drawing is not None):
            return
        wanted = self._task, self._view, self._rough_first and not self._is_seen(self._task, self._view)
        if wanted != self._asked and not self.ready:
            self._asked = wanted
            self._worker.request(*wanted)

    def _is_seen(self, task: Task, view: View) -> bool:
        """Whether a picture of this place is shown, at least a rough one or one of a decoder with other weights."""
        drawing = self._drawing
        if drawing is None or drawing.view != view:
            return False
        return drawing.task.subject is task.subject and drawing.task.plane is task.plane

    def _compute(self, task: Task, view: View, rough: bool) -> _Drawing | None:
        def progress(text: str, share: float) -> None:
            if self._task is None or (self._task is not task and task.subject.run is not None):
                raise LeftError
            self.progressed.emit(text, share)

        rectangle = view.left, view.right, view.low, view.high
        try:
            field = self._kind(Place(task.subject, task.plane, rectangle, task.theme.dark, rough), progress)
        except LeftError:
            return None
        return _Drawing(task, view, field, draw_shade(field, view), draw_contours(field, view, task.theme), rough)

    def _show(self, _generation: int, drawing: _Drawing | None) -> None:
        if drawing is not None and self._task is not None:
            self._drawing = drawing
            self.show_picture(drawing.shade, drawing.view)
            self.contours.show_picture(drawing.contours, drawing.view)
            self.drawn.emit(drawing.field)
            self._ask()
