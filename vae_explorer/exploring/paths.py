"""Paths from one latent code to another through others, of several kinds, and how long they are."""

import itertools
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_explorer.array_types import Doubles, Floats, Indices
from vae_explorer.errors import UserError
from vae_explorer.exploring.geodesic import Factor, geodesic
from vae_explorer.latent.codes_graph import CodesGraph, some_codes
from vae_explorer.latent.cost_of_gaps import CostOfGaps
from vae_explorer.latent.curves import along, at_equal_steps, great_circle, line, refined
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress, portion

Kind = Literal["straight", "spherical", "data", "geodesic", "supported"]
Equal = Literal["z", "image"]  # what is equal between two images of a path: the step in z, or the change of the image
KINDS: dict[Kind, str] = {  # the kind -> what it is, for people
    "straight": "straight",
    "spherical": "spherical, around the origin",
    "data": "along the data",
    "geodesic": "geodesic: the image changes least",
    "supported": "geodesic that stays near the data",
}
NEED_CODES: tuple[Kind, ...] = ("data", "supported")
MOST_IMAGES = 60  # of a strip
MOST_ANCHORS = 1000  # of a path
PARTS = 24  # straight parts of a geodesic between two anchors
LEAST_PARTS, ALL_PARTS = 4, 480  # at least between two of many anchors, and about as many in all
FINE = 8  # pieces into which a part is cut to measure lengths
BATCH = 256  # latent codes that are decoded together


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A curve in latent space that is straight between its points, and the ways along it to each of them."""

    kind: Kind
    anchors: Floats  # (A, latent_dim)
    curve: Floats  # (N, latent_dim)
    anchor_rows: Indices  # (A,), rows of the curve in which the anchors are
    in_z: Doubles  # (N,), length of the way in z
    in_image: Doubles  # (N,), length of the way of the decoded image, in pixel values 0 to 1 (Euclidean)

    def points(self, count: int, equal: Equal = "z") -> Floats:
        """`count` codes (count, latent_dim) along the path at equal steps in z, or of equal change of the image."""
        return at_equal_steps(self.curve, self.way(equal), count)

    def point(self, share: float, equal: Equal = "z") -> Floats:
        """The code (latent_dim,) at this share of the way, 0 to 1, in z or of the change of the image."""
        way = self.way(equal)
        return np.array([np.interp(share * way[-1], way, column) for column in self.curve.T], np.float32)

    def way(self, equal: Equal) -> Doubles:
        """The length of the way to each point of the curve (N,), in z or in images."""
        return self.in_z if equal == "z" else self.in_image


class Data:
    """The codes of the data, and what is computed of them once for all paths. May be used from any thread."""

    def __init__(self, codes: Floats) -> None:
        """codes: (N, latent_dim); there may be none."""
        self._codes = some_codes(codes)
        self._lock = threading.Lock()
        self._graph: CodesGraph | None = None
        self._gaps: CostOfGaps | None = None

    @property
    def known(self) -> bool:
        """Whether there are enough codes for the kinds of paths that need them."""
        return len(self._codes) > 1

    @property
    def graph(self) -> CodesGraph:
        with self._lock:
            self._graph = self._graph or CodesGraph(self._codes)
            return self._graph

    @property
    def gaps(self) -> CostOfGaps:
        with self._lock:
            self._gaps = self._gaps or CostOfGaps(self._codes)
            return self._gaps


def find_path(kind: Kind, anchors: Floats, decoder: Decoder, data: Data, progress: Progress = no_progress) -> Path:
    """The path of this kind through all anchors (A, latent_dim), A >= 2, in their order.

    data: which the kinds "data" and "supported" need; a geodesic begins from the better of the straight line and, if
    there are codes, the way along them, so it is never longer in the space of images than the line. Raises UserError
    if there are too few anchors, or no codes where they are needed.
    """
    if len(anchors) < 2:
        raise UserError("A path leads from one latent code to another: give two or more.")
    if len(anchors) > MOST_ANCHORS:
        raise UserError(f"A path has up to {MOST_ANCHORS:,} anchors, not {len(anchors):,}.")
    if kind in NEED_CODES and not data.known:
        raise UserError(f"A path {KINDS['data'] if kind == 'data' else 'near the data'} needs the codes of the data.")
    progress("Finding the path", 0.0)
    factor = data.gaps if kind == "supported" else None
    parts: list[Floats] = []
    share = 1 / (len(anchors) - 1)
    count = max(LEAST_PARTS, min(PARTS, ALL_PARTS // (len(anchors) - 1)))
    for number, (start, end) in enumerate(itertools.pairwise(anchors)):
        of_part = portion(progress, number * share, (number + 1) * share)
        part = _between(kind, start, end, count, decoder, data, factor, of_part)
        parts.append(part if not parts else part[1:])
    pieces = FINE if kind != "data" else 2
    curve = refined(np.concatenate(parts), pieces)
    rows = np.cumsum([0, len(parts[0]) - 1, *map(len, parts[1:])]) * pieces
    return Path(kind, anchors, curve, rows, along(curve), _image_way(decoder, curve))


def _between(
    kind: Kind, start: Floats, end: Floats, count: int, decoder: Decoder, data: Data, factor: Factor | None,
    progress: Progress,
) -> Floats:  # fmt: skip
    """The path between two anchors (K, latent_dim). count: straight parts, unless it leads along the data."""
    if kind == "spherical":
        return great_circle(start, end, count + 1)
    if kind == "data":
        return data.graph.way(start, end)
    straight = line(start, end, count + 1)
    if kind == "straight" or np.array_equal(start, end):
        return straight
    begins = [straight]
    if data.known:
        with suppress(UserError):  # the data are in pieces; the line is a beginning, too
            begins.append(data.graph.way(start, end))
    found = [straight]
    for number, begin in enumerate(begins):
        fine = refined(begin, FINE)
        even = at_equal_steps(fine, _cost(decoder, fine, factor), count + 1)
        of_begin = portion(progress, number / len(begins), (number + 1) / len(begins))
        found.append(geodesic(decoder, even, factor, of_begin))
    return min(found, key=lambda curve: _cost(decoder, refined(curve, FINE), factor)[-1])


def _image_way(decoder: Decoder, curve: Floats) -> Doubles:
    """The length of the way (N,) of the decoded image along a curve (N, latent_dim)."""
    steps, last = [np.zeros(1)], None
    for start in range(0, len(curve), BATCH):
        images = decoder(curve[start : start + BATCH]).reshape(len(curve[start : start + BATCH]), -1)
        if last is not None:
            images = np.concatenate([last, images])
        steps.append(np.linalg.norm(np.diff(images, axis=0).astype(np.float64), axis=1))
        last = images[-1:]
    return np.cumsum(np.concatenate(steps))


def _cost(decoder: Decoder, curve: Floats, factor: Factor | None) -> Doubles:
    """The way of the image along a curve, each step times the factor at its middle."""
    way = _image_way(decoder, curve)
    if factor is None:
        return way
    middles = (curve[:-1].astype(np.float64) + curve[1:]) / 2
    return np.concatenate([[0.0], np.cumsum(np.diff(way) * factor(middles)[0])])
