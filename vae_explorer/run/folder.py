"""The folder of a new run: locked while it is written; if no run is completed, its earlier content is restored."""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import filelock

from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.run.checkpoint import PLACE, Progress, has_checkpoint, read_progress
from vae_explorer.run.places import BOOKMARKS, EARLIER, ERRORS, FILES, GROUPS, LOCK, TENSORBOARD, is_run, set_aside
from vae_explorer.run.snapshots import PLACE as SNAPSHOTS

OWN_NAMES = {
    ERRORS,
    LOCK,
    PLACE,
    SNAPSHOTS,
    TENSORBOARD,
    "run.toml",
    "model",
    *(name for name in FILES if "/" not in name),
}


def check_folder(folder: Path, overwrite: bool) -> bool:
    """Whether a run is in the folder already. Raises UserError where a new run must not be written there."""
    folder = _resolved(folder)
    try:
        _check_unlocked(folder)
        _recover(folder)
        occupied = folder.is_file() or (folder.is_dir() and any(path.name != LOCK for path in folder.iterdir()))
    except OSError as error:
        raise UserError(refusal(folder, error)) from error
    if is_unfinished(folder):
        raise UserError(f"{folder} holds a training that was cut off: resume it, or choose another name.")
    if occupied and not overwrite:
        raise UserError(f"{folder} exists already: choose another name.")
    if occupied and not is_run(folder):
        raise UserError(f"{folder} exists and is not a run, so it is not overwritten: choose another name.")
    return occupied


def is_unfinished(folder: Path) -> bool:
    """Whether the folder holds a training that was cut off and can be resumed, or that still runs (see `is_locked`)."""
    return not is_run(folder) and has_checkpoint(folder)


def is_locked(folder: Path) -> bool:
    """Whether a training is writing to the folder; a lock file that a crash left behind locks nothing."""
    if not (folder / LOCK).is_file():
        return False
    try:
        filelock.FileLock(folder / LOCK).acquire(timeout=0).lock.release()
    except filelock.Timeout:
        return True
    return False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A training that was cut off or, if `locked`, still runs in another process."""

    folder: Path
    progress: Progress
    locked: bool


def find_unfinished(folders: Iterable[Path]) -> list[Unfinished]:
    """The unfinished trainings in the folders, which are only read."""
    found = []
    for folder in folders:
        with suppress(OSError):
            progress = read_progress(folder) if is_unfinished(folder) else None
            if progress is not None:
                found.append(Unfinished(folder, progress, is_locked(folder)))
    return found


@contextmanager
def unfinished_run(folder: Path) -> Iterator[Path]:
    """The folder of a training that was cut off, locked to resume it.

    The training stays unless the folder holds a whole run at the end.

    Raises UserError if there is nothing to resume, or another process is training it.
    """
    folder = _resolved(folder)
    if is_run(folder):
        raise UserError(f"The run {folder} is finished: there is nothing to resume.")
    if not has_checkpoint(folder):
        raise UserError(f"{folder} holds no training that can be resumed: no epoch of it was finished.")
    lock = filelock.FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise UserError(f"{folder} is being trained by another process.") from None
    except (OSError, NotImplementedError) as error:
        raise UserError(f"{folder} cannot be locked: {error}. Choose another folder.") from error
    yield from _locked(folder, lock, was_there=False)


def discard_unfinished(folder: Path) -> None:
    """Remove a training that was cut off, and restore a run that it was to replace. Raises UserError if it runs."""
    folder = _resolved(folder)
    _check_unlocked(folder)
    if is_unfinished(folder):
        _put_back(folder, set_aside(folder), was_there=False)


@contextmanager
def new_run(folder: Path, overwrite: bool) -> Iterator[Path]:
    """A new locked folder for a run.

    Unless it holds a whole run or a checkpoint at the end, its earlier content is restored.

    With `overwrite`, an earlier run is moved aside until the new one is complete. Raises UserError if the folder cannot
    be used.
    """
    folder = _resolved(folder)
    occupied = check_folder(folder, overwrite)
    previous, was_there = set_aside(folder), folder.is_dir() and not occupied
    lock = filelock.FileLock(folder / LOCK)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if occupied:
            folder.rename(previous)
        folder.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise UserError(f"{folder} is being trained by another process: choose another name.") from None
    except (OSError, NotImplementedError) as error:
        _put_back(folder, previous, was_there)
        if isinstance(error, OSError):
            raise UserError(refusal(folder, error)) from error
        raise UserError(f"{folder} cannot be locked on its file system: choose another folder.") from error
    yield from _locked(folder, lock, was_there)


def _locked(folder: Path, lock: filelock.BaseFileLock, was_there: bool) -> Iterator[Path]:
    previous = set_aside(folder)
    try:
        yield folder
    finally:
        lock.release()
        (folder / LOCK).unlink(missing_ok=True)
        if is_run(folder):
            shutil.rmtree(folder / PLACE, ignore_errors=True)
            shutil.rmtree(previous, ignore_errors=True)
        elif not has_checkpoint(folder):
            _put_back(folder, previous, was_there)


def _resolved(folder: Path) -> Path:
    try:
        folder = Path(folder).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise UserError(f"{folder} is not a folder that a run can be written to: {error}.") from error
    if not folder.name:
        raise UserError(f"{folder} is not a folder that a run can be written to: give it a name.")
    return folder


def _put_back(folder: Path, previous: Path, was_there: bool) -> None:
    """Remove what was begun, and restore what was there before: a run, an empty folder or nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        if previous.exists():
            previous.rename(folder)
        elif was_there:
            folder.mkdir(exist_ok=True)


def _recover(folder: Path) -> None:
    """Clean up after an import, or a training before its first epoch, that was killed: restore the run set aside."""
    if is_run(folder) or is_unfinished(folder):
        return
    previous = set_aside(folder)
    of_a_person = GROUPS, BOOKMARKS, *EARLIER
    copied = {path.name for place in of_a_person for path in folder.glob(place) if is_run(previous)}
    if (folder / LOCK).exists() and all(_is_own(path.name) or path.name in copied for path in folder.iterdir()):
        shutil.rmtree(folder)
    if is_run(previous) and not folder.exists():
        previous.rename(folder)


def _is_own(name: str) -> bool:
    """Whether a run has a file or folder of this name, or may have one while `files.replacing` writes it."""
    return name in OWN_NAMES or re.sub(r"^\.(.+)-[0-9a-f]{32}", r"\1", name) in OWN_NAMES


def _check_unlocked(folder: Path) -> None:
    if is_locked(folder):
        raise UserError(f"{folder} is being trained by another process: choose another name.")
