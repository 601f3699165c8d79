"""The map as the person had it before the tour, which comes back at its end."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF

from vae_explorer.gui.explorer.map_state import put_back, state_of
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import TOOLS

PART = "part"  # of the plane in view, which rounding changes a little


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """What was set on the map of the built-in run."""

    state: dict[str, Any]
    step: int  # of the history
    path_shown: bool


def home_of(explorer: ExplorerTab) -> Home:
    """What is set on the map now."""
    paths = explorer.path.paths
    return Home(state_of(explorer), explorer.moves.index(), paths is not None and not paths.panel.isHidden())


def go_home(explorer: ExplorerTab, home: Home) -> None:
    """Undo what was done since, and set what the history does not know.

    If the history has been cleared since, all of it is set, and the history is cleared again.
    """
    state, view = home.state, explorer.view
    if explorer.moves.index() > home.step:
        explorer.moves.setIndex(home.step)
    if not home.path_shown:
        explorer.path.close()
    view.use_tool(next(tool for tool in TOOLS if tool.title == state["tool"]))
    explorer.selection_panel.setVisible(state["selection"])
    if state[PART] is None:
        view.fit()
    else:
        view.show_part(QRectF(*state[PART]))
    if state_of(explorer) | {PART: None} != state | {PART: None}:
        put_back(explorer, state)
