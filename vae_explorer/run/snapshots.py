"""Snapshots of a training in its run: after each epoch the decoder's weights and the latent codes of the sample.

Each snapshot is a folder such as snapshots/epoch-0003, written under a temporary name and renamed when it is complete.
Epoch 0 is the untrained network. At most 60 are kept. Beside them is decoder.tflite, a network that takes such weights
as inputs, if LiteRT can convert it. Snapshots serve the replay of a training; the run is complete without them.
"""

import hashlib
import io
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.files import refusal, replacing

PLACE = "snapshots"  # sub-folder of the run
MOST = 60  # snapshots that are kept
NETWORK = "decoder.tflite"  # its inputs are z and the weights
WEIGHTS, CODES = "weights.npz", "codes.npz"  # files of a snapshot
DAMAGED = (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile)  # errors from reading a damaged snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The decoder and the latent codes of a training after an epoch."""

    epoch: int  # 0: before the first epoch
    weights: Sequence[Floats]  # weights of the decoder in the order of Keras
    z_mean: Floats  # (M, latent_dim), posterior means of the run's sample


class SnapshotWriter:
    """Writes the snapshots of a training. A failure does not end the training; only the first one is reported."""

    def __init__(self, folder: Path, epoch: int) -> None:
        """epoch: the epoch after which the training begins or resumes. Snapshots of later epochs are removed."""
        self._folder = folder
        self._failed = False
        for path in _paths(folder):
            if _epoch_of(path) > epoch:
                shutil.rmtree(path, ignore_errors=True)

    def keep(self, snapshot: Snapshot, network: bytes | None) -> str:
        """Write a snapshot and thin out the others. network: the content of `NETWORK`, None: there is none.

        Returns "", or a sentence on the reason if it is the first snapshot that could not be written.
        """
        try:
            write_snapshot(self._folder, snapshot, network)
        except UserError as error:
            first, self._failed = not self._failed, True
            return f"Epoch {snapshot.epoch} will be missing when the training is replayed. {error}" if first else ""
        return ""


def write_snapshot(folder: Path, snapshot: Snapshot, network: bytes | None) -> None:
    """Write a snapshot to the run in `folder`, whole or not at all, and thin out the others. Raises UserError."""
    path = folder / PLACE / _name(snapshot.epoch)
    temporary = path.with_name(".part")
    largest = np.finfo(np.float16).max
    weights = [np.clip(weight, -largest, largest).astype(np.float16) for weight in snapshot.weights]
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        if network is not None and not (folder / PLACE / NETWORK).is_file():
            with replacing(folder / PLACE / NETWORK) as file:
                file.write_bytes(network)
        with replacing(temporary / WEIGHTS) as file:
            np.savez(file, *weights)
        with replacing(temporary / CODES) as file:
            np.savez(file, z_mean=snapshot.z_mean)
        shutil.rmtree(path, ignore_errors=True)
        temporary.rename(path)
    except OSError as error:
        raise UserError(refusal(path, error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    thin_out(folder, MOST)


def thin_out(folder: Path, most: int) -> None:
    """Remove snapshots of the run in `folder` until there are at most `most`, evenly spread."""
    epochs = snapshot_epochs(folder)
    for epoch in set(epochs) - set(spread(epochs, most)):
        shutil.rmtree(folder / PLACE / _name(epoch), ignore_errors=True)


def spread(epochs: Sequence[int], most: int = MOST) -> list[int]:
    """At most `most` of the epochs, ascending: the first, the last, and the multiples of n between, n a power of 2.

    n depends on the first and the last epoch only, so that epochs that were left out earlier are not needed later.
    """
    first, last, step = min(epochs), max(epochs), 1
    while len({first, last, *range(-(-first // step) * step, last, step)}) > most:
        step *= 2
    return [epoch for epoch in sorted(epochs) if epoch % step == 0 or epoch in (first, last)]


def snapshot_epochs(folder: Path) -> tuple[int, ...]:
    """The epochs with a snapshot, ascending. The snapshots may be damaged."""
    return tuple(map(_epoch_of, _paths(folder)))


def snapshot_files(folder: Path) -> list[str]:
    """All files of the snapshots, relative to the folder of the run, as in run.toml."""
    names = [f"{PLACE}/{NETWORK}"]
    for path in _paths(folder):
        names += [f"{PLACE}/{path.name}/{name}" for name in (WEIGHTS, CODES)]
    return [name for name in names if (folder / name).is_file()]


def copy_snapshots(source: Path, folder: Path) -> None:
    """Copy the snapshots of a run to one that continues it; none if they cannot be written."""
    try:
        if (source / PLACE).is_dir():
            shutil.copytree(source / PLACE, folder / PLACE)
    except OSError:
        shutil.rmtree(folder / PLACE, ignore_errors=True)


def room_for_snapshots(epochs: int, weights: int, codes: int) -> int:
    """Most bytes that the snapshots of a training take.

    weights: how many numbers the decoder has. codes: how many numbers the latent codes of the sample have.
    """
    return min(epochs + 1, MOST + 1) * (2 * weights + 4 * codes + 10_000)


class SnapshotReader:
    """Reads the snapshots of a run, and checks the hash of each file in run.toml."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError if run.toml cannot be read."""
        self._folder = folder
        try:
            self._hashes = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))["sha256"]
        except (OSError, KeyError, ValueError) as error:
            raise UserError(f"The file run.toml of the run {folder} cannot be read: {error}.") from error

    def network(self) -> bytes | None:
        """The content of `NETWORK`; None: LiteRT could not convert it. Raises UserError if it is damaged."""
        if f"{PLACE}/{NETWORK}" not in self._hashes:
            return None
        try:
            return self._read(f"{PLACE}/{NETWORK}")
        except DAMAGED as error:
            raise UserError(f"The training of {self._folder} cannot be replayed: {error}.") from error

    def read(self, epoch: int) -> Snapshot:
        """The snapshot of an epoch. Raises one of DAMAGED if it is damaged."""
        files = [self._read(f"{PLACE}/{_name(epoch)}/{name}") for name in (WEIGHTS, CODES)]
        weights, codes = (np.load(io.BytesIO(content), allow_pickle=False) for content in files)
        with weights, codes:
            arrays = [weights[f"arr_{index}"].astype(np.float32) for index in range(len(weights.files))]
            return Snapshot(epoch, arrays, codes["z_mean"].astype(np.float32))

    def _read(self, name: str) -> bytes:
        content = (self._folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != self._hashes.get(name):
            raise ValueError(f"{name} is not the file that was written")
        return content


def sentence_on_damage(epochs: Iterable[int]) -> str:
    """A sentence on the snapshots that cannot be read; "" if there are none."""
    names = ", ".join(map(str, epochs))
    return f"Damaged, and left out of the replay: the snapshots of epochs {names}." if names else ""


def _paths(folder: Path) -> list[Path]:
    """The folders of all snapshots, by ascending epoch."""
    found: Any = (folder / PLACE).glob("epoch-*") if (folder / PLACE).is_dir() else ()
    return sorted((path for path in found if re.fullmatch(r"epoch-\d{4,9}", path.name)), key=_epoch_of)


def _epoch_of(path: Path) -> int:
    return int(path.name[6:])


def _name(epoch: int) -> str:
    return f"epoch-{epoch:04}"
