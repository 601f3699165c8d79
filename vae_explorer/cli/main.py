"""Parses the command line and runs the commands."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from vae_explorer import __version__
from vae_explorer.cli.animation import add_animate
from vae_explorer.cli.colouring import groups_of
from vae_explorer.cli.compare import add_compare
from vae_explorer.cli.data import add_data
from vae_explorer.cli.desktop import InstallDesktop
from vae_explorer.cli.encoding import add_encode
from vae_explorer.cli.help_texts import BELOW, WINDOW
from vae_explorer.cli.importing import add_import, import_run
from vae_explorer.cli.path import add_path, page_paths
from vae_explorer.cli.pictures import PICTURES, RUN_HELP, add_class, add_plane, label_of, plane_of
from vae_explorer.cli.selecting import add_select
from vae_explorer.cli.summary import quality_text, summary
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.cli.train import add_train
from vae_explorer.cli.traverse import add_traverse
from vae_explorer.commands import DONE, FAILED
from vae_explorer.errors import UserError
from vae_explorer.exploring.quality_judged import judge
from vae_explorer.run.opening import describe, open_run
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run
from vae_explorer.run.plain import finite
from vae_explorer.run.quality import SAMPLES, describe_quality


def run_command(words: Sequence[str]) -> int:
    """Run `vae-explorer WORDS`. Returns the exit status: 0, or 1 for a failure; wrong usage exits with 2."""
    debug = "--debug" in words
    try:
        arguments = _parser().parse_args(words)
        if getattr(arguments, "cache", None):
            from vae_explorer.data.cache import choose_cache

            choose_cache(arguments.cache)
        status: int = arguments.carry_out(arguments)
        sys.stdout.flush()
    except UserError as error:
        if debug:
            traceback.print_exc()
        print(f"vae-explorer: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        training = "train" in words[:1]
        left = "the last whole epoch of the training is kept" if training else "no file was changed"
        print(f"vae-explorer: interrupted; {left}.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - an unexpected error is one sentence, too; --debug shows its traceback
        if debug:
            traceback.print_exc()
        print(f"vae-explorer: {type(error).__name__}: {error} (--debug shows where)", file=sys.stderr)
        return FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vae-explorer",
        description="Train variational autoencoders on images and explore what they learned.",
        epilog=WINDOW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vae-explorer {__version__}")
    parser.add_argument("--install-desktop", action=InstallDesktop, help="on Linux: write a menu entry and an icon for "
                        "the desktop, say where, and end")  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_train(partial(_add_command, commands, "train"))
    add_data(partial(_add_command, commands, "data"))
    add_import(_add_command(commands, "import", _import, "Make a run of a decoder from another program."))
    for name, add in PICTURES.items():
        add(partial(_add_command, commands, name))
    add_animate(partial(_add_command, commands, "animate"))
    add_encode(partial(_add_command, commands, "encode"))
    add_select(partial(_add_command, commands, "select"))
    add_path(partial(_add_command, commands, "path"))
    add_traverse(partial(_add_command, commands, "traverse"))
    add_compare(partial(_add_command, commands, "compare"))
    _add_html(commands)
    _add_info(commands)
    _add_quality(commands)
    return parser


def _add_command(commands: Any, name: str, carry_out: Callable[[Any], int], what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=what, description=what, epilog=BELOW.get(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.set_defaults(carry_out=carry_out)
    parser.add_argument("--debug", action="store_true", help="show the traceback of a failure")
    return parser


def _add_html(commands: Any) -> None:
    html = _add_command(commands, "html", _html, "Write one HTML file in which readers explore the latent space.")
    html.add_argument("run", metavar="RUN", help=RUN_HELP)
    html.add_argument("--out", type=Path, required=True, metavar="FILE.html")
    html.add_argument(
        "--points", type=int, default=10_000, metavar="N", help="most latent codes drawn (default: 10000)"
    )
    html.add_argument("--no-data", action="store_true", help="leave out codes and images; keep the decoder alone")
    html.add_argument("--names", action="store_true", help="put the file names of the images into the page, too")
    html.add_argument("--color-by", choices=("class", "group"), default="class",
                      help="what the points are coloured by: their classes, or the groups made in the window "
                      "(default: class)")  # fmt: skip
    html.add_argument("--path", type=Path, action="append", default=[], metavar="FILE", help="a path that its reader "
                      "can travel, in a table that the command path or the window wrote; may be given several "
                      "times")  # fmt: skip
    add_plane(html)
    add_class(html)


def _add_info(commands: Any) -> None:
    info = _add_command(commands, "info", _info, "Show a run's settings and figures.")
    info.add_argument("run", metavar="RUN", help=RUN_HELP)
    info.add_argument("--json", action="store_true", help="print everything as JSON")


def _add_quality(commands: Any) -> None:
    quality = _add_command(commands, "quality", _quality, "Measure how good a run is on its held-out images.")
    quality.add_argument("run", metavar="RUN", help="the folder of a run, or builtin")
    quality.add_argument("--samples", type=int, default=SAMPLES, metavar="S",
                         help=f"samples of z per image for the log-likelihood (default: {SAMPLES})")  # fmt: skip
    quality.add_argument("--images", type=int, metavar="N", help="most images for the log-likelihood (default: 500)")
    quality.add_argument("--json", action="store_true", help="print everything as JSON")


def _import(arguments: argparse.Namespace) -> int:
    print(summary(import_run(arguments)))
    return DONE


def _html(arguments: argparse.Namespace) -> int:
    from vae_explorer.exporting.page.choosing import PageOptions
    from vae_explorer.exporting.page.writing import write_page
    from vae_explorer.latent.plane import plane_note

    run = open_run_or_page(find_run(arguments.run))
    plane = plane_of(run, arguments)
    label = label_of(run, arguments)
    groups = groups_of(run) if arguments.color_by == "group" else None
    with task_progress() as progress, quiet_stderr():
        paths = page_paths(run, arguments.path, label, progress)
        options = PageOptions(not arguments.no_data, arguments.points, plane, arguments.names, label, groups, paths)
        said = write_page(run, arguments.out, options, progress)
    size = arguments.out.stat().st_size / 1e6
    print(f"Wrote {arguments.out} ({size:.1f} MB). {said} {plane_note(plane)}".rstrip())
    return DONE


def _info(arguments: argparse.Namespace) -> int:
    run = open_run_or_page(find_run(arguments.run))
    print(json.dumps(finite(describe(run)), indent=2, allow_nan=False) if arguments.json else summary(run))
    return DONE


def _quality(arguments: argparse.Namespace) -> int:
    from vae_explorer.model.metrics import measure_run

    run = open_run(find_run(arguments.run))
    with task_progress() as progress, quiet_stderr():
        quality = measure_run(run, arguments.samples, arguments.images, progress)
    if arguments.json:
        judged = {"judgements": {field: asdict(judgement) for field, judgement in judge(run, quality).items()}}
        print(json.dumps(finite(describe_quality(quality) | judged), indent=2, allow_nan=False))
    else:
        print(quality_text(run, quality))
    return DONE
