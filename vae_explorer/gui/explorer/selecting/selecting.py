"""The selection with all that belongs to it: tools, panel, search, groups and the direction between two of them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.directions import difference_of_means
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import History
from vae_explorer.gui.explorer.selecting.by_hand import HandSelecting
from vae_explorer.gui.explorer.selecting.direction_section import DirectionSection
from vae_explorer.gui.explorer.selecting.find_section import FindSection
from vae_explorer.gui.explorer.selecting.grouping import Grouping
from vae_explorer.gui.explorer.selecting.groups_section import GroupsSection
from vae_explorer.gui.explorer.selecting.panel import SelectionPanel
from vae_explorer.gui.explorer.selecting.selection import Selection
from vae_explorer.gui.explorer.view import LatentView


class Selecting(QObject):
    """Makes the parts and wires them; the tab shows the panel and passes on what happens on the map."""

    errored = Signal(str)
    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does

    def __init__(self, view: LatentView, history: History, code: Callable[[], Floats], parent: QObject) -> None:
        """code: returns the latent code at the handle (latent_dim,)."""
        super().__init__(parent)
        self._view, self._code = view, code
        self.selection = Selection(history, self)
        self.panel = SelectionPanel(self.selection)
        self.by_hand = HandSelecting(view, self.selection, self)
        self.find = FindSection(self.selection, view.points, code)
        self.grouping = Grouping(history, self)
        self.groups = GroupsSection(self.selection, self.grouping)
        self.direction = DirectionSection()
        for section in (self.find, self.groups, self.direction):
            self.panel.add_section(section)
        self._closed = False  # whether the person closed the panel in this session
        self._between = 0, 1  # positions of the groups of the direction, the first minus the second
        self.selection.changed.connect(lambda: view.show_selected(self.selection.rows))
        self.by_hand.selected.connect(self._open)
        self.find.menu.all_wanted.connect(self.by_hand.select_all)
        self.find.menu.inverse_wanted.connect(self.by_hand.invert)
        self.panel.closed.connect(self.toggle)
        self.groups.direction_wanted.connect(self._direct)
        self.direction.swap_wanted.connect(lambda: self._direct(*self._between[::-1]))
        self.direction.way.moved.connect(self.code_wanted)
        for source in (self.find, self.grouping):
            source.errored.connect(self.errored)

    def show_subject(self, subject: Subject) -> None:
        """Select among the images of this subject."""
        self.selection.show_subject(subject)
        self.grouping.show_subject(subject)

    def go(self, code: Floats) -> None:
        """The handle is at this latent code (latent_dim,)."""
        self.direction.go(code)

    def toggle(self) -> None:
        """Open or close the panel."""
        self.panel.setVisible(self.panel.isHidden())
        if self.panel.isHidden():
            self._closed = True
            self._view.setFocus()

    def make_group(self) -> None:
        """Make a group of the selected images."""
        self.panel.show()
        self.groups.make()

    def end(self) -> None:
        """Stop computing, and keep the groups."""
        self.find.end()
        self.grouping.end()

    def _open(self) -> None:
        """Open the panel, unless the person has closed it."""
        if not self._closed:
            self.panel.show()

    def _direct(self, these: int, those: int) -> None:
        subject, groups = self.selection.subject, self.grouping.groups
        if subject is None:
            return
        try:
            direction = difference_of_means(subject.z_mean, groups.rows(these), groups.rows(those))
        except UserError as error:
            self.errored.emit(str(error))
            return
        self._between = these, those
        self.direction.show_direction(f"{groups.names[these]} minus {groups.names[those]}", direction, self._code())
