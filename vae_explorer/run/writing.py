"""Writes a run. Its run.toml comes last, so that a folder becomes a run only when it is complete."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from vae_explorer.files import replacing, sha256
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.arrays import Codes, Sample, check_shapes, write_codes, write_sample
from vae_explorer.run.bookmarks import take_over_bookmarks
from vae_explorer.run.groups_file import take_over_groups
from vae_explorer.run.history import EpochRecord, write_history
from vae_explorer.run.info import FORMAT, RunInfo, files_of, plain_info
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import CONVERTED, FILES, ONNX_FILES
from vae_explorer.run.plain import without_none
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_files


@dataclass(frozen=True, slots=True)
class Contents:
    """What a run holds besides its networks and run.toml."""

    codes: Codes
    sample: Sample
    history: tuple[EpochRecord, ...]


def write_run(
    folder: Path,
    contents: Contents,
    write_networks: Callable[[], None],
    described: Callable[[], RunInfo],
    progress: Progress = no_progress,
    warned: Callable[[str], None] = lambda _: None,
) -> Run:
    """Write a run, by training or by importing, and read it back.

    write_networks: writes the files in folder/model. described: called when all other files are on disk, so that it
    can measure the written networks; run.toml is made from the RunInfo that it returns. An error before that leaves no
    run.toml, and so no run. progress: of writing the codes; it may raise to end it. warned: called with a sentence if
    the run replaces one whose groups or bookmarks are no longer what they were. Raises UserError for arrays that do
    not fit the RunInfo.
    """
    write_codes(folder / "codes.npz", contents.codes, progress)
    write_networks()
    write_history(folder / "history.csv", contents.history)
    write_sample(folder / "sample.npz", contents.sample)
    info = described()
    check_shapes(folder, info, contents.codes, contents.sample)
    said = [take_over_groups(folder, info.dataset.fingerprint), take_over_bookmarks(folder, info)]
    write_info(folder, info)
    for sentence in filter(None, said):
        warned(sentence)
    return open_run(folder)


def write_info(folder: Path, info: RunInfo) -> None:
    """Write run.toml, last of all, with the hashes of the other files. Then the folder is a run."""
    content = without_none(plain_info(info))
    needed = files_of(info)
    optional = [name for name in CONVERTED if (folder / name).is_file() and name not in needed]
    # Required files come last, so that a run.toml that is cut off is never taken for a whole one.
    written = [*snapshot_files(folder), *optional, *(name for name in (*FILES, *ONNX_FILES) if name in needed)]
    content["sha256"] = {name: sha256((folder / name).read_bytes()) for name in written}
    with replacing(folder / "run.toml") as path:
        path.write_text(tomli_w.dumps({"format": FORMAT} | content), encoding="utf-8")
