"""A folder of image files whose sub-folders are the classes, as for `keras.utils.image_dataset_from_directory`."""

import math
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from vae_explorer.array_types import Bytes, Flags, Longs
from vae_explorer.data.columns import Columns, merged
from vae_explorer.data.fitting import Kind, Target, kind_of
from vae_explorer.data.image_file import (
    SUFFIXES,
    TIFF,
    DamagedError,
    Header,
    count_pages,
    read_header,
    read_image,
    read_values,
)
from vae_explorer.data.image_set import LOOKING, Block, Look
from vae_explorer.data.in_parallel import in_parallel
from vae_explorer.data.labels import read_csv
from vae_explorer.data.names import natural_order, pack_names, printable
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.report import Skipped
from vae_explorer.data.splits import divide
from vae_explorer.data.value_sample import SAMPLE, Values, ValueSample, picked
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress, no_progress, portion

AT_ONCE = 256  # files between two reports of the progress
BYTES_AT_ONCE = 20_000_000  # of files, if these are fewer than AT_ONCE
MOST_FILES = 20_000_000
HEADERS = 0.7  # share of the progress for reading headers; the rest is for looking at values
LARGE_AT_ONCE = 64  # images whose values are looked at between two reports of the progress
MOST_SAMPLED = 400_000_000  # 8-bit values; of images as large as photographs, fewer than SAMPLE are looked at
LABELS = "labels.csv"
TABLES = (".csv", ".tsv")
NO_FOLDERS = ("__MACOSX", "@eaDir", "$RECYCLE.BIN", "lost+found")  # of systems, with copies of images
NO_FILES = ("Thumbs.db", "desktop.ini")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class File:
    """A file whose name says that it is an image. There may be millions, so that each holds little."""

    name: str  # path below the folder, with slashes, and for a page of a TIFF file "#" and its number, from 1
    size: int  # bytes
    modified: int  # time in ns
    page: int | None = None  # of a TIFF file whose pages are the images, counted from 0

    def path(self, folder: Path) -> Path:
        """The path of the file, whose pages share it."""
        return folder / (self.name if self.page is None else self.name.rpartition("#")[0])


@dataclass(frozen=True, slots=True, eq=False)
class FolderImages:
    """The images of a folder and all its sub-folders: an `ImageSet`."""

    name: str
    source: str
    folder: Path
    files: tuple[File, ...]
    columns: Columns
    held_out: Flags | None
    skipped: tuple[Skipped, ...]
    labels_read: tuple[Any, ...] = ()  # path, size and time of the CSV of labels
    kind: str = "folder of images"
    licence: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    on_disk: bool = True
    seekable: bool = True

    @property
    def count(self) -> int:
        return len(self.files)

    def identity(self) -> Any:
        return [[(file.name, file.size, file.modified) for file in self.files], self.labels_read]

    def look(self, progress: Progress) -> Look:
        look = Look(ValueSample(self.count))
        plain: list[int] = []
        deep: list[int] = []
        photographs = row = 0
        for headers in in_parallel(partial(_header_of, self.folder), list(batched(self.files, AT_ONCE))):
            for header in headers:
                if isinstance(header, str):
                    look.skipped[row] = Skipped(printable(self.files[row].name), header)
                else:
                    look.sizes[header.size] += 1
                    look.formats[header.name] += 1
                    look.colored += header.colored
                    photographs += header.photograph
                    (plain if header.depth == "byte" else deep).append(row)
                row += 1
            progress(LOOKING, HEADERS * row / self.count)
        look.values.photographs = photographs * 2 > look.count
        chosen = np.random.default_rng(0).permutation(plain)[:SAMPLE].tolist()  # of 8-bit files a sample is enough
        for some in (chosen, deep):
            rest = portion(progress, HEADERS, 1.0)
            blocks = list(batched(((row, self.files[row]) for row in some), LARGE_AT_ONCE))
            values_of = partial(_values_of, self.folder, look.values.each)
            for done, found in enumerate(in_parallel(values_of, blocks), 1):
                for kind_and_values in found:
                    if kind_and_values is not None:
                        look.values.add(*kind_and_values)
                rest(LOOKING, done / len(blocks))
                if some is chosen and look.values.count("byte") > MOST_SAMPLED:
                    break
        return look

    def read(self, target: Target, rows: Longs | None = None) -> Iterator[Block]:
        wanted = np.arange(self.count) if rows is None else rows
        blocks = list(self._blocks(wanted, math.prod(target.shape)))
        files = [[self.files[row] for row in some.tolist()] for some in blocks]
        for some, found in zip(blocks, in_parallel(partial(_image_of, self.folder, target), files), strict=True):
            good = [index for index, image in enumerate(found) if not isinstance(image, str)]
            images = [image for image in found if not isinstance(image, str)]
            skipped = {
                row: Skipped(printable(self.files[row].name), reason)
                for row, reason in zip(some.tolist(), found, strict=True)
                if isinstance(reason, str)
            }
            yield Block(some[good], np.stack(images) if images else np.empty((0, *target.shape), np.uint8), skipped)

    def _blocks(self, rows: Longs, least: int) -> Iterator[Longs]:
        """The rows in blocks of AT_ONCE, and of fewer large files, so that the progress is reported often.

        least: bytes that each image needs at least, since a block is held in memory.
        """
        sizes = np.cumsum([min(max(self.files[row].size, least), BYTES_AT_ONCE) for row in rows.tolist()])
        start = 0
        while start < len(rows):
            end = int(np.searchsorted(sizes, (sizes[start - 1] if start else 0) + BYTES_AT_ONCE, "right"))
            end = min(max(end, start + 1), start + AT_ONCE)
            yield rows[start:end]
            start = end


