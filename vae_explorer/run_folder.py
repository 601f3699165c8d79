"""The folder of a new run: locked while it is written, and in the end whole or as it was before."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.run import LOCK, is_run


def check_folder(folder: Path, overwrite: bool) -> bool:
    """Whether a run is in the folder already. Raises UserError where a new run must not be written there."""
    folder = folder.expanduser().absolute()
    try:
        _check_unlocked(folder)
        occupied = folder.is_file() or (folder.is_dir() and any(path.name != LOCK for path in folder.iterdir()))
        occupied = occupied or _set_aside(folder).exists()
    except OSError as error:
        raise UserError(refusal(folder, error)) from error
    if occupied and not overwrite:
        raise UserError(f"{folder} exists already: choose another name, or --overwrite to replace a run.")
    if occupied and not is_run(folder) and not is_run(_set_aside(folder)):
        raise UserError(f"{folder} exists and is not a run, so it is not overwritten: choose another name.")
    return occupied


@contextmanager
def new_run(folder: Path, overwrite: bool) -> Iterator[Path]:
    """A new locked folder for a run. Unless a whole run is in it at the end, all is put back as it was.

    With `overwrite`, a run that is there stays beside it, set aside, until the new one is whole. Raises UserError
    where the folder will not do.
    """
    folder = Path(folder).expanduser().absolute()
    occupied = check_folder(folder, overwrite)
    previous = _set_aside(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if occupied:
            _put_aside(folder, previous)
        folder.mkdir(exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise UserError(f"{folder} is being trained by another process: choose another name.") from None
    except OSError as error:
        if previous.exists() and not folder.exists():
            previous.rename(folder)
        raise UserError(refusal(folder, error)) from error
    try:
        yield folder
    finally:
        lock.release()
        (folder / LOCK).unlink(missing_ok=True)
        if is_run(folder):
            shutil.rmtree(previous, ignore_errors=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            if previous.exists():
                previous.rename(folder)


def _set_aside(folder: Path) -> Path:
    """Where the run that is being replaced waits."""
    return folder.with_name(f".{folder.name}.previous")


def _put_aside(folder: Path, previous: Path) -> None:
    """Move the run out of the way. One that waits there already was left by a crash: it is the one to keep."""
    if is_run(previous) and not is_run(folder):
        shutil.rmtree(folder, ignore_errors=True)
        return
    shutil.rmtree(previous, ignore_errors=True)
    folder.rename(previous)


def _check_unlocked(folder: Path) -> None:
    """Refuse a folder that another training is writing to; a lock file that a crash left behind locks nothing."""
    if not (folder / LOCK).is_file():
        return
    try:
        filelock.FileLock(folder / LOCK).acquire(timeout=0).lock.release()
    except filelock.Timeout:
        raise UserError(f"{folder} is being trained by another process: choose another name.") from None
