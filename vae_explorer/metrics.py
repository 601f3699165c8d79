"""How good a trained VAE is, in figures with names and units."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_explorer.run import HeldOutLoss

if TYPE_CHECKING:
    from vae_explorer.model import VAE


def held_out_loss(
    vae: "VAE", images: NDArray[np.uint8], batch_size: int, progressed: Callable[[int], None]
) -> HeldOutLoss:
    """The negative ELBO of held-out images (N, H, W, C) and its two parts, one draw of epsilon an image.

    In nats per image, whatever beta the training used; Kingma and Welling 2013, equation 3. `progressed` is told how
    many images are done, and may raise to end it.
    """
    import tensorflow as tf

    from vae_explorer.model import evaluation_batches

    losses_of = tf.function(lambda batch, step: vae.losses_of(batch, step, training=False), reduce_retracing=True)
    parts = []
    for step, batch in evaluation_batches(images, batch_size):
        parts.append(np.stack([part.numpy() for part in losses_of(batch, step)]))
        progressed(sum(part.shape[1] for part in parts))
    reconstruction, kl = np.concatenate(parts, axis=1).astype(np.float64)
    total = reconstruction + kl
    error = float(total.std(ddof=1) / np.sqrt(len(total))) if len(total) > 1 else None
    return HeldOutLoss(
        negative_elbo=float(total.mean()),
        reconstruction_loss=float(reconstruction.mean()),
        kl_loss=float(kl.mean()),
        negative_elbo_standard_error=error,
        images=len(total),
    )
