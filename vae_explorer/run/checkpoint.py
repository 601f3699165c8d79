"""Checkpoints: the newest complete epoch of a training on disk, with all data that are needed to resume it.

A checkpoint is a folder such as checkpoint/epoch-0003. It is written under a temporary name, synced and renamed when it
is complete. Only then the previous one is removed, so after a crash at least one of the two is there.
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
PLACE = "checkpoint"  # sub-folder of the run
# Weights in the order of Keras. They are not written by Keras's save_weights: HDF5 crashes if the disk is full.
WEIGHTS = "weights.npz"
OPTIMIZER = "optimizer.npz"
BEST = "best.npz"  # weights of the best epoch, if they are to be restored


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a training after a complete epoch."""

    config: TrainingConfig
    dataset: DatasetInfo
    note: str
    history: tuple[EpochRecord, ...]
    weights: Weights
    optimizer: Weights  # its variables; empty: a new optimizer, when a run is trained further
    best: Weights | None  # weights of the best epoch; None: not to be restored, or no epoch can be the best yet
    segments: tuple[Segment, ...]  # the earlier segments, without the current one
    began: str  # when the current segment began, ISO 8601
    log: str  # folder of the TensorBoard log, absolute or relative to the run's folder; "": no log


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a training that can be resumed."""

    config: TrainingConfig
    dataset: DatasetInfo
    epochs: int  # number of complete epochs


def has_checkpoint(folder: Path) -> bool:
    return bool(_epochs(folder))


def read_progress(folder: Path) -> Progress | None:
    """The progress of a training, without its weights; None if there is no readable checkpoint."""
    for path in reversed(_epochs(folder)):
        try:
            content = tomllib.loads((path / "training.toml").read_text(encoding="utf-8"))
            return Progress(*parse_training(content), epochs=int(path.name[6:]))
        except (OSError, KeyError, TypeError, ValueError, AttributeError, UserError):
            continue
    return None


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint and remove the previous one. Raises UserError, and keeps the previous one, if it fails."""
    checkpoints = folder / PLACE
    temporary = checkpoints / ".part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        arrays = {WEIGHTS: checkpoint.weights, OPTIMIZER: checkpoint.optimizer, BEST: checkpoint.best}
        for name, some in arrays.items():
            if some is not None:
                np.savez(temporary / name, *some)
        write_history(temporary / "history.csv", checkpoint.history)
        names = sorted(path.name for path in temporary.iterdir())
        content = {
            "config": asdict(checkpoint.config),
            "dataset": asdict(checkpoint.dataset),
            "note": checkpoint.note,
            "segments": [asdict(segment) for segment in checkpoint.segments],
            "began": checkpoint.began,
            "log": checkpoint.log,
            "sha256": {name: hashlib.sha256((temporary / name).read_bytes()).hexdigest() for name in names},
        }
        text = tomli_w.dumps({"format": FORMAT} | without_none(content))
        (temporary / "training.toml").write_text(text, encoding="utf-8")
        for path in temporary.iterdir():
            _sync(path)
        _sync(temporary)
        temporary.rename(checkpoints / f"epoch-{len(checkpoint.history):04}")
        _sync(checkpoints)
    except OSError as error:
        raise UserError(refusal(checkpoints, error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for path in _epochs(folder)[:-1]:
        shutil.rmtree(path, ignore_errors=True)


def read_checkpoint(folder: Path) -> Checkpoint:
    """The newest checkpoint of an unfinished training. Raises UserError if there is none, or it is damaged."""
    epochs = _epochs(folder)
    if not epochs:
        raise UserError(f"{folder} holds no training that can be resumed: no epoch of it was finished.")
    newest = epochs[-1]
    try:
        content = tomllib.loads((newest / "training.toml").read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UserError(f"{newest} was written by a newer version: update VAE Explorer.")
        files = {}
        for name, digest in content["sha256"].items():
            files[name] = (newest / name).read_bytes()
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
    # The errors of TOML and of Unicode are ValueErrors.
    except (OSError, KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise UserError(f"The checkpoint {newest} is damaged: {error}.") from error


def _epochs(folder: Path) -> list[Path]:
    """The folders of all checkpoints, oldest first. There are two while one is being replaced."""
    found = (folder / PLACE).glob("epoch-*")
    return sorted((path for path in found if re.fullmatch(r"epoch-\d{4,}", path.name)), key=lambda p: int(p.name[6:]))


def _arrays(content: bytes) -> Weights:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return [file[f"arr_{index}"] for index in range(len(file.files))]


def _sync(path: Path) -> None:
    """Wait until the content of a file or a folder is on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
