"""What a GPU computes can be repeated. Skipped where TensorFlow finds none."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from vae_explorer.data.dataset import Dataset
from vae_explorer.run.config import training_config
from vae_explorer.training.start import train

pytestmark = pytest.mark.long


@pytest.mark.skipif(not tf.config.list_physical_devices("GPU"), reason="there is no GPU")
@pytest.mark.parametrize("preset", ["deep", "conv"])  # compiled by XLA, and by TensorFlow's own operations
def test_the_same_training_ends_with_the_same_bits(digits: Dataset, tmp_path: Path, preset: str) -> None:
    config = training_config(preset, epochs=3, limit=448, batch_size=4)  # more steps than XLA is used from
    runs = [train(config, digits, tmp_path / name) for name in ("once", "again")]
    once, again = (np.array([dataclasses.astuple(record)[:7] for record in run.history]) for run in runs if run)
    np.testing.assert_array_equal(once, again)
    assert runs[0] is not None
    assert runs[1] is not None
    np.testing.assert_array_equal(runs[0].codes.z_mean, runs[1].codes.z_mean)
