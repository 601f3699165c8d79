"""The latent codes as points on the map: their colours, the splits and classes shown, and their legend."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal

from vae_explorer.array_types import Bytes, Flags, Floats, Indices, Ints
from vae_explorer.data.dataset import HELD_OUT, SPLITS
from vae_explorer.exploring.colouring import Colouring, by_class
from vae_explorer.exploring.subject import Subject, group_of
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.gui.explorer.layers.points_legend import PointsLegend
from vae_explorer.gui.parts.points_item import PointsItem
from vae_explorer.gui.parts.theme import DARK, LIGHT, Theme
from vae_explorer.latent.palette import as_rgb

BESIDE = 0.45  # factor of the opacity of all points while some of them are drawn as selected
STRONG, PALE, FADED = 0.9, 0.45, 0.06  # opacity of held-out points, other points, and points of classes not emphasised


@dataclass(frozen=True, slots=True)
class Filter:
    """The hidden classes or clusters."""

    names: tuple[str, ...]  # of all classes or clusters
    hidden: frozenset[int]  # indices in names


class PointsLayer(MapLayer):
    """Points coloured by class until `colour_by` is called."""

    shown_changed = Signal()  # `shown` is another array now
    drawn = Signal()  # the points are drawn anew, at other places or in other colours

    name = "points"
    title = "Points"
    sentence = "The latent code of each image, the mean of q(z|x). In more than two dimensions it is projected."

    def __init__(self) -> None:
        self.drawing, self._legend = PointsItem(), PointsLegend()
        super().__init__(self.drawing, self._legend)
        self.classes, self.bar = self._legend.classes, self._legend.bar
        self._subject: Subject | None = None
        self._colouring: Colouring | None = None
        self._wanted: Colouring | None = None  # the newest colouring, perhaps for a subject that is not shown yet
        self._group = np.empty(0, np.int32)  # (N,), colour and split of each point as one number
        self._theme = LIGHT
        self._ground_dark: bool | None = None  # None: the ground is that of the theme
        self._split: int | None = None
        self._emphasised: int | None = None
        self._hidden: frozenset[int] = frozenset()
        self._expected: Filter | None = None  # what to hide as soon as the points have the colours that it is of
        self._shown = np.empty(0, bool)
        self._behind = False
        self.classes.hovered.connect(self._emphasise)
        self._has_something(drawn=False, explained=False)

    def show(self, subject: Subject) -> None:
        """Draw the subject's points, in their last colours if the images are the same."""
        before, self._subject = self._subject, subject
        wanted = self._wanted
        if wanted is None or not wanted.fits(subject):
            wanted = by_class(subject.label, subject.columns.class_names, subject.images_key)
        if before is not None and wanted is self._colouring and subject.split is before.split:
            self._draw()  # only the positions have changed
        else:
            self._take_colouring(subject, wanted)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._recolour()

    def lie_on(self, dark: bool | None) -> None:
        """Use the colours that are seen on a dark or a light ground; None: on that of the theme."""
        if dark != self._ground_dark:
            self._ground_dark = dark
            self._recolour()

    def view_changed(self) -> None:
        self.classes.keep_to(self.drawing.getViewWidget().height())

    def end(self) -> None:
        self.drawing.end()

    def colour_by(self, colouring: Colouring) -> None:
        """Use this colouring, now or as soon as the subject that it fits is shown."""
        self._wanted = colouring
        if self._subject is not None and colouring.fits(self._subject):
            self._take_colouring(self._subject, colouring)

    @property
    def colouring(self) -> Colouring | None:
        """The colouring of the points; None before the first subject."""
        return self._colouring

    def show_split(self, split: int | None) -> None:
        """Draw only the split with this index; None: all."""
        self._split = split
        self._draw()
        self._filter()

    @property
    def filter(self) -> Filter:
        """The hidden classes or clusters of the present colouring."""
        return Filter(self._colouring.names if self._colouring is not None else (), self._hidden)

    def show_filter(self, wanted: Filter) -> None:
        """Hide the classes or clusters of this filter, if it has the names of the present colouring."""
        self._expected = None
        if wanted.names == self.filter.names:
            self._hidden = wanted.hidden
            self.classes.show_hidden(self._hidden)
            self._draw()
            self._filter()

    def expect_filter(self, wanted: Filter) -> None:
        """Show this filter, now or with the next colouring that has its names, which may still be computed."""
        self.show_filter(wanted)
        self._expected = wanted

    @property
    def shown(self) -> Flags:
        """Whether the filters of the legend and of the splits let each image through (N,), even if the layer is off.

        Do not write into it. It is another array after each change, so that its identity says whether it changed.
        """
        return self._shown

    def stay_behind(self, on: bool) -> None:
        """Show all points paler, because the selected ones are drawn over them."""
        if on != self._behind:
            self._behind = on
            self.state_changed()

    def state_changed(self) -> None:
        self.item.setOpacity(self.opacity * (BESIDE if self._behind else 1))

    def look_of(self, rows: Indices) -> tuple[Floats, Ints, Bytes, Floats]:
        """How the points in these rows (M,) are drawn.

        Returns the plane (M, 2) and the style (M,), with the colours (S, 3) and the opacities (S,) of the styles.
        """
        assert self._subject is not None
        return self._subject.plane[rows], self._group[rows], self._colours(), self._strengths()

    @property
    def ring_colour(self) -> Bytes:
        """The colour (3,) that is seen best on the ground."""
        return as_rgb([(DARK if self._dark else LIGHT).text])[0]

    @property
    def count(self) -> int:
        """Number of points drawn, including those outside the visible part of the plane."""
        return self.drawing.count if self.on else 0

    @property
    def counted(self) -> str:
        """The number of points drawn, in words."""
        total = len(self._shown)
        filtered = self.on and self.count < total
        return f"{self.count:,} of {total:,} points shown" if filtered else f"{self.count:,} points"

    def nearest(self, point: Floats, reach: float, wait: bool) -> int | None:
        """The row of the drawn point nearest to a position (2,) in the plane, within reach; None if there is none.

        With wait=False also None if the search would take longer than a frame.
        """
        subject = self._subject
        if subject is None or not self.on or not (wait or subject.on_map.fast):
            return None
        shown = self._strengths() > 0
        row, _ = subject.on_map.nearest(point, reach, lambda rows: shown[self._group[rows]])
        return row if row >= 0 else None

    def _take_colouring(self, subject: Subject, colouring: Colouring) -> None:
        before, self._colouring = self._colouring, colouring
        if before is None or (before.kind, before.names) != (colouring.kind, colouring.names):
            self._emphasised, self._hidden = None, frozenset()
        self._group = group_of(colouring.style, subject.split)
        self._legend.show_colouring(colouring, bool((subject.split != HELD_OUT).any()))
        self._has_something(drawn=True, explained=self._legend.needed)
        if self._expected is not None and self._expected.names == colouring.names:
            self._hidden, self._expected = self._expected.hidden, None
            self.classes.show_hidden(self._hidden)
        self._recolour()
        self._filter()

    @property
    def _dark(self) -> bool:
        return self._theme.dark if self._ground_dark is None else self._ground_dark

    def _emphasise(self, position: int) -> None:
        self._emphasised = None if position < 0 or position in self._hidden else position
        self._draw()

    def _recolour(self) -> None:
        if self._colouring is not None:
            self._legend.set_colours(self._colouring.colours(self._dark))
            self._draw()

    def _draw(self) -> None:
        subject, colouring = self._subject, self._colouring
        if subject is not None and colouring is not None:
            self.drawing.set_points(subject.plane, self._group, self._colours(), self._strengths())
            self.drawn.emit()

    def _colours(self) -> Bytes:
        """The colour of each group, (S, 3)."""
        assert self._colouring is not None
        colours = self._colouring.colours(self._dark)
        none = colours[0] if self._colouring.kind == "plain" else self._theme.muted
        return as_rgb([none, *colours]).repeat(len(SPLITS), axis=0)

    def _filter(self) -> None:
        shown = (self._strengths() > 0)[self._group]
        if not np.array_equal(shown, self._shown):
            self._shown = shown
            self._legend.show_count(int(np.count_nonzero(shown)), len(shown))
            self.shown_changed.emit()

    def _strengths(self) -> Floats:
        """The opacity of each group, 0 to 1; 0: hidden."""
        count = self._colouring.count if self._colouring is not None else 1
        strengths = np.full((count + 1, len(SPLITS)), PALE, np.float32)  # in the order of `group_of`
        strengths[:, HELD_OUT] = STRONG
        if self._emphasised is not None:
            others = np.arange(-1, count) != self._emphasised
            strengths[others] = FADED
        if self._split is not None:
            strengths[:, np.arange(len(SPLITS)) != self._split] = 0
        strengths[[style + 1 for style in self._hidden]] = 0
        return strengths.ravel()
