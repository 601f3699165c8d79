"""A path as a table of latent codes, and the anchors in such a table, or in one of another program."""

import re
import zipfile
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.data.table import Table, numbers_of, read_table
from vae_explorer.errors import UserError
from vae_explorer.exploring.paths import KINDS, Equal, Kind, Path

Z = re.compile(r"z[ _]?(\d+)", re.IGNORECASE)  # the name of the column of a dimension
CLOSE = 1e-6  # share of the way within which an anchor is at the place of an image


def path_table(path: Path, count: int, equal: Equal) -> dict[str, NDArray[Any]]:
    """The codes of `count` images of a path, and those of its anchors between them, in the order of the way.

    step: the number of the image, from 0; anchor: that of the anchor, from 0; each -1 if the code is none.
    """
    way = path.way(equal)
    places = np.linspace(0, way[-1], count)
    of_anchors = way[path.anchor_rows]
    near = np.abs(places - of_anchors[:, None]).argmin(axis=1)
    near[0], near[-1] = 0, count - 1
    rows = [(place, step, -1) for step, place in enumerate(places.tolist())]
    for anchor, (place, step) in enumerate(zip(of_anchors.tolist(), near.tolist(), strict=True)):
        if abs(places[step] - place) <= CLOSE * way[-1] and rows[step][2] < 0:
            rows[step] = (place, step, anchor)
        else:
            rows.append((place, -1, anchor))
    rows.sort(key=lambda row: row[0])  # stable, so that images and anchors in one place keep their order
    steps, anchors = (np.array([row[column] for row in rows]) for column in (1, 2))
    codes = np.where((anchors >= 0)[:, None], path.anchors[anchors], path.points(count, equal)[steps])
    along = [row[0] for row in rows]
    return {
        "step": steps,
        "z": codes.astype(np.float32),
        "way_in_z": np.interp(along, way, path.in_z),
        "way_in_images": np.interp(along, way, path.in_image),
        "anchor": anchors,
        "kind": np.full(len(rows), path.kind),
    }


def read_anchors(file: FilePath, latent_dim: int) -> tuple[Floats, Kind | None]:
    """The anchors (A, latent_dim), A >= 2, in a table, and the kind of the path; None: the table names none.

    It is a table that `path_table` made, as CSV or NPZ, or one with the columns z1, z2 and so on, or one of so many
    numbers in each row; without a column `anchor` each row is an anchor. Raises UserError if it is none of these.
    """
    columns = _arrays(file, latent_dim) if file.suffix.lower() == ".npz" else _columns(file, latent_dim)
    codes, anchor, kind = columns
    if anchor is not None and len(anchor) == len(codes):
        codes = codes[anchor >= 0]
    if len(codes) < 2:
        raise UserError(f"{file} holds {'one anchor' if len(codes) else 'no anchors'}: a path needs two or more.")
    if not np.isfinite(codes).all():
        raise UserError(f"{file} holds a latent code with an empty cell, or one that is not finite.")
    return codes.astype(np.float32), next((each for each in KINDS if each == kind), None)


def _arrays(file: FilePath, latent_dim: int) -> tuple[Doubles, Doubles | None, str]:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in ("z", "anchor", "kind") if name in arrays}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"{file} cannot be read as NPZ: {error}.") from error
    z = found.get("z")
    if z is None or z.ndim != 2 or z.shape[1] != latent_dim or z.dtype.kind not in "fiu":
        raise UserError(f"{file} holds no array z of latent codes with {latent_dim} dimensions.")
    kinds = found.get("kind", np.empty(0, np.str_)).ravel()
    return z.astype(np.float64), found.get("anchor"), str(kinds[0]) if len(kinds) else ""


def _columns(file: FilePath, latent_dim: int) -> tuple[Doubles, Doubles | None, str]:
    table = _divided(read_table(file, lambda _: False))
    numbers = {int(name[1]): place for place, cell in enumerate(table.header) if (name := Z.fullmatch(cell))}
    anchor = next((numbers_of(table.columns[at]) for at in _named(table, "anchor")), None)
    kind = next((table.columns[at][0] for at in _named(table, "kind")), "")
    first = min(numbers, default=1)
    if numbers and sorted(numbers) != list(range(first, first + latent_dim)):
        raise UserError(f"{file} has columns of {len(numbers)} dimensions of z, and the model has {latent_dim}.")
    places = [numbers[number] for number in sorted(numbers)] or range(len(table.columns))
    values = [column for at in places if (column := numbers_of(table.columns[at])) is not None]
    if len(values) != latent_dim:
        names = "z1" if latent_dim == 1 else f"z1 to z{latent_dim}"
        raise UserError(f"{file} holds no latent codes of {latent_dim} numbers: name their columns {names}.")
    return np.column_stack(values), anchor, kind


def _named(table: Table, name: str) -> list[int]:
    return [place for place, cell in enumerate(table.header) if cell.lower() == name]


def _divided(table: Table) -> Table:
    """A table whose columns are divided by blanks, as NumPy's `savetxt` writes them."""
    if len(table.columns) > 1:
        return table
    cells, header = table.columns[0], tuple(table.header[0].split())
    if cells[0].startswith("#"):
        header, cells = tuple(cells[0].lstrip("#").split()), cells[1:]
    rows = [cell.split() for cell in cells]
    width = len(rows[0]) if rows else 0
    if width < 2 or any(len(row) != width for row in rows):
        return table
    names = header if len(header) == width else tuple(f"column {number}" for number in range(1, width + 1))
    return Table(names, tuple(zip(*rows, strict=True)), table.notes)
