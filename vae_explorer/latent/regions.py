"""The classes that the nearest latent codes vote for, at the points of a grid in the plane of the map."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Ints
from vae_explorer.latent.grid import Grid
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.latent.support import SPARSE

VOTERS = 30  # nearest latent codes that vote
AT_ONCE = 4096  # points of a grid whose voters are looked for at a time
MEASURED = 2000  # latent codes by which the usual distance of the voters is measured
FAR = 2.0  # multiple of the usual distance to the last voter from which nothing is drawn


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """What the nearest latent codes say at each point of a grid."""

    rgb: Floats  # (H, W, 3), 0 to 255, the colours of the classes mixed by their shares of the votes
    strength: Floats  # (H, W), 0 to 1: the lead of the first class over the second, less far from all codes


def class_regions(grid: Grid, plane: Floats, label: Ints, colours: Bytes) -> Regions:
    """Let the `VOTERS` nearest of the codes that have a class vote at each point.

    plane: (N, 2), codes projected into the plane. label: (N,), row in colours (C, 3); -1: no class, which has no vote.

    The lead of a class is its share less that of the next one, so a border between classes is a valley of strength 0
    and no edge. The usual distance of the last voter is the one that 95 % of the codes do not exceed (see `SPARSE`).
    Beyond it, strength falls, to 0 at `FAR` times as much.
    """
    known = (label >= 0) & np.isfinite(plane).all(axis=1)
    points, style = (plane, label) if known.all() else (plane[known], label[known])
    neighbours, places = Neighbours(points), grid.points()
    neighbours.build()
    rgb = np.zeros((len(places), 3), np.float32)
    strength = np.zeros(len(places), np.float32)
    if len(points):
        some = points[:: max(1, len(points) // MEASURED)]
        usual = float(np.percentile(neighbours.several(some, VOTERS)[1][:, -1], SPARSE))
        for start in range(0, len(places), AT_ONCE):
            here = slice(start, start + AT_ONCE)
            rows, distances = neighbours.several(places[here], VOTERS)
            rgb[here], lead = _votes(style[rows], colours)
            nearness = (FAR - distances[:, -1] / max(usual, 1e-12)) / (FAR - 1)
            strength[here] = lead * np.clip(nearness, 0, 1)
    return Regions(rgb.reshape(*grid.shape, 3), strength.reshape(grid.shape))


def _votes(voters: Ints, colours: Bytes) -> tuple[Floats, Floats]:
    """The mixed colour (M, 3) and the lead (M,) of voters' classes (M, K)."""
    mixed: Floats = colours.astype(np.float32)[voters].mean(axis=1)
    # Votes are counted by sorting, which needs no table of all classes for each point.
    ordered = np.sort(voters, axis=1)
    place = np.arange(ordered.shape[1])
    begins = np.column_stack([np.ones(len(ordered), bool), np.diff(ordered, axis=1) != 0])
    began = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    ends = np.column_stack([begins[:, 1:], np.ones(len(ordered), bool)])
    votes = np.where(ends, place - began + 1, 0)
    votes.sort(axis=1)
    second = votes[:, -2] if votes.shape[1] > 1 else 0
    return mixed, ((votes[:, -1] - second) / ordered.shape[1]).astype(np.float32)
