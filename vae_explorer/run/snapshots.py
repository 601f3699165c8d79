"""Snapshots of a training in its run: after each epoch the decoder's weights and the codes of the sample.

A folder each, snapshots/epoch-0003, written beside its place and renamed whole; epoch 0 is the untrained network. At
most 60 are kept. Beside them lies decoder.tflite, a network that takes such weights as inputs, where LiteRT has one.
They are there to look back at: whatever becomes of them, the run is whole without.
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

PLACE = "snapshots"  # in the folder of the run
MOST = 60  # kept
NETWORK = "decoder.tflite"  # of z and weights
WEIGHTS, CODES = "weights.npz", "codes.npz"  # of a snapshot
DAMAGED = (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile)  # what reading a damaged one raises


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A training after an epoch."""

    epoch: int  # 0: before the first
    weights: Sequence[Floats]  # of the decoder, in the order of Keras
    z_mean: Floats  # (M, latent_dim), of the sample


class SnapshotWriter:
    """Keeps the snapshots of a training. No failure of it is to end one: the first is told, in a sentence."""

    def __init__(self, folder: Path, epoch: int) -> None:
        """epoch: at which the training begins or goes on; later ones, which it has lost, are removed."""
        self._folder = folder
        self._failed = False
        for place in _places(folder):
            if _epoch_of(place) > epoch:
                shutil.rmtree(place, ignore_errors=True)

    def keep(self, snapshot: Snapshot, network: bytes | None) -> str:
        """Write one, and thin out the others. network: a .tflite of z and weights, None: there is none.

        Returns "", or for the first that could not be written a sentence why.
        """
        try:
            write_snapshot(self._folder, snapshot, network)
        except UserError as error:
            first, self._failed = not self._failed, True
            return f"Epoch {snapshot.epoch} will be missing when the training is replayed. {error}" if first else ""
        return ""


def write_snapshot(folder: Path, snapshot: Snapshot, network: bytes | None) -> None:
    """Write a snapshot to the run in `folder`, whole or not at all, and thin out the others. Raises UserError."""
    whole = folder / PLACE / _name(snapshot.epoch)
    part = whole.with_name(".part")
    largest = np.finfo(np.float16).max
    weights = [np.clip(weight, -largest, largest).astype(np.float16) for weight in snapshot.weights]
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if network is not None and not (folder / PLACE / NETWORK).is_file():
            with replacing(folder / PLACE / NETWORK) as temporary:
                temporary.write_bytes(network)
        with replacing(part / WEIGHTS) as temporary:
            np.savez(temporary, *weights)
        with replacing(part / CODES) as temporary:
            np.savez(temporary, z_mean=snapshot.z_mean)
        shutil.rmtree(whole, ignore_errors=True)
        part.rename(whole)
    except OSError as error:
        raise UserError(refusal(whole, error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    there = snapshot_epochs(folder)
    for epoch in set(there) - set(spread(there)):
        shutil.rmtree(folder / PLACE / _name(epoch), ignore_errors=True)


def spread(epochs: Sequence[int], most: int = MOST) -> list[int]:
    """At most so many of the epochs, in ascending order: the first, the last, and every n-th between, n a power of 2.

    n goes by the last epoch alone, so that what is left once thinned out is what a later thinning wants.
    """
    first, last, step = min(epochs), max(epochs), 1
    while len({first, last, *range(-(-first // step) * step, last, step)}) > most:
        step *= 2
    return [epoch for epoch in sorted(epochs) if epoch % step == 0 or epoch in (first, last)]


def snapshot_epochs(folder: Path) -> tuple[int, ...]:
    """Epochs of which a run has a snapshot, in ascending order; that they can be read is not said."""
    return tuple(map(_epoch_of, _places(folder)))


def snapshot_files(folder: Path) -> list[str]:
    """All files of the snapshots, as run.toml names them."""
    names = [f"{PLACE}/{NETWORK}"]
    for place in _places(folder):
        names += [f"{PLACE}/{place.name}/{name}" for name in (WEIGHTS, CODES)]
    return [name for name in names if (folder / name).is_file()]


def copy_snapshots(source: Path, folder: Path) -> None:
    """Have the snapshots of one run in another that goes on from it, too; none, where the disk will not take them."""
    try:
        if (source / PLACE).is_dir():
            shutil.copytree(source / PLACE, folder / PLACE)
    except OSError:
        shutil.rmtree(folder / PLACE, ignore_errors=True)


def room_for_snapshots(epochs: int, weights: int, codes: int) -> int:
    """Bytes that the snapshots of a training take at most: of so many numbers in the decoder and in the codes."""
    return min(epochs + 1, MOST + 1) * (2 * weights + 4 * codes + 10_000)


class SnapshotReader:
    """Reads the snapshots of a run, each file checked against the hash that run.toml has of it."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError if run.toml cannot be read."""
        self._folder = folder
        try:
            self._hashes = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))["sha256"]
        except (OSError, KeyError, ValueError) as error:
            raise UserError(f"The file run.toml of the run {folder} cannot be read: {error}.") from error

    def network(self) -> bytes | None:
        """The .tflite of z and weights; None: LiteRT could not convert it. Raises UserError if it is damaged."""
        if f"{PLACE}/{NETWORK}" not in self._hashes:
            return None
        try:
            return self._read(f"{PLACE}/{NETWORK}")
        except DAMAGED as error:
            raise UserError(f"The training of {self._folder} cannot be replayed: {error}.") from error

    def read(self, epoch: int) -> Snapshot:
        """Raises one of DAMAGED."""
        files = [self._read(f"{PLACE}/{_name(epoch)}/{name}") for name in (WEIGHTS, CODES)]
        weights, codes = (np.load(io.BytesIO(content), allow_pickle=False) for content in files)
        with weights, codes:
            arrays = [weights[f"arr_{place}"].astype(np.float32) for place in range(len(weights.files))]
            return Snapshot(epoch, arrays, codes["z_mean"].astype(np.float32))

    def _read(self, name: str) -> bytes:
        content = (self._folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != self._hashes.get(name):
            raise ValueError(f"{name} is not the file that was written")
        return content


def sentence_on_damage(epochs: Iterable[int]) -> str:
    """What to tell of snapshots that cannot be read; "" if there are none."""
    names = ", ".join(map(str, epochs))
    return f"Damaged, and left out of the replay: the snapshots of epochs {names}." if names else ""


def _places(folder: Path) -> list[Path]:
    found: Any = (folder / PLACE).glob("epoch-*") if (folder / PLACE).is_dir() else ()
    return sorted((path for path in found if re.fullmatch(r"epoch-\d{4,9}", path.name)), key=_epoch_of)


def _epoch_of(place: Path) -> int:
    return int(place.name[6:])


def _name(epoch: int) -> str:
    return f"epoch-{epoch:04}"
