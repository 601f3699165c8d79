"""The paths that a page carries: their names, their codes at equal steps, and their anchors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.exploring.paths import KINDS, Equal, Path
from vae_explorer.latent.plane import Plane

CODES = 241  # of a path in a page, between which it is straight


@dataclass(frozen=True, slots=True, eq=False)
class PagePath:
    """A path with the name that a reader chooses it by."""

    name: str
    path: Path
    equal: Equal = "z"  # what is equal between two steps of the slider


def page_path(path: Path, equal: Equal, of: str = "") -> PagePath:
    """A path named after its kind. of: what else tells it from others, such as the name of its file."""
    return PagePath(f"{of}: {KINDS[path.kind]}" if of else KINDS[path.kind].capitalize(), path, equal)


def path_arrays(paths: Sequence[PagePath]) -> dict[str, Floats]:
    """The codes (CODES, latent_dim) of each path."""
    return {f"path_{number}": each.path.points(CODES, each.equal) for number, each in enumerate(paths)}


def path_entries(paths: Sequence[PagePath], plane: Plane) -> list[dict[str, Any]]:
    """The name of each path, and its anchors in the plane of the page."""
    return [
        {"name": each.name, "anchors": np.round(each.path.anchors @ plane.directions.T, 4).tolist()} for each in paths
    ]
