"""The Explorer tab: the latent map with its panel and controls, and the state that they share."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QWidget

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.decoded import Answer
from vae_explorer.exploring.subject import Subject, draw_in
from vae_explorer.gui.explorer.around_side import AroundSide
from vae_explorer.gui.explorer.choices import PointsChoices
from vae_explorer.gui.explorer.decoding import Decoding
from vae_explorer.gui.explorer.dimensions_side import DimensionsSide
from vae_explorer.gui.explorer.foot import ExplorerFoot
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.history import Change, History, Run, drag_run
from vae_explorer.gui.explorer.layer_choices import LayerChoices
from vae_explorer.gui.explorer.layers_panel import LayersPanel
from vae_explorer.gui.explorer.panel import ExplorerPanel
from vae_explorer.gui.explorer.path_side import PathSide
from vae_explorer.gui.explorer.performance_overlay import PerformanceOverlay
from vae_explorer.gui.explorer.selecting.gallery_side import GallerySide
from vae_explorer.gui.explorer.selecting.selecting import Selecting
from vae_explorer.gui.explorer.shelf import Shelf
from vae_explorer.gui.explorer.time_bar import TimeBar
from vae_explorer.gui.explorer.tool_bar import ToolBar
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.copied_pixels import copy_pixels
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import FIRST_TWO, PlaneChoice, axes_plane, chosen_plane, on_plane, plane_note

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel

ROUNDING = 1e-5  # largest distance of a latent code from its plane that rounding can cause
BELOW = 30  # pixels of the tab's height for margins and spacings
STROKES = Run("strokes")  # key strokes, and steps of a spin box or slider


class ExplorerTab(QWidget):
    """Shows a subject, and the latent code that the person explores in it."""

    errored = Signal(str)
    noted = Signal(str)
    live_wanted = Signal(bool)  # the person chose the model in training (True) or the open run (False)
    class_wanted = Signal(int)  # the label of the class that a conditional decoder is to be given
    locate_data_wanted = Signal()
    save_wanted = Signal()
    export_selection_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explorerTab")
        self._subject: Subject | None = None
        self.code = np.zeros(2, np.float32)  # (latent_dim,), the latent code at the handle
        self.plane = axes_plane(FIRST_TWO, 2)  # goes through the latent code
        self.plane_chosen = False  # whether the person chose the plane; else it shows the two that say most
        self.moves = History(self)
        self.clock = FrameClock()
        self._decoding = Decoding(self.clock, self)
        self.worker = self._decoding.worker
        self.view = LatentView(self.clock, self)
        self.panel, self.foot, self.time_bar = ExplorerPanel(), ExplorerFoot(), TimeBar()
        self.image, self.z1, self.z2, self.locate = self.panel.image, self.panel.z1, self.panel.z2, self.panel.locate
        self.colours, self.splits = self.foot.colours, self.foot.splits
        self.live, self.figures, self.dimensions_check = self.foot.live, self.foot.figures, self.foot.dimensions_check
        self.layers_panel = LayersPanel(self.view)
        self.tool_bar = ToolBar(self.view, self.layers_panel.button)
        self.layer_choices = LayerChoices(self.view.layers, self.layers_panel, self.moves, self)
        self.choices = PointsChoices(self.view.points, self.foot, self.moves, self)
        self.overlay = PerformanceOverlay(
            self.clock, self._decoding.text, lambda: self.view.points_shown, self.view.map_corner, self.view
        )
        self.selecting = Selecting(self.view, self.moves, lambda: self.code, self)
        self.selection, self.selection_panel = self.selecting.selection, self.selecting.panel
        self.by_hand, self.find_images = self.selecting.by_hand, self.selecting.find
        self.gallery = GallerySide(self.selection, self.view.points, self.view.handle, lambda: self.code)
        self.selection_panel.add_gallery(self.gallery)
        self._maps, self._split = QHBoxLayout(), QSplitter(Qt.Orientation.Vertical)
        self._shelf = Shelf(self._split)
        self.path = PathSide(self._shelf, self.view, self.moves, lambda: self.code, self)
        self.around = AroundSide(self._shelf, self.view, self.selecting.grouping, self)
        self._dimensions = DimensionsSide(self._maps, self.dimensions_check, self)
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 10, 10, 6)
        layout.setHorizontalSpacing(12)
        self._maps.setSpacing(12)
        self._maps.addWidget(self.view, 1)
        self._maps.setContentsMargins(0, 0, 0, 0)
        maps, split = QWidget(), self._split
        maps.setLayout(self._maps)
        split.addWidget(maps)
        split.setStretchFactor(0, 1)
        split.setChildrenCollapsible(False)
        self._shelf.add(self.selection_panel, self.selection_panel.hide)
        layout.addWidget(split, 0, 0)
        layout.addWidget(self.panel, 0, 1, 2, 1)
        layout.addWidget(self.time_bar, 1, 0)
        layout.addWidget(self.foot, 2, 0, 1, 2)
        layout.setRowStretch(0, 1)
        layout.setColumnStretch(0, 1)

    def _wire(self) -> None:
        view, panel = self.view, self.panel
        self._decoding.answered.connect(self._show_answer)
        self.choices.changed.connect(self._show_figures)
        self.layer_choices.changed.connect(self._show_figures)
        view.points.shown_changed.connect(self._decode)
        view.moved.connect(self._handle_moved)
        view.jumped.connect(self.go_to)
        view.picked.connect(self._jump_to_row)
        view.play_wanted.connect(self.time_bar.toggle)
        panel.image.painted.connect(lambda: self.clock.image_painted(self._decoding.generation))
        panel.coordinates_changed.connect(lambda x, y: self._move(self._code_at(x, y), STROKES))
        panel.class_chosen.connect(self.choose_class)
        panel.row_chosen.connect(self._jump_to_row)
        panel.random_wanted.connect(self.go_random)
        panel.home_wanted.connect(self.go_home)
        panel.copy_wanted.connect(self.copy_image)
        panel.save_wanted.connect(self.save_wanted)
        panel.locate_data_wanted.connect(self.locate_data_wanted)
        self.selection.changed.connect(self._show_figures)
        self.selecting.code_wanted.connect(lambda code, drag: self._move(code, Run(("direction", drag), math.inf)))
        self.selecting.grouping.changed.connect(lambda: self.colours.show_groups(self.selecting.grouping.groups))
        self.selecting.groups.made.connect(self.colours.colour_by_group)
        self.find_images.order_wanted.connect(self.gallery.sort_by)
        self.gallery.row_chosen.connect(self._jump_to_row)
        self.gallery.locate_wanted.connect(self.locate_data_wanted)
        self.gallery.export_wanted.connect(self.export_selection_wanted)
        self.path.code_wanted.connect(lambda code, drag: self._move(code, Run(("path", drag), math.inf)))
        self.around.code_wanted.connect(lambda code, drag: self._move(code, Run(("around", drag), math.inf)))
        self.foot.live_wanted.connect(self.live_wanted)
        self._dimensions.plane_wanted.connect(self.show_plane)
        self._dimensions.value_wanted.connect(self._move_dimension)
        self._dimensions.reset_wanted.connect(self._reset_held)
        for source in (
            self.worker,
            self.colours,
            self._dimensions,
            panel.gauge,
            self.selecting,
            self.gallery,
            self.path,
            self.around,
        ):
            source.errored.connect(self.errored)
        self.moves.refused.connect(self.errored)

    @property
    def dimensions(self) -> "DimensionsPanel | None":
        """The panel of the dimensions; None until a subject has more than two."""
        return self._dimensions.panel

    @property
    def decoded_class(self) -> int | None:
        """The label of the class that is decoded; None: the decoder takes none."""
        return self._subject.decoded_class if self._subject is not None else None

    def set_theme(self, theme: Theme) -> None:
        self.view.set_theme(theme)
        self.path.set_theme(theme)
        self.around.set_theme(theme)
        self.selecting.groups.set_dark(theme.dark)

    def frame_painted(self) -> None:
        """Call this when everything that waited for a paint is painted."""
        self.clock.frame_painted()

    def store(self, settings: QSettings) -> None:
        """Remember the states of the map's layers for the next launch."""
        self.layer_choices.store(settings)

    def restore(self, settings: QSettings) -> None:
        """Set the map's layers to their remembered states."""
        self.layer_choices.restore(settings)

    def copy_image(self) -> None:
        """Copy the decoded image."""
        pixels = self.image.pixels()
        if pixels is not None:
            self.copy_pixels(pixels, "the decoded image")

    def copy_pixels(self, pixels: Bytes, what: str) -> None:
        """Copy an image (H, W, C), and say so."""
        copy_pixels(pixels)
        self.noted.emit(f"Copied {what}.")

    def show_overlay(self, on: bool) -> None:
        """Show or hide latency and frame rate over the map."""
        self.overlay.setVisible(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.fit_into(self.height() - self.foot.splits.height() - BELOW)

    # The subject

    def show_subject(self, subject: Subject, same: bool = False, images_missing: bool = False) -> None:
        """Explore this subject.

        same: keep the view and the plane, since only codes, images or weights have changed. The handle stays where it
        is, so that two models can be compared there, unless the number of latent dimensions differs.
        """
        latent_dim = subject.decoder.latent_dim
        other_space = self._subject is None or self._subject.decoder.latent_dim != latent_dim
        if other_space:
            self.plane_chosen = False
        keeps = (same or self.plane_chosen) and not other_space
        choice = self.plane.choice if keeps else subject.dimensions.axes
        self.z2.setEnabled(latent_dim > 1)
        self.panel.show_classes(subject.class_names, subject.decoded_class)
        self.panel.show_collapsed(subject)
        self.show_locate(images_missing)
        if other_space:
            self.moves.clear()
            self.code = np.zeros(latent_dim, np.float32)
        subject = self._draw_in(subject, choice, fit=not same)
        self._dimensions.show_subject(subject)
        if other_space or latent_dim > 2:  # the plane may have changed, which moves the handle
            self._go(self.code)
        self._decode(other=True)

    def show_moment(self, subject: Subject) -> None:
        """Explore one moment of a replayed training.

        All moments have the same images in the same rows, so decoded images of the moment before are still shown: at 30
        moments per second a newer image may come too late.
        """
        if self._subject is None or subject.images_key != self._subject.images_key:
            self.show_subject(subject, same=True)
            return
        self._subject = draw_in(subject, self._subject.drawn_in)
        self.selecting.show_subject(self._subject)
        self.colours.follow(self._subject)
        self.view.show_subject(self._subject, fit=False)
        self.view.layers.go(self.code, self.plane)
        self.path.show_subject(self._subject)
        self.around.show_subject(self._subject)
        self._dimensions.follow(self._subject)
        self._decode()

    def decode_again(self) -> None:
        """Decode the same latent code again, because the decoder has changed."""
        self._decode()
        self.view.layers.decoder_changed()
        self.path.decoder_changed()
        self.around.decoder_changed()
        self._dimensions.show_code(self.code, self.plane)

    def show_locate(self, on: bool) -> None:
        """Show or hide the button for locating the images, which were not found."""
        self.panel.show_locate(on)
        self.gallery.show_locate(on)

    def set_live(self, available: bool, on: bool) -> None:
        """available: enable the Live switch, since there is a model in training. on: check it."""
        self.foot.set_live(available, on)

    def end(self) -> None:
        """Stop decoding and drawing."""
        self._decoding.end()
        self.panel.gauge.end()
        self.selecting.end()
        self.gallery.end()
        self.path.end()
        self.around.end()
        self.view.end()
        self.colours.end()
        self._dimensions.end()

    # Changes by the person, each a step of the history

    def go_to(self, x: float, y: float) -> None:
        """Jump to a point of the plane and decode there."""
        self._move(self._code_at(x, y))

    def go_to_code(self, code: Floats) -> None:
        """Jump to a latent code (latent_dim,)."""
        self._move(code)

    def go_home(self) -> None:
        """Jump to z = 0."""
        self._move(np.zeros_like(self.code))

    def go_random(self) -> None:
        """Jump to a latent code drawn from the prior in all dimensions."""
        self._move(np.random.default_rng().standard_normal(len(self.code), np.float32))

    def show_plane(self, choice: PlaneChoice) -> None:
        """Show another plane through the same latent code."""
        if self._subject is None:
            return
        before = self.plane.choice, self.plane_chosen
        try:
            chosen_plane(choice, self._subject.z_mean)
        except UserError as error:  # a model may have no latent codes, or codes that are not finite
            self.errored.emit(str(error))
            self._dimensions.show_subject(self._subject)
            return
        self.moves.do(Change("plane", before, (choice, True), self._go_in_plane))

    def _handle_moved(self, x: float, y: float) -> None:
        drag = self.view.handle.drag
        self._move(self._code_at(x, y), drag_run(drag) if drag else STROKES)

    def _jump_to_row(self, row: int) -> None:
        if self._subject is not None:
            self._move(self._subject.z_mean[row])

    def _move_dimension(self, dimension: int, value: float, jump: bool) -> None:
        code = self.code.copy()
        code[dimension] = value
        self._move(code, None if jump else STROKES)

    def choose_class(self, label: int) -> None:
        """Decode images of the class with this label, if the decoder takes one and decodes another."""
        if self.decoded_class not in (None, label):
            self.moves.do(Change("class", self.decoded_class, label, self.class_wanted.emit))

    def _reset_held(self) -> None:
        self._move(self.code - self.plane.held)

    def _move(self, code: Floats, run: Run | None = None) -> None:
        self.moves.do(Change("move", self.code, code, self._go, run))

    # Setting a state, by a change or by undo and redo

    def _draw_in(self, subject: Subject, choice: PlaneChoice, fit: bool) -> Subject:
        """Show the subject in the chosen plane through the present latent code; returns it with that plane."""
        try:
            plane = chosen_plane(choice, subject.z_mean)
        except UserError as error:  # a model may have no latent codes, or codes that are not finite
            self.errored.emit(str(error))
            plane = subject.drawn_in
        if plane.choice == "pca" or plane.choice != subject.drawn_in.choice:
            subject = draw_in(subject, plane)
        self._subject, self.plane = subject, plane.through(self.code)
        self.selecting.show_subject(subject)
        self.view.points.colour_by(self.colours.show_subject(subject))
        self.panel.name_axes(plane.names)
        self.view.show_subject(subject, fit)
        self.view.layers.go(self.code, self.plane)
        self.path.show_subject(subject)
        self.path.go(self.plane)
        self.around.show_subject(subject)
        return subject

    def _go(self, code: Floats) -> None:
        self.code = code
        if len(code) > 2:
            self._hold(code)
        self.view.move_handle(*self.plane.point(code))
        self.view.layers.go(code, self.plane)
        self.path.go(self.plane)
        self.around.go(code, self.plane)
        self.selecting.go(code)
        self.gallery.handle_moved()
        self.panel.show_point(self.view.handle_point)
        self.panel.show_plane_note(plane_note(self.plane))
        self._decode()

    def _hold(self, code: Floats) -> None:
        """Move the plane to this latent code, unless the code already lies in it up to rounding."""
        plane = self.plane.through(code)
        if np.abs(plane.held - self.plane.held).max() > ROUNDING:
            self.plane = plane
        self._dimensions.show_code(code, self.plane)

    def put(self, code: Floats, choice: PlaneChoice | None) -> None:
        """Show this latent code (latent_dim,) in a plane that the person chose, None: in the usual one; no step."""
        self.moves.clear()
        self.code = code
        usual = self._subject.dimensions.axes if self._subject is not None else FIRST_TWO
        if (choice or usual) != self.plane.choice:
            self._go_in_plane((choice or usual, choice is not None))
        else:
            self.plane_chosen = choice is not None
            self._go(code)

    def _go_in_plane(self, state: tuple[PlaneChoice, bool]) -> None:
        """state: the plane, and whether the person chose it."""
        choice, self.plane_chosen = state
        if self._subject is not None:
            self._dimensions.show_subject(self._draw_in(self._subject, choice, fit=self.view.part is None))
            self._go(self.code)

    def _code_at(self, x: float, y: float) -> Floats:
        return on_plane(np.array([(x, y)], np.float32), self.plane)[0]

    def _decode(self, other: bool = False) -> None:
        if self._subject is not None:
            self._decoding.ask(self._subject, self.code, self.view.points.shown, other)
            self.panel.gauge.judge(self._subject, self.code)

    def _show_answer(self, subject: Subject, answer: Answer) -> None:
        self.panel.show_answer(subject, answer)
        self._show_figures()

    def _show_figures(self) -> None:
        if self._decoding.generation:
            count = len(self.selection.rows)
            selected = f", {count:,} selected" if count else ""
            self.figures.setText(f"{self._decoding.text()}     {self.view.points.counted}{selected}")