def find_images(
    folder: Path, labels: Path | None = None, options: ImageOptions = AS_FOUND, progress: Progress = no_progress
) -> FolderImages:
    """The image files in a folder and all its sub-folders, sorted by name; none is decoded.

    `data/splits.py` says which folders are classes and which divide the set; images for test are held out. The times
    of the files become the column "time", in seconds after the earliest. Labels are read from `labels`, or else from a
    labels.csv in the folder. A TIFF file is read as a folder of its pages. Links to files are followed, links to
    folders are not. Raises UserError if there are no images, or the folder or the labels cannot be read.
    """
    root = folder if folder.is_dir() else folder.parent
    found, skipped = _walk(folder, progress) if folder.is_dir() else ([_file(folder)], [])
    own = next((file for file in found if file.name.lower() == LABELS), None)
    images: list[File] = []
    for file in found:
        suffix = PurePosixPath(file.name).suffix.lower()
        if suffix in SUFFIXES or not suffix:
            images.append(file)
        elif file is not own and root / file.name != labels:
            table_beside = not (own or labels) and suffix in TABLES
            reason = "a table, read only if it is given as --labels" if table_beside else "no image by its name"
            skipped.append(Skipped(printable(file.name), reason))
    if options.pages == "all":
        blocks = list(batched(images, AT_ONCE))
        images = []
        for done, found_pages in enumerate(in_parallel(partial(_pages, root), blocks), 1):
            images += [page for pages in found_pages for page in pages]
            progress(LOOKING, done / len(blocks))
    division = divide([file.name for file in images])
    parts, classes = division.parts, division.classes
    if division.divided:
        beside = [file for file, part in zip(images, parts, strict=True) if part is None]
        skipped += [Skipped(printable(file.name), "beside the folders that divide the set") for file in beside]
        inside = [row for row, part in enumerate(parts) if part is not None]
        images = [images[row] for row in inside]
        parts, classes = (tuple(parts[row] for row in inside), tuple(classes[row] for row in inside))
    if not images:
        raise UserError(
            f"{folder} holds no images: PNG, JPEG, BMP, GIF, WebP, TIFF, PGM or PPM files are read, also in its "
            "sub-folders."
        )
    held_out = np.array([part == "held-out" for part in parts])
    columns = _columns(images, classes)
    table = labels or (root / own.name if own else None)
    stamp: tuple[Any, ...] = ()
    if table is not None:
        columns = merged(read_csv(table, [file.name for file in images], len(images), options.labels_by), columns)
        state = table.stat()
        stamp = str(table), state.st_size, state.st_mtime_ns
    return FolderImages(
        name=printable(folder.resolve().name if folder.is_dir() else folder.stem) or "images",
        source=str(folder.resolve()),
        folder=root,
        files=tuple(images),
        columns=columns,
        held_out=held_out if held_out.any() else columns.held_out,
        skipped=tuple(skipped),
        labels_read=stamp,
        kind="folder of images" if folder.is_dir() else "pages of a TIFF file",
        notes=(*division.notes, *([] if table else _tables_beside(folder))),
        warnings=division.warnings,
    )


