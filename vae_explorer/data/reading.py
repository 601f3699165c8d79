"""Reading a data set from its source: into images of one shape, or into a report on its content."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace

import numpy as np

from vae_explorer.array_types import Bytes, Flags, Ints, Longs
from vae_explorer.data.ahead import ahead
from vae_explorer.data.cache import cache_key, cache_warnings, collect, fingerprint, keep, read_kept
from vae_explorer.data.columns import Columns, no_columns
from vae_explorer.data.dataset import Dataset, DatasetInfo
from vae_explorer.data.fitting import Target, decide_shape
from vae_explorer.data.image_set import LOOKING, Block, ImageSet, Look
from vae_explorer.data.older_range import older_scales
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.data.report import DataReport, Skipped
from vae_explorer.data.sources import find_source
from vae_explorer.data.value_range import ValueRange, decide_range
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress, no_progress, portion

LOOKING_SHARE = 0.2  # share of the progress for the first look at the images
THUMBNAILS = 48  # images in a report
DECODED = 200_000_000  # a report decodes all images of a set with at most this many pixels


def load_dataset(
    source: str,
    options: ImageOptions = AS_FOUND,
    progress: Progress = no_progress,
    earlier: DatasetInfo | None = None,
) -> Dataset:
    """The images of a source, all converted to one shape.

    source: "mnist" for the built-in set, the name of a Keras data set (`data.dataset.KERAS_NAMES`), or the path of a
    folder of images, of an .npz or .npy file, or of IDX files. earlier: what a run recorded about these images, whose
    value range is used again; None: the range is decided from the values. Images that cannot be read are left out and
    listed in `skipped`. Images that take long to read are kept in the user's cache (`data/cache.py`). If the source
    does not say which images are held out, a seventh is, always the same one. Raises UserError if no image can be read,
    and what `progress` raises.
    """
    found = find_source(source, options, progress)
    key = cache_key(found, options)
    kept = read_kept(key) if found.on_disk else None
    if earlier is not None and (kept is None or kept.value_range.scales != earlier.value_range):
        key = cache_key(found, options, "older" if earlier.value_range is None else asdict(earlier.value_range))
        kept = read_kept(key) if found.on_disk else None
    if kept is None:
        look = found.look(portion(progress, 0.0, LOOKING_SHARE))
        target, value_range = _target(found, look, options, earlier)
        blocks = _reported(ahead(found.read(target)), found.count, progress, "Reading images")
        if found.on_disk:
            kept = keep(key, target.shape, look.count, blocks, value_range)
        else:
            kept = collect(target.shape, look.count, blocks, value_range)
    if not len(kept.rows):
        raise UserError(_nothing(found, kept.skipped))
    columns, rows = found.columns, kept.rows
    height, width, channels = kept.images.shape[1:]
    held_out = _held_out(found, rows)
    info = DatasetInfo(
        name=found.name,
        source=found.source,
        fingerprint=kept.fingerprint,
        image_shape=(height, width, channels),
        images=len(rows),
        held_out_images=int(held_out.sum()),
        class_names=columns.class_names,
        licence=found.licence,
        options=options,
        value_names=columns.value_names,
        notes=(
            *found.warnings,
            *columns.warnings,
            *kept.value_range.warnings,
            *found.notes,
            *columns.notes,
            _values_note(kept.value_range),
        ),
        value_range=kept.value_range.scales if earlier is None or earlier.value_range is not None else None,
    )
    return Dataset(info, kept.images, columns.take(rows), held_out, (*found.skipped, *kept.skipped.values()))


def load_again(info: DatasetInfo, source: str | None = None, progress: Progress = no_progress) -> Dataset:
    """The images that a run was trained on, read as they were then, with the value range that was decided then.

    source: another place to read them from. Raises as `load_dataset` does. Whether they are the same images is for the
    caller to compare, by their fingerprint; of the same images the notes stay as they were.
    """
    found = load_dataset(source or info.source, info.options, progress, info)
    same = found.info.fingerprint == info.fingerprint
    return replace(found, info=replace(found.info, notes=info.notes)) if same else found


def inspect_data(source: str, options: ImageOptions = AS_FOUND, progress: Progress = no_progress) -> DataReport:
    """A report on what `load_dataset` would read from a source, made without decoding all images of a large one.

    Raises UserError if no image can be read, and what `progress` raises.
    """
    found = find_source(source, options, progress)
    look = found.look(portion(progress, 0.0, 0.5))
    target, value_range = _target(found, look, options)
    rows = np.setdiff1d(np.arange(found.count), list(look.skipped))
    pixels = sum(height * width * images for (height, width), images in look.sizes.items())
    decoded = pixels <= DECODED
    chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), THUMBNAILS)).astype(int)]
    if not decoded and not found.seekable:  # later images could not be read without those before them
        chosen = rows[:THUMBNAILS]
    all_of_them = decoded and found.seekable  # only decoding finds damage inside image files
    skipped, thumbnails, shown = dict(look.skipped), [], []
    blocks = found.read(target, None if all_of_them else chosen)
    for block in _reported(blocks, found.count, portion(progress, 0.5, 1.0), LOOKING):
        skipped |= block.skipped
        here = np.isin(block.rows, chosen)
        thumbnails.append(block.images[here])
        shown.append(block.rows[here])
    rows = np.setdiff1d(rows, list(skipped))
    if not len(rows):
        raise UserError(_nothing(found, skipped))
    labels = found.columns.labels
    known = np.full(len(rows), -1) if labels is None else labels[rows]
    counts = np.bincount(known[known >= 0], minlength=len(found.columns.class_names)).tolist()
    return DataReport(
        name=found.name,
        source=found.source,
        kind=found.kind,
        count=len(rows),
        held_out=int(_held_out(found, rows).sum()),
        held_out_note="a seventh, always the same" if found.held_out is None else "as the set is divided",
        sizes=tuple(look.sizes.most_common()),
        formats=tuple(look.formats.most_common()),
        class_counts=tuple(zip(found.columns.class_names, counts, strict=True)),
        unlabelled=0 if labels is None else int((known < 0).sum()),
        value_names=found.columns.value_names,
        range_note=value_range.note,
        histograms=value_range.histograms,
        image_shape=target.shape,
        shape_note=decide_shape(look.sizes, look.colored, options)[1],
        notes=(*found.notes, *found.columns.notes),
        warnings=(
            *found.warnings,
            *found.columns.warnings,
            *value_range.warnings,
            *(cache_warnings() if found.on_disk else ()),
        ),
        skipped=(*found.skipped, *(skipped[row] for row in sorted(skipped))),
        decoded=decoded,
        thumbnails=np.concatenate(thumbnails),
        thumbnail_labels=(np.full(found.count, -1) if labels is None else labels)[np.concatenate(shown)].astype(
            np.int32
        ),
    )


def _target(
    found: ImageSet, look: Look, options: ImageOptions, earlier: DatasetInfo | None = None
) -> tuple[Target, ValueRange]:
    if not look.count:
        raise UserError(_nothing(found, look.skipped))
    shape, _ = decide_shape(look.sizes, look.colored, options)
    kept, older = None, False
    if earlier is not None:
        kept, older = earlier.value_range, earlier.value_range is None
    if older:
        kept = older_scales(look.values, options, files=found.seekable)
    value_range = decide_range(look.values, options, kept)
    return Target(shape, options.fit, options.invert, value_range.scales, older), value_range


def _values_note(value_range: ValueRange) -> str:
    return f"Values: {value_range.note[0].lower()}{value_range.note[1:]}"


def _reported(blocks: Iterator[Block], count: int, progress: Progress, task: str) -> Iterator[Block]:
    """Yield the blocks and report the progress after each."""
    for block in blocks:
        yield block
        if len(block.rows):
            progress(task, (int(block.rows[-1]) + 1) / count)


def _held_out(found: ImageSet, rows: Longs) -> Flags:
    """Which of the readable images, with the indices `rows`, are held out: (len(rows),).

    As the source says, or else a seventh, always the same one.
    """
    if found.held_out is not None:
        return found.held_out[rows]
    held_out = np.zeros(len(rows), bool)
    held_out[np.random.default_rng(0).permutation(len(rows))[: len(rows) // 7]] = True
    return held_out


def _nothing(found: ImageSet, skipped: Mapping[int, Skipped]) -> str:
    first = next(iter(skipped.values()), None)
    why = f" The first, {first.name}: {first.reason}." if first else ""
    return f"{found.source} holds no image that can be read.{why}"


def make_dataset(
    name: str,
    source: str,
    images: Bytes,
    labels: Ints | None,
    held_out: Flags,
    class_names: tuple[str, ...] = (),
    licence: str = "",
) -> Dataset:
    """A data set from arrays in memory: images (N, H, W, C) uint8, the others as in `Dataset` and `Columns`."""
    images = np.ascontiguousarray(images)
    height, width, channels = images.shape[1:]
    info = DatasetInfo(
        name, source, fingerprint(images), (height, width, channels), len(images), int(held_out.sum()),
        class_names, licence,
    )  # fmt: skip
    columns = Columns(labels, class_names, no_columns(len(images)).values)
    return Dataset(info, images, columns, held_out)
