"""A training once more: from the snapshots of a run, the latent map and the decoder at any moment of it.

At a snapshot's epoch both are as they were, but for a turn of the whole latent space that keeps the map from flipping.
Between two of them codes are interpolated and images blended, so that they move smoothly; no network was ever there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from vae_explorer.array_types import Floats, Weights
from vae_explorer.data.columns import Columns
from vae_explorer.errors import UserError
from vae_explorer.exploring.alignment import aligning_rotations
from vae_explorer.exploring.subject import Subject, draw_in, key_of_images, live_subject
from vae_explorer.latent.dimensions import mean_kl
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.model.keras_decoder import TracedDecoder, load_keras_decoder
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.run import Run, sample_image_of
from vae_explorer.run.snapshots import DAMAGED, Snapshot, SnapshotReader, sentence_on_damage, snapshot_epochs

HELD = 4  # snapshots whose weights are kept in memory


class MomentDecoder:
    """The decoder at a moment: z (N, latent_dim), of the turned latent space, -> images (N, H, W, C) in [0, 1]."""

    def __init__(self, replay: "Replay", place: int, share: float) -> None:
        """share: in [0, 1), of the snapshot after the one in this place."""
        network = replay.networks[0]
        self.latent_dim, self.engine = network.latent_dim, network.engine
        self._replay, self._place, self._share = replay, place, share

    def __call__(self, z: Floats) -> Floats:
        images = self._decode(z, self._place)
        if self._share:
            images = images + np.float32(self._share) * (self._decode(z, self._place + 1) - images)
        return images

    def _decode(self, z: Floats, place: int) -> Floats:
        turned = z @ self._replay.rotations[place].T
        network = self._replay.networks[place % len(self._replay.networks)]
        return network.decode(turned, self._replay.weights_of(place))


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """The E snapshots of a run that can be read, E >= 2, and what is explored with them."""

    epochs: tuple[int, ...]  # (E,), ascending; 0: before the first
    codes: tuple[Floats, ...]  # E of (M, latent_dim), turned
    rotations: tuple[Floats, ...]  # E of (latent_dim, latent_dim): z as trained @ rotation = z as shown
    weights_of: Callable[[int], Weights]  # of the decoder of a snapshot, by its place; may be called in any thread
    networks: tuple[LiteRTDecoder | TracedDecoder, ...]  # snapshots side by side are decoded by different ones of two,
    # each of which keeps the weights that it was given last
    subject: Subject  # at the last snapshot
    val_loss: dict[int, float]  # by epoch, nats an image
    left_out: str  # a sentence on damaged snapshots, "": none is

    def nearest_place(self, epoch: float) -> int:
        """Place of the snapshot nearest to an epoch."""
        return int(np.argmin(np.abs(np.array(self.epochs) - epoch)))

    def subject_at(self, epoch: float) -> Subject:
        """What is explored at an epoch, also between two snapshots. Of the same images, row by row, at each."""
        epoch = min(max(epoch, self.epochs[0]), self.epochs[-1])
        place = int(np.searchsorted(self.epochs, epoch, side="right")) - 1
        if place == len(self.epochs) - 1:
            share, z_mean = 0.0, self.codes[-1]
        else:
            first, second = self.epochs[place : place + 2]
            share = (epoch - first) / (second - first)
            z_mean = self.codes[place]
            if share:
                z_mean = z_mean + np.float32(share) * (self.codes[place + 1] - z_mean)
        moment = replace(
            self.subject, decoder=MomentDecoder(self, place, share), z_mean=z_mean, with_image=Neighbours(z_mean)
        )
        return draw_in(moment, self.subject.drawn_in)


def load_replay(run: Run, progress: Progress = no_progress) -> Replay:
    """Read and check all snapshots of a run; damaged ones are left out.

    Raises UserError if there are not two that are whole, or the network that they are for is damaged.
    """
    reader = SnapshotReader(run.folder)
    there, damaged = snapshot_epochs(run.folder), []
    good: list[tuple[int, Floats]] = []
    shapes: list[tuple[int, ...]] | None = None
    for done, epoch in enumerate(reversed(there)):  # the last shows best what is to be expected
        progress("Reading the snapshots", done / len(there))
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
        few = "it has kept no two snapshots" if not damaged else "its snapshots are damaged"
        raise UserError(f"The training of {run.info.name} cannot be replayed: {few}.")
    epochs, codes = zip(*reversed(good), strict=True)
    rotations = aligning_rotations(codes)
    turned = tuple(some @ rotation for some, rotation in zip(codes, rotations, strict=True))

    @lru_cache(HELD)
    def weights_of(place: int) -> Weights:
        return reader.read(epochs[place]).weights

    networks = _networks(reader.network(), weights_of(len(epochs) - 1), run)
    kl = mean_kl(run.codes.z_mean, run.codes.z_log_var)
    subject = live_subject(networks[0], turned[-1], kl, _columns_of_sample(run), run.sample)
    key = "replay", key_of_images(run.info.dataset.fingerprint, run.sample.index)
    subject = replace(subject, images_key=key)
    val_loss = {record.epoch: record.val_loss for record in run.history}
    return Replay(epochs, turned, tuple(rotations), weights_of, networks, subject, val_loss, left_out)


def _check(snapshot: Snapshot, run: Run, shapes: Sequence[tuple[int, ...]]) -> None:
    """Raises ValueError unless the arrays are those of this run."""
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
    """What the run knows of each image of its sample."""
    known = run.codes.columns
    labels = np.full(len(run.sample.index), -1, np.int32)
    values = np.full((len(labels), known.values.shape[1]), np.nan, np.float32)
    image_of = sample_image_of(run)
    labels[image_of[image_of >= 0]] = known.label[image_of >= 0]
    values[image_of[image_of >= 0]] = known.values[image_of >= 0]
    return replace(known, labels=labels, values=values)
