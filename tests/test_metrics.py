"""metrics.py: the figures that a run is judged by."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from vae_explorer import model
from vae_explorer.config import training_config
from vae_explorer.data import Dataset
from vae_explorer.metrics import held_out_loss

CONFIG = training_config("dense", latent_dim=3, seed=7)


@pytest.fixture(scope="module")
def vae() -> model.VAE:
    return model.VAE(CONFIG, (28, 28, 1))


def test_the_negative_elbo_is_that_of_the_formula(vae: model.VAE, digits: Dataset):
    images = digits.images[digits.held_out][:50]
    told: list[int] = []
    loss = held_out_loss(vae, images, 20, told.append)
    # Again, from the encoder's and the decoder's outputs, with the same draws of epsilon.
    draws = [tf.random.stateless_normal((count, 3), seed=[7, -1 - i]) for i, count in enumerate((20, 20, 10))]
    epsilon = np.concatenate([draw.numpy() for draw in draws])
    mean, log_var = (output.numpy().astype(np.float64) for output in vae.encoder(images / np.float32(255)))
    logits = vae.decoder((mean + np.exp(log_var / 2) * epsilon).astype(np.float32)).numpy().astype(np.float64)
    x = images / 255
    reconstruction = (x * np.log1p(np.exp(-logits)) + (1 - x) * np.log1p(np.exp(logits))).sum(axis=(1, 2, 3))
    kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).sum(axis=1)
    total = reconstruction + kl
    assert loss.reconstruction_loss == pytest.approx(reconstruction.mean(), rel=1e-5)
    assert loss.kl_loss == pytest.approx(kl.mean(), rel=1e-4)
    assert loss.negative_elbo == pytest.approx(total.mean(), rel=1e-5)
    assert loss.negative_elbo == pytest.approx(loss.reconstruction_loss + loss.kl_loss, rel=1e-12)
    assert loss.negative_elbo_standard_error == pytest.approx(total.std(ddof=1) / np.sqrt(50), rel=1e-3)
    assert loss.images == 50
    assert told == [20, 40, 50]


def test_beta_does_not_matter(vae: model.VAE, digits: Dataset):
    images = digits.images[digits.held_out][:20]
    weighted = model.VAE(replace(CONFIG, beta=1000.0), (28, 28, 1))
    weighted.set_weights(vae.get_weights())
    assert held_out_loss(weighted, images, 20, lambda _: None) == held_out_loss(vae, images, 20, lambda _: None)


def test_of_one_image_there_is_no_standard_error(vae: model.VAE, digits: Dataset):
    loss = held_out_loss(vae, digits.images[:1], 20, lambda _: None)
    assert np.isfinite(loss.negative_elbo)
    assert loss.negative_elbo_standard_error is None


def test_what_is_told_of_progress_may_end_it(vae: model.VAE, digits: Dataset):
    def enough(done: int) -> None:
        if done >= 20:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        held_out_loss(vae, digits.images[:100], 10, enough)
