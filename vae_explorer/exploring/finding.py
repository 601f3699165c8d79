"""Finding images by what a person types: an index in the data set, a class, or a part of a file name."""

import re
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Indices
from vae_explorer.data.columns import Columns
from vae_explorer.data.names import Names, printable
from vae_explorer.errors import UserError
from vae_explorer.exploring.selection import row_of
from vae_explorer.exploring.subject import Subject

NONE = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Images that a text may mean."""

    text: str  # what they are, for a list of suggestions
    rows: Indices  # (M,), at least one


def find(subject: Subject, text: str, most: int) -> list[Found]:
    """What the text may mean, the most exact first, at most `most` of each kind; [] if nothing."""
    wanted = text.strip()
    if not wanted or not len(subject.z_mean):
        return []
    names, found = subject.columns.names, []
    try:
        exact = row_of(names, subject.index, wanted)
    except UserError:  # several images have the name; they are in the list of all that contain it
        exact = None
    same, similar = _classes(subject.columns, wanted)
    found += same  # first, since the digit 3 is meant more often than the image with the index 3
    if exact is not None:
        found.append(Found(subject.name_of(exact), np.array([exact])))
    found += similar[:most]
    if names is not None:
        rows = containing(names, wanted)
        if len(rows) > 1:
            found.append(Found(f"{len(rows):,} images with “{printable(wanted)}” in the name", rows))
        found += [Found(subject.name_of(row), np.array([row])) for row in rows[:most].tolist() if row != exact]
    return found


def containing(names: Names, text: str) -> Indices:
    """The rows of the names that contain a text, ascending; capital letters of English count as small ones."""
    wanted = text.encode("utf-8", "surrogatepass").lower()
    content = names.content.tobytes().lower()
    if not wanted or wanted not in content:
        return np.empty(0, np.intp)
    matches = re.finditer(b"(?=" + re.escape(wanted) + b")", content)  # also those that overlap
    starts = np.fromiter((match.start() for match in matches), np.int64)
    rows = np.searchsorted(names.ends, starts, "right")
    inside = starts + len(wanted) <= names.ends[rows]  # not one that begins in a name and ends in the next
    return np.unique(rows[inside])


def _classes(columns: Columns, wanted: str) -> tuple[list[Found], list[Found]]:
    """The classes with this very name, also "class 3", and those whose name contains the text."""
    same, similar = list[Found](), list[Found]()
    if columns.labels is None:
        return same, similar
    sought = wanted.casefold()
    sought = sought.removeprefix("class ").strip() or sought
    for label, name in enumerate(columns.class_names):
        rows = np.flatnonzero(columns.labels == label) if sought in name.casefold() else NONE
        if len(rows):
            kind = same if name.casefold() == sought else similar
            kind.append(Found(f"class {printable(name)}: {len(rows):,} images", rows))
    return same, similar
