"""Selecting some of the images that have latent codes: near a code, of a class, badly reconstructed, or far from all.

The functions take the codes z_mean (N, latent_dim) or figures (N,) of all images, and `among` (N,), true for those
that may be selected. The rows that they return are indices of images; the first is what was asked for most.
"""

import re
from collections.abc import Sequence

import numpy as np

from vae_explorer.array_types import Doubles, Flags, Floats, Indices, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.names import Names, printable
from vae_explorer.errors import UserError
from vae_explorer.latent.neighbours import DIMENSIONS, Neighbours
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.decoder_class import class_list

COMPARED = 2_000_000  # distances that are computed together
QUERIED = 20_000  # latent codes that a tree is asked for together


def nearest_to(z_mean: Floats, code: Floats, count: int, among: Flags) -> tuple[Indices, Floats]:
    """The rows of the `count` codes that are nearest to a code (latent_dim,), and their distances in all of z."""
    return Neighbours(z_mean, among).closest(code, count)


def largest(figures: Floats | Doubles, count: int, among: Flags) -> Indices:
    """The rows of the `count` images with the largest figures, the largest first; NaN is not selected."""
    rows = np.flatnonzero(among & ~np.isnan(figures))
    return rows[np.argsort(-figures[rows], kind="stable")[:count]]


def distances_to_nearest(z_mean: Floats, progress: Progress = no_progress) -> Doubles:
    """The distance in all of z from each code to the nearest one of another image: (N,), NaN if there is none.

    A k-d tree finds it in few dimensions; in more, all are compared, which takes a minute or more for 70,000 codes.
    `progress` may raise an exception to end it.
    """
    if len(z_mean) < 2:
        return np.full(len(z_mean), np.nan)
    progress("Comparing latent codes", 0.0)
    if z_mean.shape[1] <= DIMENSIONS:
        from scipy.spatial import cKDTree

        tree, nearest = cKDTree(z_mean), np.empty(len(z_mean))
        for start in range(0, len(z_mean), QUERIED):
            rows = slice(start, start + QUERIED)
            nearest[rows] = tree.query(z_mean[rows], k=2)[0][:, 1]
            progress("Comparing latent codes", min(1.0, (start + QUERIED) / len(z_mean)))
        return nearest
    codes = z_mean.astype(np.float64)
    lengths, distances = np.square(codes).sum(axis=1), np.empty(len(codes))
    step = max(1, COMPARED // len(codes))
    for start in range(0, len(codes), step):
        some = codes[start : start + step]
        squared = lengths - 2 * some @ codes.T  # the length of `some`, equal in a row, is left out
        squared[np.arange(len(some)), np.arange(start, start + len(some))] = np.inf
        distances[start : start + step] = np.linalg.norm(some - codes[squared.argmin(axis=1)], axis=1)
        progress("Comparing latent codes", min(1.0, (start + step) / len(codes)))
    return distances


def of_class(columns: Columns, wanted: str) -> Flags:
    """Which of the N images belong to a class, given by its name or its number from 0: (N,).

    Raises UserError if there is no such class.
    """
    names, text = columns.class_names, wanted.strip()
    if columns.labels is None or not names:
        raise UserError("The images of the run have no classes.")
    if text in names:
        label = names.index(text)
    elif text.isdecimal() and int(text) < len(names):
        label = int(text)
    else:
        raise UserError(f"The run has no class {printable(text)!r}: choose {class_list(names)}.")
    chosen: Flags = columns.label == label
    return chosen


def row_of(names: Names | None, index: Longs, wanted: str) -> int | None:
    """The row of the image that a person names; None: there is none.

    wanted: the path of its file below the folder of the images, the end of this path if no other ends so, or "image 17"
    or "17" for the index in the data set. index: (N,), of each image in the data set. Raises UserError if several
    images have the name.
    """
    text = wanted.strip().replace("\\", "/")
    if names is not None:
        paths = [names[row] for row in range(len(names))]
        rows = [row for row, path in enumerate(paths) if path == text] or _ending_in(paths, text)
        if len(rows) > 1:
            several = f"{printable(paths[rows[0]])} and {printable(paths[rows[1]])}"
            raise UserError(
                f"{len(rows):,} images are named {printable(text)}, such as {several}: give more of the path."
            )
        if rows:
            return rows[0]
    number = re.fullmatch(r"image ([0-9][0-9,]{0,17})|([0-9]{1,18})", text)
    found = np.flatnonzero(index == int((number[1] or number[2]).replace(",", ""))) if number else np.empty(0, np.intp)
    return int(found[0]) if len(found) else None


def _ending_in(paths: Sequence[str], text: str) -> list[int]:
    """The rows whose path has this name after a folder or, without its ending, is this name."""
    return [
        row for row, path in enumerate(paths)
        if f"/{path}".endswith(f"/{text}") or f"/{path}".rpartition(".")[0].endswith(f"/{text}")
    ]  # fmt: skip
