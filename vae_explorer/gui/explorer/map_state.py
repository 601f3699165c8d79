"""What a person set on the map, as values that JSON can hold: read from the tab, and put back at the next launch."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF

from vae_explorer.array_types import Floats
from vae_explorer.data.dataset import SPLITS
from vae_explorer.errors import UserError
from vae_explorer.exploring.clusters import MOST
from vae_explorer.gui.explorer.colour_chooser import AUTOMATIC, ColourChoice
from vae_explorer.gui.explorer.layers.points import Filter
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import TOOLS
from vae_explorer.latent.code_text import LARGEST
from vae_explorer.latent.plane import PlaneChoice, check_axes

if TYPE_CHECKING:
    from vae_explorer.exploring.paths import Kind

SMALLEST = 1e-6  # width of a part of the plane; pyqtgraph cannot draw smaller ones


def state_of(tab: ExplorerTab) -> dict[str, Any]:
    """What is set on the map."""
    part, hidden = tab.view.part, tab.choices.filter
    return {
        "code": tab.code.tolist(),
        "plane": tab.plane.choice if tab.plane_chosen else None,
        "part": None if part is None else [part.x(), part.y(), part.width(), part.height()],
        "colours": [tab.choices.colours.name, tab.choices.colours.clusters],
        "filter": [list(hidden.names), sorted(hidden.hidden)] if hidden.hidden else [[], []],
        "split": tab.choices.split,
        "layers": tab.layer_choices.texts(),
        "tool": tab.view.tool.title,
        "selection": not tab.selection_panel.isHidden(),
        "dimensions": tab.dimensions_check.isChecked(),
        "class": tab.decoded_class,
        "path": tab.path.kept,
    }


def put_back(tab: ExplorerTab, state: Any) -> None:
    """Set the map to a state that `state_of` gave. Nothing happens if it is damaged, or of another latent space."""
    try:
        apply = _read(tab, state)
    except (KeyError, TypeError, ValueError, OverflowError, StopIteration, UserError):
        return
    apply()


def _read(tab: ExplorerTab, state: Any) -> Callable[[], None]:
    """Check all values before any of them is applied by what is returned. Raises an error for a wrong one."""
    latent_dim = len(tab.code)
    code = _numbers(state["code"], latent_dim).astype(np.float32)
    plane = _plane(state["plane"], latent_dim)
    part = None if state["part"] is None else _numbers(state["part"], 4)
    name, clusters = state["colours"]
    colours = ColourChoice(_of(name, str), min(max(_of(clusters, int), AUTOMATIC), MOST))
    names, hidden = state["filter"]
    filter_ = Filter(tuple(_of(each, str) for each in names), frozenset(_of(each, int) for each in hidden))
    split, label = (None if state[key] is None else _of(state[key], int) for key in ("split", "class"))
    layers = {_of(key, str): _of(text, str) for key, text in _of(state["layers"], dict).items()}
    kind, anchors, opened = _path(state["path"], latent_dim)
    tool = next(tool for tool in TOOLS if tool.title == state["tool"])
    selection, dimensions = (_of(state[key], bool) for key in ("selection", "dimensions"))
    if not (split is None or 0 <= split < len(SPLITS)) or (label is not None and label < 0):
        raise ValueError
    if part is not None and part[2:].min() < SMALLEST:
        raise ValueError

    def apply() -> None:
        tab.layer_choices.put(layers)
        tab.choices.put(colours, filter_ if names else Filter(tab.choices.filter.names, frozenset()), split)
        tab.put(code, plane)
        if part is None:
            tab.view.fit()
        else:
            tab.view.show_part(QRectF(*part.tolist()))
        tab.path.put(kind, anchors, opened)
        tab.view.use_tool(tool)
        tab.selection_panel.setVisible(selection)
        tab.dimensions_check.setChecked(dimensions)
        if label is not None:
            tab.class_wanted.emit(label)

    return apply


def _plane(value: Any, latent_dim: int) -> PlaneChoice | None:
    if value is None:
        return None
    if value == "pca":
        return "pca"
    across, up = (_of(each, int) for each in value)
    check_axes((across, up), latent_dim)
    return across, up


def _path(value: Any, latent_dim: int) -> "tuple[Kind, Floats, bool]":
    """The kind, the anchors (A, latent_dim), and whether the panel is open."""
    if value is None:
        return "straight", np.zeros((0, latent_dim), np.float32), False
    from vae_explorer.exploring.paths import KINDS, MOST_ANCHORS  # which the launch without a path does not need

    kind, anchors, opened = value
    codes = np.array([_numbers(each, latent_dim) for each in _of(anchors, list)], np.float32)
    if kind not in KINDS or not 1 <= len(codes) <= MOST_ANCHORS:
        raise ValueError
    return kind, codes, _of(opened, bool)


def _numbers(value: Any, count: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The list as `count` finite numbers. Raises ValueError or TypeError if it is something else."""
    numbers = np.array([float(_of(each, int, float)) for each in _of(value, list)])
    if numbers.shape != (count,) or not (np.abs(numbers) <= LARGEST).all():
        raise ValueError
    return numbers


def _of(value: Any, *kinds: type) -> Any:
    """The value. Raises TypeError if it is none of these kinds; True and False are no numbers."""
    if type(value) not in kinds:
        raise TypeError
    return value
