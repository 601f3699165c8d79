"""Where the encoder puts what the decoder draws."""

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.model.decoder import Decoder
from vae_explorer.model.encoder import Encoder
from vae_explorer.progress import Progress, no_progress

AT_ONCE = 256  # latent codes that make the round trip at a time


def round_trip(decoder: Decoder, encoder: Encoder, codes: Floats, progress: Progress = no_progress) -> Floats:
    """The posterior means (N, latent_dim) of the images decoded from latent codes (N, latent_dim)."""
    back = np.empty_like(codes, np.float32)
    for start in range(0, len(codes), AT_ONCE):
        back[start : start + AT_ONCE] = encoder(decoder(codes[start : start + AT_ONCE]))[0]
        progress("Encoding what the decoder draws", min(1.0, (start + AT_ONCE) / len(codes)))
    return back