def _tables_beside(folder: Path) -> list[str]:
    """A sentence on each table beside the folder that is named as if it were for it."""
    name = folder.resolve().name
    names = (LABELS, f"{name}.csv", f"{name}_labels.csv", f"{name}-labels.csv", f"{name}Labels.csv")
    found = dict.fromkeys(path for path in map(folder.resolve().parent.joinpath, names) if path.is_file())
    return [f"Not used: {printable(path.name)} beside the folder, which --labels reads." for path in found]


def _file(path: Path) -> File:
    state = path.stat()
    return File(path.name, state.st_size, state.st_mtime_ns)


def _walk(folder: Path, progress: Progress) -> tuple[list[File], list[Skipped]]:
    """All files that are not hidden, sorted by name, and those that were left out."""
    found: list[File] = []
    skipped: list[Skipped] = []

    def refused(error: OSError) -> None:
        if error.filename == str(folder):
            raise UserError(f"{folder} cannot be read: {error.strerror}.") from error
        name = Path(error.filename).relative_to(folder).as_posix()
        skipped.append(Skipped(printable(name), f"it cannot be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=refused):
        progress(LOOKING, 0.0)
        current = Path(parent)
        below = current.relative_to(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in NO_FOLDERS)
        for name in folders:
            if (current / name).is_symlink():
                skipped.append(Skipped(printable((below / name).as_posix()), "a link to a folder, not followed"))
        for name in sorted(names):
            if name.startswith(".") or name in NO_FILES:
                continue
            path = current / name
            try:
                state = path.stat()
            except OSError as error:
                reason = f"it cannot be read: {error.strerror}"
                skipped.append(Skipped(printable((below / name).as_posix()), reason))
                continue
            if stat.S_ISREG(state.st_mode):
                found.append(File((below / name).as_posix(), state.st_size, state.st_mtime_ns))
            else:
                skipped.append(Skipped(printable((below / name).as_posix()), "not a file"))
        if len(found) > MOST_FILES:
            raise UserError(f"{folder} holds more than {MOST_FILES:,} files: choose a smaller folder.")
    return sorted(found, key=lambda file: file.name), skipped


def _pages(folder: Path, file: File) -> list[File]:
    """The pages of a TIFF file as images, "name#1" and so on; any other file, or a damaged one, alone."""
    if PurePosixPath(file.name).suffix.lower() not in TIFF:
        return [file]
    try:
        count = count_pages(folder / file.name)
    except DamagedError:
        return [file]
    return [file] if count == 1 else [replace(file, name=f"{file.name}#{page + 1}", page=page) for page in range(count)]


def _columns(images: Sequence[File], classes: Sequence[str | None]) -> Columns:
    """Names, classes, and times, if they differ."""
    names = sorted({name for name in classes if name is not None}, key=natural_order)
    labels = None
    if names:
        index = {name: number for number, name in enumerate(names)}
        labels = np.array([-1 if name is None else index[name] for name in classes], np.int32)
    times = np.array([file.modified for file in images])
    seconds = ((times - times.min()) / 1e9).astype(np.float32)[:, None]
    columns = Columns(
        labels,
        tuple(map(printable, names)) if labels is not None else (),
        seconds,
        ("time",),
        pack_names(file.name for file in images),
    )
    return columns if seconds.any() else replace(columns, values=seconds[:, :0], value_names=())


def _header_of(folder: Path, file: File) -> Header | str:
    """The header, or why it cannot be read."""
    try:
        return read_header(file.path(folder), file.page)
    except DamagedError as error:
        return str(error)


def _values_of(folder: Path, each: int, row_and_file: tuple[int, File]) -> tuple[Kind, Values] | None:
    """The kind of an image's values, and at most `each` of them; None: damaged, which `read` reports."""
    row, file = row_and_file
    try:
        values = read_values(file.path(folder), file.page)
    except DamagedError:
        return None
    return kind_of(values.dtype), picked(values[None], each, row)


def _image_of(folder: Path, target: Target, file: File) -> Bytes | str:
    """The image, or why it cannot be read."""
    try:
        return read_image(file.path(folder), target, file.page)
    except DamagedError as error:
        return str(error)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of this size; the last may be shorter."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
