"""The command `compare`, which sets two runs beside each other."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vae_explorer.cli.pictures import RUN_HELP
from vae_explorer.cli.selecting import AddCommand
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run
from vae_explorer.run.plain import finite

if TYPE_CHECKING:
    from vae_explorer.exploring.comparing import Comparison
    from vae_explorer.exploring.figures_compared import ComparedFigure


def add_compare(add: AddCommand) -> None:
    compare = add(_compare, "Compare two runs: settings, figures of quality, latent codes and decoded images.")
    compare.add_argument("a", metavar="A", help=RUN_HELP)
    compare.add_argument("b", metavar="B", help="the other run")
    compare.add_argument("--json", action="store_true", help="print everything as JSON")


def _compare(arguments: argparse.Namespace) -> int:
    from vae_explorer.exploring.comparing import compare_runs, describe_comparison

    a, b = (open_run_or_page(find_run(word)) for word in (arguments.a, arguments.b))
    with task_progress() as progress, quiet_stderr():
        found = compare_runs(a, b, progress)
    if arguments.json:
        print(json.dumps(finite(describe_comparison(found)), indent=2, allow_nan=False))
    else:
        print("\n".join(_lines(found)))
    return 0


def _lines(found: "Comparison") -> list[str]:
    lines = [f"{letter}  {run.info.name}  ({run.folder})" for letter, run in (("A", found.a), ("B", found.b))]
    if len(found.common):
        lines.append(f"\n{len(found.common):,} images are known to both, {found.common.how}.")
    if found.alignment is not None:
        aligned = found.alignment
        lines.append(
            f"Aligned by Procrustes, the codes of both correlate by {aligned.correlation:.3f}; a length of 1 in A is "
            f"{aligned.scale:.3g} in B."
        )
    if found.decoded is not None:
        lines.append(
            f"Their reconstructions of an image differ by {found.decoded} (root mean square, pixels 0 to 1; "
            f"{found.decoded.images:,} images)."
        )
    settings = [("", "A", "B"), *((each.name, each.a, each.b) for each in found.settings)]
    lines += ["\nSettings that differ", *_table(settings)] if len(settings) > 1 else ["\nNo settings differ."]
    figures = [("", "A", "B", "B - A", ""), *(_cells(each) for each in found.figures if each.a or each.b)]
    if len(figures) > 1:
        lines += ["\nFigures of quality on held-out images", *_table(figures)]
        if any(each.paired for each in found.figures):
            lines.append("  Paired: measured now on the same images, so that the error is that of their differences.")
        lines.append("  Others: as the runs recorded them, with the error of two independent figures.")
    return lines + ([""] if found.notes else []) + list(found.notes)


def _cells(figure: "ComparedFigure") -> tuple[str, ...]:
    values = (str(each) if each is not None else "-" for each in (figure.a, figure.b, figure.difference))
    said = figure.why_not
    if figure.difference is not None:
        how = f"paired, {figure.difference.images:,} images" if figure.paired else ""
        verdict = {"within the error": "within the error", "": ""}.get(figure.verdict, f"B is {figure.verdict}")
        said = ", ".join(each for each in (verdict, how) if each)
    return f"{figure.name}, {figure.unit}", *values, said


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines whose columns are aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [f"  {line}".rstrip() for line in lines]
