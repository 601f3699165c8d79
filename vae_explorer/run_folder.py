"""The folder of a new run: locked while it is written, and in the end whole or as it was before."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.run import FILES, LOCK, is_run, set_aside

OWN_NAMES = {LOCK, "run.toml", "model", *(name for name in FILES if "/" not in name)}


def check_folder(folder: Path, overwrite: bool) -> bool:
    """Whether a run is in the folder already. Raises UserError where a new run must not be written there."""
    folder = _resolved(folder)
    try:
        _check_unlocked(folder)
        _recover(folder)
        occupied = folder.is_file() or (folder.is_dir() and any(path.name != LOCK for path in folder.iterdir()))
    except OSError as error:
        raise UserError(refusal(folder, error)) from error
    if occupied and not overwrite:
        raise UserError(f"{folder} exists already: choose another name.")
    if occupied and not is_run(folder):
        raise UserError(f"{folder} exists and is not a run, so it is not overwritten: choose another name.")
    return occupied


@contextmanager
def new_run(folder: Path, overwrite: bool) -> Iterator[Path]:
    """A new locked folder for a run. Unless a whole run is in it at the end, all is put back as it was.

    With `overwrite`, a run that is there stays beside it, set aside, until the new one is whole. Raises UserError
    where the folder will not do.
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
        raise UserError(f"{folder} cannot be locked on its file system: choose another place.") from error
    try:
        yield folder
    finally:
        lock.release()
        (folder / LOCK).unlink(missing_ok=True)
        if is_run(folder):
            shutil.rmtree(previous, ignore_errors=True)
        else:
            _put_back(folder, previous, was_there)


def _resolved(folder: Path) -> Path:
    try:
        folder = Path(folder).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise UserError(f"{folder} is no folder that a run can be written to: {error}.") from error
    if not folder.name:
        raise UserError(f"{folder} is no folder that a run can be written to: give a name.")
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
    """Bring back a run that a killed training had set aside, over the remains of that training alone."""
    previous = set_aside(folder)
    if is_run(folder) or not is_run(previous):
        return
    if folder.is_dir() and {path.name for path in folder.iterdir()} <= OWN_NAMES:
        shutil.rmtree(folder)
    if not folder.exists():
        previous.rename(folder)


def _check_unlocked(folder: Path) -> None:
    """Refuse a folder that another training is writing to; a lock file that a crash left behind locks nothing."""
    if not (folder / LOCK).is_file():
        return
    try:
        filelock.FileLock(folder / LOCK).acquire(timeout=0).lock.release()
    except filelock.Timeout:
        raise UserError(f"{folder} is being trained by another process: choose another name.") from None
