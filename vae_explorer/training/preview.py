"""Shows a model while it is trained: the live decoder, and the preview of the held-out sample."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.model.keras_decoder import TracedDecoder
from vae_explorer.model.litert import LiveDecoder
from vae_explorer.run.arrays import Sample
from vae_explorer.training.events import DecoderUpdated, Event
from vae_explorer.training.finishing import encoded
from vae_explorer.training.previewed import preview_of

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE

LIVE_SECONDS = 1.0  # least time between two DecoderUpdated events
PREVIEW_SECONDS = 4.0  # least time between two previews in the first epoch
PREVIEW_SHARE = 0.05  # most of the first epoch's time that they may take


class LiveModel:
    """A decoder that follows the model in training, and previews of the sample."""

    def __init__(
        self, vae: "VAE", decoder: LiveDecoder | TracedDecoder, sample: Sample, on_event: Callable[[Event], None]
    ) -> None:
        """decoder: a separate decoder, with weights of the same shapes as the model's."""
        self.decoder, self.sample = decoder, sample
        self._vae, self._on_event = vae, on_event
        self._updated = 0.0
        self._next_preview: float | None = None

    @property
    def network(self) -> bytes | None:
        """The decoder as a .tflite of z and weights; None: LiteRT could not convert it."""
        return self.decoder.network if isinstance(self.decoder, LiveDecoder) else None

    def follow(self) -> None:
        """Copy the model's present weights to the decoder."""
        self.decoder.assign(self._vae.decoder.get_weights())

    def update_if_due(self, now: float) -> None:
        """Follow the model and report it, at most every LIVE_SECONDS. now: from `time.perf_counter`."""
        if now - self._updated >= LIVE_SECONDS:
            self.follow()
            self._on_event(DecoderUpdated())
            self._updated = now

    def preview_if_due(self, now: float) -> None:
        """Preview the model before its first epoch is over, which can take minutes; so seldom that it costs little."""
        if self._next_preview is None:
            self._next_preview = now + PREVIEW_SECONDS
        if now < self._next_preview:
            return
        self.follow()
        self.preview(*self.encode_sample())
        took = time.perf_counter() - now
        self._next_preview = now + took + max(PREVIEW_SECONDS, took / PREVIEW_SHARE)

    def encode_sample(self) -> tuple[Floats, Floats]:
        """z_mean and z_log_var of the sample, (M, latent_dim) each."""
        if not len(self.sample.index):
            none = np.empty((0, self.decoder.latent_dim), np.float32)
            return none, none
        z_mean, z_log_var = (np.concatenate(some) for some in zip(*encoded(self._vae, self.sample.images), strict=True))
        return z_mean, z_log_var

    def preview(self, z_mean: Floats, z_log_var: Floats) -> None:
        """Report what the model makes of the sample, whose posterior is given; of an empty one nothing."""
        if not len(z_mean):
            return
        self._on_event(preview_of(self.decoder, z_mean, z_log_var))
