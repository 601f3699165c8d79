"""The command that tells what a data set holds, and the options by which one is read."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.data.dataset import BUILTIN, KERAS_NAMES, SOURCES, Dataset
from vae_explorer.data.options import COLORS, FITS, ImageOptions, parse_size, parse_value_range
from vae_explorer.data.report import DataReport, Skipped, describe_report
from vae_explorer.files import as_path

AddCommand = Callable[[Callable[[Any], int], str], argparse.ArgumentParser]  # carry it out, what it does

SOURCE_HELP = f"{BUILTIN}, {', '.join(KERAS_NAMES)}, or the path of {SOURCES}"
NAMED = 20  # skipped files that are named; --json has all
CLASSES = 30  # likewise


def add_data(add: AddCommand) -> None:
    data = add(_data, "Tell what a data set holds and what would become of it, without training.")
    data.add_argument("source", metavar="PATH", help=SOURCE_HELP)
    data.add_argument("--json", action="store_true", help="all of it, as JSON")
    add_image_options(data)


def add_image_options(parser: argparse.ArgumentParser) -> None:
    """How the images of a data set are read."""
    parser.add_argument("--size", metavar="SIDE|HxW", help="that images are brought to, 16 to 128 pixels a side "
                        "(default: their own if all have one, else 64)")  # fmt: skip
    parser.add_argument("--fit", choices=FITS, help="to another aspect: cut (default), a black margin, or distorted")
    parser.add_argument("--color", choices=COLORS, help="(default: grey if 19 in 20 images are)")
    parser.add_argument("--invert", action="store_true", help="white becomes black")
    parser.add_argument("--value-range", metavar="LOW,HIGH", help="values that become black and white (default: by a "
                        "look at the values)")  # fmt: skip
    parser.add_argument("--labels", metavar="FILE", help="CSV, .npy or .npz of labels and numbers")


def image_options(arguments: argparse.Namespace) -> ImageOptions:
    """What was chosen. Raises UserError for what cannot be."""
    return ImageOptions(
        size=parse_size(arguments.size) if arguments.size else None,
        fit=arguments.fit or "crop",
        color=arguments.color or "auto",
        invert=arguments.invert,
        value_range=parse_value_range(arguments.value_range) if arguments.value_range else None,
        labels=str(as_path(arguments.labels).absolute()) if arguments.labels else "",  # found from elsewhere, too
    )


def read_images(source: str, options: ImageOptions) -> Dataset:
    """The data set, with a bar while it is read, and on stderr what was left out."""
    from vae_explorer.data.reading import load_dataset

    with task_progress() as progress, quiet_stderr():  # libtiff tells of damaged files there
        dataset = load_dataset(source, options, progress)
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
    """What a person reads of a data set."""
    height, width, channels = report.image_shape
    yield f"{report.name}  ({report.kind})"
    yield f"  source      {report.source}"
    yield f"  images      {report.count:,}; held out {report.held_out:,}, {report.held_out_note}"
    yield f"  sizes       {_counted([(f'{h}x{w}', count) for (h, w), count in report.sizes])}"
    yield f"  pixels      {_counted(report.formats)}"
    yield f"  brought to  {height}x{width}x{channels}: {report.shape_note}"
    yield f"  values      {report.range_note}"
    if report.class_counts:
        more = f", without a class {report.unlabelled:,}" if report.unlabelled else ""
        yield f"  classes     {len(report.class_counts)}: {_counted(report.class_counts, CLASSES)}{more}"
    else:
        yield "  classes     none"
    if report.value_names:
        yield f"  numbers     {', '.join(report.value_names)}"
    if not report.decoded:
        yield "  Not all were decoded: damage inside an image shows when it is read."
    yield from skipped_lines(report.skipped)


def skipped_lines(skipped: Sequence[Skipped]) -> Iterator[str]:
    """What was left out, and why."""
    if not skipped:
        return
    yield f"  skipped     {len(skipped):,}"
    for one in skipped[:NAMED]:
        yield f"    {one.name}: {one.reason}"
    if len(skipped) > NAMED:
        yield f"    and {len(skipped) - NAMED:,} more"


def _counted(parts: Sequence[tuple[str, int]], most: int = 8) -> str:
    text = ", ".join(f"{name} {count:,}" for name, count in parts[:most])
    return text if len(parts) <= most else f"{text}, and {len(parts) - most:,} more"
