"""The choices about the points: colours, split and filter. Each change is a step of the history."""

from PySide6.QtCore import QObject, Signal

from vae_explorer.gui.explorer.colour_chooser import ColourChoice
from vae_explorer.gui.explorer.foot import ExplorerFoot
from vae_explorer.gui.explorer.history import Change, History, Run
from vae_explorer.gui.explorer.layers.points import Filter, PointsLayer

COUNTING = Run("number of clusters")


class PointsChoices(QObject):
    """Applies the choices made below the map and in the legend to the points, through the history."""

    changed = Signal()  # the number of points shown may have changed

    def __init__(self, points: PointsLayer, foot: ExplorerFoot, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._points, self._foot, self._history = points, foot, history
        self._split: int | None = None  # index of the split that is shown; None: all
        points.classes.filtered.connect(self._filter_wanted)
        foot.split_wanted.connect(self._split_wanted)
        foot.colours.wanted.connect(self._colours_wanted)
        foot.colours.chosen.connect(points.colour_by)
        foot.colours.refused.connect(lambda: history.take_back(self._show_colours))

    @property
    def colours(self) -> ColourChoice:
        """What the person chose to colour by."""
        return self._foot.colours.choice

    @property
    def filter(self) -> Filter:
        """The hidden classes or clusters."""
        return self._points.filter

    @property
    def split(self) -> int | None:
        """The index of the split that is shown; None: all are."""
        return self._split

    def put(self, colours: ColourChoice, hidden: Filter, split: int | None) -> None:
        """Show these choices, without a step of the history."""
        self._show_split(split)
        self._points.expect_filter(hidden)
        self._show_colours((colours, None))

    def _split_wanted(self, split: int | None) -> None:
        self._history.do(Change("splits", self._split, split, self._show_split))

    def _show_split(self, split: int | None) -> None:
        self._split = split
        self._foot.show_split(split)
        self._points.show_split(split)
        self.changed.emit()

    def _filter_wanted(self, hidden: frozenset[int]) -> None:
        before = self._points.filter
        self._history.do(Change("filter", before, Filter(before.names, hidden), self._show_filter))

    def _show_filter(self, wanted: Filter) -> None:
        self._points.show_filter(wanted)
        self.changed.emit()

    def _colours_wanted(self, choice: ColourChoice) -> None:
        colours = self._foot.colours
        run = COUNTING if choice.name == colours.choice.name else None
        before, after = (colours.choice, self._points.filter), (choice, None)
        self._history.do(Change("colours", before, after, self._show_colours, run))

    def _show_colours(self, state: tuple[ColourChoice, Filter | None]) -> None:
        """state: the choice and the filter to restore with it; None leaves the filter alone."""
        choice, hidden = state
        self._foot.colours.choose(choice)
        if hidden is not None:
            self._points.show_filter(hidden)
        self.changed.emit()
