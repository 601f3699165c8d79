"""What a table of runs shows of each: settings, quality, note, date and size, also of one that is damaged."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from vae_explorer.errors import UserError
from vae_explorer.run.checkpoint import has_checkpoint, read_progress
from vae_explorer.run.folder import is_locked
from vae_explorer.run.info import RunInfo
from vae_explorer.run.naming import note_of
from vae_explorer.run.opening import read_info
from vae_explorer.run.page import is_page, open_run_or_page
from vae_explorer.run.places import FILES, LOCK

Status = Literal["whole", "damaged", "unfinished", "in training"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run, an exported page of one, or a training that was not finished."""

    path: Path
    name: str
    info: RunInfo | None  # None: it cannot be opened
    reason: str  # why it cannot be opened, one sentence; "": it can, as far as its run.toml says
    note: str
    date: datetime  # when it was made, or else changed last
    size: int  # bytes on disk
    status: Status


def find_paths(folder: Path, others: Iterable[Path] = ()) -> list[Path]:
    """The runs, pages and unfinished trainings in a folder, and those at other places that still exist."""
    with suppress(OSError):
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        return list(dict.fromkeys(path for path in (*inside, *others) if _is_some(path)))
    return list(dict.fromkeys(path for path in others if _is_some(path)))


def read_record(path: Path) -> RunRecord:
    """What is known of a run without reading its arrays and networks; a damaged one has a reason."""
    info, reason, note = None, "", ""
    status: Status = "whole"
    try:
        info = open_run_or_page(path).info if is_page(path) else read_info(path)
    except UserError as error:
        reason, status = str(error), "damaged"
    if _is_in_training(path):
        reason, status = "It is being trained.", "in training"
    elif info is None and has_checkpoint(path):
        progress = read_progress(path)
        epochs = "" if progress is None else f" after epoch {progress.epochs} of {progress.config.epochs}"
        reason, status = f"Its training was cut off{epochs}: the Training tab can resume it.", "unfinished"
    try:
        note = note_of(path, info)
    except UserError as error:
        reason = reason or str(error)
    name = info.name if info is not None else path.name
    return RunRecord(path, name, info, reason, note, _date(path, info), size_of(path), status)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; links are not followed."""
    with suppress(OSError):
        if path.is_file():
            return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                total += (Path(folder) / name).lstat().st_size
    return total


def _is_some(path: Path) -> bool:
    """Whether a path holds a run, or what is left of one."""
    return is_page(path) or has_checkpoint(path) or any((path / name).is_file() for name in (LOCK, "run.toml", *FILES))


def _is_in_training(path: Path) -> bool:
    with suppress(OSError):
        return is_locked(path)
    return False


def _date(path: Path, info: RunInfo | None) -> datetime:
    with suppress(ValueError):
        if info is not None:
            made = datetime.fromisoformat(info.created)
            return made if made.tzinfo is not None else made.astimezone()
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, UTC)
