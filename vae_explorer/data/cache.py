"""Decoded images, kept as plain bytes in the user's cache and mapped into memory.

Each data set is a folder whose name is a hash of everything that its images depend on. It is written under a temporary
name and renamed when it is complete. If all sets together grow too large, those that were not used for longest are
removed. The cache can be deleted at any time; it is then written again when needed.
"""

import hashlib
import json
import math
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from platformdirs import user_cache_path

from vae_explorer.array_types import Bytes, ImageShape, Longs
from vae_explorer.data.fitting import parse_scales
from vae_explorer.data.image_set import Block, ImageSet
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.data.value_range import ValueRange
from vae_explorer.errors import UserError
from vae_explorer.files import as_path, refusal

CHOICE = "VAE_EXPLORER_CACHE"  # environment variable
FORMAT = 2  # of the folder and of the decoding; if it changes, all images are read again
MOST_BYTES = 50 * 10**9  # limit for all sets together
SPARE = 200_000_000  # bytes of the disk that stay free
ABANDONED = 86_400  # seconds after which an unfinished folder is removed
HASHED_AT_ONCE = 2**24  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The decoded images of a set."""

    images: Bytes  # (N, H, W, C), read only
    rows: Longs  # (N,), index of each image in the set
    fingerprint: str  # sha256 of shape and bytes
    skipped: dict[int, Skipped]  # by index in the set
    value_range: ValueRange  # without its histograms if it was read from the cache


def cache_folder() -> Path:
    """The folder of the cache, which is made if it does not exist.

    It is the one in the environment variable VAE_EXPLORER_CACHE, or that of the user, or, where that cannot be written,
    one in the system's temporary folder. Raises UserError if the chosen one, or none, can be written.
    """
    return _place()[0]


def cache_warnings() -> tuple[str, ...]:
    """A sentence that says where the cache is and why, if it is not where it usually is and was not chosen."""
    return _place()[1]


def choose_cache(folder: str) -> None:
    """Use this folder for the cache of this process and of those that it starts."""
    os.environ[CHOICE] = str(as_path(folder).absolute())


def _place() -> tuple[Path, tuple[str, ...]]:
    chosen = os.environ.get(CHOICE)
    if chosen:
        folder = as_path(chosen)
        if error := _unwritable(folder):
            raise UserError(f"{refusal(folder, error)} It was chosen for the cache of images by --cache or {CHOICE}.")
        return folder, ()
    usual = user_cache_path("vae-explorer", appauthor=False) / "images"
    error = _unwritable(usual)
    if error is None:
        return usual, ()
    other = Path(tempfile.gettempdir()) / f"vae-explorer-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    if _unwritable(other) or not _is_own(other):
        raise UserError(f"{refusal(usual, error)} Choose another folder for the cache of images with --cache.")
    return other, (
        f"The usual cache of images, {usual}, cannot be written: they are kept in {other}. --cache FOLDER or {CHOICE} "
        "chooses another place.",
    )


def _unwritable(folder: Path) -> OSError | None:
    """Make the folder, readable only by its owner, if it does not exist. Returns the error if it cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error


def _is_own(folder: Path) -> bool:
    """Whether the folder is this user's and no link: in a folder of all users, others could have made it before."""
    if not hasattr(os, "getuid"):
        return True  # on Windows each user has an own temporary folder
    state = folder.lstat()
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not state.st_mode & 0o022


