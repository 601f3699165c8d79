"""The open file groups.csv, with the groups that a person made by hand: index, name, group; colour, if one is chosen.

The file lies beside the files of the run and is not among the hashed ones. It is kept in the user's folder for a run
that cannot be written: the shipped one, a page, or one in a folder of somebody else.
"""

import csv
import io
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.run.beside import fingerprint_in, place_beside, take_over, users_place, with_folder
from vae_explorer.run.groups import COLOUR, Groups, checked, merged, no_groups
from vae_explorer.run.places import GROUPS
from vae_explorer.run.run import Run

HEADER = ("index", "name", "group", "colour")  # without the last one while no colour is chosen
LARGEST = 500_000_000  # bytes of a file
FOREIGN = ";", "\t"  # separators beside the comma that spreadsheets write
DIGITS = 18  # of the largest index
AT_ONCE, REST = 200, 0.0005  # rows between two rests, and the seconds of a rest

Row = TypeVar("Row")


def read_groups(run: Run) -> Groups:
    """The groups that are kept for this run, none where nothing is.

    Raises UserError for a file that is damaged, or whose rows name other images.
    """
    path = _place(run)
    return _read(run, path) if path.exists() else no_groups(len(run.codes.index))


def keep_groups(run: Run, before: Groups, after: Groups) -> Groups:
    """Keep the groups of a run. Returns what is kept: with what another window has changed in the file meanwhile.

    before: the groups as they were read or kept last; where `after` differs from them it wins. Raises UserError if
    the file is damaged, which is then left as it is, or cannot be written.
    """
    path = _place(run)
    if path.exists():
        both = merged(before, _read(run, path), after)
        after = after if after.same(both) else both
    with replacing(with_folder(path)) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        chosen = any(after.colours) or any(colour for *_, colour in after.others)
        width = len(HEADER) if chosen else len(HEADER) - 1
        writer.writerow(HEADER[:width])
        writer.writerows(row[:width] for row in _in_turns(_rows(run, after)))
    return after


def take_over_groups(folder: Path, fingerprint: str) -> str:
    """Copy the groups of the run that was set aside into the folder of the run that replaces it.

    fingerprint: of the images of the new run. The groups are those of the new run if the earlier one has the same
    images; else they are kept in a file that no run reads. Returns one sentence that says so, or "".
    """
    kept = take_over(folder, GROUPS, lambda content: fingerprint_in(content) == fingerprint)
    if kept is None:
        return ""
    return f"The run that was in {folder} had groups of other images: they are kept in {kept.name}."


def _rows(run: Run, groups: Groups) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the file, group by group, so that a later reading finds the groups in the same order."""
    chosen = dict(zip(groups.names, groups.colours, strict=True))
    for position, (group, colour) in enumerate(chosen.items()):
        for row in groups.rows(position).tolist():
            yield str(run.codes.index[row]), _name(run, row), group, colour
    for index, name, group, colour in groups.others:
        yield index, name, group, chosen.get(group, colour)


def _name(run: Run, row: int) -> str:
    names = run.codes.columns.names
    return names[row].encode("utf-8", "backslashreplace").decode() if names is not None else ""


def _read(run: Run, path: Path) -> Groups:
    row_of = np.full(run.info.dataset.images, -1)
    row_of[run.codes.index] = np.arange(len(run.codes.index))
    rows, member = row_of.tolist(), [-1] * len(run.codes.index)  # lists, since single values are taken out
    names, colours, others = dict[str, int](), dict[str, str](), []
    for line, index, of_image, group, colour in _table(path):
        if index >= len(rows):
            raise _of_others(path, line, f"{index} is none of the {len(rows):,} images of this run")
        row = rows[index]
        if row < 0:
            others.append((str(index), of_image, group, colour))
            continue
        if not _is_name(of_image, _name(run, row)):
            raise _of_others(path, line, f"image {index} is {_shown(_name(run, row))} here, not {_shown(of_image)}")
        number = names.setdefault(group, len(names))
        if member[row] not in (-1, number):
            raise UserError(
                f"In line {line} of {path}, image {index} is in a second group, {printable(group)!r}: an image is in "
                "one group only."
            )
        member[row] = number
        if colour:
            colours.setdefault(group, colour)
    chosen = tuple(colours.get(name, "") for name in names)
    return Groups(tuple(names), chosen, np.array(member, np.int32), tuple(others))


def _table(path: Path) -> Iterator[tuple[int, int, str, str, str]]:
    """Of each image in a group its line, its index, its name or "", and the name and the colour of the group or ""."""
    known = dict[str, str]()  # by cell, the names of the groups that were checked
    colours = set[str]()  # those that were checked
    try:
        text = read_at_most(path, LARGEST, "groups").decode("utf-8-sig")
        separator = next((each for each in FOREIGN if each in text.partition("\n")[0]), ",")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header = [cell.strip().lower() for cell in next(reader, [])]
        at_index, at_group = (header.index(name) for name in ("index", "group"))
        at_name, at_colour = (header.index(name) if name in header else None for name in ("name", "colour"))
        for cells in _in_turns(reader):
            if not any(cell.strip() for cell in cells):
                continue
            index = cells[at_index].strip() if max(at_index, at_group) < len(cells) else ""
            if not index.isdecimal() or len(index) > DIGITS:
                raise UserError(
                    f"In line {reader.line_num} of {path} there is no index of an image: mend or delete it."
                )
            cell = cells[at_group]
            if cell.strip():
                if cell not in known:
                    known[cell] = _checked(cell, reader.line_num, path)
                name = cells[at_name] if at_name is not None and at_name < len(cells) else ""
                colour = cells[at_colour].strip().lower() if at_colour is not None and at_colour < len(cells) else ""
                if colour and colour not in colours and not COLOUR.fullmatch(colour):
                    wrong = printable(colour)
                    raise UserError(f"In line {reader.line_num} of {path}, {wrong!r} is no colour such as #332288.")
                colours.add(colour)
                yield reader.line_num, int(index), name, known[cell], colour
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text: save it as CSV in UTF-8, or delete it.") from None
    except (csv.Error, ValueError):
        raise UserError(f"{path} is no table with the columns index and group: mend or delete it.") from None


def _checked(name: str, line: int, path: Path) -> str:
    try:
        return checked(name)
    except UserError as error:
        raise UserError(f"In line {line} of {path}: {error}") from None


def _in_turns(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, with short rests: without them a window would wait up to 5 ms each time that it goes on in Python."""
    for number, row in enumerate(rows):
        if number % AT_ONCE == 0:
            time.sleep(REST)
        yield row


def _is_name(cell: str, name: str) -> bool:
    """Whether the cell may be the name of the image; a spreadsheet may have taken zeros from its beginning."""
    cell, name = cell.strip(), name.strip()
    return not cell or not name or cell == name or cell.lstrip("0") == name.lstrip("0")


def _of_others(path: Path, line: int, why: str) -> UserError:
    return UserError(f"The groups in {path} are of other images (line {line}: {why}): move the file elsewhere.")


def _shown(name: str) -> str:
    return repr(printable(name))


def _place(run: Run) -> Path:
    """Where the groups of this run are kept."""
    fingerprint = run.info.dataset.fingerprint
    beside = place_beside(run, GROUPS, lambda content: fingerprint_in(content) == fingerprint)
    images = np.ascontiguousarray(run.codes.index).tobytes()
    return beside or users_place(GROUPS, images, f"{fingerprint} {run.info.name}".encode())
