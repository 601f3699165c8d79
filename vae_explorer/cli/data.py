"""The command `data`, which shows what a data set holds, and the options for reading images."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.data.dataset import BUILTIN, KERAS_NAMES, SOURCES, Dataset, DatasetInfo
from vae_explorer.data.options import (
    COLORS,
    FITS,
    LABELS_BY,
    PAGES,
    ImageOptions,
    parse_shape,
    parse_size,
    parse_value_range,
)
from vae_explorer.data.report import DataReport, Skipped, describe_report
from vae_explorer.files import as_path
from vae_explorer.progress import Progress
from vae_explorer.sizes import size_text

AddCommand = Callable[[Callable[[Any], int], str], argparse.ArgumentParser]  # (function to run, help) -> parser

SOURCE_HELP = f"{BUILTIN}, {', '.join(KERAS_NAMES)}, or the path of {SOURCES}"
NAMED = 20  # most skipped files that are listed; --json lists all
CLASSES = 30  # most classes that are listed; --json lists all


def add_data(add: AddCommand) -> None:
    data = add(_data, "Show what a data set holds and how it would be read, without training.")
    data.add_argument("source", metavar="PATH", help=SOURCE_HELP)
    data.add_argument("--json", action="store_true", help="print everything as JSON")
    add_image_options(data)


def add_image_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for reading the images of a data set."""
    parser.add_argument("--size", metavar="SIDE|WxH", help="size images are scaled to, 16 to 128 pixels per side: "
                        "64, or 64x48 for 64 wide and 48 high (default: their own size if all have the same, "
                        "otherwise 64)")  # fmt: skip
    parser.add_argument("--row-shape", metavar="WxH", help="width and height of images stored as rows of numbers; "
                        "WxHx3 or 3xWxH for colour (default: square, in grey)")  # fmt: skip
    parser.add_argument("--fit", choices=FITS, help="how images of another aspect ratio fit the size: cropped "
                        "(default), with a black margin, or stretched")  # fmt: skip
    parser.add_argument("--color", choices=COLORS, help="grey or colour (default: grey if 19 of 20 images are grey)")
    parser.add_argument("--invert", action="store_true", help="swap black and white")
    parser.add_argument("--value-range", metavar="LOW,HIGH", help="values that become black and white (default: found "
                        "from the values)")  # fmt: skip
    parser.add_argument("--cache", metavar="FOLDER", help="folder for images that were read (default: "
                        "VAE_EXPLORER_CACHE, or the user's cache)")  # fmt: skip
    parser.add_argument("--labels", metavar="FILE", help="CSV, .npy or .npz file with labels and numbers")
    parser.add_argument("--pages", choices=PAGES, help="pages of a TIFF file that are images: the first (default), or "
                        "all")  # fmt: skip
    parser.add_argument("--labels-by", choices=LABELS_BY, help="how the rows of a CSV belong to image files: by "
                        "name if it has names (default), or in the order of the images")  # fmt: skip


def image_options(arguments: argparse.Namespace) -> ImageOptions:
    """The options as given on the command line. Raises UserError for invalid values."""
    return ImageOptions(
        size=parse_size(arguments.size) if arguments.size else None,
        shape=parse_shape(arguments.row_shape) if arguments.row_shape else None,
        fit=arguments.fit or "crop",
        color=arguments.color or "auto",
        invert=arguments.invert,
        value_range=parse_value_range(arguments.value_range) if arguments.value_range else None,
        # An absolute path is found from any folder.
        labels=str(as_path(arguments.labels).absolute()) if arguments.labels else "",
        pages=arguments.pages or "first",
        labels_by=arguments.labels_by or "auto",
    )


def read_images(source: str, options: ImageOptions) -> Dataset:
    """Read a data set; show a progress bar, and list on stderr the files that were skipped."""
    from vae_explorer.data.reading import load_dataset

    return _read(lambda progress: load_dataset(source, options, progress))


def read_images_again(info: DatasetInfo, source: str | None) -> Dataset:
    """Like `read_images`, for the images of a run; source: another place to read them from."""
    from vae_explorer.data.reading import load_again

    return _read(lambda progress: load_again(info, source, progress))


def _read(load: Callable[[Progress], Dataset]) -> Dataset:
    import numpy as np

    from vae_explorer.data.cache import cache_warnings

    with task_progress() as progress, quiet_stderr():  # libtiff writes about damaged files there
        dataset = load(progress)
    if isinstance(dataset.images, np.memmap):  # they are in the cache
        for sentence in cache_warnings():
            print(f"vae-explorer: {sentence}", file=sys.stderr)
    if dataset.skipped:
        print("\n".join(skipped_lines(dataset.skipped)), file=sys.stderr)
    return dataset


def _data(arguments: argparse.Namespace) -> int:
    from vae_explorer.data.reading import inspect_data

    options = image_options(arguments)
    with task_progress() as progress, quiet_stderr():
        report = inspect_data(arguments.source, options, progress)
    if arguments.json:
        print(json.dumps(describe_report(report), indent=2, allow_nan=False))
    else:
        print("\n".join(report_lines(report)))
    return 0


def report_lines(report: DataReport) -> Iterator[str]:
    """The report on a data set as lines of text."""
    yield f"{report.name}  ({report.kind})"
    yield f"  source      {report.source}"
    yield f"  images      {report.count:,}; held out {report.held_out:,}, {report.held_out_note}"
    yield f"  sizes       {_counted([(size_text(*size), count) for size, count in report.sizes])}"
    yield f"  pixels      {_counted(report.formats)}"
    yield f"  brought to  {report.shape_note}"
    yield f"  values      {report.range_note}"
    if report.class_counts:
        more = f", without a class {report.unlabelled:,}" if report.unlabelled else ""
        yield f"  classes     {len(report.class_counts)}: {_counted(report.class_counts, CLASSES)}{more}"
    else:
        yield "  classes     none"
    if report.value_names:
        yield f"  numbers     {', '.join(report.value_names)}"
    for title, sentences in (("warning", report.warnings), ("note", report.notes)):
        for sentence in sentences:
            yield f"  {title:<11} {sentence}"
    if not report.decoded:
        yield "  Not all images were decoded: damage inside an image is found when it is read."
    yield from skipped_lines(report.skipped)


def skipped_lines(skipped: Sequence[Skipped]) -> Iterator[str]:
    """The skipped files, each with the reason."""
    if not skipped:
        return
    yield f"  skipped     {len(skipped):,}"
    for one in skipped[:NAMED]:
        yield f"    {one.name}: {one.reason}"
    if len(skipped) > NAMED:
        yield f"    and {len(skipped) - NAMED:,} more"


def _counted(counts: Sequence[tuple[str, int]], most: int = 8) -> str:
    text = ", ".join(f"{name} {count:,}" for name, count in counts[:most])
    return text if len(counts) <= most else f"{text}, and {len(counts) - most:,} more"
