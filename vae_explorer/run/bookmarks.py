"""Bookmarks: latent codes with names, kept with a run in the open file bookmarks.csv: name, z1, z2, ..., class."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.latent.code_text import LARGEST
from vae_explorer.run.beside import fingerprint_in, place_beside, take_over, users_place, with_folder
from vae_explorer.run.info import RunInfo
from vae_explorer.run.places import BOOKMARKS
from vae_explorer.run.run import Run

LONGEST = 100  # characters of a name
MOST = 1_000  # bookmarks of a run
LARGEST_FILE = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in the latent space of a run."""

    name: str
    code: tuple[float, ...]  # (latent_dim,), from `as_code`
    class_name: str = ""  # of the class that a conditional decoder is given; "": none


def as_code(values: Iterable[float]) -> tuple[float, ...]:
    """The numbers of a latent code (latent_dim,) as short as float32 allows, which are equal after writing them."""
    return tuple(float(str(np.float32(value))) for value in values)


def bookmark_name(name: str) -> str:
    """The name without blanks around it. Raises UserError if it is empty, too long, or not one line."""
    name = name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise UserError(f"The name of a bookmark is one line of 1 to {LONGEST} characters.")
    return name


def read_bookmarks(run: Run) -> tuple[Bookmark, ...]:
    """The bookmarks that are kept for this run. Raises UserError for a file that is damaged."""
    path = _place(run)
    return _read(run, path) if path.exists() else ()


def exchange_bookmark(run: Run, old: Bookmark | None, new: Bookmark | None, at: int) -> tuple[Bookmark, ...]:
    """Keep `new` in the place of `old`, and what the file holds beside them; returns all.

    old: None: add the new one at position `at`. new: None: remove the old one. Raises UserError if the file is
    damaged, which is then left as it is, or cannot be written.
    """
    marks = list(read_bookmarks(run))
    if old is not None and old in marks:  # another window may have removed it
        at = marks.index(old)
        del marks[at]
    if new is not None and new not in marks:
        if len(marks) >= MOST:
            raise UserError(f"There are {MOST:,} bookmarks of this run already: delete some first.")
        marks.insert(at, new)
    dimensions = [f"z{number}" for number in range(1, run.codes.z_mean.shape[1] + 1)]
    with replacing(with_folder(_place(run))) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", *dimensions, "class"])
        writer.writerows([mark.name, *mark.code, mark.class_name] for mark in marks)
    return tuple(marks)


def take_over_bookmarks(folder: Path, info: RunInfo) -> str:
    """Copy the bookmarks of the run that was set aside into the folder of the run with `info`, which replaces it.

    They are those of the new run if the earlier one has the same images and as many latent dimensions; else they are
    kept in a file that no run reads. Returns one sentence that says so, or "".
    """

    def still_holds(content: dict[str, Any]) -> bool:
        origin = content.get("config") or content.get("imported")
        same_space = isinstance(origin, dict) and origin.get("latent_dim") == info.latent_dim
        return same_space and fingerprint_in(content) == info.dataset.fingerprint

    kept = take_over(folder, BOOKMARKS, still_holds)
    if kept is not None:
        return f"The run that was in {folder} had bookmarks in another latent space: they are kept in {kept.name}."
    if (folder / BOOKMARKS).exists():
        return "The bookmarks of the run that was replaced are kept: the new network decodes other images there."
    return ""


def _read(run: Run, path: Path) -> tuple[Bookmark, ...]:
    latent_dim = run.codes.z_mean.shape[1]
    try:
        text = read_at_most(path, LARGEST_FILE, "bookmarks").decode("utf-8-sig")
        separator = next((each for each in ";\t" if each in text.partition("\n")[0]), ",")  # of spreadsheets
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header = [cell.strip().lower() for cell in next(reader, [])]
        columns = [header.index(name) for name in ("name", *(f"z{number + 1}" for number in range(latent_dim)))]
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text: save it as CSV in UTF-8, or delete it.") from None
    except (csv.Error, ValueError):
        raise UserError(
            f"{path} is no table with the columns name and z1 to z{latent_dim}: mend or delete it."
        ) from None
    at_class = header.index("class") if "class" in header else None
    marks = []
    for line, cells in rows:
        try:
            name, *numbers = (cells[column] for column in columns)
            code = as_code(map(float, numbers))
            if not (np.abs(code) <= LARGEST).all():
                raise ValueError
            class_name = cells[at_class].strip() if at_class is not None and at_class < len(cells) else ""
            marks.append(Bookmark(bookmark_name(name), code, class_name))
        except (IndexError, ValueError, UserError):
            raise UserError(
                f"In line {line} of {path} there is no name with {latent_dim} numbers: mend or delete the file."
            ) from None
    return tuple(marks)


def _place(run: Run) -> Path:
    """Beside the files of the run, of which it is none; in the user's folder for a run that cannot be written."""
    beside = place_beside(run, BOOKMARKS, lambda content: content.get("created") == run.info.created)
    if beside is not None:
        return beside
    codes = np.ascontiguousarray(run.codes.z_mean).tobytes()
    return users_place(BOOKMARKS, codes, f"{run.info.dataset.fingerprint} {run.info.name} {run.info.created}".encode())
