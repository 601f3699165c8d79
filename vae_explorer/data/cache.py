"""Images that were read once, kept as plain bytes in the user's cache and mapped into memory from there.

Each set is a folder named by a hash of all that its images depend on. It is written beside its place and renamed whole;
the sets that were not used for longest go when all together grow too large. Nothing there is needed: it can be removed
at any time, and is made again.
"""

import hashlib
import json
import math
import os
import shutil
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
from vae_explorer.data.image_set import Block, ImageSet
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.errors import UserError
from vae_explorer.files import refusal

FORMAT = 1  # of the folder, and of how images are decoded: another number reads all anew
MOST_BYTES = 50 * 10**9  # of all sets together
SPARE = 200_000_000  # bytes of the disk that are left free
ABANDONED = 86_400  # seconds, after which what was begun and never finished goes
HASHED_AT_ONCE = 2**24


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The images of a set as they were read."""

    images: Bytes  # (N, H, W, C), read only
    rows: Longs  # (N,), their positions in the set
    fingerprint: str  # sha256 of shape and bytes
    skipped: dict[int, Skipped]  # by position in the set


def cache_folder() -> Path:
    return user_cache_path("vae-explorer", appauthor=False) / "images"


def cache_key(found: ImageSet, options: ImageOptions) -> str:
    """A hash of all that the images depend on: where they are, their files' sizes and times, and the options."""
    content = json.dumps([FORMAT, found.source, found.kind, found.identity(), asdict(options)], default=str)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def read_kept(key: str) -> Kept | None:
    """The set, if it is kept and whole."""
    folder = cache_folder() / key
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        shape = tuple(map(int, about["shape"]))
        rows = np.load(folder / "rows.npy", allow_pickle=False)
        if len(shape) != 4 or (folder / "images").stat().st_size != math.prod(shape) or rows.shape != shape[:1]:
            return None
        images = np.memmap(folder / "images", np.uint8, "r", shape=shape)
        skipped = {int(row): Skipped(str(name), str(reason)) for row, name, reason in about["skipped"]}
        kept = Kept(images, rows.astype(np.int64), str(about["fingerprint"]), skipped)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    with suppress(OSError):
        os.utime(folder / "about.json")  # used just now
    return kept


def keep(key: str, shape: ImageShape, count: int, blocks: Iterator[Block]) -> Kept:
    """Write the images that blocks bring, `count` at most, and map them. Raises UserError, and what blocks raise."""
    place = cache_folder()
    part = place / f".part-{uuid4().hex}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        _make_room(place, count * math.prod(shape))
        part.mkdir()
        rows, skipped = [np.empty(0, np.int64)], dict[int, Skipped]()
        digest = _digest((count, *shape))
        with (part / "images").open("wb") as file:
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
            return Kept(np.empty((0, *shape), np.uint8), row, "", skipped)
        if len(row) != count:
            digest = _digest((len(row), *shape))
            with (part / "images").open("rb") as file:
                while some := file.read(HASHED_AT_ONCE):
                    digest.update(some)
        np.save(part / "rows.npy", row)
        about = {
            "shape": [len(row), *shape],
            "fingerprint": digest.hexdigest(),
            "skipped": [(row, one.name, one.reason) for row, one in skipped.items()],
        }
        (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
        shutil.rmtree(place / key, ignore_errors=True)  # damaged, or it would have been read
        with suppress(FileExistsError):  # another process was faster
            part.rename(place / key)
    except OSError as error:
        raise UserError(refusal(place / key, error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    kept = read_kept(key)
    if kept is None:
        raise UserError(f"The images that were just read are gone from {place}: is the folder being emptied?")
    return kept


def collect(shape: ImageShape, count: int, blocks: Iterator[Block]) -> Kept:
    """The images that blocks bring, `count` at most, in memory."""
    images = np.empty((count, *shape), np.uint8)
    rows, skipped, done = [np.empty(0, np.int64)], dict[int, Skipped](), 0
    for block in blocks:
        images[done : done + len(block.images)] = block.images
        done += len(block.images)
        rows.append(block.rows)
        skipped |= block.skipped
    images = images[:done]
    images.flags.writeable = False
    return Kept(images, np.concatenate(rows), fingerprint(images), skipped)


def fingerprint(images: Bytes) -> str:
    """sha256 of shape and bytes, read some at a time. images: contiguous."""
    digest = _digest(images.shape)
    flat = images.reshape(-1)
    for start in range(0, len(flat), HASHED_AT_ONCE):
        digest.update(flat[start : start + HASHED_AT_ONCE].data)
    return str(digest.hexdigest())


def _digest(shape: tuple[int, ...]) -> Any:
    return hashlib.sha256(repr(tuple(map(int, shape))).encode())


def _make_room(place: Path, needed: int) -> None:
    """Remove what was not used for longest. Raises UserError where the images would not fit then either."""
    for path in place.glob(".part-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
    entries = []
    for path in place.iterdir():
        with suppress(OSError):
            if path.name.startswith("."):
                continue
            if not (path / "about.json").is_file():  # what is left of one that was in use when it was to go
                shutil.rmtree(path, ignore_errors=True)
                continue
            entries.append(((path / "about.json").stat().st_mtime, (path / "images").stat().st_size, path))
    entries.sort()
    total = sum(size for _, size, _ in entries)
    while entries and (total + needed > MOST_BYTES or shutil.disk_usage(place).free < needed + SPARE):
        _, size, path = entries.pop(0)
        shutil.rmtree(path, ignore_errors=True)
        total -= size
    free = shutil.disk_usage(place).free - SPARE
    if needed > MOST_BYTES or needed > free:
        limit = min(MOST_BYTES, max(0, free))
        raise UserError(
            f"Brought to one size, the images take {needed / 1e9:.1f} GB, and {place} has room for "
            f"{limit / 1e9:.1f} GB: "
            "choose a smaller size, or free some space."
        )
