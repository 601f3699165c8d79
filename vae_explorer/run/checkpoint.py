"""The newest whole epoch of a training on disk: all that going on from it needs.

A folder, checkpoint/epoch-0003, written beside its place, synced and renamed whole; the one before goes after that. So
whatever happens, one of the two is there.
"""

import hashlib
import io
import os
import re
import shutil
import tomllib
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tomli_w

from vae_explorer.array_types import Weights
from vae_explorer.data.dataset import DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.history import EpochRecord, read_history, write_history
from vae_explorer.run.info import parse_training
from vae_explorer.run.plain import without_none
from vae_explorer.run.segments import Segment, parse_segments

FORMAT = 1
PLACE = "checkpoint"  # in the folder of the run
# Weights in the order of Keras. Not by Keras's own save_weights: where the disk is full, HDF5 ends the process.
WEIGHTS = "weights.npz"
OPTIMIZER = "optimizer.npz"
BEST = "best.npz"  # weights of the best epoch, where they are to be restored


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A training after a whole epoch."""

    config: TrainingConfig
    dataset: DatasetInfo
    note: str
    history: tuple[EpochRecord, ...]
    weights: Weights
    optimizer: Weights  # its variables; none: it starts anew, where a run is trained further
    best: Weights | None  # weights of the best epoch; None: not to be restored, or there was none yet
    segments: tuple[Segment, ...]  # before this one
    began: str  # this segment, ISO 8601
    log: str  # folder of the log for TensorBoard, in that of the run or absolute; "": none is asked for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training got that can be resumed."""

    config: TrainingConfig
    dataset: DatasetInfo
    epochs: int  # whole ones


def has_checkpoint(folder: Path) -> bool:
    return bool(_epochs(folder))


def read_progress(folder: Path) -> Progress | None:
    """How far a training got, without its weights; None if there is no checkpoint that can be read."""
    for place in reversed(_epochs(folder)):
        try:
            content = tomllib.loads((place / "training.toml").read_text(encoding="utf-8"))
            return Progress(*parse_training(content), epochs=int(place.name[6:]))
        except (OSError, KeyError, TypeError, ValueError, AttributeError, UserError):
            continue
    return None


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the newest checkpoint, and remove the one before. Raises UserError, and then that one stays."""
    place = folder / PLACE
    part = place / ".part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        arrays = {WEIGHTS: checkpoint.weights, OPTIMIZER: checkpoint.optimizer, BEST: checkpoint.best}
        for name, some in arrays.items():
            if some is not None:
                np.savez(part / name, *some)
        write_history(part / "history.csv", checkpoint.history)
        names = sorted(path.name for path in part.iterdir())
        content = {
            "config": asdict(checkpoint.config),
            "dataset": asdict(checkpoint.dataset),
            "note": checkpoint.note,
            "segments": [asdict(segment) for segment in checkpoint.segments],
            "began": checkpoint.began,
            "log": checkpoint.log,
            "sha256": {name: hashlib.sha256((part / name).read_bytes()).hexdigest() for name in names},
        }
        text = tomli_w.dumps({"format": FORMAT} | without_none(content))
        (part / "training.toml").write_text(text, encoding="utf-8")
        for path in part.iterdir():
            _sync(path)
        _sync(part)
        whole = place / f"epoch-{len(checkpoint.history):04}"
        part.rename(whole)
        _sync(place)
    except OSError as error:
        raise UserError(refusal(place, error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for path in _epochs(folder)[:-1]:
        shutil.rmtree(path, ignore_errors=True)


def read_checkpoint(folder: Path) -> Checkpoint:
    """The newest whole epoch of an unfinished training. Raises UserError if there is none, or it is damaged."""
    epochs = _epochs(folder)
    if not epochs:
        raise UserError(f"{folder} holds no training that can be resumed: no epoch of it was finished.")
    place = epochs[-1]
    try:
        content = tomllib.loads((place / "training.toml").read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UserError(f"{place} was written by a newer version: update VAE Explorer.")
        files = {}
        for name, digest in content["sha256"].items():
            files[name] = (place / name).read_bytes()
            if hashlib.sha256(files[name]).hexdigest() != digest:
                raise ValueError(f"{name} is not the file that was written")
        config, dataset = parse_training(content)
        return Checkpoint(
            config,
            dataset,
            note=str(content["note"]),
            history=read_history(files["history.csv"]),
            weights=_arrays(files[WEIGHTS]),
            optimizer=_arrays(files[OPTIMIZER]),
            best=_arrays(files[BEST]) if BEST in files else None,
            segments=parse_segments(content.get("segments", ())),
            began=str(content.get("began", "")),
            log=str(content.get("log", "")),
        )
    # TOML's and Unicode's errors are ValueErrors.
    except (OSError, KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise UserError(f"The checkpoint {place} is damaged: {error}.") from error


def _epochs(folder: Path) -> list[Path]:
    """The whole epochs that are there, oldest first: one, or two for a moment."""
    found = (folder / PLACE).glob("epoch-*")
    return sorted((path for path in found if re.fullmatch(r"epoch-\d{4,}", path.name)), key=lambda p: int(p.name[6:]))


def _arrays(content: bytes) -> Weights:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return [file[f"arr_{place}"] for place in range(len(file.files))]


def _sync(path: Path) -> None:
    """Have what was written to a file or a folder reach the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
