"""What a training needs from the machine: free disk space."""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import UNUSED
from vae_explorer.errors import UserError
from vae_explorer.run.arrays import Sample
from vae_explorer.run.snapshots import room_for_snapshots

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


def check_space(folder: Path, vae: "VAE", splits: Bytes, sample: Sample, epochs: int) -> None:
    """Raises UserError before the training if the disk is too full for the run.

    splits: (N,), the split of each image, as `dataset.split` returns them.
    """
    count = vae.encoder.count_params() + vae.decoder.count_params()
    images, latent_dim = int((splits != UNUSED).sum()), vae.decoder.input_shape[1]
    # Three files of weights, and for a moment two checkpoints, each of weights and Adam's two moments.
    needed = (3 + 2 * 3) * 4 * count + images * (6 * latent_dim + 16) + sample.images.nbytes + 1_000_000
    needed += room_for_snapshots(epochs, vae.decoder.count_params(), len(sample.index) * latent_dim)
    # Keras writes exports to the system's folder for temporary files first.
    for target, size in ((folder, needed), (Path(tempfile.gettempdir()), 2 * 4 * count + 5_000_000)):
        free = shutil.disk_usage(target).free
        if free < size:
            raise UserError(
                f"The disk of {target} is too full: about {size / 1e6:.0f} MB are needed, "
                f"{free / 1e6:.1f} MB are free. Free some space or choose another place."
            )
