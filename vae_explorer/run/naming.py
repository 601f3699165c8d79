"""The name of a run and a note on it, which a person may change after the run was written.

The note is kept in the open file note.txt beside the run, which is not among the hashed ones.
"""

import os
import tomllib
from pathlib import Path

import tomli_w

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most, replacing
from vae_explorer.run.info import RunInfo
from vae_explorer.run.opening import read_info
from vae_explorer.run.places import BUILTIN, NOTE, find_run

LONGEST = 100  # characters of a name
LARGEST = 1_000_000  # bytes of a note


def why_fixed(path: Path) -> str:
    """Why name and note of a run cannot be changed, one sentence; "": they can."""
    if path == find_run(BUILTIN):
        return "The built-in run belongs to the program."
    if not path.is_dir():
        return "A page is written once, with the name of its run."
    return "" if os.access(path, os.W_OK) else f"{path} cannot be written: permission denied."


def note_of(path: Path, info: RunInfo | None) -> str:
    """The note on a run in one line: that in note.txt or else the one that the training was given; "": there is none.

    Raises UserError if the file cannot be read.
    """
    beside = path / NOTE
    if not beside.is_file():
        return info.note if info is not None else ""
    return " ".join(read_at_most(beside, LARGEST, "a note").decode("utf-8-sig", "replace").split())


def keep_note(path: Path, note: str) -> None:
    """Keep a note on the run in a folder. Raises UserError if it cannot be written."""
    _check(path)
    with replacing(path / NOTE) as temporary:
        temporary.write_text(f"{note.strip()}\n", encoding="utf-8")


def rename_run(path: Path, name: str) -> None:
    """Give the run in a folder another name. The folder keeps its own, so that it is still found where it is.

    Raises UserError for a name that is not one line, for a folder that is no whole run, and if run.toml cannot be
    written.
    """
    _check(path)
    name = name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise UserError(f"The name of a run is one line of 1 to {LONGEST} characters.")
    read_info(path)
    content = tomllib.loads((path / "run.toml").read_text(encoding="utf-8"))
    with replacing(path / "run.toml") as temporary:
        temporary.write_text(tomli_w.dumps(content | {"name": name}), encoding="utf-8")


def _check(path: Path) -> None:
    why = why_fixed(path)
    if why:
        raise UserError(why)
