"""The maps of two runs beside each other, whose handles and views move together."""

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from vae_explorer.array_types import Floats
from vae_explorer.exploring.linking import Linked
from vae_explorer.gui.comparing.join_item import JoinItem
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.explorer.layers.points import Filter
from vae_explorer.gui.explorer.tools import EXPLORE, HAND, Tool
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import on_plane

LEAST = 200  # pixels, height of a map
USES = {QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress, QEvent.Type.NativeGesture}
FOLLOW = 8  # milliseconds after a view has moved that the other one follows


class TwoMaps(QWidget):
    """Holds the code at each handle. A handle that is dragged is followed by the other one through the alignment.

    A click on a point sets both handles to the codes of its image. While the pointer is on a point, and after such a
    click, a line joins the codes of the image.
    """

    moved = Signal()  # the codes are others
    image_chosen = Signal(int, int)  # side and row of the image at the handles; row -1: they are at no image

    def __init__(self, linked: Linked, titles: tuple[str, str], clock: FrameClock) -> None:
        """titles: both runs in a few words."""
        super().__init__()
        self.linked = linked
        self.codes: list[Floats] = [np.zeros(subject.z_mean.shape[1], np.float32) for subject in linked.subjects]
        self.views = LatentView(clock), LatentView(clock)
        self.joins = JoinItem(*self.views), JoinItem(*reversed(self.views))
        self._chosen: tuple[int, int] | None = None  # side and row of the image at the handles
        self._following = False  # whether one view is being set to the other
        self._leader = 0  # side of the map that the person used last, which the other one follows
        self._follow_soon = QTimer(self)  # after the paint of the view that moves, which so takes no longer than alone
        self._follow_soon.setSingleShot(True)
        self._follow_soon.setInterval(FOLLOW)
        self._follow_soon.timeout.connect(self._follow_view)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for side, (view, subject, join) in enumerate(zip(self.views, linked.subjects, self.joins, strict=True)):
            title = ElidedLabel()
            title.setText(f"{'AB'[side]}   {titles[side]}")
            title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(title, 0, side)
            layout.addWidget(view, 1, side)
            layout.setColumnStretch(side, 1)
            view.setObjectName(f"latentView{'AB'[side]}")
            view.setAccessibleName(f"Latent map of {'AB'[side]}")
            view.setMinimumSize(LEAST, LEAST)
            view.addItem(join, ignoreBounds=True)
            view.show_subject(subject, fit=True)
            view.moved.connect(partial(self._drag, side))
            view.jumped.connect(partial(self._drag, side))
            view.picked.connect(partial(self.choose, side))
            view.hovered.connect(partial(self._hover, side))
            view.tool_changed.connect(partial(self._keep_tool, view))
            view.points.classes.filtered.connect(partial(self._filter, side))
            view.getViewBox().sigRangeChanged.connect(partial(self._move_view, side))
            for widget in (view, view.viewport()):
                widget.installEventFilter(self)
        if linked.same_plane:
            self.views[1].pan(0, 0)  # it shows what the other map shows, and does not fit its own points
        self.go(0, self.codes[0])

    def set_theme(self, theme: Theme) -> None:
        for view, join in zip(self.views, self.joins, strict=True):
            view.set_theme(theme)
            join.theme = theme
            join.moved()

    def go(self, side: int, code: Floats) -> None:
        """Set the handle of a map to a code (latent_dim,), and that of the other map to where this code lies there."""
        other = self.linked.follow(side, code)
        self._chosen = None
        self._show(side, code, other)
        self._join(None)
        self.image_chosen.emit(side, -1)

    def choose(self, side: int, row: int) -> None:
        """Set both handles to the codes of the image in a row of one run, as far as the other run knows it."""
        code, partner = self.linked.subjects[side].z_mean[row], int(self.linked.partners[side][row])
        there = self.linked.subjects[1 - side].z_mean
        other = there[partner] if partner >= 0 else self.linked.follow(side, code)
        self._chosen = side, row
        self._show(side, code, other)
        self._join(self._chosen)
        self.image_chosen.emit(side, row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in USES:
            self._leader = next(side for side, view in enumerate(self.views) if watched in (view, view.viewport()))
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.ignore()  # nothing is drawn or selected here that it could give up: it closes the window
            return True
        return False

    def end(self) -> None:
        self._follow_soon.stop()
        for view in self.views:
            view.end()

    def _show(self, side: int, code: Floats, other: Floats | None) -> None:
        self.codes[side] = code
        if other is not None:
            self.codes[1 - side] = other
        for view, subject, at in zip(self.views, self.linked.subjects, self.codes, strict=True):
            view.move_handle(*subject.drawn_in.point(at))
        self.moved.emit()

    def _drag(self, side: int, x: float, y: float) -> None:
        self.go(side, self._code_at(side, x, y))

    def _code_at(self, side: int, x: float, y: float) -> Floats:
        plane = self.linked.subjects[side].drawn_in.through(self.codes[side])
        return on_plane(np.array([(x, y)], np.float32), plane)[0]

    def _hover(self, side: int, row: int) -> None:
        self._join((side, row) if row >= 0 else self._chosen)

    def _join(self, image: tuple[int, int] | None) -> None:
        """Join the codes of the image at this side and row; None: of none."""
        partner = -1 if image is None else int(self.linked.partners[image[0]][image[1]])
        if image is None or partner < 0:
            for join in self.joins:
                join.hide()
            return
        side, row = image
        own = self.linked.subjects[side].plane[row].tolist()
        other = self.linked.subjects[1 - side].plane[partner].tolist()
        self.joins[side].join(own, other)
        self.joins[1 - side].join(other, own)

    def _keep_tool(self, view: LatentView, tool: Tool) -> None:
        """Nothing is selected here: only the tools that move the handle or the map can be used."""
        if tool not in (EXPLORE, HAND):
            view.use_tool(EXPLORE)

    def _filter(self, side: int, hidden: frozenset[int]) -> None:
        """Hide these classes on both maps, if both have the same classes, else on one."""
        wanted = Filter(self.views[side].points.filter.names, hidden)
        for view in self.views:
            view.points.show_filter(wanted)

    def _move_view(self, side: int, *_: object) -> None:
        """Let the other map follow a view that has moved."""
        for join in self.joins:
            join.moved()
        if not self._following and self.linked.same_plane and side == self._leader:
            self._follow_soon.start()

    def _follow_view(self) -> None:
        """Show the same part of the plane on the other map."""
        side = self._leader
        assert self.linked.alignment is not None
        (left, right), (low, high) = self.views[side].viewRange()
        there = self.linked.follow(side, self._code_at(side, (left + right) / 2, (low + high) / 2))
        assert there is not None
        x, y = self.linked.subjects[1 - side].drawn_in.point(there)
        scale = self.linked.alignment.scale
        half = (right - left) / 2 * (1 / scale if side else scale)
        up = (high - low) / 2 * (1 / scale if side else scale)
        self._following = True
        self.views[1 - side].setRange(xRange=(x - half, x + half), yRange=(y - up, y + up), padding=0)
        self._following = False
