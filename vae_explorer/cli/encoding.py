"""The command `encode`, which finds the latent codes of images."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae_explorer.cli.data import SOURCE_HELP, skipped_lines
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.places import find_run

AddCommand = Callable[[Callable[[Any], int], str], argparse.ArgumentParser]  # (function to run, help) -> parser


def add_encode(add: AddCommand) -> None:
    encode = add(_encode, "Write the latent codes of images, with variances and errors, as CSV.")
    encode.add_argument("run", metavar="RUN", help="the folder of a run, or builtin")
    encode.add_argument("files", metavar="FILE", nargs="+", help=f"an image file, {SOURCE_HELP}")
    encode.add_argument("--out", type=Path, metavar="FILE", help="ends in .csv or .npz (default: CSV on stdout)")


def _encode(arguments: argparse.Namespace) -> int:
    from vae_explorer.data.alike import alike_note
    from vae_explorer.exploring.encoding import DRAWS, encode_sources, why_no_elbo
    from vae_explorer.exporting.table import check_table_ending, texts, write_csv, write_table

    if arguments.out is not None:
        check_table_ending(arguments.out)
    run = open_run_or_page(find_run(arguments.run))
    with task_progress() as progress, quiet_stderr():
        found = encode_sources(run, arguments.files, progress)
    for sentence in found.warnings:
        print(f"vae-explorer: {sentence}", file=sys.stderr)
    print(*skipped_lines(found.skipped), sep="\n", end="\n" if found.skipped else "", file=sys.stderr)
    encoded = found.encoded
    table = {
        "name": texts(found.names),
        "z": encoded.z_mean,
        "variance_z": encoded.variance,
        "class": texts(found.classes),
        "reconstruction_error": encoded.error,
        "kl_nats": encoded.kl,
        "negative_elbo_nats": encoded.negative_elbo,
    }
    elbo = why_no_elbo(run) or f"The negative ELBO is estimated with {DRAWS} draws of z per image."
    note = f"{alike_note(run.info.dataset)} {elbo}"
    if arguments.out is None:
        print(note, file=sys.stderr)
        write_csv(sys.stdout, table)
    else:
        write_table(arguments.out, table)
        print(f"Wrote {arguments.out} ({len(found.names):,} images). {note}")
    return 0
