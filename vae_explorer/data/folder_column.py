"""Names of images in two columns of a table: a folder and a name that is in several folders."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from vae_explorer.data.matching import SEVERAL, NameIndex
from vae_explorer.data.table import Table

MOST_COLUMNS = 6  # the first of a table, of which two may be a folder and a name
LOOKED_AT = 300  # cells


def is_unclear(cells: Sequence[str], index: NameIndex) -> bool:
    """Whether each of the first cells may mean several images."""
    return {index.image_of(cell) for cell in cells[:LOOKED_AT]} == {SEVERAL}


def with_folders(table: Table, column: int | None, index: NameIndex) -> tuple[Table, int | None]:
    """The table with two columns joined to one of paths, and its index; as they were if there are no such columns.

    Each name alone has to be unclear, and each path the name of another image.
    """
    for folder, name in permutations(range(min(len(table.columns), MOST_COLUMNS)), 2):
        if not is_unclear(table.columns[name], index):
            continue
        paths = tuple(f"{one}/{two}" for one, two in zip(table.columns[folder], table.columns[name], strict=True))
        images = [index.image_of(path) for path in paths[:LOOKED_AT]]
        if SEVERAL in images or None in images or len(set(images)) < len(images):
            continue
        others = [number for number in range(len(table.columns)) if number not in (folder, name)]
        header = (*(table.header[number] for number in others), f"{table.header[folder]}/{table.header[name]}")
        return replace(table, header=header, columns=(*(table.columns[number] for number in others), paths)), len(
            others
        )
    return table, column
