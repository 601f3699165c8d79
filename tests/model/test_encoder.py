"""model/encoder.py: the encoder of a run, whichever program runs it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.model.encoder import MISFIT, LiteRTEncoder, RunEncoder, why_no_encoder
from vae_explorer.model.keras_decoder import load_keras_encoder
from vae_explorer.run.run import Networks, Run
from vae_explorer.run.storage import InPage


def images_of(run: Run) -> np.ndarray:
    return run.sample.images[:70].astype(np.float32) / 255


def test_litert_and_tensorflow_give_the_mean_and_the_log_variance_of_the_keras_model(tiny_run: Run):
    assert tiny_run.networks.encoder is not None
    wanted = [output.numpy() for output in load_keras_encoder(tiny_run)(images_of(tiny_run), training=False)]
    for networks in (tiny_run.networks, Networks()):
        found = RunEncoder(replace(tiny_run, networks=networks))(images_of(tiny_run))
        for output, expected in zip(found, wanted, strict=True):
            np.testing.assert_allclose(output, expected, atol=1e-4)


def test_damaged_content_and_other_shapes_are_refused(tiny_run: Run):
    assert tiny_run.networks.encoder is not None
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTEncoder(b"nothing", 2, (28, 28, 1))
    with pytest.raises(UserError, match=MISFIT):
        LiteRTEncoder(tiny_run.networks.encoder, 3, tiny_run.info.dataset.image_shape)


def test_a_run_has_an_encoder_and_a_page_has_none(tiny_run: Run):
    assert why_no_encoder(tiny_run) == ""
    assert "page holds no encoder" in why_no_encoder(replace(tiny_run, storage=InPage(Path("page.html"))))
