"""Labels and numbers of images from a CSV file, and joining those of several sources."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Doubles
from vae_explorer.data.classes import MOST_CLASSES, are_classes, is_one_hot, of_one_hot, of_texts
from vae_explorer.data.columns import Columns, merged, no_columns
from vae_explorer.data.folder_column import is_unclear, with_folders
from vae_explorer.data.label_sets import label_sets, separator_of
from vae_explorer.data.matching import Matching, NameIndex
from vae_explorer.data.name_column import INDEX_WORDS, counts_images, find_name_column
from vae_explorer.data.names import natural_order, printable
from vae_explorer.data.options import LabelsBy
from vae_explorer.data.split_column import find_split
from vae_explorer.data.table import LABEL_WORDS, Table, numbers_of, read_table
from vae_explorer.errors import UserError

ID = re.compile(r"(^|[^a-z])id$", re.IGNORECASE)  # the end of a header such as "patient_id", which has no classes


def read_csv(path: Path, names: Sequence[str], count: int, by: LabelsBy = "auto") -> Columns:
    """Labels and numbers of `count` images from a CSV file, with sentences on how they were matched.

    names: paths of the image files below their folder; empty: the images are not files. A column of file names assigns
    the rows to images. Rows and images are in the same order only if no column looks like names, or by is "row". The
    labels are the column with a usual name, or the first one with few different texts, or columns of 0 and 1 of which
    one is 1. Other numeric columns are values. Raises UserError, also where under half of the names fit.
    """
    index = NameIndex(names)
    table = read_table(path, lambda cell: index.image_of(cell) is not None)
    column = None
    if by == "auto":
        column = find_name_column(table, names, count, index.image_of)
        if names and (column is None or is_unclear(table.columns[column], index)):
            table, column = with_folders(table, column, index)
    if column is None:
        matching, notes, warnings = _by_row(path, table, names, count)
    elif names:
        matching, notes, warnings = _by_name(path, table, column, names, index)
    else:
        rows = np.argsort(np.array([int(cell) for cell in table.columns[column]]))
        matching, warnings = Matching(rows.astype(np.int64), {}, ()), []
        notes = [f"{path.name}: the rows were matched by the image numbers in its column {table.header[column]!r}."]
    columns, more_notes, more_warnings = _assembled(path, table, column, matching)
    return replace(columns, notes=(*table.notes, *notes, *more_notes), warnings=(*warnings, *more_warnings))


def columns_by_row(path: Path, table: Table) -> Columns:
    """Labels and numbers of images that are themselves the rows of a table, in their order."""
    columns, notes, warnings = _assembled(path, table, None, Matching(np.arange(table.count), {}, ()))
    return replace(columns, notes=tuple(notes), warnings=tuple(warnings))


def _by_row(path: Path, table: Table, names: Sequence[str], count: int) -> tuple[Matching, list[str], list[str]]:
    if table.count != count:
        raise UserError(
            f"{path} has {table.count:,} rows for {count:,} images: add a column of file names, or give one row per "
            "image."
        )
    note = f"{path.name}: the rows were taken in the order of the images"
    warnings = []
    if names:
        note += f", the first for {printable(names[0])}, the last for {printable(names[-1])}"
        if sorted(names, key=natural_order) != list(names):
            wrong = next(
                number for number, name in enumerate(sorted(names, key=natural_order)) if name != names[number]
            )
            warnings.append(
                f"{path.name}: the rows belong to the images as programs sort their names, row {wrong + 1:,} to "
                f"{printable(names[wrong])}; if they were counted another way, add a column of names."
            )
    return Matching(np.arange(count), {}, ()), [f"{note}."], warnings


def _by_name(
    path: Path, table: Table, column: int, names: Sequence[str], index: NameIndex
) -> tuple[Matching, list[str], list[str]]:
    cells = table.columns[column]
    matching = index.match(cells)
    found = matching.count
    if found * 2 < min(len(names), len({cell for cell in cells if cell})) or not found:
        here = " and ".join(printable(names[image]) for image in np.flatnonzero(matching.rows < 0)[:2].tolist())
        used = set(matching.rows.tolist())
        there = [printable(cell) for row, cell in enumerate(cells) if row not in used][:2]
        raise UserError(
            f"{path} names {found:,} of {len(names):,} images in its column {printable(table.header[column])!r}: the "
            f"images are {here}, the names {' and '.join(there)}. Mend the names, or take the rows in the order of "
            "the images with --labels-by row."
        )
    ways = matching.ways
    how = ways[0][0] if len(ways) == 1 else ", ".join(f"{title} {count:,}" for title, count in ways)
    notes = [f"{path.name}: {found:,} of {len(names):,} images matched by name {how}."]
    if found < len(names):
        notes.append(f"{path.name}: {len(names) - found:,} images have no row and so no class, such as "
                     f"{printable(names[int(np.argmin(matching.rows))])}.")  # fmt: skip
    used = set(matching.rows.tolist()) | {row for rows in matching.more.values() for row in rows}
    unused = [cell for row, cell in enumerate(cells) if row not in used]
    if unused:
        notes.append(f"{path.name}: {len(unused):,} rows name no image or none for certain, such as "
                     f"{printable(unused[0])!r}.")  # fmt: skip
    return matching, notes, []


@dataclass(slots=True)
class _Chosen:
    """Which columns of a table are what."""

    label: int | None
    one_hot: list[int]


def _assembled(
    path: Path, table: Table, name_column: int | None, matching: Matching
) -> tuple[Columns, list[str], list[str]]:
    """Labels and numbers in the order of the images, and sentences on them."""
    numbers = {
        number: found
        for number, column in enumerate(table.columns)
        if number != name_column and (found := numbers_of(column)) is not None
    }
    split = find_split(
        table.header, [() if number == name_column else column for number, column in enumerate(table.columns)]
    )
    known = {name_column} if split is None else {name_column, split.column}
    chosen = _choose(table, known, numbers)
    notes, warnings = [], []
    count = len(matching.rows)
    columns, separate = no_columns(count), no_columns(count)
    if split is not None:
        notes += [f"{path.name}: {sentence}" for sentence in split.notes(table.header[split.column])]
        held_out = np.array([row >= 0 and split.parts.get(table.columns[split.column][row]) == "held-out"
                             for row in matching.rows.tolist()])  # fmt: skip
        separate = replace(separate, held_out=held_out if held_out.any() else None)
    if chosen.label is not None:
        title = printable(table.header[chosen.label])
        cells, torn = _cells(_as_labels(table.columns[chosen.label], numbers.get(chosen.label)), matching)
        parts = label_sets(cells)
        if parts:
            separate = replace(parts, held_out=separate.held_out)
            notes.append(f"{path.name}: {title!r} holds sets of labels: there are no classes, and each of the "
                         f"{len(parts.value_names)} labels is a column of 0 and 1 to colour by.")  # fmt: skip
        else:
            columns = of_texts(cells)
            notes.append(f"{path.name}: the classes are its column {title!r}.")
        if torn:
            warnings.append(f"{path.name} names {torn:,} images more than once with different labels: these have no "
                            "class.")  # fmt: skip
    elif chosen.one_hot:
        rows = np.stack([_agreed(numbers[number], matching) for number in chosen.one_hot], axis=1)
        labels = np.where(np.isfinite(rows).all(axis=1), of_one_hot(rows == 1), -1).astype(np.int32)
        names = [printable(table.header[number]) for number in chosen.one_hot]
        columns = replace(columns, labels=labels, class_names=tuple(names))
        notes.append(f"{path.name}: the classes are its {len(names)} columns {names[0]!r} to {names[-1]!r}, of which "
                     "each image has one.")  # fmt: skip
    used = {*known, chosen.label, *chosen.one_hot}
    values = {
        number: found
        for number, found in numbers.items()
        if number not in used
        and not (table.header[number].lower() in INDEX_WORDS and counts_images(table.columns[number], table.count))
    }
    unused = [
        printable(name) or f"column {number + 1}"
        for number, name in enumerate(table.header)
        if number not in used | set(values) and any(table.columns[number])
    ]
    if unused:
        more = f" and {len(unused) - 5:,} more" if len(unused) > 5 else ""
        notes.append(
            f"{path.name}: not used, since they hold neither numbers nor classes: {', '.join(unused[:5])}{more}."
        )
    if values:
        stacked = np.stack([_agreed(found, matching) for found in values.values()], axis=1).astype(np.float32)
        columns = replace(columns, values=stacked, value_names=tuple(printable(table.header[n]) for n in values))
    return merged(columns, separate), notes, warnings


def _choose(table: Table, known: set[int | None], numbers: dict[int, Doubles]) -> _Chosen:
    """Which of the columns that are not known yet are labels. numbers: the columns of numbers."""
    others = [number for number in range(len(table.columns)) if number not in known]
    different = {number: len(set(table.columns[number])) for number in others}
    few = [number for number in others if different[number] <= MOST_CLASSES]
    named = [number for number in few if table.header[number].lower() in LABEL_WORDS
             and (number not in numbers or (_are_whole(numbers[number]) and (
                 _is_counted(numbers[number]) or different[number] <= max(2, table.count * 3 // 4))))]  # fmt: skip
    named.sort(key=lambda number: number in numbers)  # names of classes before their numbers
    texts = [number for number in few if number not in numbers
             and different[number] <= max(2, table.count * 3 // 4)]  # fmt: skip
    texts.sort(key=lambda number: ID.search(table.header[number]) is not None)
    sets = [number for number in others if number not in numbers and number not in texts
            and separator_of(set(table.columns[number])) is not None]  # fmt: skip
    label = next(iter([*named, *texts, *sets]), None)
    if label is not None:
        return _Chosen(label, [])
    binary = [number for number in others if number in numbers and np.isin(numbers[number], (0, 1)).all()]
    if len(binary) > 1 and is_one_hot(np.stack([numbers[number] for number in binary], axis=1)):
        return _Chosen(None, binary)
    if (
        len(others) == 1
        and others[0] in numbers
        and are_classes(numbers[others[0]])
        and _is_counted(numbers[others[0]])
    ):
        return _Chosen(others[0], [])
    return _Chosen(None, [])


def _are_whole(numbers: Doubles) -> bool:
    return bool((numbers[np.isfinite(numbers)] % 1 == 0).all())


def _is_counted(numbers: Doubles) -> bool:
    """Whether every whole number from 0 or 1 to the largest is there."""
    different = np.unique(numbers[np.isfinite(numbers)])
    return bool(different[0] in (0, 1) and different[-1] - different[0] == len(different) - 1)


def _as_labels(column: Sequence[str], numbers: Doubles | None) -> Sequence[str]:
    """The texts of a column of labels; whole numbers without their decimal point, as programs write them."""
    if numbers is None or not _are_whole(numbers):
        return column
    return [f"{number:.0f}" if number == number else "" for number in numbers.tolist()]


def _cells(column: Sequence[str], matching: Matching) -> tuple[list[str], int]:
    """The text of each image, "" if no row names it or several that differ do, and how many images these are."""
    cells = [column[row] if row >= 0 else "" for row in matching.rows.tolist()]
    torn = [image for image, rows in matching.more.items() if len({column[row] for row in rows}) > 1]
    for image in torn:
        cells[image] = ""
    return cells, len(torn)


def _agreed(numbers: Doubles, matching: Matching) -> Doubles:
    """The number of each image, NaN if no row names it or several that differ do."""
    found = np.where(matching.rows >= 0, numbers[matching.rows], np.nan)
    for image, rows in matching.more.items():
        if len(np.unique(numbers[rows])) > 1:
            found[image] = np.nan
    return found
