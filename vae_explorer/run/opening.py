"""Reading a run and checking all its files."""

import tomllib
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.files import exists, sha256
from vae_explorer.run.arrays import check_shapes, read_codes, read_sample
from vae_explorer.run.history import read_history
from vae_explorer.run.info import FORMAT, HeldOutLoss, RunInfo, files_of, parse_info, plain_info
from vae_explorer.run.places import BUILTIN, CONVERTED, FILES, LOCK, ONNX_FILES, is_run, set_aside
from vae_explorer.run.quality import describe_quality
from vae_explorer.run.run import Networks, Run
from vae_explorer.run.snapshots import snapshot_epochs
from vae_explorer.run.storage import InFolder


def open_run(folder: Path) -> Run:
    """Read a run and check its format, hashes and shapes.

    Raises UserError if the folder is no run, has a newer format, or has missing or damaged files.
    """
    folder = Path(folder)
    info, hashes = _info_and_hashes(folder)
    files = {name: _read_checked(folder, name, hashes.get(name)) for name in _names(info, hashes)}
    try:
        codes = read_codes(files["codes.npz"], info.dataset)
        sample = read_sample(files["sample.npz"])
        history = read_history(files["history.csv"])
    except (ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"The run {folder} holds a file that cannot be read: {error}.") from error
    check_shapes(folder, info, codes, sample)
    encoder, decoder, lowered = (files.get(name) for name in CONVERTED)
    networks = Networks(decoder, encoder, lowered, files.get("model/decoder.onnx"))
    return Run(InFolder(folder), info, codes, sample, history, networks)


def read_info(folder: Path) -> RunInfo:
    """The content of run.toml alone, which is read at once. Raises UserError as `open_run` does."""
    return _info_and_hashes(folder)[0]


def check_files(folder: Path) -> None:
    """Compare all files of a run with their hashes. Raises UserError if one is missing or damaged."""
    info, hashes = _info_and_hashes(folder)
    for name in _names(info, hashes):
        _read_checked(folder, name, hashes.get(name))


def describe(run: Run) -> dict[str, Any]:
    """The run's settings and figures as plain data, for the command `info --json`; None: not measured."""
    info = plain_info(run.info)
    held_out = info.pop("held_out") or dict.fromkeys(HeldOutLoss.__slots__)
    config = info.pop("config") or {"latent_dim": run.info.latent_dim, "pixels": run.info.pixels}
    planned = config.pop("epochs", None)
    for name in ("likelihood", "sigma"):  # the info of the run has the final ones
        config.pop(name, None)
    encoder, decoder = info.pop("encoder_parameters"), info.pop("decoder_parameters")
    settings: dict[str, Any] = info | config
    return (
        {"format": FORMAT, "folder": str(run.folder)}
        | settings
        | {
            "epochs_planned": planned,
            "parameters": {"encoder": encoder, "decoder": decoder},
            "held_out": held_out,
            "quality": describe_quality(run.info.quality),
            "history": [asdict(record) for record in run.history],
            "snapshots": list(snapshot_epochs(run.folder)),
        }
    )


def _info_and_hashes(folder: Path) -> tuple[RunInfo, dict[str, Any]]:
    content = _read_toml(folder)
    info, hashes = parse_info(folder / "run.toml", content), content.get("sha256")
    if not isinstance(hashes, dict):
        raise UserError(f"The file run.toml of the run {folder} is damaged: it has no table sha256.")
    return info, hashes


def _names(info: RunInfo, hashes: dict[str, Any]) -> list[str]:
    """The hashed files that are read of a run."""
    needed = files_of(info)
    return [name for name in (*FILES, *ONNX_FILES) if name in needed or (name in CONVERTED and name in hashes)]


def _read_toml(folder: Path) -> dict[str, Any]:
    if not exists(folder):
        raise UserError(f"There is no run {folder}: give the folder of a run, or the word {BUILTIN}.")
    if not is_run(folder):
        if (folder / LOCK).exists() or (folder / "checkpoint").is_dir():
            kept = set_aside(folder.absolute())
            more = f" The run that it was to replace is kept in {kept}." if is_run(kept) else ""
            raise UserError(
                f"The run {folder} is unfinished: its training still goes on, or was cut off and can be resumed.{more}"
            )
        raise UserError(f"{folder} is not a run: it has no run.toml. Choose a folder that a training has written.")
    try:
        content = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"The file run.toml of the run {folder} is damaged: {error}.") from error
    except OSError as error:
        raise UserError(f"The file run.toml of the run {folder} cannot be read: {error.strerror}.") from error
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UserError(
            f"The run {folder} was written by a newer version (format {version}, this program reads {FORMAT}): "
            "update VAE Explorer."
        )
    if version != FORMAT:
        raise UserError(f"The file run.toml of the run {folder} is damaged: it names no known format.")
    return content


def _read_checked(folder: Path, name: str, expected: Any) -> bytes:
    path = folder / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"The run {folder} is incomplete: {name} is missing. Copy the whole folder again.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if sha256(content) != expected:
        raise UserError(
            f"The run {folder} is damaged: {name} is not the file that was written. Copy the whole folder again."
        )
    return content