def cache_key(found: ImageSet, options: ImageOptions, kept_range: Any = "decided") -> str:
    """A hash of everything that the images depend on: their source, its files' sizes and times, and the options.

    kept_range: plain data that say which value range is used, if it is that of an earlier run.
    """
    content = [FORMAT, found.source, found.kind, found.identity(), asdict(options), kept_range]
    text = json.dumps(content, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def read_kept(key: str) -> Kept | None:
    """The set from the cache; None if it is not there or is damaged."""
    folder = cache_folder() / key
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        shape = tuple(map(int, about["shape"]))
        rows = np.load(folder / "rows.npy", allow_pickle=False)
        if len(shape) != 4 or (folder / "images").stat().st_size != math.prod(shape) or rows.shape != shape[:1]:
            return None
        images = np.memmap(folder / "images", np.uint8, "r", shape=shape)
        skipped = {int(row): Skipped(str(name), str(reason)) for row, name, reason in about["skipped"]}
        warnings = tuple(map(str, about["range_warnings"]))
        value_range = ValueRange(parse_scales(about["value_range"]), str(about["range_note"]), warnings)
        kept = Kept(images, rows.astype(np.int64), str(about["fingerprint"]), skipped, value_range)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    with suppress(OSError):
        os.utime(folder / "about.json")  # its time says when the set was last used
    return kept


def keep(key: str, shape: ImageShape, count: int, blocks: Iterator[Block], value_range: ValueRange) -> Kept:
    """Write the images of the blocks, `count` at most, to the cache and map them into memory.

    Raises UserError if they cannot be written, and what reading the blocks raises.
    """
    folder = cache_folder()
    temporary = folder / f".part-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make_room(folder, count * math.prod(shape))
        temporary.mkdir()
        rows, skipped = [np.empty(0, np.int64)], dict[int, Skipped]()
        digest = _digest((count, *shape))
        with (temporary / "images").open("wb") as file:
            for block in blocks:
                content = np.ascontiguousarray(block.images).data
                file.write(content)
                digest.update(content)
                rows.append(block.rows)
                skipped |= block.skipped
            file.flush()
            os.fsync(file.fileno())
        row = np.concatenate(rows)
        if len(row) == 0:
            return Kept(np.empty((0, *shape), np.uint8), row, "", skipped, value_range)
        if len(row) != count:
            digest = _digest((len(row), *shape))
            with (temporary / "images").open("rb") as file:
                while some := file.read(HASHED_AT_ONCE):
                    digest.update(some)
        np.save(temporary / "rows.npy", row)
        about = {
            "shape": [len(row), *shape],
            "fingerprint": digest.hexdigest(),
            "skipped": [(row, one.name, one.reason) for row, one in skipped.items()],
            "value_range": asdict(value_range.scales),
            "range_note": value_range.note,
            "range_warnings": value_range.warnings,
        }
        (temporary / "about.json").write_text(json.dumps(about), encoding="utf-8")
        shutil.rmtree(folder / key, ignore_errors=True)  # if it exists it is damaged, or it would have been read
        with suppress(FileExistsError):  # another process was faster
            temporary.rename(folder / key)
    except OSError as error:
        raise UserError(refusal(folder / key, error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    kept = read_kept(key)
    if kept is None:
        raise UserError(f"The images that were just read are missing from {folder}: does another program delete them?")
    return kept


def collect(shape: ImageShape, count: int, blocks: Iterator[Block], value_range: ValueRange) -> Kept:
    """The images of the blocks, `count` at most, in memory."""
    images = np.empty((count, *shape), np.uint8)
    rows, skipped, done = [np.empty(0, np.int64)], dict[int, Skipped](), 0
    for block in blocks:
        images[done : done + len(block.images)] = block.images
        done += len(block.images)
        rows.append(block.rows)
        skipped |= block.skipped
    images = images[:done]
    images.flags.writeable = False
    return Kept(images, np.concatenate(rows), fingerprint(images), skipped, value_range)


def fingerprint(images: Bytes) -> str:
    """sha256 of shape and bytes in hexadecimal, computed in chunks. images: contiguous."""
    digest = _digest(images.shape)
    flat = images.reshape(-1)
    for start in range(0, len(flat), HASHED_AT_ONCE):
        digest.update(flat[start : start + HASHED_AT_ONCE].data)
    return str(digest.hexdigest())


def _digest(shape: tuple[int, ...]) -> Any:
    return hashlib.sha256(repr(tuple(map(int, shape))).encode())


def _make_room(folder: Path, needed: int) -> None:
    """Remove the sets that were not used for longest until `needed` bytes fit. Raises UserError if they cannot fit."""
    for path in folder.glob(".part-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
    entries = []
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name.startswith("."):
                continue
            if not (path / "about.json").is_file():  # the rest of a set that was in use when it was removed
                shutil.rmtree(path, ignore_errors=True)
                continue
            entries.append(((path / "about.json").stat().st_mtime, (path / "images").stat().st_size, path))
    entries.sort()
    total = sum(size for _, size, _ in entries)
    while entries and (total + needed > MOST_BYTES or shutil.disk_usage(folder).free < needed + SPARE):
        _, size, path = entries.pop(0)
        shutil.rmtree(path, ignore_errors=True)
        total -= size
    free = shutil.disk_usage(folder).free - SPARE
    if needed > MOST_BYTES or needed > free:
        limit = min(MOST_BYTES, max(0, free))
        raise UserError(
            f"The images, all of one size, take {needed / 1e9:.1f} GB, but {folder} has room for {limit / 1e9:.1f} GB: "
            "choose a smaller size, or free some space."
        )
