"""Replays a training: the latent map and the decoder at any moment, from the snapshots of a run.

At the epoch of a snapshot both are as they were, except that the latent space is rotated so that the map does not flip.
Between two snapshots codes are interpolated and images blended so that they move smoothly; they are not those of a
network that existed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from vae_explorer.array_types import Floats, Weights
from vae_explorer.data.columns import Columns
from vae_explorer.data.names import pack_names
from vae_explorer.errors import UserError
from vae_explorer.exploring.alignment import aligning_rotations
from vae_explorer.exploring.subject import Subject, draw_in, key_of_images, live_subject
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.model.keras_decoder import TracedDecoder, load_keras_decoder
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.run import Run, sample_image_of
from vae_explorer.run.snapshots import DAMAGED, Snapshot, SnapshotReader, sentence_on_damage, snapshot_epochs

HELD = 4  # number of snapshots whose weights are kept in memory


class MomentDecoder:
    """The decoder at a moment: z (N, latent_dim) in the rotated latent space -> images (N, H, W, C) in [0, 1]."""

    def __init__(self, replay: "Replay", index: int, share: float) -> None:
        """index: of the snapshot at or before the moment. share: in [0, 1), weight of the snapshot after it."""
        network = replay.networks[0]
        self.latent_dim, self.engine = network.latent_dim, network.engine
        self._replay, self._index, self._share = replay, index, share

    def __call__(self, z: Floats) -> Floats:
        images = self._decode(z, self._index)
        if self._share:
            images = images + np.float32(self._share) * (self._decode(z, self._index + 1) - images)
        return images

    def _decode(self, z: Floats, index: int) -> Floats:
        as_trained = z @ self._replay.rotations[index].T
        network = self._replay.networks[index % len(self._replay.networks)]
        return network.decode(as_trained, self._replay.weights_of(index))


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """The E readable snapshots of a run, E >= 2, with the M images of its sample."""

    epochs: tuple[int, ...]  # (E,), ascending; 0: before training
    codes: tuple[Floats, ...]  # E arrays (M, latent_dim), rotated
    rotations: tuple[Floats, ...]  # E arrays (latent_dim, latent_dim): z as trained @ rotation = z as shown
    weights_of: Callable[[int], Weights]  # index of a snapshot -> weights of its decoder; may be called in any thread
    # Two LiteRT decoders, for snapshots of even and of odd index, so that each keeps its weights while a moment between
    # two snapshots is decoded; or one of TensorFlow.
    networks: tuple[LiteRTDecoder | TracedDecoder, ...]
    subject: Subject  # at the last snapshot
    val_loss: dict[int, float]  # by epoch, in nats per image
    left_out: str  # a sentence about damaged snapshots, "": none is damaged

    def nearest_index(self, epoch: float) -> int:
        """Index of the snapshot nearest to an epoch."""
        return int(np.argmin(np.abs(np.array(self.epochs) - epoch)))

    def subject_at(self, epoch: float) -> Subject:
        """The subject at an epoch, which may lie between two snapshots. Its rows are the same images at every epoch."""
        epoch = min(max(epoch, self.epochs[0]), self.epochs[-1])
        index = int(np.searchsorted(self.epochs, epoch, side="right")) - 1
        if index == len(self.epochs) - 1:
            share, z_mean = 0.0, self.codes[-1]
        else:
            first, second = self.epochs[index : index + 2]
            share = (epoch - first) / (second - first)
            z_mean = self.codes[index]
            if share:
                z_mean = z_mean + np.float32(share) * (self.codes[index + 1] - z_mean)
        decoder, nearby = MomentDecoder(self, index, share), Neighbours(z_mean)
        title = f"{self.subject.title}, epoch {epoch:.0f}"
        moment = replace(self.subject, title=title, decoder=decoder, z_mean=z_mean, with_image=nearby, nearby=nearby)
        return draw_in(moment, self.subject.drawn_in)


def load_replay(run: Run, progress: Progress = no_progress) -> Replay:
    """Read and check all snapshots of a run; damaged ones are left out.

    Raises UserError if fewer than two are usable or the network of the snapshots is damaged.
    """
    reader = SnapshotReader(run.folder)
    kept, damaged = snapshot_epochs(run.folder), []
    good: list[tuple[int, Floats]] = []
    shapes: list[tuple[int, ...]] | None = None
    for done, epoch in enumerate(reversed(kept)):  # newest first: its shapes are expected of all others
        progress("Reading the snapshots", done / len(kept))
        try:
            snapshot = reader.read(epoch)
            shapes = shapes or [weight.shape for weight in snapshot.weights]
            _check(snapshot, run, shapes)
        except DAMAGED:
            damaged.append(epoch)
        else:
            good.append((epoch, snapshot.z_mean))
    left_out = sentence_on_damage(sorted(damaged))
    if len(good) < 2:
        few = "it has fewer than two snapshots" if not damaged else "its snapshots are damaged"
        raise UserError(f"The training of {run.info.name} cannot be replayed: {few}.")
    epochs, codes = zip(*reversed(good), strict=True)
    rotations = aligning_rotations(codes)
    rotated = tuple(some @ rotation for some, rotation in zip(codes, rotations, strict=True))

    @lru_cache(HELD)
    def weights_of(index: int) -> Weights:
        return reader.read(epochs[index]).weights

    networks = _networks(reader.network(), weights_of(len(epochs) - 1), run)
    dimensions = measure_dimensions(run.codes.z_mean, run.codes.z_log_var)
    subject = live_subject(networks[0], rotated[-1], dimensions, _columns_of_sample(run), run.sample)
    key = "replay", key_of_images(run.info.dataset.fingerprint, run.sample.index)
    subject = replace(subject, title=run.info.name, images_key=key, why_no_encoder="The snapshots hold no encoder.")
    val_loss = {record.epoch: record.val_loss for record in run.history}
    return Replay(epochs, rotated, tuple(rotations), weights_of, networks, subject, val_loss, left_out)


def _check(snapshot: Snapshot, run: Run, shapes: Sequence[tuple[int, ...]]) -> None:
    """Raises ValueError unless the arrays have the shapes of this run and all numbers are finite."""
    if snapshot.z_mean.shape != (len(run.sample.index), run.info.latent_dim):
        raise ValueError("its codes are not those of the sample")
    if [weight.shape for weight in snapshot.weights] != shapes:
        raise ValueError("its weights are of another network")
    if not all(np.isfinite(array).all() for array in (snapshot.z_mean, *snapshot.weights)):
        raise ValueError("not all of its numbers are finite")


def _networks(content: bytes | None, weights: Weights, run: Run) -> tuple[LiteRTDecoder | TracedDecoder, ...]:
    if content is None:
        return (TracedDecoder(load_keras_decoder(run)),)
    info = run.info
    first, second = (LiteRTDecoder(content, info.latent_dim, info.dataset.image_shape, weights) for _ in range(2))
    return first, second


def _columns_of_sample(run: Run) -> Columns:
    """Labels, values and names of the images of the sample, as the run's codes hold them; "": it has no name."""
    known = run.codes.columns
    labels = np.full(len(run.sample.index), -1, np.int32)
    values = np.full((len(labels), known.values.shape[1]), np.nan, np.float32)
    image_of = sample_image_of(run)
    labels[image_of[image_of >= 0]] = known.label[image_of >= 0]
    values[image_of[image_of >= 0]] = known.values[image_of >= 0]
    names = None
    if known.names is not None:
        row_of = np.full(len(labels), -1)
        row_of[image_of[image_of >= 0]] = np.flatnonzero(image_of >= 0)
        names = pack_names(known.names[row] if row >= 0 else "" for row in row_of.tolist())
    return replace(known, labels=labels, values=values, names=names)
