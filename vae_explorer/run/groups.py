"""Groups of images that a person made by hand, kept with the run in the open file groups.csv: index, name, group.

The file lies beside the files of the run and is not among the hashed ones. It is kept in the user's folder for a run
that cannot be written: the shipped one, a page, or one in a folder of somebody else.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Flags, Indices, Ints
from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.run.beside import place_beside, with_folder
from vae_explorer.run.places import GROUPS
from vae_explorer.run.run import Run

HEADER = ("index", "name", "group")
LONGEST = 100  # characters of a name
LARGEST = 500_000_000  # bytes of a file
FOREIGN = ";", "\t"  # separators beside the comma that spreadsheets write


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """An image is in one group or in none, so that groups can be used as labels."""

    names: tuple[str, ...]  # of the groups, all different
    member: Ints  # (N,), position in names for each image of the run, -1: none
    others: tuple[tuple[str, str, str], ...] = ()  # rows of the file on images that the run does not have

    def same(self, other: "Groups") -> bool:
        """Whether both are equal."""
        return (self.names, self.others) == (other.names, other.others) and np.array_equal(self.member, other.member)

    def rows(self, group: int) -> Indices:
        """The rows of the images in the group at this position."""
        return np.flatnonzero(self.member == group)

    def put(self, rows: Indices, name: str) -> "Groups":
        """With these images in the group of this name, which is made if there is none. Raises UserError for a name."""
        name = checked(name)
        names = self.names if name in self.names else (*self.names, name)
        member = self.member.copy()
        member[rows] = names.index(name)
        return Groups(names, member, self.others)

    def leave(self, rows: Indices) -> "Groups":
        """With these images in no group."""
        member = self.member.copy()
        member[rows] = -1
        return Groups(self.names, member, self.others)

    def rename(self, group: int, name: str) -> "Groups":
        """With another name for the group at this position. Raises UserError for a name that another group has."""
        name = checked(name)
        if name in self.names and self.names.index(name) != group:
            raise UserError(f"There is a group {name!r} already: choose another name, or merge the two.")
        return Groups((*self.names[:group], name, *self.names[group + 1 :]), self.member, self.others)

    def merge(self, groups: Sequence[int]) -> "Groups":
        """With the groups at these positions merged into the first one of them."""
        first = min(groups)
        member = np.where(np.isin(self.member, list(groups)), first, self.member)
        return Groups(self.names, member.astype(np.int32), self.others).without([at for at in groups if at != first])

    def without(self, groups: Sequence[int]) -> "Groups":
        """Without the groups at these positions; their images are in no group."""
        kept = [at for at in range(len(self.names)) if at not in groups]
        moved = np.full(len(self.names) + 1, -1, np.int32)  # the last one is where -1 leads
        moved[kept] = np.arange(len(kept))
        return Groups(tuple(self.names[at] for at in kept), moved[self.member], self.others)


def no_groups(count: int) -> Groups:
    """No groups of `count` images."""
    return Groups((), np.full(count, -1, np.int32))


def checked(name: str) -> str:
    """The name without blanks around it. Raises UserError if it is empty, too long, or not one line."""
    name = name.strip()
    if not name:
        raise UserError("A group needs a name.")
    if len(name) > LONGEST or not name.isprintable():
        raise UserError(f"The name of a group is one line of at most {LONGEST} characters.")
    return name


def read_groups(run: Run) -> Groups:
    """The groups that are kept for this run, none where nothing is. Raises UserError for a file that is damaged."""
    path = _place(run)
    return _read(run, path) if path.exists() else no_groups(len(run.codes.index))


def keep_groups(run: Run, before: Groups, after: Groups) -> Groups:
    """Keep the groups of a run. Returns what is kept: with what another window has changed in the file meanwhile.

    before: the groups as they were read or kept last; where `after` differs from them it wins. Raises UserError if
    the file is damaged, which is then left as it is, or cannot be written.
    """
    path = _place(run)
    if path.exists():
        merged = _merged(before, _read(run, path), after)
        after = after if after.same(merged) else merged
    with replacing(with_folder(path)) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_rows(run, after))
    return after


def _rows(run: Run, groups: Groups) -> Iterator[tuple[str, str, str]]:
    """The rows of the file, group by group, so that a later reading finds the groups in the same order."""
    names = run.codes.columns.names
    for position, group in enumerate(groups.names):
        for row in groups.rows(position).tolist():
            name = names[row].encode("utf-8", "backslashreplace").decode() if names is not None else ""
            yield str(run.codes.index[row]), name, group
    yield from groups.others


def _read(run: Run, path: Path) -> Groups:
    try:
        text = read_at_most(path, LARGEST, "groups").decode("utf-8-sig")
        separator = next((each for each in FOREIGN if each in text.partition("\n")[0]), ",")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header = [cell.strip().lower() for cell in next(reader, [])]
        at_index, at_group = (header.index(name) for name in ("index", "group"))
        at_name = header.index("name") if "name" in header else None
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text: save it as CSV in UTF-8, or delete it.") from None
    except (csv.Error, ValueError):
        raise UserError(f"{path} is no table with the columns index and group: mend or delete it.") from None
    row_of = {int(index): row for row, index in enumerate(run.codes.index.tolist())}
    groups, names = no_groups(len(row_of)), dict[str, int]()
    others = []
    for line, cells in rows:
        where = f"line {line} of {path}"
        if max(at_index, at_group) >= len(cells) or not cells[at_index].strip().isdecimal():
            raise UserError(f"In {where} there is no index of an image: mend or delete the file.")
        if not cells[at_group].strip():
            continue
        try:
            name = checked(cells[at_group])
        except UserError as error:
            raise UserError(f"In {where}: {error}") from None
        row = row_of.get(int(cells[at_index]))
        if row is None:
            others.append((cells[at_index].strip(), cells[at_name] if at_name is not None else "", name))
            continue
        known = groups.member[row]
        number = names.setdefault(name, len(names))
        if known not in (-1, number):
            raise UserError(
                f"In {where}, image {cells[at_index]} is in a second group, {printable(name)!r}: an image is in one "
                "group only."
            )
        groups.member[row] = number
    return Groups(tuple(names), groups.member, tuple(others))


def _merged(before: Groups, theirs: Groups, ours: Groups) -> Groups:
    """What is theirs, and where ours differs from before, ours."""
    changed: Flags = _named(before) != _named(ours)
    merged = theirs.leave(np.flatnonzero(changed))
    for position, name in enumerate(ours.names):
        merged = merged.put(np.flatnonzero(changed & (ours.member == position)), name)
    order = sorted(range(len(merged.names)), key=lambda at: _place_in(ours.names, merged.names[at]))
    kept = [at for at in order if (merged.member == at).any() or merged.names[at] in ours.names]
    moved = np.full(len(merged.names) + 1, -1, np.int32)
    moved[kept] = np.arange(len(kept))
    return Groups(tuple(merged.names[at] for at in kept), moved[merged.member], theirs.others)


def _named(groups: Groups) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The name of each image's group, "" for none."""
    return np.array([*groups.names, ""], object)[groups.member]


def _place_in(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _place(run: Run) -> Path:
    """Where the groups of this run are kept."""
    images = np.ascontiguousarray(run.codes.index).tobytes()
    return place_beside(run, GROUPS, images + f"{run.info.dataset.fingerprint} {run.info.name}".encode())
