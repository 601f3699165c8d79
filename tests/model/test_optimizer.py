"""model/optimizer.py: learning rates, and gradients that are shortened."""

import keras
import numpy as np
import pytest

from vae_explorer.model.optimizer import build_optimizer
from vae_explorer.run.config import training_config


@pytest.mark.parametrize("learning_rate", [0.002, 1])
@pytest.mark.parametrize(("name", "kind"), [("adam", keras.optimizers.Adam), ("rmsprop", keras.optimizers.RMSprop)])
def test_a_constant_rate_is_the_given_one(name: str, kind: type, learning_rate: float):
    config = training_config("dense", optimizer=name, schedule="constant", learning_rate=learning_rate)
    optimizer = build_optimizer(config, steps=100)
    assert type(optimizer) is kind
    assert float(optimizer.learning_rate) == pytest.approx(learning_rate)


def test_a_cosine_schedule_goes_from_the_rate_to_zero():
    optimizer = build_optimizer(training_config("dense", learning_rate=0.004), steps=100)
    rates = []
    for step in (0, 50, 100):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.004, 0.002, 0], abs=1e-9)


@pytest.mark.parametrize(("preset", "norm"), [("deep", 200.0), ("dense", 500.0)])
def test_a_preset_may_shorten_long_gradients(preset: str, norm: float):
    variable = keras.Variable(np.zeros(2, np.float32))
    optimizer = build_optimizer(training_config(preset, optimizer="rmsprop", schedule="constant"), steps=100)
    optimizer.build([variable])
    optimizer.apply([keras.ops.convert_to_tensor(np.array([300.0, 400.0], np.float32))])
    (mean_square,) = (slot for slot in optimizer.variables if slot.shape == (2,))
    assert np.sqrt(mean_square.numpy().sum() / 0.1) == pytest.approx(norm, rel=1e-5)  # rho is 0.9
