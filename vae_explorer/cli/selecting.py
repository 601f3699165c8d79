"""The command `select`, which picks images of a run by their latent codes, classes and errors."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_explorer.cli.pictures import RUN_HELP
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.errors import UserError
from vae_explorer.progress import Progress
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run

if TYPE_CHECKING:
    from vae_explorer.array_types import Flags, Floats, Indices
    from vae_explorer.exploring.subject import Subject

AddCommand = Callable[[Callable[[Any], int], str], argparse.ArgumentParser]  # (function to run, help) -> parser
NEAREST = 8  # images that --near finds unless --k says otherwise


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """K selected images."""

    rows: "Indices"  # (K,), of the run's codes
    distance: "Floats"  # (K,), from the code that was given or the nearest other code; NaN: none was asked for
    note: str = ""  # a sentence on what could not be looked at


def add_select(add: AddCommand) -> None:
    select = add(_select, "List images of a run, near a latent code for instance, or write them as a contact sheet.")
    select.add_argument("run", metavar="RUN", help=RUN_HELP)
    one = select.add_mutually_exclusive_group()
    one.add_argument("--near", metavar="Z1,Z2,...|NAME", help="images whose codes are nearest to a latent code, such "
                     "as --near=-1,0.5, or to the code of an image, by its file name or its number in the data "
                     "set")  # fmt: skip
    one.add_argument("--worst", type=_count, metavar="K", help="the K images with the largest reconstruction errors")
    one.add_argument("--sparsest", type=_count, metavar="K", help="the K images farthest from any other code")
    select.add_argument("--k", type=_count, metavar="K", help=f"how many images --near finds (default: {NEAREST})")
    select.add_argument("--class", dest="of_class", metavar="CLASS", help="only images of this class, by its name or "
                        "its number from 0")  # fmt: skip
    select.add_argument("--group", metavar="NAME", help="only images of this group, which was made in the window")
    select.add_argument("--dataset", metavar="PATH", help="where the images of the run are now (default: where the run "
                        "names them)")  # fmt: skip
    select.add_argument("--out", type=Path, action="append", default=[], metavar="FILE", help="a table (.csv, .npz) or "
                        "a contact sheet of the images (.png, .svg, .pdf); may be given for each (default: CSV on "
                        "stdout)")  # fmt: skip


def _count(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of images: give 1 or more")
    return int(text)


def _select(arguments: argparse.Namespace) -> int:
    from vae_explorer.exploring.errors import errors_of
    from vae_explorer.exploring.opening import find_dataset, run_subject
    from vae_explorer.exporting import figure, selected, table
    from vae_explorer.run.groups_file import read_groups

    if arguments.near is arguments.worst is arguments.sparsest is arguments.of_class is arguments.group is None:
        raise UserError("Nothing is selected: give --near, --worst, --sparsest, --class or --group.")
    if arguments.k is not None and arguments.near is None:
        raise UserError("--k is the number of images near a latent code: give --near, too.")
    sheets = [path for path in arguments.out if path.suffix.lower() in figure.ENDINGS]
    tables = [path for path in arguments.out if path not in sheets]
    for path in arguments.out:
        selected.check_ending(path)
    run = open_run_or_page(find_run(arguments.run))
    with task_progress() as progress, quiet_stderr():
        why = ""
        try:
            dataset = find_dataset(run, arguments.dataset, progress)
        except UserError as error:
            if arguments.dataset is not None:
                raise
            dataset, why = None, str(error)
        subject = run_subject(run, dataset)
        found = _selected(subject, arguments, progress)
        errors, groups = errors_of(subject, found.rows, progress), read_groups(run)
    content = {**selected.selected_table(subject, found.rows, errors), "distance": found.distance}
    content["group"] = table.texts(groups.names[at] if at >= 0 else "" for at in groups.member[found.rows].tolist())
    missing = int((subject.image_of[found.rows] < 0).sum())
    said = [found.note] if found.note else []
    if missing:
        said.append(f"{missing:,} of the {len(found.rows):,} images are missing: they are not in the run's sample.")
    if said and why:
        said.append(f"The data set was not read, which --dataset finds elsewhere: {why}")
    for path in tables:
        table.write_table(path, content)
        print(f"Wrote {path} ({len(found.rows):,} images).")
    if sheets and missing == len(found.rows):
        raise UserError(f"There is no image to show on a contact sheet. {' '.join(said)}")
    for path in sheets:
        print(f"Wrote {path} ({selected.write_sheet(path, subject, found.rows)}).")
    if not arguments.out:
        table.write_csv(sys.stdout, content)
    for sentence in said:
        print(f"vae-explorer: {sentence}", file=sys.stderr)
    return 0


def _selected(subject: "Subject", arguments: argparse.Namespace, progress: Progress) -> Selected:
    """What the options select. Raises UserError if it is nothing."""
    import numpy as np

    from vae_explorer.exploring.errors import image_errors
    from vae_explorer.exploring.selection import distances_to_nearest, largest, nearest_to, of_class

    among, note = np.ones(len(subject.z_mean), bool), ""
    if arguments.of_class is not None:
        among = of_class(subject.columns, arguments.of_class)
    if arguments.group is not None:
        among &= _of_group(subject, arguments.group)
    if arguments.near is not None:
        rows, distance = nearest_to(subject.z_mean, code_of(subject, arguments.near), arguments.k or NEAREST, among)
    elif arguments.sparsest is not None:
        distances = distances_to_nearest(subject.z_mean, progress)
        rows = largest(distances, arguments.sparsest, among)
        distance = distances[rows].astype(np.float32)
    else:
        rows = np.flatnonzero(among)
        if arguments.worst is not None:
            errors = image_errors(subject, progress)
            rows, known = largest(errors, arguments.worst, among), int((among & ~np.isnan(errors)).sum())
            if known < among.sum():
                note = f"Reconstruction errors are known of {known:,} of {int(among.sum()):,} images only."
        distance = np.full(len(rows), np.nan, np.float32)
    if not len(rows):
        raise UserError(note or "No image of the run is selected.")
    return Selected(rows, distance, note)


def code_of(subject: "Subject", wanted: str) -> "Floats":
    """The latent code that a person gives, or that of the image that is named."""
    import numpy as np

    from vae_explorer.data.names import printable
    from vae_explorer.exploring.selection import row_of

    latent_dim = subject.z_mean.shape[1]
    try:
        numbers = np.array(wanted.split(","), np.float32)
    except ValueError:
        numbers = np.empty(0, np.float32)
    if len(numbers) == latent_dim and np.isfinite(numbers).all():
        return numbers
    row = row_of(subject.columns.names, subject.index, wanted)
    if row is None:
        raise UserError(
            f"{printable(wanted)!r} is neither a latent code of the run, {latent_dim} numbers with commas between "
            "them, nor the name or number of one of its images."
        )
    code: Floats = subject.z_mean[row]
    return code


def _of_group(subject: "Subject", wanted: str) -> "Flags":
    """Which of the N images are in a group: (N,). Raises UserError if there is no such group."""
    from vae_explorer.data.names import printable
    from vae_explorer.run.groups_file import read_groups

    assert subject.run is not None
    groups = read_groups(subject.run)
    if wanted not in groups.names:
        there = ", ".join(map(printable, groups.names)) or "there are none; the window makes some"
        raise UserError(f"The run has no group {printable(wanted)!r}: choose one of its groups ({there}).")
    found: Flags = groups.member == groups.names.index(wanted)
    return found
