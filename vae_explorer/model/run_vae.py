"""Loads a run's encoder and decoder as a VAE that can be measured or trained further."""

from typing import TYPE_CHECKING

from vae_explorer.errors import UserError
from vae_explorer.model.keras_decoder import load_keras_decoder, load_keras_encoder
from vae_explorer.run.imported import ImportedModel
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage
from vae_explorer.tensorflow_import import import_keras

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


def load_vae(run: Run) -> "VAE":
    """The VAE of a run, with its learned sigma. Loads TensorFlow.

    Raises UserError for a page, which holds no encoder, and for a model that is damaged or not built as this program
    builds one.
    """
    if isinstance(run.storage, InPage):
        raise UserError(f"{run.folder} holds no encoder, which is needed here: give the folder of the run.")
    import_keras()
    if isinstance(run.info.origin, ImportedModel):
        from vae_explorer.model.imported_vae import load_imported_vae

        return load_imported_vae(run)
    from vae_explorer.model.networks import without_sigmoid
    from vae_explorer.model.vae import VAE

    encoder, decoder = load_keras_encoder(run), load_keras_decoder(run)
    try:
        logits = without_sigmoid(decoder)
    except ValueError as error:
        raise UserError(f"The model of the run {run.folder} was not built by this program: {error}.") from error
    config, shape = run.info.trained_with(), run.info.dataset.image_shape
    return VAE(config, shape, encoder=encoder, decoder=logits, sigma=run.info.sigma)
